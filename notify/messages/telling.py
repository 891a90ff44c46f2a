"""One incident in full, in the words of one language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from corrillo.alerts import Evidence, Level, rank
from corrillo.institution import Institution
from corrillo.links import Grant
from corrillo.notices import News, NewsKind, Subscriber
from corrillo.text import clean
from dashboards.incidents.drawing import known
from dashboards.page.crisis.hour_words import normal
from dashboards.page.crisis.reasons import reason_of
from dashboards.page.crisis.words import blind_now, decided, incident_name, news, span
from dashboards.page.i18n import Texts
from notify.messages.drawing import chart
from notify.messages.scene import Facts, Scene
from notify.messages.sheet import Button, Line
from notify.messages.words import when
from notify.ports import Picture


@dataclass(frozen=True)
class Telling:
    """What is said of one incident to one person."""

    texts: Texts
    news: News
    facts: Facts
    institution: Institution
    scene: Scene
    subscriber: Subscriber
    now: datetime

    # ── in a word ─────────────────────────────────────────────────────────────────────────
    @property
    def over(self) -> bool:
        return not self.facts.row.open

    @property
    def shown(self) -> Level:
        """The level whose colour it has."""
        return "calm" if self.over else self.facts.row.level

    @property
    def what(self) -> NewsKind:
        """The news as it is now: meanwhile it may be over, or lower than it was."""
        if self.over:
            return "resolved"
        return "changed" if self.eased and self.news.what == "escalated" else self.news.what

    @property
    def eased(self) -> bool:
        """Whether it was higher when it became news."""
        return not self.over and rank(self.facts.row.level) < rank(self.news.level)

    @property
    def level(self) -> str:
        return self.texts.name("level", self.facts.row.level)

    @property
    def badge(self) -> str:
        return self.texts.name("life", "resolved") if self.over else self.level

    @property
    def name(self) -> str:
        row = self.facts.row
        return clean(incident_name(self.texts, row.incident, self.institution, row.gist))

    @property
    def evidence(self) -> Evidence:
        return self.facts.row.telling

    @property
    def people(self) -> str:
        """How many, in what time."""
        e = self.evidence
        return self.texts.count("tell.people", round(e.voices), span=span(self.texts, e.minutes))

    @property
    def usual(self) -> str:
        e = self.evidence
        return "" if self.over else self.texts("tell.usual", normal=normal(self.texts, e.low, e.high))

    @property
    def lasted(self) -> str:
        incident = self.facts.row.incident
        end = incident.resolved or self.now
        return span(self.texts, max(1, round((end - incident.opened) / timedelta(minutes=1))))

    @property
    def page(self) -> str:
        return self.scene.links.at("crisis", self.facts.row.incident.id)

    # ── in sentences ──────────────────────────────────────────────────────────────────────
    def lead(self) -> tuple[str, ...]:
        """What is new, why it is one, what nobody can hear."""
        row, t = self.facts.row, self.texts
        said = [self._news(), reason_of(t, row, self.institution, self.facts.sources)]
        if not self.facts.known:
            said.append(t("tell.store_away"))
        elif not self.over and self.facts.sources.not_listening and not self.evidence.blind:
            said.append(blind_now(t, self.facts.sources))
        return tuple(s for s in said if s)

    def _news(self) -> str:
        t, what = self.texts, self.what
        if self.eased:
            return t("tell.news_eased", highest=t.name("level", self.news.level), level=self.level)
        if what == "escalated":
            return t("tell.news_escalated", level=self.level, before=t.name("level", self._before()))
        if what == "changed":
            step = next((s for s in self.facts.row.history if s.seen and s.at == self.news.at), None)
            also = news(t, step, self.institution) if step else ""
            return t("tell.news_changed", also=also) if also else t("tell.news_more")
        if what == "resolved":
            return t("tell.news_resolved", lasted=self.lasted)
        return "" if what == "opened" else t(f"tell.news_{what}", after=self.subscriber.after)

    def _before(self) -> Level:
        """The level below, from which it rose."""
        lower = [
            c.level
            for c in self.facts.row.incident.changes
            if c.at < self.news.at and rank(c.level) < rank(self.news.level)
        ]
        return lower[-1] if lower else "calm"

    def picture(self) -> Picture | None:
        """Its last day."""
        return chart(self.texts, self.facts.row, self.institution)

    def caption(self) -> str:
        """What is what in the picture."""
        unheard = any(not known(p) for p in self.facts.row.incident.points)
        said = (self.texts("tell.caption"), self.texts("tell.caption_unheard") if unheard else "")
        return " ".join(s for s in (*said, decided(self.texts, self.facts.row)) if s)

    def buttons(self) -> tuple[Button, ...]:
        """What can be done from a phone; of what is over nothing but looking."""
        if self.over:
            return (Button(self.texts("tell.report"), self.page, strong=True),) if self.page else ()
        life, found = self.facts.row.life, []
        if life != "acknowledged" and (link := self._link("acknowledge")):
            found.append(Button(self.texts("act.acknowledge"), link, strong=True))
        if life != "silenced" and (link := self._link("silence")):
            found.append(Button(self.texts("act.silence"), link))
        return (*found, Button(self.texts("tell.open_page"), self.page)) if self.page else tuple(found)

    def _link(self, purpose: str) -> str:
        incident = self.facts.row.incident.id
        grant = Grant("acknowledge" if purpose == "acknowledge" else "silence", self.subscriber.id, incident)
        return self.scene.links.url(grant, self.now)

    def links(self) -> tuple[Line, ...]:
        """Where there is more."""
        kibana = self.scene.kibana
        return (Line(self.texts("tell.kibana"), href=kibana),) if kibana else ()

    def local(self, moment: datetime) -> datetime:
        """It by the institution's clocks."""
        return moment.astimezone(self.institution.zone)

    def when(self, moment: datetime) -> str:
        """It in words, beside now."""
        return when(self.texts, self.local(moment), self.local(self.now))
