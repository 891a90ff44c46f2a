"""Labelled texts: the packaged corpus, what people corrected, and licensed sets that somebody has on disk.

The corpus is ours and stands in the package. Of licensed sets only our labels do, by the id of the
text; the texts are read from a folder that holds the sets as their authors published them.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import islice
from pathlib import Path
from typing import Literal

import msgspec

from corrillo.errors import ConfigError
from corrillo.model import TAG_KINDS, Language, Service, TagKind, Target
from processors.learned.card import DataSet

ALL: frozenset[TagKind] = frozenset(TAG_KINDS)
OURS = "Apache-2.0"


class Line(msgspec.Struct, frozen=True):
    """A line of the corpus, or of a file in its format; ``service`` '' where nobody said."""

    text: str
    id: str | int = ""
    lang: str = ""
    tags: tuple[TagKind, ...] = ()
    target: Target | Literal[""] = ""
    service: Service | Literal[""] = ""
    network: str = ""
    group: str = ""


class Label(msgspec.Struct, frozen=True):
    """What we say of a text that is not ours. ``doubt``: it could be said otherwise."""

    id: str
    tags: tuple[TagKind, ...]
    target: Target | Literal[""] = ""
    doubt: bool = False


@dataclass(frozen=True)
class Example:
    """A text and what is right to say of it. ``known``: the kinds of tag that somebody decided about.

    ``of``: the set that it belongs to; ``group``: what must not be torn apart (a thread, an event, near-pairs).
    """

    id: str
    text: str
    language: Language
    tags: frozenset[TagKind]
    of: str
    group: str
    target: Target | Literal[""] = ""
    service: Service | Literal[""] = ""
    network: str = ""
    known: frozenset[TagKind] = field(default=ALL)


def written() -> list[Example]:
    """The corpus of the package, in the order of its files."""
    return [e for name, text in _packaged("corpus") for e in parsed(text, name)]


def parsed(text: str, of: str) -> list[Example]:
    """The lines of a file in the corpus's format. Raises ConfigError naming the line that is not so."""
    found = []
    for number, raw in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        if raw.strip():
            found.append(_example(_line(raw, f"{of}, line {number}"), of, number))
    return found


def _line(raw: str, where: str) -> Line:
    try:
        return msgspec.json.decode(raw, type=Line)
    except msgspec.MsgspecError as error:
        raise ConfigError(f"{where}: {error}", "write one JSON object a line with text, lang and tags") from None


def of_record(record: Mapping[str, object], of: str, number: int) -> Example:
    """A decoded line. Raises ConfigError when it is not so."""
    try:
        return _example(msgspec.convert(record, Line), of, number)
    except msgspec.MsgspecError as error:
        raise ConfigError(f"{of}, line {number}: {error}", "write text, lang and tags") from None


def _example(line: Line, of: str, number: int) -> Example:
    identity = str(line.id) or f"{of}-{number}"
    language: Language = line.lang if line.lang in _LANGUAGES else "und"  # type: ignore[assignment]
    return Example(
        identity, line.text, language, frozenset(line.tags), of, line.group or identity,
        line.target, line.service, line.network,
    )  # fmt: skip


_LANGUAGES = frozenset(("es", "ca", "gl", "eu", "pt", "en"))


def _packaged(folder: str) -> Iterator[tuple[str, str]]:
    """Name and text of the packaged files of a folder, in the order of their names."""
    for file in sorted(_files(folder), key=lambda f: f.name):
        if file.name.endswith(".jsonl"):
            yield file.name.removesuffix(".jsonl"), file.read_text(encoding="utf-8")


def _files(folder: str) -> Iterable[Traversable]:
    return files("processors").joinpath(folder).iterdir()


# ── licensed sets ─────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Found:
    """A text of a licensed set: what it is called there, and what must not be torn apart."""

    id: str
    text: str
    language: Language
    group: str
    said: str = ""
    """What its authors say of it, where we use that."""


def licensed(folder: Path) -> list[Example]:
    """The labelled texts of the sets in ``folder``; sets that are not there are left out."""
    labels = {name: {label.id: label for label in _labels(text)} for name, text in _packaged("corpus/labels")}
    found: list[Example] = []
    for name, read in SETS.items():
        ours = labels.get(name, {})
        if (folder / name).is_dir():
            found += [e for text in read(folder / name) for e in _judged(name, text, ours)]
    return found


def _labels(text: str) -> list[Label]:
    return [msgspec.json.decode(raw, type=Label) for raw in text.splitlines() if raw.strip()]


