"""What is in quarantine, once more: as posts of its source, or as the message that a step could not take."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from corrillo.bootstrap import now, open_client, open_source
from corrillo.errors import CorrilloError, ParseError
from corrillo.model import Deletion, Mention, MentionDeleted, TaggedMention
from corrillo.pipeline import Pipeline, settle
from corrillo.ports import Quarantined, Store
from corrillo.registry import SourceConfig
from corrillo.settings import Settings

Event = Mention | Deletion | MentionDeleted
Out = Callable[[Sequence[Event], str], object]
"""Takes events and the name of the source they are of; raises what hinders it."""

_decode = msgspec.json.Decoder(TaggedMention | Mention | MentionDeleted).decode


class Again:
    """Reads items of quarantine and hands over what they hold."""

    def __init__(self, settings: Settings, pipeline: Pipeline, out: Out) -> None:
        self._settings = settings
        self._pipeline = pipeline
        self._out = out

    def __call__(self, item: Quarantined) -> str:
        """'' when it was handed over, else why it still cannot be."""
        try:
            self._out(self._events(item), item.source)
        except (ParseError, _Gone) as error:
            return str(error)
        return ""

    def _events(self, item: Quarantined) -> Sequence[Event]:
        message = message_in(item.raw)
        return self._posts(item) if message is None else [message]

    def _posts(self, item: Quarantined) -> Sequence[Event]:
        known = (s for s in self._settings.sources if isinstance(s, SourceConfig))
        config = next((s for s in known if s.name == item.source), None)
        if config is None:
            raise _Gone(
                f"its source {item.source!r} is no longer in {self._settings.file}: add it again, or drop the item"
            )
        heard = open_source(self._settings, config, open_client(self._settings))
        events: list[Event] = []
        for post in heard.source.parse(item.raw):
            if isinstance(post, Deletion):
                events.append(post)
            else:
                events += self._pipeline.matched(post, now(), heard.everything_about, heard.only)
        return events


class _Gone(CorrilloError):
    """The source of an item is no longer configured."""


def message_in(raw: str) -> Mention | MentionDeleted | None:
    """The message that ``raw`` is, a tagged mention as it was before it was tagged; None when it is none of ours."""
    try:
        found: TaggedMention | Mention | MentionDeleted = _decode(raw)
    except (msgspec.DecodeError, UnicodeError):
        return None
    if isinstance(found, TaggedMention):
        return Mention(**{name: getattr(found, name) for name in Mention.__struct_fields__})
    return found


def into(store: Store, pipeline: Pipeline) -> Out:
    """The embedded way: enriched, grouped and stored in one unit of work."""

    def write(events: Sequence[Event], origin: str) -> None:
        gone = [e for e in events if isinstance(e, MentionDeleted)]
        others = [
            pipeline.enrich(e) if isinstance(e, Mention) else e for e in events if not isinstance(e, MentionDeleted)
        ]
        with store.unit() as unit:
            unit.write([*settle(others, unit.groups, pipeline.institutions), *gone])

    return write
