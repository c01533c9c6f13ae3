"""Files and folders that must outlast a power cut, and are there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def keep(path: Path, make: Callable[[], str]) -> str:
    """What the file says. Where there is none it is made, for this user's eyes alone, and safe on disk on return.

    It appears there whole: of two that make one at once, the first one's counts.
    """
    if not path.exists():
        make_folder(path.parent)
        with _draft(path, make().encode()) as draft, suppress(FileExistsError):
            os.link(draft, path)
        sync_folder(path.parent)
    return path.read_text(encoding="utf-8").strip()


def put(path: Path, body: bytes, mode: int = 0o600) -> None:
    """Put a file there in place of the one before; it appears whole, and is safe on disk on return.

    Raises:
        OSError: it cannot be written; the one before stays.
    """
    with _draft(path, body) as draft:
        draft.chmod(mode)
        draft.replace(path)
    sync_folder(path.parent)


@contextmanager
def _draft(path: Path, body: bytes) -> Iterator[Path]:
    """The whole file, safe on disk under a name of its own, which is gone at the end."""
    from tempfile import mkstemp

    descriptor, draft = mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(descriptor)
        yield Path(draft)
    finally:
        Path(draft).unlink(missing_ok=True)


def make_folder(path: Path, mode: int = 0o777) -> None:
    """Make a folder, and those above it, where there is none; it is safe on disk on return."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(mode=mode, exist_ok=True)
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
