"""`outreach publish`: a release that `run` works from."""

from __future__ import annotations

from datetime import datetime

import click

from outreach.cli.options import VerbCommand, as_json, at
from outreach.cli.output import emit, next_step
from outreach.cli.session import Session
from outreach.errors import DefinitionsError


@click.command("publish", cls=VerbCommand, examples=["outreach publish"])
@at
@as_json
@click.pass_obj
def publish(session: Session, *, at: datetime | None, as_json: bool) -> None:
    """Check the definitions and make a release of them, which never changes afterwards.

    Nothing leaves because of it: a campaign that is new or was edited waits for `outreach approve`; the others go on.
    """
    from outreach import release

    installation = session.installation
    checked = release.check(session.root, installation.database)
    if checked.problems:
        raise DefinitionsError(checked.problems)
    published = release.publish(installation.database, checked, session.moment(at), session.settings.who)
    if as_json:
        told = {"release": published.release_id, "digest": published.digest}
        return emit(told | {"changed": published.changed, "gone": published.gone})
    click.echo(f"Release {published.release_id} ({published.digest[:12]}).")
    if not published.changed and not published.gone:
        click.echo("No campaign differs from the release before.")
    for heading, campaigns in (("New or changed", published.changed), ("Gone", published.gone)):
        if campaigns:
            click.echo(f"{heading}:\n" + "\n".join(f"  {campaign}" for campaign in campaigns))
    if published.changed:
        next_step("outreach approve " + (published.changed[0] if len(published.changed) == 1 else "--all"))
    return None
