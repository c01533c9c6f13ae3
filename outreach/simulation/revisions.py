"""The workspace as it was at a revision of git: taken out of the archive into a folder that is thrown away."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from outreach.errors import OutreachError
from outreach.starter import PARTS


@contextmanager
def at_revision(root: Path, revision: str) -> Iterator[Path]:
    """The workspace of the folder `root` at a commit, branch or tag, for the length of the block.

    Raises:
        OutreachError: there is no git, no repository, no such revision, or no workspace in it.
    """
    _git(root, "rev-parse", "--show-toplevel", what=f"{root} is in no git repository",
         remedy="Compare where the workspace is under version control, or leave --against out.")  # fmt: skip
    # The name becomes the id of a commit first: what starts with a hyphen could be an option.
    commit = _git(
        root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}",
        what=f"git knows no revision {revision!r}",
        remedy="Name a commit, branch or tag that is here: `git fetch origin main`, then origin/main.",
    ).decode().strip()  # fmt: skip
    found = _git(root, "ls-tree", "--name-only", commit, "--", *PARTS, what="git cannot list that revision", remedy="")
    parts = found.decode().split()
    if PARTS[0] not in parts:
        raise OutreachError(
            f"there is no {PARTS[0]} at revision {revision!r}", remedy="Name a revision that has the workspace."
        )
    packed = _git(root, "archive", "--format=tar", commit, "--", *parts,
                  what="git cannot pack that revision", remedy="")  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="outreach-") as folder:
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(folder, filter="data")
        yield Path(folder)


def _git(root: Path, *words: str, what: str, remedy: str) -> bytes:
    try:
        done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, check=False)  # noqa: S603, S607
    except FileNotFoundError:
        raise OutreachError("git is not installed here", remedy="Install git, or leave --against out.") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise OutreachError(what, remedy=remedy or (f"git says: {said[-1]}" if said else ""))
    return done.stdout
