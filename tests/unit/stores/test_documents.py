"""Documents, templates and model say the same."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

import stores.elasticsearch.sources as sources
from corrillo.alerts import Act, Evidence, HourCount, Incident, Subject
from corrillo.attention import Attention
from corrillo.health import advanced, overdue
from corrillo.model import Budget, Engagement, Reason, Tag, TaggedMention, from_milliseconds
from corrillo.ports import Field, SourceHealth
from corrillo.testing.incidents import RAVAL, an_hour, an_incident
from corrillo.testing.mentions import NOW, TOWN, ZONES, a_mention, tagged
from corrillo.testing.store_keeping import ALL_NEWS
from corrillo.testing.store_writing import FULL
from corrillo.work import Deed
from stores.elasticsearch import telling
from stores.elasticsearch.cells import CellFields, CountDocument
from stores.elasticsearch.daily import DayDocument
from stores.elasticsearch.documents import (
    DOCUMENT_FIELDS,
    LINKS,
    LONGEST_WORD,
    OURS,
    Link,
    StoryDocument,
    Tombstone,
    beginning,
    lag,
    link_of,
    mention_document,
    searched_word,
    version,
    words_of,
)
from stores.elasticsearch.fields import FIELDS
from stores.elasticsearch.journal import PurgeDocument
from stores.elasticsearch.memory import EditionDocument, RecordDocument
from stores.elasticsearch.names import KINDS, Names
from stores.elasticsearch.sources import Known, document_of, known_in
from stores.elasticsearch.templates import LANGUAGES, Shape, component_templates, index_templates, mapping
from stores.elasticsearch.unit import QuarantineDocument

STRUCTS = {
    "links": Link, "tombstones": Tombstone, "stories": StoryDocument,
    "quarantine": QuarantineDocument, "counts": CountDocument, "purges": PurgeDocument, "days": DayDocument,
}  # fmt: skip


def as_read(document):
    """The mention in a document, as the store reads it."""
    found = msgspec.json.decode(document)
    for name, _, _ in OURS:
        found.pop(name, None)
    return msgspec.convert(found, TaggedMention)


def as_sent(document):
    """A small document, as it goes over the wire and comes back."""
    return msgspec.json.decode(msgspec.json.encode(document))


def test_every_field_of_the_model_is_mapped_and_described():
    """One that is added to the model has to be added to ``fields.py``; what leads to people must not be."""
    model = {f.name for f in msgspec.structs.fields(TaggedMention)}
    ours = {name for name, _, _ in OURS}
    assert set(DOCUMENT_FIELDS) == set(FIELDS["mentions"]) == model - set(LINKS) | ours


@pytest.mark.parametrize(("name", "word"), [("tags", Tag), ("reasons", Reason), ("engagement", Engagement)])
def test_what_stands_inside_a_mention_is_mapped_too(name, word):
    """Field by field."""
    assert set(FIELDS["mentions"][name].fields) == set(word.__struct_fields__)


@pytest.mark.parametrize("kind", STRUCTS)
def test_every_field_of_the_small_documents_is_mapped(kind):
    """No more and no less."""
    assert set(FIELDS[kind]) == set(STRUCTS[kind].__struct_fields__)


def test_every_field_of_a_source_is_mapped_too():
    """Its health and its cursor."""
    assert set(FIELDS["sources"]) == set(sources.FIELDS)
    assert set(FIELDS["sources"]["budget"].fields) == set(Budget.__struct_fields__)


def test_every_field_of_what_detection_remembers_and_tells_is_mapped():
    """Records and editions in one index; the model's words with what we add, without their kind, which is the index."""
    assert set(FIELDS["detection"]) == {*RecordDocument.__struct_fields__, *EditionDocument.__struct_fields__}
    for kind, word in {"hours": HourCount, "alerts": Incident, "acts": Act, "deeds": Deed}.items():
        assert set(FIELDS[kind]) == {*word.__struct_fields__, *telling.OURS.get(kind, ())}
    held = {name for name, described in FIELDS["attention"].items() if described.type != "alias"}
    assert held == {*Attention.__struct_fields__} - {"gone"}, "what is gone has no document"
    alerts = FIELDS["alerts"]
    assert set(alerts["evidence"].fields) == set(Evidence.__struct_fields__)
    assert set(alerts["leading"].fields) == set(alerts["subjects"].fields) == set(Subject.__struct_fields__)


