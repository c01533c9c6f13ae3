"""What the verbs on releases answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from outreach.definitions.model import Definitions
from outreach.errors import Problem

State = Literal["running", "paused", "cancelled"]


@dataclass(frozen=True)
class Checked:
    """A workspace, judged: `definitions`, with compiled content, is None when there is a problem."""

    definitions: Definitions | None
    #: Sorted by place.
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Published:
    """A release that is now the current one."""

    release_id: int
    digest: str
    #: Campaigns that are new, or differ from the release before, in the order of their ids.
    changed: tuple[str, ...]
    #: False when a release with exactly this content was there already.
    new: bool = True
    #: Campaigns that the release before had and this one has not.
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Approval:
    """A campaign as it now stands."""

    campaign: str
    #: Of its closure in the current release; empty when it is in it no more.
    digest: str
    state: State


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history of releases."""

    at: datetime
    by: str
    what: Literal["published", "approved"]
    release_id: int
    #: Of the release, or of the campaign's closure.
    digest: str
    #: Empty for a release.
    campaign: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a campaign has come."""

    campaign: str
    #: None before its first approval.
    state: State | None
    #: Whether the release has it no more.
    is_gone: bool
    #: When it was steered last, or else approved first; by whom it was steered, and why where Outreach did it.
    since: datetime | None = None
    by: str | None = None
    why: str | None = None
