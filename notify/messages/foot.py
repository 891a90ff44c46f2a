"""The foot of a message: why it came, and by this way, how to end it; and the mark of a drill."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from corrillo.links import Grant
from corrillo.notices import Delivery, Subscriber
from corrillo.text import clean
from dashboards.page.i18n import Texts
from notify.decide import way_for
from notify.messages.scene import Scene
from notify.messages.sheet import SHORT, Line, Sheet


def footed(
    texts: Texts, sheet: Sheet, delivery: Delivery, subscriber: Subscriber, scene: Scene, now: datetime
) -> Sheet:
    """The sheet with its foot; of a drill, marked from its subject on."""
    href = scene.links.url(Grant("unsubscribe", subscriber.id), now)
    ending = Line(texts("tell.unsubscribe"), href=href) if href else None
    foot = (*sheet.foot, *_failed(texts, delivery, subscriber), _why(texts, delivery, subscriber, scene))
    foot = (*foot, texts("tell.automatic"))
    found = replace(sheet, foot=foot if href else (*foot, texts("tell.no_links")), unsubscribe=ending)
    return _marked(texts, found) if delivery.what == "drill" else found


def _marked(texts: Texts, sheet: Sheet) -> Sheet:
    mark = texts("tell.drill")
    said = f"{mark}: {sheet.short}"
    return replace(
        sheet,
        subject=f"{mark} – {sheet.subject}",
        drill=f"{mark}. {texts('tell.drill_only')}",
        short=said if len(said) <= SHORT else said[: SHORT - 1] + "…",
    )


def _why(texts: Texts, delivery: Delivery, subscriber: Subscriber, scene: Scene) -> str:
    """Because of what somebody asked for."""
    name = clean(subscriber.name)
    if delivery.what == "digest":
        return texts(f"tell.why_{'weekly' if 'W' in delivery.period else 'daily'}", name=name)
    if delivery.what == "drill":
        return texts("tell.why_drill", name=name)
    return texts(
        "tell.why", name=name, what=_asked(texts, subscriber, scene), level=texts.name("level", subscriber.least)
    )


def _failed(texts: Texts, delivery: Delivery, subscriber: Subscriber) -> tuple[str, ...]:
    """Which other ways did not take it: what is told there next may not arrive either."""
    way = way_for(delivery, subscriber)
    channels = dict.fromkeys(a.channel for a in delivery.attempts if not a.ok and a.way != way)
    return (texts("tell.another_way", channels=texts.join(list(channels))),) if channels else ()


def _asked(texts: Texts, subscriber: Subscriber, scene: Scene) -> str:
    about = [texts.name("service", s).lower() for s in subscriber.services] + [clean(d) for d in subscriber.districts]
    of = [scene.institutions[i].name for i in subscriber.institutions if i in scene.institutions]
    said = texts.join(about) if about else texts("tell.all_subjects")
    return texts("tell.asked_of", what=said, institutions=texts.join(of)) if of else said
