"""``corrillo evaluate``: how good the tagger is on texts that somebody has labelled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from corrillo.cli.common import ConfigOption, JsonOption, config_file, print_json, say
from corrillo.errors import ConfigError
from corrillo.ports import Tagger, TaggerWishes
from corrillo.registry import tagger
from corrillo.settings import Settings, load
from dashboards.vega.reliability import FORMS, drawn
from processors.learned.card import Interval, Quality
from processors.training.judge import Better, Mistake, Verdict, judged, read_labelled

LENGTH = 110
"""Letters of a text that are shown of a mistake."""


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(evaluate)


def evaluate(
    file: Annotated[
        Path,
        typer.Argument(
            help="JSON Lines or CSV with text and tags and, if there are, id, lang, target, service, group.",
            show_default=False,
        ),
    ],
    name: Annotated[str, typer.Option("--tagger", help="Another tagger than the one in use.", show_default=False)] = "",
    model: Annotated[
        Path | None, typer.Option(help="A file of corrillo train, in place of the one in use.", show_default=False)
    ] = None,
    against: Annotated[
        str, typer.Option(help="Compare with a file of corrillo train, or with a tagger's name.", show_default=False)
    ] = "",
    plot: Annotated[
        Path | None, typer.Option(help="Draw how far scores can be believed (.svg or .png).", show_default=False)
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the samples behind the intervals.")] = 1,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """How good the tagger is on labelled texts, by tag and language, with 95 % intervals and its worst mistakes.

    Texts with the same `group` (a thread, an event) are drawn together for the intervals. The texts must not be
    among those that it was trained on: what it has seen it knows.

    Examples:

        corrillo evaluate labelled.jsonl

        corrillo evaluate labelled.csv --model own.tagger --against rules --plot scores.svg
    """
    if plot is not None and plot.suffix not in FORMS:
        raise ConfigError(f"--plot {plot}: cannot be drawn", f"name a file that ends in {' or '.join(FORMS)}")
    settings = load(config_file(config)) if config or config_file(None).exists() else None
    examples = read_labelled(_text(file), file.name)
    other = _against(against) if against else None
    verdict = judged(_tagger(settings, name, model), examples, other, seed)
    if plot is not None:
        plot.write_bytes(drawn(verdict.reliability, plot.suffix))
        say(f"{plot}: drawn")
    if as_json:
        print_json(_plain(verdict))
    else:
        typer.echo("\n".join(_lines(verdict, against)))


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: cannot be read: {error}", "give a UTF-8 text file") from None


def _tagger(settings: Settings | None, name: str, model: Path | None) -> Tagger:
    if model is not None:
        return tagger(name or "learned", TaggerWishes(model))
    if name:
        return tagger(name)
    return tagger(settings.tagger, settings.tagger_wishes) if settings else tagger("learned")


def _against(said: str) -> Tagger:
    path = Path(said)
    return tagger("learned", TaggerWishes(path)) if path.is_file() else tagger(said)


def _plain(verdict: Verdict) -> object:
    return {
        "texts": verdict.texts,
        "quality": msgspec.to_builtins(verdict.quality),
        "reliability": msgspec.to_builtins(verdict.reliability),
        "accuracy": msgspec.to_builtins(verdict.accuracy),
        "mistakes": [asdict(m) for m in verdict.mistakes],
        "against": msgspec.to_builtins(verdict.against),
    }


def _lines(verdict: Verdict, against: str) -> Iterator[str]:
    yield f"{verdict.texts} texts; figures with what they lie between in 95 of 100 samples"
    yield f"{'':4}{'tag':11}{'texts':>6} {'precision':>16} {'recall':>16} {'F1':>16} {'average prec.':>16} {'off':>5}"
    yield from (_row(q) for q in verdict.quality)
    for answer in verdict.accuracy:
        yield f"{answer.what}: {_figure(answer.right)} right of {answer.texts}"
    if verdict.against:
        yield f"\nAverage precision, higher than of {against} by:"
        yield from (_gain(b) for b in verdict.against)
    if verdict.mistakes:
        yield "\nWhere it is most wrong:"
        yield from (_mistake(m) for m in verdict.mistakes)


def _row(q: Quality) -> str:
    cells: Sequence[Interval | None] = (q.precision, q.recall, q.f1, q.average_precision)
    off = "–" if q.calibration_error is None else f"{q.calibration_error:.2f}"
    return f"{q.part or 'all':4}{q.kind:11}{q.positives:>6} {' '.join(f'{_figure(c):>16}' for c in cells)} {off:>5}"


def _figure(figure: Interval | None) -> str:
    return "too few" if figure is None else f"{figure.value:.2f} ({figure.low:.2f}–{figure.high:.2f})"


def _gain(better: Better) -> str:
    by = better.by
    return f"  {better.kind:11} {by.value:+.3f} ({by.low:+.3f} to {by.high:+.3f})"


def _mistake(mistake: Mistake) -> str:
    text = " ".join(mistake.text.split())
    shown = text if len(text) <= LENGTH else text[: LENGTH - 1] + "…"
    return f"  {mistake.kind:11} {'given wrongly' if mistake.given else 'missing':14} {mistake.score:.2f}  {shown}"
