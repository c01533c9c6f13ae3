"""`outreach publish`: a release that `run` works from."""

from __future__ import annotations

from datetime import datetime

import click

from outreach.cli.options import VerbCommand, as_json, at
from outreach.cli.output import emit, next_step
from outreach.cli.session import Session
from outreach.cli.tellings import gone_sessions, told, unapproved
from outreach.errors import DefinitionsError


@click.command("publish", cls=VerbCommand, examples=["outreach publish"])
@at
@as_json
@click.pass_obj
def publish(session: Session, *, at: datetime | None, as_json: bool) -> None:
    """Check the definitions and make a release of them, which never changes afterwards.

    Nothing leaves because of it: a campaign that is new or was edited waits for `outreach approve`; the others go on.
    Where a session moved or was called off, it says how many people will be told once that is approved;
    where its file is gone, how many were invited to it and hear nothing.
    """
    from outreach import release

    installation = session.installation
    checked = release.check(session.root, installation.database)
    if checked.problems:
        raise DefinitionsError(checked.problems)
    now = session.moment(at)
    published = release.publish(installation.database, checked, now, session.settings.who)
    with installation.database.reading() as connection:
        definitions = installation.definitions(published.release_id)
        sessions = list(told(connection, definitions, now))
        warnings = gone_sessions(connection, definitions.workspace.small_numbers, now)
    if as_json:
        made = {"release": published.release_id, "digest": published.digest}
        changes = {"changed": published.changed, "gone": published.gone, "sessions": sessions, "warnings": warnings}
        return emit(made | changes)
    click.echo(f"Release {published.release_id} ({published.digest[:12]}).")
    if not published.changed and not published.gone:
        click.echo("No campaign differs from the release before.")
    for heading, campaigns in (("New or changed", published.changed), ("Gone", published.gone)):
        if campaigns:
            click.echo(f"{heading}:\n" + "\n".join(f"  {campaign}" for campaign in campaigns))
    for one in sessions:
        click.echo(f"{one.campaign}: {one.words}")
    for warning in warnings:
        click.echo(f"Warning: {warning}", err=True)
    if waiting := sorted({*published.changed, *unapproved(sessions)}):
        next_step("outreach approve " + (waiting[0] if len(waiting) == 1 else "--all"))
    return None
