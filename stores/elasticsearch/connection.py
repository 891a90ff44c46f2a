"""The connection: the only module that builds the client, and the one place where its errors are translated."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, Self, TypeVar

import elasticsearch as library
import msgspec
from elastic_transport import Serializer, TlsError
from elastic_transport.client_utils import DEFAULT

from corrillo.patience import left
from stores.elasticsearch.errors import NOT_OURS, ServerError, explained, no_answer, no_trust, too_slow

T = TypeVar("T")
Params = Mapping[str, str | int | bool]

RETRIES, FIRST_WAIT, LONGEST_WAIT = 5, 0.2, 5.0
"""A request that is refused for being too much (429, 502, 503, 504) is sent again after a growing wait (seconds)."""

encode = msgspec.json.Encoder().encode
logging.getLogger("elastic_transport").addHandler(logging.NullHandler())  # what it warns of is raised, and said once


class _Bytes(Serializer):
    """Bodies go out and come in as they are: we encode and decode them ourselves, into types."""

    def loads(self, data: bytes) -> bytes:
        return data

    def dumps(self, data: Any) -> bytes:
        return bytes(data)


class _Json(_Bytes):
    mimetype: ClassVar[str] = "application/json"


class _Lines(_Bytes):
    mimetype: ClassVar[str] = "application/x-ndjson"


class Client:
    """Sends requests; every failure comes out as ``ServerError``, a StoreError with what, where and what to do.

    May be used by several threads at once.
    """

    def __init__(self, elastic: library.Elasticsearch, where: str, user: str) -> None:
        self.where, self.user = where, user
        self._elastic = elastic

    def impatient(self) -> Client:
        """The same server, asked once: what it refuses comes out at once."""
        return Client(self._elastic.options(max_retries=0), self.where, self.user)

    def send(self, method: str, path: str, body: object = None, params: Params | None = None) -> bytes:
        """The answer's body. ``body`` is JSON to be, or lines of it if it is bytes."""
        return self.exchange(method, path, body, params)[0]

    def exchange(
        self, method: str, path: str, body: object = None, params: Params | None = None
    ) -> tuple[bytes, Mapping[str, str]]:
        """The answer's body and headers."""
        lines = isinstance(body, bytes | bytearray)
        headers = {"accept": "application/json"}
        if body is not None:
            headers["content-type"] = "application/x-ndjson" if lines else "application/json"
        with self._translated(method, path):
            answer = self._in_time().perform_request(
                method,
                path,
                params=params,
                headers=headers,
                body=body if body is None or lines else encode(body),
            )
        content: Any = answer.body
        return content if isinstance(content, bytes) else b"{}", answer.meta.headers

    def _in_time(self) -> library.Elasticsearch:
        """The client as patient as whoever asks; the server breaks a search off whose client has gone."""
        seconds = left()
        return self._elastic if seconds is None else self._elastic.options(request_timeout=max(seconds, 0.001))

    def ask(self, kind: type[T], method: str, path: str, body: object = None, params: Params | None = None) -> T:
        """The answer as a ``kind``."""
        return msgspec.json.decode(self.send(method, path, body, params), type=kind)

    def there(self, path: str) -> bool:
        """Whether something stands at ``path``."""
        try:
            self.send("GET", path)
        except ServerError as error:
            if error.status == 404:
                return False
            raise
        return True

    def close(self) -> None:
        """Let go of the connections."""
        self._elastic.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _translated(self, method: str, path: str) -> Iterator[None]:
        try:
            yield
        except library.UnsupportedProductError as error:
            raise ServerError(
                f"{self.where}: is no Elasticsearch", "check elasticsearch.urls", status=NOT_OURS
            ) from error
        except library.ApiError as error:
            said: Any = error.body
            body = said if isinstance(said, bytes) else b""
            raise explained(self.where, self.user, f"{method} {path}", error.meta.status, body) from error
        except TlsError as error:
            raise no_trust(self.where, _root(error)) from error
        except library.ConnectionTimeout as error:
            raise too_slow(self.where, f"{method} {path}") from error
        except library.TransportError as error:
            raise no_answer(self.where, _root(error)) from error


def _root(error: Exception) -> str:
    """What began it: the library wraps errors in errors, each with the words of the last."""
    while isinstance(error, library.TransportError) and error.errors:
        error = error.errors[0]
    said = error.message if isinstance(error, library.TransportError) else error
    return str(said).split(": ", 1)[-1]


def connect(
    urls: Sequence[str], user: str = "", password: str = "", ca_file: str = "", timeout: float = 30.0
) -> Client:
    """A client of the cluster at ``urls``; nothing is sent yet. Certificates are verified.

    ``ca_file`` is the authority behind the cluster's certificate, where the system does not know
    it; ``timeout`` is in seconds, for each request.
    """
    elastic = library.Elasticsearch(
        list(urls),
        basic_auth=(user, password) if user else None,
        request_timeout=timeout,
        max_retries=RETRIES,
        retry_on_timeout=False,
        retry_backoff_base=FIRST_WAIT,
        retry_backoff_cap=LONGEST_WAIT,
        serializers={kind.mimetype: kind() for kind in (_Json, _Lines)},
        ca_certs=ca_file or DEFAULT,
    )
    return Client(elastic, ", ".join(urls), user)
