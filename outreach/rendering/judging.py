"""What is wrong with a template's Jinja2: its syntax, and the names that nobody gives it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from jinja2 import TemplateSyntaxError, nodes

from outreach.definitions.fields import DERIVED, FIELDS
from outreach.definitions.model import Workspace
from outreach.errors import Problem
from outreach.rendering import names
from outreach.rendering.names import Kind, Use
from outreach.rendering.templates import environment

_FORBIDDEN = {
    nodes.Extends: "extends", nodes.Include: "include", nodes.Import: "import", nodes.FromImport: "import",
    nodes.Block: "block", nodes.ScopedEvalContextModifier: "autoescape",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a file that is a template: `subject`, `preheader`, the body, or a whole layout."""

    file: str
    #: `subject`, `preheader`, `body`; also the `path` of its problems, but for the body.
    name: str
    source: str
    #: Line of the file on which it begins, from 1.
    line: int
    kind: Kind
    #: Column at which it begins, from 1.
    column: int = 1

    def problem(self, line: int, message: str, remedy: str, *, find: str = "") -> Problem:
        """A problem on a line of this part (from 1).

        `find` is looked for there to give the column, which else is that of the line's first letter.
        """
        if self.name != "body":
            # A place inside a front matter's value would need the YAML again; where it begins is enough there.
            return Problem(self.file, self.line, self.column, self.name, message, remedy)
        # Not `splitlines`: it also counts characters that no editor takes for the end of a line.
        lines = self.source.split("\n")
        text = lines[line - 1] if 0 < line <= len(lines) else ""
        place = (text.find(find) if find else -1) + 1 or len(text) - len(text.lstrip()) + 1
        return Problem(self.file, self.line + max(line, 1) - 1, place, "", message, remedy)

    def line_with(self, text: str) -> int:
        """The first line of this part that holds a text, from 1; 1 where none does."""
        at = self.source.find(text) if text else -1
        return self.source.count("\n", 0, at) + 1 if at >= 0 else 1


class Judge:
    """Judges templates against the names and fields of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.fields = {**FIELDS, **workspace.fields}
        self._outcomes = workspace.outcomes.keys()
        self._answers = workspace.web.answers.keys()

    def judge(self, part: Part, filled: Collection[str] = ()) -> list[Problem]:
        """Everything wrong with a part; `filled` are the names that are filled in while it is compiled."""
        if "{" not in part.source:
            return []
        env = environment("en", part.kind)
        try:
            tree = env.parse(part.source)
            # The compiler finds what the parser does not: filters and tests that do not exist.
            env.compile(tree, raw=True)
        except TemplateSyntaxError as error:
            return [part.problem(error.lineno, f"the template cannot be read: {error.message}", _SYNTAX)]
        return [*self._forbidden(part, tree), *self._unknown(part, tree, filled)]

    def _forbidden(self, part: Part, tree: nodes.Template) -> Iterator[Problem]:
        for node in tree.find_all(tuple(_FORBIDDEN)):
            word = _FORBIDDEN[type(node)]
            yield part.problem(
                node.lineno, f"`{{% {word} %}}` is not available in messages",
                "Write the text here, or put what messages share into a layout.", find=word,
            )  # fmt: skip

    def _unknown(self, part: Part, tree: nodes.Template, filled: Collection[str]) -> Iterator[Problem]:
        yield from self._reassigned(part, tree)
        own = _own_names(tree)
        seen: set[tuple[str, str | None]] = set()
        for use in names.uses(tree):
            if use.name in own or (use.name, use.part) in seen:
                continue
            seen.add((use.name, use.part))
            if problem := self._use(part, use, filled):
                yield problem

    def _reassigned(self, part: Part, tree: nodes.Template) -> Iterator[Problem]:
        for node in tree.find_all(nodes.Name):
            if node.ctx != "load" and (node.name in names.VARIABLES or node.name.startswith("_")):
                yield part.problem(node.lineno, f"`{node.name}` cannot be set", "Choose another name.", find=node.name)

    def _use(self, part: Part, use: Use, filled: Collection[str]) -> Problem | None:
        written = f"{use.name}.{use.part}" if use.part else use.name
        if use.name in names.LAYOUT_NAMES:
            return (
                None
                if use.name in filled
                else part.problem(
                    use.line,
                    f"`{use.name}` is for layouts only",
                    f"Leave {use.name} out of the message.",
                    find=use.name,
                )
            )
        if use.name not in names.VARIABLES:
            remedy = nearest(use.name, names.VARIABLES)
            return part.problem(use.line, f"there is no `{use.name}`", remedy, find=use.name)
        if use.name == "answers":
            return self._answer(part, use)
        parts = self.fields if use.name == "person" else names.VARIABLES[use.name]
        if use.part is None and parts:
            remedy = f"Write one of its parts: {_some(use.name, parts)}."
            return part.problem(use.line, f"`{use.name}` is not a text", remedy, find=use.name)
        if use.part is not None and use.part.startswith("_"):
            message = f"`{written}` may not be used"
            return part.problem(use.line, message, f"Write `{use.name}` alone, or leave it out.", find=use.part)
        if use.name == "person" and use.part in DERIVED:
            message = f"`{written}` exists for segments only"
            remedy = "Let a segment pick the readers by it; in messages it would be wrong a day later."
            return part.problem(use.line, message, remedy, find=use.part)
        if use.part is not None and use.part not in parts:
            what = f"people have no field `{use.part}`" if use.name == "person" else f"there is no `{written}`"
            remedy = nearest(use.part, parts, use.name) if parts else f"Write `{use.name}` alone: it has no parts."
            return part.problem(use.line, what, remedy, find=use.part)
        return None

    def _answer(self, part: Part, use: Use) -> Problem | None:
        if use.part in self._answers:
            return None
        if use.part in self._outcomes:
            remedy = f"Say in outreach.yaml how they say it: `web: {{answers: {{{use.part}: …}}}}`."
            return part.problem(use.line, f"`{use.part}` is nothing that readers say themselves", remedy, find=use.part)
        message = f"there is no answer `{use.part}`" if use.part else "`answers` is not a text"
        return part.problem(use.line, message, self._known_answers(), find=use.part or use.name)

    def _known_answers(self) -> str:
        if not self._answers:
            return "Say in outreach.yaml, under `web: answers:`, what readers may say themselves."
        written = [f'`answers["{name}"]`' for name in sorted(self._answers)]
        return f"Known here: {', '.join(written)}."


def _own_names(tree: nodes.Template) -> set[str]:
    """Names that the template sets itself, or that Jinja2 sets in it."""
    own = {"range", "loop", "caller", "varargs", "kwargs"}
    for node in tree.find_all((nodes.Name, nodes.Macro)):
        if isinstance(node, nodes.Macro) or (isinstance(node, nodes.Name) and node.ctx != "load"):
            own.add(node.name)
    return own - names.VARIABLES.keys()


_SYNTAX = "Check that each {% if %} has its {% endif %}, each {{ its }}, and that all words are Jinja2's."


def nearest(name: str, known: Iterable[str], prefix: str = "") -> str:
    """What the author may have meant, as a remedy; `prefix` is put before with a dot."""
    dot = f"{prefix}." if prefix else ""
    close = get_close_matches(name, list(known), n=1, cutoff=0.7)
    return f"Did you mean `{dot}{close[0]}`?" if close else f"Known here: {_some(prefix, known)}."


def _some(prefix: str, known: Iterable[str]) -> str:
    dot = f"{prefix}." if prefix else ""
    shown = sorted(known)
    return ", ".join(f"{dot}{name}" for name in shown[:12]) + (", …" if len(shown) > 12 else "")
