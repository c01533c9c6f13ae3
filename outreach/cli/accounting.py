"""What verbs put into the audit log beside what they do; and looks at a person, which change nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from outreach.cli.session import Session


def note(
    session: Session,
    connection: Connection,
    action: str,
    subject: str,
    now: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Put on record that whoever is at the keyboard did this."""
    from outreach.storage import audit

    audit.record(connection, audit.Entry(session.settings.who, action, subject, before, after), now)


def note_person(
    session: Session, connection: Connection, action: str, number: str, now: datetime, after: Mapping[str, Any]
) -> None:
    """The same of somebody by their HR number; of a number that nobody has, nothing."""
    from outreach.roster.numbers import surrogates
    from outreach.storage.audit import of_person

    for person in surrogates(connection, [number]).values():
        note(session, connection, action, of_person(person), now, after=after)


def looked_at(session: Session, number: str, how: str, now: datetime) -> None:
    """Put on record that somebody looked at a person, and by which verb; before anything of them is shown."""
    with session.installation.database.writing() as connection:
        note_person(session, connection, "looked at", number, now, {"by": how})
