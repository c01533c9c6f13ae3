"""Random stories in which contacts are given bundles."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import strategies as st

from outreach.definitions.model import (
    EVERYONE,
    Announcement,
    Bundles,
    Campaign,
    Definitions,
    Exclusion,
    Reentry,
    Span,
    Start,
    Step,
)
from outreach.definitions.recurrences import parse_recurrence
from tests.properties.strategies import BEGINNINGS, Change, Moment, Story, changes, definitions, people

_OFTEN = ("day", "tuesday", "monday and thursday", "15th of the month", "first tuesday of the month")
_WORDS = Announcement({"nl": "Woorden"})
_PAUSES = (timedelta(hours=3), timedelta(days=1), timedelta(days=3), timedelta(days=8), timedelta(days=20))
#: The campaign that brings them, and two more of which there is something to tell.
BRINGS, ADDED = "c0", ("c8", "c9")


@st.composite
def briefings(draw: st.DrawFn, ticks: int = 7) -> Story:
    near = draw(st.sampled_from(BEGINNINGS))
    found = draw(_bringing(draw(definitions(near)), near))
    roster = [_placed(one, number) for number, one in enumerate(draw(people(near, 5, 12)))]
    now = datetime.combine(near, time(8), UTC)
    moments = [Moment(tuple(Change("approve", (name,)) for name in found.campaigns if draw(st.integers(0, 5))), now)]
    among = changes(near, now.date(), found, roster).filter(
        lambda one: (one.what, *one.arguments[:1]) != ("edit", BRINGS)
    )
    for _ in range(draw(st.integers(3, ticks))):
        now += draw(st.sampled_from(_PAUSES))
        moments.append(Moment(tuple(draw(st.lists(among, max_size=2))), now))
    return Story(found, roster, tuple(moments))


def _keeps_bringing(change: Change) -> bool:
    return (change.what, *change.arguments[:1]) != ("edit", BRINGS)


def _placed(one: dict[str, object], number: int) -> dict[str, object]:
    """Most people are at an entity."""
    return one if number % 4 == 0 else one | {"entity": "AB"[number % 2]}


@st.composite
def _bringing(draw: st.DrawFn, found: Definitions, near: date) -> Definitions:
    bundles = Bundles(parse_recurrence(draw(st.sampled_from(_OFTEN))), Span(days=draw(st.integers(0, 9))))
    workspace = replace(found.workspace, bundles=bundles, small_numbers=draw(st.sampled_from((0, 2, 3, 4))))
    added = {name: replace(found.campaigns[BRINGS], id=name) for name in ADDED}
    others = {name: one for name, one in found.campaigns.items() if name != BRINGS}
    told = {name: draw(_announced(one, near)) for name, one in (added | others).items()}
    brings = replace(
        found.campaigns[BRINGS], start=Start("bundles"), steps=(Step("p0", 1, "p0"),), rollout=None, exit_when=None,
        audience=draw(st.sampled_from((EVERYONE, EVERYONE, *found.segments))), except_=Exclusion(), reentry=Reentry(),
    )  # fmt: skip
    return replace(found, workspace=workspace, campaigns={BRINGS: brings, **told})


@st.composite
def _announced(draw: st.DrawFn, one: Campaign, near: date) -> Campaign:
    """Said or kept silent; what is added starts soon."""
    announce = draw(st.sampled_from((Announcement(), Announcement(), _WORDS, None)))
    told = replace(one, announce=announce, sensitive=draw(st.sampled_from((False, False, False, True))))
    if one.id not in ADDED:
        return told
    day = near + timedelta(days=draw(st.integers(1, 25)))
    every = st.just(Start("every", every=parse_recurrence("tuesday"))) | st.just(Start("once", on=day))
    return replace(told, start=draw(every), audience=draw(st.sampled_from((EVERYONE, one.audience))))
