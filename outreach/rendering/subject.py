"""The Subject of each mail, made once for all who see the same in it: those with one first name, or of one entity."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import UndefinedError

from outreach.rendering import headers
from outreach.rendering.plain import Plain

#: Subjects kept of one message.
_KEPT = 4096


class Subject:
    """The field of one message, with its name and its line end."""

    def __init__(self, template: Plain) -> None:
        self._template = template
        self._names = tuple(sorted(template.names))
        # By type, too: 1 and 1.0 are equal and do not read the same.
        self._line = lru_cache(_KEPT, typed=True)(self._made)

    def line(self, values: Mapping[str, Any]) -> str:
        """The field with these values, by their names in bound templates.

        Raises:
            jinja2.TemplateError: the template fails on them.
        """
        try:
            return self._line(*[values[name] for name in self._names])
        except (KeyError, TypeError, UndefinedError):
            # A name that nothing stands for, a fact that is missing, a value that cannot be kept: the template says
            # what that means.
            return field(self._template.render(values))

    def _made(self, *seen: Any) -> str:
        return field(self._template.render(dict(zip(self._names, seen, strict=True))))


def field(text: str) -> str:
    """A Subject of this text, folded and encoded."""
    return f"Subject: {headers.unstructured(text)}\r\n"
