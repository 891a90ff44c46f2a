"""By mail: one SMTP connection for each thread, kept open and used again.

A server that refuses for now (4xx: greylisting, a full mailbox), does not answer or hangs up is NotNow; one that
refuses the recipient or the letter for good (5xx) is Refused. What is ours to mend (login, sender, encryption) is
NotNow with a remedy. Where the line breaks after the letter was handed over and before that was confirmed,
nobody knows: it is NotNow, and the repeat has the same Message-ID.
"""

from __future__ import annotations

import smtplib
import ssl
import threading
from contextlib import suppress
from datetime import timedelta
from email.utils import parseaddr

from corrillo.engines import Access
from corrillo.notices import Way
from corrillo.notifying import NotifySettings
from corrillo.ports import Clock
from notify.channels.letter import ascii_address, letter
from notify.ports import Message, NotNow, Refused

GREYLISTED = timedelta(minutes=1)
"""How soon a mail server that said "later" is asked again: greylisting mostly ends after one to five minutes."""
IDLE = timedelta(minutes=1)
"""How long a connection is kept unused: firewalls drop older ones without a word, and a crisis would wait for that."""
CLOSING = 421
"""The code of a server that hangs up."""
MEND = "check [notify] smtp, smtp_security, smtp_user and its password; try it with: corrillo drill"
FOREIGN = (OSError, smtplib.SMTPException)
"""What a connection can break with; time-outs and certificates are OSErrors."""


class Email:
    """Hands letters to the mail server that ``settings`` name."""

    name = "email"

    def __init__(self, settings: NotifySettings, access: Access, clock: Clock) -> None:
        self._settings, self._access, self._clock = settings, access, clock
        self._mine = threading.local()
        self._all: list[smtplib.SMTP] = []
        self._lock = threading.Lock()

    def send(self, message: Message, way: Way, subscriber: str) -> str:
        """What the server said. Raises NotNow, Refused."""
        written = letter(message, self._settings.sender, way.address, self._clock()).as_bytes()
        line = self._line()
        try:
            return _handed(line, parseaddr(self._settings.sender)[1], ascii_address(way.address), written)
        except (NotNow, Refused):
            self._ready_again(line)
            raise
        except FOREIGN as error:
            self._forget(line)
            raise NotNow(f"the mail server broke off: {_kind(error)}", "it is tried again") from None

    def greet(self) -> str:
        """Connect and log in as before a letter, and say where; nothing is sent. Raises NotNow."""
        self._line()
        host, port = self._settings.smtp_place
        return f"{host}:{port} lets us in" + (f" as {self._access.user}" if self._access.user else "")

    def close(self) -> None:
        """Say goodbye on every connection."""
        with self._lock:
            lines, self._all = self._all, []
        for line in lines:
            with suppress(*FOREIGN):
                line.quit()

    # ── connections ───────────────────────────────────────────────────────────────────────
    def _line(self) -> smtplib.SMTP:
        """This thread's connection, made anew where it is gone. Raises NotNow."""
        kept: smtplib.SMTP | None = getattr(self._mine, "line", None)
        now = self._clock()
        if kept is not None:
            with suppress(*FOREIGN):
                if now - self._mine.used < IDLE and kept.noop()[0] == 250:
                    self._mine.used = now
                    return kept
            self._forget(kept)
        self._mine.used = now
        self._mine.line = self._open()
        with self._lock:
            self._all.append(self._mine.line)
        line: smtplib.SMTP = self._mine.line
        return line

    def _open(self) -> smtplib.SMTP:
        host, port = self._settings.smtp_place
        try:
            line = self._connected(host, port)
        except FOREIGN as error:
            raise NotNow(f"the mail server {host}:{port} cannot be reached: {_kind(error)}", MEND) from None
        try:
            if self._access.user:
                line.login(self._access.user, self._access.password)
        except FOREIGN as error:
            line.close()
            raise NotNow(f"the mail server {host}:{port} refuses the login: {_kind(error)}", MEND) from None
        return line

    def _connected(self, host: str, port: int) -> smtplib.SMTP:
        domain = parseaddr(self._settings.sender)[1].rpartition("@")[2]
        if self._settings.smtp_security == "tls":
            return smtplib.SMTP_SSL(host, port, domain, timeout=self._settings.timeout, context=self._trusted())
        line = smtplib.SMTP(host, port, domain, timeout=self._settings.timeout)
        try:
            if self._settings.smtp_security == "starttls":
                line.starttls(context=self._trusted())
        except FOREIGN:
            line.close()
            raise
        return line

    def _ready_again(self, line: smtplib.SMTP) -> None:
        """For the next letter; a server that has hung up is forgotten."""
        try:
            line.rset()
        except FOREIGN:
            self._forget(line)

    def _trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._access.ca_file or None)

    def _forget(self, line: smtplib.SMTP) -> None:
        self._mine.line = None
        with self._lock, suppress(ValueError):
            self._all.remove(line)
        line.close()


def _handed(line: smtplib.SMTP, sender: str, recipient: str, written: bytes) -> str:
    """What the server said when it took the letter."""
    line.ehlo_or_helo_if_needed()
    code, said = line.mail(sender)
    if code != 250:
        raise NotNow(f"the mail server refuses our sender: {_said(code, said)}", MEND, GREYLISTED)
    _accepted("recipient", *line.rcpt(recipient))
    try:
        return _accepted("letter", *line.data(written))
    except smtplib.SMTPDataError as error:  # it does not even want to see it
        return _accepted("letter", error.smtp_code, _bytes(error.smtp_error))


def _accepted(what: str, code: int, said: bytes) -> str:
    """The answer, where it is yes. Raises NotNow, Refused."""
    if code in (250, 251):
        return _said(code, said)
    if 500 <= code < 600:
        raise Refused(f"the mail server refuses the {what}: {_said(code, said)}", "check the subscriber's address")
    after = None if code == CLOSING else GREYLISTED
    raise NotNow(f"the mail server does not take the {what} now: {_said(code, said)}", "it is tried again", after)


def _said(code: int, said: bytes) -> str:
    """The server's answer, without the addresses that it may repeat."""
    words = " ".join("…" if "@" in word else word for word in said.decode("utf-8", "replace").split())
    return f"{code} {words}"[:200].strip()


def _kind(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _said(error.smtp_code, _bytes(error.smtp_error))
    return str(error) or type(error).__name__


def _bytes(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode()
