"""What a mapping of columns says more than once."""

from __future__ import annotations

from outreach.definitions.checks.filled import Filled
from outreach.definitions.findings import Findings
from outreach.definitions.forms.workspace import WorkspaceForm


def check_mappings(workspace: Filled, findings: Findings) -> None:
    """Two columns for one field: a note, as a mapping may serve files that each have one of the two."""
    form: WorkspaceForm = workspace.form
    for source, mapping in form.roster.mappings.items():
        first: dict[str, str] = {}
        for column, field in mapping.columns.items():
            if first.setdefault(field, column) != column:
                findings.note(
                    workspace.document,
                    ("roster", "mappings", source, "columns", column),
                    f"`{column}` is mapped to `{field}`, as `{first[field]}` is: a file that has both is refused",
                    "Keep one of the two, unless no file has both.",
                    key=True,
                )
