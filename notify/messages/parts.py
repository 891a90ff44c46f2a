"""What stands below the facts: what happened while an incident was silenced, and what people wrote."""

from __future__ import annotations

from corrillo.model import TaggedMention
from dashboards.page.crisis.incidents import Step
from dashboards.page.crisis.words import done, news
from dashboards.page.words import place_name
from notify.messages.sheet import Block, Line
from notify.messages.telling import Telling
from notify.messages.words import excerpt

STEPS = 8
"""Of what happened while it was silenced, the newest."""


def blocks(one: Telling) -> tuple[Block, ...]:
    """What happened meanwhile, and what people wrote."""
    kept = [_kept_back(one)] if one.what == "kept_back" else []
    if not one.facts.known:
        return tuple(kept)
    posts = tuple(_post(one, p) for p in one.facts.posts)
    gone = (Line(one.texts("tell.samples_none")),)
    return (*kept, Block(one.texts("tell.samples"), posts or gone, quotes=bool(posts)))


def _post(one: Telling, post: TaggedMention) -> Line:
    day = one.texts.short_day(one.local(post.published).date()) if post.date_only else one.when(post.published)
    return Line(
        excerpt(post.title, post.text),
        href=one.scene.links.at("mention", post.id),
        note=f"{place_name(one.texts, post.network, post.venue)} · {day}",
        language=post.language,
    )


def _kept_back(one: Telling) -> Block:
    row = one.facts.row
    since = max((a.at for a in row.acts if a.what == "silence" and a.at <= one.now), default=row.incident.opened)
    steps = [s for s in row.history if s.at > since][:STEPS]
    lines = tuple(Line(_step(one, s), label=one.when(s.at)) for s in steps)
    return Block(one.texts("tell.meanwhile"), lines or (Line(one.texts("tell.meanwhile_nothing")),))


def _step(one: Telling, step: Step) -> str:
    t = one.texts
    if step.done:
        return done(t, step.done, one.institution.zone)
    assert step.seen is not None
    also = news(t, step, one.institution)
    said = f"{t.name('change', step.seen.what)} ({t.name('level', step.seen.level)})"
    return f"{said}; {also}" if also else said
