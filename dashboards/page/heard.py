"""How well is heard, in words: of all sources in a sentence, of one with its evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corrillo.health import REASONS
from corrillo.institution import Institution
from corrillo.model import Gap
from corrillo.ports import ABILITIES
from corrillo.text import clean, fold
from dashboards.page.crisis.asked import Asked, AskedIncident
from dashboards.page.crisis.words import blind_now
from dashboards.page.faults import fault
from dashboards.page.filters import Filters
from dashboards.page.i18n import Texts
from dashboards.page.sources import Heap, SourceRow, Sources

SHOWN = 100
"""Gaps, and heaps of the quarantine, that the page lists."""
_FILE = re.compile(r"replay-(.+)-(csv|jsonl|json|txt|tsv)-[0-9a-f]{6}")
"""How the source of a file is called that was imported without a name (``corrillo replay``)."""
UNFILTERED = ("crisis",)
"""Views that ask for something else than filters."""


@dataclass(frozen=True)
class AbleRow:
    """One source and whether it is able to do each of ``corrillo.ports.ABILITIES``, in their order."""

    row: SourceRow
    able: tuple[bool, ...]


def heard_now(texts: Texts, sources: Sources) -> str:
    """Calm or blind, in one sentence."""
    if sources.not_listening:
        return blind_now(texts, sources)
    if sources.imported:
        return texts.count("sources.imported", len(sources.rows))
    return texts.count("sources.heard", len(sources.rows))


def heard_in_period(texts: Texts, sources: Sources) -> str:
    """What of the period was not heard, and what is not heard now: one sentence for every figure of a view."""
    partial, blind, known = len(sources.partial), len(sources.not_listening), len(sources.rows)
    if sources.imported:
        return texts.count("hearing.imported", known)
    if not partial:
        key = "hearing.whole_but" if blind else "hearing.whole"
        return texts.count(key, known, blind=texts.number(blind))
    now = "none" if not blind else "same" if blind == partial == 1 else "one" if blind == 1 else "many"
    said = texts(f"hearing.now.{now}", n=texts.number(blind))
    if known == 1:
        return texts("hearing.part_only", now=said)
    return texts.count("hearing.part", partial, of=texts.number(known), now=said)


def gaps_none(texts: Texts, sources: Sources) -> str:
    """That no gap is known of; of what was never heard nothing is."""
    deaf = [source_name(row) for row in sources.rows if row.unheard and not row.health.last_success]
    return texts("sources.gaps_deaf", names=texts.join(deaf)) if deaf else texts("sources.gaps_none")


def sources_at(asked: Filters | Asked | AskedIncident, institution: Institution) -> str:
    """Address of the view of the sources, over the same period where the view has one of those."""
    return view_at(asked, institution, "sources")


def view_at(asked: Filters | Asked | AskedIncident, institution: Institution, view: str) -> str:
    """Address of another view; what is filtered stays, where both have filters."""
    if isinstance(asked, Filters) and view not in UNFILTERED:
        return asked.at(view).link()
    return Filters(institution.id, language=asked.language, view=view).link()


def source_name(row: SourceRow) -> str:
    """How its people call it."""
    file = _FILE.fullmatch(row.health.source)
    return clean(row.label or (f"{file[1]}.{file[2]}" if file else row.health.source))


def partly_heard(texts: Texts, sources: Sources) -> str:
    """How many of the sources did not hear all of the period."""
    if len(sources.rows) == 1:
        return texts("sources.partly_only")
    return texts.count("sources.partly", len(sources.partial), of=texts.number(len(sources.rows)))


def heap_name(sources: Sources, heap: Heap) -> str:
    """The source of a heap, as its people call it."""
    rows = (*sources.rows, *sources.files)
    return next((source_name(r) for r in rows if r.health.source == heap.source), clean(heap.source))


def place_called(texts: Texts, label: str, network: str) -> str:
    """What people call a place: the network's name in their language, where it is only called after that."""
    plain = fold(label) in (network, fold(network.replace("_", " ")))
    return texts.name("network", network) if plain else clean(label)


def gap_reason(texts: Texts, gap: Gap) -> tuple[str, str]:
    """Why there was one, and the language in which that is said: what a server answered stays as it is."""
    known = next((name for name, why in REASONS.items() if why == gap.why), "")
    return (texts(f"gap.{known}"), texts.language) if known else fault(texts, gap.why)


def listed_gaps(sources: Sources) -> list[tuple[SourceRow, Gap]]:
    """The period's gaps of all sources, unfilled ones first, then newest."""
    listed = [(row, gap) for row in sources.rows if row.health.last_success for gap in row.gaps]
    return sorted(listed, key=lambda one: (bool(one[1].filled), -one[1].since.timestamp()))


def able_rows(sources: Sources) -> Sequence[AbleRow]:
    """What each source that is able to do anything besides being read is able to do, by network."""
    ordered = sorted(sources.rows, key=lambda r: (r.health.network, r.health.source))
    return [AbleRow(r, tuple(name in r.abilities for name in ABILITIES)) for r in ordered if r.abilities]


def unable(sources: Sources) -> Sequence[str]:
    """Names of the sources that are only read: nothing else can be known of them."""
    return sorted(source_name(r) for r in sources.rows if not r.abilities)
