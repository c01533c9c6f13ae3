"""The reference pages of docs/, made from what the program itself says, so that they cannot differ from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from outreach.cli.options import VerbCommand
from outreach.settings import reference as settings_reference

#: Stands at the top of every page.
MADE = "<!-- Made by `outreach schema --reference docs/reference`; a test compares. -->\n"


def pages() -> dict[str, str]:
    """File name -> page."""
    from outreach.cli.reference_templates import templates
    from outreach.definitions.reference import reference as definitions_reference

    return {
        "command-line.md": command_line(),
        "definitions.md": definitions_reference(),
        "settings.md": settings(),
        "reasons.md": reasons(),
        "templates.md": templates(),
    }


def write_pages(folder: Path) -> list[Path]:
    """Write the pages into a folder. Returns the files, in order."""
    folder.mkdir(parents=True, exist_ok=True)
    made = pages()
    for name, page in made.items():
        (folder / name).write_text(page, encoding="utf-8")
    return [folder / name for name in sorted(made)]


def command_line() -> str:
    """Every verb with its arguments, options and examples."""
    from outreach.cli.app import SECTIONS, outreach

    context = click.Context(outreach, info_name="outreach")
    lines = [MADE, "# The command line\n", _EXITS]
    for title, verbs in SECTIONS.items():
        lines.append(f"## {title}\n")
        for name in verbs:
            command = outreach.get_command(context, name)
            assert command is not None
            lines += _verb(command, f"outreach {name}")
    return "\n".join(lines)


_EXITS = """\
Every verb takes `--workspace DIR` (else `OUTREACH_WORKSPACE`, else the current folder or the nearest one above it with
an `outreach.yaml`) and `--help`. Every verb that reports takes `--json`: one JSON document on standard output, also
for an error: `{"error": {"what": …, "where": …, "remedy": …}}`.

| exit | means |
| --- | --- |
| 0 | done |
| 1 | you must change something: the message says what, where and how |
| 2 | wrong usage: no such verb or option |
| 3 | a fault of ours: the message names the file in which it is described |
| 130 | stopped by Ctrl-C |

`--at TIME` lets a verb work as if it were then: `2026-12-01T09:00` is the workspace's local time, `2026-12-01T08:00Z`
and `2026-12-01T09:00+01:00` say their own offset, and a bare date is the first moment of that day. A local time that
the clocks skip moves forward by what they skip; of one that comes twice the first counts.
"""


def _verb(command: click.Command, path: str) -> Iterator[str]:
    context = click.Context(command, info_name=path)
    if isinstance(command, click.Group):
        yield f"### `{path}`\n\n{_prose(command)}\n"
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _verb(inner, f"{path} {name}")
        return
    arguments = [_argument(p) for p in command.params if isinstance(p, click.Argument)]
    yield f"### `{' '.join([path, *arguments])}`\n\n{_prose(command)}\n"
    if options := [p for p in command.params if isinstance(p, click.Option) and not p.hidden]:
        yield "| option | does |\n| --- | --- |"
        yield from (_option(option, context) for option in options)
        yield ""
    if isinstance(command, VerbCommand) and command.examples:
        yield "```sh\n" + "\n".join(command.examples) + "\n```\n"


def _prose(command: click.Command) -> str:
    paragraphs = (command.help or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _argument(argument: click.Argument) -> str:
    return argument.make_metavar(click.Context(click.Command("outreach")))


def _option(option: click.Option, context: click.Context) -> str:
    record = option.get_help_record(context)
    assert record is not None
    return f"| `{record[0].replace('|', ' ')}` | {record[1].replace('|', ' ')} |"


def settings() -> str:
    """Every environment variable."""
    rows = [f"| `{name}` | {says} | {default} |" for name, says, default in settings_reference()]
    return "\n".join(
        [MADE, "# Settings\n", _SETTINGS, "| variable | says | without it |", "| --- | --- | --- |", *rows, ""]
    )


_SETTINGS = """\
All by environment variable. Each may instead be given as `<variable>_FILE`, the path of a file that holds the value, as
secrets are mounted; a file that is missing or empty stops the program, and giving both is refused. A variable that is
misspelt is named when any verb starts.
"""


def reasons() -> str:
    """Every reason that a row of the ledger may carry."""
    from outreach.planning.explanation import REASONS

    rows = [f"| `{code}` | {words} |" for code, words in sorted(REASONS.items())]
    return "\n".join([MADE, "# Reasons\n", _REASONS, "| reason | in words |", "| --- | --- |", *rows, ""])


_REASONS = """\
A message that is not sent has its reason on its row of the ledger (`outreach deliveries --json`, the skipped counts of
`plan`, `run` and `demo`). Who was never let into a journey has no row: there is no message. `outreach explain` says why
in both cases. The first rule that stops somebody is the reason; the order is in [how it decides](how-it-decides.md).
"""