@pytest.mark.parametrize(
    "incident",
    [
        an_incident(),
        an_incident(resolved=NOW, into="incident-2", points=(), mentions=(), leading=Subject(institution=TOWN)),
    ],
)
def test_an_incident_comes_back_from_its_document(incident):
    """To the last field; what is empty is not in it, and what is over says since when."""
    document = as_sent(telling.incident_document(incident))
    assert telling.incident_in(document) == incident
    assert "service" not in document["subjects"][1]
    assert ("ended" in document) == ("resolved" in document) == ("into" in document)


def test_what_was_merged_is_over_since_it_changed_last():
    """It was not resolved, and will never be."""
    document = as_sent(telling.incident_document(an_incident(into="incident-2")))
    assert document["ended"] == document["updated"]


def test_an_hour_comes_back_from_its_document_and_says_when_it_was():
    """A moment, which is what Kibana draws by."""
    for count in (an_hour(), an_hour(subject=Subject(institution=TOWN), count=0, heard=0.0)):
        document = as_sent(telling.hour_document(count))
        assert telling.hour_in(document) == count
        assert document["at"] == "2026-11-21T13:00:00Z"
    assert {"service", "district"}.isdisjoint(document)


def test_of_what_is_told_at_once_the_newest_is_kept():
    """Of equal ones the last; hours have no version, so the last."""
    old, new = an_incident(updated=NOW - timedelta(hours=1)), an_incident()
    told = [an_hour(), new, old, an_hour(count=1), an_incident("2"), new, an_hour(subject=RAVAL)]
    assert telling.newest(told) == [3, 4, 5, 6]


def test_a_source_comes_back_from_its_document():
    """To the last field; what is empty is not in it, but for what is counted."""
    for known in (Known(advanced(None, ALL_NEWS), "7"), Known(SourceHealth("plaza", "town-square"))):
        document = msgspec.json.decode(msgspec.json.encode(document_of(known)), type=dict)
        assert known_in("plaza", document) == known
    assert document == {"source": "plaza", "network": "town-square", "failures": 0, "seen": 0, "kept": 0, "rejected": 0}


def test_a_source_of_version_1_is_read():
    """Its times are numbers, and it has no name but its id."""
    old = {"network": "press", "cursor": "{}", "last_success": 1_795_219_199_999, "failures": 2, "last_error": "503"}
    health = SourceHealth(
        "paper", "press", last_success=from_milliseconds(1_795_219_199_999), failures=2, last_error="503"
    )
    assert known_in("paper", old) == Known(health, "{}")


def test_mentions_are_counted_by_fields_that_they_have():
    """Filters, charts and daily counts."""
    keywords = {n for n, d in FIELDS["mentions"].items() if d.type == "keyword"}
    assert set(Field.__args__) <= keywords
    assert set(CellFields.__struct_fields__) <= set(FIELDS["mentions"])


@pytest.mark.parametrize("mention", [FULL, a_mention(), a_mention(text="", venue="", source="", tags=tagged("praise"))])
def test_a_mention_comes_back_from_its_document_without_its_links(mention):
    """Every other field; the links are in a document of their own."""
    document = mention_document(mention, ZONES)
    assert as_read(document) == msgspec.structs.replace(mention, url="", ref="", answers_ref="")
    assert b"plaza.example/7" not in document
    link = link_of(mention)
    assert (link.url, link.ref, link.answers_ref) == (mention.url, mention.ref, mention.answers_ref)


def test_an_empty_value_is_not_in_the_document():
    """So Kibana counts no empty district; what the model requires is there whatever it is."""
    found = msgspec.json.decode(mention_document(a_mention(venue=""), ZONES))
    assert {"district", "title", "tags", "tag", "engagement", "revised", "answers", "backfilled", "looked"}.isdisjoint(
        found
    )
    assert (found["venue"], found["target"], found["language"], found["date_only"]) == ("", "none", "und", False)


def test_the_day_is_the_institutions_own_and_the_tags_are_kinds():
    """What is counted by."""
    found = msgspec.json.decode(mention_document(FULL, ZONES))
    assert (found["day"], found["tag"]) == ("2026-11-21", ["complaint", "question"])


