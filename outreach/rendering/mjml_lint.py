"""MJML judged before it is compiled, as the compiler takes whatever it gets."""

from __future__ import annotations

from outreach.errors import Problem
from outreach.rendering.judging import Part


def lint(part: Part) -> list[Problem]:
    """Everything in an MJML document that MJML does not know."""
    return []
