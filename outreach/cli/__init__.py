"""The command line: thin verbs over the rooms above; what is heavy is imported by the verb that needs it."""

from __future__ import annotations

import gc

#: Objects made before the collector looks for cycles: with Python's 700 it took a tenth of a long run.
_COLLECT_AFTER = 50_000


def main() -> None:
    """Run `outreach` with the arguments of this process."""
    gc.set_threshold(_COLLECT_AFTER, 20, 50)
    from outreach.cli.app import outreach

    outreach()
