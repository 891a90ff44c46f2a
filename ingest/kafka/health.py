"""What is known of a source, as it grows: every record in the topic is the whole of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from corrillo.ports import SourceHealth


def advanced(known: SourceHealth | None, news: SourceHealth) -> SourceHealth:
    """``known`` with a batch's ``news``: counts are added up, a newest post only moves forward."""
    if known is None:
        return news
    return replace(
        news,
        newest_post=max(filter(None, (known.newest_post, news.newest_post)), default=None),
        seen=known.seen + news.seen,
        kept=known.kept + news.kept,
        rejected=known.rejected + news.rejected,
    )


def failed(known: SourceHealth, at: datetime, error: str, failures: int = 1) -> SourceHealth:
    """So many more failures in a row."""
    return replace(known, last_attempt=at, failures=known.failures + failures, last_error=error)


def succeeded(known: SourceHealth, at: datetime) -> SourceHealth:
    """It answered, though it had nothing new."""
    return replace(known, last_attempt=at, last_success=at, failures=0, last_error="")
