"""The reference planner, told of changes as the product is, and read like it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from outreach.rendering.told import News, Told
from tests.properties.product import edited, with_session
from tests.properties.strategies import Change, Story
from tests.reference import planner
from tests.reference.bundles import Briefing


class Reference(Briefing):
    """One world of the reference planner."""

    def __init__(self, story: Story) -> None:
        roster = {person["id"]: dict(person) for person in story.people}
        super().__init__(story.definitions, planner.World(people=roster))

    def apply(self, change: Change, now: datetime) -> None:
        match change.what, change.arguments:
            case "approve", (campaign,):
                self.approve(campaign, now)
            case "edit", (campaign, edit):
                self.publish(edited(self.definitions, campaign, edit), [campaign], now)
            case "pause", (campaign,) if campaign in self.states:
                self.pause(campaign)
            case "resume", (campaign,) if campaign in self.states:
                self.resume(campaign)
            case "event" | "withdraw", event:
                self._hear(change.what, event, now)
            case "outcome" | "unsay", arguments:
                self._do(change.what, now, arguments)
            case "seat" | "session", arguments:
                self._about_sessions(change.what, now, *arguments)
            case "opt_out" | "break" | "channel", (who, chosen):
                self._choose(change.what, who, chosen, now)
            case "fact", (who, name, value):
                self._change(who, name, value)

    def _do(self, what: str, now: datetime, arguments: Any) -> None:
        if what == "unsay":
            self.never_said(*arguments, now)
            return
        self.did(*arguments, now)

    def _choose(self, what: str, who: int, chosen: Any, now: datetime) -> None:
        if what == "opt_out":
            self.world.opt_outs.add((who, chosen))
        elif what == "channel":
            self.prefer(who, chosen, now)
        else:
            self.world.breaks[who] = chosen

    def _about_sessions(self, what: str, now: datetime, *arguments: Any) -> None:
        if what == "session":
            self.publish(with_session(self.definitions, *arguments), (), now)
            return
        who, name, day, session = arguments
        self.did(who, name, day, now)
        self.world.about_seats.add((who, name, day))
        self.world.seats.setdefault((who, session), []).append(self.world.recorded[who, name, day])
        self.world.seated.setdefault(session, set()).add(who)

    def _hear(self, what: str, event: tuple[int, str, date], now: datetime) -> None:
        if what == "withdraw":
            self.did_not_happen(*event)
        else:
            self.happens(*event, now)

    def _change(self, who: int, name: str, value: Any) -> None:
        self.world.people[who][name] = value
        if value in ("died", "left"):
            self.stop(who, value)

    def ledger(self) -> dict[Any, Any]:
        return {
            key: (
                row.state,
                row.reason,
                row.picks if row.state != "skipped" else (),
                row.due_at,
                row.expires_at,
                row.sent_at,
                row.channel,
                row.passed_over,
                row.wave,
                row.session if row.state != "skipped" else None,
            )
            for key, row in self.deliveries.items()
        }

    def brought_as_nouns(self) -> dict[Any, Told]:
        return {
            key: Told(told.first, told.last, tuple(News(*one) for one in told.news), dict(told.sessions))
            for key, told in self.brought.items()
        }

    def enrolments_as_rows(self) -> list[Any]:
        rows = [(e.campaign, e.person, e.occurrence, e.state, e.reason, e.started_on) for e in self.enrolments]
        return sorted(rows, key=str)

    def turns_as_rows(self) -> dict[Any, str]:
        return {
            (e.campaign, e.person, e.occurrence, step): way for e in self.enrolments for step, way in e.turns.items()
        }

    def moves_as_rows(self) -> dict[Any, list[str]]:
        return {(e.campaign, e.person, e.occurrence): e.moves for e in self.enrolments if e.moves}
