"""What the room says of who was told, and how texts spread."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from corrillo.notices import Delivery
from corrillo.text import clean
from dashboards.page.crisis.hour_words import moment
from dashboards.page.i18n import Texts
from dashboards.page.room.growing import Growing
from dashboards.page.room.told import Told, ToldRow


def reached(texts: Texts, told: Told) -> str:
    """How many were told, and how many could not be."""
    said = texts.count("room.reached", told.reached) if told.reached else texts("room.reached_nobody")
    return f"{said} {texts.count('room.failed', told.failed)}" if told.failed else said


def stands_so(texts: Texts, delivery: Delivery, zone: ZoneInfo) -> str:
    """What became of a message: sent, and when and how; or until when it waits, and why it was not sent."""
    channel = delivery.attempts[-1].channel if delivery.attempts else ""
    if delivery.state == "sent" and delivery.sent:
        return texts(
            "delivery.sent", at=moment(texts, delivery.sent.astimezone(zone)), channel=channel_name(texts, channel)
        )
    if delivery.state == "waiting":
        until = delivery.next_try or delivery.due
        key = "delivery.again" if delivery.attempts else "delivery.waiting"
        return texts(key, at=moment(texts, until.astimezone(zone)))
    why = texts.name("why", clean(delivery.why)) or (clean(delivery.attempts[-1].said) if delivery.attempts else "")
    return texts(f"delivery.{delivery.state}") + (f" ({why})" if why else "")


def channel_name(texts: Texts, channel: str) -> str:
    """What people call a channel."""
    return texts.name("channel", clean(channel))


def was_told(texts: Texts, row: ToldRow) -> str:
    """What the newest message to somebody told of the incident."""
    return texts.name("news", row.what)


def spreading(texts: Texts, story: Growing) -> str:
    """How a text spreads: 14 copias; 5 en la última hora, 2 en la anterior; en X y Facebook."""
    networks = texts.join([clean(texts.name("network", n)) for n in story.networks])
    return texts(
        "room.spreading",
        copies=texts.number(story.copies),
        lately=texts.number(story.lately),
        before=texts.number(story.before),
        networks=networks,
    )
