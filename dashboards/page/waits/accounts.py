"""The own accounts of the register: which of them speak and answer, and which nobody seems to look after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from corrillo.attention import Attention
from corrillo.institution import Account, Institution, normal_handle
from corrillo.model import TaggedMention
from corrillo.ports import Query, Reader
from dashboards.page.filters import narrow
from dashboards.page.sources import Sources

AccountState = Literal["leaves", "silent", "deaf", "untold", "idle", "answers"]
"""``leaves`` questions without an answer; said nothing (``silent``); its network is not heard (``deaf``), or not
what our accounts say there (``untold``); it speaks and nobody asks it (``idle``)."""
STATES: tuple[AccountState, ...] = get_args(AccountState)
"""The worst first."""
LEFT: frozenset[AccountState] = frozenset(("leaves", "silent"))
OWN = 2_000
"""Posts of the own accounts that are looked through, newest first."""
ROOTS = 1_000
"""Beginnings of threads that are looked up, to see which account began them."""


@dataclass(frozen=True)
class AccountRow:
    """One account: how many posts of it were heard, and what became of what it was asked in its own threads."""

    account: Account
    state: AccountState
    posts: int = 0
    answers: int = 0
    """Questions anywhere that had their first answer from it."""
    asked: int = 0
    waiting: int = 0
    unknown: int = 0


@dataclass(frozen=True)
class Heard:
    """The networks that are listened to, and of those the ones where our own accounts are heard, too."""

    networks: frozenset[str]
    own: frozenset[str]


@dataclass(frozen=True)
class Accounts:
    """Those nobody answers from come first. ``bounded``: there are more posts than were looked through."""

    rows: tuple[AccountRow, ...] = ()
    bounded: bool = False

    @property
    def left(self) -> int:
        """From how many of them nobody seems to answer."""
        return sum(row.state in LEFT for row in self.rows)


def accounts(
    reader: Reader, institution: Institution, query: Query, found: Sequence[Attention], listening: Sources
) -> Accounts:
    """What is known of every account of the register in the period. StoreError passes through."""
    said = _said(reader, institution.id, query)
    began = _began(reader, institution.id, found, said)
    posts = Counter((m.network, normal_handle(m.author)) for m in said)
    heard = _heard(listening, said)
    asked: dict[tuple[str, str], list[Attention]] = {}
    for one in found:
        if one.thread in began:
            asked.setdefault(began[one.thread], []).append(one)
    answers = Counter((a.network, normal_handle(a.by)) for a in found if a.by)
    rows = [
        _row(account, posts[key], answers[key], asked.get(key, ()), heard)
        for account in institution.accounts
        if _wanted(query, account)
        for key in [(account.network, normal_handle(account.handle))]
    ]
    return Accounts(tuple(sorted(rows, key=lambda r: (STATES.index(r.state), -r.waiting))), len(said) == OWN)


def _heard(listening: Sources, said: Sequence[TaggedMention]) -> Heard:
    """Own accounts are heard where a source is able to ask for them, or another one of them was heard."""
    read = [row for row in listening.rows if row.health.last_success]
    asks = {row.health.network for row in read if "own_posts" in row.abilities}
    networks = frozenset(row.health.network for row in read)
    return Heard(networks, networks & (asks | {m.network for m in said}))


def _wanted(query: Query, account: Account) -> bool:
    return account.network in query.where.get("network", (account.network,))


def _said(reader: Reader, institution: str, query: Query) -> Sequence[TaggedMention]:
    own = Query(where={"institution": (institution,), "place": ("own",)}, since=query.since, until=query.until)
    if networks := query.where.get("network"):
        own = narrow(own, "network", *networks) or own
    return reader.find(own, limit=OWN).mentions


def _began(
    reader: Reader, institution: str, found: Sequence[Attention], said: Sequence[TaggedMention]
) -> Mapping[str, tuple[str, str]]:
    """Network and normal handle of the own account that began each of the threads in which something was asked."""
    known = {m.id: (m.network, normal_handle(m.author)) for m in said}
    threads = dict.fromkeys(a.thread for a in found if a.place == "on_page" and a.thread not in known)
    if wanted := tuple(threads)[:ROOTS]:
        roots = Query(where={"institution": (institution,), "place": ("own",)}, ids=wanted)
        known |= {m.id: (m.network, normal_handle(m.author)) for m in reader.find(roots, limit=len(wanted)).mentions}
    return known


def _row(account: Account, posts: int, answers: int, asked: Sequence[Attention], heard: Heard) -> AccountRow:
    states = Counter(a.state for a in asked)
    if answers or states["answered"]:
        state: AccountState = "answers"
    elif states["waiting"]:
        state = "leaves"
    elif posts:
        state = "untold" if states["unknown"] else "idle"
    else:
        state = _unheard(account.network, heard)
    return AccountRow(account, state, posts, answers, len(asked), states["waiting"], states["unknown"])


def _unheard(network: str, heard: Heard) -> AccountState:
    """Nothing of it was heard: that says something of the account only where what our accounts say is heard."""
    if network not in heard.networks:
        return "deaf"
    return "silent" if network in heard.own else "untold"
