"""Mails kept aside for somebody to look at, in a folder that this user alone can read."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

from outreach.errors import OutreachError


def keep(folder: Path, raw: bytes) -> Path:
    """Keep a mail in the folder, under a name of its content: the same mail twice is one file.

    Raises:
        OutreachError: it cannot be written.
    """
    path = folder / f"{sha256(raw).hexdigest()[:32]}.eml"
    draft = path.with_suffix(f".{os.getpid()}")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise OutreachError(
            f"a mail cannot be kept aside: {error.strerror}",
            where=str(folder),
            remedy="Let this user write there, and make room on the disk.",
        ) from None
    return path
