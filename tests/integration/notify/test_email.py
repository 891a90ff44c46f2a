"""Mail, to a real SMTP server: what a letter is, and what becomes of every way of refusing one."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from corrillo.engines import Access
from corrillo.notices import Way
from corrillo.notifying import NotifySettings
from notify.channels.email import Email
from notify.ports import Message, NotNow, Picture, Refused
from tests.fakes.certificates import FakeAuthority
from tests.integration.notify.mail import MailServer

NOW = datetime(2026, 11, 21, 13, 5, tzinfo=UTC)
MARTA = Way(kind="email", address="marta@town.test", confirmed=NOW)
LONG = "https://corrillo.town.test/do/" + "x" * 180
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da6364600000000600023081d02f0000000049454e44ae426082"
)


def a_message(name: str = "1", **given: object) -> Message:
    values: dict[str, object] = {
        "identity": f"delivery-{name}", "subject": "[Crisis] Agua: 34 personas en 20 min – Benialba", "text": "Sin agua en la calle Mayor\n" * 3,
        "html": '<p>Sin agua <img src="cid:chart" alt="34 voces"></p>', "short": "Sin agua", "urgency": "crisis", "made": NOW, "document": {},
        "thread": "incident-1", "pictures": (Picture("chart", DOT, "34 voces"),), "unsubscribe": LONG,
    }  # fmt: skip
    return Message(**{**values, **given})  # type: ignore[arg-type]


def an_email(mail: MailServer, access: Access = Access(), **given: object) -> Email:
    entries = {"from": "Corrillo <corrillo@town.test>", "smtp": mail.address, "smtp_security": "none", "timeout": 5.0}
    return Email(NotifySettings.model_validate({**entries, **given}), access, lambda: NOW)


@pytest.fixture
def email(mail: MailServer) -> Iterator[Email]:
    found = an_email(mail)
    yield found
    found.close()


# ── the letter ────────────────────────────────────────────────────────────────────────────
def test_a_letter_says_all_that_mail_programs_and_automatic_answerers_look_for(mail: MailServer, email: Email) -> None:
    said = email.send(a_message(), MARTA, "s1")
    (letter,) = mail.letters
    headers = letter.message
    assert said.startswith("250")
    assert (letter.sender, letter.recipient) == ("corrillo@town.test", "marta@town.test")
    assert headers["Message-ID"] == "<delivery-1@town.test>"
    assert headers["In-Reply-To"] == headers["References"] == "<incident-1@town.test>"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["List-Unsubscribe"] == f"<{LONG}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["Date"].datetime == NOW
    assert headers["Subject"] == "[Crisis] Agua: 34 personas en 20 min – Benialba"
    assert headers["Importance"] == "high"


def test_long_links_stay_whole_on_the_wire(mail: MailServer, email: Email) -> None:
    """An address that is folded or encoded is none, and one click would end nothing (RFC 8058)."""
    email.send(a_message(), MARTA, "s1")
    assert f"List-Unsubscribe: <{LONG}>\r\n".encode() in mail.letters[0].raw
    assert mail.letters[0].raw.isascii()


def test_it_has_text_html_and_the_picture_that_the_html_shows(mail: MailServer, email: Email) -> None:
    email.send(a_message(), MARTA, "s1")
    letter = mail.letters[0]
    assert letter.part("plain").replace("\r\n", "\n") == "Sin agua en la calle Mayor\n" * 3
    (picture,) = [p for p in letter.message.walk() if p.get_content_type() == "image/png"]
    assert picture["Content-ID"] == "<chart.delivery-1@town.test>"
    assert 'src="cid:chart.delivery-1@town.test"' in letter.part("html")
    assert picture.get_content() == DOT


def test_a_drill_is_not_marked_as_important(mail: MailServer, email: Email) -> None:
    email.send(a_message(drill=True, unsubscribe="", thread=""), MARTA, "s1")
    assert {"Importance", "List-Unsubscribe", "In-Reply-To"}.isdisjoint(mail.letters[0].message.keys())


def test_a_subject_cannot_bring_a_header_of_its_own(mail: MailServer, email: Email) -> None:
    email.send(a_message(subject="Agua\r\nBcc: all@town.test"), MARTA, "s1")
    assert mail.letters[0].message["Subject"] == "Agua Bcc: all@town.test"
    assert "Bcc" not in mail.letters[0].message


@pytest.mark.parametrize(
    "address", ["nobody", "a b@town.test", "a@town.test\r\nRCPT TO:<b@town.test>", "é@town.test", "@town.test"]
)
def test_what_is_no_address_is_refused_before_anybody_is_asked(mail: MailServer, email: Email, address: str) -> None:
    with pytest.raises(Refused):
        email.send(a_message(), Way(kind="email", address=address), "s1")
    assert mail.tries == []


# ── one connection ────────────────────────────────────────────────────────────────────────
def test_the_connection_is_used_again(mail: MailServer, email: Email) -> None:
    for name in "123":
        email.send(a_message(name), MARTA, "s1")
    assert (len(mail.letters), mail.connections) == (3, 1)


def test_a_connection_that_was_not_used_for_long_is_made_anew(mail: MailServer) -> None:
    """A firewall may have dropped it without a word."""
    moments = iter(
        [
            NOW,
            NOW,
            NOW + timedelta(seconds=50),
            NOW + timedelta(seconds=50),
            NOW + timedelta(hours=1),
            NOW + timedelta(hours=1),
        ]
    )
    settings = NotifySettings.model_validate({"from": "a@town.test", "smtp": mail.address, "smtp_security": "none"})
    email = Email(settings, Access(), lambda: next(moments))
    connections = []
    for name in "123":
        email.send(a_message(name), MARTA, "s1")
        connections.append(mail.connections)
    assert connections == [1, 1, 2]


def test_a_server_that_was_away_meanwhile_is_connected_to_again(mail: MailServer, email: Email) -> None:
    email.send(a_message("1"), MARTA, "s1")
    mail.down()
    with pytest.raises(NotNow, match="cannot be reached"):
        email.send(a_message("2"), MARTA, "s1")
    mail.up()
    email.send(a_message("2"), MARTA, "s1")
    assert [letter.identity for letter in mail.letters] == ["<delivery-1@town.test>", "<delivery-2@town.test>"]


# ── what becomes of refusals ──────────────────────────────────────────────────────────────
def greylists(mail: MailServer) -> None:
    mail.greylists = 1


def is_full(mail: MailServer) -> None:
    mail.full = {MARTA.address}


def drops(mail: MailServer) -> None:
    mail.drops = 1


@pytest.mark.parametrize("trouble", [greylists, is_full, drops])
def test_what_passes_is_tried_again_and_then_it_works(
    mail: MailServer, email: Email, trouble: Callable[[MailServer], None]
) -> None:
    trouble(mail)
    with pytest.raises(NotNow):
        email.send(a_message(), MARTA, "s1")
    mail.full = set()
    email.send(a_message(), MARTA, "s1")
    assert [letter.identity for letter in mail.letters] == ["<delivery-1@town.test>"]


def test_greylisting_says_when_to_try_again_and_costs_no_connection(mail: MailServer, email: Email) -> None:
    mail.greylists = 1
    with pytest.raises(NotNow) as error:
        email.send(a_message(), MARTA, "s1")
    email.send(a_message(), MARTA, "s1")
    assert error.value.after is not None
    assert mail.connections == 1


@pytest.mark.parametrize(("said", "kind"), [("554 5.7.1 looks like spam", Refused), ("452 4.3.1 disk full", NotNow)])
def test_a_letter_that_is_not_liked_is_refused_for_good_or_for_now(
    mail: MailServer, email: Email, said: str, kind: type[Exception]
) -> None:
    mail.dislikes = said
    with pytest.raises(kind, match=said[:3]):
        email.send(a_message(), MARTA, "s1")
    mail.dislikes = ""
    email.send(a_message(), MARTA, "s1")
    assert mail.connections == 1


def test_a_recipient_who_does_not_exist_is_refused_and_the_next_one_is_not(mail: MailServer, email: Email) -> None:
    mail.refuses = {"gone@town.test"}
    with pytest.raises(Refused, match="550"):
        email.send(a_message("1"), Way(kind="email", address="gone@town.test"), "s1")
    email.send(a_message("2"), MARTA, "s2")
    assert (len(mail.letters), mail.connections) == (1, 1)


def test_no_address_stands_in_what_a_refusal_says(mail: MailServer, email: Email) -> None:
    mail.refuses = {"gone@town.test"}
    with pytest.raises(Refused) as error:
        email.send(a_message(), Way(kind="email", address="gone@town.test"), "s1")
    assert "gone@town.test" not in str(error.value)


def test_a_server_that_says_nothing_is_given_up(mail: MailServer) -> None:
    mail.hangs = 5.0
    hasty = an_email(mail, timeout=0.2)
    with pytest.raises(NotNow, match="broke off"):
        hasty.send(a_message(), MARTA, "s1")


def test_in_the_named_window_the_repeat_has_the_same_message_id(mail: MailServer, email: Email) -> None:
    """The server took it and its answer was lost: nobody can know that. Both copies are one for mail programs."""
    mail.takes_and_drops = 1
    with pytest.raises(NotNow):
        email.send(a_message(), MARTA, "s1")
    email.send(a_message(), MARTA, "s1")
    assert [letter.identity for letter in mail.letters] == ["<delivery-1@town.test>"] * 2


# ── logins and encryption ─────────────────────────────────────────────────────────────────
def test_it_logs_in() -> None:
    with MailServer(user="corrillo", password="right") as mail:
        an_email(mail, Access("corrillo", "right")).send(a_message(), MARTA, "s1")
        assert (len(mail.letters), mail.logins[0]) == (1, "corrillo")


@pytest.mark.parametrize("access", [Access("corrillo", "wrong"), Access()])
def test_a_wrong_login_is_ours_to_mend_and_nobodys_address_is_given_up(access: Access) -> None:
    with MailServer(user="corrillo", password="right") as mail:
        with pytest.raises(NotNow, match="53") as error:
            an_email(mail, access).send(a_message(), MARTA, "s1")
        assert "[notify]" in error.value.remedy


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeAuthority:
    """What the machine trusts."""
    found = FakeAuthority(tmp_path)
    monkeypatch.setattr(ssl, "create_default_context", lambda **given: found.trust)
    return found


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_it_encrypts(authority: FakeAuthority, security: str) -> None:
    context = authority.server("localhost")
    with MailServer(starttls=context) if security == "starttls" else MailServer(tls=context) as mail:
        port = mail.address.rpartition(":")[2]
        an_email(mail, smtp=f"localhost:{port}", smtp_security=security).send(a_message(), MARTA, "s1")
        assert len(mail.letters) == 1


def test_a_certificate_that_is_not_the_servers_is_not_taken(authority: FakeAuthority) -> None:
    with MailServer(starttls=authority.server("elsewhere.test")) as mail:
        port = mail.address.rpartition(":")[2]
        with pytest.raises(NotNow, match="certificate"):
            an_email(mail, smtp=f"localhost:{port}", smtp_security="starttls").send(a_message(), MARTA, "s1")
        assert mail.letters == []


def test_a_server_without_encryption_gets_nothing_where_it_was_asked_for(mail: MailServer) -> None:
    with pytest.raises(NotNow):
        an_email(mail, smtp_security="starttls").send(a_message(), MARTA, "s1")
    assert mail.letters == []
