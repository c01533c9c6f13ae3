"""Whether a simulation keeps to the budget of `outreach.yaml`, and what to do where it does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from outreach.definitions.model import Budget, Cap
from outreach.simulation.report import Report, Week

#: So many campaigns are named as those that most of it comes from.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Breach:
    """One line of the budget that is broken."""

    #: Where the limit stands.
    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}\n  {self.remedy}"


def breaches(budget: Budget, report: Report) -> list[Breach]:
    """Every line of the budget that the simulation goes over."""
    return [*_per_person(budget.per_person, report), *_per_week(budget.per_week, report.weeks),
            *_expired(budget.expired, report)]  # fmt: skip


def _per_person(limit: Cap | None, report: Report) -> Iterator[Breach]:
    if limit is None or not (over := report.busiest.over(limit.messages)):
        return
    messages = {one.campaign: one.messages for one in report.campaigns}
    yield Breach(
        "outreach.yaml: budget.per_person",
        f"{_people(over)} would get more than {limit.messages} messages in {limit.per.days} days; the most that "
        f"anybody gets is {report.busiest.highest}",
        f"Lower `frequency_cap`, write fewer campaigns with `frequency: must`, or raise the budget. {_most(messages)}",
    )


def _per_week(limit: int | None, weeks: list[Week]) -> Iterator[Breach]:
    over = [week for week in weeks if limit is not None and week.total.messages > limit]
    if not over:
        return
    worst = max(over, key=lambda week: week.total.messages)
    more = f", and {_weeks(len(over) - 1)} more go over it" if len(over) > 1 else ""
    yield Breach(
        "outreach.yaml: budget.per_week",
        f"{worst.total.messages:,} messages would leave in the week from {worst.monday}; the budget is {limit:,}{more}",
        f"Move a campaign to another week, or raise the budget. {_most(worst.campaigns)}",
    )


def _expired(limit: float | None, report: Report) -> Iterator[Breach]:
    meant = report.total.messages + report.total.expired
    if limit is None or not meant or report.total.expired <= limit * meant:
        return
    expired = {one.campaign: sum(one.not_sent.get(why, 0) for why in _LATE) for one in report.campaigns}
    yield Breach(
        "outreach.yaml: budget.expired",
        f"{report.total.expired:,} of {meant:,} messages would expire before they could leave "
        f"({report.total.expired / meant * 100:.1f} %); the budget is {limit * 100:g} %",
        f"Give them longer (`expires_after`), write less, or raise `frequency_cap`. {_most(expired)}",
    )


#: Reasons of what expired.
_LATE = ("frequency_cap", "latest_time")


def _most(messages: Mapping[str, int]) -> str:
    """The campaigns that most of it comes from."""
    largest = sorted(messages.items(), key=lambda item: (-item[1], item[0]))[:_NAMED]
    return f"Most come from {', '.join(f'{name} ({number:,})' for name, number in largest if number)}."


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number:,} people"


def _weeks(number: int) -> str:
    return "1 week" if number == 1 else f"{number:,} weeks"
