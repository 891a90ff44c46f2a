"""The endpoints: what each takes, what it reads from the store, what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, cast, get_args

import msgspec

from corrillo.attention import Attention, Waiting
from corrillo.errors import ConfigError
from corrillo.model import TaggedMention
from corrillo.ports import Field, Interval
from dashboards.api import answers
from dashboards.api.declared import Parameter
from dashboards.page.address import BadFilter
from dashboards.page.filters import FIELDS
from dashboards.page.frame import Ask
from dashboards.page.sources import SourceRow, sources
from dashboards.page.venues import venues
from dashboards.page.waits.asked import asked

A_PAGE = Parameter("limit", "Entries on one page.", "whole", default="50", least=1, most=200)
NEXT = Parameter("page", "Continue after an earlier answer: its next_page.")
MOST_HOURS = 31
"""Days that may be counted hour by hour."""
INTERVALS: tuple[Interval, ...] = get_args(Interval)
OF_ATTENTION: tuple[Field, ...] = (
    "network", "venue", "place", "tag", "service", "district", "language", "thread",
)  # fmt: skip
"""Fields that a question or complaint has, too."""


@dataclass(frozen=True)
class Question:
    """What was asked: the filters, and the values of the endpoint's own parameters."""

    ask: Ask
    own: Mapping[str, tuple[str, ...]]

    def one(self, name: str) -> str:
        """The value of one parameter, '' where it has none."""
        return next(iter(self.own.get(name, ())), "")

    @property
    def head(self) -> dict[str, Any]:
        """What every answer begins with."""
        query = self.ask.query
        return {
            "institution": self.ask.institution.id, "read": self.ask.now, "since": query.since, "until": query.until
        }  # fmt: skip


@dataclass(frozen=True)
class Endpoint:
    """One address. ``fields`` are the filters that it heeds; ``text``: whether it searches, too."""

    name: str
    about: str
    gives: type[answers.Answer]
    answer: Callable[[Question], answers.Answer]
    own: tuple[Parameter, ...] = ()
    fields: tuple[Field, ...] = FIELDS
    text: bool = True


def mentions(question: Question) -> answers.Mentions:
    """One page of mentions."""
    ask, page = question.ask, question.one("page")
    try:
        found = ask.store.find(ask.query, limit=int(question.one("limit")), page=page)
    except ConfigError as error:
        if not page:
            raise
        raise BadFilter("page", page, "page", detail=error.message) from error
    links = question.one("links") == "yes"
    shown = tuple(shareable(m, links=links) for m in found.mentions)
    return answers.Mentions(
        **question.head, total=ask.store.count(ask.query), mentions=shown, next_page=found.next_page
    )


def shareable(mention: TaggedMention, *, links: bool) -> TaggedMention:
    """A mention as it leaves the house: as in an export, nobody is to be followed from post to post."""
    hidden: dict[str, str] = {} if mention.author_kind == "own_account" else {"author": ""}
    if not links:
        hidden |= {"url": "", "ref": "", "answers_ref": ""}
    return msgspec.structs.replace(mention, **hidden)


def counts(question: Question) -> answers.Counts:
    """How many, by one field or two crossed."""
    store, query = question.ask.store, question.ask.query
    by = cast(tuple[Field, ...], question.own.get("by", ()))
    authors = question.one("authors") == "yes"
    buckets = store.terms(query, by, limit=int(question.one("limit")), authors=authors) if by else ()
    counted = tuple(
        answers.Count(values=b.values, count=b.count, authors=b.authors if authors else None) for b in buckets
    )
    return answers.Counts(**question.head, total=store.count(query), by=by, counts=counted)


def histogram(question: Question) -> answers.Histogram:
    """How many, over time."""
    ask, interval, split = question.ask, question.one("interval"), question.one("split")
    _bearable(ask, interval)
    buckets = ask.store.histogram(
        ask.query, cast(Interval, interval), ask.zone.key, cast(Field, split) if split else None, authors=False
    )
    columns = tuple(answers.Column(start=b.values[0], count=b.count, value="".join(b.values[1:])) for b in buckets)
    return answers.Histogram(**question.head, interval=interval, zone=ask.zone.key, split=split, columns=columns)


def _bearable(ask: Ask, interval: str) -> None:
    query = ask.query
    ends = min(query.until or ask.now, ask.now)
    if interval == "hour" and (query.since is None or ends - query.since > timedelta(days=MOST_HOURS)):
        raise BadFilter(
            "interval", interval, "not_one_of", [i for i in INTERVALS if i != "hour"], f"over {MOST_HOURS} days"
        )


