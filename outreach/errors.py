"""The errors a user can meet: what is wrong, where, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """What the command line returns (DESIGN.md, "The command line")."""

    DONE = 0
    USER = 1
    USAGE = 2
    FAULT = 3


class OutreachError(Exception):
    """Something the user can put right.

    Shown as ``where: what`` and, on the next line, the remedy. Never put personal data into any of them.
    """

    exit_code = ExitCode.USER

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        remedy = f"\n  {self.remedy}" if self.remedy else ""
        return f"{place}{self.what}{remedy}"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in the definitions, with its place and its remedy."""

    #: Path of the file, relative to the workspace.
    file: str
    #: Line, counted from 1, which also stands for the file as a whole.
    line: int
    #: Column, counted from 1, which also stands for the line as a whole.
    column: int
    #: Where it stands in the file: ``steps.1.remind.until``.
    path: str
    #: What is wrong, and what was expected.
    message: str
    #: What to do.
    remedy: str

    def __str__(self) -> str:
        path = f"{self.path}: " if self.path else ""
        return f"{self.file}:{self.line}:{self.column}: {path}{self.message}\n  {self.remedy}"


class DefinitionsError(OutreachError):
    """The definitions have problems; nothing was published."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(
            f"{len(problems)} problem{'s' * (len(problems) != 1)} in the definitions",
            remedy="Run `outreach check` and mend each of them.",
        )
        self.problems = problems
