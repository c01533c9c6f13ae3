"""HR, officers, recipients and the clock play against the running product; a reference planner says what must come."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.databases import Place
from tests.journeys.running import Running
from tests.properties.trials import trials

_BEGINNINGS = (date(2026, 10, 12), date(2026, 12, 28), date(2027, 3, 20))
_EVENTS = ("hired", "retired", "moved", "left", "died")
#: Hours from one act to the next.
_PAUSES = st.sampled_from((0, 3, 24, 3 * 24, 8 * 24, 14 * 24, 30 * 24))
_FINAL = ("sent", "rejected", "skipped", "expired", "cancelled")


class Town(RuleBasedStateMachine):
    """Everybody who has a hand in it."""

    place: Place

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory(prefix="outreach-town-")
        self.left: dict[object, object] = {}

    @initialize(first=st.sampled_from(_BEGINNINGS), numbers=st.integers(3, 6), data=st.data())
    def found(self, first: date, numbers: int, data: st.DataObject) -> None:
        url = self.place.url.render_as_string(hide_password=False)
        self.running = Running(Path(self._folder.name) / "workspace", url, first)
        for _ in range(numbers):
            self._appears(data)
        self.running.export()
        for campaign in self.running.definitions.campaigns:
            if data.draw(st.integers(0, 9)):
                self.running.approve(campaign)

    # --- HR ----------------------------------------------------------------------------------------------

    @rule(data=st.data(), more=st.integers(0, 1), changed=st.integers(0, 2), hours=_PAUSES)
    def hr_exports(self, data: st.DataObject, more: int, changed: int, hours: int) -> None:
        self._later(hours)
        for _ in range(more):
            self._appears(data)
        for _ in range(changed):
            row = self.running.people[data.draw(self._somebody())]
            name, values = data.draw(st.sampled_from(tuple(self._facts().items())))
            row[name] = data.draw(values)
        self.running.export()

    @rule(
        data=st.data(), kind=st.sampled_from(_EVENTS), away=st.sampled_from((0, 0, -1, -5, -40, 3)),
        what=st.sampled_from(("record", "record", "withdraw")), hours=_PAUSES,
    )  # fmt: skip
    def hr_tells(self, data: st.DataObject, kind: str, away: int, what: str, hours: int) -> None:
        self._later(hours)
        # Nobody's death is recorded beforehand.
        day = self.running.today + timedelta(days=min(away, 0) if kind == "died" else away)
        self.running.tell(what, data.draw(self._somebody()), kind, day)

    # --- recipients --------------------------------------------------------------------------------------

    @rule(data=st.data(), hours=_PAUSES)
    def somebody_acts(self, data: st.DataObject, hours: int) -> None:
        self._later(hours)
        outcome = data.draw(st.sampled_from(tuple(self.running.definitions.workspace.outcomes)))
        self.running.act(data.draw(self._somebody()), outcome)

    @rule(data=st.data(), hours=_PAUSES)
    def somebody_has_enough(self, data: st.DataObject, hours: int) -> None:
        self._later(hours)
        topic = data.draw(st.sampled_from(tuple(self.running.definitions.workspace.topics)))
        self.running.refuse(data.draw(self._somebody()), topic)

    # --- officers ----------------------------------------------------------------------------------------

    @rule(data=st.data(), hours=_PAUSES)
    def an_officer_approves(self, data: st.DataObject, hours: int) -> None:
        self._later(hours)
        waiting = set(self.running.definitions.campaigns) - self.running.planner.approved
        if waiting:
            self.running.approve(data.draw(st.sampled_from(sorted(waiting))))

    @precondition(lambda self: self.running.planner.states)
    @rule(data=st.data(), hours=_PAUSES)
    def an_officer_pauses_or_resumes(self, data: st.DataObject, hours: int) -> None:
        self._later(hours)
        states = self.running.planner.states
        campaign = data.draw(st.sampled_from(sorted(states)))
        self.running.steer("resume" if states[campaign].paused else "pause", campaign)

    # --- the clock ---------------------------------------------------------------------------------------

    @rule(hours=_PAUSES)
    def nothing_happens(self, hours: int) -> None:
        self._later(hours)

    def _later(self, hours: int) -> None:
        """Time goes by, and cron runs."""
        self.running.now += timedelta(hours=hours)
        self.running.tick()
        assert self.running.ledger() == self.running.expected()

    @rule(data=st.data())
    def somebody_asks_why(self, data: st.DataObject) -> None:
        number = data.draw(self._somebody())
        latest = self.running.latest(number)
        said = {(one["campaign"], one["step"]): one for one in self.running.said(number)}
        for step, (state, reason) in latest.items():
            verdict = "indeterminate" if reason == "indeterminate" else state
            assert (said[step]["verdict"], said[step]["reason"] or None) == (verdict, reason), step

    # --- what always holds -------------------------------------------------------------------------------

    @invariant()
    def what_has_ended_stays_as_it_is(self) -> None:
        if not hasattr(self, "running"):
            return
        now = {key: row for key, row in self.running.ledger().items() if row[0] in _FINAL}
        assert {key: now.get(key) for key in self.left} == self.left
        self.left = dict(now)

    def teardown(self) -> None:
        if hasattr(self, "running"):
            self.running.close()
        self._folder.cleanup()

    def _somebody(self) -> st.SearchStrategy[str]:
        return st.sampled_from(sorted(self.running.people))

    def _appears(self, data: st.DataObject) -> None:
        number = f"P{len(self.running.people) + 1}"
        made = {name: data.draw(values) for name, values in self._facts().items()}
        fixed = {"person_id": number, "first_name": "An", "private_email": "", "role": ""}
        self.running.people[number] = fixed | made

    def _facts(self) -> dict[str, st.SearchStrategy[str]]:
        today = self.running.today
        near = st.integers(-60, 90).map(lambda days: (today + timedelta(days=days)).isoformat())
        return {
            "status": st.sampled_from(("active",) * 4 + ("retired", "survivor", "left", "died")),
            "email": st.sampled_from(("an@overheid.example",) * 4 + ("",)),
            "language": st.sampled_from(("nl", "fr", "en", "")),
            "household": st.sampled_from(("single", "couple", "single-with-children", "")),
            "contract": st.sampled_from(("statutory", "fixed-term", "")),
            "children": st.sampled_from(("0", "2", "")),
            "born_on": st.sampled_from(("1960-02-29", "1999-05-05", "")),
            "hired_on": near | st.just("2010-09-01"),
            "retired_on": st.just("") | near,
            "contract_ends_on": st.just("") | near,
        }


def test_the_running_product_does_what_the_reference_planner_says(place: Place) -> None:
    Town.place = place
    run_state_machine_as_test(Town, settings=settings(trials(2), stateful_step_count=14))
