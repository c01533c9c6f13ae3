"""A session is somewhere, and at a time that there is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from outreach.definitions.building import build_closed
from outreach.definitions.checks.filled import Filled
from outreach.definitions.closed_days import is_closed
from outreach.definitions.findings import Findings
from outreach.definitions.forms.sessions import SessionForm


@dataclass(frozen=True)
class SessionChecks:
    """Checks of sessions, with the workspace that they stand in."""

    workspace: Filled | None
    findings: Findings

    def check(self, filled: Filled) -> None:
        """Everything about one session that its form could not see."""
        form: SessionForm = filled.form
        # As it is written: a place that is refused is a mistake by itself.
        if not {"place", "link"}.intersection(filled.document.data):
            remedy = "Add `place: …` or `link: …`."
            self.findings.problem(filled.document, (), "it is not said where this session is", remedy)
        if self.workspace is None:
            return
        where = ZoneInfo(self.workspace.form.time_zone)
        for name, at in (("starts", form.starts), ("ends", form.ends)):
            if not _is_there(form, at, where):
                message = f"{form.on} has no {at:%H:%M}: the clocks are put forward"
                self.findings.problem(filled.document, (name,), message, "Write another time.")
        if is_closed(build_closed(self.workspace.form.closed), form.on) and not form.cancelled:
            remedy = "Look whether that is meant."
            self.findings.note(filled.document, ("on",), f"{form.on} is a closed day", remedy)


def _is_there(form: SessionForm, at: time, where: ZoneInfo) -> bool:
    """Whether the clock on the wall shows that time on the session's day."""
    moment = datetime.combine(form.on, at, where)
    return moment.astimezone(ZoneInfo("UTC")).astimezone(where).replace(tzinfo=None) == moment.replace(tzinfo=None)
