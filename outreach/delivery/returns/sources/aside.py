"""Mails kept aside for somebody to look at, in a folder that this user alone can read."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from outreach.errors import OutreachError
from outreach.storage.keeping import make_folder, put


def keep(folder: Path, raw: bytes) -> Path:
    """Keep a mail in the folder, under a name of its content: the same mail twice is one file.

    Raises:
        OutreachError: it cannot be written.
    """
    path = folder / f"{sha256(raw).hexdigest()[:32]}.eml"
    try:
        make_folder(folder, 0o700)
        put(path, raw)
    except OSError as error:
        raise OutreachError(
            f"a mail cannot be kept aside: {error.strerror}",
            where=str(folder),
            remedy="Let this user write there, and make room on the disk.",
        ) from None
    return path
