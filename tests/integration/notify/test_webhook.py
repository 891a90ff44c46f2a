"""Webhooks, to a real receiver: what is posted, how it is signed, and what becomes of every answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from corrillo.links import Links
from corrillo.notices import Way
from corrillo.notifying import NotifySettings
from notify.channels.webhook import Webhook
from notify.ports import Message, NotNow, Refused
from tests.integration.notify.receiver import Receiver

NOW = datetime(2026, 11, 21, 13, 5, tzinfo=UTC)
LINKS = Links(b"a key of this installation", "https://corrillo.town.test")
MESSAGE = Message(
    identity="delivery-1", subject="Agua", text="", html="", short="", urgency="crisis", made=NOW,
    document={"id": "delivery-1", "subject": "Sin agua en la calle del Niño Perdido"},
)  # fmt: skip


def a_webhook(**given: object) -> Webhook:
    return Webhook(NotifySettings.model_validate({"timeout": 5.0, **given}), LINKS, lambda: NOW)


@pytest.fixture(scope="module")
def webhook() -> Iterator[Webhook]:
    found = a_webhook()
    yield found
    found.close()


def way(hook: Receiver) -> Way:
    return Way(kind="webhook", address=hook.url, confirmed=NOW)


def test_the_document_is_posted_signed_with_the_subscribers_own_secret(hook: Receiver, webhook: Webhook) -> None:
    assert webhook.send(MESSAGE, way(hook), "s1") == "200"
    (post,) = hook.posts
    assert post.json == MESSAGE.document
    assert post.headers["content-type"] == "application/json"
    assert post.headers["corrillo-signature"].startswith(f"t={int(NOW.timestamp())},v1=")
    assert post.signed_with(LINKS.secret_of("s1"))
    assert not post.signed_with(LINKS.secret_of("s2"))


def test_a_repeat_has_the_same_key(hook: Receiver, webhook: Webhook) -> None:
    hook.drops = 1
    with pytest.raises(NotNow):
        webhook.send(MESSAGE, way(hook), "s1")
    webhook.send(MESSAGE, way(hook), "s1")
    assert [p.key for p in hook.posts] == ["delivery-1"] * 2


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_passes_is_tried_again(hook: Receiver, webhook: Webhook, status: int) -> None:
    hook.status = status
    with pytest.raises(NotNow, match=str(status)):
        webhook.send(MESSAGE, way(hook), "s1")


@pytest.mark.parametrize(
    ("said", "after"), [("7", 7), ("Sat, 21 Nov 2026 13:06:00 GMT", 60), ("soon", None), ("-5", None)]
)
def test_a_wait_that_the_receiver_names_is_kept(hook: Receiver, webhook: Webhook, said: str, after: int | None) -> None:
    hook.status, hook.headers = 503, {"Retry-After": said}
    with pytest.raises(NotNow) as error:
        webhook.send(MESSAGE, way(hook), "s1")
    assert error.value.after == (None if after is None else timedelta(seconds=after))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413, 422])
def test_what_does_not_pass_is_refused(hook: Receiver, webhook: Webhook, status: int) -> None:
    hook.status = status
    with pytest.raises(Refused, match=str(status)):
        webhook.send(MESSAGE, way(hook), "s1")


def test_redirects_are_not_followed(hook: Receiver, webhook: Webhook) -> None:
    hook.status, hook.headers = 307, {"Location": hook.url + "/elsewhere"}
    with pytest.raises(Refused, match="redirects"):
        webhook.send(MESSAGE, way(hook), "s1")
    assert len(hook.posts) == 1


def test_a_receiver_that_says_nothing_is_given_up(hook: Receiver) -> None:
    hook.hangs = 1.0
    with pytest.raises(NotNow, match="ReadTimeout"):
        a_webhook(timeout=0.2).send(MESSAGE, way(hook), "s1")


def test_inside_the_house_nothing_is_asked_where_that_is_not_allowed(hook: Receiver) -> None:
    with pytest.raises(Refused, match="inside the house"):
        a_webhook(private_webhooks=False).send(MESSAGE, way(hook), "s1")
    assert hook.posts == []


@pytest.mark.parametrize("address", ["ftp://town.test/hook", "town.test", "https://", "http://[::1"])
def test_what_is_no_address_of_the_web_is_refused(webhook: Webhook, address: str) -> None:
    with pytest.raises(Refused):
        webhook.send(MESSAGE, Way(kind="webhook", address=address), "s1")


def test_no_error_tells_the_address(hook: Receiver, webhook: Webhook) -> None:
    """It may hold a token."""
    said = []
    for status in (410, 503):
        hook.status = status
        with pytest.raises((NotNow, Refused)) as error:
            webhook.send(MESSAGE, Way(kind="webhook", address=f"{hook.url}?token=hush"), "s1")
        said.append(str(error.value))
    assert "hush" not in "".join(said)
