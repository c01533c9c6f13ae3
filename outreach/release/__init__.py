"""Releases: definitions judged, published immutably, approved campaign by campaign, and read back.

What needs several rooms. Everything heavy (YAML, pydantic, MJML) is imported by `check` alone, at its call.
"""

from __future__ import annotations

from outreach.release.approving import approve
from outreach.release.checking import check
from outreach.release.manifest import current_release, digests, load, load_content, loaders
from outreach.release.nouns import Approval, Checked, Entry, Published
from outreach.release.publishing import publish
from outreach.release.record import approved, history, waiting
from outreach.release.steering import cancel, pause, resume

__all__ = [
    "Approval",
    "Checked",
    "Entry",
    "Published",
    "approve",
    "approved",
    "cancel",
    "check",
    "current_release",
    "digests",
    "history",
    "load",
    "load_content",
    "loaders",
    "pause",
    "publish",
    "resume",
    "waiting",
]
