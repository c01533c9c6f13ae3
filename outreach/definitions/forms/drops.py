"""The form of `roster: {drops: …}` in `outreach.yaml`: folders into which HR puts its files."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated

from pydantic import Field

from outreach.definitions.forms import kinds
from outreach.definitions.forms.kinds import Form, whole
from outreach.definitions.model import Drop
from outreach.definitions.refusal import RefusedError, shown

#: What was taken is kept below it, so that what is put there would be removed in time.
_OURS = PurePosixPath("var/dropped")


def _folder(text: str) -> str:
    folder = PurePosixPath(kinds.read_line(text))
    if not folder.parts or ".." in folder.parts:
        raise RefusedError(
            f"{shown(text)} is no folder for files alone",
            "Write it in full (`/srv/hr/payroll`), or a folder within the workspace.",
        )
    if folder == _OURS or _OURS in folder.parents:
        raise RefusedError(
            f"{shown(text)} is where Outreach keeps what it took", "Choose another folder: `/srv/hr/payroll`."
        )
    return str(folder)


def _pattern(text: str) -> str:
    line = kinds.read_line(text)
    if "/" in line:
        raise RefusedError(f"{shown(line)} names a folder", "Write a pattern of names alone: `*.csv`.")
    return line


class DropForm(Form):
    """A folder into which HR puts files, each with everybody of the source."""

    folder: Annotated[str, kinds.of(_folder, "a path", "/srv/hr/payroll")] = Field(
        description="The folder; it is there already, and Outreach may read and write in it."
    )
    names: Annotated[str, kinds.of(_pattern, "a pattern of names", "*.csv")] = Field(
        "*", description="Which files are taken, by name; names of files that are still being written never are."
    )
    settled: Annotated[int, whole(1, 3600)] = Field(
        60, description="Seconds for which a file has lain untouched before it is taken."
    )
    marked: kinds.YesNo = Field(
        False, description="Whether only files are taken beside which lies an empty `NAME.done`; others wait."
    )
    report_to: Annotated[str, kinds.of(kinds.read_email, "an e-mail address", "hr@org.example", format="email")] = (
        Field("", description="Who is mailed what came of each file, in counts; nobody where not said.")
    )


def build_drop(form: DropForm) -> Drop:
    """The noun of a form."""
    return Drop(form.folder, form.names, form.settled, form.marked, form.report_to)
