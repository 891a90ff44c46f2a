"""Apprise's own services, to a real receiver: what they are given, and what becomes of their answers."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import pytest

from corrillo.notices import Way
from notify.channels.apprise_ import Apprise
from notify.ports import Message, NotNow, Picture, Refused
from tests.integration.notify.receiver import Receiver

NOW = datetime(2026, 11, 21, 13, 5, tzinfo=UTC)
MESSAGE = Message(
    identity="delivery-1", subject="[Crisis] Agua", text="Sin agua en toda la calle Mayor", html="", short="Agua: 34 personas", urgency="crisis",
    made=NOW, document={}, pictures=(Picture("chart", b"\x89PNG", "34 voces"),),
)  # fmt: skip


def way(hook: Receiver, scheme: str = "json", path: str = "/hook") -> Way:
    return Way(kind="apprise", address=f"{scheme}://{hook.url.partition('://')[2].partition('/')[0]}{path}")


def test_a_service_with_room_gets_the_text_and_the_picture(hook: Receiver) -> None:
    assert Apprise().send(MESSAGE, way(hook), "s1") == "taken by json"
    (post,) = hook.posts
    assert (post.json["title"], post.json["message"]) == ("[Crisis] Agua", "Sin agua en toda la calle Mayor")
    assert [a["filename"] for a in post.json["attachments"]] == ["chart.png"]


def test_a_locked_screen_gets_the_short_form(hook: Receiver) -> None:
    Apprise().send(MESSAGE, way(hook, "ntfy", "/our-topic"), "s1")
    assert b"Agua: 34 personas" in hook.posts[0].body
    assert b"calle Mayor" not in hook.posts[0].body


@pytest.mark.parametrize(("status", "kind"), [(401, Refused), (404, Refused), (429, NotNow), (503, NotNow)])
def test_what_a_service_answers_decides_whether_it_is_tried_again(
    hook: Receiver, status: int, kind: type[Exception]
) -> None:
    hook.status = status
    with pytest.raises(kind, match=str(status)):
        Apprise().send(MESSAGE, way(hook), "s1")


def test_a_service_that_hangs_up_is_tried_again(hook: Receiver) -> None:
    hook.drops = 1
    with pytest.raises(NotNow):
        Apprise().send(MESSAGE, way(hook), "s1")


@pytest.mark.parametrize("address", ["nothing://token", "tgram://", "no address at all"])
def test_what_apprise_does_not_understand_is_refused(address: str) -> None:
    with pytest.raises(Refused, match="does not understand"):
        Apprise().send(MESSAGE, Way(kind="apprise", address=address), "s1")


def test_neither_logs_nor_errors_tell_the_address(hook: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    hook.status = 500
    with caplog.at_level(logging.DEBUG), pytest.raises(NotNow) as error:
        Apprise().send(MESSAGE, way(hook, path="/hush"), "s1")
    assert "hush" not in caplog.text + str(error.value)


def test_it_is_called_what_people_call_the_service(hook: Receiver) -> None:
    assert (
        Apprise().channel_of(Way(kind="apprise", address="tgram://123456789:AAbbccddeeffgghhiijjkkllmmnnoopp_qq/1"))
        == "telegram"
    )
