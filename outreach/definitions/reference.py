"""The reference page of the definitions, made from the forms: docs/reference/definitions.md."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from outreach.definitions.fields import DERIVED, FIELDS
from outreach.definitions.forms.values import OP_TEXTS
from outreach.definitions.model import EVENT_KINDS
from outreach.definitions.recurrences import EXAMPLES
from outreach.definitions.schema import FILES, modeline, schema

_HEAD = """\
# What a definition may say

<!-- Made by `outreach schema --reference docs/reference`; a test compares. Edit outreach/definitions/forms/. -->

`outreach check` reads these files and reports every problem at once, as `file:line:column`. Ids are lower case, with
digits and hyphens, and never change once published. A list of one may be written without brackets. Lengths of time:
`90 days`, `2 weeks`, `6 months`, `1 year`. Times of day: `"09:00"`. Days: `2026-10-17`.

`outreach schema .schemas` writes JSON Schemas; an editor with a YAML language server completes and explains keys
when a file starts with a line such as `{modeline}`.
"""


def reference() -> str:
    """The page, in Markdown."""
    parts = [_HEAD.format(modeline=modeline("campaign", "../.schemas"))]
    for kind, (_form, files, description) in FILES.items():
        parts.append(f"## `{files}`\n\n{description}\n")
        parts += _Page(schema(kind)).sections()
    parts += [_comparisons(), _recurrences(), _fields(), _events()]
    return "\n".join(parts)


class _Page:
    """The part of the page for one kind of file."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.body = body
        self.definitions = body.get("$defs", {})
        self.told: set[str] = set()
        #: Groups still to be told about: schema, path, and whether it is one of several that may stand there.
        self.queue: list[tuple[dict[str, Any], str, bool]] = []

    def sections(self) -> Iterator[str]:
        """A table for each group of keys, the outer ones first."""
        if "properties" in self.body:
            yield self.table(self.body, "")
        else:
            self.open(_each(self.body), "<id>")
        while self.queue:
            node, path, union = self.queue.pop(0)
            if "properties" in node:
                lead = f" with `{node['required'][0]}`" if union else ""
                yield f"### `{path}`{lead}\n\n{node.get('description', '')}\n"
                yield self.table(node, path)

    def table(self, node: dict[str, Any], path: str) -> str:
        """The keys of a group, the required ones first; the groups inside it are told about later."""
        required = node.get("required", [])
        for key, value in node["properties"].items():
            self.open(value, f"{path}.{key}".lstrip("."))
        keys = sorted(node["properties"], key=lambda key: key not in required)
        rows = [self.row(key, node["properties"][key], key in required) for key in keys]
        return "\n".join(("| key | takes | says |", "| --- | --- | --- |", *rows, ""))

    def open(self, node: Any, path: str, *, union: bool = False) -> None:
        """Note the groups inside a value, each once."""
        if not isinstance(node, dict):
            return
        name = node.get("$ref", "").rsplit("/", 1)[-1]
        if name and name not in self.told:
            self.told.add(name)
            self.queue.append((self.definitions[name], path, union))
        groups = [option for option in node.get("oneOf", ()) if "$ref" in option]
        for option in (*node.get("oneOf", ()), *node.get("anyOf", ())):
            self.open(option, path, union=len(groups) > 1)
        self.open(node.get("items"), f"{path}.0")
        if "properties" not in node:
            self.open(_each(node), f"{path}.<id>")

    def row(self, key: str, node: dict[str, Any], required: bool) -> str:
        default = f" Otherwise `{_plain(node['default'])}`." if "default" in node else ""
        example = f" For instance `{_plain(node['examples'][0])}`." if node.get("examples") else ""
        said = f"{node.get('description', '')}{default}{example}".strip()
        return f"| `{key}`{' (required)' if required else ''} | {self.takes(node)} | {_cell(said)} |"

    def takes(self, node: dict[str, Any]) -> str:
        """What kind of value it is, in words."""
        if "enum" in node and len(node["enum"]) <= 8:
            return _cell(", ".join(f"`{option}`" for option in node["enum"]))
        if "$comment" in node:
            return _cell(node["$comment"])
        if "$ref" in node:
            return "a group of keys"
        for union in ("oneOf", "anyOf"):
            if union in node:
                return self.either(node[union])
        return self.plain_type(node)

    def either(self, options: list[dict[str, Any]]) -> str:
        """Several kinds of value; one thing or a list of it is said in short."""
        kinds = list(dict.fromkeys(self.takes(option) for option in options))
        if len(kinds) > 1 and any(kind == f"a list of {_several(kinds[0])}" for kind in kinds):
            kinds = [f"{kinds[0]}, or a list", *(kind for kind in kinds[1:] if not kind.startswith("a list of"))]
        return ", or ".join(kinds)

    def plain_type(self, node: dict[str, Any]) -> str:
        match node.get("type"):
            case "array":
                return f"a list of {_several(self.takes(node.get('items', {})))}"
            case "object":
                inner = _each(node)
                return f"ids, each with {self.takes(inner)}" if inner else "keys and values"
            case "string":
                return f"`{node['const']}`" if "const" in node else "a text"
        return "a value"


def _each(node: dict[str, Any]) -> Any:
    """The schema of what stands under each id of a group with free ids; None where there is none."""
    patterns = node.get("patternProperties") or {"": node.get("additionalProperties")}
    inner = next(iter(patterns.values()))
    return inner if isinstance(inner, dict) else None


_COMPARISONS = """\
## Comparisons in `where`

A value or a list of values stands for equality. Where nothing is on file the answer is unknown: who cannot be decided
is not written to, and is counted. `age` and `tenure` are whole years, or a length of time: `tenure: {under: 6 months}`.
The dead and who left are in no segment; contacts of entities only in one that speaks of `role`, or of
`status: contact`.

| comparison | asks for |
| --- | --- |"""


def _comparisons() -> str:
    return "\n".join((_COMPARISONS, *(f"| `{op}` | {_cell(text)} |" for op, text in OP_TEXTS.items()), ""))


_COUNTED = """\
`2 weeks` and `year` count from the day that `from` says, and are refused without it; `month` is the same day of each
month as `from`, or the 1st where that is not said.
"""


def _recurrences() -> str:
    return "\n".join(("## Recurrences\n", *(f"* `{example}`" for example in EXAMPLES), "", _COUNTED))


def _fields() -> str:
    rows = [
        f"| `{field.name}` | {', '.join(f'`{choice}`' for choice in field.choices) or field.type} | {field.title} |"
        for field in FIELDS.values()
    ]
    derived = [f"| `{name}` | years, or a length of time | since `{source}` |" for name, source in DERIVED.items()]
    head = "Your own columns come on top, under `fields` in outreach.yaml.\n"
    return "\n".join(
        ("## Fields of a person\n", head, "| field | holds | is |", "| --- | --- | --- |", *rows, *derived, "")
    )


def _events() -> str:
    return "\n".join(("## Events\n", ", ".join(f"`{kind}`" for kind in EVENT_KINDS) + ".", ""))


def _several(takes: str) -> str:
    """What a list of it is a list of."""
    takes = re.sub(r"^the id of an? ([a-z ]+)", r"\1 ids", takes).removeprefix("a ").replace(" a ", " ")
    return takes.replace("text", "texts").replace("group", "groups").replace("value", "values").replace("code", "codes")


def _plain(value: Any) -> str:
    """A value as YAML on one line."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_plain(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_plain(item) for item in value) + "]"
    return json.dumps(value)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
