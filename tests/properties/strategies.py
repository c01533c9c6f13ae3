"""Random workspaces, people and stories, small enough to be thought through by hand when one fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pprint import pformat
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from outreach.definitions import codec
from outreach.definitions.fields import CONTRACTS, HOUSEHOLDS, ROLES
from outreach.definitions.model import (
    CHANNEL_KINDS,
    EVERYONE,
    All,
    AnyOf,
    Blackout,
    Branch,
    Campaign,
    Cap,
    Closed,
    Condition,
    Day,
    Definitions,
    Edited,
    Exclusion,
    Fact,
    Field,
    Goal,
    InSegment,
    Last,
    Not,
    Offer,
    Offered,
    OfferText,
    Pick,
    Predicate,
    Reentry,
    Remind,
    Rollout,
    Segment,
    Session,
    Span,
    Start,
    Step,
    ThemeDay,
    Topic,
    Wait,
    Way,
    Window,
    Workspace,
)
from outreach.definitions.recurrences import parse_recurrence, parse_undated
from outreach.definitions.windows import parse_window

ZONE = ZoneInfo("Europe/Brussels")
#: Stories begin shortly before: both changes of the clocks, a leap day, the end of a year, and nothing special.
BEGINNINGS = (date(2026, 3, 24), date(2026, 10, 20), date(2028, 2, 22), date(2026, 12, 20), date(2026, 9, 1))
TOPICS = ("news", "help")
OUTCOMES = ("came", "called")
KINDS = ("hired", "moved", "left")
OWN_FIELDS = {
    field.name: field
    for field in (
        Field("team", "choice", ("red", "blue"), custom=True),
        Field("shifts", "yes/no", custom=True),
        Field("points", "number", custom=True),
        Field("floor", "whole number", custom=True),
        Field("trained_on", "date", custom=True),
    )
}
RECURRENCES = (
    "day", "weekday", "tuesday", "monday and thursday", "first tuesday of the month", "last friday of the month",
    "last day of the month", "15th of the month", "first monday of the quarter", "last monday of the quarter",
    "1 january", "easter + 3 days", "2 days", "2 weeks",
)  # fmt: skip
_TIMES = (time(9), time(2, 30), time(0, 5), time(23, 30))


# --- segments --------------------------------------------------------------------------------------------


def spans() -> st.SearchStrategy[Span]:
    return st.one_of(
        st.builds(Span, days=st.sampled_from((0, 1, 7, 30, 90))), st.builds(Span, months=st.sampled_from((1, 6, 12)))
    )


def days(near: date) -> st.SearchStrategy[Day]:
    fixed = st.builds(Day, fixed=_dates(near))
    return st.one_of(fixed, st.builds(Day, span=spans(), sign=st.sampled_from((-1, 1))))


def _dates(near: date) -> st.SearchStrategy[date]:
    close = st.integers(-40, 40).map(lambda n: near + timedelta(days=n))
    leap = st.sampled_from((date(1988, 2, 29), date(2000, 2, 29), date(1990, 3, 1), date(1991, 2, 28)))
    return st.one_of(close, leap, st.integers(-60 * 365, 400).map(lambda n: near + timedelta(days=n)))


@st.composite
def facts(draw: st.DrawFn, near: date) -> Fact:
    kind = draw(st.sampled_from(("choice", "date", "number", "derived", "missing", "own")))
    if kind == "missing":
        field = draw(st.sampled_from(("household", "born_on", "children", "age", "tenure", "team", "trained_on")))
        return Fact(field, "missing", (draw(st.booleans()),))
    if kind == "choice":
        field, values = draw(
            st.sampled_from(
                (
                    ("status", ("active", "retired", "survivor", "contact")),
                    ("household", HOUSEHOLDS),
                    ("contract", CONTRACTS),
                    ("role", ROLES),
                    ("team", ("red", "blue")),
                )
            )
        )
        return Fact(field, "in", tuple(draw(st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True))))
    if kind == "own":
        return Fact("shifts", "in", (draw(st.booleans()),))
    if kind == "number":
        field = draw(st.sampled_from(("children", "points", "floor")))
        op = draw(st.sampled_from(("in", "under", "over", "at_least", "at_most", "between")))
        return Fact(field, op, _values(draw, op, st.integers(0, 3)))
    if kind == "derived":
        field = draw(st.sampled_from(("age", "tenure")))
        op = draw(st.sampled_from(("under", "over", "at_least", "at_most", "between")))
        lengths = st.integers(0, 40) if draw(st.booleans()) else spans()
        return Fact(field, op, _values(draw, op, lengths, key=_length))
    field = draw(st.sampled_from(("born_on", "hired_on", "contract_ends_on", "trained_on")))
    op = draw(st.sampled_from(("in_last", "in_next", "before", "after", "at_least", "at_most", "between", "in")))
    if op in ("in_last", "in_next"):
        return Fact(field, op, (draw(spans()),))
    return Fact(field, op, _values(draw, op, days(near), key=lambda day: 0))


def _values(draw: st.DrawFn, op: str, values: st.SearchStrategy[Any], key: Any = None) -> tuple[Any, ...]:
    if op == "in":
        return tuple(draw(st.lists(values, min_size=1, max_size=2)))
    return tuple(sorted((draw(values) for _ in range(2 if op == "between" else 1)), key=key))


def _length(value: int | Span) -> int:
    return value if isinstance(value, int) else value.months * 30 + value.days


def predicates(near: date, others: tuple[str, ...], depth: int = 2) -> st.SearchStrategy[Predicate]:
    leaves: st.SearchStrategy[Predicate] = facts(near)
    if others:
        leaves = st.one_of(leaves, leaves, st.builds(InSegment, st.sampled_from(others)))
    if not depth:
        return leaves
    inner = predicates(near, others, depth - 1)
    parts = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(leaves, leaves, st.builds(All, parts), st.builds(AnyOf, parts), st.builds(Not, inner))


@st.composite
def segment_maps(draw: st.DrawFn, near: date, most: int = 4) -> dict[str, Segment]:
    found: dict[str, Segment] = {}
    for number in range(draw(st.integers(1, most))):
        name = f"s{number}"
        where = draw(predicates(near, (*found, EVERYONE)))
        found[name] = Segment(name, name, where)
    return found


#: Where people live: at home and elsewhere, hours before it and after it, half an hour between two others.
ZONES = ("Europe/Brussels", "Asia/Tokyo", "America/New_York", "Australia/Lord_Howe")


# --- people ----------------------------------------------------------------------------------------------


def people(near: date, least: int = 3, most: int = 8) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Rosters: people with their facts, `id` from 1, and `lot`."""
    return st.lists(_person(near), min_size=least, max_size=most).map(
        lambda found: [facts | {"id": number} for number, facts in enumerate(found, 1)]
    )


