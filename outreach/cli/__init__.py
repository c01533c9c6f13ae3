"""The command line: thin verbs over the rooms above; what is heavy is imported by the verb that needs it."""

from __future__ import annotations

from outreach.collecting import collect_seldom


def main() -> None:
    """Run `outreach` with the arguments of this process."""
    collect_seldom()
    from outreach.cli.app import outreach

    outreach()
