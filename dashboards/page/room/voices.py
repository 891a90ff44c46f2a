"""The newest of what is said in an incident: every person and every text once, however often it is repeated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from corrillo.alerts import Incident
from corrillo.model import TaggedMention
from corrillo.ports import Query, Reader
from dashboards.page.crisis.incidents import posts_of

READ = 300
"""Posts that are looked at, the newest ones of the incident."""
SHOWN = 8


def lately_said(reader: Reader, incident: Incident, without: tuple[str, ...]) -> Sequence[TaggedMention]:
    """The incident's newest posts by citizens, newest first, but for those that are left out. StoreError passes through."""
    query = Query(where={"institution": (incident.institution,)}, ids=posts_of(incident)[-READ:], without=without)
    return [m for m in reader.find(query, limit=READ).mentions if m.place != "own"]


def independent(mentions: Iterable[TaggedMention], most: int = SHOWN) -> Sequence[TaggedMention]:
    """The first of every author and of every text, in their order, so many at most."""
    found: list[TaggedMention] = []
    authors, stories = set[str](), set[str]()
    for mention in mentions:
        voice, story = mention.author or mention.id, mention.story or mention.id
        if voice in authors or story in stories:
            continue
        authors.add(voice)
        stories.add(story)
        found.append(mention)
        if len(found) == most:
            break
    return found
