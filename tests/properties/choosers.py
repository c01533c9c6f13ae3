"""Stories in which people choose by which channel they are reached, and change their minds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from hypothesis import strategies as st

from outreach.definitions.model import CHANNEL_KINDS, EVERYONE, Campaign, Exclusion, Start
from outreach.definitions.recurrences import parse_recurrence
from tests.properties.strategies import (
    BEGINNINGS,
    OFFERED,
    Change,
    Moment,
    Story,
    changes,
    definitions,
    people,
)


@st.composite
def choosers(draw: st.DrawFn, ticks: int = 8) -> Story:
    near = draw(st.sampled_from(BEGINNINGS))
    found = draw(definitions(near, 2))
    start = Start("every", every=parse_recurrence("2 days", near), first=near, last=near + timedelta(days=6))
    campaigns = {name: _to_all(one, start) for name, one in found.campaigns.items()}
    workspace = replace(found.workspace, channels=draw(st.sampled_from(OFFERED[1:])), frequency_cap=None)
    found = replace(found, campaigns=campaigns, workspace=workspace)
    roster = draw(people(near))
    now = datetime.combine(near, time(6), UTC)
    moments = [Moment(tuple(Change("approve", (name,)) for name in campaigns), now)]
    for _ in range(draw(st.integers(4, ticks))):
        now += draw(st.sampled_from((timedelta(hours=5), timedelta(hours=16), timedelta(days=1))))
        chosen = [draw(_choosing(one["id"])) for one in roster[:4]]
        other = draw(st.lists(changes(near, now.date(), found, roster), max_size=1))
        moments.append(Moment((*(one for one in chosen if one), *other), now))
    return Story(found, roster, tuple(moments))


def _to_all(campaign: Campaign, start: Start) -> Campaign:
    return replace(campaign, audience=EVERYONE, start=start, except_=Exclusion(), exit_when=None, rollout=None)


def _choosing(who: int) -> st.SearchStrategy[Change | None]:
    """A channel, an address that comes or goes, or nothing."""
    chosen = st.sampled_from((None, *CHANNEL_KINDS)).map(lambda kind: Change("channel", (who, kind)))
    lives = st.sampled_from((None, "Gent")).map(lambda city: Change("fact", (who, "city", city)))
    mail = st.sampled_from((None, "d@example.org")).map(lambda address: Change("fact", (who, "email", address)))
    return st.none() | chosen | chosen | lives | mail
