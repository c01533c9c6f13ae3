"""A campaign that goes out over more than one day is over in time, and leaves nobody waiting who must not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from outreach.definitions.building import build_start
from outreach.definitions.civil import later
from outreach.definitions.closed_days import nearest_open
from outreach.definitions.findings import Findings
from outreach.definitions.forms.campaigns import CampaignForm
from outreach.definitions.model import Campaign, Closed, Offer, Rollout, Span
from outreach.definitions.reading import Document, Path

_SOONER = "Write fewer waves, or closer together, or let it start earlier."
#: Days that something may be spread over.
_LEAST, _MOST = 2, 60
#: Days that a month has at least.
_MONTH = 28


@dataclass(frozen=True)
class PaceChecks:
    """What is asked of `rollout`, `spread` and `at_most`."""

    offers: Mapping[str, Offer]
    findings: Findings
    #: A wave whose day is one of these leaves on the open day after it.
    closed: Closed

    def check(self, form: CampaignForm, campaign: Campaign, document: Document) -> None:
        """A rollout is for what starts for all at once, may wait, and is over in time; a limit for what may wait."""
        if form.at_most and form.frequency == "must":
            remedy = "Delete it, or write `frequency: normal` if they may wait for it."
            message = "what somebody must get does not wait until there is a place"
            self.findings.problem(document, ("at_most",), message, remedy, key=True)
        rollout = campaign.rollout
        if rollout is None:
            return
        at: Path = ("spread",) if form.spread else ("rollout",)
        if form.spread and form.rollout:
            message = "`rollout` says already how it goes out over time"
            self.findings.problem(document, at, message, "Delete one of the two.", key=True)
        if not _LEAST <= rollout.waves <= _MOST:
            remedy = f"Write {_LEAST} to {_MOST} days; for longer, `rollout`."
            self.findings.problem(document, at, "so many days cannot be spread over", remedy)
        if form.frequency == "must":
            remedy = "Delete it, or write `frequency: normal` if they may wait for it."
            message = "what somebody must get does not wait for a lot"
            self.findings.problem(document, at, message, remedy, key=True)
        if build_start(form.start).is_per_person:
            remedy = "Delete it, or start for all at once (`start: {once: …}`)."
            message = "each person starts on a day of their own here, and not all at once"
            self.findings.problem(document, at, message, remedy, key=True)
        for message in _across(rollout, campaign, self.offers, self.closed):
            self.findings.problem(document, at, message, _SOONER, key=True)


def _across(rollout: Rollout, campaign: Campaign, offers: Mapping[str, Offer], closed: Closed) -> Iterator[str]:
    """The deadlines that the last wave comes after: the theme day, and the last day of an offer."""
    days, start = (rollout.waves - 1) * rollout.every.days, campaign.start
    if start.kind == "theme_day" and days > start.by.months * _MONTH + start.by.days:
        yield f"the last ones get it {days} days after the first, past the theme day `{start.name}`"
    if start.on:
        day = later(start.on, Span(days=days))
        last = day if campaign.on_closed == "send" else nearest_open(closed, day, 1) or day
        for name in _spoken_of(campaign):
            until = offers[name].available_until if name in offers else None
            if until and until < last:
                yield f"the last ones get it on {last}, and the offer `{name}` ends on {until}"


def _spoken_of(campaign: Campaign) -> list[str]:
    """Offers that every message speaks of; what it picks, it picks of those that are there."""
    return list(dict.fromkeys(campaign.about))
