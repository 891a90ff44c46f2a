"""Statuses as Mastodon's API gives them: what they are as posts, and what their ids say. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from corrillo.errors import ParseError
from corrillo.model import Author, Engagement, Post, Venue, milliseconds
from corrillo.text import clean
from ingest.api import MISTAKES, count, moment
from ingest.html import to_text

NETWORK = "mastodon"
REWIND = timedelta(minutes=15)
"""Remote posts arrive late, under ids of the time at which they were written."""
A_DAY = 24 * 3600 * 1000

Status = dict[str, Any]


def order(status: str) -> tuple[int, str]:
    """Ids are numbers or sortable strings of one length."""
    return len(status), status


def id_at(when: datetime) -> str:
    """The first id of that moment, where ids carry milliseconds (Mastodon's own do)."""
    return str(milliseconds(when) << 16)


def rewound(status: str) -> str:
    """An id from ``REWIND`` before; the same where ids carry no time."""
    back = round(REWIND.total_seconds() * 1000) << 16
    return str(int(status) - back) if status.isdecimal() and int(status) > back << 8 else status


def carries_time(status: Status) -> bool:
    """Whether the id of a status says when it was written, as other servers' ids do not."""
    try:
        return abs((int(status["id"]) >> 16) - milliseconds(moment(status["created_at"]))) < A_DAY
    except MISTAKES:
        return False


def is_before(status: Status, since: datetime) -> bool:
    """Whether a status was written before that; of one that does not say when, nothing is said."""
    try:
        return moment(status["created_at"]) < since
    except MISTAKES:
        return False


class Reader:
    """Statuses as the instance ``host`` names them, for the source of that name."""

    def __init__(self, source: str, host: str) -> None:
        self._source = source
        self._host = host

    def ref(self, status: object) -> str:
        """The name of a status for us: ids are the instance's own."""
        return f"{self._host}/{status}"

    def ids(self, refs: Sequence[str]) -> set[str]:
        """The ids of those refs that are this instance's."""
        return {r.rpartition("/")[2] for r in refs if r.startswith(f"{self._host}/")}

    def posts(self, raw: str) -> Sequence[Post]:
        """One status as the API gives it. Raises ParseError."""
        try:
            return [self._post(json.loads(raw))]
        except MISTAKES as error:
            raise ParseError(f"not a status: {type(error).__name__} {error}") from None

    def _post(self, status: Status) -> Post:
        shared = status.get("reblog")
        said = shared or status
        account = status["account"]
        edited = status.get("edited_at")
        answered = status.get("in_reply_to_id")
        return Post(
            network=NETWORK,
            native_id=self.native(status),
            ref=self.ref(status["id"]),
            source=self._source,
            venue=Venue(name=self._acct(account["acct"]).rpartition("@")[2], kind="instance"),
            author=Author(
                handle=self._acct(account["acct"]),
                name=clean(str(account.get("display_name") or "")),
                kind="association" if account.get("group") else "unknown",
            ),
            published=moment(status["created_at"]),
            revised=moment(edited) if edited else None,
            text=_text(said, {m["url"]: self._acct(m["acct"]) for m in said.get("mentions") or []}),
            url=next((str(u) for u in (status.get("url"), status.get("uri")) if _is_web(u)), ""),
            language=str(said.get("language") or "")[:2] or "und",
            answers_ref=self.ref(answered) if answered else "",
            answers_author=self._answered(status),
            repeats=str(shared["uri"]) if shared else "",
            quotes=_quoted(status),
            engagement=Engagement(
                likes=count(status.get("favourites_count")),
                shares=count(status.get("reblogs_count")),
                answers=count(status.get("replies_count")),
            ),
        )

    def native(self, status: Status) -> str:
        """The name of a status everywhere."""
        return str(status.get("uri") or status.get("url") or self.ref(status["id"]))

    def _acct(self, acct: str) -> str:
        bare = acct.strip("@")
        return bare if "@" in bare else f"{bare}@{self._host}"

    def _answered(self, status: Status) -> str:
        whom = status.get("in_reply_to_account_id")
        if whom == status["account"].get("id"):
            return self._acct(status["account"]["acct"])
        return next((self._acct(m["acct"]) for m in status.get("mentions") or [] if m.get("id") == whom), "")


def _text(status: Status, names: dict[str, str]) -> str:
    """Content warning, text, poll and descriptions of pictures: everything that was said."""
    parts = [clean(str(status.get("spoiler_text") or "")), to_text(str(status.get("content") or ""), names)]
    parts += [clean(f"– {o.get('title', '')}") for o in (status.get("poll") or {}).get("options", [])]
    parts += [clean(str(m.get("description") or "")) for m in status.get("media_attachments") or []]
    return clean("\n".join(p for p in parts if p))


def _is_web(url: object) -> bool:
    return isinstance(url, str) and url.startswith(("https://", "http://"))


def _quoted(status: Status) -> str:
    quoted = (status.get("quote") or {}).get("quoted_status") or {}
    return str(quoted.get("uri") or "")
