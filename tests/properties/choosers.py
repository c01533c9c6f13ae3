"""Stories in which people choose by which channel they are reached, and change their minds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

from outreach.definitions.model import (
    EVERYONE,
    Campaign,
    Closed,
    Condition,
    Exclusion,
    Last,
    Remind,
    Span,
    Start,
    Step,
)
from outreach.definitions.recurrences import parse_recurrence
from outreach.definitions.windows import parse_window
from tests.properties.strategies import (
    BEGINNINGS,
    OFFERED,
    OUTCOMES,
    Change,
    Moment,
    Story,
    changes,
    definitions,
    people,
)

#: Hours of the channels: none, or such that one is open while the other is not.
_HOURS: tuple[dict[str, Any], ...] = (
    {},
    {"email": (parse_window("mon-sun 12:00-24:00"),), "handover": (parse_window("mon-sun 00:00-12:00"),)},
)


_CHANNELS = st.sampled_from(("handover", "email", "handover", "email", "webhook", None))


@st.composite
def choosers(draw: st.DrawFn, ticks: int = 8) -> Story:
    near = draw(st.sampled_from(BEGINNINGS))
    found = draw(definitions(near, 2))
    campaigns = {name: draw(_to_all(one, near)) for name, one in found.campaigns.items()}
    workspace = replace(
        found.workspace, channels=draw(st.sampled_from(OFFERED[1:])), channel_windows=draw(st.sampled_from(_HOURS)),
        frequency_cap=None, closed=Closed(), windows=(), blackouts=(), send_at=time(9), expires_after=Span(days=3),
    )  # fmt: skip
    found = replace(found, campaigns=campaigns, workspace=workspace)
    lives = st.sampled_from(("Gent", "Gent", None))
    roster = [{**one, "status": "active", "city": draw(lives)} for one in draw(people(near, least=4, most=5))]
    now = datetime.combine(near, time(5), UTC)
    chosen = [Change("channel", (one["id"], draw(_CHANNELS))) for one in roster]
    moments = [Moment((*chosen, *(Change("approve", (name,)) for name in campaigns)), now)]
    for _ in range(draw(st.integers(4, ticks))):
        now += draw(st.sampled_from((timedelta(hours=5), timedelta(hours=8), timedelta(days=1))))
        chosen = [draw(_choosing(one["id"])) for one in roster[:4]]
        other = draw(st.lists(changes(near, now.date(), found, roster), max_size=1))
        moments.append(Moment((*(one for one in chosen if one), *other), now))
    return Story(found, roster, tuple(moments))


@st.composite
def _to_all(draw: st.DrawFn, campaign: Campaign, near: date) -> Campaign:
    """One message every other day to everybody, with reminders, the last of which may go another way."""
    start = Start("every", every=parse_recurrence("2 days", near), first=near, last=near + timedelta(days=4))
    last = draw(st.sampled_from((None, Last("webhook"))))
    step = Step("p0", 1, "p0", remind=Remind(Span(days=1), 2, Condition(outcomes=OUTCOMES[:1]), last=last))
    channel, choice = draw(st.sampled_from((("email", None), ("email", ("handover",)), ("handover", ("email",)))))
    return replace(
        campaign, audience=EVERYONE, start=start, except_=Exclusion(), exit_when=None, rollout=None, windows=(),
        channel=channel, by_choice=choice, steps=(step,), at_most=draw(st.sampled_from((None, None, 3))),
    )  # fmt: skip


def _choosing(who: int) -> st.SearchStrategy[Change | None]:
    """A channel, an address that comes or goes, or nothing."""
    lives = st.sampled_from((None, "Gent", "Gent")).map(lambda city: Change("fact", (who, "city", city)))
    mail = st.sampled_from((None, "d@example.org")).map(lambda address: Change("fact", (who, "email", address)))
    return st.none() | _CHANNELS.map(lambda kind: Change("channel", (who, kind))) | lives | mail
