"""The folder of feeds that a web server shows: each file whole or not there, and none that nothing stands behind."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from outreach.errors import OutreachError
from outreach.storage.keeping import make_folder, put

#: Names the files that were written, so that those of an entity that is gone are found again.
INDEX = "index.json"
#: By a web server, which is another user.
_READABLE = 0o644


def write_feeds(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """Put the files there, and take away those that an earlier call wrote and this one does not. Returns these.

    Raises:
        OutreachError: the folder cannot be written to.
    """
    try:
        make_folder(folder)
        before = _written(folder)
        for name, body in sorted(files.items()):
            make_folder((folder / name).parent)
            put(folder / name, body, _READABLE)
        gone = sorted(before - files.keys())
        for name in gone:
            (folder / name).unlink(missing_ok=True)
        put(folder / INDEX, (json.dumps({"files": sorted(files)}, indent=2) + "\n").encode(), _READABLE)
    except OSError as error:
        raise OutreachError(
            f"feeds cannot be written there: {os.strerror(error.errno or 0)}",
            where=str(folder),
            remedy="Name a folder in which you may write, on a disk with room.",
        ) from None
    return gone


def _written(folder: Path) -> set[str]:
    """What the index names, as far as it lies in the folder."""
    with suppress(FileNotFoundError, ValueError, KeyError, TypeError):
        names = json.loads((folder / INDEX).read_text(encoding="utf-8"))["files"]
        return {name for name in names if (folder / name).resolve().is_relative_to(folder.resolve())}
    return set()
