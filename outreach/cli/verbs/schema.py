"""`outreach schema`: what an editor needs to help with writing."""

from __future__ import annotations

import json
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
    from outreach.definitions.schema import schemas

    if reference is not None:
        from outreach.cli.reference import pages

        return _write(reference, pages(), as_json=as_json)
    found = schemas()
    if directory is None:
        return emit(found)
    texts = {
        f"{name}.schema.json": json.dumps(body, indent=2, ensure_ascii=False) + "\n" for name, body in found.items()
    }
    return _write(directory, texts, as_json=as_json)


def _write(directory: Path, texts: dict[str, str], *, as_json: bool) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (directory / name).write_text(text, encoding="utf-8")
    if as_json:
        return emit({"directory": directory.resolve(), "files": sorted(texts)})
    return click.echo("\n".join(str(directory / name) for name in sorted(texts)))
