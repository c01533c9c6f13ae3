"""`outreach person`: what is held about somebody, and erasing it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from outreach.cli.accounting import looked_at, note
from outreach.cli.lazy import LazyGroup, Verb
from outreach.cli.options import VerbCommand, as_json, at
from outreach.cli.output import counts, emit
from outreach.cli.session import Session
from outreach.errors import ExitCode, OutreachError

if TYPE_CHECKING:
    from outreach.privacy.erasing import Erased
    from outreach.privacy.exporting import Export, Folders
    from outreach.privacy.sweeping import Swept

_VERBS = {
    "Verbs": {
        "export": Verb("person", "export", "Everything that is held about somebody."),
        "erase": Verb("person", "erase", "Forget somebody, for good."),
        "readmit": Verb("person", "readmit", "Let somebody who was erased come back."),
        "scrub": Verb("person", "scrub", "Overwrite what was deleted from the database's files."),
    }
}


@click.group("person", cls=LazyGroup, sections=_VERBS)
def person() -> None:
    """A person's rights: to have what is held about them, and to have it erased."""


@click.command("export", cls=VerbCommand, examples=["outreach person export 104733 --json > 104733.json"])
@click.argument("number", metavar="PERSON")
@at
@as_json
@click.pass_obj
def export(session: Session, number: str, *, at: datetime | None, as_json: bool) -> None:
    """Everything that is held about PERSON (the HR system's number): facts, events, messages, choices, who looked.

    With --json a document that another system can read (GDPR, article 20), else for a reader.
    """
    from outreach.privacy.exporting import export as gather

    installation, now = session.installation, session.moment(at)
    looked_at(session, number, "person export", now)
    with installation.database.reading() as connection:
        found = gather(connection, number, _folders(session), installation.secret, now)
    return emit(found) if as_json else click.echo("\n".join(_lines(found)))


@click.command("erase", cls=VerbCommand, examples=["outreach person erase 104733"])
@click.argument("number", metavar="PERSON")
@click.option("--dry-run", is_flag=True, help="Show what would be erased, and erase nothing.")
@click.option("--yes", is_flag=True, help="Do not ask; needed where there is no terminal.")
@at
@as_json
@click.pass_obj
def erase(
    session: Session, number: str, *, dry_run: bool, yes: bool, at: datetime | None, as_json: bool
) -> int:  # fmt: skip
    """Erase PERSON (the HR system's number): facts, events, journeys, messages, lines in lists. Shows it, then asks.

    What was sent stays counted, and nothing leads from there to anybody. The number and the addresses stay as hashes,
    so that no later file brings them back: `outreach person readmit` does. Copies of your own (backups, exports, files
    of HR) are yours to erase; those below `var` that hold an address are named, and then it ends with 1.
    """
    from outreach.privacy import erasing

    installation = session.installation
    with installation.database.reading() as connection:
        before = erasing.preview(connection, number)
    if not as_json:
        click.echo(_preview(before))
    if dry_run:
        return _told(before, None, as_json=as_json)
    _agree(session, number, yes=yes, as_json=as_json)
    with installation.database.writing() as connection:
        done = erasing.erase(connection, number, installation.secret, session.settings.who, session.moment(at))
    return _told(done, _swept(session, done), as_json=as_json)


@click.command("readmit", cls=VerbCommand, examples=["outreach person readmit 104733"])
@click.argument("number", metavar="PERSON")
@as_json
@click.pass_obj
def readmit(session: Session, number: str, *, as_json: bool) -> None:
    """PERSON (the HR system's number) was erased and wants to be written to again.

    They come back with the next roster, as somebody new, and their addresses are no longer kept from being written to.
    """
    from outreach.roster import tombstones

    with session.installation.database.writing() as connection:
        changed = tombstones.lift(connection, number)
        if changed:
            note(session, connection, "readmitted", "person (erased)", session.moment(None))
    if as_json:
        return emit({"person": number, "changed": changed})
    return click.echo("They come back with the next roster." if changed else "Nobody of that number was erased.")


@click.command("scrub", cls=VerbCommand, examples=["outreach person scrub"])
@as_json
@click.pass_obj
def scrub(session: Session, *, as_json: bool) -> None:
    """Write the database's files anew, without a byte of what was deleted; `erase` does it by itself.

    For SQLite, and for when `erase` said that somebody was reading all the time.
    """
    from outreach.privacy import sweeping

    sweeping.scrub(session.installation.database)
    return emit({"scrubbed": True}) if as_json else click.echo("Done.")


def _folders(session: Session) -> Folders:
    from outreach.cli.retaining import folders_of

    return folders_of(session.installation)


def _swept(session: Session, done: Erased) -> Swept:
    from outreach.privacy.sweeping import sweep

    return sweep(session.installation.database, _folders(session), done)


def _agree(session: Session, number: str, *, yes: bool, as_json: bool) -> None:
    if yes:
        return
    if not session.asks(yes=yes, as_json=as_json):
        raise OutreachError(
            "erasing cannot be taken back, and here nobody can be asked",
            remedy=f"Say that you mean it: `outreach person erase {number} --yes`. --dry-run only shows it.",
        )
    click.confirm("\nErase all of this for good?", abort=True)


def _preview(found: Erased) -> str:
    return (
        f"Deleted: {counts(dict(found.deleted))}.\nStay as numbers without a name: {counts(dict(found.counted))}.\n"
        f"Addresses that are not written to again: {len(found.addresses)}.\n"
        "And their messages in the outbox, their lines in hand-over lists, and copies to look at."
    )


def _told(done: Erased, swept: Swept | None, *, as_json: bool) -> int:
    left = swept.left if swept else ()
    if as_json:
        told: dict[str, Any] = {"deleted": done.deleted, "counted": done.counted, "addresses": len(done.addresses)}
        emit(told | {"erased": swept is not None, "files": swept})
    elif swept:
        click.echo(
            f"\nErased, with {swept.messages:,} messages, {swept.lines:,} lines of lists and {swept.copies:,} copies."
        )
    for path in left:
        click.echo(f"{path}: holds an address of theirs and is not ours to change; remove it.", err=True)
    return ExitCode.USER if left else ExitCode.DONE


def _lines(found: Export) -> list[str]:
    """The document for a reader: a heading for each kind, a line for each fact that is there."""
    lines = [f"What is held about {found.person}, as of {found.made_at:%Y-%m-%d %H:%M} UTC"]
    for name, rows in found.tables.items():
        lines += ["", name.replace("_", " ").capitalize()]
        lines += [_facts(row) for row in rows]
    if found.suppressed:
        lines += ["", "Not written to", *(f"  {address}" for address in found.suppressed)]
    for message in found.messages:
        lines += ["", f"Message {message['key']}, {message['date']}: {message['subject']}", message["text"]]
    return lines + (["", "Stands in these lists", *(f"  {name}" for name in found.lists)] if found.lists else [])


def _facts(row: Any) -> str:
    return "  " + ", ".join(f"{name} {value}" for name, value in row.items() if value not in (None, "", {}))
