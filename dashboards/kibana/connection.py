"""The connection: the only module that knows Kibana's client, and the one place where its errors are translated."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Self, TypeVar

import kibana as library
import msgspec
from kibana import exceptions

from corrillo.engines import Access
from dashboards.kibana.answers import Feature, Found, Imported, Key, Role, Several, Status
from dashboards.kibana.edition import DEFAULT_SPACE
from dashboards.kibana.errors import KibanaError, no_answer, no_roles, no_trust, not_kibana, refused, too_slow

T = TypeVar("T")
logging.getLogger("kibana").addHandler(logging.NullHandler())  # what it warns of is raised, and said once


class Kibana:
    """One space of a Kibana; every failure comes out as ``KibanaError`` with what, where and what to do."""

    def __init__(self, client: library.Kibana, where: str, user: str, space: str) -> None:
        self.where, self.user = where, user
        self.space = space or DEFAULT_SPACE
        self._client = client
        at = client if self.space == DEFAULT_SPACE else client.space(self.space, validate=False)
        self._objects = at.saved_objects

    def status(self) -> Status:
        """Which version answers, and how it is."""
        return self._asked(Status, "say how it is", self._client.status.get_status)

    def space_there(self) -> bool:
        """Whether the space is there."""
        try:
            self._sent("see the space", lambda: self._client.spaces.get(id=self.space))
        except KibanaError as error:
            if error.status == 404:
                return False
            raise
        return True

    def make_space(self, name: str) -> None:
        """Make the space, called ``name``."""
        self._sent("make the space", lambda: self._client.spaces.create(id=self.space, name=name))

    def found(self, keys: Sequence[Key]) -> Mapping[Key, Found]:
        """Those of the objects that are there."""
        if not keys:
            return {}
        wanted = [{"type": key.type, "id": key.id} for key in keys]
        answer = self._asked(
            Several,
            "read the dashboards",
            lambda: self._objects.bulk_get(objects=wanted),
        )
        for one in answer.saved_objects:
            if one.error and one.error.status_code != 404:
                said = f"{one.type} {one.id}: {one.error.message}"
                raise refused(self.where, self.user, "read the dashboards", one.error.status_code, said)
        return {one.key: one for one in answer.saved_objects if not one.error}

    def send(self, file: bytes) -> Imported:
        """Import a file of objects over those of the same ids; what was not taken stands in ``errors``."""
        return self._asked(
            Imported,
            "import the dashboards",
            lambda: self._objects.import_objects(file=file, overwrite=True, filename="corrillo.ndjson"),
        )

    def remove(self, key: Key) -> None:
        """Delete an object; what is not there is no error."""
        try:
            self._sent("delete dashboards", lambda: self._objects.delete(type=key.type, id=key.id))
        except KibanaError as error:
            if error.status != 404:
                raise

    def features(self) -> frozenset[str]:
        """The parts of this Kibana that rights are given on."""
        return frozenset(f.id for f in self._asked(list[Feature], "list its parts", self._client.status.get_features))

    def role(self, name: str) -> Role | None:
        """The role of that name, or None."""
        try:
            return self._asked(Role, "read roles", lambda: self._client.security.get_role(name=name))
        except KibanaError as error:
            if error.status == 404:
                return None
            raise

    def put_role(self, name: str, role: Role) -> None:
        """Make a role, or replace it. Raises KibanaError also where security is off and there are no roles."""
        body = msgspec.to_builtins(role)
        given = {"elasticsearch": {"cluster": [], **body["elasticsearch"]}, "kibana": body["kibana"]}
        put = self._client.security.create_or_update_role
        try:
            self._sent("make roles", lambda: put(name=name, metadata={"made_by": "corrillo"}, **given))
        except KibanaError as error:
            if error.status == 404:
                raise no_roles(self.where) from error
            raise

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _asked(self, kind: type[T], what: str, ask: Callable[[], Any]) -> T:
        try:
            return msgspec.convert(self._sent(what, ask), type=kind)
        except msgspec.ValidationError as error:
            raise not_kibana(self.where, f"asked to {what}, it says something else: {error}") from None

    def _sent(self, what: str, ask: Callable[[], Any]) -> Any:
        with self._translated(what):
            answer = ask()
        if answer.meta.status >= 300:
            raise not_kibana(self.where, f"sends us on to {answer.meta.headers.get('location', 'nowhere')}")
        if isinstance(answer.body, str | bytes):
            raise not_kibana(self.where, f"answers with {answer.meta.mimetype}")
        return answer.body

    @contextmanager
    def _translated(self, what: str) -> Iterator[None]:
        try:
            yield
        except exceptions.ApiError as error:
            raise self._explained(what, error) from error
        except exceptions.ConnectionTimeout as error:
            raise too_slow(self.where, f"asked to {what}") from error
        except exceptions.SSLError as error:
            raise no_trust(self.where, _root(error)) from error
        except exceptions.TransportError as error:
            raise no_answer(self.where, _root(error)) from error
        except (exceptions.SerializationError, ValueError) as error:
            raise not_kibana(self.where, "its answer cannot be read") from error

    def _explained(self, what: str, error: exceptions.ApiError) -> KibanaError:
        body, headers = error.body, error.meta.headers
        if headers.get("x-elastic-product") == "Elasticsearch":
            return not_kibana(self.where, "is Elasticsearch")
        if isinstance(body, dict):
            return refused(self.where, self.user, what, error.status_code, _said(body))
        if error.status_code < 500 and error.status_code not in (401, 413):
            return not_kibana(self.where, f"answers {error.status_code} with {error.meta.mimetype or 'nothing'}")
        return refused(self.where, self.user, what, error.status_code, _first_line(body))


def _said(body: Mapping[str, Any]) -> str:
    """What an answer that says no says; of one that is not well, how it is."""
    overall = body.get("status")
    if isinstance(overall, dict) and isinstance(overall.get("overall"), dict):
        return str(overall["overall"].get("summary") or overall["overall"].get("level"))
    return str(body.get("message") or body.get("error") or "no reason given")


def _first_line(body: object) -> str:
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else str(body)
    return "a page" if text.lstrip().startswith("<") else text.strip().splitlines()[0][:200] if text.strip() else ""


def _root(error: Exception) -> str:
    """What began it: the library wraps errors in errors, each with the words of the last."""
    return str(error).split("Caused by: ")[-1].split(": ", 1)[-1].strip("() ")


def connect(url: str, way_in: Access, space: str = "", timeout: float = 60.0) -> Kibana:
    """A client of that space of the Kibana at ``url``; nothing is sent yet. Certificates are verified.

    ``timeout`` is in seconds, for each request. What fails is not sent again: who runs it decides.
    """
    options: dict[str, Any] = {"ca_certs": way_in.ca_file} if way_in.ca_file else {}
    client = library.Kibana(
        url.rstrip("/"),
        basic_auth=(way_in.user, way_in.password) if way_in.user else None,
        request_timeout=timeout,
        max_retries=0,
        **options,
    )
    return Kibana(client, url, way_in.user, space)
