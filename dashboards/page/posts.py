"""The posts themselves, each with the words and reasons that brought it here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from markupsafe import Markup

from corrillo.errors import ConfigError
from corrillo.model import Reason, Tag, TaggedMention
from corrillo.ports import Field, Query, Reader
from corrillo.text import clean
from corrillo.work import Deed, Standing, standing
from dashboards.page.address import BadFilter
from dashboards.page.i18n import Texts
from dashboards.page.marks import Evidence, mark
from dashboards.page.work.deeds import seen

A_PAGE = 30
"""Posts on one page."""
EXCERPT = 700
"""Characters of a text that are shown before it has to be unfolded."""
UNTOUCHED = Standing()
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\\\u200b-\u200f\u2028-\u202f\u2066-\u2069]")


@dataclass(frozen=True)
class Card:
    """One post as it is shown. ``author`` is the start of a pseudonym, or an own account's whole handle."""

    mention: TaggedMention
    venue: str
    title: Markup
    text: Markup
    whole: Markup
    """The text where ``text`` is only its beginning; empty otherwise."""
    author: str
    local: datetime
    revised: datetime | None
    link: str
    tags: tuple[Tag, ...]
    reasons: tuple[Reason, ...]
    story_size: int
    thread_size: int
    standing: Standing = UNTOUCHED
    """What holds of it after what the team did."""
    seen: str = ""
    """What a form about it remembers of that."""


@dataclass(frozen=True)
class Cards:
    """One page of posts and the token of the next one ('' at the end)."""

    cards: tuple[Card, ...] = ()
    next_page: str = ""


def cards(reader: Reader, query: Query, page: str, zone: ZoneInfo, texts: Texts, limit: int = A_PAGE) -> Cards:
    """The posts that ``query`` finds, newest first, so many at a time. Raises BadFilter when ``page`` continues nothing."""
    try:
        found = reader.find(query, limit=limit, page=page)
    except ConfigError as error:
        if not page:
            raise
        raise BadFilter("page", page, "page", detail=error.message) from error
    return Cards(_cards(reader, query, found.mentions, zone, texts), found.next_page)


def chosen(reader: Reader, institution: str, ids: Sequence[str], zone: ZoneInfo, texts: Texts) -> tuple[Card, ...]:
    """The posts with these ids in their order, without those that are gone since."""
    if not ids:
        return ()
    query = Query(where={"institution": (institution,)}, ids=tuple(ids))
    found = {c.mention.id: c for c in _cards(reader, query, reader.find(query, limit=len(ids)).mentions, zone, texts)}
    return tuple(found[i] for i in ids if i in found)


def _cards(
    reader: Reader, query: Query, found: Sequence[TaggedMention], zone: ZoneInfo, texts: Texts
) -> tuple[Card, ...]:
    institution = query.where.get("institution", ())
    stories = sizes(reader, institution, "story", (m.story for m in found))
    threads = sizes(reader, institution, "thread", (m.thread for m in found))
    done: dict[str, list[Deed]] = {}
    for deed in reader.deeds([m.id for m in found]):
        done.setdefault(deed.mention, []).append(deed)
    plain = [_card(m, zone, texts, stories, threads) for m in found]
    return tuple(_worked_on(card, done.get(card.mention.id, [])) for card in plain)


def _worked_on(card: Card, deeds: Sequence[Deed]) -> Card:
    return replace(card, standing=standing(deeds), seen=seen(deeds)) if deeds else card


def sizes(reader: Reader, institution: Sequence[str], name: Field, values: Iterable[str]) -> Mapping[str, int]:
    """How many mentions each story or thread has in all, whatever is filtered."""
    wanted = tuple(dict.fromkeys(v for v in values if v))
    if not wanted:
        return {}
    everything = Query(where={"institution": tuple(institution), name: wanted})
    return {b.values[0]: b.count for b in reader.terms(everything, [name], limit=len(wanted), authors=False)}


def _card(
    mention: TaggedMention, zone: ZoneInfo, texts: Texts, stories: Mapping[str, int], threads: Mapping[str, int]
) -> Card:
    evidence = [Evidence(clean(words), texts.name("tag", tag.kind)) for tag in mention.tags for words in tag.evidence]
    text = clean(mention.text)
    begin = beginning(text)
    return Card(
        mention=mention,
        venue=clean(mention.venue),
        title=mark(clean(mention.title), evidence),
        text=mark(begin, evidence),
        whole=mark(text, evidence) if begin != text else Markup(),
        author=author(mention),
        local=mention.published.astimezone(zone),
        revised=mention.revised.astimezone(zone) if mention.revised else None,
        link=safe_link(mention.url),
        tags=tuple(sorted(mention.tags, key=lambda t: -t.score)),
        reasons=tuple(r for r in mention.reasons if not r.against),
        story_size=stories.get(mention.story, 0),
        thread_size=threads.get(mention.thread, 0),
    )


def beginning(text: str) -> str:
    """``text``, or where it is much longer than EXCERPT, its beginning up to a blank and an ellipsis."""
    if len(text) <= EXCERPT * 1.2:
        return text
    return text[:EXCERPT].rsplit(maxsplit=1)[0] + " …"


def author(mention: TaggedMention) -> str:
    """Enough of a pseudonym to tell two voices apart on one page, and no more; own accounts in full."""
    return clean(mention.author) if mention.author_kind == "own_account" else clean(mention.author)[:6]


def safe_link(url: str) -> str:
    """``url`` when it is a plain http or https address of a host, '' otherwise."""
    if _UNSAFE.search(url):
        return ""
    try:
        parts = urlsplit(url)
        return url if parts.scheme in ("http", "https") and parts.hostname and not parts.username else ""
    except ValueError:
        return ""
