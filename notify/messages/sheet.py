"""A message before it is drawn: what it says, part by part, for HTML and for plain text alike. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from corrillo.alerts import Level
from notify.ports import Picture

SHORT = 280
"""Characters of what goes to a locked screen or as an SMS."""


@dataclass(frozen=True)
class Line:
    """One line: a ``label`` before it, where it leads, a small ``note`` under it, its language where that is another."""

    text: str
    label: str = ""
    href: str = ""
    note: str = ""
    language: str = ""


@dataclass(frozen=True)
class Block:
    """Lines under a heading; ``quotes``: they are what citizens wrote."""

    heading: str
    lines: tuple[Line, ...]
    quotes: bool = False


@dataclass(frozen=True)
class Button:
    """What can be done; ``strong``: what most people will want."""

    label: str
    href: str
    strong: bool = False


@dataclass(frozen=True)
class Sheet:
    """All of a message, in its order; whatever is empty is not there."""

    language: str
    subject: str
    title: str
    short: str
    level: Level = "calm"
    badge: str = ""
    place: str = ""
    drill: str = ""
    lead: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()
    facts: tuple[Line, ...] = ()
    picture: Picture | None = None
    caption: str = ""
    blocks: tuple[Block, ...] = ()
    links: tuple[Line, ...] = ()
    foot: tuple[str, ...] = ()
    unsubscribe: Line | None = None
    see: str = ""
    """What a link to a post says."""


def plain(sheet: Sheet) -> str:
    """The message as plain text."""
    parts = [sheet.drill, _title(sheet), *sheet.lead, _lines(sheet.facts)]
    parts += [_button(b) for b in sheet.buttons]
    parts += [f"{b.heading.upper()}\n{_lines(b.lines, quotes=b.quotes)}" for b in sheet.blocks]
    parts += [_lines(sheet.links), "-- \n" + "\n".join(sheet.foot) if sheet.foot else ""]
    parts += [_lines((sheet.unsubscribe,)) if sheet.unsubscribe else ""]
    return "\n\n".join(p for p in parts if p) + "\n"


def short(parts: tuple[str, ...], link: str = "") -> str:
    """Sentences and an address in at most SHORT characters; the address is never cut."""
    said, room = " ".join(p for p in parts if p), SHORT - (len(link) + 1 if link else 0)
    said = said if len(said) <= room else said[: room - 1].rstrip() + "…"
    return f"{said} {link}".strip()


def _title(sheet: Sheet) -> str:
    head = " · ".join(p for p in (sheet.badge.upper(), sheet.place) if p)
    return "\n".join(p for p in (head, sheet.title) if p)


def _button(button: Button) -> str:
    return f"→ {button.label}:\n  {button.href}"


def _lines(lines: tuple[Line, ...], *, quotes: bool = False) -> str:
    return "\n\n".join(map(_quote, lines)) if quotes else "\n".join(map(_line, lines))


def _line(line: Line) -> str:
    said = f"{line.label}: {line.text}" if line.label else line.text
    said += f" ({line.note})" if line.note else ""
    return f"{said}\n  {line.href}" if line.href else said


def _quote(line: Line) -> str:
    return "\n  ".join(p for p in (f"«{line.text}»", line.note, line.href) if p)
