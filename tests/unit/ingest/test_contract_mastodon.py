"""Mastodon keeps the contract for sources, polled and streamed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from corrillo.registry import SourceContext
from corrillo.testing.source import SourceContract, SourceWorld
from ingest import mastodon
from ingest.mastodon import Mastodon, MastodonConfig
from tests.fakes.mastodon import FakeMastodon


def _world(server: FakeMastodon, context: SourceContext, streams: bool) -> SourceWorld:
    begin = datetime(2026, 11, 20, 9, tzinfo=UTC)
    said = [server.world.publish(f"Sin agua {n} en #Benialba", at=begin + timedelta(hours=n)) for n in range(7)]
    config = MastodonConfig(kind="mastodon", name="fedi", instance=server.base, hashtags=("Benialba", "#Rambleta"))
    return SourceWorld(
        open=lambda: Mastodon(config, context),
        native_ids=frozenset(s["uri"] for s in said),
        sample=json.dumps(said[0]),
        add_post=lambda: str(server.world.publish("Ya hay agua en #Benialba")["uri"]),
        add_broken=lambda: server.world.publish("Sin fecha #Benialba", created_at="yesterday"),
        cut_off=lambda: server.break_(status=503),
        streams=streams,
    )


class TestPolled(SourceContract):
    """Without a token."""

    @pytest.fixture
    def world(
        self, mastodon_server: FakeMastodon, context: Callable[..., SourceContext], monkeypatch: pytest.MonkeyPatch
    ) -> SourceWorld:
        monkeypatch.setattr(mastodon, "PAGE", 3)
        return _world(mastodon_server, context(), streams=False)


class TestStreamed(SourceContract):
    """With a token."""

    @pytest.fixture
    def world(self, mastodon_server: FakeMastodon, context: Callable[..., SourceContext]) -> SourceWorld:
        environment = {"CORRILLO_TOKEN_FEDI": mastodon_server.token}
        return _world(mastodon_server, context(environment=environment), streams=True)
