"""Pulls of an installation: by `outreach roster pull`, and at their time by `run` and `serve`."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from outreach.errors import OutreachError

if TYPE_CHECKING:
    from outreach.definitions.model import Workspace
    from outreach.installation import Installation
    from outreach.roster.report import ImportReport

#: Seconds between two looks whether to come to an end.
_LOOK = 0.5


def pull(
    installation: Installation,
    workspace: Workspace,
    source: str,
    now: datetime,
    by: str,
    *,
    accept_leavers: bool = False,
    dry_run: bool = False,
    stop: Callable[[], bool] = lambda: False,
) -> ImportReport | None:
    """Pull a source; None: nothing has changed there, or another process is at it.

    Raises:
        OutreachError: there is no such source, or it cannot be had as a whole.
    """
    from outreach.roster.pulling import Order, named, pull_now
    from outreach.roster.sources.http.dialling import session
    from outreach.roster.sources.http.pages import Means

    order = Order(source, now, installation.zone, by, accept_leavers, dry_run)
    wanted, token = named(workspace, source), _tokens(installation.settings.pull_tokens).get(source, "")
    with session(wanted.allow) as asking:
        return pull_now(
            installation.database, workspace, order, Means(asking, token, time.monotonic, _sleeper(stop), stop)
        )


def pull_due(
    installation: Installation,
    now: datetime,
    complain: Callable[[OutreachError], None],
    stop: Callable[[], bool] = lambda: False,
) -> None:
    """Pull every source whose time has come. What fails is complained of, and stops no other."""
    from outreach.storage.audit import OURSELVES

    # As it was published: a run must not wait for files to be read.
    workspace = installation.in_force()
    if not workspace.pulls:
        return
    from outreach.roster.pulling import due

    for source in due(installation.database, workspace, now, installation.zone):
        try:
            pull(installation, workspace, source, now, OURSELVES, stop=stop)
        except OutreachError as error:
            complain(error)


def _tokens(text: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in text.split()]
    if not all(source and token for source, _, token in pairs):
        raise OutreachError("OUTREACH_PULL_TOKENS cannot be read", remedy="Write payroll=TOKEN, with spaces between.")
    return {source: token for source, _, token in pairs}


def _sleeper(stop: Callable[[], bool]) -> Callable[[float], None]:
    def sleep(seconds: float) -> None:
        until = time.monotonic() + seconds
        while not stop() and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, _LOOK))

    return sleep
