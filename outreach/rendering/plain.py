"""A template rendered as a whole: subjects, and whatever cannot be specialised."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jinja2.environment import Template
from jinja2.runtime import Context

from outreach.rendering import names
from outreach.rendering.names import Constants, Kind
from outreach.rendering.templates import bound, environment, made_context, rendered


class Plain:
    """One template, compiled."""

    def __init__(self, source: str, language: str, kind: Kind, constants: Constants) -> None:
        """Compile it.

        Raises:
            jinja2.TemplateSyntaxError: it is no template.
        """
        self._environment = environment(language, kind)
        tree = names.bind(bound(self._environment.parse(source)), constants, kind)
        tree.set_environment(self._environment)
        #: Names that it looks up.
        self.names = names.looked_up(tree)
        code = self._environment.compile(tree)
        self._template = Template.from_code(self._environment, code, {})
        self._root: Callable[[Context], Iterator[Any]] = self._template.root_render_func

    def render(self, values: Mapping[str, Any]) -> str:
        """Its text with these values, by the names of `names`.

        Raises:
            jinja2.TemplateError: it fails on them, or makes too much of them.
        """
        return "".join(self.pieces(values))

    def pieces(self, values: Mapping[str, Any]) -> list[str]:
        """The same in the pieces in which it comes; those that are the same for all are the same objects each time.

        Raises:
            jinja2.TemplateError: it fails on them, or makes too much of them.
        """
        return rendered(self._root, made_context(self._environment, values))

    def line_of(self, error: BaseException) -> int:
        """The line of the source at which a render failed, from 1; 0 where that is not known."""
        lines = [
            line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == "<template>"
        ]
        return self._template.get_corresponding_lineno(lines[-1]) if lines else 0
