"""Steps as they are written, one inside the other, become one row of steps that know which comes next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from outreach.definitions.forms.branches import BranchForm
from outreach.definitions.forms.campaigns import AnyStep, StepForm
from outreach.definitions.forms.conditions import condition
from outreach.definitions.forms.waits import WaitForm
from outreach.definitions.model import Branch, Step, Way


def lay_out(forms: Sequence[AnyStep], build: Callable[[StepForm], Step]) -> tuple[Step, ...]:
    """The steps in the order in which they are written, those of the ways behind their branch."""
    return tuple(_lay(forms, 0, _size(forms), build))


def written_steps(forms: Sequence[AnyStep]) -> Iterator[StepForm]:
    """The steps that send something, those inside of branches too."""
    for form in forms:
        if isinstance(form, BranchForm):
            for steps in lists_of(form):
                yield from written_steps(steps)
        elif isinstance(form, StepForm):
            yield form


def lists_of(form: BranchForm) -> list[list[AnyStep]]:
    """The lists of steps in a branch, in the order in which they are laid out."""
    return [*(way.then for way in form.branch), form.otherwise, form.if_unknown or []]


def _size(forms: Sequence[AnyStep]) -> int:
    return sum(1 + sum(map(_size, lists_of(form))) if isinstance(form, BranchForm) else 1 for form in forms)


def _lay(forms: Sequence[AnyStep], place: int, after: int, build: Callable[[StepForm], Step]) -> Iterator[Step]:
    """The steps of one list that begins at a place, and whose last one is followed by what is at `after`."""
    for number, form in enumerate(forms, 1):
        end = place + _size([form])
        following = end if number < len(forms) else after
        if isinstance(form, BranchForm):
            yield from _lay_branch(form, place, following, build)
        elif isinstance(form, WaitForm):
            yield _followed(Step(form.id, form.day, "", at=form.at, wait=form.noun()), place, following)
        else:
            yield _followed(build(form), place, following)
        place = end


def _followed(step: Step, place: int, following: int) -> Step:
    return step if following == place + 1 else replace(step, then=following)


def _lay_branch(form: BranchForm, place: int, following: int, build: Callable[[StepForm], Step]) -> Iterator[Step]:
    firsts, inner, inside = [], place + 1, []
    for steps in lists_of(form):
        firsts.append(inner if steps else following)
        inside += list(_lay(steps, inner, following, build))
        inner += _size(steps)
    *ways, otherwise, unknown = firsts
    branch = Branch(
        tuple(
            Way(condition(way.if_), condition(way.unless), first) for way, first in zip(form.branch, ways, strict=True)
        ),
        otherwise,
        otherwise if form.if_unknown is None else unknown,
    )
    yield Step(form.id, form.day, "", at=form.at, branch=branch)
    yield from inside
