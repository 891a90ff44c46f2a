"""``corrillo setup kafka`` makes what is missing, mends what may be mended, and only says the rest."""

from __future__ import annotations

from corrillo.topics import topics
from ingest.kafka.layout import differences, setup
from tests.processes import until


def kinds(findings):
    return {f.what: f.ok for f in findings}


def test_missing_topics_are_made_once(empty_place):
    asked = {f"topic {t.name}" for t in empty_place.topics.all()}
    assert kinds(differences(empty_place.broker)) == dict.fromkeys(asked, False)
    assert all("made" in f.said and f.ok for f in setup(empty_place.broker))
    assert all("is there" in f.said and f.ok for f in setup(empty_place.broker))
    assert kinds(differences(empty_place.broker)) == dict.fromkeys(asked, True)


def test_topics_have_the_partitions_and_the_settings_of_the_plan(place):
    with place.broker.admin() as admin:
        found = {t["name"]: len(t["partitions"]) for t in admin.describe_topics([t.name for t in place.topics.all()])}
    assert found == {t.name: t.partitions for t in place.topics.all()}


def test_settings_that_differ_are_said_by_check_and_altered_by_setup(place):
    topic = place.topics.mentions
    place.alter(topic, retention_ms=1000, cleanup_policy="delete")
    (wrong,) = [f for f in differences(place.broker) if not f.ok]
    assert wrong.what == f"topic {topic.name}"
    assert "retention.ms 1000 → 604800000" in wrong.said
    assert "cleanup.policy delete → compact,delete" in wrong.said
    assert "corrillo setup kafka" in wrong.remedy
    (altered,) = [f for f in setup(place.broker) if "altered" in f.said]
    assert altered.what == wrong.what
    until(lambda: all(f.ok for f in differences(place.broker)), "the settings of the plan")


def test_settings_of_others_stay_as_they_are(place):
    place.alter(place.topics.mentions, retention_ms=1000, segment_bytes=2_000_000)
    setup(place.broker)
    until(lambda: place.altered(place.topics.mentions)["retention.ms"] == "604800000", "our own setting")
    assert place.altered(place.topics.mentions)["segment.bytes"] == "2000000"


def test_a_number_of_partitions_that_differs_is_said_and_never_changed(place):
    other = type(place)(place.settings.servers[0], place.settings.prefix, partitions=5)
    for look in (setup, differences):
        wrong = {f.what: f for f in look(other.broker) if not f.ok}
        assert set(wrong) == {f"topic {t.name}" for t in topics(other.settings).all() if t.partitions == 5}
        finding = wrong[f"topic {place.topics.mentions.name}"]
        assert "has 3 partitions, not 5" in finding.said
        assert "partitions = 3" in finding.remedy
    assert all(f.ok for f in differences(place.broker))


def test_more_replicas_than_brokers_are_refused_with_a_word_about_it(empty_place, fresh):
    write(fresh, empty_place, "replication = 3")
    ran = fresh("setup", "kafka", code=1)
    assert "fewer brokers than a topic is to have replicas" in ran.stderr
    assert "lower replication" in ran.stderr


def test_the_command_says_what_it_did_and_check_changes_nothing(empty_place, fresh):
    write(fresh, empty_place)
    checked = fresh.json("setup", "kafka", "--check", code=1)
    assert {f["said"] for f in checked} == {"is not there"}
    assert {f["said"] for f in fresh.json("setup", "kafka")} == {"made, 3 partitions", "made, 1 partitions"}
    assert fresh("setup", "kafka", "--check").stdout.count("is there") == len(empty_place.topics.all())


def write(commands, place, more=""):
    settings = place.settings
    (commands.folder / "corrillo.toml").write_text(
        '[[institution]]\nid = "valdeprado"\nname = "Ayuntamiento de Valdeprado"\n'
        f'[kafka]\nservers = ["{settings.servers[0]}"]\nprefix = "{settings.prefix}"\npartitions = 3\n{more}\n',
        "utf-8",
    )
