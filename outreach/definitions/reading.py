"""YAML text becomes data and a table of places, with everything odd about it reported.

Scalars stay the text that was written (only an empty value is None): whether `NO` is a country, `12:30` a time or
`007` a team is for the forms to say, which know what they expect. The reader is ruamel.yaml's composer; its
constructors, and with them timestamps, tags and Python objects, are not used at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from outreach.definitions.refusal import shown
from outreach.errors import Problem

#: Largest file read, in bytes.
LIMIT = 1_000_000
#: Deepest nesting read.
DEPTH = 40
#: Most brackets open at once, those in texts included.
BRACKETS = 200

Path = tuple[str | int, ...]
#: Line and column, from 1.
Place = tuple[int, int]

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("map", "seq", "str", "int", "float", "bool", "null", "timestamp", "merge", "value")
)
_SPLIT = "Split it into several files, or shorten it."
_QUOTE = "Put the text in quotes."
_SECOND = "a second document starts here (`---`)"
_BRACES = "`{{` at the start of a value means something else in YAML"
_INDENT = "Indent with spaces, two for each level, and line up the keys that belong together."


@dataclass(frozen=True)
class Document:
    """One file as read: its data, and where each key and each value of it stands."""

    #: Relative to the workspace.
    file: str
    #: Dicts, lists, texts and None; None where the file could not be read.
    data: Any = None
    keys: Mapping[Path, Place] = field(default_factory=dict)
    values: Mapping[Path, Place] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    #: False when there is no data because the file is broken.
    readable: bool = True
    #: Paths of which something was said while reading: nothing is left there to judge.
    odd: frozenset[Path] = frozenset()

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Where a path stands; where it is not in the file, the nearest thing around it that is."""
        if key and path in self.keys:
            return self.keys[path]
        while path not in self.values and path:
            path = path[:-1]
        return self.values.get(path, (1, 1))


def read(file: str, raw: bytes, *, first_line: int = 1) -> Document:
    """The document in the bytes of a file; `first_line` is the line of the file at which they start."""
    if len(raw) > LIMIT:
        return _broken(file, (1, 1), f"the file is larger than {LIMIT // 1_000_000} MB", _SPLIT)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Document(file, problems=(undecodable(file, raw, error, first_line),), readable=False)
    if (problem := invisible(file, text, first_line)) is not None:
        return Document(file, problems=(problem,), readable=False)
    if _unclosed(text) > BRACKETS:
        return _broken(file, (1, 1), "the file is nested too deeply", _INDENT)
    return _parse(file, text, first_line)


def invisible(file: str, text: str, first_line: int = 1) -> Problem | None:
    """A character in a file's text that nobody sees and nobody means; None where there is none."""
    match = _UNPRINTABLE.search(text)
    if match is None:
        return None
    line, column = _place_of(text, match.start())
    return Problem(
        file,
        line + first_line - 1,
        column,
        "",
        f"there is an invisible character U+{ord(match[0]):04X} here",
        "Delete it; an editor that shows invisible characters helps.",
    )


def _unclosed(text: str) -> int:
    """Most brackets open at once; ruamel.yaml takes time in the square of it, so it is looked at before."""
    most = depth = 0
    for match in re.finditer(r"[\[\]{}]", text):
        depth += 1 if match[0] in "[{" else -1
        most = max(most, depth)
    return most


def _parse(file: str, text: str, first_line: int) -> Document:
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        return _unreadable(file, text, error, first_line)
    except RecursionError:
        return _broken(file, (1, 1), "the file is nested too deeply", _INDENT)
    except (YAMLError, ValueError, AttributeError, IndexError, KeyError, TypeError, AssertionError) as error:
        # ruamel.yaml stumbles over some broken input itself; that is the officer's file, not a fault of ours.
        return _broken(file, (1, 1), f"the file cannot be read as YAML ({type(error).__name__})", _INDENT)
    if node is None:
        return _broken(file, (1, 1), "the file is empty", "Fill it in, or delete it.")
    walk = _Walk(file, first_line)
    data = walk.value(node, ())
    return Document(file, data, walk.keys, walk.values, tuple(walk.problems), odd=frozenset(walk.odd))


