"""Files that have been kept for long enough: messages, lists, and copies to look at."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path

from outreach.delivery.channels.handover import removing as lists
from outreach.delivery.channels.outbox import removing as messages
from outreach.privacy.exporting import Folders

#: Folders below `var` with copies for somebody to look at: previews, which `outreach preview` makes again at will, what
#: came back and nobody understood, and the files that HR dropped.
PREVIEWS, ASIDE, DROPPED = "preview", "returns/aside", "dropped"


def remove(folders: Folders, day: date) -> dict[str, int]:
    """Remove what is of before that day; kind -> how many."""
    return {
        "messages": messages.remove_before(folders.outbox, day),
        "lists": lists.remove_before(folders.handover, day),
        "copies": sum(_remove_copies(folders.var / name, day) for name in (PREVIEWS, ASIDE, DROPPED)),
    }


def _remove_copies(folder: Path, day: date) -> int:
    limit = datetime.combine(day, time(), UTC).timestamp()
    old = [path for path in folder.rglob("*") if path.is_file() and path.stat().st_mtime < limit]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
