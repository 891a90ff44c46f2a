"""``corrillo.toml``: read strictly, every mistake answered with file, key, value and remedy."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, Field, ValidationError, model_validator

from corrillo.engines import ElasticsearchSettings, KafkaSettings, KibanaSettings
from corrillo.errors import ConfigError, SecretMissing
from corrillo.institution import Institution, Strict
from corrillo.model import TagKind
from corrillo.notifying import NotifySettings
from corrillo.people import Person, Role, network
from corrillo.ports import TaggerWishes
from corrillo.registry import source_kind, source_kinds, taggers
from corrillo.secrets import secret
from corrillo.subscribers import SubscriberEntry, leak, wrong

PSEUDONYM_KEY = "CORRILLO_PSEUDONYM_KEY"
"""Environment variable of the key behind every pseudonym; it wins over the file."""
MIN_KEY = 16
FETCH_PROXY = "CORRILLO_FETCH_PROXY"
"""Environment variable of the proxy's address, credentials included; it wins over the file."""


class StoreSettings(Strict):
    """Where mentions live: an SQLite file, relative to the configuration, or Elasticsearch."""

    kind: Literal["sqlite", "elasticsearch"] = "sqlite"
    path: str = "corrillo.db"


class PrivacySettings(Strict):
    """The file of the key behind the pseudonyms, relative to the configuration."""

    pseudonym_key_file: str = "corrillo.key"


class PageSettings(Strict):
    """Where the page is served; anything but loopback is a decision.

    ``hosts`` are names under which it may be asked for besides its own; elsewhere than on loopback
    it answers to every name when none is given. ``people`` log in with a token. ``proxy_header``: in
    which a trusted proxy says who it is; whoever is none of ``people`` has the ``proxy_role`` then.
    ``accessibility_contact``: whom people write to who cannot use the page (an address of mail or of a page);
    ``accessibility_reviewed``: when the institution has last reviewed its accessibility statement.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, strict=True)] = 8400
    hosts: tuple[str, ...] = ()
    public_url: str = ""
    people: tuple[Person, ...] = Field(default=(), alias="person")
    proxy_header: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]*$")] = ""
    trusted_proxies: tuple[Annotated[str, AfterValidator(network)], ...] = ()
    proxy_role: Role = "viewer"
    accessibility_contact: str = ""
    accessibility_reviewed: date | None = None

    @model_validator(mode="after")
    def _who(self) -> PageSettings:
        names = [p.name for p in self.people]
        twice = sorted({n for n in names if names.count(n) > 1})
        if twice:
            raise ValueError(f"two of [[page.person]] are called {twice[0]!r}; give each a name of its own")
        if bool(self.proxy_header) != bool(self.trusted_proxies):
            raise ValueError("proxy_header and trusted_proxies hold together; write both, or neither")
        return self


def proxy_address(text: str) -> str:
    """``text`` where it is the address of a proxy, or ''; ValueError with a remedy where not."""
    try:
        parts = urlsplit(text)
        good = not text or (parts.scheme in ("http", "https") and parts.hostname and parts.port != 0)
    except ValueError:
        good = False
    if not good:
        raise ValueError("must be the address of an HTTP proxy, such as http://proxy.example.es:3128")
    return text


class FetchSettings(Strict):
    """How Corrillo presents itself to networks, and how long it waits for them (seconds).

    ``proxy``: through which networks are reached; with credentials it stands in the environment
    variable CORRILLO_FETCH_PROXY instead, which wins. ``no_proxy``: hosts, with all below them,
    that are reached without it; this machine always is. Other variables (HTTPS_PROXY …) are not read.
    """

    contact: str = ""
    proxy: Annotated[str, AfterValidator(proxy_address)] = ""
    no_proxy: tuple[str, ...] = ()
    timeout: Annotated[float, Field(gt=0, strict=True)] = 20.0
    max_bytes: Annotated[int, Field(ge=1024, strict=True)] = 20_000_000


class OpsSettings(Strict):
    """Where processes without a page tell how they are: /healthz, /readyz, /metrics."""

    host: str = "127.0.0.1"
    ingest_port: Annotated[int, Field(ge=0, le=65535, strict=True)] = 8401
    work_port: Annotated[int, Field(ge=0, le=65535, strict=True)] = 8402
    purge_port: Annotated[int, Field(ge=0, le=65535, strict=True)] = 8403
    notify_port: Annotated[int, Field(ge=0, le=65535, strict=True)] = 8404
    log: Literal["text", "json"] = "text"


class TaggingSettings(Strict):
    """What the tagger is told: ``model`` is a file of ``corrillo train``, relative to the configuration ('': the packaged one).

    ``missed``: for a kind of tag, how many wrong ones one that is missing is worth; from 10 on it is
    given already where it is 9 % likely, with 1 where it is as likely as not.
    """

    model: str = ""
    missed: Mapping[TagKind, Annotated[float, Field(gt=0, le=1000)]] = {}


class Settings(Strict):
    """A whole configuration; ``sources`` are checked by their own kinds."""

    institutions: tuple[Institution, ...] = Field(alias="institution", min_length=1)
    sources: tuple[BaseModel, ...] = ()
    subscribers: tuple[SubscriberEntry, ...] = Field(default=(), alias="subscriber")
    store: StoreSettings = StoreSettings()
    privacy: PrivacySettings = PrivacySettings()
    page: PageSettings = PageSettings()
    fetch: FetchSettings = FetchSettings()
    ops: OpsSettings = OpsSettings()
    kafka: KafkaSettings | None = None
    elasticsearch: ElasticsearchSettings | None = None
    kibana: KibanaSettings | None = None
    notify: NotifySettings = NotifySettings()
    tagger: str = "learned"
    tagging: TaggingSettings = TaggingSettings()
    file: Path = Path("corrillo.toml")

    @model_validator(mode="after")
    def _unique(self) -> Settings:
        for what, names in (
            ("institution", [i.id for i in self.institutions]),
            ("source", [source_name(s) for s in self.sources]),
        ):
            twice = sorted({n for n in names if names.count(n) > 1})
            if twice:
                raise ValueError(f"two of [[{what}]] are called {twice[0]!r}; give each a name of its own")
        if said := wrong(self.subscribers, self.institutions):
            raise ValueError(said)
        if self.store.kind == "elasticsearch" and self.elasticsearch is None:
            raise ValueError("store.kind is elasticsearch, but nothing says where it is; add: [elasticsearch] urls = …")
        return self

    @property
    def store_path(self) -> Path:
        """The store's file, wherever the command was started."""
        return (self.file.parent / self.store.path).absolute()

    @property
    def tagger_wishes(self) -> TaggerWishes:
        """What the tagger is told."""
        model = self.file.parent / self.tagging.model if self.tagging.model else None
        return TaggerWishes(model, self.tagging.missed)


