"""`outreach init`: a workspace of one's own, from the example."""

from __future__ import annotations

from pathlib import Path

import click

from outreach.cli.options import VerbCommand, as_json
from outreach.cli.output import emit, next_step
from outreach.errors import OutreachError


@click.command("init", cls=VerbCommand, examples=["outreach init my-campaigns"])
@click.argument("directory", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Also into a folder that has files; none of them is overwritten.")
@as_json
def init(directory: Path, *, force: bool, as_json: bool) -> None:
    """Make a workspace in DIR: outreach.yaml, campaigns/ and templates/, with examples to change."""
    from outreach import starter

    if not force and directory.is_dir() and any(directory.iterdir()):
        raise OutreachError(
            f"the folder {directory.resolve()} is not empty",
            remedy="Name a new folder, or add --force to make it beside what is there.",
        )
    made = starter.copy(directory)
    if as_json:
        return emit({"directory": directory.resolve(), "files": made})
    click.echo(f"Made a workspace in {directory.resolve()}: {len(made)} files.")
    return next_step("outreach check" if directory.resolve() == Path.cwd() else f"cd {directory} && outreach check")
