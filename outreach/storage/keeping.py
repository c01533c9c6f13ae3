"""Files and folders that are made once and must outlast a power cut, such as the secret."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def keep(path: Path, make: Callable[[], str]) -> str:
    """What the file says. Where there is none it is made, for this user's eyes alone, and safe on disk on return.

    It appears there whole: of two that make one at once, the first one's counts.
    """
    if not path.exists():
        make_folder(path.parent)
        _put(path, make())
        sync_folder(path.parent)
    return path.read_text(encoding="utf-8").strip()


def _put(path: Path, text: str) -> None:
    from tempfile import mkstemp

    descriptor, draft = mkstemp(prefix=f"{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        Path(draft).unlink()


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
