"""Messages that tell of no incident: the question whether an address is right, and a drill."""

from __future__ import annotations

from datetime import datetime

from corrillo.links import Grant
from corrillo.notices import Delivery, Subscriber
from corrillo.text import clean
from dashboards.page.i18n import Texts
from notify.messages.scene import Scene
from notify.messages.sheet import Button, Line, Sheet, short


def confirmation(texts: Texts, subscriber: Subscriber, link: str) -> Sheet:
    """Whether who reads there wants it: what it is, who asked, one button; who does nothing gets nothing."""
    buttons = (Button(texts("tell.confirm"), link, strong=True),) if link else ()
    lead = (texts("tell.confirm_what", name=clean(subscriber.name)), texts("tell.confirm_then"))
    foot = (texts("tell.confirm_not"), texts("tell.automatic"))
    return Sheet(
        language=texts.language,
        subject=texts("tell.confirm_subject"),
        title=texts("tell.confirm_title"),
        short=short((texts("tell.confirm_short", name=clean(subscriber.name)),), link),
        lead=lead if link else (*lead, texts("tell.confirm_no_link")),
        buttons=buttons,
        foot=foot,
    )


def drill(texts: Texts, delivery: Delivery, subscriber: Subscriber, scene: Scene, now: datetime) -> Sheet:
    """That nothing has happened, and what to do as if it had."""
    institution = scene.institutions.get(delivery.institution)
    name = institution.name if institution else ""
    link = scene.links.url(Grant("acknowledge", subscriber.id, delivery.period), now)
    zone = institution.zone if institution else None
    began = delivery.made.astimezone(zone) if zone else delivery.made
    return Sheet(
        language=texts.language,
        subject=texts("tell.drill_subject", name=name) if name else texts("tell.drill_subject_all"),
        title=texts("tell.drill_title"),
        short=short((texts("tell.drill_short"),), link),
        level=delivery.urgency,
        badge=texts.name("level", delivery.urgency) if delivery.urgency != "calm" else "",
        place=name,
        lead=(texts("tell.drill_what"), texts("tell.drill_do")) if link else (texts("tell.drill_what"),),
        buttons=(Button(texts("tell.drill_button"), link, strong=True),) if link else (),
        facts=(Line(texts.moment(began), label=texts("tell.drill_begun")),),
    )
