"""What sources that ask a JSON API have in common: asking, taking items one by one, paging without end."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from corrillo.errors import ParseError, SourceUnavailable
from corrillo.model import Deletion, Items, Post, Rejected
from ingest.http import Answer

MISTAKES = (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)
"""What reading a document of another shape than documented raises."""


def decoded(answer: Answer, what: str) -> Any:
    """The JSON of an answer. Raises SourceUnavailable for a login page and whatever else is none.

    ``what`` should have answered: "a Decidim platform", "YouTube".
    """
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        page = "a page" if answer.body.lstrip()[:1] == b"<" else "something else"
        raise SourceUnavailable(
            f"{answer.url}: does not answer with JSON but with {page}",
            f"open the address: is it {what}, and does it ask for a login?",
        ) from None


def objects(document: Any, *path: str, url: str) -> list[dict[str, Any]]:
    """The list of objects under ``path`` of a document. Raises SourceUnavailable when there is none."""
    found = document
    for step in path:
        found = found.get(step) if isinstance(found, Mapping) else None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise SourceUnavailable(
            f"{url}: answers without a list of {'.'.join(path) or 'objects'}", "see whether the API has changed"
        )
    return found


def taken(parse: Callable[[str], Sequence[Post | Deletion]], raws: Iterable[object], origin: str) -> Items:
    """Every raw item parsed; one that cannot be is rejected and hurts no other."""
    items: list[Post | Deletion] = []
    rejected: list[Rejected] = []
    for raw in raws:
        written = raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)
        try:
            items += parse(written)
        except ParseError as error:
            rejected.append(Rejected(raw=written, reason=error.message, origin=origin))
    return Items(items=tuple(items), rejected=tuple(rejected))


def within(found: Items, since: datetime, until: datetime | None = None) -> Items:
    """What of it was said from ``since`` on and before ``until``; and all that could not be read."""
    posts = (i for i in found.items if isinstance(i, Post))
    inside = (p for p in posts if p.published >= since and (until is None or p.published < until))
    return Items(items=tuple(inside), rejected=found.rejected)


def told(errors: object) -> str:
    """What the errors of a GraphQL answer say, each once; '' for none."""
    listed = errors if isinstance(errors, list) else []
    messages = [str(e.get("message") if isinstance(e, Mapping) else e) for e in listed]
    return "; ".join(dict.fromkeys(messages))[:300]


def moment(written: str) -> datetime:
    """An ISO 8601 time in UTC; without a zone it is UTC. Raises ValueError for another."""
    found = datetime.fromisoformat(written)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def web(address: object) -> str:
    """``address``, if a browser can open it, else ''."""
    known = isinstance(address, str) and address.startswith(("https://", "http://")) and address.isprintable()
    return str(address) if known else ""


def inner(found: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The object inside an object, {} where there is none."""
    value = found.get(name)
    return value if isinstance(value, dict) else {}


def count(value: object) -> int | None:
    """A number of likes or answers, None where the network shows none."""
    return value if type(value) is int and 0 <= value < 1 << 53 else None


class Pages:
    """Guards paging: a page that names itself, or an earlier one, as the next would be read for ever."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._seen: set[str] = set()

    def __call__(self, token: str) -> str:
        """``token``, if it is new. Raises SourceUnavailable where it is not."""
        if token in self._seen:
            raise SourceUnavailable(f"{self._url}: names a page as its own next one", "it is tried again by itself")
        self._seen.add(token)
        return token
