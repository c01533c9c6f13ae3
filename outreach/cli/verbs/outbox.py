"""`outreach outbox`: messages out of the outbox."""

from __future__ import annotations

from pathlib import Path

import click

from outreach.cli.lazy import LazyGroup, Verb
from outreach.cli.options import VerbCommand, as_json
from outreach.cli.output import emit
from outreach.cli.progress import Progress
from outreach.cli.session import Session


@click.group(
    "outbox",
    cls=LazyGroup,
    sections={"Verbs": {"export": Verb("outbox", "export", "Write every message as an .eml file.")}},
)
def outbox() -> None:
    """Messages that were kept in the outbox because no mail server is set."""


@click.command("export", cls=VerbCommand, examples=["outreach outbox export --eml mails"])
@click.option(
    "--eml", "folder", required=True, metavar="DIR", type=click.Path(file_okay=False, path_type=Path), help="Where to."
)
@as_json
@click.pass_obj
def export(session: Session, *, folder: Path, as_json: bool) -> None:
    """Write every message of the outbox as a file that a mail program opens, named by its key."""
    from outreach.delivery.channels.outbox import Outbox

    with Progress(quiet=as_json) as progress:
        written = Outbox(session.installation.outbox).export_eml(folder, progress.adding("writing messages"))
    if as_json:
        return emit({"directory": folder.resolve(), "messages": written})
    return click.echo(f"{written:,} messages in {folder}.")
