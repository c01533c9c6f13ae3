"""Whether a campaign can reach anybody at all: what it starts by, what it sends, and when it may."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from outreach.definitions.building import build_start
from outreach.definitions.checks.steps import messages_of
from outreach.definitions.closed_days import REACH, is_closed
from outreach.definitions.findings import Findings
from outreach.definitions.forms.campaigns import CampaignForm
from outreach.definitions.model import Closed, Window
from outreach.definitions.reading import Document

#: Days that come back are closed in any year.
_ANY_DAY = date(2027, 1, 1)


def check_reach(form: CampaignForm, closed: Closed, document: Document, findings: Findings) -> None:
    """What would leave it without a reader."""
    start = build_start(form.start)
    if start.kind == "event" and start.name == "died":
        message = "who died gets nothing, so that this starts for nobody"
        findings.problem(document, ("start", "event"), message, "Start it by another event.")
    if start.kind == "date" and start.name == "born_on":
        message = "a day of birth is past, so that nothing comes before it"
        remedy = "Name a date that is still to come; `age` in a segment, and `start: {enters: …}`, find a birthday."
        findings.problem(document, ("start", "before", "date"), message, remedy)
    if not any(messages_of(form.steps)):
        message = "none of these steps sends anything"
        findings.problem(document, ("steps",), message, "Add one with an id and a message.", key=True)
    if form.windows and form.on_closed != "send" and never_opens(form.windows, closed):
        message = "all days of these windows are closed: nothing would ever leave"
        findings.problem(document, ("windows",), message, "Name another day, or write `on_closed: send`.", key=True)


def never_opens(windows: Sequence[Window], closed: Closed) -> bool:
    """Whether each day on which one of the windows opens is a closed one."""
    open_on = {day for window in windows for day in window.days}
    year = (_ANY_DAY + timedelta(days=count) for count in range(REACH))
    return not any(day.weekday() in open_on and not is_closed(closed, day) for day in year)
