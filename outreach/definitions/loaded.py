"""What reading a workspace gives: its definitions, the texts still to be compiled, and everything that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from outreach.definitions.model import Definitions, LayoutSource, MessageSource
from outreach.errors import Problem

#: File and path in it -> line and column of the key there, from 1.
Locate = Callable[[str, tuple[str | int, ...]], tuple[int, int]]


def nowhere(_file: str, _path: tuple[str | int, ...]) -> tuple[int, int]:
    """The place in a file that was not read."""
    return 1, 1


@dataclass(frozen=True)
class Loaded:
    """A workspace as read. `definitions` is None when there is a problem; messages and fragments are not in it."""

    definitions: Definitions | None
    sources: tuple[MessageSource, ...] = ()
    layouts: dict[str, LayoutSource] = field(default_factory=dict)
    #: `templates/layouts/offer.html`, where there is one.
    offer_html: LayoutSource | None = None
    #: Sorted by place.
    problems: tuple[Problem, ...] = ()
    #: Worth knowing, but in nobody's way.
    notes: tuple[Problem, ...] = ()
    #: As much of the definitions as is sound: templates are tried with it even when something else is wrong.
    draft: Definitions | None = None
    #: Ids of campaigns, and `campaign/step`, that are gone on purpose.
    retired: frozenset[str] = frozenset()
    #: Every campaign file -> the ids of its steps, or None where they cannot be read.
    present: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    locate: Locate = nowhere