@st.composite
def _person(draw: st.DrawFn, near: date) -> dict[str, Any]:
    found = {name: value for name, value in draw(_facts_of_people(near)).items() if value is not None}
    if found["status"] == "contact":
        found["role"] = draw(st.sampled_from(ROLES))
    return found


def _facts_of_people(near: date) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "status": st.sampled_from(
                ("active", "active", "active", "active", "retired", "survivor", "contact", "died", "left")
            ),
            "lot": st.integers(0, 2**31 - 1),
            "email": st.sampled_from(("a@example.org",) * 5 + (None,)),
            "private_email": st.sampled_from((None, "b@example.org")),
        }
        | {name: st.none() | values for name, values in changeable(near).items()}
        | {"time_zone": st.sampled_from((None,) * 12 + ZONES)}
    )


def changeable(near: date) -> dict[str, st.SearchStrategy[Any]]:
    """Facts that HR may correct at any time."""
    return {
        "language": st.sampled_from(("nl", "fr", "de")),
        "entity": st.sampled_from(("A", "B")),
        "city": st.sampled_from(("Gent", "Luik")),
        "household": st.sampled_from(HOUSEHOLDS),
        "contract": st.sampled_from(CONTRACTS),
        "children": st.integers(0, 3),
        "born_on": _dates(near),
        "hired_on": _dates(near),
        "contract_ends_on": _dates(near),
        "team": st.sampled_from(("red", "blue")),
        "shifts": st.booleans(),
        "points": st.sampled_from((0, 0.5, 1, 2, 2.5)),
        "floor": st.integers(0, 3),
        "trained_on": _dates(near),
        "time_zone": st.sampled_from(ZONES),
    }


# --- campaigns -------------------------------------------------------------------------------------------


