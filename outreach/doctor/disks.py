"""The folders that Outreach writes to: room, permission, privacy, and what kind of disk it is."""

from __future__ import annotations

import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from outreach.doctor.findings import Finding, Remark, together

_GB = 1_000_000_000
#: Less room than this, or a smaller share of the disk, should be looked at; with less than that nothing is sure.
_LITTLE, _SHARE, _NONE = 1 * _GB, 0.10, _GB // 10
#: Filesystems of other machines: SQLite's WAL needs memory that all its users share, and locks that hold.
_REMOTE = frozenset(
    {"9p", "afs", "ceph", "cifs", "davfs", "fuse.sshfs", "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "smb3", "smbfs"}
)


def folder(check: str, path: Path) -> Finding:
    """What is to be said of a folder in which files are made; it may still have to be made itself."""
    there = next(one for one in (path, *path.parents) if one.is_dir())
    usage = shutil.disk_usage(there)
    return together(f"{check}: {path}", [room(usage.free, usage.total), _writable(there)])


def room(free: int, total: int) -> Remark:
    """What is to be said of so many bytes of room."""
    if not total:
        return Remark("ok", "its room is not told")
    saw = f"{free / _GB:,.1f} GB free, {free / total:.0%}"
    if free < _NONE:
        return Remark("fail", saw, "Make room now: without it nothing is recorded, and so nothing is sent.")
    if free < _LITTLE or free < total * _SHARE:
        return Remark("warn", saw, "Make room before it is used up.")
    return Remark("ok", saw)


def _writable(there: Path) -> Remark:
    try:
        with tempfile.TemporaryFile(dir=there) as file:
            file.write(b"x")
    except OSError as error:
        return Remark("fail", f"it cannot be written to ({error.strerror})", f"Let this user write to {there}.")
    return Remark("ok", "it can be written to")


def private(check: str, path: Path) -> Iterator[Finding]:
    """What is to be said of who may read a file that is nobody else's; nothing where it is not there."""
    if not path.is_file():
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding(check, "fail", f"others may read {path} (mode {mode:04o})", f"chmod 600 {path}")
    else:
        yield Finding(check, "ok", f"{path} is its owner's alone")


def reading(check: str, path: Path) -> Iterator[Finding]:
    """Whether anybody on this machine may read what a file or folder says of people."""
    if not path.exists():
        return
    if is_open(_mode(path), [_mode(above) for above in path.absolute().parents]):
        yield Finding(check, "warn", f"everybody on this machine may read {path}", f"chmod o-rwx {path.parent}")
    else:
        yield Finding(check, "ok", f"{path} is not for everybody on this machine")


def is_open(mode: int, above: Iterable[int]) -> bool:
    """Whether everybody may read what has this mode, in folders of those modes."""
    return bool(mode & stat.S_IROTH) and all(folder & stat.S_IXOTH for folder in above)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def remote(path: Path, mounts: str) -> str:
    """The kind of network filesystem that a path stands on, by the lines of /proc/mounts; empty: none."""
    found = ""
    longest = -1
    for line in mounts.splitlines():
        _, point, kind, *_ = line.split(" ")
        place = Path(point.encode().decode("unicode_escape"))  # spaces stand there as \040
        if (path == place or place in path.parents) and len(place.parts) >= longest:
            longest, found = len(place.parts), kind
    return found if found in _REMOTE else ""
