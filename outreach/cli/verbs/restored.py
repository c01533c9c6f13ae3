"""`outreach restored`: going on from a backup."""

from __future__ import annotations

from datetime import datetime

import click

from outreach.cli.accounting import note
from outreach.cli.options import VerbCommand, as_json, at
from outreach.cli.output import emit, table
from outreach.cli.session import Session
from outreach.errors import ExitCode, OutreachError


@click.command("restored", cls=VerbCommand, examples=["outreach restored", "outreach restored --hold"])
@click.option(
    "--hold", "choice", flag_value="hold",
    help="What is due now may have been sent already: list it as in doubt. Go on with what becomes due later.",
)  # fmt: skip
@click.option(
    "--send", "choice", flag_value="send", help="Send what is due now, although some of it was sent since the backup."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@at
@as_json
@click.pass_obj
def restored(session: Session, *, choice: str | None, yes: bool, at: datetime | None, as_json: bool) -> int:
    """After a backup of the database was restored: show what it would send now, and go on when told.

    Outreach keeps a mark outside of the database (in `var/senders`) of how far it has come. While the database is
    behind it, `run`, `serve` and `worker` send nothing.
    """
    from outreach import pipeline, restoring
    from outreach.delivery.mark import is_restored

    installation, now = session.installation, session.moment(at)
    with installation.database.reading() as connection:
        behind = is_restored(connection, installation.marks)
    current = pipeline.current_of(installation.database, installation.definitions)
    campaigns = restoring.would_send(installation.database, current, now) if behind and current else {}
    report = {"restored": behind, "would_send": campaigns, "done": None}
    if not as_json:
        click.echo(_text(behind, campaigns))
    if choice and behind and current:
        if session.asks(yes=yes, as_json=as_json):
            click.confirm(_QUESTIONS[choice], abort=True)
        if choice == "hold":
            report["held"] = restoring.hold(installation.database, current, now, installation.marks)
        else:
            restoring.send_again(installation.database, installation.marks)
        with installation.database.writing() as connection:
            note(session, connection, "went on from a backup", "database restored", now, after={"choice": choice})
        report["done"] = choice
    elif choice and not behind:
        raise OutreachError("this database was not restored from a backup", remedy="There is nothing to do.")
    if as_json:
        emit(report)
    elif choice:
        click.echo(_DONE[choice].format(held=report.get("held", 0)))
    return ExitCode.USER if behind and not choice else ExitCode.DONE


_QUESTIONS = {
    "hold": "List all of this as in doubt, and send none of it?",
    "send": "Send all of this, although part of it was sent already?",
}
_DONE = {
    "hold": "{held:,} deliveries are in doubt (`outreach deliveries --state in_doubt`). All else goes on.",
    "send": "The next run sends it.",
}


def _text(behind: bool, campaigns: dict[str, int]) -> str:
    if not behind:
        return "This database is as far as what was sent from here: nothing is wrong."
    if not campaigns:
        return "This database is from a backup. It would send nothing now. Go on: `outreach restored --hold`."
    rows = table(("campaign", "would send now"), [(campaign, f"{count:,}") for campaign, count in campaigns.items()])
    return (
        f"This database is from a backup. Part of this may have been sent since it was made:\n\n{rows}\n\n"
        "`outreach restored --hold` sends none of it and lists it as in doubt; `outreach restored --send` sends it."
    )