@st.composite
def workspaces(draw: st.DrawFn, near: date) -> Workspace:
    caps = st.builds(Cap, st.integers(1, 3), st.builds(Span, days=st.integers(1, 10)))
    feast = near + timedelta(days=draw(st.integers(0, 30).filter(lambda n: (near + timedelta(days=n)).day != 29)))
    theme_day = ThemeDay("feast", "Feast", parse_recurrence(f"{feast.day} {feast:%B}".lower()))
    return Workspace(
        organisation={"nl": "Dienst"},
        languages=("nl", "fr"),
        public_url="https://dienst.example",
        time_zone="Europe/Brussels",
        send_at=draw(st.sampled_from(_TIMES)),
        expires_after=Span(days=draw(st.sampled_from((1, 3, 14)))),
        frequency_cap=draw(st.none() | caps),
        closed=draw(st.just(Closed()) | _closed(near)),
        windows=draw(st.just(()) | _windows()),
        channel_windows=draw(
            st.just({}) | st.fixed_dictionaries({"email": _windows()}, optional={"handover": _windows()})
        ),
        blackouts=draw(st.just(()) | st.lists(_blackouts(near), max_size=2).map(tuple)),
        topics={name: Topic(name, {"nl": name}) for name in TOPICS},
        channels=draw(st.sampled_from(OFFERED)),
        theme_days={"feast": theme_day},
        fields=OWN_FIELDS,
    )


#: Channels that people may choose between; some lists ask for a place of residence.
OFFERED: tuple[dict[str, Offered], ...] = (
    {},
    {"handover": Offered({}, ("last_name", "city"))},
    {"email": Offered(), "webhook": Offered(), "handover": Offered({}, ("last_name",))},
)


def _closed(near: date) -> st.SearchStrategy[Closed]:
    single = st.integers(-5, 40).map(lambda n: near + timedelta(days=n))
    rules = st.sampled_from((("saturday and sunday",), ("sunday", "easter + 1 days"), ("15th of the month",), ()))
    return st.builds(
        Closed,
        days=st.lists(single, max_size=6, unique=True).map(lambda days: tuple(sorted(days))),
        rules=rules.map(lambda texts: tuple(map(parse_recurrence, texts))),
    )


WINDOWS = (
    "mon-fri 08:00-18:00", "sat-sun 10:00-12:00", "mon,wed,fri 00:00-24:00", "mon-sun 02:15-02:45", "sun 01:30-02:15",
    "sun 02:30-05:00", "tue-thu 09:00-09:01",
)  # fmt: skip


def _windows() -> st.SearchStrategy[tuple[Window, ...]]:
    return st.lists(st.sampled_from(WINDOWS), min_size=1, max_size=3).map(lambda texts: tuple(map(parse_window, texts)))


def _blackouts(near: date) -> st.SearchStrategy[Blackout]:
    return st.tuples(st.integers(-3, 30), st.integers(0, 9)).map(
        lambda at: Blackout(near + timedelta(days=at[0]), near + timedelta(days=sum(at)), "why")
    )


@st.composite
def definitions(draw: st.DrawFn, near: date, most: int = 4) -> Definitions:
    segments = draw(segment_maps(near, 3))
    offers = draw(_offers(near, (*segments, EVERYONE)))
    campaigns: dict[str, Campaign] = {}
    for number in range(draw(st.integers(1, most))):
        name = f"c{number}"
        campaigns[name] = draw(_campaigns(name, near, (*segments, EVERYONE), offers, most))
    held = draw(st.lists(sessions(near), max_size=4))
    return Definitions(
        draw(workspaces(near)), segments, campaigns, offers, {}, {}, sessions={one.id: one for one in held}
    )


@st.composite
def sessions(draw: st.DrawFn, near: date) -> Session:
    """A session of one of few names, so that one drawn later moves another, or calls it off."""
    starts = draw(st.sampled_from((time(0), time(9), time(20))))
    return Session(
        id=draw(st.sampled_from(("m0", "m1", "m2"))),
        kind=draw(st.sampled_from(("meet", "meet", "talk"))),
        titles={"nl": draw(st.sampled_from(("Een", "Twee")))},
        on=near + timedelta(days=draw(st.integers(-1, 12))),
        starts=starts,
        ends=time(23),
        place="Gent",
        language=draw(st.sampled_from(("", "", "nl", "fr"))),
        seats=draw(st.sampled_from((None, 1, 2))),
        entity=draw(st.sampled_from(("", "", "", "A"))),
        cancelled=draw(st.sampled_from((False, False, False, True))),
    )


