"""The model card of an artefact, in plain Spanish or English: from what, how good, for what not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from corrillo.model import LANGUAGES, TAG_KINDS
from processors.learned.artefact import Artefact
from processors.learned.card import Card, Interval, Quality
from processors.learned.tongues import packaged_languages
from processors.training.model_card_words import WORDS

Said = Mapping[str, str]
CORPUS = "Apache-2.0"


def model_card(artefact: Artefact, language: str, picture: str) -> str:
    """The card as Markdown, in ``es`` or ``en``; ``picture`` is the file of the reliability curves."""
    words, card = WORDS[language], artefact.card
    parts = [
        words["title"],
        words["made"].format(identity=artefact.identity, recipe=card.recipe, features=card.features, seed=card.seed),
        *([words["own"].format(count=card.corrections, base=card.based_on)] if card.corrections else []),
        words["uses"],
        words["not"],
        words["data"],
        "\n".join(_data(card, words)),
        words["measured"],
        words["places"],
        "\n".join(_by_part(card, words, [p for p in _parts(card) if p and p not in LANGUAGES])),
        words["languages"],
        "\n".join(_by_part(card, words, ["", *LANGUAGES])),
        *_answers(card, words),
        words["thresholds"],
        "\n".join(_decisions(card, words)),
        words["reliability"].format(picture=picture),
        words["limits"],
        words["again"],
    ]
    return "\n\n".join(parts) + "\n"


def _parts(card: Card) -> list[str]:
    return list(dict.fromkeys(q.part for q in card.quality))


def _data(card: Card, words: Said) -> Iterator[str]:
    yield words["data_head"]
    yield "|---|---:|---|---|"
    for data in card.data:
        yield f"| {data.name} | {_count(data.texts, words)} | {data.licence} | `{data.sha256[:12]}` |"


def _by_part(card: Card, words: Said, parts: Sequence[str]) -> Iterator[str]:
    """Average precision of each kind in each part, with its interval and how often the kind is there."""
    yield f"| | {' | '.join(words[kind] for kind in TAG_KINDS)} |"
    yield "|---|" + "---|" * len(TAG_KINDS)
    for part in parts:
        of = {q.kind: q for q in card.quality if q.part == part}
        if of:
            cells = " | ".join(_precision(of[kind], words) if kind in of else "–" for kind in TAG_KINDS)
            yield f"| {words.get(part or 'all', part)} | {cells} |"


def _precision(quality: Quality, words: Said) -> str:
    share = f"{_share(quality.positives / quality.texts, words)}"
    if quality.average_precision is None:
        return f"{words['few']} ({share})"
    return f"**{_figure(quality.average_precision, words)}** ({share})"


def _decisions(card: Card, words: Said) -> Iterator[str]:
    """What holds where a score has become a tag, over all texts."""
    yield words["decision_head"]
    yield "|---|---:|---|---|---|---:|"
    for quality in (q for q in card.quality if not q.part):
        figures = (quality.precision, quality.recall, quality.f1)
        cells = " | ".join(_figure(f, words) if f else words["few"] for f in figures)
        off = words["few"] if quality.calibration_error is None else _number(quality.calibration_error, words)
        limit = _number(card.thresholds.get(quality.kind, 0.5), words)
        yield f"| {words[quality.kind]} | {limit} | {cells} | {off} |"


def _answers(card: Card, words: Said) -> Iterator[str]:
    if card.accuracy:
        rows = [words["accuracy_head"], "|---|---|---:|---|"]
        rows += [
            f"| {words[a.what]} | {_part(a.part, words)} | {_count(a.texts, words)} | {_figure(a.right, words)} |"
            for a in (*card.accuracy, *packaged_languages().card.accuracy)
        ]
        yield words["accuracy"]
        yield "\n".join(rows)


def _part(part: str, words: Said) -> str:
    return ", ".join(words.get(each or "all", each) for each in part.split(", "))


def _figure(figure: Interval, words: Said) -> str:
    low, high = _number(figure.low, words), _number(figure.high, words)
    return f"{_number(figure.value, words)} [{low}–{high}]"


def _number(value: float, words: Said) -> str:
    return f"{value:.2f}".replace(".", words["point"])


def _share(value: float, words: Said) -> str:
    digits = 0 if value >= 0.0995 else 1
    return f"{100 * value:.{digits}f}".replace(".", words["point"]) + " %"


def _count(value: int, words: Said) -> str:
    return f"{value:,}".replace(",", words["thousands"])
