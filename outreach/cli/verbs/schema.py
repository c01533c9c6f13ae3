"""`outreach schema`: what an editor needs to help with writing."""

from __future__ import annotations

from pathlib import Path

import click

from outreach.cli.options import VerbCommand, as_json
from outreach.cli.output import emit


@click.command("schema", cls=VerbCommand, examples=[
    "outreach schema .schemas",
    "outreach schema --json",
    "outreach schema --reference docs/reference",
])  # fmt: skip
@click.argument("directory", metavar="[DIR]", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--reference",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write the reference pages there.",
)
@as_json
def schema(directory: Path | None, *, reference: Path | None, as_json: bool) -> None:
    """Write the JSON Schemas of outreach.yaml, segments, campaigns and offers into DIR, or to standard output.

    An editor that knows YAML then completes keys and marks mistakes while you write. Put this on top of a file:
    `# yaml-language-server: $schema=../.schemas/campaign.schema.json`.
    """
    if reference is not None:
        from outreach.cli.reference import write_pages

        return _tell(reference, write_pages(reference), as_json=as_json)
    from outreach.definitions.schema import WRITTEN, write_schemas
    from outreach.definitions.schema import schema as schema_of

    if directory is None:
        return emit({kind: schema_of(kind) for kind in WRITTEN})
    return _tell(directory, write_schemas(directory), as_json=as_json)


def _tell(directory: Path, files: list[Path], *, as_json: bool) -> None:
    if as_json:
        return emit({"directory": directory.resolve(), "files": [file.name for file in files]})
    return click.echo("\n".join(map(str, files)))
