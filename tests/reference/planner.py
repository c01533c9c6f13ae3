"""A planner that is slow and plain: one person after another, in Python, from the words of the specification.

It shares the nouns of `outreach.definitions.model` with the product, and not a line of its planning. The product must
write the same ledger.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

from outreach.definitions.model import Campaign, Condition, Definitions, Remind, Span, Step, Way, Workspace
from tests.reference import channels, civil, hours, invitations, journeys, picks, segments

_CLASS = {"must": 0, "normal": 1, "nice": 2}
_PRIORITY = {"high": 0, "normal": 1, "low": 2}
_PER_PERSON = ("event", "outcome", "enters", "date")
_DAY = timedelta(days=1)
#: Longer than any row of closed days in a story.
_FAR = 20 * _DAY
_PRIME = 2**31 - 1
#: Days in which an open one is sought.
_REACH = 400


@dataclass
class Event:
    id: int
    person: int
    kind: str
    effective_on: date
    recorded_at: datetime


@dataclass
class World:
    """What the product's tables hold besides the plan."""

    #: By surrogate id: fields by name, `lot` and `id`.
    people: dict[int, dict[str, Any]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    #: Person, kind and day of what was told and did not happen after all, whichever was told first.
    withdrawn: set[tuple[int, str, date]] = field(default_factory=set)
    #: The id of the last event that was told.
    last_event: int = 0
    #: Person, outcome, day.
    outcomes: set[tuple[int, str, date]] = field(default_factory=set)
    #: Those of them that are about a seat.
    about_seats: set[tuple[int, str, date]] = field(default_factory=set)
    #: Who has a seat, by session.
    seated: dict[str, set[int]] = field(default_factory=dict)
    #: When an outcome became known.
    recorded: dict[tuple[int, str, date], datetime] = field(default_factory=dict)
    #: When somebody's seat at a session became known, each time, by person and session.
    seats: dict[tuple[int, str], list[datetime]] = field(default_factory=dict)
    #: Person, topic.
    opt_outs: set[tuple[int, str]] = field(default_factory=set)
    #: The day on which who asked for a pause wants messages again.
    breaks: dict[int, date] = field(default_factory=dict)
    #: The channel by which who chose one would rather be reached.
    channels: dict[int, str] = field(default_factory=dict)
    #: Addresses in lower case.
    suppressed: set[str] = field(default_factory=set)


@dataclass
class State:
    """A campaign that was approved once."""

    approved_at: datetime
    last_event: int
    paused: bool = False
    planned_until: datetime | None = None
    seen_events: set[int] = field(default_factory=set)
    #: Outcomes that it started with, or that it turned away.
    seen_outcomes: set[tuple[int, str, date]] = field(default_factory=set)
    #: Who was in the segment at the last look; None before the first.
    members: set[int] | None = None


@dataclass
class Enrolment:
    definitions: Definitions
    campaign: str
    person: int
    occurrence: str
    state: str
    reason: str | None
    started_on: date
    entered_at: datetime
    #: The last day on which it is under way.
    ends_on: date
    #: Place of what comes next; the number of steps when nothing does.
    next_step: int = 0
    #: The way taken at each branch, and what came of each wait.
    turns: dict[str, str] = field(default_factory=dict)
    #: The id of the event that started it, or the outcome.
    event: int | None = None
    outcome: tuple[int, str, date] | None = None
    #: How much later than others it begins.
    delay: timedelta = timedelta()
    #: Which of the campaign's versions it follows.
    version: int = 0
    #: By how many days its steps come later than the campaign says.
    later: int = 0
    #: The last day on which it stands at its next step, which is a wait; None where it does not.
    waits_until: date | None = None
    #: The steps at which it went on under another release; empty where nothing came any more.
    moves: list[str] = field(default_factory=list)

    @property
    def plan(self) -> Campaign:
        return self.definitions.campaigns[self.campaign]


@dataclass
class Delivery:
    definitions: Definitions
    campaign: str
    step: str
    occurrence: str
    repetition: int
    person: int
    state: str
    reason: str | None
    due_at: datetime
    expires_at: datetime
    #: The day from which outcomes stop a reminder.
    since: date | None
    enrolment: Enrolment | None
    picks: tuple[str, ...] = ()
    session: str | None = None
    shown_on: date | None = None
    sent_on: date | None = None
    sent_at: datetime | None = None
    remind_on: date | None = None
    passed_over: int = 0
    #: Those planned later have a larger one.
    number: int = 0
    wave: int | None = None
    planned_at: datetime | None = None
    #: What it tells of a session later: `moved`, `cancelled` or `eve`; empty for all other messages.
    notice: str = ""
    #: How often the session had changed that it is about.
    sequence: int = 0
    #: What it leaves by, where its person chose that; empty: its own channel.
    chosen: str = ""

    @property
    def is_must(self) -> bool:
        return self.plan.frequency == "must" or bool(self.notice)

    @property
    def channel(self) -> str | None:
        """What the ledger says before it is sent: mail has no name yet."""
        return None if self.way == "email" else self.way

    @property
    def way(self) -> str:
        """What it leaves by: what its person chose, or as for everybody."""
        return self.chosen or self.own

    @property
    def own(self) -> str:
        """The last of the reminders may go another way."""
        remind = _step_of(self).remind
        return remind.last.channel if remind and self.is_last else self.plan.channel

    @property
    def is_last(self) -> bool:
        """Whether it is a last reminder that goes another way."""
        remind = _step_of(self).remind
        return bool(remind and remind.last and self.repetition == remind.max_reminders)

    @property
    def key(self) -> tuple[str, str, str, int, int]:
        return self.campaign, self.step, self.occurrence, self.repetition, self.person

    @property
    def plan(self) -> Campaign:
        return self.definitions.campaigns[self.campaign]


@dataclass
class Telling:
    """Something to be told of a session."""

    kind: str
    session: str
    #: How often it had changed.
    sequence: int
    due_at: datetime
    begins: datetime


class Planner:
    """The whole of planning and dispatch; everything that is dispatched is sent at once."""

    def __init__(self, definitions: Definitions, world: World) -> None:
        self.definitions = definitions
        self.world = world
        self.approved: set[str] = set()
        #: How often each campaign was edited.
        self.versions: dict[str, int] = {}
        self.states: dict[str, State] = {}
        self.enrolments: list[Enrolment] = []
        self.deliveries: dict[tuple[str, str, str, int, int], Delivery] = {}
        #: Found once for all that wait for it.
        self.openings: dict[tuple[str, str, datetime, str | None, datetime], datetime] = {}
        #: How often each session changed, and since when it is as it is.
        self.sequences: dict[str, int] = {}
        self.since: dict[str, datetime] = {}
        for name in definitions.sessions:
            self.sequences[name], self.since[name] = 0, datetime(2026, 1, 1, tzinfo=UTC)
        #: What sort each was, by its id and how often it had changed.
        self.kinds = {(name, 0): session.kind for name, session in definitions.sessions.items()}
        #: Campaign, session, and how often it had changed.
        self.approved_changes: set[tuple[str, str, int]] = set()

    # --- what people decide ------------------------------------------------------------------------------

    def publish(self, definitions: Definitions, changed: Collection[str], now: datetime) -> None:
        """Another release; the campaigns whose closure changed need another approval."""
        for name, session in definitions.sessions.items():
            before = self.definitions.sessions.get(name)
            if before is None or invitations.words(before) != invitations.words(session):
                self.sequences[name], self.since[name] = self.sequences.get(name, -1) + 1, now
            self.kinds[name, self.sequences[name]] = session.kind
        self.definitions = definitions
        self.approved -= set(changed)
        for name in changed:
            self.versions[name] = self.versions.get(name, 0) + 1

    def approve(self, campaign: str, now: datetime) -> None:
        self.approved.add(campaign)
        self.approved_changes |= {
            (campaign, name, number)
            for name, number in self.sequences.items()
            if self.definitions.sessions[name].kind in invitations.kinds(self.definitions.campaigns[campaign])
        }
        if campaign not in self.states:
            last = max((event.id for event in self.world.events), default=0)
            self.states[campaign] = State(now, last)

    def pause(self, campaign: str) -> None:
        self.states[campaign].paused = True

    def resume(self, campaign: str) -> None:
        self.states[campaign].paused = False

    def happens(self, person: int, kind: str, day: date, now: datetime) -> None:
        """Told twice it happened once; who died gets nothing from now on."""
        known = {(event.person, event.kind, event.effective_on) for event in self.world.events}
        if (person, kind, day) in known | self.world.withdrawn:
            return
        self.world.last_event += 1
        self.world.events.append(Event(self.world.last_event, person, kind, day, now))
        if kind == "died":
            self.world.people[person]["status"] = "died"
            self.stop(person, "died")

    def did_not_happen(self, person: int, kind: str, day: date) -> None:
        """What it started ends; a journey of which nothing left never was."""
        self.world.withdrawn.add((person, kind, day))
        for event in list(self.world.events):
            if (event.person, event.kind, event.effective_on) == (person, kind, day):
                self.world.events.remove(event)
                for enrolment in self.enrolments:
                    if enrolment.event == event.id:
                        self._never_began(enrolment)

    def _never_began(self, enrolment: Enrolment) -> None:
        if enrolment.state == "active":
            rows = [one for one in self.deliveries.values() if one.enrolment is enrolment]
            self._end(enrolment, "exited" if any(one.sent_on for one in rows) else "refused", "withdrawn")

    def did(self, person: int, name: str, day: date, now: datetime) -> None:
        """It is on record, since it was told first."""
        self.world.recorded.setdefault((person, name, day), now)
        self.world.outcomes.add((person, name, day))

    def never_said(self, person: int, name: str, now: datetime) -> None:
        """What is about no seat is forgotten, what it started ends, and the reminders that it ended go on in time."""
        said = {one for one in self.world.outcomes if one[:2] == (person, name)} - self.world.about_seats
        self.world.outcomes -= said
        for state in self.states.values():
            state.seen_outcomes -= said
        for enrolment in self.enrolments:
            if enrolment.outcome in said:
                enrolment.outcome = None
                self._never_began(enrolment)
        for one in said:
            del self.world.recorded[one]
        for delivery in list(self.deliveries.values()) if said else ():
            if delivery.person == person and self._ended_by(delivery, name, now):
                del self.deliveries[delivery.key]
                before = self.deliveries[(*delivery.key[:3], delivery.repetition - 1, person)]
                before.remind_on = civil.civil(now, self._zone)

    def _ended_by(self, delivery: Delivery, name: str, now: datetime) -> bool:
        if (delivery.state, delivery.reason) != ("skipped", "until") or delivery.expires_at <= now:
            return False
        journey = delivery.enrolment
        if journey is None or journey.state != "active":
            return False
        remind = next((step.remind for step in journey.plan.steps if step.id == delivery.step), None)
        return bool(remind and delivery.repetition <= remind.max_reminders and name in remind.until.outcomes)

    def stop(self, person: int, why: str) -> None:
        """Nothing that was planned is sent any more."""
        for enrolment in self.enrolments:
            if enrolment.person == person and enrolment.state == "active":
                self._end(enrolment, "exited", why)
        for delivery in self.deliveries.values():
            if delivery.person == person and delivery.state == "planned":
                delivery.state, delivery.reason = "cancelled", why

    def _end(self, enrolment: Enrolment, state: str, reason: str) -> None:
        enrolment.state, enrolment.reason = state, reason
        for delivery in self.deliveries.values():
            if delivery.enrolment is enrolment and delivery.state == "planned":
                delivery.state, delivery.reason = "cancelled", reason

    # --- one tick ----------------------------------------------------------------------------------------

    def tick(self, now: datetime) -> None:
        self.now = now
        self.today = civil.civil(now, self._zone)
        startable = [
            (self.definitions.campaigns[name], state)
            for name, state in sorted(self.states.items())
            if name in self.definitions.campaigns and name in self.approved and not state.paused
        ]
        for campaign, _ in startable:
            if campaign.edited.under_way == "move":
                self._move(campaign)
        self._exits()
        for enrolment in self.enrolments:
            self._let_go(enrolment)
        # Per person first: who enters a journey now is under way for what starts for all.
        for campaign, state in sorted(startable, key=lambda item: item[0].start.kind not in _PER_PERSON):
            self._start(campaign, state)
            self._exits()
        self._steps()
        for delivery in list(self.deliveries.values()):
            self._reminder(delivery)
        self._notices({campaign.id for campaign, _ in startable})
        self._look_again()
        self._dispatch()

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.definitions.workspace.time_zone)

    def _at(self, campaign: Campaign, step: Step | None = None) -> time:
        return (step and step.at) or campaign.start.at or self.definitions.workspace.send_at

    def _clock(self, person: dict[str, Any]) -> ZoneInfo:
        """The clock that a person lives by."""
        return ZoneInfo(person.get("time_zone") or self.definitions.workspace.time_zone)

    def _expires(self, step: Step, since: datetime, where: ZoneInfo) -> datetime:
        span = step.expires_after or self.definitions.workspace.expires_after
        return civil.moment(civil.plus(civil.civil(since, where), span), civil.clock(since, where), where)

    # --- starting ----------------------------------------------------------------------------------------

    def _start(self, campaign: Campaign, state: State) -> None:
        if campaign.start.kind == "event":
            self._start_by_events(campaign, state)
        elif campaign.start.kind == "outcome":
            self._start_by_outcomes(campaign, state)
        elif campaign.start.kind == "enters":
            self._start_by_entering(campaign, state)
        elif campaign.start.kind == "date":
            self._start_by_dates(campaign)
        else:
            for name, day in self._occurrences(campaign, state):
                for person in self.world.people.values():
                    if self._comes_to(campaign, state, day, person):
                        self._start_occurrence(campaign, name, day, person)
            state.planned_until = max(self.now, state.planned_until or self.now)

    def _occurrences(self, campaign: Campaign, state: State) -> Iterator[tuple[str, date]]:
        first_day = civil.civil(state.approved_at, self._zone)
        if campaign.start.kind == "once":
            candidates = [("once", campaign.start.on)]
        else:
            meant = self._start_days(campaign, first_day - _FAR, self.today + _FAR)
            candidates = [(day.isoformat(), day) for day in meant]
        return self._on_open_days(campaign, candidates)

    def _comes_to(self, campaign: Campaign, state: State, day: date, person: dict[str, Any]) -> bool:
        """Whether an occurrence comes to this person now: as it does at home, or by the clock they live by."""
        after = state.planned_until or datetime(1970, 1, 1, tzinfo=UTC)
        if not state.planned_until and campaign.start.kind != "once":
            after = civil.moment(civil.civil(state.approved_at, self._zone), time(0), self._zone)
        where = self._clock(person)
        if not any(after < self._leaves(campaign, day, clock) <= self.now for clock in (self._zone, where)):
            return False
        first = self._leaving(campaign, campaign.steps[0], day + (campaign.steps[0].day - 1) * _DAY, where)
        # A letter that was missed is recorded; a journey is not begun, nor what was too late from the beginning.
        recorded = not campaign.is_journey and (state.planned_until or campaign.start.kind != "once")
        return bool(recorded) or self.now < self._expires(campaign.steps[0], first, where)

    def _on_open_days(self, campaign: Campaign, candidates: list[tuple[str, date]]) -> Iterator[tuple[str, date]]:
        """Each where its rule puts it; one that had to move makes way for another that it meets on its way."""
        closed = self.definitions.workspace.closed
        for name, meant in candidates:
            day = civil.moved(closed, meant, campaign.on_closed)
            met = [other for _, other in candidates if day and (meant < other <= day or day <= other < meant)]
            if day and not met:
                yield name, day

    def _leaves(self, campaign: Campaign, day: date, where: ZoneInfo) -> datetime:
        """An occurrence comes at the time of the first step."""
        return civil.moment(day, self._at(campaign, campaign.steps[0]), where)

    def _leaving(self, campaign: Campaign, step: Step, day: date, where: ZoneInfo) -> datetime:
        """A step, or a reminder, waits for an open day, unless the campaign sends on closed ones."""
        rule = "send" if campaign.on_closed == "send" else "after"
        opens = civil.moved(self.definitions.workspace.closed, day, rule)
        return civil.moment(opens, self._at(campaign, step), where)

    def _start_days(self, campaign: Campaign, first: date, last: date) -> Iterator[date]:
        start = campaign.start
        if start.kind == "every":
            for day in civil.days(start.every, first, last, start.first):
                if (start.first or day) <= day <= (start.last or day):
                    yield day
        else:
            theme = self.definitions.workspace.theme_days[start.name]
            for day in civil.days(theme.on, first, civil.plus(last, start.by) + 3 * _DAY):
                if first <= civil.minus(day, start.by) <= last:
                    yield civil.minus(day, start.by)

    def _start_occurrence(self, campaign: Campaign, name: str, day: date, person: dict[str, Any]) -> None:
        where = self._clock(person)
        leaves = self._leaves(campaign, day, where)
        inside = self._member(campaign.audience, person)
        if inside is False:
            return
        reason = "indeterminate" if inside is None else self._kept_out(campaign, person)
        delay = self._delay(campaign, person, day)
        if campaign.is_journey:
            self._enrol(campaign, person, name, reason, day, min(leaves, self.now), delay=delay)
        else:
            step = campaign.steps[0]
            due = self._leaving(campaign, step, day + delay, where) if delay else leaves
            if self._expires(step, due, where) <= self.now:
                step = replace(step, pick=None)
            self._plan(self.definitions, campaign, step, person, name, 0, due, reason, None)

    def _delay(self, campaign: Campaign, person: dict[str, Any], start: date) -> timedelta:
        wave = self._wave(campaign, person)
        if wave and campaign.rollout.open_days:
            reach = [start + count * _DAY for count in range(_REACH)]
            open_days = [day for day in reach if hours.sends_on(self.definitions.workspace, campaign, day)]
            # Where there are not enough, it waits for an opening like everything that is due.
            return [*open_days, *reach][wave - 1] - start
        return (wave - 1) * campaign.rollout.every.days * _DAY if wave else timedelta()

    def _wave(self, campaign: Campaign, person: dict[str, Any]) -> int | None:
        """The numbers that the lots make, from the lowest to the highest, cut into as many parts as there are waves."""
        if campaign.rollout is None:
            return None
        waves = campaign.rollout.waves
        return 1 + sum(_shuffled(f"rollout {campaign.id}", person) * waves >= part * _PRIME for part in range(1, waves))

    def _start_by_events(self, campaign: Campaign, state: State) -> None:
        start = campaign.start
        for event in sorted(self.world.events, key=lambda event: (event.effective_on, event.recorded_at, event.id)):
            if event.kind != start.name or event.effective_on > self.today or event.id in state.seen_events:
                continue
            state.seen_events.add(event.id)
            known = not start.include_present and event.id <= state.last_event
            if known and event.effective_on <= civil.civil(state.approved_at, self._zone):
                # There at the first approval; what was announced by then and took effect later counts.
                continue
            self._start_on_record(campaign, event.person, event.effective_on, event.recorded_at, event=event.id)

    def _start_by_outcomes(self, campaign: Campaign, state: State) -> None:
        start, recorded = campaign.start, self.world.recorded
        for said in sorted(self.world.outcomes, key=lambda said: (said[2], recorded[said], said)):
            person, name, day = said
            if name != start.name or day > self.today or said in state.seen_outcomes:
                continue
            known = not start.include_present and recorded[said] < state.approved_at
            if known and day <= civil.civil(state.approved_at, self._zone):
                continue
            state.seen_outcomes.add(said)
            self._start_on_record(campaign, person, day, recorded[said], outcome=said)

    def _start_on_record(self, campaign: Campaign, number: int, day: date, at: datetime, **begun_by: Any) -> None:
        person, limit = self.world.people[number], campaign.start.ignore_if_older_than
        inside = self._member(campaign.audience, person)
        if limit and day < civil.minus(civil.civil(at, self._zone), limit):
            reason: str | None = "too_old"
        elif inside is False:
            reason = "not_in_audience"
        elif inside is None:
            reason = "indeterminate"
        else:
            reason = self._again(campaign, person, day) or self._kept_out(campaign, person)
        self._enrol(campaign, person, self._entry(campaign, person), reason, day, at, **begun_by)

    def _start_by_entering(self, campaign: Campaign, state: State) -> None:
        now_in = {p["id"] for p in self.world.people.values() if self._member(campaign.start.name, p) is True}
        first_look, before = state.members is None, state.members or set()
        state.members = now_in
        if first_look and not campaign.start.include_present:
            return
        for number in sorted(now_in - before):
            person = self.world.people[number]
            inside = self._member(campaign.audience, person)
            if inside is False:
                reason: str | None = "not_in_audience"
            elif inside is None:
                reason = "indeterminate"
            else:
                reason = self._again(campaign, person, self.today) or self._kept_out(campaign, person)
            self._enrol(campaign, person, self._entry(campaign, person), reason, self.today, self.now)

    def _start_by_dates(self, campaign: Campaign) -> None:
        for person in self.world.people.values():
            day = person.get(campaign.start.name)
            if day is None or not civil.minus(day, campaign.start.by) <= self.today <= day:
                continue
            inside = self._member(campaign.audience, person)
            started_on = civil.minus(day, campaign.start.by)
            again = self._again(campaign, person, started_on)
            if inside is not True or again or self._kept_out(campaign, person):
                # Looked at again tomorrow, until the day itself.
                continue
            self._enrol(campaign, person, self._entry(campaign, person), None, started_on, self.now)

    def _kept_out(self, campaign: Campaign, person: dict[str, Any]) -> str | None:
        """The gates that stand at the entrance only."""
        if any(self._under_way(name, person) for name in campaign.except_.under_way):
            return "under_way"
        outcomes, inside = campaign.except_.outcomes, campaign.except_.segments
        if self._did(person, outcomes) or any(self._member(name, person) is True for name in inside):
            return "excepted"
        return None

    def _under_way(self, campaign: str, person: dict[str, Any]) -> bool:
        return any(
            enrolment.campaign == campaign
            and enrolment.person == person["id"]
            and enrolment.state == "active"
            and self.today <= enrolment.ends_on
            for enrolment in self.enrolments
        )

    def _again(self, campaign: Campaign, person: dict[str, Any], started_on: date) -> str | None:
        """Why who was in it before does not start again on that day."""
        before = [enrolment for enrolment in self._entries(campaign, person) if enrolment.state != "refused"]
        if campaign.reentry.kind == "never":
            return "entered_before" if before else None
        if any(one.state == "active" and (self._is_coming(one) or self.today <= one.ends_on) for one in before):
            return "still_in"
        if campaign.reentry.kind == "after":
            latest = civil.minus(started_on, campaign.reentry.after)
            return "too_soon" if any(one.started_on > latest for one in before) else None
        return None

    def _is_coming(self, enrolment: Enrolment) -> bool:
        """Whether a step is still to come."""
        return enrolment.next_step < len(enrolment.plan.steps)

    def _entries(self, campaign: Campaign, person: dict[str, Any]) -> list[Enrolment]:
        return [e for e in self.enrolments if e.campaign == campaign.id and e.person == person["id"]]

    def _entry(self, campaign: Campaign, person: dict[str, Any]) -> str:
        return f"entry-{len(self._entries(campaign, person)) + 1}"

    def _enrol(
        self,
        campaign: Campaign,
        person: dict[str, Any],
        occurrence: str,
        reason: str | None,
        started_on: date,
        entered_at: datetime,
        event: int | None = None,
        outcome: tuple[int, str, date] | None = None,
        delay: timedelta = timedelta(),
    ) -> None:
        if any(e.occurrence == occurrence for e in self._entries(campaign, person)):
            return
        state, whose = "refused" if reason else "active", person["id"]
        first = started_on + delay + (campaign.steps[0].day - 1) * _DAY
        ends_on = max(journeys.longest(campaign, 0, first), civil.civil(entered_at, self._zone))
        self.enrolments.append(
            Enrolment(
                self.definitions,
                campaign.id,
                whose,
                occurrence,
                state,
                reason,
                started_on,
                entered_at,
                ends_on,
                event=event,
                outcome=outcome,
                delay=delay,
                version=self.versions.get(campaign.id, 0),
            )
        )

    # --- edited ------------------------------------------------------------------------------------------

    def _move(self, campaign: Campaign) -> None:
        """Who is under way in an older version goes on in this one."""
        for enrolment in self.enrolments:
            if enrolment.campaign != campaign.id or enrolment.version == self.versions.get(campaign.id, 0):
                continue
            coming = self._is_coming(enrolment) or self.today <= enrolment.ends_on
            if enrolment.state == "active" and coming:
                self._go_on_in(campaign, enrolment)

    def _go_on_in(self, campaign: Campaign, enrolment: Enrolment) -> None:
        """At the step that is named, or after the last one that they had of it and of those below."""
        ids = [step.id for step in campaign.steps]
        named = ids.index(campaign.edited.to)
        had = {one.step for one in self.deliveries.values() if one.enrolment is enrolment}
        below = [place for place, step in enumerate(campaign.steps) if place >= named and step.id in had]
        place = journeys.nexts(campaign, max(below))[0] if below else named
        enrolment.definitions, enrolment.version = self.definitions, self.versions[campaign.id]
        enrolment.next_step, enrolment.waits_until = place, None
        enrolment.moves.append("" if place == len(ids) else ids[place])
        to_come = journeys.onward(campaign, place)
        self._forget_turns(campaign, enrolment, {ids[index] for index in to_come})
        # Waves are for those who begin.
        enrolment.delay = timedelta()
        if to_come:
            day = enrolment.started_on + (campaign.steps[place].day - 1) * _DAY
            enrolment.later = max((self.today - day).days, 0)
            enrolment.ends_on = max(enrolment.ends_on, journeys.longest(campaign, place, self._day(enrolment)))

    def _forget_turns(self, campaign: Campaign, enrolment: Enrolment, to_come: set[str]) -> None:
        """What is decided at a branch that is to come, or at one that has no such way any more, is not."""
        ways = {step.id: len(step.branch.ways) for step in campaign.steps if step.branch}
        waits = {step.id for step in campaign.steps if step.wait}
        for name, way in list(enrolment.turns.items()):
            if name in waits - to_come and way != "waiting":
                continue
            number = int(way.removeprefix("way-")) if way.startswith("way-") else 0
            if name in to_come or number > ways.get(name, -1):
                del enrolment.turns[name]

    # --- under way ---------------------------------------------------------------------------------------

    def _exits(self) -> None:
        for enrolment in self.enrolments:
            reason = self._exit_reason(enrolment) if enrolment.state == "active" else None
            if reason:
                self._end(enrolment, "exited", reason)

    def _exit_reason(self, enrolment: Enrolment) -> str | None:
        person = self.world.people[enrolment.person]
        if person["status"] in ("died", "left"):
            return str(person["status"])
        wanted = enrolment.plan.exit_when
        if wanted and self._holds(wanted, person, enrolment.started_on, enrolment.definitions):
            return "exited"
        return None

    def _steps(self) -> None:
        """Each enrolment's next step, the oldest first; then, for who is behind, the one after it."""
        while due := sorted(filter(self._is_due, self.enrolments), key=self._step_order):
            for enrolment in due:
                step, moment = self._next(enrolment)
                if step.branch:
                    self._turn(enrolment, step)
                    continue
                if step.wait:
                    self._wait(enrolment, step)
                    continue
                enrolment.next_step = journeys.nexts(enrolment.plan, enrolment.next_step)[0]
                person = self.world.people[enrolment.person]
                self._plan(
                    enrolment.definitions,
                    enrolment.plan,
                    step,
                    person,
                    enrolment.occurrence,
                    0,
                    moment,
                    None,
                    enrolment,
                )

    def _turn(self, enrolment: Enrolment, step: Step) -> None:
        """The first way that is known to hold; that it was unknown is kept, too."""
        here = enrolment.next_step
        truths = [self._goes(way, enrolment) for way in step.branch.ways]
        if True in truths:
            number = truths.index(True)
            way, enrolment.next_step = f"way-{number + 1}", step.branch.ways[number].first
        elif None in truths:
            way, enrolment.next_step = "unknown", step.branch.unknown
        else:
            way, enrolment.next_step = "otherwise", step.branch.otherwise
        enrolment.turns[step.id] = way
        self._ends(enrolment, self._behind(enrolment, here))

    def _wait(self, enrolment: Enrolment, step: Step) -> None:
        """For a day, which is known; or for what has happened, has not happened in time, or is waited for."""
        day = self._next_on(enrolment)
        if step.wait.until is None:
            goes_on = journeys.stays(step.wait, day)
            self._leaves_wait(enrolment, goes_on.isoformat(), goes_on)
        elif self._has_come(enrolment, step):
            self._leaves_wait(enrolment, "came", day)
        elif enrolment.waits_until:
            self._leaves_wait(enrolment, "gave-up", day)
        else:
            enrolment.turns[step.id], enrolment.waits_until = "waiting", journeys.stays(step.wait, day)

    def _let_go(self, enrolment: Enrolment) -> None:
        """Who waits goes on at once, whatever the hour."""
        if enrolment.state != "active" or enrolment.waits_until is None:
            return
        if self._has_come(enrolment, enrolment.plan.steps[enrolment.next_step]):
            self._leaves_wait(enrolment, "came", min(self.today, enrolment.waits_until))

    def _has_come(self, enrolment: Enrolment, step: Step) -> bool:
        person = self.world.people[enrolment.person]
        return self._holds(step.wait.until, person, enrolment.started_on, enrolment.definitions)

    def _leaves_wait(self, enrolment: Enrolment, way: str, day: date) -> None:
        """What comes after it keeps its distance."""
        here, campaign = enrolment.next_step, enrolment.plan
        step, behind = campaign.steps[here], self._behind(enrolment, here)
        enrolment.turns[step.id], enrolment.waits_until = way, None
        enrolment.later += (day - self._day(enrolment)).days
        ends = way == "gave-up" and step.wait.ends
        enrolment.next_step = len(campaign.steps) if ends else journeys.nexts(campaign, here)[0]
        self._ends(enrolment, max(behind, day))

    def _behind(self, enrolment: Enrolment, here: int) -> date:
        """The last day of a step and of all before it, had every reminder gone out in time."""
        steps = (enrolment.plan.steps[index] for index in {here} | journeys.leading_to(enrolment.plan, here))
        begins = enrolment.started_on + enrolment.delay + enrolment.later * _DAY
        return begins + (max(map(journeys.last_day, steps)) - 1) * _DAY

    def _ends(self, enrolment: Enrolment, behind: date) -> None:
        """The last day of what came before, or of what may come; not before the person entered."""
        entered = civil.civil(enrolment.entered_at, self._zone)
        coming = self._is_coming(enrolment)
        ahead = journeys.longest(enrolment.plan, enrolment.next_step, self._day(enrolment)) if coming else behind
        enrolment.ends_on = max(behind, ahead, entered)

    def _goes(self, way: Way, enrolment: Enrolment) -> bool | None:
        """Whether the way is for this person: what it asks for holds, and what it excludes does not."""
        when = self._truth(way.when, enrolment) if way.when else True
        unless = self._truth(way.unless, enrolment) if way.unless else False
        if when is False or unless is True:
            return False
        return None if when is None or unless is None else True

    def _truth(self, wanted: Condition, enrolment: Enrolment) -> bool | None:
        person, of = self.world.people[enrolment.person], enrolment.definitions
        if self._holds(replace(wanted, segments=()), person, enrolment.started_on, of):
            return True
        inside = [segments.member(of.segments, name, person, self.today) for name in wanted.segments]
        return True if True in inside else None if None in inside else False

    def _step_order(self, enrolment: Enrolment) -> tuple[Any, ...]:
        return self._next_on(enrolment), enrolment.campaign, enrolment.next_step, enrolment.entered_at

    def _is_due(self, enrolment: Enrolment) -> bool:
        if enrolment.state != "active" or self.states[enrolment.campaign].paused:
            return False
        return self._is_coming(enrolment) and self._next(enrolment)[1] <= self.now

    def _next(self, enrolment: Enrolment) -> tuple[Step, datetime]:
        step = enrolment.plan.steps[enrolment.next_step]
        clock = self._clock(self.world.people[enrolment.person])
        return step, self._leaving(enrolment.plan, step, self._next_on(enrolment), clock)

    def _day(self, enrolment: Enrolment) -> date:
        """The day on which it comes to its next step."""
        step = enrolment.plan.steps[enrolment.next_step]
        return enrolment.started_on + enrolment.delay + (step.day - 1 + enrolment.later) * _DAY

    def _next_on(self, enrolment: Enrolment) -> date:
        return enrolment.waits_until or self._day(enrolment)

    def _reminder(self, delivery: Delivery) -> None:
        if delivery.remind_on is None or self.states[delivery.campaign].paused:
            return
        if delivery.enrolment and delivery.enrolment.state != "active":
            return
        # As the release says under which the journey is now.
        follows = delivery.enrolment or delivery
        step = next((step for step in follows.plan.steps if step.id == delivery.step), None)
        if not (step and step.remind and delivery.repetition < step.remind.max_reminders):
            delivery.remind_on = None
            return
        where = self._clock(self.world.people[delivery.person])
        due = self._leaving(follows.plan, step, delivery.remind_on, where)
        if due > self.now:
            return
        delivery.remind_on = None
        self._plan(
            follows.definitions,
            follows.plan,
            step,
            self.world.people[delivery.person],
            delivery.occurrence,
            delivery.repetition + 1,
            due,
            None,
            delivery.enrolment,
        )

    def _plan(
        self,
        definitions: Definitions,
        campaign: Campaign,
        step: Step,
        person: dict[str, Any],
        occurrence: str,
        repetition: int,
        due: datetime,
        reason: str | None,
        enrolment: Enrolment | None,
    ) -> None:
        entered = enrolment.entered_at if enrolment and not repetition else due
        since = enrolment.started_on if enrolment else civil.civil(due, self._zone)
        delivery = Delivery(
            definitions,
            campaign.id,
            step.id,
            occurrence,
            repetition,
            person["id"],
            "planned",
            reason,
            due,
            self._expires(step, max(due, entered), self._clock(person)),
            since,
            enrolment,
            wave=self._wave(campaign, person),
            planned_at=self.now,
        )
        delivery.chosen = channels.chosen(delivery, self.world)
        delivery.reason = reason or self._stopped(delivery, step)
        if delivery.reason is None and step.pick:
            outcomes = {
                name for number, name, day in self.world.outcomes if number == person["id"] and day <= self.today
            }
            shown = self._shown(person["id"])
            found = picks.chosen(definitions, step.pick, campaign.about, person, self.today, done=outcomes, shown=shown)
            if len(found) < step.pick.at_least:
                delivery.reason = "nothing_new"
            else:
                delivery.picks, delivery.shown_on = tuple(found), self.today
        delivery.reason = delivery.reason or self._invite(delivery, step)
        if delivery.reason:
            delivery.state = "skipped"
            self._go_on(delivery, step)
        self._note(delivery)

    def _look_again(self) -> None:
        """Who lacked nothing but a session waits again once there is one, with the offers that were picked."""
        for delivery in self.deliveries.values():
            over = delivery.enrolment is not None and delivery.enrolment.state != "active"
            if delivery.state != "skipped" or delivery.reason != "no_session" or over:
                continue
            step = _step_of(delivery)
            if self.now < delivery.expires_at and self._next_session(delivery, step):
                delivery.state = "planned"
                if delivery.picks:
                    delivery.shown_on = self.today

    # --- notices -----------------------------------------------------------------------------------------

    def _notices(self, telling: Collection[str]) -> None:
        """Of each session to come: what changed, and that it is tomorrow; by the campaign that invited last."""
        for name, session in self.definitions.sessions.items():
            begins = civil.moment(session.on, session.starts, self._zone)
            eve = civil.moment(session.on - _DAY, self.definitions.workspace.send_at, self._zone)
            if begins <= self.now:
                continue
            if self.sequences[name]:
                kind = "cancelled" if session.cancelled else "moved"
                may = {one for one in telling if self._may_tell(one, name)}
                self._tell(Telling(kind, name, self.sequences[name], self.now, begins), may)
            if eve <= self.now and not session.cancelled:
                self._tell(Telling("eve", name, self.sequences[name], eve, begins), telling)

    def _may_tell(self, campaign: str, session: str) -> bool:
        unasked = self.definitions.campaigns[campaign].approval == "none"
        return unasked or (campaign, session, self.sequences[session]) in self.approved_changes

    def _tell(self, telling: Telling, may: Collection[str]) -> None:
        kind = self.definitions.sessions[telling.session].kind
        alike = {name for (name, _), was in self.kinds.items() if was == kind}
        for person in self.world.people.values():
            if not self._is_concerned(telling, person["id"]):
                continue
            had = [
                one
                for one in self.deliveries.values()
                if one.person == person["id"]
                and one.campaign in may
                and one.sent_on
                and one.session in alike
                and not one.notice
            ]
            if had:
                last = max(had, key=lambda one: one.number)
                self._plan_notice(telling, person, self.definitions.campaigns[last.campaign], last.step)

    def _is_concerned(self, telling: Telling, person: int) -> bool:
        name, rows = telling.session, [one for one in self.deliveries.values() if one.person == person]
        of_it = [one for one in rows if one.session == name]
        said = [one for one in of_it if one.sequence == telling.sequence]
        seats = self.world.seats.get((person, name), [])
        if telling.kind == "eve":
            return bool(seats) and not any(one.notice == "eve" for one in said)
        if any(one.notice == telling.kind or (one.sent_on and not one.notice) for one in said):
            return False
        before = any(one.sent_on and one.sequence < telling.sequence for one in of_it)
        return before or any(at < self.since[name] for at in seats)

    def _plan_notice(self, telling: Telling, person: dict[str, Any], campaign: Campaign, invitation: str) -> None:
        step = next((step for step in campaign.steps if step.id == invitation), None)
        if step is None or not step.invite:
            return
        delivery = Delivery(
            self.definitions, campaign.id, f"{invitation}.{telling.kind}", f"{telling.session}.{telling.sequence}", 0,
            person["id"], "planned", None, telling.due_at, telling.begins, None, None, session=telling.session,
            wave=self._wave(campaign, person), notice=telling.kind, sequence=telling.sequence,
        )  # fmt: skip
        delivery.chosen = channels.chosen(delivery, self.world)
        delivery.reason = self._stopped(delivery, _step_of(delivery))
        delivery.state = "skipped" if delivery.reason else "planned"
        self._note(delivery)

    def _note(self, delivery: Delivery) -> None:
        """Whoever has this delivery already keeps it: an occurrence that comes again, an hour later, is the same."""
        delivery.number = len(self.deliveries)
        self.deliveries.setdefault(delivery.key, delivery)

    def _shown(self, person: int) -> dict[str, date]:
        """When each offer was last shown to somebody by a message that left or will leave."""
        found: dict[str, date] = {}
        for delivery in self.deliveries.values():
            if delivery.person == person and delivery.state in ("planned", "sent"):
                for offer in delivery.picks:
                    found[offer] = max(delivery.shown_on, found.get(offer, delivery.shown_on))
        return found

    # --- letting go --------------------------------------------------------------------------------------

    def _dispatch(self) -> None:
        due = [
            delivery
            for delivery in self.deliveries.values()
            if delivery.state == "planned" and delivery.due_at <= self.now and not self.states[delivery.campaign].paused
        ]
        for delivery in due:
            self._reroute(delivery)
        waiting = [delivery for delivery in due if self._may_leave(delivery)]
        for name in {delivery.campaign for delivery in waiting if not delivery.notice}:
            if limit := self.definitions.campaigns[name].at_most:
                waiting = self._metered(name, limit, waiting)
        waiting.sort(key=self._urgency)
        for delivery in waiting:
            if not delivery.is_must and self._is_full(delivery.person):
                free = civil.moment(self._place(delivery.person), self.definitions.workspace.send_at, self._zone)
                delivery.reason, delivery.passed_over = "frequency_cap", delivery.passed_over + 1
                delivery.due_at = min(free, delivery.expires_at)
            else:
                self._send(delivery)

    def prefer(self, person: int, channel: str | None, now: datetime) -> None:
        """What is planned goes by what its person chooses now."""
        self.now = now
        self.world.channels[person] = channel or ""
        for delivery in self.deliveries.values():
            if delivery.person == person and delivery.state == "planned":
                self._reroute(delivery)

    def _reroute(self, delivery: Delivery) -> None:
        """What waited for the hours of one channel waits no more for them when it goes by another."""
        before, delivery.chosen = delivery.way, channels.chosen(delivery, self.world)
        if delivery.way != before and delivery.reason in ("outside_window", "closed_day", "blackout"):
            delivery.reason, delivery.due_at = None, self.now

    def _may_leave(self, delivery: Delivery) -> bool:
        step = _step_of(delivery)
        if delivery.expires_at <= self.now:
            delivery.state, delivery.reason = "expired", delivery.reason or "latest_time"
        elif reason := self._stopped(delivery, step) or self._invite(delivery, step):
            delivery.state, delivery.reason = "skipped", reason
            self._go_on(delivery, step)
        elif not delivery.notice and (reason := hours.shut(*self._hours(delivery), self.now)):
            delivery.reason, delivery.due_at = reason, self._opening(delivery)
        else:
            return True
        return False

    def _metered(self, campaign: str, limit: int, waiting: list[Delivery]) -> list[Delivery]:
        """Who has a place today, the oldest first; each of the others is told a day, so many on each."""
        mine = [one for one in self.deliveries.values() if one.campaign == campaign and not one.notice]
        places = max(limit - sum(one.sent_on == self.today for one in mine), 0)
        due = {one.key for one in waiting}
        held = {one.key for one in mine if one.state == "planned" and one.reason == "at_most"} - due
        queue = [one for one in mine if one.key in due | held]
        queue.sort(key=lambda one: (one.planned_at, self._drawn(one), one.person, one.step, one.occurrence,
                                    one.repetition))  # fmt: skip
        found = [one for one in waiting if one.campaign != campaign or one.notice]
        for one in queue[:places]:
            one.due_at = min(one.due_at, self.now)
            self._reroute(one)
        found += [one for one in queue[:places] if one.key in due or self._may_leave(one)]
        if not queue:
            return found
        opens, last = self.now, max(one.expires_at for one in queue)
        for number, one in enumerate(queue[places:]):
            if number % limit == 0 and opens < last:
                opens = self._next_morning(campaign, opens, last)
            one.reason, one.due_at = "at_most", min(opens, one.expires_at)
        return found

    def _next_morning(self, campaign: str, before: datetime, last: datetime) -> datetime:
        """The first moment at which it may leave on a later day, or the last of all."""
        nouns, day = self.definitions, civil.civil(before, self._zone) + _DAY
        while not hours.sends_on(nouns.workspace, nouns.campaigns[campaign], day):
            day += _DAY
        midnight = civil.moment(day, time(0), self._zone)
        if midnight >= last:
            return last
        return hours.opening(nouns.workspace, nouns.campaigns[campaign], midnight - timedelta(minutes=1), last)

    def _hours(self, delivery: Delivery) -> tuple[Workspace, Campaign]:
        where = self._clock(self.world.people[delivery.person]).key
        return replace(self.definitions.workspace, time_zone=where), replace(delivery.plan, channel=delivery.way)

    def _opening(self, delivery: Delivery) -> datetime:
        """When it may leave, or its latest time where that comes first."""
        where = self.world.people[delivery.person].get("time_zone")
        key = delivery.campaign, delivery.way, delivery.expires_at, where, self.now
        if key not in self.openings:
            self.openings[key] = hours.opening(*self._hours(delivery), self.now, delivery.expires_at)
        return self.openings[key]

    def _urgency(self, delivery: Delivery) -> tuple[Any, ...]:
        """Class, a latest time in three days, priority, times passed over, use, lot; then what is of one campaign."""
        plan = delivery.plan
        return (
            0 if delivery.is_must else _CLASS[plan.frequency],
            delivery.expires_at > self.now + 3 * _DAY,
            _PRIORITY[plan.priority],
            -delivery.passed_over,
            self._uses(delivery),
            self._drawn(delivery),
            delivery.due_at,
            plan.id,
            delivery.step,
            delivery.repetition,
        )

    def _uses(self, delivery: Delivery) -> bool:
        """Whether the person has done already what the campaign is for."""
        goal, offers = delivery.plan.goal, delivery.definitions.offers
        wanted = [goal.outcome] if goal else []
        wanted += [offers[name].outcome for name in delivery.plan.about if offers[name].outcome]
        return self._did(self.world.people[delivery.person], wanted)

    def _drawn(self, delivery: Delivery) -> int:
        """A number of the person's own for each campaign."""
        return _shuffled(delivery.campaign, self.world.people[delivery.person])

    def _had(self, person: int) -> list[date]:
        """The days on which the person got what counts in the period, the newest first."""
        cap = self.definitions.workspace.frequency_cap
        since = civil.minus(self.today, cap.per)
        return sorted(
            (
                delivery.sent_on
                for delivery in self.deliveries.values()
                if delivery.person == person
                and delivery.sent_on is not None
                and delivery.sent_on > since
                and not delivery.is_must
            ),
            reverse=True,
        )

    def _is_full(self, person: int) -> bool:
        cap = self.definitions.workspace.frequency_cap
        return cap is not None and len(self._had(person)) >= cap.messages

    def _place(self, person: int) -> date:
        """The first day on which fewer than the cap are in the period."""
        cap = self.definitions.workspace.frequency_cap
        return civil.plus(self._had(person)[cap.messages - 1], cap.per)

    def _go_on(self, delivery: Delivery, step: Step) -> None:
        """Whom no mail reaches, another way may, on the day on which it would have come."""
        if step.remind and step.remind.last and delivery.reason in ("no_address", "suppressed"):
            self._remind(delivery, step)

    def _send(self, delivery: Delivery) -> None:
        delivery.state, delivery.reason, delivery.sent_on = "sent", None, self.today
        delivery.sent_at = self.now
        step = _step_of(delivery)
        self._remind(delivery, step)

    def _remind(self, delivery: Delivery, step: Step) -> None:
        if step.remind and delivery.repetition < step.remind.max_reminders:
            delivery.remind_on = civil.plus(self.today, _every(step.remind))

    # --- gates -------------------------------------------------------------------------------------------

    def _stopped(self, delivery: Delivery, step: Step) -> str | None:
        """The first gate that stops, of those that are looked at for every message, twice."""
        person = self.world.people[delivery.person]
        if delivery.notice and delivery.sequence != self.sequences[delivery.session]:
            return "superseded"
        if person["status"] in ("died", "left"):
            return str(person["status"])
        comes = bool(delivery.notice) and (person["id"], delivery.session) in self.world.seats
        if (person["id"], delivery.plan.topic) in self.world.opt_outs and not comes:
            return "opted_out"
        if self.today < self.world.breaks.get(person["id"], self.today) and not comes:
            return "pause_chosen"
        if delivery.way == "email" and (reason := self._without_address(person)):
            return reason
        if step.unless and self._holds(step.unless, person, None, delivery.definitions):
            return "unless"
        until = step.remind.until if delivery.repetition and step.remind else None
        if until and self._holds(until, person, delivery.since, delivery.definitions):
            return "until"
        return None

    def _invite(self, delivery: Delivery, step: Step) -> str | None:
        """Choose the session, anew each time that it is looked at; the reason where there is none."""
        if not step.invite:
            return None
        delivery.session = self._next_session(delivery, step)
        delivery.sequence = self.sequences.get(delivery.session or "", 0)
        return None if delivery.session else "no_session"

    def _next_session(self, delivery: Delivery, step: Step) -> str | None:
        person, languages = self.world.people[delivery.person], delivery.definitions.workspace.languages
        sessions = self.definitions.sessions.values()
        return invitations.next_one(sessions, step.invite, person, languages, self.today, self.world.seated)

    def _without_address(self, person: dict[str, Any]) -> str | None:
        """Why no mail reaches this person."""
        address = _address(person)
        if not address:
            return "no_address"
        return "suppressed" if address.lower() in self.world.suppressed else None

    def _holds(self, wanted: Condition, person: dict[str, Any], since: date | None, of: Definitions) -> bool:
        first = since or date.min
        happened = any(
            event.person == person["id"] and event.kind in wanted.events and first <= event.effective_on <= self.today
            for event in self.world.events
        )
        inside = (segments.member(of.segments, name, person, self.today) is True for name in wanted.segments)
        return happened or self._did(person, wanted.outcomes, first) or any(inside)

    def _did(self, person: dict[str, Any], outcomes: Collection[str], since: date = date.min) -> bool:
        return any(
            number == person["id"] and name in outcomes and since <= day <= self.today
            for number, name, day in self.world.outcomes
        )

    def _member(self, segment: str, person: dict[str, Any]) -> bool | None:
        return segments.member(self.definitions.segments, segment, person, self.today)


def _shuffled(what: str, person: dict[str, Any]) -> int:
    digest = blake2b(what.encode(), digest_size=8).digest()
    return int(person["lot"]) * (1 + int.from_bytes(digest) % (_PRIME - 1)) % _PRIME


def _step_of(delivery: Delivery) -> Step:
    """A notice is a step by itself, of which nothing follows."""
    written = delivery.step.partition(".")[0]
    step = next(step for step in delivery.plan.steps if step.id == written)
    return Step(delivery.step, step.day, delivery.step) if delivery.notice else step


def _every(remind: Remind) -> Span:
    return remind.every


def _address(person: dict[str, Any]) -> str | None:
    work, home = person.get("email"), person.get("private_email")
    return (work or home) if person["status"] in ("active", "contact") else (home or work)
