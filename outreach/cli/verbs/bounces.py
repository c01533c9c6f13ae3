"""`outreach bounces`: what came back."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import click

from outreach.cli import returning
from outreach.cli.options import VerbCommand, as_json, at
from outreach.cli.output import counts, emit
from outreach.cli.session import Session
from outreach.errors import ExitCode, OutreachError

if TYPE_CHECKING:
    from outreach.delivery.returns.collecting import Collected
    from outreach.delivery.returns.sources.base import Source

#: What a mail server takes for "try again later" (sysexits.h).
EX_TEMPFAIL = 75
_STDIN = "-"


@click.command(
    "bounces",
    cls=VerbCommand,
    examples=[
        "outreach bounces",
        "outreach bounces --maildir /var/mail/bounces",
        "outreach bounces - < mail.eml",
        "outreach bounces --dry-run --json *.eml",
    ],
)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--maildir", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="A maildir to read.")
@click.option("--dry-run", is_flag=True, help="Only say what each mail is: nothing is written down or moved.")
@at
@as_json
@click.pass_obj
def bounces(
    session: Session,
    *,
    files: tuple[Path, ...],
    maildir: Path | None,
    dry_run: bool,
    at: datetime | None,
    as_json: bool,
) -> int:
    """Take in bounces and complaints: FILES, standard input (`-`), a maildir, or the mailbox of OUTREACH_BOUNCES_URL.

    Each is settled in the ledger: the message bounced, and after a hard bounce, a complaint or some soft bounces its
    address is no longer written to. Reading a mail twice changes nothing more. What is no such mail is left, or kept in
    `var/returns/aside`, for somebody to look at.

    With `-` it serves a mail server's pipe: 0 when the mail is settled, 75 when it shall be tried again later.
    """
    if maildir and files:
        raise click.UsageError("Name files or a maildir, not both.")
    if _STDIN in map(str, files):
        if len(files) > 1:
            raise click.UsageError("`-` stands alone: standard input is one mail.")
        return _piped(session, at, as_json=as_json, dry_run=dry_run)
    if dry_run:
        with closing(_source(session, files, maildir)) as source:
            return _shown(source, as_json=as_json)
    if files:
        done = returning.take(session.installation, _files(files), session.moment(at))
    else:
        done = _collected(session, maildir, at)
    return _told(done, as_json=as_json)


def _piped(session: Session, at: datetime | None, *, as_json: bool, dry_run: bool) -> int:
    """Whatever goes wrong, the mail server keeps the mail and tries again."""
    from outreach.delivery.returns.sources.files import Pipe

    try:
        source = Pipe(sys.stdin.buffer, Path() if dry_run else returning.aside(session.installation))
        if dry_run:
            return _shown(source, as_json=as_json)
        done = returning.take(session.installation, source, session.moment(at))
        _told(done, as_json=as_json)
        # The message is still being sent: its bounce was quicker than the answer to its content.
        return EX_TEMPFAIL if done.outcomes["later"] else ExitCode.DONE
    except OutreachError as error:
        click.echo(f"Error: {error}", err=True)
    except Exception as error:  # noqa: BLE001  # a fault of ours, or of the database, must not bounce the bounce
        click.echo(f"Error: {type(error).__name__}", err=True)
    return EX_TEMPFAIL


def _collected(session: Session, maildir: Path | None, at: datetime | None) -> Collected:
    done = returning.collect(session.installation, _url(session, maildir), session.moment(at))
    if done is None:
        raise OutreachError("another process is reading what came back", remedy="Wait until it is done.")
    return done


def _source(session: Session, files: Sequence[Path], maildir: Path | None) -> Source:
    from outreach.delivery.returns.sources import open_source

    return _files(files) if files else open_source(_url(session, maildir), Path())


def _files(files: Sequence[Path]) -> Source:
    from outreach.delivery.returns.sources.files import Files

    return Files(files)


def _url(session: Session, maildir: Path | None) -> str:
    url = f"maildir://{quote(str(maildir.resolve()))}" if maildir else session.settings.bounces_url
    if not url:
        raise OutreachError(
            "nobody said where bounces are",
            remedy="Set OUTREACH_BOUNCES_URL, or name files, a maildir (--maildir DIR), or `-` for standard input.",
        )
    return url


def _told(done: Collected, *, as_json: bool) -> int:
    if as_json:
        emit(report(done) | {"mails": done.mails})
    else:
        click.echo(in_words(done))
    return ExitCode.DONE


def _shown(source: Source, *, as_json: bool) -> int:
    from outreach.delivery.returns.collecting import look

    mails: list[dict[str, Any]] = []
    for found, said in look(source):
        one = {"mail": found.name, "kind": said.kind, "reason": said.reason, "code": said.code}
        mails.append(one | {"message_id": said.message_id})
    if as_json:
        emit({"mails": mails})
    else:
        for one in mails:
            click.echo("  ".join(str(value) for value in one.values() if value))
    return ExitCode.DONE


def report(done: Collected) -> dict[str, Any]:
    """What came of it, in numbers."""
    body = {name: value for name, value in asdict(done).items() if name != "mails"}
    return {"read": done.kinds.total(), **body, "kinds": dict(done.kinds), "outcomes": dict(done.outcomes)}


def in_words(done: Collected) -> str:
    """The same for a reader."""
    if not done.kinds:
        return "Nothing came back."
    lines = [f"Came back: {counts(dict(done.kinds.most_common()))}."]
    if done.suppressed:
        lines.append(f"No longer written to: {done.suppressed:,} address{'es' * (done.suppressed != 1)}.")
    if done.outcomes["unknown"]:
        lines.append(f"About no message of ours: {done.outcomes['unknown']:,}.")
    if done.to_look_at:
        lines.append(f"For somebody to look at: {done.to_look_at:,}.")
    return "\n".join(lines)
