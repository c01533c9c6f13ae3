"""Groups of verbs whose modules are imported when they are called: `outreach --help` and `run` start at once."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass

import click


@dataclass(frozen=True, slots=True)
class Verb:
    """One entry of the table of verbs."""

    #: Module under `outreach.cli.verbs`, and the command in it.
    module: str
    name: str
    #: One line for `--help`, said without importing the module.
    summary: str


class UnknownVerb(click.UsageError):
    """There is no verb of that name; `nearest` is the one that was most likely meant."""

    def __init__(self, message: str, ctx: click.Context, nearest: str | None) -> None:
        super().__init__(message, ctx)
        self.nearest = nearest


class LazyGroup(click.Group):
    """A click group over a table of verbs in sections, in the order in which one meets them."""

    def __init__(self, *args: object, sections: Mapping[str, Mapping[str, Verb]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as click got them
        self.sections = sections

    @property
    def verbs(self) -> dict[str, Verb]:
        """Every verb by its name."""
        return {name: verb for section in self.sections.values() for name, verb in section.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of the verbs, in the order of the table."""
        del ctx
        return list(self.verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb's command, imported now; None for an unknown name."""
        del ctx
        verb = self.verbs.get(cmd_name)
        if verb is None:
            return None
        command: click.Command = getattr(importlib.import_module(f"outreach.cli.verbs.{verb.module}"), verb.name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with the nearest verb named when there is none of that name."""
        if args[0] not in self.verbs and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.verbs, n=1)
            raise UnknownVerb(f"There is no verb `{args[0]}`.", ctx, near[0] if near else None)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The verbs under their sections, with their summaries from the table."""
        del ctx
        for title, verbs in self.sections.items():
            with formatter.section(title):
                formatter.write_dl([(name, verb.summary) for name, verb in verbs.items()])
