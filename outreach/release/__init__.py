"""Releases: definitions judged, published immutably, approved campaign by campaign, and read back.

What needs several rooms. Each verb is imported when it is first asked for: `check` in a folder without a database needs
no SQLAlchemy, and nothing but `check` needs YAML, pydantic and MJML.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from outreach.release.approving import approvable, approve
    from outreach.release.changes import gone_sessions, tellings
    from outreach.release.checking import check
    from outreach.release.manifest import current_release, digests, load, load_content, loaders
    from outreach.release.nouns import Approval, Checked, Entry, Published, Standing
    from outreach.release.publishing import publish
    from outreach.release.record import approved, history, standings, waiting
    from outreach.release.steering import cancel, cancellable, pause, resume

__all__ = [
    "Approval",
    "Checked",
    "Entry",
    "Published",
    "Standing",
    "approvable",
    "approve",
    "approved",
    "cancel",
    "cancellable",
    "check",
    "current_release",
    "digests",
    "gone_sessions",
    "history",
    "load",
    "load_content",
    "loaders",
    "pause",
    "publish",
    "resume",
    "standings",
    "tellings",
    "waiting",
]

#: Name -> the module that it stands in.
_HOMES = {
    **dict.fromkeys(("approvable", "approve"), "approving"),
    "check": "checking",
    **dict.fromkeys(("gone_sessions", "tellings"), "changes"),
    **dict.fromkeys(("current_release", "digests", "load", "load_content", "loaders"), "manifest"),
    **dict.fromkeys(("Approval", "Checked", "Entry", "Published", "Standing"), "nouns"),
    "publish": "publishing",
    **dict.fromkeys(("approved", "history", "standings", "waiting"), "record"),
    **dict.fromkeys(("cancel", "cancellable", "pause", "resume"), "steering"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