def source_name(config: BaseModel) -> str:
    """The name of a configured source."""
    return str(getattr(config, "name", ""))


def load(file: Path) -> Settings:
    """The configuration in ``file``. Raises ConfigError with every mistake that it holds."""
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError(
            f"{file}: there is no such file", 'write one with: corrillo init "Ayuntamiento de …"'
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{file}: cannot be read: {error}", "check that it is a UTF-8 text file you may read"
        ) from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{file}: is not valid TOML: {error}", "check quotes, brackets and = in that line") from None
    return parse(raw, file)


def parse(raw: Mapping[str, Any], file: Path) -> Settings:
    """The configuration that ``raw`` (decoded TOML of ``file``) says."""
    entries = dict(raw)
    problems = [f"{file}: {key}: a secret stands in the file; {_KEEP_IT_OUT}" for key in _secrets(entries)]
    problems += [f"{file}: fetch.proxy: {said}" for said in _proxy_leak(entries)]
    problems += [f"{file}: {said}" for said in _ways_leak(entries)]
    sources = []
    listed = entries.pop("source", [])
    if not isinstance(listed, list):
        listed, problems = [], [*problems, f"{file}: source: is a table; write it with two brackets: [[source]]"]
    for number, entry in enumerate(listed, 1):
        try:
            sources.append(_source(entry))
        except ValidationError as error:
            problems += _explained(error, file, f"source[{number}].")
        except ConfigError as error:
            problems.append(f"{file}: source[{number}].{error.message}; {error.remedy}")
    for key in ("sources", "file"):
        if key in entries:
            problems.append(f"{file}: {key}: is not a key here{_near(key, _known_keys((key,), 'Settings'))}")
            del entries[key]
    tagger = entries.get("tagger", "learned")
    if tagger not in taggers():
        problems.append(f"{file}: tagger: {tagger!r} is not installed; known: {', '.join(sorted(taggers()))}")
    try:
        settings = Settings.model_validate({**entries, "sources": tuple(sources), "file": file})
    except ValidationError as error:
        problems += _explained(error, file)
    if problems:
        raise ConfigError("\n".join(problems), f"mend {file} and check it with: corrillo doctor")
    return settings


def _source(entry: Any) -> BaseModel:
    if not isinstance(entry, dict) or "kind" not in entry:
        raise ConfigError("kind: is missing", f"add one of: {', '.join(sorted(source_kinds()))}")
    kind = source_kind(str(entry["kind"]))
    return kind.Config.model_validate({k: v for k, v in entry.items() if k != "kind"} | {"kind": entry["kind"]})


_KEEP_IT_OUT = 'name its file instead (…_file = "path"), or give it in the environment, and change the leaked one'
_PROXY_OUTSIDE = f"give the whole address in {FETCH_PROXY} instead, and change the leaked ones"
_SECRET_KEY = re.compile(r"(^|_)(token|password|secret|api_key|pseudonym_key|access_key)$")


def _proxy_leak(entries: dict[str, Any]) -> Iterable[str]:
    """What to say of a proxy's credentials that stand in the file; they are taken out, so that nothing repeats them."""
    fetch = entries.get("fetch")
    if isinstance(fetch, dict) and "@" in str(fetch.get("proxy", "")):
        entries["fetch"] = {key: value for key, value in fetch.items() if key != "proxy"}
        yield f"credentials stand in the file; {_PROXY_OUTSIDE}"


