"""A fake Kibana on loopback: it keeps saved objects, spaces and roles, and draws nothing.

It answers as Kibana 8.12.2 was seen to answer: what it refuses and in which words, that a file whose objects
are refused one by one is answered with 200, that references are only looked for at data views and searches. What
no real one was asked here (spaces, roles, features) is as its documentation says.

    with FakeKibana() as kibana:
        kibana.base                                  # http://127.0.0.1:…
        kibana.objects("default")                    # what is there, by type and id
        kibana.edit(("dashboard", "x"), {...})       # what somebody saved by hand
        kibana.cut_after = 1                         # the line is cut when the first import is done
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.fakes.web import Asked, FakeWeb, Said

Key = tuple[str, str]
Json = dict[str, Any]
KNOWN = {
    "lens": "8.9.0", "dashboard": "8.9.0", "map": "8.4.0", "visualization": "8.5.0",
    "search": "8.0.0", "index-pattern": "8.0.0", "tag": "8.0.0",
}  # fmt: skip
CORE = "8.8.0"
OF_A_DASHBOARD = {
    "title", "description", "version", "panelsJSON", "optionsJSON", "controlGroupInput", "kibanaSavedObjectMeta",
    "timeRestore", "timeFrom", "timeTo", "refreshInterval", "hits",
}  # fmt: skip
FEATURES = ("dashboard", "discover", "visualize", "savedObjectsTagging", "maps", "ml")
LATER_FEATURES = ("dashboard_v2", "discover_v2", "visualize_v2", "savedObjectsTagging", "maps_v2", "ml")
PATH = re.compile(r"(?:/s/([^/]+))?(/api/.*)")


class Refused(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, message: str, error: str = "Error") -> None:
        super().__init__(message)
        self.said = Said({"statusCode": status, "error": error, "message": message}, status)


class FakeKibana(FakeWeb):
    """The fake server; ``later`` is one of a later version, which migrates what it imports."""

    def __init__(self, users: Mapping[str, str] | None = None, *, later: bool = False) -> None:
        super().__init__({f"{method} *": self._treated for method in ("GET", "POST", "PUT", "DELETE")})
        self.users, self.later = dict(users or {}), later
        self.may_not: set[str] = set()
        self.version = "9.5.0" if later else "8.12.2"
        self.level = "available"
        self.secure = True
        self.spaces: dict[str, str] = {"default": "Default"}
        self.roles: dict[str, Json] = {}
        self.refuse: dict[Key, Json] = {}
        self.cut_after = 0
        self._kept: dict[str, dict[Key, Json]] = {}
        self._moment = 0

    def objects(self, space: str = "default") -> dict[Key, Json]:
        """What is in a space."""
        return self._kept.setdefault(space, {})

    def edit(self, key: Key, attributes: Json, space: str = "default") -> None:
        """What somebody saves by hand."""
        there = self.objects(space)[key]
        self.objects(space)[key] = {
            **there,
            "attributes": {**there["attributes"], **attributes},
            "updated_at": self._now(),
        }

    @property
    def imports(self) -> int:
        """How many files were imported."""
        return sum(asked.path.endswith("/_import") for asked in self.asked)

    def _answer(self, talk: BaseHTTPRequestHandler) -> None:
        try:
            super()._answer(talk)
        except ConnectionAbortedError:
            talk.close_connection = True

    def _now(self) -> str:
        self._moment += 1
        return f"2026-11-21T08:{self._moment // 60:02}:{self._moment % 60:02}.000Z"

    def _treated(self, asked: Asked) -> Said:
        headers = {"kbn-name": "fake", "Content-Type": "application/json; charset=utf-8"}
        try:
            found = self._told(asked)
        except Refused as refused:
            found = refused.said
        return Said(found.body, found.status, headers)

    def _told(self, asked: Asked) -> Said:
        match = PATH.fullmatch(asked.path)
        if match is None:
            raise Refused(404, "Not Found", "Not Found")
        if asked.method != "GET" and "kbn-xsrf" not in asked.headers:
            raise Refused(400, "Request must contain a kbn-xsrf header.", "Bad Request")
        self._let_in(asked)
        space, path = match[1] or "default", match[2]
        way = f"{asked.method} {path}"
        if way == "GET /api/status":
            return self._status()
        if way == "GET /api/features":
            return Said([{"id": name, "name": name} for name in (LATER_FEATURES if self.later else FEATURES)])
        if path.startswith("/api/spaces/space"):
            return self._space(asked, path)
        if path.startswith("/api/security/role/") and self.secure:
            return self._role(asked, path.rsplit("/", 1)[1])
        if way == "POST /api/saved_objects/_bulk_get":
            return self._bulk_get(space, asked.json)
        if way == "POST /api/saved_objects/_import":
            return self._import(space, asked)
        if asked.method == "DELETE" and path.startswith("/api/saved_objects/"):
            return self._delete(space, path)
        raise Refused(404, "Not Found", "Not Found")

    def _let_in(self, asked: Asked) -> None:
        if not self.users:
            return
        kind, _, token = asked.headers.get("authorization", "").partition(" ")
        user, _, password = base64.b64decode(token).decode().partition(":")
        if kind != "Basic" or self.users.get(user) != password:
            raise Refused(401, f"[security_exception] unable to authenticate user [{user}]", "Unauthorized")
        if user in self.may_not and asked.path != "/api/status":
            raise Refused(403, "Unable to bulk_get dashboard", "Forbidden")

    def _status(self) -> Said:
        body = {
            "name": "fake",
            "version": {"number": self.version, "build_hash": "fake"},
            "status": {"overall": {"level": self.level, "summary": f"All services are {self.level}"}},
        }
        return Said(body, 200 if self.level in ("available", "degraded") else 503)

    def _space(self, asked: Asked, path: str) -> Said:
        if asked.method == "POST":
            self.spaces[asked.json["id"]] = asked.json["name"]
            return Said(asked.json)
        name = path.rsplit("/", 1)[1]
        if name not in self.spaces:
            raise Refused(404, "Not Found", "Not Found")
        return Said({"id": name, "name": self.spaces[name], "disabledFeatures": []})

    def _role(self, asked: Asked, name: str) -> Said:
        if asked.method == "PUT":
            self._check_role(asked.json)
            self.roles[name] = asked.json
            return Said(status=204)
        if name not in self.roles:
            raise Refused(404, "Not Found", "Not Found")
        role = self.roles[name]
        indices = [{**given, "allow_restricted_indices": False} for given in role["elasticsearch"]["indices"]]
        told = {"elasticsearch": {**role["elasticsearch"], "indices": indices, "run_as": []}, "kibana": role["kibana"]}
        return Said({"name": name, "metadata": role["metadata"], "transient_metadata": {"enabled": True}, **told})

    def _check_role(self, role: Json) -> None:
        unknown = set(role) - {"elasticsearch", "kibana", "metadata"}
        if unknown:  # 8.12 knows no description yet
            raise Refused(400, f"[request body.{unknown.pop()}]: definition for this key is missing", "Bad Request")
        for given in role["kibana"]:
            wrong = set(given["feature"]) - set(LATER_FEATURES if self.later else FEATURES)
            if wrong:
                raise Refused(400, f"Feature privilege [{wrong.pop()}.read] is unknown", "Bad Request")

    def _bulk_get(self, space: str, wanted: list[Json]) -> Said:
        there = self.objects(space)
        lost = {"statusCode": 404, "error": "Not Found"}
        found = [
            there.get((w["type"], w["id"]))
            or {**w, "error": {**lost, "message": f"Saved object [{w['type']}/{w['id']}] not found"}}
            for w in wanted
        ]
        return Said({"saved_objects": found})

    def _delete(self, space: str, path: str) -> Said:
        type_, name = path.removeprefix("/api/saved_objects/").split("/")
        if self.objects(space).pop((type_, name), None) is None:
            raise Refused(404, f"Saved object [{type_}/{name}] not found", "Not Found")
        return Said({})

    def _import(self, space: str, asked: Asked) -> Said:
        objects = [_line(line) for line in _file(asked).splitlines() if line.strip()]
        keys = [_key(one) for one in objects]
        twice = sorted({f"{t}:{i}" for t, i in keys if keys.count((t, i)) > 1})
        if twice:
            raise Refused(400, f"Non-unique import objects detected: [{','.join(twice)}]", "Bad Request")
        for one in objects:
            _check_stamps(one)
        moment, errors, results = self._now(), [], []
        for key, one in zip(keys, objects, strict=True):
            wrong = self.refuse.get(key) or self._wrong(space, one, keys, asked.params.get("overwrite") == "true")
            if wrong:
                title = one["attributes"].get("title", "")
                errors.append({"type": key[0], "id": key[1], "title": title, "meta": {"title": title}, "error": wrong})
            else:
                results.append(self._keep(space, one, moment))
        if self.cut_after and self.imports == self.cut_after:
            raise ConnectionAbortedError
        told: Json = {"successCount": len(results), "success": not errors, "warnings": []}
        return Said(told | ({"successResults": results} if results else {}) | ({"errors": errors} if errors else {}))

    def _wrong(self, space: str, one: Json, sent: list[Key], overwrite: bool) -> Json | None:
        if one["type"] not in KNOWN:
            return {"type": "unsupported_type"}
        there = self.objects(space)
        if not overwrite and _key(one) in there:
            return {"type": "conflict"}
        lost = [
            {"type": r["type"], "id": r["id"]}
            for r in one["references"]
            if r["type"] in ("index-pattern", "search") and _key(r) not in there and _key(r) not in sent
        ]
        if lost:
            return {"type": "missing_references", "references": lost}
        said = _invalid(one)
        return {"type": "unknown", "output": {"payload": {"message": said}}, "statusCode": 400} if said else None

    def _keep(self, space: str, one: Json, moment: str) -> Json:
        key, result = _key(one), {"type": one["type"], "id": one["id"], "overwrite": True}
        if any(key in kept for name, kept in self._kept.items() if name != space):
            key = (key[0], f"00000000-0000-4000-8000-{self._moment:06}{len(self.objects(space)):06}")
            result["destinationId"] = key[1]
        kept = {
            **one,
            "id": key[1],
            "namespaces": [space],
            "updated_at": moment,
            "created_at": moment,
            "managed": False,
        }
        self.objects(space)[key] = _migrated(kept) if self.later else kept
        return result


def _file(asked: Asked) -> bytes:
    """The file in a multipart body."""
    kind = asked.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data; boundary="):
        raise Refused(415, "Unsupported Media Type", "Unsupported Media Type")
    whole = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + asked.body)
    parts = whole.get_payload()
    files = {p.get_param("name", header="content-disposition"): p for p in parts if not isinstance(p, str)}  # type: ignore[union-attr]
    if "file" not in files:
        raise Refused(400, "[request body.file]: expected value of type [Stream] but got [undefined]", "Bad Request")
    part = files["file"]
    if not (part.get_filename() or "").endswith(".ndjson"):
        raise Refused(400, f"Invalid file extension {part.get_filename()}", "Bad Request")
    return part.get_payload(decode=True)


def _line(line: bytes) -> Json:
    try:
        one = json.loads(line)
    except ValueError as error:
        raise Refused(400, f"{error}", "Bad Request") from None
    if "id" not in one:
        raise Refused(500, "An internal server error occurred.", "Internal Server Error")
    return one


def _key(one: Mapping[str, Any]) -> Key:
    return one["type"], one["id"]


def _check_stamps(one: Json) -> None:
    for stamp, last in (("typeMigrationVersion", KNOWN.get(one["type"], CORE)), ("coreMigrationVersion", CORE)):
        written = one.get(stamp)
        if written is None and one["type"] in ("dashboard", "lens"):
            raise Refused(500, "An internal server error occurred.", "Internal Server Error")
        if written and _number(written) > _number(last):
            said = f'Document "{one["id"]}" belongs to a more recent version of Kibana [{written}] when the last known version is [{last}].'
            raise Refused(422, said, "Unprocessable Entity")


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _invalid(one: Json) -> str:
    """What validation says."""
    if one["type"] != "dashboard":
        return ""
    for key, value in one["attributes"].items():
        if key not in OF_A_DASHBOARD:
            return f"[attributes.{key}]: definition for this key is missing"
        if key.endswith("JSON") and not isinstance(value, str):
            return f"[attributes.{key}]: expected value of type [string] but got [{type(value).__name__}]"
    return ""


def _migrated(one: Json) -> Json:
    """As a later Kibana keeps it: with stamps of its own, and another shape of what people do not see."""
    attributes = dict(one["attributes"])
    if one["type"] == "dashboard":
        panels = json.loads(attributes["panelsJSON"])
        attributes["panelsJSON"] = json.dumps(
            [
                {**panel, "embeddableConfig": {**panel.get("embeddableConfig", {}), "syncTooltips": False}}
                for panel in panels
            ]
        )
    return {**one, "attributes": attributes, "typeMigrationVersion": "10.2.0"}