@st.composite
def _offers(draw: st.DrawFn, near: date, segments: tuple[str, ...]) -> dict[str, Offer]:
    names = tuple(f"f{number}" for number in range(draw(st.integers(0, 4))))
    text = OfferText("t", "w", "h", "w", "w")
    return {
        name: Offer(
            name,
            {"nl": text},
            audience=draw(st.sampled_from(segments)),
            related=tuple(draw(st.lists(st.sampled_from(names), max_size=2, unique=True))),
            priority=draw(st.sampled_from(("high", "normal", "low"))),
            outcome=draw(st.sampled_from(("", "", *OUTCOMES))),
            available_from=draw(st.none() | st.integers(-5, 20).map(lambda n: near + timedelta(days=n))),
            available_until=draw(st.none() | st.integers(0, 40).map(lambda n: near + timedelta(days=n))),
        )
        for name in names
    }


def conditions(segments: tuple[str, ...]) -> st.SearchStrategy[Condition]:
    return st.one_of(
        st.builds(Condition, outcomes=st.lists(st.sampled_from(OUTCOMES), min_size=1, max_size=2).map(tuple)),
        st.builds(Condition, events=st.just(("moved",))),
        st.builds(Condition, segments=st.lists(st.sampled_from(segments), min_size=1, max_size=2).map(tuple)),
    )


@st.composite
def _campaigns(
    draw: st.DrawFn, name: str, near: date, segments: tuple[str, ...], offers: dict[str, Offer], most: int
) -> Campaign:
    start = draw(_starts(near, segments))
    count = draw(st.sampled_from((1, 1, 2, 3)))
    steps: list[Step] = []
    for number in range(count):
        day = steps[-1].day + draw(st.integers(0, 9)) if steps else draw(st.sampled_from((1, 1, 1, 3)))
        steps.append(draw(_steps(f"p{number}", day, segments, offers)))
    if draw(st.integers(0, 2)) == 0:
        steps = draw(_branched(steps, segments))
    if draw(st.integers(0, 2)) == 0:
        steps = draw(_waited(steps, near, segments))
    names = tuple(f"c{number}" for number in range(most) if f"c{number}" != name)
    return Campaign(
        id=name,
        title=name,
        topic=draw(st.sampled_from(TOPICS)),
        purpose="p",
        owner="o@example.org",
        audience=draw(st.sampled_from((EVERYONE, EVERYONE, *segments))),
        start=start,
        steps=tuple(steps),
        except_=Exclusion(
            under_way=draw(st.sampled_from(((), (), names[:1], names[:2]))),
            segments=draw(st.sampled_from(((), (), (), (), segments[:1]))),
            outcomes=draw(st.sampled_from(((), (), (), OUTCOMES[:1]))),
        ),
        exit_when=draw(st.sampled_from((None, None, Condition(outcomes=("came",)), Condition(segments=segments[:1])))),
        reentry=draw(_reentries(start)),
        rollout=draw(_rollouts(start)),
        at_most=draw(st.sampled_from((None, None, None, 1, 2, 3))),
        goal=draw(st.sampled_from((None, None, Goal("came", Span(days=30)), Goal("called", Span(days=30))))),
        priority=draw(st.sampled_from(("high", "normal", "low"))),
        approval=draw(st.sampled_from(("required", "none", "none"))),
        frequency=draw(st.sampled_from(("must", "normal", "normal", "nice"))),
        channel=draw(st.sampled_from(("email", "email", "webhook", "handover"))),
        by_choice=draw(st.sampled_from((None, None, (), ("email",), ("webhook", "handover")))),
        windows=draw(st.sampled_from(((), (), (parse_window("mon-sun 06:00-22:00"),)))),
        through_blackouts=draw(st.booleans()),
        on_closed=draw(st.sampled_from(("after", "before", "skip", "send"))),
        about=tuple(draw(st.lists(st.sampled_from(tuple(offers)), max_size=1))) if offers else (),
    )


def _rollouts(start: Start) -> st.SearchStrategy[Rollout | None]:
    """For what starts for all at once; closer together than real ones, so that a story sees more than one wave."""
    if start.is_per_person:
        return st.none()
    spans = st.sampled_from((Span(days=1), Span(days=3), Span(days=7)))
    waves = st.builds(Rollout, st.integers(2, 4), spans)
    return st.none() | waves | st.builds(Rollout, st.integers(2, 5), st.just(Span(days=1)), st.just(True))


def _reentries(start: Start) -> st.SearchStrategy[Reentry]:
    after = st.builds(Reentry, st.just("after"), st.sampled_from((Span(days=1), Span(days=4), Span(months=1))))
    each = Reentry("each event") if start.kind in ("event", "outcome") else Reentry()
    return st.just(Reentry()) | after | st.just(each)


