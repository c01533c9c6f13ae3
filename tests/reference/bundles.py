"""What the contacts of an entity are told, person by person and day by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from outreach.definitions.model import Campaign
from outreach.outcomes.small_numbers import tell
from tests.reference import civil, segments
from tests.reference.planner import Delivery, Planner

_DAY = timedelta(days=1)
_ENTITLED = ("active", "retired", "survivor")
_PER_PERSON = ("event", "outcome", "enters", "date")


@dataclass(frozen=True)
class Told:
    first: date
    last: date
    #: Campaign, days, number, and whether it is one of few.
    news: tuple[tuple[str, tuple[date, ...], int | None, bool], ...]
    #: Session, and how often it had changed.
    sessions: tuple[tuple[str, int], ...]


class Briefing(Planner):
    """The planner whose campaigns may start with the bundles."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.release = 1
        #: By campaign, occurrence, entity and release.
        self.made: dict[tuple[str, str, str, int], Told] = {}
        #: By the key of the delivery that brings it.
        self.brought: dict[tuple[str, str, str, int, int], Told] = {}

    def publish(self, *given: Any) -> None:
        super().publish(*given)
        self.release += 1

    def _start_days(self, campaign: Campaign, first: date, last: date) -> Iterator[date]:
        if campaign.start.kind == "bundles":
            return civil.days(self.definitions.workspace.bundles.every, first, last)
        return super()._start_days(campaign, first, last)

    def _dispatch(self) -> None:
        for delivery in list(self.deliveries.values()):
            waits = delivery.state == "planned" and delivery.key not in self.brought
            if waits and delivery.plan.start.kind == "bundles":
                self._bring(delivery)
        super()._dispatch()

    def _bring(self, delivery: Delivery) -> None:
        entity = self.world.people[delivery.person].get("entity")
        if not entity:
            delivery.state, delivery.reason = "skipped", "no_entity"
            return
        name = (delivery.campaign, delivery.occurrence, entity, self.release)
        told = self.made.get(name) or self._told_of(delivery, entity)
        if not told.sessions and not any(days for _, days, _, _ in told.news):
            delivery.state, delivery.reason = "skipped", "nothing_to_tell"
            return
        self.made[name] = self.brought[delivery.key] = told

    def _told_of(self, delivery: Delivery, entity: str) -> Told:
        bundles, day = self.definitions.workspace.bundles, date.fromisoformat(delivery.occurrence)
        following = day + _DAY
        while not list(civil.days(bundles.every, following, following)):
            following += _DAY
        earlier = any(made[0] == delivery.campaign and made[1] != delivery.occurrence for made in self.made)
        first = civil.plus(day, bundles.ahead) if earlier else day
        last = civil.plus(following, bundles.ahead) - _DAY
        sessions = sorted(
            (name, self.sequences[name])
            for name, one in self.definitions.sessions.items()
            if first <= one.on <= last and not one.cancelled and one.entity in ("", entity)
        )
        return Told(first, last, tuple(self._news(entity, first, last)), tuple(sessions))

    def _news(self, entity: str, first: date, last: date) -> Iterator[tuple[str, tuple[date, ...], int | None, bool]]:
        told = [one for name, one in sorted(self.definitions.campaigns.items()) if self._is_told(name, one)]
        dated = {one.id: days for one in told if (days := self._days(one, first, last))}
        dated = {name: days for name, days in dated.items() if any(self._audience(name, days[0], None))}
        open_ = [name for name in dated if not self.definitions.campaigns[name].sensitive]
        limit = self.definitions.workspace.small_numbers
        shown = tell(["*", *open_], self._cells(entity, dated), limit)
        for name, days in sorted(dated.items(), key=lambda item: (item[1], item[0])):
            few = len(list(self._audience(name, days[0], entity))) < limit
            yield (name, days, shown[name].people, few) if name in open_ else (name, days, None, False)
        for one in told:
            if one.start.kind in _PER_PERSON and one.announce.titles:
                yield one.id, (), None, False

    def _is_told(self, name: str, one: Campaign) -> bool:
        state = self.states.get(name)
        if state is None or state.paused or name not in self.approved or one.announce is None:
            return False
        return one.start.kind != "bundles" and (not one.sensitive or bool(one.announce.titles))

    def _days(self, campaign: Campaign, first: date, last: date) -> tuple[date, ...]:
        if campaign.start.kind in _PER_PERSON:
            return ()
        if campaign.start.kind == "once":
            meant = [("once", campaign.start.on)]
        else:
            found = self._start_days(campaign, first - 20 * _DAY, last + 20 * _DAY)
            meant = [(day.isoformat(), day) for day in found]
        return tuple(sorted({day for _, day in self._on_open_days(campaign, meant) if first <= day <= last}))

    def _audience(self, name: str, day: date, entity: str | None) -> Iterator[int]:
        """The entitled people of an entity, or of any, who are in it on that day."""
        audience = self.definitions.campaigns[name].audience
        for person in self.world.people.values():
            where = person.get("entity")
            there = where and entity in (None, where) and person["status"] in _ENTITLED
            if there and segments.member(self.definitions.segments, audience, person, day):
                yield person["id"]

    def _cells(self, entity: str, dated: dict[str, tuple[date, ...]]) -> Counter[frozenset[str]]:
        inside = {name: set(self._audience(name, days[0], entity)) for name, days in dated.items()}
        staff = [
            person["id"]
            for person in self.world.people.values()
            if person.get("entity") == entity and person["status"] in _ENTITLED
        ]
        return Counter(frozenset({"*"} | {name for name in inside if who in inside[name]}) for who in staff)
