"""Python's collector of cycles, in processes that make a great many objects and hardly a cycle."""

from __future__ import annotations

import gc

#: Objects made before the collector looks for cycles: with Python's 700 it took a tenth of a long run.
_AFTER = 50_000


def collect_seldom() -> None:
    """Let the collector look less often, in this process."""
    gc.set_threshold(_AFTER, 20, 50)
