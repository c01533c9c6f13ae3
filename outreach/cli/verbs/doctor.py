"""`outreach doctor`: is this installation sound, and what to do where it is not."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from outreach.cli.options import VerbCommand, as_json
from outreach.cli.output import emit
from outreach.cli.session import Session
from outreach.errors import ExitCode

if TYPE_CHECKING:
    from outreach.doctor.findings import Finding

#: Level -> as it is shown.
_MARKS = {"ok": "ok", "not_checked": "?", "warn": "WARN", "fail": "FAIL"}
_INDENT = 6


@click.command("doctor", cls=VerbCommand, examples=["outreach doctor", "outreach doctor --thorough --json"])
@click.option(
    "--resolver", default="", metavar="ADDRESS", help="Ask this DNS resolver: 192.0.2.53, or 192.0.2.53:5353."
)
@click.option("--thorough", is_flag=True, help="Look at every page of an SQLite database, too; that takes its time.")
@as_json
@click.pass_obj
def doctor(session: Session, *, resolver: str, thorough: bool, as_json: bool) -> int:
    """Look at all that sending needs: mail server, certificates, DNS, database, disk, clock, and what waits.

    Says what was seen and what to do. Nothing is changed and no message leaves. Ends with 1 when something must be
    changed.
    """
    from outreach.doctor.examining import Examination, examine
    from outreach.doctor.resolving import Resolver

    examination = Examination(
        session.installation, os.environ, lambda: session.moment(None), Resolver(resolver),
        lambda release: _largest(session, release, session.moment(None)), thorough,
    )  # fmt: skip
    found = []
    try:
        for finding in examine(examination):
            found.append(finding)
            if not as_json:
                click.echo(_text(finding))
    finally:
        examination.close()
    if as_json:
        emit({"checks": found, **_counted(found)})
    else:
        click.echo(_summary(found))
    return ExitCode.USER if any(finding.level == "fail" for finding in found) else ExitCode.DONE


def _largest(session: Session, release: int, now: datetime) -> int:
    from outreach.cli.sampling import largest

    return largest(session.installation.definitions(release), session.installation.composer(release), now)


def _text(finding: Finding) -> str:
    line = f"{_MARKS[finding.level]:<{_INDENT}}{finding.check}: {finding.saw}"
    return f"{line}\n{' ' * _INDENT}→ {finding.remedy}" if finding.remedy else line


def _counted(found: Sequence[Finding]) -> dict[str, int]:
    counts = Counter(finding.level for finding in found)
    return {level: counts[level] for level in ("ok", "not_checked", "warn", "fail")}


def _summary(found: Sequence[Finding]) -> str:
    counts = _counted(found)
    return (
        f"\n{counts['fail']} to mend, {counts['warn']} to look at, {counts['not_checked']} not checked, "
        f"{counts['ok']} sound."
    )
