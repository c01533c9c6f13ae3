"""What an import did, or would do."""

from __future__ import annotations

from dataclasses import dataclass, field

from outreach.roster.judging import Rejection


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The difference between a file and what its source had said before."""

    #: People who were not in the roster.
    added: int
    #: People with another value in at least one column.
    changed: int
    #: People of the source who are no longer in its file.
    left: int
    #: People about whom the file says nothing new.
    unchanged: int
    #: Every fault, in the order of the file; the first `LISTED` of them.
    rejected: tuple[Rejection, ...] = ()
    #: Rows that were not taken; one row can have several faults.
    rejected_rows: int = 0
    #: Kind -> how many were recorded.
    events: dict[str, int] = field(default_factory=dict)
    #: `hired` events whose day was corrected.
    redated: int = 0
    #: People whom the file has alive, and an event that was handed in dead: they stay so.
    kept_dead: int = 0
    #: People who were erased: passed over, and nothing of them is kept.
    erased: int = 0
    #: Field -> in how many of the people changed.
    changes: dict[str, int] = field(default_factory=dict)
    #: Names of columns that were not read.
    ignored_columns: tuple[str, ...] = ()
    #: The roster version afterwards; unchanged when nothing changed, and in a dry run.
    version: int = 0


#: How many faults a report lists: a wrong mapping makes one of every row.
LISTED = 10_000
