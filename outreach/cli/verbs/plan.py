"""`outreach plan`: what would leave."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from outreach.cli.foreseen import held, skipped, turned
from outreach.cli.moves import moving
from outreach.cli.options import VerbCommand, as_json, at
from outreach.cli.output import counts, emit, table
from outreach.cli.progress import Progress
from outreach.cli.session import Session
from outreach.cli.tellings import gone_sessions, told, unapproved
from outreach.cli.waits import waiting as waiting_in

if TYPE_CHECKING:
    from outreach.planning.forecast import Send


@click.command("plan", cls=VerbCommand, examples=["outreach plan --days 30"])
@click.option("--days", type=click.IntRange(1, 400), default=30, show_default=True, help="How far ahead.")
@at
@as_json
@click.pass_obj
def plan(session: Session, *, days: int, at: datetime | None, as_json: bool) -> None:
    """What would leave in the coming days, to how many, and why not to the others. Nothing is sent or changed.

    One line for each message and time: how many people are in the audience, how many get it, how many do not and for
    which reason (docs/reference/reasons.md), how many still wait for their turn at the end, and how many
    are indeterminate: a fact about them is missing. What is planned already and waits, as under the frequency cap, is
    among them. Times are those of the people: who lives by the clock of another zone than the workspace's has a line
    of their own, with its name.

    It says first which campaigns are paused; of campaigns that were edited what becomes of who is under way in an
    older release; how many wait at which `wait_until` now, for what and until when; of sessions that moved or were
    called off how many people will be told; which occurrences are skipped because their day is a closed one; and how
    many people come to which branch in these days and go which way, by what is known of them now.

    It shows what was published last. Campaigns that wait for an approval are shown as if they had it, and marked `not
    yet`. Who joins, leaves or answers in these days cannot be known.
    """
    from outreach import pipeline, release
    from outreach.planning.calendar import civil_day, zone
    from outreach.planning.ways_taken import ways_taken
    from outreach.storage.scratch import scratch_copy

    installation = session.installation
    now = session.moment(at)
    release_id, definitions = installation.current()
    with installation.database.reading() as connection:
        approved = release.approved(connection, release_id)
        waiting = release.waiting(connection, release_id)
        paused = held(connection, definitions)
        names = sorted({*approved, *waiting})
        under_way = list(moving(connection, definitions, release_id, names, now))
        limit = definitions.workspace.small_numbers
        lingering = list(waiting_in(connection, installation.definitions, sorted(definitions.campaigns), limit))
        sessions, warnings = list(told(connection, definitions, now)), gone_sessions(connection, limit, now)
    with Progress(quiet=as_json) as progress, scratch_copy(installation.database) as scratch:
        for name in {*waiting, *unapproved(sessions)}:
            release.approve(scratch, name, now, session.settings.who)
        current = pipeline.current_of(scratch, installation.definitions)
        assert current is not None
        sends = pipeline.plan_ahead(scratch, current, now, days, progress.adding("planning"))
        with scratch.reading() as connection:
            ways = list(ways_taken(connection, current.releases, now))
    today = civil_day(now, zone(definitions.workspace.time_zone))
    left_out = list(skipped(definitions, names, today, today + timedelta(days=days - 1)))
    branches = [turned(current.releases(one.release).campaigns[one.campaign], one, limit) for one in ways]
    if as_json:
        told_now = {"under_way": under_way, "at_waits": lingering, "sessions": sessions, "warnings": warnings}
        foreseen = {"paused": paused, "left_out": left_out, "branches": branches}
        return emit({"sends": [_row(send, approved) for send in sends], **told_now, **foreseen})
    for warning in warnings:
        click.echo(f"Warning: {warning}", err=True)
    noted = (paused, under_way, lingering, sessions, left_out, branches)
    lines = [f"{one.campaign}: {one.words}" for told_of in noted for one in told_of]
    rows = [_row(send, approved) for send in sends]
    lines.append(_text(rows) if rows else f"Nothing leaves in the next {days} days.")
    return click.echo("\n".join(lines))


def _row(send: Send, approved: Collection[str]) -> dict[str, Any]:
    return {**asdict(send), "audience": send.audience, "approved": send.campaign in approved}


def _text(rows: list[dict[str, Any]]) -> str:
    headers = ("time", "campaign", "step", "audience", "send", "not sent", "waiting", "indeterminate", "approval")
    return table(headers, [_line(row) for row in rows])


def _line(row: dict[str, Any]) -> tuple[object, ...]:
    parts = (("reminder", row["repetition"]), ("wave", row["wave"]))
    which = ", ".join(f"{name} {number}" for name, number in parts if number)
    step = f"{row['step']} ({which})" if which else row["step"]
    sent = f"{row['send']} (by choice: {counts(row['by_choice'])})" if row["by_choice"] else row["send"]
    more = (row["waiting"] or "", row["indeterminate"] or "", "" if row["approved"] else "not yet")
    time = f"{row['local_time']} {row['time_zone']}".rstrip()
    return time, row["campaign"], step, row["audience"], sent, counts(row["skipped"]), *more
