"""Stories in which people are reminded every day, say that they did it, and take it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import strategies as st

from outreach.definitions.model import Campaign, Closed, Condition, Exclusion, Remind, Span, Start
from outreach.definitions.recurrences import parse_recurrence
from tests.properties.strategies import (
    BEGINNINGS,
    EVERYONE,
    OUTCOMES,
    Change,
    Moment,
    Story,
    changes,
    definitions,
    people,
)


@st.composite
def regrets(draw: st.DrawFn, ticks: int = 8) -> Story:
    near = draw(st.sampled_from(BEGINNINGS))
    found = draw(definitions(near, 1))
    start = Start("every", every=parse_recurrence("2 days", near), first=near, last=near + timedelta(days=2))
    campaigns = {name: _repeating(one, start) for name, one in found.campaigns.items()}
    usual = replace(found.workspace, closed=Closed(), windows=(), channel_windows={}, blackouts=())
    found = replace(found, campaigns=campaigns, workspace=replace(usual, send_at=time(9), frequency_cap=None))
    roster = draw(people(near))
    now = datetime.combine(near, time(6), UTC)
    moments = [Moment(tuple(Change("approve", (name,)) for name in campaigns), now)]
    for _ in range(draw(st.integers(4, ticks))):
        now += draw(st.sampled_from((timedelta(hours=8), timedelta(days=1), timedelta(days=1))))
        said = [draw(_saying(one["id"], now.date())) for one in roster[:3]]
        other = draw(st.lists(changes(near, now.date(), found, roster), max_size=1))
        moments.append(Moment((*(one for one in said if one), *other), now))
    return Story(found, roster, tuple(moments))


def _repeating(campaign: Campaign, start: Start) -> Campaign:
    """One message to everybody, with reminders on the days after it."""
    first = next(step for step in campaign.steps if not step.branch and not step.wait)
    remind = Remind(Span(days=1), 3, Condition(outcomes=OUTCOMES[:1]))
    step = replace(first, day=1, unless=None, invite="", remind=remind, expires_after=Span(days=3))
    return replace(
        campaign, audience=EVERYONE, start=start, except_=Exclusion(), exit_when=None, rollout=None, at_most=None,
        steps=(step,),
    )  # fmt: skip


def _saying(who: int, today: date) -> st.SearchStrategy[Change | None]:
    did, never = Change("outcome", (who, OUTCOMES[0], today)), Change("unsay", (who, OUTCOMES[0]))
    return st.sampled_from((None, did, never))
