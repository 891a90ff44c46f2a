"""Who wants to be told and what was told, for contract suites; nobody is real."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from corrillo.notices import Attempt, Delivery, Hours, News, Subscriber, Way
from corrillo.testing.mentions import NOW, TOWN


def a_subscriber(name: str = "marta", **given: Any) -> Subscriber:
    """Somebody with something in every field, or whatever is ``given`` instead."""
    mail = Way(kind="email", address=f"{name}@benialba.example", confirmed=NOW)
    values: dict[str, Any] = {
        "id": f"subscriber-{name}", "name": name.title(), "ways": (mail, Way(kind="apprise", address="tgram://token/1")),
        "institutions": (TOWN,), "services": ("water",), "districts": ("El Raval",), "least": "watch", "language": "en",
        "quiet": (Hours(begin="22:00", end="07:00"),), "quiet_holidays": True,
        "shifts": (Hours(begin="08:00", end="15:00", days=(0, 1, 2, 3, 4)),), "next": "subscriber-nuria", "after": 20,
        "per_hour": 3, "digests": ("daily", "weekly"), "digest_at": "07:30", "feed": "0" * 64, "origin": "page",
        "created": NOW - timedelta(days=1, microseconds=1),
    }  # fmt: skip
    return Subscriber(**{**values, **given})


def a_delivery(name: str = "1", who: str = "marta", incident: str = "1", **given: Any) -> Delivery:
    """What was told to ``a_subscriber`` of that name about ``an_incident``, or whatever is ``given`` instead."""
    failed = Attempt(at=NOW, way=0, channel="email", ok=False, said="450 later")
    news = News(incident=f"incident-{incident}", what="opened", level="warning", at=NOW - timedelta(minutes=1))
    values: dict[str, Any] = {
        "id": f"delivery-{name}", "subscriber": f"subscriber-{who}", "institution": TOWN, "made": NOW, "due": NOW,
        "urgency": "warning", "news": (news,), "next_try": NOW + timedelta(minutes=1), "attempts": (failed,),
    }  # fmt: skip
    return Delivery(**{**values, **given})


def sent(delivery: Delivery, **given: Any) -> Delivery:
    """The same, when a channel has accepted it."""
    values = {name: getattr(delivery, name) for name in delivery.__struct_fields__}
    return Delivery(**{**values, "state": "sent", "sent": NOW, "next_try": None, **given})
