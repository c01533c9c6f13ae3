"""`outreach token`: what lets other systems in."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import click

from outreach.cli.lazy import LazyGroup, Verb
from outreach.cli.options import Moment, VerbCommand, as_json, at
from outreach.cli.output import emit, fields_of, next_step, table
from outreach.cli.session import Session

#: How long a token holds where nobody says otherwise.
_LONG = timedelta(days=365)

_VERBS = {
    "Verbs": {
        "make": Verb("token", "make", "A new token, shown this once."),
        "list": Verb("token", "list_", "All tokens, without themselves."),
        "revoke": Verb("token", "revoke", "Let one in no more."),
    }
}


@click.group("token", cls=LazyGroup, sections=_VERBS)
def token() -> None:
    """Bearer tokens, by which other systems come in at `outreach serve`: each with what it may do, and until when."""


@click.command("make", cls=VerbCommand, examples=[
    "outreach token make payroll --scope events --scope outcomes",
    "outreach token make entra-id --scope scim --expires 2027-06-30",
])  # fmt: skip
@click.argument("name")
@click.option(
    "--scope", "scopes", multiple=True, required=True, help="What it may do: events, outcomes or scim; again for more."
)
@click.option("--expires", type=Moment(), metavar="TIME", help="When it ends; a year from now if not said.")
@at
@as_json
@click.pass_obj
def make(
    session: Session,
    name: str,
    *,
    scopes: tuple[str, ...],
    expires: datetime | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Make a token for the system NAME and show it, once: only its hash is kept.

    What comes in by it stands on record as from NAME. To replace one, make the next under the same name, give it to the
    system, and then revoke the old one.
    """
    from outreach.web import tokens

    now = session.moment(at)
    secret = tokens.write(secrets.token_bytes(tokens.BYTES))
    until = session.moment(expires) if expires else now + _LONG
    with session.installation.database.writing() as connection:
        made = tokens.make(connection, secret, name, scopes, until, now, session.settings.who)
    if as_json:
        return emit({"token": secret} | fields_of(made))
    click.echo(secret)
    return next_step("give it to the system now: it is shown this once, and only its hash is kept")


@click.command("list", cls=VerbCommand, examples=["outreach token list"])
@at
@as_json
@click.pass_obj
def list_(session: Session, *, at: datetime | None, as_json: bool) -> None:
    """Every token that was made: its number, whose it is, what it may do, and whether it still counts."""
    from outreach.web import tokens

    now = session.moment(at)
    with session.installation.database.reading() as connection:
        found = tokens.listed(connection)
    if as_json:
        return emit([fields_of(one) | {"state": one.state(now)} for one in found])
    zone = session.installation.zone
    rows = [
        (
            one.id,
            one.name,
            " ".join(one.scopes),
            one.state(now),
            one.expires_at.astimezone(zone),
            one.made_at.astimezone(zone),
            one.made_by,
        )
        for one in found
    ]
    if not rows:
        return click.echo("No tokens.")
    return click.echo(table(("token", "name", "scopes", "state", "expires", "made", "by"), rows))


@click.command("revoke", cls=VerbCommand, examples=["outreach token revoke 3"])
@click.argument("number", type=int)
@at
@as_json
@click.pass_obj
def revoke(session: Session, number: int, *, at: datetime | None, as_json: bool) -> None:
    """Let the token NUMBER (of `outreach token list`) in no more, from this moment on."""
    from outreach.web import tokens

    with session.installation.database.writing() as connection:
        gone = tokens.revoke(connection, number, session.moment(at), session.settings.who)
    if as_json:
        return emit(fields_of(gone))
    return click.echo(f"Revoked: the token {gone.id} of {gone.name}.")
