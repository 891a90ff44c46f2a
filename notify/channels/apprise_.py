"""By whatever Apprise speaks: Telegram, Matrix, Slack, Teams, ntfy, SMS gateways and a hundred more.

An address of Apprise holds a token: it stands in no error and no log. What Apprise writes into its own log is
read for the number of an error, and goes no further.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from corrillo.notices import Way
from notify.ports import Message, NotNow, Refused

ROOM = 1000
"""Services that take fewer characters than this get the short form; so do those in PUSHES."""
PUSHES = frozenset({"ntfy", "pushover", "gotify", "prowl", "pushbullet", "bark", "pushdeer", "simplepush", "join"})
"""What lights up on a phone's locked screen."""
FOR_GOOD = frozenset({400, 401, 403, 404, 410})
_ERROR = re.compile(r"error[ =:]+(\d{3})\b")
_LOG = logging.getLogger("apprise")


class Apprise:
    """One service for each address, made when it is first used."""

    name = "apprise"

    def __init__(self) -> None:
        self._services: dict[tuple[int, str], Any] = {}

    def send(self, message: Message, way: Way, subscriber: str) -> str:
        """The service's name. Raises NotNow, Refused."""
        service = self._service(way.address)
        short = service.body_maxlen < ROOM or _name(service) in PUSHES or len(message.text) > service.body_maxlen
        body = message.short if short else message.text
        title = message.subject if service.title_maxlen and not short else ""
        with _overheard() as said:
            try:
                well = service.notify(
                    body=body, title=title, body_format="text", **({} if short else _attached(service, message))
                )
            except Exception as error:
                raise NotNow(f"{_name(service)} failed: {type(error).__name__}", "it is tried again") from None
        if well:
            return f"taken by {_name(service)}"
        raise _failed(_name(service), said)

    def channel_of(self, way: Way) -> str:
        """What people call the service behind an address. Raises Refused."""
        return _name(self._service(way.address))

    def close(self) -> None:
        """Let go of the services."""
        self._services.clear()

    def _service(self, address: str) -> Any:
        """This thread's own: they are not made to be used by two. Raises Refused."""
        key = (threading.get_ident(), address)
        if key not in self._services:
            self._services[key] = service_of(address)
        return self._services[key]


def service_of(address: str) -> Any:
    """What Apprise makes of an address; what is too long for it is sent in parts. Raises Refused."""
    try:
        import apprise
    except ImportError:
        raise Refused(
            "other ways than mail and webhooks need the package apprise", "install it: pip install 'corrillo[channels]'"
        ) from None
    _hush()
    service = apprise.Apprise.instantiate(address, suppress_exceptions=True)
    if service is None:
        raise Refused("Apprise does not understand this address", "write it as Apprise's documentation says: tgram://…")
    service.overflow_mode = apprise.OverflowMode.SPLIT
    return service


def _hush() -> None:
    """What Apprise and what it asks with write into logs has whole addresses in it."""
    _LOG.propagate = False
    for name in ("apprise", "urllib3"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _name(service: Any) -> str:
    return str(service.service_name).lower()


def _attached(service: Any, message: Message) -> dict[str, Any]:
    if not (service.attachment_support and message.pictures):
        return {}
    from apprise import AppriseAttachment
    from apprise.attachment.memory import AttachMemory

    drawn, memory = AppriseAttachment(), cast(Any, AttachMemory)
    for picture in message.pictures:
        drawn.add(memory(content=picture.png, name=f"{picture.name}.png", mimetype="image/png"))
    return {"attach": drawn}


def _failed(name: str, said: list[str]) -> NotNow | Refused:
    codes = [int(code) for line in said for code in _ERROR.findall(line)]
    if codes and codes[-1] in FOR_GOOD:
        return Refused(f"{name} refuses it ({codes[-1]})", "check the subscriber's address: its token, its room")
    return NotNow(f"{name} did not take it" + (f" ({codes[-1]})" if codes else ""), "it is tried again")


class _Ear(logging.Handler):
    """Hears what this thread says."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self.said.append(record.getMessage())


@contextmanager
def _overheard() -> Iterator[list[str]]:
    """What Apprise says meanwhile; it reaches nobody else."""
    ear = _Ear()
    _LOG.addHandler(ear)
    try:
        yield ear.said
    finally:
        _LOG.removeHandler(ear)
