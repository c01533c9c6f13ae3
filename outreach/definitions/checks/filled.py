"""A form that was filled in, with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from outreach.definitions.reading import Document, Path


@dataclass(frozen=True)
class Filled:
    """A form that was filled in well enough to be checked, and where it stands."""

    id: str
    form: Any
    document: Document
    #: Path of the form in its document.
    at: Path = ()
    #: False when something was wrong with it, and what is here is the rest.
    sound: bool = True
