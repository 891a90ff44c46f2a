"""What grouping remembers of a partition, and that a restart forgets nothing of it."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from corrillo.model import MentionDeleted, milliseconds
from corrillo.ports import Conversation
from corrillo.testing.mentions import ISLAND, NOW, TOWN, a_mention, gone, id_of
from processors.memory import Memory, Remembered
from processors.story import story_mark
from tests.fakes.changelog import FakeChangelog

DAY = timedelta(days=1)
NOTE = "La biblioteca abre de nuevo el lunes con cuarenta plazas de estudio y horario de tarde"
ROOT, LOST = id_of("root"), id_of("lost")


def as_it_is(memory):
    """The memory itself."""
    return memory


def restarted(memory):
    """What the next process makes of the records."""
    changelog = FakeChangelog(Remembered)
    changelog.keep(memory.changed())
    return Memory(changelog.records())


both = pytest.mark.parametrize("then", [as_it_is, restarted])
"""What is asked at once, and after a restart."""


def remembering(*mentions):
    """A memory in which these have been kept."""
    memory = Memory({})
    for mention in mentions:
        memory.keep(mention)
    return memory


def begun(text, **given):
    """A memory in which a mention has begun a story, and the story's mark."""
    mention = a_mention("root", text, **given)
    memory, mark = Memory({}), story_mark(mention)
    memory.begin_story(mention.institution, mark, mention.first_seen)
    memory.keep(mention)
    return memory, mark


def edited(native_id, **given):
    """A later version of a mention."""
    return a_mention(native_id, **{"revision": 2, **given})


@both
def test_a_conversation_is_thread_beginning_and_story(then):
    """Where the thread's first mention is not known, its beginning is not either."""
    answer, orphan = a_mention("a", thread=ROOT, story="s"), a_mention("b", thread=LOST)
    memory = then(remembering(a_mention("root", place="own"), answer, orphan))
    assert memory.conversations([ROOT, answer.id, orphan.id, LOST]) == {
        ROOT: Conversation(ROOT, "own", ROOT, "own"),
        answer.id: Conversation(ROOT, "own", "s", "off_page"),
        orphan.id: Conversation(LOST, "", orphan.id, "off_page"),
    }


@both
def test_answers_wait_for_the_beginning_of_their_thread(then):
    """As they were kept last, and only those of the roots that are asked for."""
    first, second = a_mention("a", thread=LOST), a_mention("b", thread=LOST, url="https://plaza.example/b")
    other = a_mention("c", thread=id_of("elsewhere"))
    memory = then(remembering(a_mention("root"), first, second, other, edited("a", thread=LOST)))
    wanted = {first.id: edited("a", thread=LOST), second.id: second}
    assert {m.id: m for m in memory.waiting_for([LOST, ROOT])} == wanted


@both
def test_an_answer_that_found_its_thread_waits_there(then):
    """And no longer for what it was thought to answer."""
    memory = then(remembering(a_mention("a", thread=LOST), a_mention("a", thread=ROOT)))
    assert memory.waiting_for([LOST]) == []
    assert memory.waiting_for([ROOT]) == [a_mention("a", thread=ROOT)]


@both
def test_a_ref_leads_to_the_mentions_of_each_institution(then):
    """On its network only; an unknown one leads nowhere."""
    there = a_mention("1", ref="77", institution=ISLAND)
    memory = then(remembering(a_mention("1", ref="77"), there, a_mention("2", ref="77", network="press")))
    assert memory.resolve("town-square", ["77", "78"]) == {"77": {TOWN: id_of("1"), ISLAND: there.id}}


@both
def test_a_mention_is_known_by_every_ref_it_ever_had(then):
    """Each server calls it otherwise; a version that comes without one takes none away."""
    memory = then(remembering(*(edited("1", ref=ref) for ref in ("one/7", "two/9", "one/7", ""))))
    assert memory.resolve("town-square", ["one/7", "two/9"]) == {r: {TOWN: id_of("1")} for r in ("one/7", "two/9")}


@both
def test_a_story_is_found_by_any_of_its_bands(then):
    """By its institution only; also after its first mention has been edited."""
    memory, mark = begun(NOTE)
    memory.keep(edited("root", text="otro texto"))
    memory = then(memory)
    assert [m.signature for m in memory.stories(TOWN, (5, mark.bands[3]))] == [mark.signature]
    assert (memory.stories(ISLAND, mark.bands), memory.stories(TOWN, (5,))) == ([], [])


@both
def test_an_older_version_is_not_taken_an_equal_one_is(then):
    """By revision at the source, then by version of the enrichment."""
    memory = then(remembering(edited("1", enrichment=3)))
    taken = {(r, e): memory.takes(edited("1", revision=r, enrichment=e)) for r in (1, 2, 3) for e in (2, 3, 4)}
    assert {version for version, is_taken in taken.items() if is_taken} == {(2, 3), (2, 4), (3, 2), (3, 3), (3, 4)}


