"""Taking in a file: every row judged, the good ones staged, the others told by line and column."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice

from outreach.roster.judging import Judge, Judged, Rejection
from outreach.roster.report import LISTED
from outreach.roster.sources.sheet import Row
from outreach.roster.staging import BATCH, Staging

#: Told the number of rows read since it was told last.
Progress = Callable[[int], None]


@dataclass(slots=True)
class Intake:
    """What was read, counted."""

    rows: int = 0
    rejected_rows: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    #: Of the cells as they came.
    digest: str = ""

    @property
    def good(self) -> int:
        """Rows that were taken."""
        return self.rows - self.rejected_rows

    def reject(self, rejections: list[Rejection], rows: int) -> None:
        """Note the faults of so many rows."""
        self.rejected_rows += rows
        self.rejected += rejections[: LISTED - len(self.rejected)]


def take_in(
    rows: Iterator[Row], judge: Judge, staging: Staging, key_column: int, progress: Progress | None = None
) -> Intake:
    """Judge and stage every row that is not blank; `key_column` is that of the id, as the user counts."""
    intake = Intake()
    digest = blake2b(digest_size=32)
    filled = (row for row in rows if row.fault or any(row.cells))
    while batch := list(islice(filled, BATCH)):
        for row in batch:
            digest.update("\x1f".join((*row.cells, "\n")).encode("utf-8", "surrogatepass"))
        _stage([judge.judge(row) for row in batch], staging, key_column, intake)
        if progress:
            progress(len(batch))
    intake.digest = digest.hexdigest()
    return intake


def _stage(batch: list[Judged], staging: Staging, key_column: int, intake: Intake) -> None:
    again = staging.stage(batch, key_column)
    wrong = [rejection for row in batch for rejection in row.rejections]
    lines = {rejection.line for rejection in (*wrong, *again)}
    intake.rows += len(batch)
    intake.reject(sorted((*wrong, *again), key=lambda rejection: (rejection.line, rejection.column)), len(lines))
