"""Mention → TaggedMention: the pure steps in their order."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from corrillo.institution import Institution
from corrillo.model import Mention, TaggedMention, Tagging
from corrillo.ports import Tagger
from corrillo.text import fold
from processors.district import district_finder
from processors.language import language_of
from processors.service import service_of
from processors.target import target_of

ENRICHMENT = 1
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
        said = f"{mention.title}\n{mention.text}" if mention.title else mention.text
        language = language_of(said, mention.language)
        tagging = self._tagger(msgspec.structs.replace(mention, language=language))
        folded = fold(said)
        known = {name: getattr(mention, name) for name in _FIELDS} | {"language": language}
        tagged = TaggedMention(
            **known,
            tags=tagging.tags,
            target=target_of(folded, language, {tag.kind for tag in tagging.tags}, self._government),
            service=service_of(folded, language),
            district=self._find_district(folded),
            story=mention.id,
            enrichment=ENRICHMENT,
        )
        return tagged, tagging


def enrichers(institutions: Iterable[Institution], tagger: Tagger) -> dict[str, Enricher]:
    """An enricher for each institution, by its id."""
    return {i.id: Enricher(i, tagger) for i in institutions}
