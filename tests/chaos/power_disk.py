"""A disk that loses power: what was synced is there, and of the rest anything may be there, or nothing, or parts.

It promises no more than POSIX: a file that was synced is found again only if its folder was synced, too.

Names and content are kept apart, as file systems do: a name may be there whose content is not. Changes of names are
taken to reach the disk in their order (they go through a journal), content in any order and in sectors.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.power_trace import Call

#: What a disk writes whole or not at all, in bytes.
_SECTOR = 512


@dataclass(frozen=True, slots=True)
class Luck:
    """Which of the unsynced changes made it."""

    name: str
    #: Share of the changes of names, and chance of each sector of content.
    names: float
    content: float
    seed: int = 0


LOST = Luck("lost", 0, 0)
KEPT = Luck("kept", 1, 1)
#: Names without content: the empty files that one finds after a power cut.
EMPTY = Luck("empty", 1, 0)


def torn(seed: int) -> Luck:
    """Some of it."""
    draw = random.Random(seed)
    return Luck(f"torn-{seed}", draw.random(), draw.choice((0.1, 0.5, 0.9)), seed)


@dataclass(frozen=True, slots=True)
class _Write:
    """Bytes put into a file; without bytes: its length is set."""

    begun: int
    ended: int
    offset: int
    data: bytes | None


@dataclass(slots=True)
class _File:
    #: As the disk holds it for certain.
    safe: bytearray = field(default_factory=bytearray)
    #: As programs see it.
    seen: bytearray = field(default_factory=bytearray)
    #: What is not safe yet.
    pending: list[_Write] = field(default_factory=list)
    is_folder: bool = False


@dataclass(frozen=True, slots=True)
class _Naming:
    """One change of names in a folder: what each of them stands for from then on."""

    ended: int
    folder: Path
    names: Mapping[Path, _File | None]


class Disk:
    """A folder on a disk, empty at first."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._safe: dict[Path, _File] = {}
        self._seen: dict[Path, _File] = {}
        self._pending: list[_Naming] = []

    def cuts(self, calls: Iterable[Call]) -> Iterator[int]:
        """Go through the calls and stop at each moment at which something is about to become safe, and at the end.

        In between nothing but the harm grows: these are the worst moments. Each is a line of the trace.
        """
        last = 0
        for call in calls:
            if call.name in ("fsync", "fdatasync") and self._inside(call.handles[0]):
                yield call.ended
                self._sync(Path(call.handles[0]), call.begun)
            else:
                self._do(call)
            last = call.ended
        yield last + 1

    def image(self, luck: Luck) -> dict[Path, bytes | None]:
        """What is found after a power cut now: path within the folder -> content; None: a folder."""
        draw = random.Random(luck.seed)
        names = dict(self._safe)
        for naming in self._pending[: round(luck.names * len(self._pending))]:
            _rename(names, naming)
        found = {path: file for path, file in sorted(names.items()) if self._is_reached(path, names)}
        return {path.relative_to(self._root): _content(file, luck, draw) for path, file in found.items()}

    # --- what programs do --------------------------------------------------------------------------------

    def _do(self, call: Call) -> None:
        match call.name:
            case "open" | "openat" | "creat":
                self._open(call)
            case "write" | "pwrite64" | "ftruncate":
                if self._inside(call.handles[0]):
                    self._write(call)
            case "rename" | "renameat" | "renameat2":
                self._rename(call)
            case "link" | "linkat":
                self._link(call)
            case "unlink" | "unlinkat":
                self._unlink(call)
            case "mkdir" | "mkdirat":
                self._make_folder(call)
            case "sendto" | "sendmsg" | "sendmmsg":
                pass
            case other:
                touched = [*call.handles, *(text.decode(errors="replace") for text in call.texts)]
                assert not any(map(self._inside, touched)), f"{other} of {touched} has no model here"

    def _is_reached(self, path: Path, names: Mapping[Path, _File]) -> bool:
        between = path.parents[: len(path.parts) - len(self._root.parts) - 1]
        return all(folder in names for folder in between)

    def _inside(self, path: str) -> bool:
        return Path(path).is_relative_to(self._root)

    def _open(self, call: Call) -> None:
        path = Path(call.texts[0].decode())
        if not self._inside(str(path)) or "O_DIRECTORY" in call.arguments:
            return
        if path not in self._seen:
            if "O_CREAT" in call.arguments or call.name == "creat":
                self._name(call, {path: _File()})
        elif "O_TRUNC" in call.arguments or call.name == "creat":
            self._change(path, _Write(call.begun, call.ended, 0, None))

    def _make_folder(self, call: Call) -> None:
        path = Path(call.texts[0].decode())
        if self._inside(str(path)) and path != self._root:
            self._name(call, {path: _File(is_folder=True)})

    def _write(self, call: Call) -> None:
        path = Path(call.handles[0])
        if call.name == "ftruncate":
            self._change(path, _Write(call.begun, call.ended, call.number, None))
            return
        data = b"".join(call.texts)[: call.result]
        # Nobody here writes in sequence into the middle of a file.
        offset = call.number if call.name == "pwrite64" else len(self._seen[path].seen)
        self._change(path, _Write(call.begun, call.ended, offset, data))

    def _change(self, path: Path, write: _Write) -> None:
        file = self._seen[path]
        file.pending.append(write)
        _apply(file.seen, write)

    def _rename(self, call: Call) -> None:
        old, new = (Path(text.decode()) for text in call.texts)
        if self._inside(str(old)):
            self._name(call, {new: self._seen[old], old: None})

    def _link(self, call: Call) -> None:
        old, new = (Path(text.decode()) for text in call.texts)
        if self._inside(str(old)):
            self._name(call, {new: self._seen[old]})

    def _unlink(self, call: Call) -> None:
        path = Path(call.texts[0].decode())
        if path in self._seen:
            self._name(call, {path: None})

    def _name(self, call: Call, names: Mapping[Path, _File | None]) -> None:
        (folder,) = {path.parent for path in names}
        naming = _Naming(call.ended, folder, names)
        self._pending.append(naming)
        _rename(self._seen, naming)

    # --- what becomes safe -------------------------------------------------------------------------------

    def _sync(self, path: Path, begun: int) -> None:
        """All that was done before the sync began is safe now."""
        file = self._seen.get(path)
        if file and not file.is_folder:
            for write in file.pending:
                if write.ended < begun:
                    _apply(file.safe, write)
            file.pending = [write for write in file.pending if write.ended >= begun]
            return
        done = [naming for naming in self._pending if naming.folder == path and naming.ended < begun]
        for naming in done:
            _rename(self._safe, naming)
        self._pending = [naming for naming in self._pending if naming not in done]


def _rename(names: dict[Path, _File], naming: _Naming) -> None:
    for path, file in naming.names.items():
        if file is None:
            names.pop(path, None)
        else:
            names[path] = file


def _content(file: _File, luck: Luck, draw: random.Random) -> bytes | None:
    if file.is_folder:
        return None
    content = bytearray(file.safe)
    for write in file.pending:
        for piece in _sectors(write):
            if draw.random() < luck.content:
                _apply(content, piece)
    return bytes(content)


def _sectors(write: _Write) -> Iterator[_Write]:
    if write.data is None:
        yield write
        return
    start, end = write.offset, write.offset + len(write.data)
    while start < end:
        stop = min(end, (start // _SECTOR + 1) * _SECTOR)
        yield _Write(write.begun, write.ended, start, write.data[start - write.offset : stop - write.offset])
        start = stop


def _apply(content: bytearray, write: _Write) -> None:
    if write.data is None:
        del content[write.offset :]
        content.extend(bytes(write.offset - len(content)))
        return
    content.extend(bytes(max(0, write.offset - len(content))))
    content[write.offset : write.offset + len(write.data)] = write.data
