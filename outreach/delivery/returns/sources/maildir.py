"""A maildir (new/, cur/, tmp/): what is new is read, and moved on when it is settled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from outreach.delivery.returns.reading import LIMIT
from outreach.delivery.returns.sources.aside import keep
from outreach.delivery.returns.sources.base import Found, Place
from outreach.errors import OutreachError

#: Flags in the name of a mail in cur/: seen, and none.
_FLAGS: dict[Place, str] = {"settled": ":2,S", "other": ":2,"}


class Maildir:
    """A maildir. Settled mails are seen, a person's are not: a mail program shows who wrote something to read."""

    def __init__(self, folder: Path, aside: Path) -> None:
        self._folder = folder
        self._aside = aside

    def mails(self) -> Iterator[Found]:
        """What lies in new/, the oldest first; folders, pipes and links to nowhere are no mails."""
        new = self._folder / "new"
        try:
            names = sorted(path.name for path in new.iterdir() if not path.name.startswith("."))
        except OSError as error:
            raise OutreachError(
                f"this is no maildir that can be read: {error.strerror}",
                where=str(self._folder),
                remedy="Name the folder that has new/ and cur/ in it, and let this user write there.",
            ) from None
        for name in names:
            if (new / name).is_file():
                yield from _read(new / name)

    def put(self, found: Found, place: Place) -> None:
        """Move it to cur/, or out of the maildir where nobody could read it."""
        path = self._folder / "new" / found.name
        if place == "later":
            return
        try:
            if place == "aside":
                keep(self._aside, path.read_bytes())
                path.unlink()
                return
            cur = self._folder / "cur"
            cur.mkdir(exist_ok=True)
            path.rename(cur / f"{found.name.partition(':')[0]}{_FLAGS[place]}")
        except FileNotFoundError:
            return  # Somebody else has moved it.
        except OSError as error:
            raise OutreachError(
                f"a mail cannot be moved: {error.strerror}",
                where=str(self._folder),
                remedy="Let this user write to the maildir.",
            ) from None

    def close(self) -> None:
        """Nothing is open."""


def _read(path: Path) -> Iterator[Found]:
    """The mail; none where somebody else took it meanwhile. One that cannot be read is given empty, to be reported."""
    try:
        with path.open("rb") as file:
            yield Found(path.name, file.read(LIMIT))
    except FileNotFoundError:
        return
    except OSError:
        yield Found(path.name, b"")