def by_venue(question: Question) -> answers.Venues:
    """Every venue."""
    rows = venues(question.ask.store, question.ask.query).rows
    return answers.Venues(
        **question.head,
        venues=tuple(
            answers.VenueCount(
                network=r.network, venue=r.venue, off_page=r.off_page, on_page=r.on_page, own=r.own, authors=r.authors
            )
            for r in rows
        ),
    )


def attention(question: Question) -> answers.Attentions:
    """One page of questions and complaints."""
    wanted, limit = question.own.get("state", ()), int(question.one("limit"))
    known = asked(question.ask.store, question.ask.query, question.ask.institution.id).found
    found = [a for a in known if not wanted or a.state in wanted]
    found.sort(key=lambda a: (a.asked, a.mention), reverse=True)
    start = _after(found, question.one("page"))
    shown = tuple(found[start : start + limit])
    more = start + limit < len(found)
    return answers.Attentions(
        **question.head, total=len(found), attention=shown, next_page=shown[-1].mention if more else ""
    )


def _after(found: Sequence[Attention], page: str) -> int:
    """Where a page begins that continues after this mention. Raises BadFilter when it is not there (any more)."""
    if not page:
        return 0
    at = next((n for n, one in enumerate(found) if one.mention == page), None)
    if at is None:
        raise BadFilter("page", page, "page")
    return at + 1


def incidents(question: Question) -> answers.Incidents:
    """What detection has seen."""
    ask, only = question.ask, question.one("open") == "yes"
    limit = int(question.one("limit"))
    since = None if only else ask.query.since
    found = ask.store.incidents(ask.institution.id, since=since, open_only=only, limit=limit)
    return answers.Incidents(**question.head, incidents=tuple(found))


def heard(question: Question) -> answers.Sources:
    """How every source is."""
    ask = question.ask
    of_ours = [c for c in ask.coverage if c.institution in ("", ask.institution.id)]
    found = sources(ask.store, of_ours, ask.now, ask.query.since, ask.query.until)
    return answers.Sources(
        **question.head, sources=tuple(_source(r) for r in found.rows), quarantined=found.quarantined
    )


def _source(row: SourceRow) -> answers.Source:
    health = row.health
    return answers.Source(
        source=health.source, network=health.network, label=row.label, state=row.state, proof=row.judgement.proof,
        listening=row.judgement.listening, newest_post=health.newest_post, last_success=health.last_success,
        failures=health.failures, seen=health.seen, kept=health.kept, rejected=health.rejected,
        unheard_seconds=row.unheard.total_seconds(), gaps=row.gaps, budget=health.budget,
    )  # fmt: skip


YES = ("yes", "no")
ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("mentions", "Mentions, newest first.", answers.Mentions, mentions, (
        A_PAGE, NEXT, Parameter("links", "With the links to the posts: they lead to people.", allowed=YES, default="no"),
    )),
    Endpoint("counts", "How many mentions, in all and by one or two fields.", answers.Counts, counts, (
        Parameter("by", "A field; twice: two crossed.", allowed=FIELDS, several=True, most=2),
        Parameter("authors", "Distinct authors beside each count.", allowed=YES, default="no"),
        replace(A_PAGE, about="Counts at most, those with most.", most=500),
    )),
    Endpoint("histogram", "Mentions over time.", answers.Histogram, histogram, (
        Parameter("interval", f"Span of a column; hours for up to {MOST_HOURS} days.", allowed=INTERVALS, default="day"),
        Parameter("split", "Each column by the values of this field.", allowed=FIELDS),
    )),
    Endpoint("venues", "Where it is said, venue by venue.", answers.Venues, by_venue),
    Endpoint("attention", "Questions and complaints, and what became of them.", answers.Attentions, attention, (
        A_PAGE, NEXT,
        Parameter("state", "Answered, waiting, or unknown: nobody looked.", allowed=get_args(Waiting), several=True),
    ), OF_ATTENTION, text=False),
    Endpoint("incidents", "What detection has seen.", answers.Incidents, incidents, (
        replace(A_PAGE, about="Incidents at most."),
        Parameter("open", "Only those that are not over, whenever they changed.", allowed=YES, default="no"),
    ), (), text=False),
    Endpoint("sources", "Calm or not heard: how every source is.", answers.Sources, heard, (), (), text=False),
)  # fmt: skip
