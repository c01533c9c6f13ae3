"""Problems and notes while they are being gathered."""

from __future__ import annotations

from outreach.definitions.reading import Document, Path, dotted
from outreach.errors import Problem


class Findings:
    """All that was found so far."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        self._told: set[tuple[str, Path]] = set()

    def problem(self, document: Document, path: Path, message: str, remedy: str, *, key: bool = False) -> None:
        """Something is wrong at a path of a document: at its value, or at its key."""
        if path and ((document.file, path) in self._told or path in document.odd):
            # One mistake is one problem: what was read in its stead may look wrong too.
            return
        self._told.add((document.file, path))
        self.problems.append(Problem(document.file, *document.place(path, key=key), dotted(path), message, remedy))

    def note(self, document: Document, path: Path, message: str, remedy: str, *, key: bool = False) -> None:
        """Something is worth knowing."""
        self.notes.append(Problem(document.file, *document.place(path, key=key), dotted(path), message, remedy))

    def file(self, file: str, message: str, remedy: str) -> None:
        """Something is wrong with a file or folder as a whole."""
        self.problems.append(Problem(file, 1, 1, "", message, remedy))

    def file_note(self, file: str, message: str, remedy: str) -> None:
        """Something about a file or folder is worth knowing."""
        self.notes.append(Problem(file, 1, 1, "", message, remedy))
