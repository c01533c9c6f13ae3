"""`outreach pause`, `resume` and `cancel`: what becomes of an approved campaign."""

from __future__ import annotations

from datetime import datetime

import click

from outreach.cli.options import VerbCommand, as_json, at
from outreach.cli.output import emit
from outreach.cli.session import Session
from outreach.errors import ExitCode, OutreachError


@click.command("pause", cls=VerbCommand, examples=["outreach pause newsletter"])
@click.argument("campaign")
@at
@as_json
@click.pass_obj
def pause(session: Session, campaign: str, *, at: datetime | None, as_json: bool) -> None:
    """Hold CAMPAIGN: nothing of it leaves and nobody enters until it is resumed.

    What waits too long in the meantime is not sent any more.
    """
    _steer(session, "pause", campaign, at, as_json=as_json)


@click.command("resume", cls=VerbCommand, examples=["outreach resume newsletter"])
@click.argument("campaign")
@at
@as_json
@click.pass_obj
def resume(session: Session, campaign: str, *, at: datetime | None, as_json: bool) -> None:
    """Let a paused CAMPAIGN go on."""
    _steer(session, "resume", campaign, at, as_json=as_json)


@click.command("cancel", cls=VerbCommand, examples=["outreach cancel newsletter"])
@click.argument("campaign")
@click.option("--yes", is_flag=True, help="Do not ask; needed where there is no terminal.")
@at
@as_json
@click.pass_obj
def cancel(session: Session, campaign: str, *, yes: bool, at: datetime | None, as_json: bool) -> int:
    """Stop CAMPAIGN for good: what was planned of it does not leave, and who is under way leaves it.

    It cannot be taken back, so on a terminal it asks; elsewhere, and with --json, it wants --yes.
    """
    _cancellable(session, campaign)
    if not yes and not session.asks(yes=yes, as_json=as_json):
        raise OutreachError(
            "cancelling cannot be taken back, and here nobody can be asked",
            remedy=f"Say that you mean it: `outreach cancel {campaign} --yes`. `outreach pause` only holds it.",
        )
    if not yes and not click.confirm(f"Stop {campaign} for good?"):
        click.echo("Nothing was done.", err=True)
        return ExitCode.USER
    _steer(session, "cancel", campaign, at, as_json=as_json)
    return ExitCode.DONE


def _cancellable(session: Session, campaign: str) -> None:
    from outreach import release

    with session.installation.database.reading() as connection:
        release.cancellable(connection, campaign)


def _steer(session: Session, verb: str, campaign: str, at: datetime | None, *, as_json: bool) -> None:
    from outreach import release

    done = getattr(release, verb)(session.installation.database, campaign, session.moment(at), session.settings.who)
    if as_json:
        return emit({"campaign": done.campaign, "digest": done.digest, "state": done.state})
    return click.echo(f"{done.campaign} is {done.state}.")