@st.composite
def _branched(draw: st.DrawFn, steps: list[Step], segments: tuple[str, ...]) -> list[Step]:
    """The same steps with one or two branches among them, whose ways lead to any that come later, or to the end."""
    for name in ("b0", "b1")[: draw(st.integers(1, 2))]:
        place = draw(st.integers(0, len(steps)))
        day = steps[min(place, len(steps) - 1)].day
        steps = [
            *map(_one_further(place), steps[:place]),
            Step(name, day, ""),
            *map(_one_further(place), steps[place:]),
        ]
        firsts = st.integers(place + 1, len(steps))
        wanted = conditions(segments)
        ways = st.builds(Way, wanted, st.none() | wanted, firsts) | st.builds(Way, st.none(), wanted, firsts)
        branch = Branch(draw(st.lists(ways, min_size=1, max_size=2).map(tuple)), draw(firsts), draw(firsts))
        steps[place] = replace(steps[place], branch=branch)
    return steps


@st.composite
def _waited(draw: st.DrawFn, steps: list[Step], near: date, segments: tuple[str, ...]) -> list[Step]:
    """The same steps with one or two waits among them."""
    for name in ("w0", "w1")[: draw(st.integers(1, 2))]:
        place = draw(st.integers(0, len(steps) - 1))
        wait = Step(name, draw(st.integers(steps[place - 1].day if place else 1, steps[place].day)), "")
        steps = [
            *map(_one_further(place), steps[:place]),
            replace(wait, wait=draw(_waits(near, segments))),
            *map(_one_further(place), steps[place:]),
        ]
    return steps


def _waits(near: date, segments: tuple[str, ...]) -> st.SearchStrategy[Wait]:
    """Short ones, so that a story sees their end."""
    happens = st.builds(
        Wait,
        until=conditions(segments),
        at_most=st.integers(1, 9).map(lambda days: Span(days=days)),
        ends=st.booleans(),
    )
    recurs = st.sampled_from(("tuesday", "weekday", "15th of the month", "saturday and sunday")).map(parse_undated)
    days = st.integers(-5, 25).map(lambda ahead: near + timedelta(days=ahead))
    return happens | happens | st.builds(Wait, recurs=recurs) | st.builds(Wait, day=days)


def _one_further(place: int) -> Callable[[Step], Step]:
    """A step in a row into which another one was put at a place: what points behind that place points one further."""

    def shifted(index: int) -> int:
        return index + (index > place)

    def further(step: Step) -> Step:
        branch = step.branch
        if branch is None:
            return step
        ways = tuple(replace(way, first=shifted(way.first)) for way in branch.ways)
        return replace(step, branch=Branch(ways, shifted(branch.otherwise), shifted(branch.unknown)))

    return further


@st.composite
def _starts(draw: st.DrawFn, near: date, segments: tuple[str, ...]) -> Start:
    at = draw(st.none() | st.sampled_from(_TIMES))
    match draw(st.sampled_from(("once", "every", "every", "theme_day", "outcome", "outcome", "outcome"))):
        case "once":
            return Start("once", at, on=near + timedelta(days=draw(st.integers(-3, 25))))
        case "every":
            text = draw(st.sampled_from(RECURRENCES))
            last = draw(st.none() | st.integers(5, 30).map(lambda n: near + timedelta(days=n)))
            first = near + timedelta(days=draw(st.integers(-10, 10))) if text[0] == "2" or draw(st.booleans()) else None
            return Start("every", at, every=parse_recurrence(text, first), first=first, last=last)
        case "theme_day":
            return Start("theme_day", at, name="feast", by=Span(days=draw(st.integers(0, 14))))
        case "date":
            by = draw(st.sampled_from((Span(days=0), Span(days=14), Span(months=1))))
            return Start("date", at, name=draw(st.sampled_from(("contract_ends_on", "trained_on"))), by=by)
        case "event":
            span = draw(st.none() | st.sampled_from((Span(days=3), Span(days=30))))
            kind = draw(st.sampled_from(("hired", "moved")))
            return Start("event", at, name=kind, ignore_if_older_than=span, include_present=draw(st.booleans()))
        case "outcome":
            span = draw(st.none() | st.sampled_from((Span(days=3), Span(days=30))))
            said = draw(st.sampled_from(OUTCOMES))
            return Start("outcome", at, name=said, ignore_if_older_than=span, include_present=draw(st.booleans()))
    return Start("enters", at, name=draw(st.sampled_from(segments)), include_present=draw(st.booleans()))


