"""A folder that others write into: which files are whole, and how one is taken out of it.

A file is claimed by renaming it, which one of several can do, and then copied out to where nobody else writes. What
was claimed by who died afterwards is found again.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path

from outreach.definitions.model import Drop
from outreach.errors import OutreachError

#: Ends of names under which programs write what they rename when it is whole.
_UNFINISHED = (".part", ".partial", ".filepart", ".tmp", ".temp", ".crdownload", ".swp", "~")
#: Behind the name of a file: it is whole.
_MARKER = ".done"
#: Before the name of a file: it was claimed.
_CLAIMED = ".taken-"
_CHUNK = 1 << 20
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Found:
    """A file that is whole."""

    #: As it was put there, without the folder.
    name: str
    path: Path
    #: Which file it is, and what changes when somebody writes to it.
    identity: tuple[int, int, int, int]

    @property
    def was_claimed(self) -> bool:
        """Whether somebody began with it and did not come to the end."""
        return self.path.name.startswith(_CLAIMED)


@dataclass(frozen=True, slots=True)
class Look:
    """What lies in a folder at a moment."""

    #: The oldest first.
    ready: tuple[Found, ...]
    #: How many may still be being written.
    waiting: int
    #: How many are links or devices, which are never opened.
    strange: int


def look(folder: Path, wanted: Drop, clock: float) -> Look:
    """What lies in the folder; `clock` is the time of the file system, in seconds since 1970.

    While a file that was claimed lies there, all others wait, so that none overtakes it and none of its name takes its
    place.

    Raises:
        OutreachError: it is not there, or one may not read and write in it.
    """
    entries = list(_entries(folder, wanted))
    regular = [(entry, seen) for entry, seen in entries if stat.S_ISREG(seen.st_mode)]
    claimed = [(entry, seen) for entry, seen in regular if entry.name.startswith(_CLAIMED)]
    whole = [(entry, seen) for entry, seen in claimed or regular if _is_whole(entry, seen, wanted, clock)]
    whole.sort(key=lambda one: (one[1].st_mtime_ns, _name(one[0])))
    found = tuple(Found(_name(entry), Path(entry.path), _identity(seen)) for entry, seen in whole)
    return Look(found, len(regular) - len(whole), len(entries) - len(regular))


def claim(found: Found) -> Path | None:
    """Make the file one's own; the path under which it is now, and None where somebody else has it."""
    claimed = found.path.with_name(_CLAIMED + found.name)
    try:
        if found.path != claimed:
            found.path.rename(claimed)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise OutreachError(
            f"a file cannot be taken: {error.strerror}", where=str(found.path.parent),
            remedy="Let the user of Outreach rename and remove files there.",
        ) from None  # fmt: skip
    return claimed


def copy_out(claimed: Path, found: Found, to: Path) -> str | None:
    """Copy what was claimed; its SHA-256, and None where somebody has written to it since it was looked at."""
    digest = sha256()
    to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Neither a link nor what blocks: the name may lead to something else by now.
    source = os.open(claimed, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(source, "rb") as file, os.fdopen(os.open(to, _NEW, 0o600), "wb") as copy:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            copy.write(chunk)
        copy.flush()
        os.fsync(copy.fileno())
        seen = os.fstat(file.fileno())
    return digest.hexdigest() if _identity(seen) == found.identity else None


def clear(claimed: Path, found: Found) -> None:
    """Remove what was copied out, and its marker: the marker first, or it would vouch for what comes next."""
    marker = claimed.with_name(found.name + _MARKER)
    with suppress(FileNotFoundError):
        # Made after the file was claimed, it is of another file of the same name.
        if marker.lstat().st_ctime_ns <= claimed.lstat().st_ctime_ns:
            marker.unlink()
    claimed.unlink(missing_ok=True)


def _entries(folder: Path, wanted: Drop) -> Iterator[tuple[os.DirEntry[str], os.stat_result]]:
    try:
        with os.scandir(folder) as entries:
            found = [entry for entry in entries if _is_meant(entry.name, wanted)]
    except OSError as error:
        raise OutreachError(
            f"the drop folder cannot be read: {error.strerror}", where=str(folder),
            remedy="Make it, and let the user of Outreach read and write in it.",
        ) from None  # fmt: skip
    for entry in found:
        try:
            seen = entry.stat(follow_symlinks=False)
        except FileNotFoundError:  # renamed or taken since
            continue
        if not stat.S_ISDIR(seen.st_mode):
            yield entry, seen


def _name(entry: os.DirEntry[str]) -> str:
    """As it was put there, whether it is claimed or not."""
    return entry.name.removeprefix(_CLAIMED)


def _is_meant(name: str, wanted: Drop) -> bool:
    name = name.removeprefix(_CLAIMED)
    lower = name.lower()
    is_unfinished = name.startswith((".", "~")) or lower.endswith((*_UNFINISHED, _MARKER))
    return not is_unfinished and fnmatchcase(lower, wanted.names.lower())


def _is_whole(entry: os.DirEntry[str], seen: os.stat_result, wanted: Drop, clock: float) -> bool:
    is_claimed = entry.name.startswith(_CLAIMED)
    if not is_claimed and os.path.lexists(entry.path + _MARKER):
        return True
    # A copy that keeps the time of its original sets it back; the time of the change nobody can set.
    is_still = clock - max(seen.st_mtime, seen.st_ctime) >= wanted.settled
    return is_still and (is_claimed or not wanted.marked)


def _identity(seen: os.stat_result) -> tuple[int, int, int, int]:
    return seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns
