"""What is remembered of a mention for its thread: who answers whom when, and what is asked; never a text or a citizen."""

from __future__ import annotations

import msgspec

from corrillo.attention import ASKING, AskingKind
from corrillo.model import MentionDeleted, Place, Service, TaggedMention, milliseconds
from corrillo.versions import version_of

NOBODY_ASKS = frozenset(("own_account", "medium", "administration"))
"""Kinds of authors who wait for no answer; an article does not either, whoever wrote it."""
ARTICLES = frozenset(("newspaper", "agency"))


class Turn(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="kind", tag="turn"):
    """A mention in its thread; times in milliseconds, 0 where they are not known.

    ``answers``: the mention that it answers, '' where it answers none. ``own``: the handle of the own account
    that says it, '' a citizen. ``asks``: what a citizen wants to be answered; only then it is known where it was said
    and of what. ``seen``: when it was first heard, of one that is ``gone`` when that was. Of one that is gone only
    its place in the thread is left, so that answers below it still are.
    """

    institution: str
    seen: int
    thread: str
    published: int = 0
    version: tuple[int, int] = (0, 0)
    answers: str = ""
    network: str = ""
    own: str = ""
    asks: tuple[AskingKind, ...] = ()
    venue: str = ""
    place: Place = "off_page"
    service: Service = "other"
    district: str = ""
    language: str = "und"
    looked: int = 0
    date_only: bool = False
    gone: bool = False


def turn_of(mention: TaggedMention, known: Turn | None) -> Turn:
    """The turn that a mention is, after what is ``known`` of it: as stores do, first times stay, the last look holds."""
    seen, looked = milliseconds(mention.first_seen), milliseconds(mention.looked) if mention.looked else 0
    turn = Turn(
        institution=mention.institution,
        seen=min(seen, known.seen) if known else seen,
        thread=mention.thread,
        published=known.published if known else milliseconds(mention.published),
        version=version_of(mention),
        answers=mention.answers or (mention.thread if mention.thread != mention.id else ""),
        looked=max(looked, known.looked) if known else looked,
        date_only=mention.date_only,
    )
    if mention.place == "own":
        return msgspec.structs.replace(turn, network=mention.network, own=mention.author)
    asks = asked_by(mention)
    return _asking(turn, mention, asks) if asks else turn


def asked_by(mention: TaggedMention) -> tuple[AskingKind, ...]:
    """What a mention wants to be answered; a repost says again what somebody else asks."""
    if mention.repeats or mention.author_kind in NOBODY_ASKS or mention.venue_kind in ARTICLES:
        return ()
    tags = {tag.kind for tag in mention.tags}
    return tuple(kind for kind in ASKING if kind in tags)


def _asking(turn: Turn, mention: TaggedMention, asks: tuple[AskingKind, ...]) -> Turn:
    return msgspec.structs.replace(
        turn,
        network=mention.network,
        asks=asks,
        venue=mention.venue,
        place=mention.place,
        service=mention.service,
        district=mention.district,
        language=mention.language,
    )


def gone_turn(event: MentionDeleted, known: Turn | None) -> Turn:
    """What is left of a mention that is gone."""
    thread, answers = (known.thread, known.answers) if known else (event.id, "")
    return Turn(event.institution, milliseconds(event.at), thread, answers=answers, gone=True)
