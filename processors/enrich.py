"""Mention → TaggedMention: the pure steps in their order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from corrillo.errors import CorrilloError
from corrillo.institution import Institution
from corrillo.model import Mention, MentionEvent, TaggedMention, Tagging, Target
from corrillo.ports import Tagger, TagsMany
from corrillo.text import fold
from processors.district import district_finder
from processors.language import languages_of
from processors.service import service_of
from processors.target import names_government, target_of

ENRICHMENT = 2
"""Version of the steps; a higher one replaces what a lower one has written."""

_FIELDS = Mention.__struct_fields__


class Enricher:
    """The steps for one institution: language, tags, target, service, district."""

    def __init__(self, institution: Institution, tagger: Tagger) -> None:
        self._find_district = district_finder(institution.districts)
        self._government = tuple(fold(name) for name in institution.government)
        self._tagger = tagger

    def __call__(self, mention: Mention) -> TaggedMention:
        """The mention with everything that can be said of it alone; story and thread come later."""
        return self.examine(mention)[0]

    def examine(self, mention: Mention) -> tuple[TaggedMention, Tagging]:
        """The tagged mention, and all that the tagger said of it."""
        return self.examine_many([mention])[0]

    def examine_many(self, mentions: Sequence[Mention]) -> list[tuple[TaggedMention, Tagging]]:
        """The same for many at once, in their order."""
        texts = [f"{m.title}\n{m.text}" if m.title else m.text for m in mentions]
        languages = languages_of(texts, [m.language for m in mentions])
        spoken = [msgspec.structs.replace(m, language=named) for m, named in zip(mentions, languages, strict=True)]
        told = _tagged(self._tagger, spoken)
        return [(self._known(*each), each[2]) for each in zip(spoken, texts, told, strict=True)]

    def _known(self, mention: Mention, said: str, tagging: Tagging) -> TaggedMention:
        folded = fold(said)
        known = {name: getattr(mention, name) for name in _FIELDS}
        return TaggedMention(
            **known,
            tags=tagging.tags,
            target=self._target(folded, mention.language, tagging),
            service=tagging.service or service_of(folded, mention.language),
            district=self._find_district(folded),
            story=mention.id,
            enrichment=ENRICHMENT,
        )

    def _target(self, folded: str, language: str, tagging: Tagging) -> Target:
        """What the tagger says, but ``government`` where the institution's own names for it stand there."""
        if not tagging.target:
            return target_of(folded, language, {tag.kind for tag in tagging.tags}, self._government)
        if tagging.target == "administration" and names_government(folded, self._government):
            return "government"
        return tagging.target


def _tagged(tagger: Tagger, mentions: Sequence[Mention]) -> list[Tagging]:
    return tagger.many(mentions) if isinstance(tagger, TagsMany) else [tagger(m) for m in mentions]


def enrichers(institutions: Iterable[Institution], tagger: Tagger) -> dict[str, Enricher]:
    """An enricher for each institution, by its id."""
    return {i.id: Enricher(i, tagger) for i in institutions}


def enriched(by_institution: Mapping[str, Enricher], mentions: Sequence[Mention]) -> list[TaggedMention | Exception]:
    """Each mention enriched, in its place, or what went wrong with it alone: taggers of others may fail in any way."""
    found: dict[int, TaggedMention | Exception] = {}
    for institution in dict.fromkeys(m.institution for m in mentions):
        places = [n for n, m in enumerate(mentions) if m.institution == institution]
        ours = [mentions[n] for n in places]
        strange = not_ours(ours[0], by_institution)
        found |= zip(
            places, [strange] * len(ours) if strange else _each(by_institution[institution], ours), strict=True
        )
    return [found[n] for n in range(len(mentions))]


def not_ours(event: MentionEvent, by_institution: Mapping[str, Enricher]) -> CorrilloError | None:
    """What is wrong with an event of an institution that nobody here knows; None where somebody does."""
    if event.institution in by_institution:
        return None
    return CorrilloError(
        f"institution {event.institution!r} is not in this worker's configuration",
        "add it to corrillo.toml on every worker and start them again, then: corrillo quarantine replay",
    )


def _each(enricher: Enricher, mentions: Sequence[Mention]) -> list[TaggedMention | Exception]:
    """All at once, or one by one where that fails."""
    try:
        return [tagged for tagged, _ in enricher.examine_many(mentions)] if mentions else []
    except MemoryError:
        raise
    except Exception as error:
        if len(mentions) == 1:
            return [error]
        return [said for mention in mentions for said in _each(enricher, [mention])]
