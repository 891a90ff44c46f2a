"""An alert is understood in seconds, can be acted on, and says nothing of who wrote a post."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from corrillo.alerts import Change, Point, Subject
from corrillo.errors import StoreError
from corrillo.links import Grant, Links
from corrillo.notices import Attempt, News, Subscriber, Way
from corrillo.ports import Store
from corrillo.testing.incidents import EVIDENCE, RAVAL, WATER, an_act, an_incident, tell
from corrillo.testing.mentions import ISLAND, NOW, TOWN, a_mention, gone, id_of, pseudonym, write
from notify.messages import Scene, compose
from notify.messages.sheet import SHORT
from notify.ports import Message
from tests.unit.notify.messages.conftest import PAGE, TEXTS, a_delivery, everything_of

Told = Callable[..., Message]


def links_of(message: Message) -> list[str]:
    """Every address in its HTML."""
    return re.findall(r'(?:href|src)="([^"]*)"', message.html)


def _with(subscriber: Subscriber, **given: object) -> Subscriber:
    return msgspec.structs.replace(subscriber, **given)


def a_subject(institution: str = TOWN, district: str = "") -> Subject:
    return Subject(institution=institution, service="water", district=district)


def grants(message: Message) -> list[Grant]:
    """What its links allow."""
    tokens = [link.removeprefix(f"{PAGE}/do/") for link in links_of(message) if link.startswith(f"{PAGE}/do/")]
    return [Links(b"k" * 32, PAGE).read(token, NOW) for token in tokens]


# ── what it says ──────────────────────────────────────────────────────────────────────────
def test_the_subject_says_how_high_what_how_many_and_where(told: Told) -> None:
    assert told().subject == "[Aviso] Agua · El Raval: 12 personas en 45 min – Ayuntamiento de Benialba"


def test_it_says_since_when_how_unusual_where_and_what_is_blind(told: Told) -> None:
    text = told().text
    assert "Desde: hoy, 13:04 (hace 1 h)" in text  # 12:04 UTC
    assert "12 personas en 45 min; lo normal: de 0 a 2" in text
    assert "Fuera de nuestras páginas: plaza.example (town-square) 3" in text
    assert "Zonas: El Raval" in text
    assert "No se oye: fediverse" in text
    assert "Cómo va: a más: ×2,5" in text


def test_it_speaks_english_to_who_reads_english(told: Told, marta: Subscriber) -> None:
    message = told(to=_with(marta, language="en"))
    assert message.subject == "[Warning] Water · El Raval: 12 people in 45 min – Ayuntamiento de Benialba"
    assert "Off our pages: plaza.example (town-square) 3" in message.text
    assert message.language == "en"


def test_times_are_of_the_institution(told: Told, store: Store) -> None:
    subject = a_subject(ISLAND)
    tell(store, an_incident("island", institution=ISLAND, leading=subject, subjects=(subject,), mentions=()))
    news = News(incident="incident-island", what="opened", level="warning", at=NOW)
    assert "Desde: hoy, 12:04" in told(delivery={"news": (news,), "institution": ISLAND}).text


def test_samples_are_quoted_and_lead_to_our_page(told: Told) -> None:
    message = told()
    assert all(f"«{text}»" in message.html for text in TEXTS.values())
    assert [link for link in links_of(message) if "/mention/" in link] == [
        f"{PAGE}/mention/{id_of(n)}" for n in ("1", "2", "3")
    ]


def test_nothing_of_who_wrote_a_post_is_in_it_nor_where_it_stands(told: Told, store: Store) -> None:
    write(store, a_mention("1", f"Sin agua, {pseudonym('neighbour')}", url="https://plaza.example/1", revision=2))
    said = everything_of(told())
    assert "Sin agua, @…" in said
    assert "plaza.example/1" not in said
    assert not any(pseudonym(seed) in said for seed in (*TEXTS, "neighbour"))


def test_three_copies_of_one_text_are_one_sample(told: Told, store: Store) -> None:
    copies = [a_mention(n, "Sin agua en la calle Mayor", story="one", revision=2) for n in TEXTS]
    write(store, *copies)
    assert told().html.count("Sin agua en la calle Mayor") == 1


def test_a_sample_that_was_deleted_meanwhile_is_not_there(told: Told, store: Store) -> None:
    write(store, gone("1"))
    assert TEXTS["1"] not in everything_of(told())


def test_where_all_samples_are_gone_it_says_so(told: Told, store: Store) -> None:
    write(store, *(gone(n) for n in TEXTS))
    assert "ya no están: se borraron o caducaron" in told().text


def test_the_institutions_own_posts_are_no_sample(told: Told, store: Store) -> None:
    write(store, a_mention("2", TEXTS["2"], place="own", revision=2))
    assert TEXTS["2"] not in everything_of(told())


def test_what_citizens_write_cannot_become_markup(told: Told, store: Store) -> None:
    write(store, a_mention("1", '<img src="https://bad.test/x.png" onerror=alert(1)>"', revision=2))
    message = told()
    assert "<img src=&#34;https://bad.test" not in message.html
    assert re.findall(r'<img src="([^"]*)"', message.html) == ["cid:chart"]


def test_nothing_is_fetched_from_elsewhere(told: Told) -> None:
    html = told().html
    assert "<script" not in html
    assert "<link" not in html
    assert "url(" not in html
    assert all(link.startswith((PAGE, "cid:")) for link in links_of(told()))


def test_the_picture_travels_with_it_and_says_what_it_shows(told: Told) -> None:
    (picture,) = told().pictures
    assert picture.png.startswith(b"\x89PNG")
    assert picture.alt.startswith("Voces independientes por cuarto de hora")
    assert f'src="cid:{picture.name}"' in told().html


def test_under_the_picture_stands_what_is_what_and_what_decides(told: Told) -> None:
    """All voices are drawn, and what is normal for all of them is not what is normal for emergencies."""
    assert "El nivel (Aviso) no lo decide cuántas son en total, sino estas: Emergencias" in told().html


def test_where_a_part_was_not_heard_the_picture_says_so(told: Told, store: Store) -> None:
    unheard = Point(at=NOW, count=0, expected=1, low=0, high=2, heard=0.0)
    tell(store, an_incident(points=(*an_incident().points, unheard)))
    assert "Rayado: no se oyó; no es cero, no se sabe." in told().html


def test_without_anything_counted_there_is_no_picture(told: Told, store: Store) -> None:
    tell(store, an_incident(points=()))
    assert told().pictures == ()
    assert "<img" not in told().html


# ── what can be done ──────────────────────────────────────────────────────────────────────
def test_it_can_be_taken_and_silenced_from_the_message(told: Told) -> None:
    asked = [(g.purpose, g.subscriber, g.about) for g in grants(told())]
    assert asked == [
        ("acknowledge", "subscriber-marta", "incident-1"),
        ("silence", "subscriber-marta", "incident-1"),
        ("unsubscribe", "subscriber-marta", ""),
    ]


def test_what_somebody_has_taken_is_not_offered_again(told: Told, store: Store) -> None:
    store.act(an_act(who="Nuria"))
    message = told("changed")
    assert [g.purpose for g in grants(message)] == ["silence", "unsubscribe"]
    assert "Lo atiende Nuria" in message.text


def test_one_click_ends_it(told: Told) -> None:
    message = told()
    token = message.unsubscribe.removeprefix(f"{PAGE}/do/")
    assert Links(b"k" * 32).read(token, NOW) == Grant("unsubscribe", "subscriber-marta")


def test_it_says_why_it_came(told: Told) -> None:
    assert "porque Marta pidió avisos de agua, desde el nivel «Atención»" in told().text


def test_where_nobody_said_where_the_page_is_it_has_no_links_and_says_so(told: Told, scene: Scene) -> None:
    message = told(scene=replace(scene, links=Links(b"k" * 32)))
    assert [link for link in links_of(message) if not link.startswith("cid:")] == []
    assert message.unsubscribe == ""
    assert "public_url" in message.text


def test_the_short_form_fits_and_its_link_is_whole(told: Told, scene: Scene, store: Store) -> None:
    tell(store, an_incident(subjects=tuple(a_subject(district=f"Partida de la Font {n}") for n in range(9))))
    short = told().short
    assert len(short) <= SHORT
    assert short.endswith(f"{PAGE}/crisis/incident-1")
    assert short.startswith("[Aviso] Agua")


# ── kinds of news ─────────────────────────────────────────────────────────────────────────
def test_it_says_from_where_it_rose(told: Told) -> None:
    message = told("escalated")
    assert "Sube de Atención a Aviso." in message.text
    assert "Sube de nivel" in message.subject


def test_what_is_lower_again_when_it_is_told_says_both(told: Told) -> None:
    """It rose to a crisis in quiet hours, say, and is a warning in the morning."""
    high = News(incident="incident-1", what="escalated", level="crisis", at=NOW)
    message = told(delivery={"news": (high,)})
    assert message.subject.startswith("[Aviso] Novedad: Agua")
    assert "Llegó a Crisis; ahora es Aviso." in message.text


def test_what_is_over_when_it_is_told_is_told_as_over(told: Told, store: Store) -> None:
    tell(store, an_incident(level="calm", resolved=NOW - timedelta(minutes=2)))
    assert told("opened").subject == told("resolved").subject


def test_of_one_that_was_merged_the_other_is_told(told: Told, store: Store) -> None:
    tell(store, an_incident(into="incident-2"), an_incident("2", leading=RAVAL, subjects=(RAVAL,)))
    assert told().subject.startswith("[Aviso] El Raval")
    both = tuple(News(incident=f"incident-{n}", what="opened", level="warning", at=NOW) for n in (1, 2))
    assert "y otro" not in told(delivery={"news": both}).subject


def test_it_says_what_is_new(told: Told, store: Store) -> None:
    at = NOW - timedelta(minutes=5)
    change = Change(at=at, what="changed", level="warning", subjects=(WATER, RAVAL), evidence=EVIDENCE)
    tell(store, an_incident(changes=(*an_incident().changes, change)))
    assert "Hay algo nuevo: también El Raval." in told("changed").text


def test_it_says_that_nobody_has_taken_it(told: Told) -> None:
    assert "no lo ha atendido todavía" in told("unacknowledged").text


def test_of_what_is_over_it_says_how_long_it_lasted_and_offers_only_to_look(told: Told, store: Store) -> None:
    tell(store, an_incident(level="calm", resolved=NOW - timedelta(minutes=2)))
    message = told("resolved")
    assert message.subject == "[Terminado] Agua · El Raval: duró 58 min – Ayuntamiento de Benialba"
    assert "Llegó a: Crisis" in message.text
    assert [g.purpose for g in grants(message)] == ["unsubscribe"]


def test_of_what_was_silenced_it_says_what_happened_since(told: Told, store: Store) -> None:
    before, after = NOW - timedelta(minutes=30), NOW - timedelta(minutes=10)
    changes = (*an_incident().changes, *(Change(at=at, what="changed", level=level, subjects=(WATER,), evidence=EVIDENCE) for at, level in ((before, "watch"), (after, "warning"))))  # fmt: skip
    tell(store, an_incident(changes=changes))
    store.act(an_act(what="silence", at=NOW - timedelta(minutes=20), until=NOW - timedelta(minutes=1)))
    part = told("kept_back").text.partition("MIENTRAS ESTABA SILENCIADO")[2].partition("QUÉ SE DICE")[0]
    assert "hoy, 13:55: Trae algo nuevo (Aviso)" in part
    assert "13:35" not in part


def test_of_several_the_most_urgent_is_told_in_full_and_the_others_in_a_line(told: Told, store: Store) -> None:
    tell(store, an_incident("2", leading=RAVAL, subjects=(RAVAL,), level="crisis", mentions=()))
    low, high = (
        News(incident=f"incident-{n}", what="opened", level=level, at=NOW)  # type: ignore[arg-type]
        for n, level in (("1", "warning"), ("2", "crisis"))
    )
    message = told(delivery={"news": (low, high), "urgency": "crisis"})
    assert message.subject.startswith("[Crisis] El Raval: 12 personas en 45 min (y otro incidente)")
    assert "Aviso: Agua · El Raval, 12 personas en 45 min" in message.text
    assert message.thread == ""
    assert [i["id"] for i in message.document["incidents"]] == ["incident-2", "incident-1"]


def test_of_very_many_it_says_how_many_more_there_are(told: Told, store: Store) -> None:
    for n in range(2, 31):
        tell(store, an_incident(str(n), mentions=(), points=()))
    news = tuple(News(incident=f"incident-{n}", what="opened", level="warning", at=NOW) for n in range(1, 31))
    message = told(delivery={"news": news})
    assert "(y otros 29 incidentes)" in message.subject
    assert "Y otros 17." in message.text
    assert len(message.document["incidents"]) == 30


# ── when something is away ────────────────────────────────────────────────────────────────
class Away:
    """A store that does not answer; a fake."""

    def incident(self, identity: str) -> None:
        raise StoreError("the store is locked")


def test_where_the_store_does_not_answer_it_goes_without_posts_and_says_so(told: Told, scene: Scene) -> None:
    known = {"incident-1": an_incident()}
    message = told(scene=replace(scene, store=Away(), known=known, lately={}))
    assert message.subject == "[Aviso] Agua · El Raval: 12 personas en 45 min – Ayuntamiento de Benialba"
    assert "va sin ellas" in message.text
    assert "QUÉ SE DICE" not in message.text


def test_where_nobody_knows_more_it_still_says_that_there_is_something(told: Told, scene: Scene) -> None:
    message = told(scene=replace(scene, store=Away(), lately={}))
    assert message.subject == "[Aviso] Hay un incidente"
    assert f"{PAGE}/crisis/incident-1" in message.text


def test_what_the_store_has_not_learnt_yet_is_told_from_what_somebody_knows(told: Told, scene: Scene) -> None:
    """At scale the store may learn of an incident after who tells of it: nobody may stay uninformed for that."""
    later = an_incident("late", updated=NOW + timedelta(seconds=1), level="crisis")
    news = News(incident="incident-late", what="opened", level="crisis", at=NOW)
    message = told(delivery={"news": (news,)}, scene=replace(scene, known={"incident-late": later}))
    assert message.subject.startswith("[Crisis] Agua")
    assert TEXTS["1"] in message.html


def test_of_two_states_of_an_incident_the_newer_one_is_told(told: Told, scene: Scene) -> None:
    later = an_incident(updated=NOW + timedelta(seconds=1), level="crisis")
    assert told(scene=replace(scene, known={"incident-1": later})).subject.startswith("[Crisis]")


def test_of_an_incident_that_was_erased_nothing_is_said(scene: Scene, marta: Subscriber) -> None:
    news = News(incident="incident-gone", what="opened", level="warning", at=NOW)
    assert compose(a_delivery(news=(news,)), marta, scene, NOW) is None


# ── for programs ──────────────────────────────────────────────────────────────────────────
def test_the_document_says_the_same_for_programs(told: Told) -> None:
    document = told().document
    assert (document["corrillo"], document["id"], document["drill"]) == (1, "delivery-1", False)
    (incident,) = document["incidents"]
    assert (incident["level"], incident["news"], incident["life"]) == ("warning", "opened", "open")
    assert incident["evidence"]["blind"] == ["fediverse"]
    assert [s["text"] for s in incident["samples"]] == list(TEXTS.values())
    assert incident["acknowledge"].startswith(f"{PAGE}/do/")


def test_what_was_read_for_one_message_serves_the_next_ones_for_seconds_only(
    told: Told, store: Store, scene: Scene, marta: Subscriber
) -> None:
    told()
    write(store, gone("1"))
    later = compose(a_delivery(), marta, scene, NOW + timedelta(seconds=6))
    assert later is not None
    assert TEXTS["1"] not in everything_of(later)


@pytest.mark.parametrize("what", ["opened", "escalated", "changed", "unacknowledged", "kept_back", "resolved"])
def test_every_kind_of_news_has_its_words_in_both_languages(told: Told, marta: Subscriber, what: str) -> None:
    spanish, english = told(what), told(what, to=_with(marta, language="en"))
    assert spanish.subject != english.subject
    assert "tell." not in everything_of(spanish) + everything_of(english)


# ── by another way ────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("refused", "said"), [(True, True), (False, False)])
def test_a_way_that_failed_is_reported_by_the_one_that_takes_its_place(told: Told, marta: Subscriber, refused, said):
    ways = (
        Way(kind="email", address="marta@town.test", confirmed=NOW - timedelta(days=1)),
        Way(kind="webhook", address="https://town.test/hook", confirmed=NOW - timedelta(days=1)),
    )
    tried = (Attempt(at=NOW, way=0, channel="email", ok=False, said="no such user", refused=refused),)
    message = told(to=_with(marta, ways=ways), delivery={"attempts": tried})
    assert ("no se pudo entregar por email" in message.text) is said
    assert "no such user" not in everything_of(message)
