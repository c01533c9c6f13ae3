"""Definitions: YAML and Markdown become campaigns, segments, offers and messages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outreach.definitions.loaded import Loaded


def load(root: Path) -> Loaded:
    """Everything that the workspace in `root` defines, with all its problems at once; raises none of them."""
    # Here and not above: pydantic and ruamel.yaml take 0.3 s, and `run` needs neither.
    from outreach.definitions.loading import load as load_workspace

    return load_workspace(root)