@st.composite
def _steps(draw: st.DrawFn, name: str, day: int, segments: tuple[str, ...], offers: dict[str, Offer]) -> Step:
    remind = None
    if draw(st.sampled_from((False, False, True))):
        every = Span(days=draw(st.sampled_from((1, 3, 7))))
        last = draw(st.sampled_from((None, Last("handover"), Last("webhook"), Last("email"))))
        remind = Remind(every, draw(st.integers(1, 3)), draw(conditions(segments)), last=last)
    pick = None
    if offers and draw(st.booleans()):
        chosen = tuple(draw(st.lists(st.sampled_from(tuple(offers)), min_size=1, unique=True)))
        pick = Pick(
            chosen,
            at_most=draw(st.integers(1, 3)),
            at_least=draw(st.integers(0, 2)),
            not_again_within=draw(st.none() | st.sampled_from((Span(days=2), Span(days=10), Span(months=1)))),
            related_to=tuple(draw(st.lists(st.sampled_from(tuple(offers)), max_size=1))),
        )
    return Step(
        name,
        day,
        name,
        at=draw(st.none() | st.sampled_from(_TIMES)),
        unless=draw(
            st.sampled_from(
                (None,) * 4 + (Condition(outcomes=("came",)), Condition(events=("moved",), segments=segments[:1]))
            )
        ),
        remind=remind,
        pick=pick,
        invite=draw(st.sampled_from(("", "meet"))),
        expires_after=draw(st.none() | st.sampled_from((Span(days=1), Span(days=5)))),
    )


# --- stories ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """Something that happens between two ticks: what, to whom, and the rest."""

    what: str
    arguments: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Moment:
    """A tick, and what happened since the one before."""

    changes: tuple[Change, ...]
    at: datetime


