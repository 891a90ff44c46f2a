"""What the configuration says of telling people: who writes, through which mail server, and what may be asked."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from corrillo.institution import Strict

SMTP_PASSWORD = "CORRILLO_SMTP_PASSWORD"  # noqa: S105 - the name of a variable
"""Environment variable that wins over the file; the password never stands in corrillo.toml."""
PORTS = {"starttls": 587, "tls": 465, "none": 25}
"""Where mail servers listen, by how they encrypt."""


def mail_sender(text: str) -> str:
    """``text`` where it is who a mail is from; ValueError with a remedy where not."""
    address = parseaddr(text)[1]
    local, _, domain = address.rpartition("@")
    if text and not (
        text.isprintable() and local and "." in domain and address.isascii() and not {*" \r\n"} & set(address)
    ):
        raise ValueError('is no address of mail; write "Corrillo <corrillo@example.es>", or the address alone')
    return text


def mail_server(text: str) -> str:
    """``text`` where it is a host, with its port or without; ValueError with a remedy where not."""
    host, colon, port = text.rpartition(":") if ":" in text else (text, "", "")
    if text and not (host and (not colon or (port.isdecimal() and 0 < int(port) < 65536)) and "/" not in text):
        raise ValueError('is no mail server; write "smtp.example.es:587"')
    return text


class NotifySettings(Strict):
    """How people are told. Without ``smtp`` nothing goes by mail.

    ``sender`` (``from``): whom mails are from. ``smtp``: host and port of the mail server; without a port
    it is the usual one. ``smtp_security``: encrypted after the first words, from the first byte, or
    never (a server on this machine). ``timeout``: seconds that a channel has for each answer.
    ``private_webhooks``: whether webhooks inside the house may be asked; the receiver of a town hall mostly
    stands there, and only people who may change subscribers name addresses. ``links_key_file``: the key
    behind the links in messages ('': it follows from the key of the pseudonyms).
    """

    sender: Annotated[str, Field(alias="from"), AfterValidator(mail_sender)] = ""
    smtp: Annotated[str, AfterValidator(mail_server)] = ""
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password_file: str = ""
    smtp_ca_file: str = ""
    timeout: Annotated[float, Field(gt=0, le=300, strict=True)] = 20.0
    private_webhooks: bool = True
    links_key_file: str = ""

    @model_validator(mode="after")
    def _whole(self) -> NotifySettings:
        if self.smtp and not self.sender:
            raise ValueError('smtp needs whom mails are from; add: from = "Corrillo <corrillo@example.es>"')
        return self

    @property
    def smtp_place(self) -> tuple[str, int]:
        """Host and port of the mail server."""
        host, _, port = self.smtp.rpartition(":") if ":" in self.smtp else (self.smtp, "", "")
        return host.strip("[]"), int(port) if port else PORTS[self.smtp_security]
