"""What `outreach.yaml` says fits together."""

from __future__ import annotations

from datetime import date

from outreach.definitions.building_workspace import build_closed
from outreach.definitions.checks.filled import Filled
from outreach.definitions.checks.reaching import never_opens
from outreach.definitions.closed_days import nearest_open
from outreach.definitions.findings import Findings
from outreach.definitions.forms.workspace import WorkspaceForm
from outreach.definitions.names import Names

#: The days that come back are closed in any year.
_ANY_DAY = date(2027, 1, 1)


def check_workspace(workspace: Filled, names: Names, findings: Findings) -> None:
    """Everything about `outreach.yaml` that its form could not see."""
    form: WorkspaceForm = workspace.form
    document = workspace.document
    for index, language in enumerate(form.languages):
        if language in form.languages[:index]:
            findings.problem(
                document, ("languages", index), f"`{language}` stands here twice", "Delete one of the two."
            )
    for name, field in form.fields.items():
        if field.type == "choice" and not field.choices:
            remedy = "Add `choices: [one, other]`."
            findings.problem(document, ("fields", name), f"the choice `{name}` has no choices", remedy, key=True)
    if nearest_open(build_closed(form.closed), _ANY_DAY, 1) is None:
        message = "every day is closed: nothing would ever leave"
        findings.problem(document, ("closed", "also"), message, "Leave some days open.", key=True)
    elif isinstance(form.windows, list) and form.windows and never_opens(form.windows, build_closed(form.closed)):
        message = "all days of these windows are closed: nothing would ever leave"
        findings.problem(document, ("windows",), message, "Name another day, or leave it open.", key=True)
    for index, name in enumerate(form.retired):
        if name in (names.known.get("campaign") or ()):
            findings.problem(document, ("retired", index), f"the campaign `{name}` is retired, and its file is there",
                             f"Take it out of `retired`, or delete campaigns/{name}.yaml.")  # fmt: skip
