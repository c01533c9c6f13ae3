"""A session is somewhere, at a time that there is, and its title says nothing of why somebody was invited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from zoneinfo import ZoneInfo

from outreach.definitions import discretion
from outreach.definitions.building_workspace import build_closed
from outreach.definitions.checks.filled import Filled
from outreach.definitions.closed_days import is_closed
from outreach.definitions.findings import Findings
from outreach.definitions.forms.sessions import SessionForm


@dataclass(frozen=True)
class SessionChecks:
    """Checks of sessions, with the workspace that they stand in."""

    workspace: Filled | None
    findings: Findings
    #: By kind of session, words that invitations to it must never say where others see them -> the offer that says so.
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def check(self, filled: Filled) -> None:
        """Everything about one session that its form could not see."""
        form: SessionForm = filled.form
        # As it is written: a place that is refused is a mistake by itself.
        if not {"place", "link"}.intersection(filled.document.data):
            remedy = "Add `place: …` or `link: …`."
            self.findings.problem(filled.document, (), "it is not said where this session is", remedy)
        self._check_titles(filled)
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

    def _check_titles(self, filled: Filled) -> None:
        """Calendars are shared, so a title is seen by others than who was invited."""
        words = self.words.get(filled.form.kind, {})
        for title in dict.fromkeys(filled.form.title.values()):
            if word := discretion.said(title, words):
                message = f"the title says `{word}`, and calendars show it to others; {words[word]} never says it"
                self.findings.problem(filled.document, ("title",), message, "Choose a title that could be anything.")


def _is_there(form: SessionForm, at: time, where: ZoneInfo) -> bool:
    """Whether the clock on the wall shows that time on the session's day."""
    moment = datetime.combine(form.on, at, where)
    return moment.astimezone(ZoneInfo("UTC")).astimezone(where).replace(tzinfo=None) == moment.replace(tzinfo=None)
