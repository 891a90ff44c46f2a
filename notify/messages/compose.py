"""From a delivery to the message that is sent."""

from __future__ import annotations

from datetime import datetime

from corrillo.links import Grant, about_way
from corrillo.notices import Delivery, Subscriber
from notify.messages.alerts import alert
from notify.messages.digest import digest
from notify.messages.document import document
from notify.messages.drawing import html
from notify.messages.foot import footed
from notify.messages.plainly import confirmation, drill
from notify.messages.scene import Scene
from notify.messages.sheet import Sheet, plain
from notify.messages.words import words
from notify.ports import Message


def compose(delivery: Delivery, subscriber: Subscriber, scene: Scene, now: datetime) -> Message | None:
    """What is sent to ``subscriber`` now; None where there is nothing to say (any more).

    Posts are read now: one that was deleted or erased meanwhile is not in it. Where the store does not answer, an
    alert goes without posts and says so; of a digest, StoreError passes through.
    """
    sheet = _sheet(delivery, subscriber, scene, now)
    if sheet is None:
        return None
    return Message(
        identity=delivery.id,
        subject=sheet.subject,
        text=plain(sheet),
        html=html(sheet),
        short=sheet.short,
        urgency=delivery.urgency,
        made=delivery.made,
        document=document(delivery, sheet, scene, subscriber, now),
        thread=delivery.news[0].incident if len({n.incident for n in delivery.news}) == 1 else "",
        pictures=(sheet.picture,) if sheet.picture else (),
        unsubscribe=sheet.unsubscribe.href if sheet.unsubscribe else "",
        language=subscriber.language,
        drill=delivery.what == "drill",
    )


def _sheet(delivery: Delivery, subscriber: Subscriber, scene: Scene, now: datetime) -> Sheet | None:
    texts = words(subscriber.language)
    if delivery.what == "confirmation":
        number = int(delivery.period)
        if number >= len(subscriber.ways):
            return None
        grant = Grant("confirm", subscriber.id, about_way(number, subscriber.ways[number].address))
        return confirmation(texts, subscriber, scene.links.url(grant, now))
    if delivery.what == "digest":
        found = digest(texts, delivery, subscriber, scene, now)
    elif delivery.news:
        found = alert(texts, delivery, subscriber, scene, now)
    else:
        found = drill(texts, delivery, subscriber, scene, now)
    return footed(texts, found, delivery, subscriber, scene, now) if found else None