def test_words_are_counted_once_a_mention():
    """Those of four letters or more that are no numbers; as they are searched, without case and accents."""
    found = msgspec.json.decode(mention_document(a_mention(text="El agua, EL AGUA y la Árida agua de 2026"), ZONES))
    assert found["word"] == ["agua", "arida"]
    assert "word" not in msgspec.json.decode(mention_document(a_mention(text="No"), ZONES))


def test_a_table_has_how_a_mention_begins_and_what_is_late_says_how_late():
    """On one line; where nobody listened then, or only the day is known, the delay is not known."""
    heard = a_mention(text="Sin luz\n\n" + "desde ayer " * 20, published=NOW - timedelta(minutes=5), first_seen=NOW)
    assert (beginning(heard), lag(heard)) == ("Sin luz " + "desde ayer " * 10 + "d…", 300.0)
    assert beginning(a_mention(title="Sin luz")) == "Sin luz"
    assert lag(a_mention(published=NOW, first_seen=NOW - timedelta(seconds=1))) == 0.0
    assert [lag(a_mention(**{how: True})) for how in ("backfilled", "date_only")] == [None, None]


def test_a_source_says_by_when_it_has_to_be_read_again():
    """From the last good reading, or from the first try."""
    read = SourceHealth("plaza", "town-square", begun=NOW - timedelta(days=1), last_success=NOW, every=3600.0)
    assert document_of(Known(read))["due"] == NOW + timedelta(hours=3)
    never = SourceHealth("plaza", "town-square", begun=NOW)
    assert document_of(Known(never))["due"] == NOW + overdue(None)
    assert "due" not in document_of(Known(SourceHealth("plaza", "town-square")))


def test_a_higher_revision_is_a_higher_version_and_then_a_higher_enrichment():
    """Whatever sources and steps send, it is a version that Elasticsearch takes."""
    order = [(0, 0), (0, 1), (1, 0), (1, 4095), (2, 0), (1_795_000_000_000, 1), (4_102_444_800_000, 3)]
    versions = [version(a_mention(revision=r, enrichment=e)) for r, e in order]
    assert versions == sorted(set(versions))
    odd = [version(a_mention(revision=r, enrichment=e)) for r, e in [(-5, -1), (2**63, 2**40)]]
    assert all(0 <= v < 2**62 for v in odd)


def test_a_word_longer_than_the_tokenizer_takes_is_still_one_word():
    """Two that begin alike stay two."""
    long, other = "a" * 20_000, "a" * 19_999 + "b"
    found = words_of(a_mention(text=f"{long} {other} corta"))
    assert len(set(found)) == 3
    assert all(len(w) < 255 for w in found)
    assert found[0] == searched_word(long)
    assert searched_word("a" * LONGEST_WORD) == "a" * LONGEST_WORD


def test_months_are_those_of_publication_in_utc():
    """The index of a mention."""
    names = Names("x")
    assert names.month(0) == "x-mentions-1970-01"
    assert names.month(1_795_219_199_999) == "x-mentions-2026-11"
    assert names.month(4_102_444_799_000) == "x-mentions-2099-12"


def test_all_mappings_are_strict_and_only_full_servers_analyze_languages():
    """Switched by the server's abilities; what we search is the same on both."""
    for kind in KINDS:
        assert mapping(kind)["dynamic"] == "strict"
    bare, full = mapping("mentions")["properties"], mapping("mentions", full=True)["properties"]
    assert "fields" not in bare["text"]
    assert set(full["text"]["fields"]) == set(full["title"]["fields"]) == set(LANGUAGES)
    assert bare["search"] == full["search"]


def test_templates_make_every_index_and_no_other():
    """Each kind has its own; the months one alias and, where there is one, the lifecycle."""
    names = Names("x")
    templates = index_templates(names, Shape(replicas=1, lifecycle="old"))
    assert {t["index_patterns"][0] for t in templates.values()} == {names.pattern(k) for k in KINDS}
    assert templates["x-mentions"]["template"]["aliases"] == {"x-mentions": {}}
    assert templates["x-mentions"]["template"]["settings"] == {"index.lifecycle.name": "old"}
    components = component_templates(names, Shape(replicas=1))
    assert {c for t in templates.values() for c in t["composed_of"]} == set(components)
    assert components["x-settings"]["template"]["settings"]["index.number_of_replicas"] == 1