@both
def test_an_edit_has_the_times_under_which_the_mention_was_first_seen(then):
    """Its time of publication does not move; it was first seen at the earliest of its times."""
    memory = then(remembering(a_mention("1")))
    later = memory.continued(edited("1", published=NOW + DAY, first_seen=NOW + DAY))
    assert (later.published, later.first_seen) == (a_mention("1").published, NOW)
    assert memory.continued(edited("1", first_seen=NOW - DAY)).first_seen == NOW - DAY


@both
def test_what_was_known_of_how_it_was_heard_is_taken_over(then):
    """That it was backfilled, or was not, and when its answers were last looked for."""
    memory = then(remembering(a_mention("1", looked=NOW), a_mention("2", backfilled=True)))
    assert memory.continued(edited("1", backfilled=True)) == edited("1", looked=NOW)
    assert memory.continued(edited("1", looked=NOW - DAY)).looked == NOW
    assert memory.continued(edited("1", looked=NOW + DAY)).looked == NOW + DAY
    assert memory.continued(edited("2")) == edited("2", backfilled=True)


@both
def test_what_is_gone_is_remembered_by_nothing_but_its_id(then):
    """No thread, no ref, no story, no text: and it does not come back."""
    memory, mark = begun(NOTE, ref="7")
    memory.keep(a_mention("a", thread=ROOT))
    memory.bury(gone("root"))
    memory.bury(gone("a"))
    memory = then(memory)
    assert memory.conversations([ROOT, id_of("a")]) == {}
    assert (memory.waiting_for([ROOT]), memory.resolve("town-square", ["7"])) == ([], {})
    assert memory.stories(TOWN, mark.bands) == []
    assert not memory.takes(edited("root"))


@both
def test_a_deletion_that_comes_before_its_mention_keeps_it_away(then):
    """Nobody has to have heard of it."""
    memory = Memory({})
    memory.bury(gone("1"))
    memory = then(memory)
    assert not memory.takes(a_mention("1"))
    assert memory.takes(a_mention("1", institution=ISLAND))


@both
def test_answers_outlive_the_beginning_of_their_thread(then):
    """They stay where they are, and nobody knows any more where that began."""
    memory = remembering(a_mention("root", place="own"), a_mention("a", thread=ROOT, place="on_page"))
    memory.bury(gone("root"))
    memory = then(memory)
    assert memory.conversations([id_of("a")]) == {id_of("a"): Conversation(ROOT, "", id_of("a"), "on_page")}


@both
def test_what_is_old_is_forgotten(then):
    """By when it was first seen, or when it was deleted: with its threads, refs and stories; nothing younger is."""
    memory, mark = begun(NOTE, first_seen=NOW - 3 * DAY, ref="7")
    memory.keep(a_mention("a", thread=ROOT, first_seen=NOW - DAY))
    memory.bury(gone("b"))
    memory.keep(a_mention("c", first_seen=NOW - 3 * DAY))
    memory.bury(MentionDeleted(id=id_of("c"), institution=TOWN, at=NOW - 2 * DAY))
    memory = then(memory)
    memory.changed()
    assert memory.forget(milliseconds(NOW - DAY)) == 2
    assert memory.changed() == {ROOT: None, id_of("c"): None}
    assert (memory.stories(TOWN, mark.bands), memory.resolve("town-square", ["7"])) == ([], {})
    assert memory.takes(a_mention("c"))
    assert not memory.takes(a_mention("b"))


def test_what_is_forgotten_is_gone_after_a_restart_too():
    """A record that was forgotten is taken out of the changelog."""
    changelog, memory = FakeChangelog(Remembered), remembering(a_mention("1"), a_mention("2", first_seen=NOW - DAY))
    changelog.keep(memory.changed())
    memory.forget(milliseconds(NOW))
    changelog.keep(memory.changed())
    assert (changelog.kept.keys(), len(Memory(changelog.records()))) == ({id_of("1")}, 1)


def test_only_what_changes_has_to_be_kept():
    """A mention that is told again costs nothing; what was asked for is not given again."""
    memory = remembering(a_mention("1"))
    assert set(memory.changed()) == {id_of("1")}
    memory.keep(a_mention("1"))
    assert memory.changed() == {}


def test_a_record_says_nothing_of_a_text_but_of_answers():
    """They have to be told again when the beginning of their thread is found."""
    memory = remembering(a_mention("1", "un texto cualquiera"), a_mention("2", "una respuesta", thread=LOST))
    first, second = (msgspec.json.encode(record) for record in memory.changed().values())
    assert (b"cualquiera" in first, len(first) < 200 < len(second)) == (False, True)
    assert memory.waiting_for([LOST]) == [a_mention("2", "una respuesta", thread=LOST)]
