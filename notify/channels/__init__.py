"""How messages reach people: by mail, as a signed webhook, by whatever Apprise speaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from corrillo.engines import Access
from corrillo.links import Links
from corrillo.notices import Way
from corrillo.notifying import SMTP_PASSWORD, NotifySettings
from corrillo.ports import Clock
from corrillo.secrets import secret
from corrillo.settings import Settings
from notify.channels.apprise_ import Apprise
from notify.channels.email import Email
from notify.channels.webhook import Webhook
from notify.ports import Channel, Message, Refused


def channels(settings: Settings, links: Links, environment: Mapping[str, str], clock: Clock) -> Known:
    """All that the configuration allows. Raises SecretMissing where a login has no password."""
    access = _access(settings.notify, settings.file.parent, environment)
    email = Email(settings.notify, access, clock) if settings.notify.smtp else None
    return Known(email, Webhook(settings.notify, links, clock), Apprise())


@dataclass(frozen=True)
class Known:
    """Which channel a way takes; without a mail server ``email`` is None."""

    email: Email | None
    webhook: Webhook
    apprise: Apprise

    def of(self, way: Way) -> Channel:
        """Raises Refused where nothing of ours speaks that."""
        if way.kind == "webhook":
            return self.webhook
        if way.kind == "apprise":
            return _Named(self.apprise, self.apprise.channel_of(way))
        if self.email is None:
            raise Refused("no mail server is configured", 'add to corrillo.toml: [notify] smtp = "smtp.example.es:587"')
        return self.email

    def close(self) -> None:
        """Let go of all connections."""
        for channel in (self.email, self.webhook, self.apprise):
            if channel is not None:
                channel.close()


@dataclass(frozen=True)
class _Named:
    """Apprise, under the name of the service that it speaks to."""

    inner: Apprise
    name: str

    def send(self, message: Message, way: Way, subscriber: str) -> str:
        return self.inner.send(message, way, subscriber)

    def close(self) -> None:
        """The services are closed together."""


def _access(settings: NotifySettings, folder: Path, environment: Mapping[str, str]) -> Access:
    ca_file = str(folder / settings.smtp_ca_file) if settings.smtp_ca_file else ""
    if not (settings.smtp and settings.smtp_user):
        return Access(ca_file=ca_file)
    file = folder / settings.smtp_password_file if settings.smtp_password_file else None
    password = secret(environment, SMTP_PASSWORD, file, f"the password of {settings.smtp_user!r} at the mail server")
    return Access(settings.smtp_user, password, ca_file)
