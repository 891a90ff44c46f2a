"""What Elasticsearch says when it refuses, in words of ours: what, where, what to do."""

from __future__ import annotations

import msgspec

from corrillo.errors import StoreError

TRANSIENT = frozenset({0, 408, 429, 500, 502, 503, 504})
"""Statuses after which the same request may succeed later; 0: no answer at all."""
NOT_OURS = 406
"""The status of whatever is no Elasticsearch of a version that we can talk to."""
NO_TRUST = 495
"""The status of a server whose certificate is not to be trusted."""
SETUP = "make or mend what it needs: corrillo setup elasticsearch"


class ServerError(StoreError):
    """A request that failed: HTTP ``status`` (0: no answer) and Elasticsearch's own ``kind`` of error."""

    def __init__(self, message: str, remedy: str, *, status: int = 0, kind: str = "") -> None:
        super().__init__(message, remedy)
        self.status = status
        self.kind = kind

    @property
    def transient(self) -> bool:
        """Whether it may work later without anybody doing anything."""
        return self.status in TRANSIENT

    @property
    def absent(self) -> bool:
        """Whether the index that was asked for is not there."""
        return self.status == 404 and self.kind == "index_not_found_exception"


class Cause(msgspec.Struct, frozen=True):
    """Why something failed."""

    type: str = ""
    reason: str | None = None
    caused_by: Cause | None = None

    @property
    def root(self) -> Cause:
        """The cause that began it."""
        return self.caused_by.root if self.caused_by else self

    @property
    def said(self) -> str:
        """What Elasticsearch says, with the cause that began it where it is another one."""
        whole, root = self.reason or self.type, self.root.reason or self.root.type
        return whole if root in whole else f"{whole}: {root}"


class _Failed(msgspec.Struct, frozen=True):
    error: Cause | str = ""


def cause_of(body: bytes) -> Cause:
    """What the body of a failed request says."""
    try:
        error = msgspec.json.decode(body, type=_Failed).error
    except msgspec.DecodeError:
        return Cause(reason=body[:200].decode("utf-8", "replace"))
    return error if isinstance(error, Cause) else Cause(reason=error)


def explained(where: str, user: str, what: str, status: int, body: bytes) -> ServerError:
    """The error of an answer with that status and body."""
    cause = cause_of(body)
    status = NOT_OURS if cause.type == "media_type_header_exception" else status  # what an older server says to ours
    message, remedy = _explained(user, what, status, cause)
    return ServerError(f"{where}: {message}", remedy, status=status, kind=cause.type)


def _explained(user: str, what: str, status: int, cause: Cause) -> tuple[str, str]:
    if status == 401:
        return _UNKNOWN[bool(user)]
    if cause.type == "cluster_block_exception":
        return _blocked(cause)
    if status == 403:
        return (
            f"{user or 'nobody'} may not: {cause.said}",
            "give the user its role: corrillo_writer to write, corrillo_team to read; docs/elasticsearch.md says what setup needs",
        )
    for matching, (message, remedy) in _SAID.items():
        if matching in (status, cause.type):
            return message.format(cause.said), remedy
    return (
        f"{what} failed with {status}: {cause.said}",
        "if it is not plain what to do: corrillo doctor, and the log of Elasticsearch",
    )


_UNKNOWN = {
    True: ("does not know the user, or the password is wrong", "check elasticsearch.user and its password"),
    False: ("asks who we are", "name a user: elasticsearch.user, and its password in a file or the environment"),
}
_SAID: dict[str | int, tuple[str, str]] = {
    "index_not_found_exception": ("an index is missing ({})", SETUP),
    "strict_dynamic_mapping_exception": ("the indices know no such field ({})", SETUP),
    413: ("the request is too large ({})", "raise http.max_content_length, or send fewer at a time"),
    429: ("has too much to do ({})", "it is tried again; if it stays so: more memory, or another node"),
    503: ("is not ready ({})", "see why: GET _cluster/health; it is tried again"),
    502: ("what stands before it gets no answer ({})", "see whether Elasticsearch runs; it is tried again"),
    504: ("what stands before it waited too long ({})", "see how busy Elasticsearch is; it is tried again"),
    NOT_OURS: ("is no Elasticsearch 9 ({})", "Corrillo runs on Elasticsearch 9: upgrade the cluster"),
}


def _blocked(cause: Cause) -> tuple[str, str]:
    """An index or the cluster takes no writes; a full disk is the usual reason."""
    if "flood-stage" in cause.said or "read-only-allow-delete" in cause.said:
        return (
            f"the disk is almost full, so it takes no writes ({cause.said})",
            "free or add disk; the block goes by itself, and the sources resume where they were",
        )
    return f"takes no writes ({cause.said})", "take the block away when whoever set it is done"


def no_answer(where: str, said: str) -> ServerError:
    """Nobody there."""
    return ServerError(
        f"{where}: cannot be reached ({said})", "is Elasticsearch running, and is elasticsearch.urls right?"
    )


def too_slow(where: str, what: str) -> ServerError:
    """It took the request and did not answer."""
    return ServerError(
        f"{where}: has not answered in time ({what})",
        "see how busy it is (GET _nodes/hot_threads), or raise elasticsearch.timeout",
    )


def no_trust(where: str, said: str) -> ServerError:
    """No TLS with it: usually because its certificate is not to be trusted."""
    return ServerError(
        f"{where}: cannot be spoken to over TLS ({said})",
        "name the authority behind its certificate: elasticsearch.ca_file (http_ca.crt of the cluster)",
        status=NO_TRUST,
    )
