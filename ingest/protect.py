"""Post → Mention: who wrote it becomes a pseudonym, personal data in the text a mark.

A pseudonym is ``~`` and 16 hexadecimal digits of HMAC-SHA-256 over network and handle with the
institution's key. It is pseudonymity, not anonymity: who has the key and a handle can find its
mentions again, which is what an erasure needs. When the key is lost or changed, earlier
pseudonyms cannot be computed any more: the same person gets a new one, and an erasure by handle
no longer reaches what was stored before.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Collection
from datetime import datetime

from corrillo.model import (
    LANGUAGES,
    PSEUDONYM,
    Mention,
    Post,
    Reason,
    Rejected,
    from_milliseconds,
    mention_id,
    milliseconds,
)
from ingest.presence import Presence, normal_handle
from ingest.redact import redact

_HANDLE = re.compile(
    r"(?<![\w/~@])(?<!\w\.)@(?:<span>)?([\w.-]*\w(?:@[\w-]+(?:\.[\w-]+)+)?)|(?<![\w/])/?u/([\w-]{3,20})\b"
)
_ANY_HANDLE = re.compile(r"[@＠]([\w.-]*\w)")
"""Whatever else stands behind an @, once e-mail addresses are gone."""
_PROFILE = re.compile(r"https?://[^\s/]+/(?:@|u/|user/|users/|profile/|in/)([\w.@-]*\w)/?(?=[\s)\].,;?#\"'<]|$)")
_SOCIAL = (
    r"(?<![\w./@])(?:https?://)?(?:(?:www|m|mobile)\.)?(?:(?:x|twitter|instagram|facebook|tiktok)\.com|threads\.net|t\.me)/"
    r"(?!(?:p|reels?|stories|explore|share|watch|groups|events|photo|hashtag|search|i|s|c|intent|sharer)\b)@?"
)
"""The beginning of a link on networks where a name follows the host."""
_POST_OF = re.compile(rf"(https?://[^\s/]+/(?:@|u/|user/|users/|profile/)|{_SOCIAL})([\w.@-]*\w)(?=/\w)")
"""A link to something below a profile: the link stays, the name in it does not."""
_BARE_PROFILE = re.compile(rf"{_SOCIAL}([\w.-]*\w)/?(?=[\s)\],;?#\"'<]|\.(?:\s|$)|$)")
"""A link to a profile on networks where nothing but the name follows the host."""
_HALF = re.compile("[\ud800-\udfff]")
"""Half a character, which no store and no topic can write."""
_AUTHOR_KEYS = frozenset(
    [
        "author",
        "answers_author",
        "user",
        "username",
        "user_name",
        "userid",
        "user_id",
        "handle",
        "acct",
        "display_name",
        "screen_name",
        "nick",
        "account",
        "email",
        "avatar",
        "nickname",
        "displayname",
        "public_author",
        "from",
        "reviewer",
        "users",
        "author_id",
        "authordisplayname",
        "authorchannelid",
        "authorchannelurl",
        "authorprofileimageurl",
        "from_name",
        "post_author",
    ]
)


class Pseudonyms:
    """Gives the same person on a network the same pseudonym, under one key."""

    def __init__(self, key: bytes) -> None:
        self._keyed = hmac.new(key, digestmod=hashlib.sha256)

    def __call__(self, network: str, handle: str) -> str:
        """The pseudonym of ``handle``; what is one already stays as it is."""
        if PSEUDONYM.fullmatch(handle):
            return handle
        keyed = self._keyed.copy()
        keyed.update(f"{network}\x1f{normal_handle(handle)}".encode("utf-8", "surrogatepass"))
        return "~" + keyed.hexdigest()[:16]


def protect(
    post: Post, presence: Presence, reasons: tuple[Reason, ...], pseudonyms: Pseudonyms, now: datetime
) -> Mention:
    """The mention that ``post`` is of the institution, without anything that names a person."""
    institution = presence.institution.id
    identity = mention_id(post.network, post.native_id, institution)
    place = presence.place(post)

    def related(native_id: str) -> str:
        return mention_id(post.network, native_id, institution) if native_id else ""

    def safe(text: str) -> str:
        return protect_text(text, post.network, presence.public, pseudonyms)

    return Mention(
        id=identity,
        institution=institution,
        reasons=reasons,
        network=post.network,
        venue=redact(post.venue.name),
        venue_kind=post.venue.kind,
        source=post.source,
        published=post.published,
        date_only=post.date_only,
        first_seen=from_milliseconds(milliseconds(now)),
        revised=post.revised,
        revision=milliseconds(post.revised or post.published),
        text=safe(post.text),
        title=safe(post.title),
        url=post.url,
        ref=post.ref,
        author=_author(post, presence, pseudonyms),
        author_kind="own_account" if place == "own" else post.author.kind if post.author else "unknown",
        language=post.language if post.language in LANGUAGES else "und",
        answers=related(post.answers),
        answers_ref=post.answers_ref,
        repeats=related(post.repeats),
        quotes=related(post.quotes),
        thread=related(post.thread) or related(post.answers) or identity,
        engagement=post.engagement,
        backfilled=post.backfilled,
        looked=post.looked,
        place=place,
    )


def protect_text(text: str, network: str, public: Collection[str], pseudonyms: Pseudonyms) -> str:
    """``text`` redacted, with every handle but the public ones as a pseudonym."""
    if not text:
        return text
    text = _HALF.sub("\ufffd", text)
    if "@" in text or "＠" in text or "/" in text:

        def hide(match: re.Match[str]) -> str:
            handle = match.group(1) or match.group(2)
            return match.group() if normal_handle(handle) in public else "@" + pseudonyms(network, handle)

        def hide_any(match: re.Match[str]) -> str:
            known = normal_handle(match.group(1)) in public
            return match.group() if known else "@" + pseudonyms(network, match.group(1))

        text = _PROFILE.sub(_hide_profile(network, public, pseudonyms), text)
        text = _BARE_PROFILE.sub(_hide_profile(network, public, pseudonyms), text)
        text = _POST_OF.sub(_hide_owner(network, public, pseudonyms), text)
        text = _HANDLE.sub(hide, text)
        return _ANY_HANDLE.sub(hide_any, redact(text))
    return redact(text)


def _hide_profile(network: str, public: Collection[str], pseudonyms: Pseudonyms) -> Callable[[re.Match[str]], str]:
    def hide(match: re.Match[str]) -> str:
        known = normal_handle(match.group(1)) in public
        return match.group() if known else "@" + pseudonyms(network, match.group(1))

    return hide


def _hide_owner(network: str, public: Collection[str], pseudonyms: Pseudonyms) -> Callable[[re.Match[str]], str]:
    def hide(match: re.Match[str]) -> str:
        known = normal_handle(match.group(2)) in public
        return match.group() if known else match.group(1) + pseudonyms(network, match.group(2))

    return hide


def protect_rejected(rejected: Rejected, network: str, pseudonyms: Pseudonyms) -> tuple[str, tuple[str, ...]]:
    """The raw item without personal data, and the pseudonyms of the people that it names.

    A JSON object stays one and can be parsed again; of text that is no JSON, what stands behind
    an author's key and whatever looks like personal data is replaced.
    """
    keys = _AUTHOR_KEYS | {k.casefold() for k in rejected.private}
    try:
        raw = json.loads(rejected.raw)
    except (ValueError, RecursionError):
        listed = "|".join(map(re.escape, sorted(keys)))
        quoted = re.compile(rf'("(?:{listed})"\s*:\s*")((?:[^"\\]|\\.)*)', re.IGNORECASE)
        found = quoted.sub(lambda m: m.group(1) + pseudonyms(network, m.group(2)), rejected.raw)
        protected = protect_text(found, network, (), pseudonyms)
    else:
        protected = json.dumps(_protected_node(raw, network, keys, pseudonyms), ensure_ascii=False)
        protected = _HALF.sub("\ufffd", protected)
    return protected, tuple(sorted(set(PSEUDONYM.findall(protected))))


def _protected_node(
    node: object, network: str, keys: Collection[str], pseudonyms: Pseudonyms, hide: bool = False
) -> object:
    match node:
        case dict():
            return {
                k: _protected_node(
                    v, network, keys, pseudonyms, str(k).casefold() in keys or (hide and isinstance(v, str))
                )
                if hide or not _is_id(k, v, keys)
                else v
                for k, v in node.items()
            }
        case list():
            return [_protected_node(v, network, keys, pseudonyms, hide) for v in node]
        case str() if node:
            return pseudonyms(network, node) if hide else protect_text(node, network, (), pseudonyms)
        case int() if hide and not isinstance(node, bool):
            return pseudonyms(network, str(node))
        case _:
            return node


def _is_id(key: object, value: object, keys: Collection[str]) -> bool:
    """Whether this only names an item: digits that may look like a telephone, and must stay what they are."""
    name = str(key).casefold()
    return name.endswith(("id", "parent")) and name not in keys and isinstance(value, str) and value.isdecimal()


def _author(post: Post, presence: Presence, pseudonyms: Pseudonyms) -> str:
    if post.author is None or not post.author.handle.strip():
        return ""
    if presence.wrote(post):
        return presence.own_handle(post.network, post.author)
    return pseudonyms(post.network, post.author.handle)