def _ways_leak(entries: dict[str, Any]) -> Iterable[str]:
    """What to say of subscribers' addresses with a token in them; they are taken out, so that nothing repeats them."""
    listed = entries.get("subscriber")
    people = [dict(p) if isinstance(p, dict) else p for p in listed] if isinstance(listed, list) else []
    for number, person in enumerate(people, 1):
        ways = person.get("ways") if isinstance(person, dict) else None
        if not isinstance(ways, list):
            continue
        for place, way in enumerate(ways, 1):
            if isinstance(way, str) and (said := leak(way)):
                yield f"subscriber[{number}].ways[{place}]: {said}"
        person["ways"] = [w for w in ways if not (isinstance(w, str) and leak(w))]
    if people:
        entries["subscriber"] = people


def _secrets(node: Any, path: str = "") -> Iterable[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if _SECRET_KEY.search(key) and isinstance(value, str):
                yield f"{path}{key}"
            yield from _secrets(value, f"{path}{key}.")
    elif isinstance(node, list):
        for number, item in enumerate(node, 1):
            yield from _secrets(item, f"{path[:-1]}[{number}].")


def _explained(error: ValidationError, file: Path, prefix: str = "") -> list[str]:
    problems = error.errors(include_url=False)
    inside = {problem["loc"][0] for problem in problems if len(problem["loc"]) > 1}
    return [
        _one(problem, file, prefix, error.title)
        for problem in problems
        if problem["type"] != "too_short"
        or len(problem["loc"]) > 1
        or problem["loc"][0] not in inside  # else it is there, but wrong: said already
    ]


def _one(problem: Any, file: Path, prefix: str, model: str) -> str:
    where = (prefix + _path(problem["loc"])).rstrip(".")
    kind, value = problem["type"], problem["input"]
    if kind == "extra_forbidden":
        known = _known_keys(problem["loc"], model)
        return f"{file}: {where}: is not a key here{_near(str(problem['loc'][-1]), known)}"
    if kind == "missing":
        return f"{file}: {where}: is missing; add it"
    shown = "" if isinstance(value, dict | list | tuple | BaseModel) else f"{value!r} "
    said = shown + _said(problem)
    return f"{file}: {where}: {said}" if where else f"{file}: {said}"


def _said(problem: Any) -> str:
    """What is wrong with a value, and what would be right."""
    kind, value = problem["type"], problem["input"]
    if kind == "tuple_type" and isinstance(value, dict):
        return (
            f"is a table; write it with two brackets: [[{'.'.join(p for p in problem['loc'] if isinstance(p, str))}]]"
        )
    if kind == "tuple_type":
        return f'must be a list; write ["{value}"]' if isinstance(value, str) else "must be a list; write [ … ]"
    if kind == "too_short" and len(problem["loc"]) > 1:
        return "is empty; write at least one"
    if kind == "too_short":
        return f"is empty; add one: [[{problem['loc'][-1]}]]"
    said = str(problem["msg"]).removeprefix("Value error, ").removeprefix("Input ")
    return said[:1].lower() + said[1:]


def _path(loc: Iterable[str | int]) -> str:
    path = ""
    for part in loc:
        if part == "[key]":  # pydantic's way to say that the key itself is wrong
            continue
        path += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return path.lstrip(".")


def _known_keys(loc: tuple[str | int, ...], model: str) -> list[str]:
    """The keys that may stand where ``loc`` points, found by walking the models."""
    roots: dict[str, type[BaseModel]] = {"Settings": Settings}
    roots |= {kind.Config.__name__: kind.Config for kind in map(source_kind, source_kinds())}
    here: type[BaseModel] | None = roots.get(model)
    for part in loc[:-1]:
        if isinstance(part, int) or here is None:
            continue
        here = _child(here, part)
    if here is None:
        return []
    known = [field.alias or name for name, field in here.model_fields.items()]
    return ["source", *(k for k in known if k not in ("sources", "file"))] if here is Settings else known


def _child(model: type[BaseModel], key: str) -> type[BaseModel] | None:
    for name, field in model.model_fields.items():
        if (field.alias or name) == key:
            found = [field.annotation, *getattr(field.annotation, "__args__", ())]
            return next((t for t in found if isinstance(t, type) and issubclass(t, BaseModel)), None)
    return None


def _near(key: str, known: Iterable[str]) -> str:
    names = sorted(set(known))
    close = difflib.get_close_matches(key, names, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; remove it, or use one of: {', '.join(names)}" if names else "; remove it"


def pseudonym_key(settings: Settings, environment: Mapping[str, str]) -> bytes:
    """The key behind every pseudonym; at least ``MIN_KEY`` bytes."""
    file = settings.file.parent / settings.privacy.pseudonym_key_file
    key = secret(environment, PSEUDONYM_KEY, file, "the key of the pseudonyms").encode()
    if len(key) < MIN_KEY:
        raise SecretMissing(
            f"the key of the pseudonyms has {len(key)} bytes",
            f"use at least {MIN_KEY}, for example of: openssl rand -hex 32",
        )
    return key
