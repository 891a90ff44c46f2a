"""The state of the fake Mastodon server: statuses as the API's documentation describes them.

A fake: accounts, timelines and streams live in memory, nothing federates.
"""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

HASHTAG = re.compile(r"#(\w+)")
MENTION = re.compile(r"@([\w.]+(?:@[\w.-]+)?)")
Listener = Callable[[str, str, object], None]
"""Called with hashtag, kind of event and what it carries."""


def iso(moment: datetime) -> str:
    """As Mastodon writes times: UTC, milliseconds, Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _page(
    found: list[dict],
    limit: int,
    max_id: int | None = None,
    since_id: int | None = None,
    min_id: int | None = None,
) -> list[dict]:
    after = max(since_id or 0, min_id or 0)
    known = [s for s in found[::-1] if after < int(s["id"]) and (max_id is None or int(s["id"]) < max_id)]
    return known[-limit:] if min_id is not None else known[:limit]


class World:
    """Statuses by id. Every change is told to the listeners under one lock, so their order is the order of changes."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.host = base.split("://")[1]
        self.lock = threading.RLock()
        self._statuses: dict[int, dict] = {}
        self._deleted: set[int] = set()
        self._accounts: dict[str, dict] = {}
        self._used = 0
        self._listeners: list[Listener] = []

    def on_change(self, listener: Listener) -> None:
        """Tell ``listener`` every change from now on."""
        self._listeners.append(listener)

    def publish(
        self,
        text: str,
        *,
        tags: Iterable[str] | None = None,
        account: str = "ana",
        at: datetime | None = None,
        answers: object = None,
        silently: bool = False,
        **fields: object,
    ) -> dict:
        """A new status; the tags are those in ``text`` unless given.

        ``at`` in the past stands for a remote post that arrives late: as in Mastodon, its id
        carries the time at which it was written. ``silently``: no stream hears of it.
        ``fields`` replace fields of the status as it is served.
        """
        with self.lock:
            moment = at or datetime.now(UTC)
            number = self._number(moment, late=at is not None)
            found = [t.lower() for t in (tags if tags is not None else HASHTAG.findall(text))]
            answered = self._statuses.get(int(str(answers))) if answers else None
            status = self._status(number, text, found, account, moment)
            if answered:
                status |= {"in_reply_to_id": answered["id"], "in_reply_to_account_id": answered["account"]["id"]}
                answered["replies_count"] += 1
            self._statuses[number] = status = status | fields
            self._accounts[account] = self.account(account)
            if not silently:
                self._tell(found, "update", status)
            return status

    def edit(self, status_id: object, text: str, at: datetime | None = None, silently: bool = False) -> dict:
        """Change the text of a status and note when. Raises KeyError when there is none."""
        with self.lock:
            number = int(str(status_id))
            edited = iso(at or datetime.now(UTC))
            self._statuses[number] = status = self._statuses[number] | {
                "content": self._content(text),
                "edited_at": edited,
            }
            if not silently:
                self._tell([t["name"] for t in status["tags"]], "status.update", status)
            return status

    def delete(self, status_id: object, silently: bool = False) -> None:
        """Remove a status. Raises KeyError when there is none."""
        with self.lock:
            number = int(str(status_id))
            status = self._statuses.pop(number)
            self._deleted.add(number)
            if not silently:
                self._tell([t["name"] for t in status["tags"]], "delete", status["id"])

    def status(self, status_id: object) -> dict | None:
        """The status as it is now; None when it is deleted or never was."""
        with self.lock:
            return self._statuses.get(int(str(status_id)))

    def statuses(self) -> list[dict]:
        """All statuses, oldest first."""
        with self.lock:
            return [self._statuses[n] for n in sorted(self._statuses)]

    def deleted(self) -> list[str]:
        """Ids of what has been deleted."""
        with self.lock:
            return [str(n) for n in sorted(self._deleted)]

    def timeline(self, tag: str, limit: int, max_id: int | None, since_id: int | None, min_id: int | None) -> list:
        """A page, newest first. ``since_id`` gives the newest of what came after, ``min_id`` the oldest."""
        found = [s for s in self.statuses() if tag.lower() in (t["name"] for t in s["tags"])]
        return _page(found, limit, max_id, since_id, min_id)

    def said_by(self, account: str, reblogs: bool, limit: int, **ids: int | None) -> list | None:
        """A page of what an account has said, newest first; None when nobody has that id."""
        if self.known(account) is None:
            return None
        found = [s for s in self.statuses() if s["account"]["id"] == account and (reblogs or not s["reblog"])]
        return _page(found, limit, **ids)

    def known(self, account: str) -> dict | None:
        """The account of that id or name (``name``, ``name@host``); only those that have ever said something."""
        with self.lock:
            names = (account.lower(), account.lower().removesuffix(f"@{self.host}"))
            return next((a for a in self._accounts.values() if a["id"] == account or a["acct"].lower() in names), None)

    def context(self, status_id: object, wide: int = 4096, deep: int = 10**6) -> dict[str, list]:
        """What a status answers and all answers to it, below each other, ``wide`` at most and so ``deep``."""
        with self.lock:
            above: list[dict] = []
            here = self._statuses[int(str(status_id))]
            while here["in_reply_to_id"] and (here := self.status(here["in_reply_to_id"])):
                above.insert(0, here)
            return {"ancestors": above, "descendants": self._below(str(status_id), deep)[:wide]}

    def _below(self, status: str, deep: int) -> list[dict]:
        answers = [s for s in self.statuses() if s["in_reply_to_id"] == status] if deep > 0 else []
        return [found for a in answers for found in (a, *self._below(a["id"], deep - 1))]

    def _number(self, moment: datetime, late: bool) -> int:
        number = int(moment.timestamp() * 1000) << 16
        if not late:
            number = self._used = max(number, self._used + 1)
        while number in self._statuses or number in self._deleted:
            number += 1
        return number

    def _tell(self, tags: Iterable[str], event: str, carried: object) -> None:
        for tag in tags:
            for listener in self._listeners:
                listener(tag, event, carried)

    def _content(self, text: str) -> str:
        marked = HASHTAG.sub(
            lambda m: (
                f'<a href="{self.base}/tags/{m[1].lower()}" class="mention hashtag" rel="tag">#<span>{m[1]}</span></a>'
            ),
            html.escape(text, quote=False),
        )
        return "".join(f"<p>{p.replace(chr(10), '<br>')}</p>" for p in marked.split("\n\n"))

    def account(self, acct: str) -> dict:
        """An account; ``name@host`` is one of another server."""
        name, _, host = acct.partition("@")
        base = f"https://{host}" if host else self.base
        return {
            "id": str(1 + sum(ord(c) * (i + 7) for i, c in enumerate(acct))),
            "username": name,
            "acct": acct,
            "display_name": name.title(),
            "url": f"{base}/@{name}",
            "uri": f"{base}/users/{name}",
            "locked": False,
            "bot": False,
            "group": False,
            "created_at": "2020-01-01T00:00:00.000Z",
            "emojis": [],
            "fields": [],
        }

    def _status(self, number: int, text: str, tags: list[str], acct: str, moment: datetime) -> dict:
        account = self.account(acct)
        return {
            "id": str(number),
            "created_at": iso(moment),
            "edited_at": None,
            "in_reply_to_id": None,
            "in_reply_to_account_id": None,
            "sensitive": False,
            "spoiler_text": "",
            "visibility": "public",
            "language": "es",
            "uri": f"{account['uri']}/statuses/{number}",
            "url": f"{account['url']}/{number}",
            "replies_count": 0,
            "reblogs_count": 0,
            "favourites_count": 0,
            "content": self._content(text),
            "reblog": None,
            "account": account,
            "media_attachments": [],
            "mentions": [
                {"id": m["id"], "username": m["username"], "acct": m["acct"], "url": m["url"]}
                for m in map(self.account, MENTION.findall(text))
            ],
            "tags": [{"name": t, "url": f"{self.base}/tags/{t}"} for t in dict.fromkeys(tags)],
            "emojis": [],
            "card": None,
            "poll": None,
            "quote": None,
        }