@dataclass(frozen=True)
class Story:
    """A workspace, its people, and what happens over some weeks."""

    definitions: Definitions
    people: list[dict[str, Any]]
    moments: tuple[Moment, ...]

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What hypothesis prints of a failing story: short enough to be read, without what is as usual."""
        parts = {"definitions": codec.plain(self.definitions), "people": self.people, "moments": self.moments}
        parts["definitions"]["workspace"].pop("fields")
        printer.text(f"Story({pformat(parts, width=150, sort_dicts=False)})")


@st.composite
def stories(draw: st.DrawFn, ticks: int = 10) -> Story:
    near = draw(st.sampled_from(BEGINNINGS))
    found = draw(definitions(near))
    if draw(st.booleans()):
        found = draw(_crowded(found, near))
    roster = draw(people(near))
    now = datetime.combine(near, time(8), UTC)
    moments = [Moment(tuple(Change("approve", (name,)) for name in found.campaigns if draw(st.integers(0, 9))), now)]
    for _ in range(draw(st.integers(3, ticks))):
        now += draw(st.sampled_from(_PAUSES))
        moments.append(Moment(tuple(draw(st.lists(changes(near, now.date(), found, roster), max_size=3))), now))
    return Story(found, roster, tuple(moments))


@st.composite
def gatherings(draw: st.DrawFn, ticks: int = 9) -> Story:
    """Stories in which everybody is invited to sessions, and these move, are called off and fill up."""
    near = draw(st.sampled_from(BEGINNINGS))
    found = draw(definitions(near, 2))
    start = Start("every", every=parse_recurrence("2 days", near), first=near, last=near + timedelta(days=4))
    campaigns = {
        name: replace(one, audience=EVERYONE, start=start, except_=Exclusion(), exit_when=None, rollout=None,
                      steps=tuple(map(_inviting, one.steps)))
        for name, one in found.campaigns.items()
    }  # fmt: skip
    ids = ("m0", "m1", "m2")[: draw(st.integers(1, 3))]
    held = {name: replace(draw(_near_sessions(near)), id=name) for name in ids}
    found = replace(found, campaigns=campaigns, sessions=held)
    if draw(st.integers(0, 3)):
        usual = replace(found.workspace, closed=Closed(), windows=(), channel_windows={}, blackouts=())
        found = replace(found, workspace=replace(usual, send_at=time(9), frequency_cap=None))
    roster = draw(people(near))
    now = datetime.combine(near, time(8), UTC)
    moments = [Moment(tuple(Change("approve", (name,)) for name in campaigns), now)]
    for _ in range(draw(st.integers(4, ticks))):
        now += draw(st.sampled_from(_PAUSES[:8]))
        other = changes(near, now.date(), found, roster)
        among = _gathering(now.date(), [one["id"] for one in roster])
        moments.append(Moment(tuple(draw(st.lists(among | among | other, max_size=3))), now))
    return Story(found, roster, tuple(moments))


def _inviting(step: Step) -> Step:
    return step if step.branch else replace(step, invite="meet", unless=None, pick=None)


#: A session that is for everybody.
_WIDE: dict[str, Any] = {"language": "", "entity": "", "seats": None}


def _near_sessions(near: date) -> st.SearchStrategy[Session]:
    return st.builds(
        lambda one, days, wide: replace(one, on=near + timedelta(days=days), kind="meet", **(_WIDE if wide else {})),
        sessions(near), st.integers(2, 9), st.sampled_from((True, True, False)),
    )  # fmt: skip


@st.composite
def _gathering(draw: st.DrawFn, today: date, people: list[int]) -> Change:
    if draw(st.booleans()):
        return Change("session", (draw(_near_sessions(today)),))
    return Change("seat", (draw(st.sampled_from(people)), "came", today, draw(st.sampled_from(("m0", "m1")))))


_PAUSES = (
    timedelta(minutes=30), timedelta(hours=3), timedelta(hours=7), timedelta(days=1), timedelta(days=1),
    timedelta(days=1), timedelta(days=2, hours=5), timedelta(days=4), timedelta(days=9), timedelta(0),
)  # fmt: skip


@st.composite
def _crowded(draw: st.DrawFn, found: Definitions, near: date) -> Definitions:
    """The same with more to say than the cap lets through, to everybody, every other day."""
    start = st.sampled_from(("day", "weekday", "2 days")).map(
        lambda text: Start("every", every=parse_recurrence(text, near), first=near)
    )
    campaigns = {
        name: replace(one, audience=EVERYONE, start=draw(start), except_=Exclusion(), exit_when=None)
        for name, one in found.campaigns.items()
    }
    cap = Cap(draw(st.integers(1, 2)), Span(days=draw(st.integers(2, 5))))
    workspace = replace(found.workspace, frequency_cap=cap, expires_after=Span(days=draw(st.integers(2, 6))))
    return replace(found, campaigns=campaigns, workspace=workspace)


@st.composite
def changes(draw: st.DrawFn, near: date, today: date, found: Definitions, roster: list[dict[str, Any]]) -> Change:
    person = draw(st.sampled_from([somebody["id"] for somebody in roster]))
    campaign = draw(st.sampled_from(tuple(found.campaigns)))
    match draw(st.sampled_from(("event",) * 4 + ("outcome",) * 3 + ("fact",) * 3 + _RARE)):
        case "event" | "withdraw" | "death" as what:
            return draw(_told(what, person, today))
        case "outcome" | "unsay" as what:
            return draw(_done(what, person, today))
        case "seat" | "session" as what:
            return draw(_about_sessions(what, person, today))
        case "fact":
            name, values = draw(st.sampled_from(tuple(changeable(near).items())))
            return Change("fact", (person, name, draw(st.none() | values)))
        case "status":
            return Change("fact", (person, "status", draw(st.sampled_from(("died", "left", "retired", "active")))))
        case "address":
            return Change("fact", (person, "email", draw(st.sampled_from((None, "c@example.org")))))
        case "opt_out" | "break" | "channel" as what:
            return draw(_chosen(what, person, today))
        case "edit":
            return Change("edit", (campaign, draw(edits())))
        case "pause" | "resume" | "approve" as what:
            return Change(what, (campaign,))
    raise AssertionError


@st.composite
def _done(draw: st.DrawFn, what: str, person: int, today: date) -> Change:
    """Something that somebody did; or said that they did, and takes back."""
    outcome = draw(st.sampled_from(OUTCOMES))
    if what == "unsay":
        return Change("unsay", (person, outcome))
    return Change("outcome", (person, outcome, today + timedelta(days=draw(st.sampled_from((0, 0, 0, -1, -3, 1))))))


@st.composite
def _chosen(draw: st.DrawFn, what: str, person: int, today: date) -> Change:
    """Somebody declines a topic, or asks for a channel, or for a pause, which may be over already."""
    if what == "opt_out":
        return Change("opt_out", (person, draw(st.sampled_from(TOPICS))))
    if what == "channel":
        return Change("channel", (person, draw(st.sampled_from((None, *CHANNEL_KINDS)))))
    return Change("break", (person, today + timedelta(days=draw(st.sampled_from((-1, 1, 2, 9, 40))))))


@st.composite
def _about_sessions(draw: st.DrawFn, what: str, person: int, today: date) -> Change:
    """A session moved, called off or new; or somebody signs up for one, which may not be there."""
    if what == "session":
        return Change("session", (draw(sessions(today)),))
    session = draw(st.sampled_from(("m0", "m0", "m1", "m2")))
    return Change("seat", (person, draw(st.sampled_from(OUTCOMES)), today, session))


@st.composite
def _told(draw: st.DrawFn, what: str, person: int, today: date) -> Change:
    """What HR says of a person, or takes back: near enough to what it tells to hit, before or after it."""
    if what == "death":
        return Change("event", (person, "died", today))
    days = (0, 0, 0, -1, -2, -5, -31, 1, 4) if what == "event" else (0, 0, -1, -1, -2, -5, -9, 1, 4)
    day = today + timedelta(days=draw(st.sampled_from(days)))
    return Change(what, (person, draw(st.sampled_from(("hired", "moved"))), day))


_RARE = (
    "unsay",
    "unsay",
    "seat",
    "seat",
    "session",
    "withdraw",
    "withdraw",
    "death",
    "status",
    "address",
    "opt_out",
    "break",
    "channel",
    "channel",
    "pause",
    "resume",
    "approve",
    "approve",
    "edit",
)


@st.composite
def edits(draw: st.DrawFn) -> Callable[[Campaign], Campaign]:
    """What an officer may do to a campaign that is under way, and to who is under way in it."""
    made, what = draw(_edits()), draw(st.sampled_from(("finish", "move", "move")))
    number = draw(st.integers(0, 9))

    def edited(campaign: Campaign) -> Campaign:
        changed = made(campaign)
        if what != "move" or not changed.is_journey:
            return replace(changed, edited=Edited())
        return replace(changed, edited=Edited("move", changed.steps[number % len(changed.steps)].id))

    return Edit(f"{made.name}, {what} {number}", edited)


def _edits() -> st.SearchStrategy[Edit]:
    return st.one_of(
        st.sampled_from(_TIMES).map(lambda at: Edit("another hour", lambda one: _with_start(one, at=at))),
        st.sampled_from(_TIMES).map(lambda at: Edit("another hour of each step", lambda one: _with_steps(one, at=at))),
        st.just(Edit("other words", lambda one: replace(one, title=f"{one.title}!"))),
        st.just(Edit("one step more", _with_one_step_more)),
        st.just(Edit("no more reminders", lambda one: _with_steps(one, remind=None))),
        st.just(Edit("other branches", _with_ways_turned)),
        st.just(Edit("one step less", _with_one_step_less)),
        st.just(Edit("shorter waits", _with_shorter_waits)),
        st.just(Edit("to everybody", lambda one: replace(one, audience=EVERYONE))),
    )


@dataclass(frozen=True)
class Edit:
    """An edit with a name to print."""

    name: str
    made: Callable[[Campaign], Campaign] = field(repr=False)

    def __call__(self, campaign: Campaign) -> Campaign:
        return self.made(campaign)


def _with_start(campaign: Campaign, **changes: Any) -> Campaign:
    return replace(campaign, start=replace(campaign.start, **changes))


def _with_steps(campaign: Campaign, **changes: Any) -> Campaign:
    return replace(campaign, steps=tuple(replace(step, **changes) for step in campaign.steps))


def _with_one_step_more(campaign: Campaign) -> Campaign:
    last = campaign.steps[-1]
    name = f"p{len(campaign.steps)}"
    return replace(
        campaign, steps=(*campaign.steps, replace(last, id=name, send=name, day=last.day + 2, branch=None, wait=None))
    )


def _with_one_step_less(campaign: Campaign) -> Campaign:
    """Without its last one, where no branch leads."""
    *steps, last = campaign.steps
    if not steps or last.branch or any(step.branch or step.then is not None for step in steps):
        return campaign
    return replace(campaign, steps=tuple(steps))


def _with_ways_turned(campaign: Campaign) -> Campaign:
    """Branches that lose their last way where they have several, and lead where the others led."""
    return replace(campaign, steps=tuple(_turned(step) for step in campaign.steps))


def _turned(step: Step) -> Step:
    if step.branch is None or len(step.branch.ways) < 2:
        return step
    return replace(step, branch=replace(step.branch, ways=step.branch.ways[-2::-1]))


def _with_shorter_waits(campaign: Campaign) -> Campaign:
    """At most a day, and then on."""
    shorter = {step.id: replace(step.wait, at_most=Span(days=1), ends=False) for step in campaign.steps if step.wait}
    return replace(campaign, steps=tuple(replace(step, wait=shorter.get(step.id)) for step in campaign.steps))
