"""The data dictionary: every field of every index, how it is mapped and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from stores.elasticsearch.names import Kind

Type = Literal[
    "keyword", "date", "day", "number", "decimal", "score", "flag", "text", "folded", "kept", "bytes", "object", "whole", "alias",
]  # fmt: skip


@dataclass(frozen=True)
class Described:
    """A field: what it is to Elasticsearch, and what it says."""

    type: Type
    says: str
    fields: Mapping[str, Described] = field(default_factory=dict)
    path: str = ""
    """Of an alias: the field that it is another name of."""


def _keyword(says: str) -> Described:
    return Described("keyword", says)


def _kept(says: str) -> Described:
    return Described("kept", says)


def _number(says: str) -> Described:
    return Described("number", says)


def _date(says: str) -> Described:
    return Described("date", says)


def _decimal(says: str) -> Described:
    return Described("decimal", says)


def _whole(says: str) -> Described:
    return Described("whole", says)


_REASONS = {
    "kind": _keyword("How: name, alias, handle, hashtag, query, account, reply, platform, everything, homonym."),
    "term": _keyword("The words of the post that say so."),
    "against": Described("flag", "Whether it speaks against being about the institution."),
}
_TAGS = {
    "kind": _keyword("As in `tag`."),
    "score": Described("score", "How sure, 0 to 1."),
    "evidence": _kept("The words of the text that caused it."),
}
_ENGAGEMENT = {
    "likes": _number("Likes, favourites, votes."),
    "shares": _number("Reposts, boosts."),
    "answers": _number("Answers."),
}
_BUDGET = {
    "unit": _keyword("USD, EUR; or requests, units."),
    "spent": Described("decimal", "What is spent of it."),
    "limit": Described("decimal", "How much it is."),
    "resets": _date("When it begins anew."),
}
_WHERE = {
    "institution": _keyword("The administration that is listened for."),
    "network": _keyword("Where it was said: bluesky, mastodon, press …"),
    "venue": _keyword("The place inside the network: an instance, a newspaper, a channel."),
    "place": _keyword("`off_page`, `on_page` (the institution's own pages and threads) or `own` (by the institution)."),
    "service": _keyword("Which municipal service it is about, or `other`."),
    "district": _keyword("The place inside the institution's territory, where one is named."),
}

MENTION: Mapping[str, Described] = {
    "id": _keyword("Id of the mention: the same post about another institution has another one."),
    **_WHERE,
    "venue_kind": _keyword("What the venue is: newspaper, instance, forum …"),
    "source": _keyword("The source of the configuration that heard it."),
    "published": _date("When it was published, as first seen: a later change does not move it."),
    "day": Described("day", "The day of `published` in the institution's own time zone: where it is counted."),
    "first_seen": _date("When Corrillo first saw it; retention counts from here."),
    "revised": _date("When its author last changed it, where the network says."),
    "backfilled": Described("flag", "Whether it was asked for afterwards, to fill a gap in the listening; absent: no."),
    "looked": _date("When its answers were last looked for; absent: never, so nobody knows whether it was answered."),
    "date_only": Described("flag", "Whether `published` is only a day."),
    "text": Described("text", "What it says, with personal data redacted."),
    "title": Described("text", "Its title, where it has one."),
    "search": Described("folded", "Title and text as words without case and accents: what Corrillo's search asks."),
    "language": _keyword("es, ca, gl, eu, pt, en, or `und`."),
    "tag": _keyword("Kinds of its tags: complaint, question, criticism, praise, suggestion, crisis. Count by this."),
    "tags": Described("object", "Each tag with its score and evidence.", _TAGS),
    "target": _keyword("Whom it speaks of: administration, government, other, none."),
    "word": _keyword("The words of `search` with four letters or more, each once. Count by this."),
    "beginning": _keyword("Its title, else its text, cut: what stands for it in a table."),
    "lag": _decimal(
        "Seconds from its publication to our hearing of it; absent: nobody listened then, or it is not known."
    ),
    "author": _keyword("A pseudonym, or the institution's own account. Not for following people."),
    "author_kind": _keyword("person, medium, association, party, company, administration, own_account, unknown."),
    "story": _keyword("Mentions with nearly the same text share it: the id of the first."),
    "thread": _keyword("The id of the mention that began the conversation."),
    "answers": _keyword("The id of the mention that it answers, heard or not."),
    "repeats": _keyword("The id of the mention that it reposts."),
    "quotes": _keyword("The id of the mention that it quotes."),
    "engagement": Described("object", "Counts as the network showed them when it was last looked up.", _ENGAGEMENT),
    "reasons": Described("object", "Why it is about the institution.", _REASONS),
    "revision": _number("Version at the source, milliseconds."),
    "enrichment": _number("Version of the steps that made the tags."),
    "schema": _number("Version of the message."),
}
LINK: Mapping[str, Described] = {
    "institution": _WHERE["institution"],
    "network": _WHERE["network"],
    "source": MENTION["source"],
    "published": _date("As in the mention: its month's index is found by it."),
    "first_seen": _date("As in the mention."),
    "url": _keyword("Address of the post, for answering it."),
    "ref": _keyword("How the server that gave it last calls it."),
    "refs": _keyword("How each server that gave it calls it."),
    "answers_ref": _kept("How the server calls what it answers, where it gives no more."),
}
TOMBSTONE: Mapping[str, Described] = {
    "at": _date("Since when."),
    "reason": _keyword("deleted, erased, purged; `name`: the id is the digest of an erased name."),
}
STORY: Mapping[str, Described] = {
    "institution": _WHERE["institution"],
    "signature": Described("bytes", "MinHash of the story's first text."),
    "bands": _keyword("Pieces of the signature by which similar texts are found."),
    "seen": _date("When its first mention was first seen."),
}
SOURCE: Mapping[str, Described] = {
    "source": MENTION["source"],
    "network": _WHERE["network"],
    "cursor": _kept("Where it resumes; opaque."),
    "begun": _date("When it was first asked."),
    "every": Described("decimal", "Seconds within which it is read again; 0: once."),
    "newest_post": _date("Publication of the newest original post that it gave."),
    "last_success": _date("When it last answered."),
    "last_attempt": _date("When it was last asked."),
    "due": _date("By when it has to be read again; later than that it is blind."),
    "read_to": _date("Up to which moment of the network's own clock it has been read, where it is behind."),
    "failures": _number("Failures in a row."),
    "last_error": _kept("What it said at the last one."),
    "refused": Described("flag", "Whether it will not work until a person acts."),
    "old": _number("Old posts in a row."),
    "old_since": _date("Since when it gives nothing but old posts."),
    "seen": _number("Posts given so far."),
    "kept": _number("Mentions made of them."),
    "rejected": _number("Items that went to quarantine."),
    "budget": Described("object", "What the network lets us spend, and what is spent.", _BUDGET),
    "gaps": Described("whole", "The times that it did not hear, and why; the last 200."),
    "rhythm": Described("whole", "How often it gives something, for each kind of hour."),
    "counted_to": _number("Up to which hour since 1970 that is known."),
}
QUARANTINED: Mapping[str, Described] = {
    "source": MENTION["source"],
    "at": _date("When it was set aside; kept 7 days."),
    "reason": _kept("Why it could not become a mention."),
    "origin": _kept("Where it stood."),
    "raw": _kept("The item, protected."),
    "handles": _keyword("Pseudonyms of the people in it, so that an erasure finds it."),
}
COUNT: Mapping[str, Described] = {
    **_WHERE,
    "day": Described("day", "The institution's own day."),
    "tag": _keyword("One kind of tag; absent: all mentions of the cell, tagged or not."),
    "count": _number("How many mentions that retention has deleted."),
    "purges": _kept("The last purges that were added to it."),
}
DAY: Mapping[str, Described] = {
    **{name: described for name, described in COUNT.items() if name not in ("count", "purges")},
    "count": _number("How many mentions: those that are there and those that retention has deleted."),
    "changed": _date("When it was last seen to be another number."),
}
PURGE: Mapping[str, Described] = {
    "institution": _WHERE["institution"],
    "at": _date("When it began."),
    "name": _kept("Which purge it is; cells remember the last ones that are in them."),
    "ids": _kept("Mentions that are being deleted."),
    "cells": _kept("What they are counted in, as JSON."),
}

_SUBJECT = {
    "institution": _WHERE["institution"],
    "service": _keyword("One service of it; absent: not only one."),
    "district": _keyword("One district of it; absent: not only one."),
}
_EVIDENCE = {
    "channel": _keyword("What is unusual: volume, complaint, crisis."),
    "minutes": _number("In how long a time it is most unusual."),
    "voices": _decimal("Independent voices in that time: neither copies nor one person's hundred posts count again."),
    "expected": _decimal("How many are normal there and then."),
    "low": _decimal("19 of 20 such times have at least so many …"),
    "high": _decimal("… and at most so many."),
    "surprise": _decimal("Decimal logarithm of the days after which chance alone brings as much."),
    "word": _keyword("The word that they share, where that is what is unusual; absent: how many they are."),
    "count": _number("Mentions in that time."),
    "authors": _number("Distinct authors of them."),
    "stories": _number("Distinct texts."),
    "venues": _number("Distinct venues."),
    "networks": _whole("Voices of each network."),
    "tags": _whole("Voices that carry each tag."),
    "growth": _decimal("Voices of its later half over those of its earlier half."),
    "samples": _kept("Ids of mentions, the most telling first."),
    "heard": _decimal("The share (0 to 1) of what is usually said that could be heard."),
    "blind": _keyword("Sources that could not be heard."),
}
DETECTION: Mapping[str, Described] = {
    "institution": _WHERE["institution"],
    "key": _keyword("Of a record: its name; `m` and an id: what is remembered of that mention for a day."),
    "value": Described("bytes", "The record."),
    "edition": _number("Of an institution: how often its records have changed."),
    "changes": _whole("What the last edition has changed, and what was told with it."),
}
HOURS: Mapping[str, Described] = {
    **_SUBJECT,
    "hour": _number("Since 1970."),
    "at": _date("When that hour began."),
    "count": _number("Mentions."),
    "voices": _decimal("Independent voices."),
    "complaints": _decimal("Those of them that complain."),
    "crises": _decimal("Those of them that speak of a crisis."),
    "expected": _decimal("How many voices were normal, before that hour."),
    "low": _decimal("19 of 20 such hours have at least so many …"),
    "high": _decimal("… and at most so many."),
    "heard": _decimal("The share (0 to 1) of what is usually said that could be heard; at 0 the count is unknown."),
}
ALERTS: Mapping[str, Described] = {
    "id": _keyword("Id of the incident."),
    "institution": _WHERE["institution"],
    "opened": _date("When it began."),
    "updated": _date("When it last changed."),
    "level": _keyword("How high now: calm, watch, warning, crisis."),
    "peak": _keyword("The highest level that it had."),
    "leading": Described("object", "The subject whose evidence speaks for it.", _SUBJECT),
    "subjects": Described("object", "All that it is about.", _SUBJECT),
    "evidence": Described("object", "What it rests on.", _EVIDENCE),
    "changes": _whole("Its life, oldest first."),
    "points": _whole("The leading subject's last day, in quarters of an hour."),
    "mentions": _keyword("Ids of its mentions."),
    "resolved": _date("When it was over."),
    "into": _keyword("The incident that it is part of since they were merged."),
    "ended": _date("Since when there is nothing more to it: resolved or merged; absent: it is open."),
}
ACTS: Mapping[str, Described] = {
    "incident": _keyword("Id of the incident."),
    "at": _date("When it was done."),
    "who": _kept("Who did it, as they call themselves."),
    "what": _keyword("acknowledge, silence, reopen, note."),
    "until": _date("Of a silence: when it speaks again by itself."),
    "note": _kept("What they wrote."),
}
DEEDS: Mapping[str, Described] = {
    "id": _keyword("Id of the deed."),
    "mention": _keyword("Id of the mention."),
    "institution": _WHERE["institution"],
    "at": _date("When it was done."),
    "who": _keyword("Who did it: the name under which the page knows them."),
    "what": _keyword("take, answered_elsewhere, not_ours, done, release, note, not_about_us, about_us, correct."),
    "note": _kept("What they wrote."),
    "whose": _keyword("Of `not_ours`: who answers for it."),
    "tags": _keyword("Of `correct`: the right tags; absent: none is."),
    "was": _keyword("Of `correct`: the tags that the pipeline had given."),
    "homonym": _keyword("Of `not_about_us`: what the name stood for."),
}
ATTENTION: Mapping[str, Described] = {
    "mention": _keyword("Id of the mention that asks or complains."),
    "institution": _WHERE["institution"],
    "thread": MENTION["thread"],
    "asked": _date("When it was published."),
    "kinds": _keyword("question, complaint."),
    "tag": Described(
        "alias", "Another name of `kinds`, so that one filter by tag asks mentions and this.", path="kinds"
    ),
    **{name: described for name, described in _WHERE.items() if name != "institution"},
    "language": MENTION["language"],
    "department": _keyword("Whose account has answered, else who answers for the service by the register."),
    "looked": _date("When answers were last looked for; absent: never, so nobody knows whether there is one."),
    "answered": _date("When the first answer of an own account was published; absent: none is known."),
    "answer": _keyword("Id of that answer's mention."),
    "by": _keyword("The own account that has answered."),
    "wait": _decimal("Seconds until the answer."),
    "working_wait": _decimal("Seconds of opening hours until the answer."),
}
SUBSCRIBER: Mapping[str, Described] = {
    "id": _keyword("Id of the subscriber."),
    "name": _keyword("What people call them."),
    "subscriber": _whole("All that is known of them: who, where, of what and when they are told."),
}
DELIVERY: Mapping[str, Described] = {
    "id": _keyword("Id of the delivery."),
    "subscriber": _keyword("Id of the subscriber whom it is for."),
    "institution": _keyword("The administration that it tells of; absent: of all that are listened for."),
    "made": _date("When it was decided."),
    "state": _keyword("waiting, sending, sent, failed, dropped."),
    "incidents": _keyword("Ids of the incidents that it tells of."),
    "delivery": _whole("All of it: what it tells, when it was tried, and what was said to that."),
}

FIELDS: Mapping[Kind, Mapping[str, Described]] = {
    "mentions": MENTION,
    "links": LINK,
    "tombstones": TOMBSTONE,
    "stories": STORY,
    "sources": SOURCE,
    "quarantine": QUARANTINED,
    "counts": COUNT,
    "purges": PURGE,
    "detection": DETECTION,
    "hours": HOURS,
    "alerts": ALERTS,
    "acts": ACTS,
    "deeds": DEEDS,
    "attention": ATTENTION,
    "days": DAY,
    "subscribers": SUBSCRIBER,
    "deliveries": DELIVERY,
}
HOLDS: Mapping[Kind, str] = {
    "mentions": "What was said: one document a mention, an index a month of publication, behind one alias.",
    "links": "What leads to people: address and ref of each mention, by the same id. The team reads it, analysts do not.",
    "tombstones": "What must not come back.",
    "stories": "By which texts that are nearly the same are found.",
    "sources": "How each source is, and where it resumes.",
    "quarantine": "What could not become a mention.",
    "counts": "Daily counts of mentions that retention has deleted; what is alive is counted in the mentions.",
    "purges": "Deletions under way: what makes them safe to interrupt.",
    "detection": "What detection remembers; not for reading.",
    "hours": "What was said in each hour of the institution, of each service and of each district, and what is normal. Kept for good.",
    "alerts": "Incidents: what alerts are about, as they stand. Mentions are named by their ids.",
    "acts": "What people of the team did about incidents.",
    "deeds": "What people of the team did about mentions: cases, corrections. Only ever added to; it goes with the mention.",
    "days": (
        "Daily counts as they stand, for reports that outlive the mentions: written once a day, after each purge and "
        "each erasure; today's are not whole."
    ),
    "attention": "Questions and complaints of citizens and whether they were answered (docs/attention.md); it goes with the mention.",
    "subscribers": "Who wants to be told. Whoever unsubscribes is deleted.",
    "deliveries": "What was told to whom, or waits to be told; kept 60 days, and gone with the subscriber.",
}
