"""Sentences about the team's work, put together from values in the page's language."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from corrillo.text import clean
from corrillo.work import Deed, DeedKind, Standing
from dashboards.page.filters import Filters
from dashboards.page.i18n import Texts
from dashboards.page.work.board import Line
from dashboards.page.work.deeds import CASES


def case_said(texts: Texts, standing: Standing, zone: ZoneInfo) -> str:
    """Where a case stands, and by whom: Marta has it, since …; '' where nobody has touched it."""
    if not standing.case or standing.since is None:
        return ""
    since = texts.moment(standing.since.astimezone(zone))
    return texts(f"case.{standing.case}", who=clean(standing.who), whose=clean(standing.whose), since=since)


def offer(texts: Texts, kind: DeedKind, standing: Standing) -> str:
    """What a button says: to take over is said otherwise than to take."""
    if kind == "take" and standing.case == "taken":
        return texts("deed.take_over")
    return texts("deed.reopen") if kind == "release" and standing.case != "taken" else texts(f"deed.{kind}")


def offers(standing: Standing, name: str) -> tuple[DeedKind, ...]:
    """The buttons of somebody for a case: nobody takes what is theirs already; what is another's has its own form."""
    mine = standing.case == "taken" and name and standing.who == name
    hidden = ("not_ours", "take") if mine else ("not_ours",)
    return tuple(kind for kind in CASES[standing.case] if kind not in hidden)


def deed_said(texts: Texts, deed: Deed) -> str:
    """What somebody did, as a sentence."""
    named = [texts.name("tag", kind) for kind in deed.tags]
    return texts(
        f"did.{deed.what}",
        who=clean(deed.who),
        whose=clean(deed.whose),
        tags=texts.join(named).lower() if named else texts("did.no_tag"),
        homonym=clean(deed.homonym) or texts("did.unnamed"),
    )


def post_at(filters: Filters, line: Line) -> str:
    """Where the post of a line is seen: in its thread; among what is not about us, where it is left out everywhere else."""
    if line.card is None:
        return ""
    if line.card.standing.not_about_us:
        return f"#m-{line.card.mention.id}"
    return filters.alone("thread", line.card.mention.thread).at("posts").link(f"m-{line.card.mention.id}")


def excerpt(line: Line, length: int = 140) -> str:
    """The beginning of the post that a line is about, '' where that is gone."""
    if line.card is None:
        return ""
    text = " ".join(clean(line.card.mention.title or line.card.mention.text).split())
    return text if len(text) <= length else text[:length].rsplit(maxsplit=1)[0] + " …"
