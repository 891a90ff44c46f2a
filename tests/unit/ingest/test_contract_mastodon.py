"""Mastodon keeps the contract for sources, polled and streamed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from corrillo.registry import SourceContext
from corrillo.testing.source import SourceContract, SourceWorld, Span, Thread
from ingest import mastodon_api
from ingest.mastodon import Mastodon, MastodonConfig
from tests.fakes.mastodon import FakeMastodon

OWN = "ajuntament@social.benialba.example"
"""As the invented town's register has it."""


def _world(server: FakeMastodon, context: SourceContext, streams: bool) -> SourceWorld:
    begin = datetime(2026, 11, 20, 9, tzinfo=UTC)
    said = [server.world.publish(f"Sin agua {n} en #Benialba", at=begin + timedelta(hours=n)) for n in range(7)]
    answer = server.world.publish(
        "Aquí tampoco", at=begin + timedelta(hours=7), answers=said[2]["id"], account="pep@altra.example"
    )
    deeper = server.world.publish("Ni aquí", at=begin + timedelta(hours=8), answers=answer["id"])
    ours = [server.world.publish(f"Aviso {n}", at=begin + timedelta(hours=n), account=OWN) for n in range(5)]
    config = MastodonConfig(kind="mastodon", name="fedi", instance=server.base, hashtags=("Benialba", "#Rambleta"))
    return SourceWorld(
        open=lambda: Mastodon(config, context),
        native_ids=frozenset(s["uri"] for s in said),
        sample=json.dumps(said[0]),
        add_post=lambda: str(server.world.publish("Ya hay agua en #Benialba")["uri"]),
        add_broken=lambda: server.world.publish("Sin fecha #Benialba", created_at="yesterday"),
        cut_off=lambda: server.break_(status=503),
        streams=streams,
        thread=Thread(f"{server.host}/{said[2]['id']}", said[2]["uri"], frozenset([answer["uri"], deeper["uri"]])),
        gone=lambda: _gone(server, said[1]["id"]),
        own=frozenset(s["uri"] for s in ours),
        span=Span(begin + timedelta(hours=2), begin + timedelta(hours=5), frozenset(s["uri"] for s in said[2:5])),
    )


def _gone(server: FakeMastodon, status: str) -> str:
    server.world.delete(status, silently=True)
    return f"{server.host}/{status}"


class TestPolled(SourceContract):
    """Without a token."""

    @pytest.fixture
    def world(
        self, mastodon_server: FakeMastodon, context: Callable[..., SourceContext], monkeypatch: pytest.MonkeyPatch
    ) -> SourceWorld:
        monkeypatch.setattr(mastodon_api, "PAGE", 3)
        return _world(mastodon_server, context(), streams=False)


class TestStreamed(SourceContract):
    """With a token."""

    @pytest.fixture
    def world(self, mastodon_server: FakeMastodon, context: Callable[..., SourceContext]) -> SourceWorld:
        environment = {"CORRILLO_TOKEN_FEDI": mastodon_server.token}
        return _world(mastodon_server, context(environment=environment), streams=True)
