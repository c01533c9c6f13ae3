"""The example workspace: the one at the top of the repository, which travels in the wheel as `outreach/starter`."""

from __future__ import annotations

import shutil
from pathlib import Path

from outreach.errors import OutreachError

#: What a workspace consists of.
PARTS = ("outreach.yaml", "campaigns", "templates")
#: What must not go into version control: the database, the outbox, the secret.
_IGNORE = "# The database, the outbox and the secret of this installation.\nvar/\n"


def source() -> Path:
    """The folder with the example."""
    package = Path(__file__).parent
    packed = package / "starter"
    return packed if packed.is_dir() else package.parent


def files() -> list[Path]:
    """The example's files, relative to its folder."""
    root = source()
    found = (path for part in PARTS for path in ((root / part).rglob("*") if (root / part).is_dir() else [root / part]))
    return sorted(path.relative_to(root) for path in found if path.is_file())


def copy(target: Path) -> list[Path]:
    """Make a workspace in `target`; what was made, relative to it.

    Raises:
        OutreachError: something there would be overwritten; nothing was done.
    """
    names = files()
    for name in names:
        if (target / name).exists():
            raise OutreachError(
                f"{target / name} is there already, and nothing is ever overwritten",
                remedy="Name another folder, or move it away.",
            )
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source() / name, target / name)
    ignore = target / ".gitignore"
    if not ignore.exists():
        ignore.write_text(_IGNORE, encoding="utf-8")
    return names
