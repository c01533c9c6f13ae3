"""What a mapping of columns says more than once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from outreach.definitions.checks.filled import Filled
from outreach.definitions.fields import plain_code, plain_column
from outreach.definitions.findings import Findings
from outreach.definitions.forms.workspace import WorkspaceForm


def check_mappings(workspace: Filled, findings: Findings) -> None:
    """Two columns for one field, and one column or code, spelled in two ways, for two."""
    form: WorkspaceForm = workspace.form
    for source, mapping in form.roster.mappings.items():
        place = ("roster", "mappings", source)
        _check_fields(workspace, (*place, "columns"), mapping.columns, findings)
        _check_spellings(workspace, (*place, "columns"), mapping.columns, plain_column, findings)
        for field, codes in mapping.values.items():
            _check_spellings(workspace, (*place, "values", field), codes, plain_code, findings)


def _check_fields(workspace: Filled, place: tuple[str, ...], columns: Mapping[str, str], findings: Findings) -> None:
    """A note, as a mapping may serve files that each have one of the two."""
    first: dict[str, str] = {}
    for column, field in columns.items():
        if first.setdefault(field, column) != column:
            findings.note(
                workspace.document,
                (*place, column),
                f"`{column}` is mapped to `{field}`, as `{first[field]}` is: a file that has both is refused",
                "Keep one of the two, unless no file has both.",
                key=True,
            )


def _check_spellings(
    workspace: Filled,
    place: tuple[str, ...],
    meanings: Mapping[str, str],
    plain: Callable[[str], str],
    findings: Findings,
) -> None:
    """A problem, as only one of the two meanings could hold."""
    first: dict[str, str] = {}
    for name, meaning in meanings.items():
        other = first.setdefault(plain(name), name)
        if meanings[other] != meaning:
            findings.problem(
                workspace.document,
                (*place, name),
                f"`{name}` is read as `{other}` is, and cannot mean `{meaning}` when that means `{meanings[other]}`",
                "Keep one of the two: capitals, hyphens and spaces make no difference in the files of HR.",
                key=True,
            )
