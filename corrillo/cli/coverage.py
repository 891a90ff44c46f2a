"""What the configuration listens to."""

from __future__ import annotations

from collections.abc import Sequence

from corrillo.bootstrap import label
from corrillo.networks import able_to
from corrillo.registry import SourceConfig, source_kind
from corrillo.settings import Settings
from dashboards.page.sources import Listening


def coverage(settings: Settings) -> Sequence[Listening]:
    """What is listened to, as the configuration says it: no source is opened."""
    sources = [s for s in settings.sources if isinstance(s, SourceConfig)]
    return [Listening(s.name, _network(s), label(s), s.institution, able_to(source_kind(s.kind))) for s in sources]


def _network(config: SourceConfig) -> str:
    return str(getattr(config, "network", "") or getattr(source_kind(config.kind), "network", config.kind))
