"""How far the desk has come with each list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from outreach.delivery.channels.handover.lists import Lists, Name
from outreach.delivery.desk.confirming import is_confirmed
from outreach.delivery.desk.results import DONE
from outreach.delivery.keys import format_key
from outreach.storage.tables import delivery


@dataclass(frozen=True, slots=True)
class Standing:
    """One list."""

    campaign: str
    day: date
    number: int
    #: The workbook.
    file: str
    lines: int
    done: int
    #: Could not be done.
    returned: int
    #: Of which nothing is known yet.
    open: tuple[str, ...]


def standings(connection: Connection, lists: Lists, campaign: str | None = None) -> list[Standing]:
    """Each list, the oldest first.

    Raises:
        OutreachError: somebody has spoilt one.
    """
    results: dict[str, Mapping[str, str]] = {}
    found = []
    for name in lists.names(campaign):
        if name.campaign not in results:
            results[name.campaign] = _results(connection, name.campaign)
        found.append(_standing(name, lists, results[name.campaign]))
    return found


def _standing(name: Name, lists: Lists, results: Mapping[str, str]) -> Standing:
    keys = sorted(lists.keys(name))
    unknown = tuple(key for key in keys if key not in results)
    done = sum(results.get(key) == DONE for key in keys)
    file = str(lists.folder / name.file("xlsx"))
    return Standing(*name, file, len(keys), done, len(keys) - len(unknown) - done, unknown)


def _results(connection: Connection, campaign: str) -> dict[str, str]:
    """Key -> what the desk has said."""
    columns = (delivery.c[name] for name in ("campaign", "step", "occurrence", "repetition", "person"))
    told = (delivery.c.state == "bounced") | is_confirmed
    rows = connection.execute(
        select(*columns, delivery.c.reason)
        .where(delivery.c.campaign == campaign, delivery.c.channel == "handover", told)
    )  # fmt: skip
    return {format_key(*row[:5]): row.reason or DONE for row in rows}
