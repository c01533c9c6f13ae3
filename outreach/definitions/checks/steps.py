"""Steps in the order of their days, each with an id of its own, also where they branch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from outreach.definitions.findings import Findings
from outreach.definitions.forms.branches import BranchForm, WayForm
from outreach.definitions.forms.campaigns import AnyStep, StepForm
from outreach.definitions.forms.waits import WaitForm
from outreach.definitions.reading import Document, Path

_ORDER = "Put the steps in order, each on a day of its own (`day: 10`; 1 where not said)."


def check_steps(steps: Sequence[AnyStep], document: Document, findings: Findings) -> None:
    """Ids, days, and ways that say for whom they are."""
    told: set[str] = set()
    for path, step in _each(steps, ("steps",)):
        if step.id in told:
            findings.problem(document, (*path, "id"), f"the step id `{step.id}` stands here twice",
                             "Give each step an id of its own.")  # fmt: skip
        told.add(step.id)
    _check_days(steps, ("steps",), 0, document, findings)
    for path, way in ways_of(steps):
        if way.if_ is None and way.unless is None:
            remedy = "Add `if: …` or `unless: …`; steps of all others stand under `otherwise`, beside `branch`."
            findings.problem(document, path, "it is not said who goes this way", remedy)


def messages_of(steps: Sequence[AnyStep]) -> Iterator[tuple[Path, StepForm]]:
    """The steps that send something, with where they stand."""
    return ((path, step) for path, step in _each(steps, ("steps",)) if isinstance(step, StepForm))


def ways_of(steps: Sequence[AnyStep]) -> Iterator[tuple[Path, WayForm]]:
    """The ways of all branches, with where they stand."""
    for path, step in _each(steps, ("steps",)):
        if isinstance(step, BranchForm):
            yield from (((*path, "branch", number), way) for number, way in enumerate(step.branch))


def waits_of(steps: Sequence[AnyStep]) -> Iterator[tuple[Path, WaitForm]]:
    """The waits, with where they stand."""
    return ((path, step) for path, step in _each(steps, ("steps",)) if isinstance(step, WaitForm))


def ids_of(steps: Sequence[AnyStep]) -> Iterator[str]:
    """The ids of steps, branches and waits, in the order in which they are written."""
    return (step.id for _, step in _each(steps, ("steps",)))


def _each(steps: Sequence[AnyStep], at: Path) -> Iterator[tuple[Path, AnyStep]]:
    for index, step in enumerate(steps):
        yield (*at, index), step
        if isinstance(step, BranchForm):
            for inner, inside in _lists(step, (*at, index)):
                yield from _each(inside, inner)


def _lists(form: BranchForm, at: Path) -> Iterator[tuple[Path, Sequence[AnyStep]]]:
    """The lists of steps in a branch, with where they stand."""
    yield from (((*at, "branch", number, "then"), way.then) for number, way in enumerate(form.branch))
    yield (*at, "otherwise"), form.otherwise
    yield (*at, "if_unknown"), form.if_unknown or []


def _check_days(steps: Sequence[AnyStep], at: Path, before: int, document: Document, findings: Findings) -> int:
    """The last day of a list of steps, none of which may come before the day that it begins after."""
    for index, step in enumerate(steps):
        if step.day <= before:
            message = f"day {step.day} does not come after day {before} of the step before it"
            findings.problem(document, (*at, index, "day"), message, _ORDER)
        # What was waited for may be followed on the same day.
        before = step.day - 1 if isinstance(step, WaitForm) else step.day
        if isinstance(step, BranchForm):
            # What a branch decides may happen on its own day.
            ends = [_check_days(inside, inner, step.day - 1, document, findings) for inner, inside in
                    _lists(step, (*at, index)) if inside]  # fmt: skip
            before = max([step.day, *ends])
    return before
