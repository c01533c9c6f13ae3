"""`outreach check`: all problems of the definitions at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from outreach.cli.options import VerbCommand, as_json
from outreach.cli.output import emit, next_step
from outreach.cli.session import Session
from outreach.errors import ExitCode

if TYPE_CHECKING:
    from outreach.release import Checked
    from outreach.storage.database import Database


@click.command("check", cls=VerbCommand, examples=["outreach check"])
@as_json
@click.pass_obj
def check(session: Session, *, as_json: bool) -> int:
    """Judge outreach.yaml, campaigns/ and templates/, and name every problem with its place and its remedy.

    Nothing is changed and nothing leaves. Ends with 1 when there are problems.
    """
    from outreach import release

    installation = session.installation
    # A fresh copy from git has no database yet, and judging it must not make one.
    database = installation.database if installation.has_database else None
    checked = release.check(session.root, database)
    if as_json:
        emit({"problems": checked.problems, "notes": checked.notes})
    else:
        click.echo(_text(checked))
    if checked.problems:
        return ExitCode.USER
    if not as_json:
        next_step("outreach publish" if database and _has_people(database) else _IMPORT)
    return ExitCode.DONE


_IMPORT = "outreach roster import staff.csv --source payroll"


def _has_people(database: Database) -> bool:
    from sqlalchemy import select

    from outreach.storage.tables import person

    with database.reading() as connection:
        return connection.execute(select(person.c.id).limit(1)).first() is not None


def _text(checked: Checked) -> str:
    lines = [*map(str, checked.problems), *(f"Note: {note}" for note in checked.notes)]
    return "\n".join([*lines, _summary(checked)])


def _summary(checked: Checked) -> str:
    if checked.problems or checked.definitions is None:
        files = len({problem.file for problem in checked.problems})
        return f"{_number(len(checked.problems), 'problem')} in {_number(files, 'file')}."
    found = checked.definitions
    # What is told of sessions in words of ours stands in no file.
    written = [name for name in found.messages if "." not in name]
    return (
        f"No problems: {_number(len(found.campaigns), 'campaign')}, {_number(len(found.segments), 'segment')}, "
        f"{_number(len(found.offers), 'offer')} and {_number(len(written), 'message')} "
        f"in {', '.join(found.workspace.languages)}."
    )


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
