"""A real SMTP server (aiosmtpd) on loopback that records what it takes, and can be as difficult as real ones are.

    with MailServer() as mail:
        mail.address                     # 127.0.0.1:…
        mail.letters                     # all that was accepted, in order
        mail.greylists = 1               # refuses the first try to each recipient with 451
        mail.refuses = {"gone@town.test"}
        mail.dislikes = "554 spam"       # what it says to every letter that it has read
        mail.hangs = 5.0                 # seconds before it says anything about the next letters
        mail.drops = 1                   # so many letters are refused by cutting the line
        mail.takes_and_drops = 1         # so many are accepted, and the line is cut before it says so
        mail.down()                      # nobody listens any more; mail.up() again, on the same port

With ``user`` it wants a login (``password``), with ``starttls`` encryption first, with ``tls`` from the first byte on.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
import warnings
from collections import Counter
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass(frozen=True)
class Letter:
    """What was accepted for one recipient, and when (monotonic seconds, as ``time.monotonic`` has them)."""

    at: float
    sender: str
    recipient: str
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        """It, read."""
        return message_from_bytes(self.raw, policy=policy.default)  # type: ignore[return-value]

    @property
    def identity(self) -> str:
        """Its Message-ID."""
        return str(self.message["Message-ID"])

    def part(self, kind: str) -> str:
        """Its ``plain`` or ``html`` part."""
        found = self.message.get_body((kind,))
        return str(found.get_content()) if found else ""


class MailServer:
    """The server, in a thread of its own."""

    def __init__(
        self,
        *,
        user: str = "",
        password: str = "",
        starttls: ssl.SSLContext | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.letters: list[Letter] = []
        self.tries: list[str] = []
        self.logins: list[str] = []
        self.connections = 0
        self.greylists = self.drops = self.takes_and_drops = 0
        self.refuses: set[str] = set()
        self.full: set[str] = set()
        self.hangs = 0.0
        self.dislikes = ""
        self._user, self._password, self._starttls, self._tls = user, password, starttls, tls
        self._seen: Counter[str] = Counter()
        self._lines: set[asyncio.BaseTransport] = set()
        self._port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None

    def __enter__(self) -> MailServer:
        self._thread.start()
        self.up()
        return self

    def __exit__(self, *_: object) -> None:
        self.down()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self._port}"

    def up(self) -> None:
        """Listen; on the same port as before."""
        self._server = self._run(self._loop.create_server(self._line, "127.0.0.1", self._port, ssl=self._tls))
        self._port = self._server.sockets[0].getsockname()[1]

    def down(self) -> None:
        """Stop listening, and cut every line."""
        self._run(self._close())

    def sent_to(self, recipient: str) -> list[Letter]:
        """What was accepted for somebody."""
        return [letter for letter in self.letters if letter.recipient == recipient]

    def wait(self, letters: int, seconds: float = 20.0) -> list[Letter]:
        """All that was accepted, as soon as it is so many; AssertionError where it is not, in time."""
        deadline = time.monotonic() + seconds
        while len(self.letters) < letters:
            assert time.monotonic() < deadline, f"{len(self.letters)} letters, not {letters}"
            time.sleep(0.01)
        return list(self.letters)

    # ── what the protocol asks ────────────────────────────────────────────────────────────
    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        self.tries.append(address)
        if address in self.refuses:
            return f"550 5.1.1 <{address}>: no such user here"
        if address in self.full:
            return f"452 4.2.2 <{address}>: mailbox is full"
        self._seen[address] += 1
        if self._seen[address] <= self.greylists:
            return "451 4.7.1 Greylisted, please try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.hangs:
            await asyncio.sleep(self.hangs)
        if self.dislikes:
            return self.dislikes
        if self.drops:
            self.drops -= 1
            return self._cut(server)
        for recipient in envelope.rcpt_tos:
            self.letters.append(
                Letter(time.monotonic(), str(envelope.mail_from), recipient, bytes(envelope.content or b""))
            )
        if self.takes_and_drops:
            self.takes_and_drops -= 1
            return self._cut(server)
        return f"250 2.0.0 OK queued as {len(self.letters)}"

    def _cut(self, server: SMTP) -> str:
        assert server.transport is not None
        server.transport.abort()
        return "421 the line is cut"

    def _login(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        self.logins.append(given.login.decode())
        good = (given.login.decode(), given.password.decode()) == (self._user, self._password)
        return AuthResult(success=good, handled=good)

    # ── lines ─────────────────────────────────────────────────────────────────────────────
    def _line(self) -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of logins without encryption, which is what is tested
            return self._made()

    def _made(self) -> SMTP:
        return _Line(
            self,
            hostname="mail.town.test",
            timeout=60,
            tls_context=self._starttls,
            require_starttls=self._starttls is not None,
            auth_required=bool(self._user),
            auth_require_tls=False,
            authenticator=self._login,
            loop=self._loop,
        )

    async def _close(self) -> None:
        if self._server is None:
            return
        self._server.close()
        for line in list(self._lines):
            line.abort()  # type: ignore[attr-defined]
        await asyncio.sleep(0)
        self._server = None

    def _run(self, what: Any) -> Any:
        async def awaited() -> Any:
            return await what

        return asyncio.run_coroutine_threadsafe(awaited(), self._loop).result(10)


class _Line(SMTP):
    """One connection, which the server remembers so that it can be cut."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        mail: MailServer = self.event_handler  # type: ignore[assignment]
        mail.connections += 1
        mail._lines.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        mail: MailServer = self.event_handler  # type: ignore[assignment]
        mail._lines.discard(self.transport)  # type: ignore[arg-type]
        super().connection_lost(error)
