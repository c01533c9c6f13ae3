"""The folder of feeds that a web server shows: each file whole or not there, and none that nothing stands behind."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp

from outreach.errors import OutreachError
from outreach.storage.keeping import make_folder, sync_folder

#: Names the files that were written, so that those of an entity that is gone are found again.
INDEX = "index.json"


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
            _put(folder / name, body)
        gone = sorted(before - files.keys())
        for name in gone:
            (folder / name).unlink(missing_ok=True)
        _put(folder / INDEX, (json.dumps({"files": sorted(files)}, indent=2) + "\n").encode())
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


def _put(path: Path, body: bytes) -> None:
    descriptor, draft = mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(descriptor)
        # A web server is somebody else, and mkstemp lets nobody else read.
        Path(draft).chmod(0o644)
        Path(draft).replace(path)
    except OSError:
        Path(draft).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