class _Walk:
    """One pass over the nodes: data, places and problems."""

    def __init__(self, file: str, first_line: int) -> None:
        self.file = file
        self.shift = first_line
        self.keys: dict[Path, Place] = {}
        self.values: dict[Path, Place] = {}
        self.problems: list[Problem] = []
        self.odd: set[Path] = set()
        self._anchored: set[int] = set()

    def value(self, node: Node, path: Path) -> Any:
        place = self.values[path] = self.place(node)
        if id(node) in self._anchored:
            # An alias (`*name`): its anchor is the one mistake.
            self.odd.add(path)
            return None
        if node.anchor is not None:
            self._anchored.add(id(node))
            return self.problem(
                place, path, f"`&{node.anchor}` (an anchor) is not used here", "Write the value out in each place."
            )
        tag = str(node.tag or "")
        if tag not in _TAGS:
            return self.problem(
                place, path, f"the tag {shown(tag)} is not used here", "Delete the word that starts with `!`."
            )
        if len(path) > DEPTH:
            return self.problem(place, (), "the file is nested too deeply", _INDENT)
        if isinstance(node, MappingNode):
            return self.mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        return _scalar(node)

    def mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            place = self.place(key_node)
            if not isinstance(key_node, ScalarNode) or key_node.anchor is not None or not key_node.value.isprintable():
                braces = isinstance(key_node, MappingNode) and bool(key_node.flow_style)
                message = _BRACES if braces else "a key must be a plain word"
                self.problem(
                    place, path, message, _QUOTE if braces else "Put the text in quotes, or mend the brackets."
                )
                continue
            key = key_node.value
            where = (*path, key)
            if key in data:
                first = self.keys[where][0]
                self.problem(
                    place,
                    where,
                    f"the key {shown(key)} stands here twice; the first is in line {first}",
                    "Keep one of the two.",
                )
                continue
            self.keys[where] = place
            data[key] = self.value(value_node, where)
        return data

    def place(self, node: Node) -> Place:
        return node.start_mark.line + self.shift, node.start_mark.column + 1

    def problem(self, place: Place, path: Path, message: str, remedy: str) -> None:
        self.odd.add(path)
        self.problems.append(Problem(self.file, *place, dotted(path), message, remedy))


def dotted(path: Path) -> str:
    """A path as it is shown: `steps.1.remind.until`."""
    return ".".join(shown(part).strip("`") if isinstance(part, str) else str(part) for part in path)


def _scalar(node: Any) -> str | None:
    # A style says that it stood in quotes or in a block: then it is a text, be it empty.
    if node.style is None and node.value in _NULLS:
        return None
    return str(node.value)


def _broken(file: str, place: Place, message: str, remedy: str) -> Document:
    return Document(file, problems=(Problem(file, *place, "", message, remedy),), readable=False)


def undecodable(file: str, raw: bytes, error: UnicodeDecodeError, first_line: int = 1) -> Problem:
    """That a file is not in UTF-8, at the first letter that is not."""
    start = raw.rfind(b"\n", 0, error.start) + 1
    column = len(raw[start : error.start].decode("utf-8", "replace")) + 1
    line = raw.count(b"\n", 0, error.start) + first_line
    return Problem(file, line, column, "", "the file is not in UTF-8", "Save it as UTF-8; every editor offers that.")


def _place_of(text: str, index: int) -> Place:
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


#: What ruamel.yaml says -> what is wrong, and what to do. The first that is contained counts.
_SAID = (
    ("found character '\\t'", "there is a tab here", "Indent with spaces, two for each level."),
    (
        "mapping values are not allowed here",
        "there is one `:` too many on this line, or the line is indented wrongly",
        "Put a text that holds `: ` in quotes; line up the keys that belong together.",
    ),
    ("found undefined alias", "`*` at the start of a value means something else in YAML", _QUOTE),
    ("expected a single document", _SECOND, "Keep one document per file."),
    ("but found another document", _SECOND, "Keep one document per file."),
    (
        "could not find expected ':'",
        "a `:` is missing after a key",
        "Write `key: value`, with a space after the colon.",
    ),
    ("expected ',' or", "a `,` or a closing bracket is missing before this", f"Close the bracket. Or: {_QUOTE}"),
    ("found unexpected end of stream", "a quote is not closed", "Close it."),
    ("'<stream end>'", "a bracket is not closed", "Close it."),
    ("expected <block end>", "this line does not line up with the ones above it", _INDENT),
    ("found duplicate anchor", "anchors (`&`) are not used here", "Write the value out in each place."),
    ("cannot start any token", "a value may not start with this character", _QUOTE),
)


#: A value that starts with a tag of a template and goes on after it.
_TAG = re.compile(r"^[ \t]*[\w-]+:[ \t]+(?=\{[{%])", re.MULTILINE)


def _unreadable(file: str, text: str, error: MarkedYAMLError, first_line: int) -> Document:
    mark = error.problem_mark or error.context_mark
    for tag in _TAG.finditer(text):
        line, column = _place_of(text, tag.end())
        if mark and line - 1 <= mark.line <= line:
            return _broken(file, (line + first_line - 1, column), _BRACES, _QUOTE)
    place = (mark.line + first_line, mark.column + 1) if mark else (1, 1)
    said = str(error.problem or error.context or "")
    for part, message, remedy in _SAID:
        if part in said:
            return _broken(file, place, message, remedy)
    return _broken(file, place, f"this cannot be read as YAML: {' '.join(said.split())}", _INDENT)
