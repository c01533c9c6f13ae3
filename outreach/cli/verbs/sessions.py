"""`outreach sessions`: what people can come to, and whether there is room."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from outreach.cli.options import VerbCommand, as_json, at
from outreach.cli.output import emit, table
from outreach.cli.session import Session

if TYPE_CHECKING:
    from outreach.definitions import model


@click.command("sessions", cls=VerbCommand, examples=["outreach sessions"])
@at
@as_json
@click.pass_obj
def sessions(session: Session, *, at: datetime | None, as_json: bool) -> None:
    """The published sessions that are not over yet, in the order of time, and whether there are seats left.

    A seat is taken by who has an outcome on record for the session (`outreach outcome record … --session ID`). How many
    these are is not shown where they are few (`< 10`; the limit is `small_numbers` in outreach.yaml).
    """
    from outreach.outcomes.small_numbers import in_words
    from outreach.planning.seats import taken
    from outreach.rendering.calendars import coming

    _, definitions = session.installation.current()
    with session.installation.database.reading() as connection:
        people = taken(connection)
    limit = definitions.workspace.small_numbers
    found = coming(definitions, session.moment(at))
    if as_json:
        return emit([_document(one, people.get(one.id, 0), limit) for one in found])
    rows = [
        (
            one.id,
            f"{one.on} {one.starts:%H:%M}",
            one.language or "any",
            one.entity or "everybody",
            one.seats or "as many as like",
            in_words(_shown(people.get(one.id, 0), limit), limit),
            _state(one, people.get(one.id, 0)),
        )
        for one in found
    ]
    if not rows:
        return click.echo("No sessions to come.")
    return click.echo(table(("session", "when", "language", "for", "seats", "taken", "state"), rows))


def _document(one: model.Session, people: int, limit: int) -> dict[str, object]:
    return {
        "session": one.id,
        "kind": one.kind,
        "on": one.on,
        "starts": one.starts,
        "ends": one.ends,
        "language": one.language or None,
        "entity": one.entity or None,
        "seats": one.seats,
        "taken": _shown(people, limit),
        "state": _state(one, people),
    }


def _shown(people: int, limit: int) -> int | None:
    """The number; None where it is of a few."""
    return None if 0 < people < limit else people


def _state(one: model.Session, people: int) -> str:
    if one.cancelled:
        return "cancelled"
    return "full" if one.is_full(people) else "free"
