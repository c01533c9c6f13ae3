"""Options that many verbs share, so that they mean the same everywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any, TypeVar

import click

from outreach.cli.session import Session

F = TypeVar("F", bound=Callable[..., Any])

#: Years that a day on the command line may lie in, as those of a roster.
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


class VerbCommand(click.Command):
    """A verb with examples, that takes the global options behind its name, too: `outreach check --workspace DIR`."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)
        self.params.append(click.Option(["--workspace", "-C"], hidden=True, expose_value=False, callback=_workspace))
        self.params.append(
            click.Option(["-v", "--verbose"], is_flag=True, hidden=True, expose_value=False, callback=_verbose)
        )

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The examples, as they are typed."""
        if self.examples:
            with formatter.section("Examples" if len(self.examples) > 1 else "Example"):
                formatter.write("".join(f"{' ' * formatter.current_indent}{line}\n" for line in self.examples))


class Moment(click.ParamType[datetime]):
    """A time: ISO 8601, with an offset or in the workspace's own time zone; a bare date is that day's first moment."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The time, naive where no offset was given."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(str(value).strip())
        except ValueError:
            self.fail(f"{value!r} is not a time. Write 2026-12-01T09:00, 2026-12-01T08:00Z, or 2026-12-01.", param, ctx)
        _within(self, moment, param, ctx)
        return moment


class Day(click.ParamType[date]):
    """A civil day: 2026-12-01."""

    name = "day"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day."""
        if isinstance(value, date):
            return value
        try:
            day = date.fromisoformat(str(value).strip())
        except ValueError:
            self.fail(f"{value!r} is not a day. Write it as 2026-12-01.", param, ctx)
        _within(self, day, param, ctx)
        return day


def _within(kind: click.ParamType[Any], day: date, param: click.Parameter | None, ctx: click.Context | None) -> None:
    """Far from where calendars end: what is reckoned from it stays a day, too."""
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        kind.fail(f"{day.year} is no year from {_FIRST_YEAR} to {_LAST_YEAR}.", param, ctx)


def as_json(function: F) -> F:
    """`--json`: one JSON document on standard output."""
    return click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document.")(function)


def at(function: F) -> F:
    """`--at TIME`: as if it were that time."""
    return click.option(
        "--at", type=Moment(), metavar="TIME",
        help="As if it were then: 2026-12-01T09:00 (the workspace's time zone), with an offset or Z, "
        "or a date (its first moment). Without it: now.",
    )(function)  # fmt: skip


def listen(function: F) -> F:
    """`--listen HOST:PORT`: where metrics and health are shown."""
    return click.option(
        "--listen", metavar="HOST:PORT",
        help="Show /metrics, /healthz and /readyz there: 127.0.0.1:9464, or a port alone. Without it: "
        "OUTREACH_LISTEN, or nowhere.",
    )(function)  # fmt: skip


def start_of(day: date) -> datetime:
    """The first moment of a civil day, without a zone."""
    return datetime.combine(day, time())


def _workspace(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    if value and isinstance(ctx.obj, Session):
        ctx.obj.workspace = value


def _verbose(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and isinstance(ctx.obj, Session):
        ctx.obj.speak_up()
