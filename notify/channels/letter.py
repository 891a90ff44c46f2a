"""A message as a letter: RFC 5322 with all that mail programs and automatic answerers look for. Pure."""

from __future__ import annotations

from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import parseaddr
from typing import Any

from notify.ports import Message, Refused

UNFOLDED = ("list-unsubscribe", "in-reply-to", "references", "message-id")
"""Headers that are one line, however long: Python would write an address that does not fit as an encoded word."""


class _Policy(EmailPolicy):
    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower() in UNFOLDED:
            return f"{name}: {value}\r\n".encode("ascii", "replace")
        return super().fold_binary(name, value)


POLICY = _Policy(**{**policy.SMTP.__dict__, "cte_type": "7bit"})


def letter(message: Message, sender: str, recipient: str, now: datetime) -> EmailMessage:
    """What is handed to the mail server. A repeat has the same Message-ID. Raises Refused where ``recipient`` is no address."""
    name, address = parseaddr(sender)
    domain = address.rpartition("@")[2]
    found = EmailMessage(POLICY)
    found["From"] = _address(address, name)
    found["To"] = _address(ascii_address(recipient))
    found["Subject"] = " ".join(message.subject.split())
    found["Date"] = now
    for header, value in _headers(message, domain).items():
        found[header] = value
    _fill(found, message, domain)
    return found


def ascii_address(recipient: str) -> str:
    """The address with its domain as the DNS has it. Raises Refused."""
    local, _, domain = recipient.strip().rpartition("@")
    try:
        found = f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        found = ""
    if not local or not found.isascii() or {*" \r\n<>,;"} & set(found):
        raise Refused("this is no address of mail that every server takes", "correct the subscriber's address")
    return found


def _address(address: str, name: str = "") -> Address:
    return Address(display_name=name, addr_spec=address)


def _headers(message: Message, domain: str) -> dict[str, str]:
    """Besides those that every letter has."""
    headers = {
        "Message-ID": f"<{message.identity}@{domain}>",
        "Content-Language": message.language,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }
    if message.thread:
        thread = f"<{message.thread}@{domain}>"
        headers |= {"In-Reply-To": thread, "References": thread}
    if message.unsubscribe:
        headers |= {"List-Unsubscribe": f"<{message.unsubscribe}>"}
        headers |= {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    if message.urgency == "crisis" and not message.drill:
        headers |= {"Importance": "high", "X-Priority": "1"}
    return headers


def _fill(found: EmailMessage, message: Message, domain: str) -> None:
    html, pictures = message.html, []
    for picture in message.pictures:
        identity = f"{picture.name}.{message.identity}@{domain}"
        html = html.replace(f'"cid:{picture.name}"', f'"cid:{identity}"')
        pictures.append((picture, identity))
    found.set_content(message.text, cte="quoted-printable")
    found.add_alternative(html, subtype="html", cte="quoted-printable")
    drawn = list(found.iter_parts())[1]
    for picture, identity in pictures:
        drawn.add_related(
            picture.png, "image", "png", cid=f"<{identity}>", disposition="inline", filename=f"{picture.name}.png"
        )