def _judged(name: str, text: Found, labels: Mapping[str, Label]) -> Iterator[Example]:
    """The text with our label, or with what its authors' answers."""
    label = labels.get(text.id)
    if label is not None and not label.doubt:
        tags = frozenset(label.tags)
        yield Example(text.id, text.text, text.language, tags, name, f"{name}-{text.group}", label.target)
    elif label is None and text.said in _AUTHORS.get(name, {}):
        given, known = _AUTHORS[name][text.said]
        yield Example(
            text.id, text.text, text.language, frozenset(given), name, f"{name}-{text.group}", known=frozenset(known)
        )


_Answer = tuple[Sequence[TagKind], Sequence[TagKind]]
_ACTS: tuple[TagKind, ...] = ("question", "suggestion")
_AUTHORS: Mapping[str, Mapping[str, _Answer]] = {
    "crisislex-t26": {
        "Related and informative": (("crisis",), ("crisis",)),
        "Not related": ((), ("crisis",)),
    },
    "tweet-acts-en": {
        "QUE": (("question",), (*_ACTS, "crisis")),
        "SUG": (("suggestion",), (*_ACTS, "crisis")),
        **dict.fromkeys(("EXP", "STM", "THT", "OTH"), ((), (*_ACTS, "crisis"))),
    },
    "basque-vaxx": {"": ((), ("crisis",))},
}
"""For sets with answers of their authors: which tags an answer gives, and which kinds it decides; ordinary tweets report no crisis."""


def _decide(folder: Path) -> Iterator[Found]:
    for row in _table(folder / "comments.csv"):
        yield Found(row["id"], row["text"], "es", row["proposalId"])


def _crises(folder: Path) -> Iterator[Found]:
    for file in sorted(folder.glob("*/*-tweets_labeled.csv")):
        event = file.parent.name
        language: Language = "es" if event in _IN_SPANISH else "und"
        for row in _table(file):
            yield Found(row["Tweet ID"], row["Tweet Text"], language, event, row["Informativeness"].strip())


_IN_SPANISH = (
    "2012_Costa_Rica_earthquake", "2012_Guatemala_earthquake", "2012_Venezuela_refinery", "2013_Spain_train_crash",
)  # fmt: skip


def _parliament(folder: Path) -> Iterator[Found]:
    for row in _table(folder / "sp" / "sp_extended_full.csv"):
        yield Found(row["tweet_id"], row["full_text"], "es", row.get("mp_name", "") or row["tweet_id"])


def _basque(folder: Path) -> Iterator[Found]:
    for part in ("train", "val", "test"):
        for raw in (folder / f"{part}.jsonl").read_text(encoding="utf-8").splitlines():
            row = msgspec.json.decode(raw)
            yield Found(f"{part}-{row['idx']}", row["text"].strip('"'), "eu", f"{part}-{row['idx']}")


def _acts(folder: Path) -> Iterator[Found]:
    with (folder / "Dataset" / "TWEET_DATA.csv").open(encoding="utf-8", errors="replace", newline="") as lines:
        for number, row in enumerate(csv.reader(lines)):
            if len(row) == 2:
                yield Found(str(number), row[0], "en", str(number), row[1].strip())


def _table(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        for row in csv.DictReader(lines):
            yield {key.strip(): value or "" for key, value in row.items() if key is not None}


SETS: Mapping[str, Callable[[Path], Iterator[Found]]] = {
    "decide-madrid": _decide, "crisislex-t26": _crises, "sentimp-es": _parliament, "basque-vaxx": _basque,
    "tweet-acts-en": _acts,
}  # fmt: skip
"""By the name of its folder: how a licensed set is read."""
LICENCES: Mapping[str, str] = {
    "decide-madrid": "Apache-2.0", "crisislex-t26": "MIT", "sentimp-es": "CC BY-SA 4.0", "basque-vaxx": "CC BY 4.0",
    "tweet-acts-en": "BSD-2-Clause",
}  # fmt: skip


# ── what was used ─────────────────────────────────────────────────────────────────────────
def described(examples: Iterable[Example]) -> tuple[DataSet, ...]:
    """Each set that the examples come from: how many, its licence, a hash of texts and labels in their order."""
    by_set: dict[str, list[Example]] = {}
    for example in examples:
        by_set.setdefault(example.of, []).append(example)
    return tuple(
        DataSet(name=name, texts=len(of), licence=LICENCES.get(name, OURS), sha256=_hash(of))
        for name, of in sorted(by_set.items())
    )


def _hash(examples: Iterable[Example]) -> str:
    whole = hashlib.sha256()
    for e in examples:
        said = (e.id, e.text, e.language, sorted(e.tags), sorted(e.known), e.target, e.service)
        whole.update(msgspec.json.encode(said) + b"\n")
    return whole.hexdigest()


def some(examples: Sequence[Example], count: int) -> list[Example]:
    """About ``count`` of them, spread evenly over their order."""
    return list(islice(examples, 0, None, max(1, len(examples) // count)))
