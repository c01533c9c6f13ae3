"""What a program asked of the disk and of the network, in order, as strace saw it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

#: Everything by which our files change or become safe, and by which something leaves. (Maps that are written to would
#: be missed: of our files only SQLite's -shm is one, which no crash needs.)
_TRACED = (
    "open,openat,creat,write,pwrite64,writev,pwritev,pwritev2,ftruncate,truncate,fallocate,copy_file_range,sendfile,"
    "rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mkdir,mkdirat,rmdir,"
    "fsync,fdatasync,sync_file_range,sendto,sendmsg,sendmmsg"
)
#: Longest text that is shown whole.
_WHOLE = 1 << 24

_LINE = re.compile(r"(\d+) +(?:<\.\.\. \w+ resumed>)?(.*)")
_RETURNED = re.compile(r"(\w+)\((.*)\)\s+= (-?\d+)(?:<.*>)?(?: .*)?")
_UNFINISHED = " <unfinished ...>"
_TEXT = re.compile(r'"([^"]*)"(\.\.\.)?')
_HANDLE = re.compile(r"(AT_FDCWD|\d+)<([^>]*)>")


@dataclass(frozen=True, slots=True)
class Call:
    """A system call that succeeded."""

    name: str
    #: Where it began and came back, in lines of the trace: what came back before another began was done before it.
    begun: int
    ended: int
    result: int
    #: Its arguments as they stand in the trace, texts in hexadecimal.
    arguments: str

    @property
    def texts(self) -> list[bytes]:
        """Paths and data among the arguments."""
        found = _TEXT.findall(self.arguments)
        assert not any(cut for _, cut in found), f"{self.name} was not traced whole"
        return [_unhex(text) for text, _ in found]

    @property
    def handles(self) -> list[str]:
        """What its file descriptors stand for: paths, or `socket:[…]`."""
        return [_unhex(path).decode() for _, path in _HANDLE.findall(self.arguments)]

    @property
    def number(self) -> int:
        """Its last argument: an offset or a length."""
        return int(self.arguments.rpartition(", ")[2])


def under_strace(trace: Path) -> Sequence[str]:
    """The command under which a program is traced into that file, with all that it starts."""
    how = ("-f", "-y", "-xx", "-qq", "-s", str(_WHOLE), "--seccomp-bpf")
    return ("strace", *how, "-e", f"trace={_TRACED}", "-o", str(trace))


def read(trace: Path, start: int = 0) -> tuple[list[Call], int]:
    """The calls of a program in the order in which they came back, its lines numbered from `start`; the next number."""
    waiting: dict[str, tuple[int, str]] = {}
    calls = []
    position = start
    with trace.open(encoding="ascii") as lines:
        for position, line in enumerate(lines, start):
            if call := _call(position, line.rstrip("\n"), waiting):
                calls.append(call)
    return calls, position + 1


def _call(position: int, line: str, waiting: dict[str, tuple[int, str]]) -> Call | None:
    matched = _LINE.fullmatch(line)
    assert matched, f"strace wrote {line[:80]!r}"
    thread, said = matched.groups()
    begun, before = waiting.pop(thread, (position, ""))
    if said.endswith(_UNFINISHED):
        waiting[thread] = (begun, before + said.removesuffix(_UNFINISHED))
        return None
    returned = _RETURNED.fullmatch(before + said)
    if not returned or int(returned[3]) < 0:
        return None  # it failed, or is a signal, or the end of a thread
    return Call(returned[1], begun, position, int(returned[3]), returned[2])


def _unhex(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))
