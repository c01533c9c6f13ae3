"""pydantic's errors become problems: one for each mistake, where it stands, in plain words, with what to do."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from outreach.definitions import grammar
from outreach.definitions.findings import Findings
from outreach.definitions.forms.campaigns import CampaignForm, StepForm
from outreach.definitions.forms.kinds import MARK, Form, found
from outreach.definitions.names import Names
from outreach.definitions.reading import Document, Path
from outreach.definitions.refusal import RefusedError, nearest, shown

#: How often a form is tried again without the parts that were wrong.
TRIES = 4


@cache
def adapter(annotation: Any) -> TypeAdapter[Any]:
    """The validator of a form; building one takes a millisecond."""
    return TypeAdapter(annotation)


def judge(annotation: Any, data: Any, document: Document, at: Path, names: Names, findings: Findings) -> Any:
    """The form that the data at path `at` of a document fills in, or None with the problems noted."""
    gaps = list(_gaps(data, at))
    for path in gaps:
        findings.problem(document, path, "nothing is written here", "Write a value, or delete the key.", key=True)
    try:
        filled = adapter(annotation).validate_python(data, context=names)
    except ValidationError as error:
        _Report(annotation, data, document, at, findings, set(gaps)).all(error.errors(include_url=False))
        return None
    return None if gaps else filled


def salvage(annotation: Any, data: Any, names: Names) -> Any:
    """The form without what was wrong in it, so that the rest can be checked too; None where too little is left."""
    data = copy.deepcopy(data)
    lenient = Names({}, names.default_language, names.languages, names.fields, names.broken_fields)
    for _ in range(TRIES):
        try:
            return adapter(annotation).validate_python(data, context=lenient)
        except ValidationError as error:
            paths = {written(item) for item in error.errors(include_url=False)}
            for path in sorted(paths, key=_from_the_end, reverse=True):
                data = _without(data, path)
    return None


def written(error: ErrorDetails) -> Path:
    """The path in the file of a pydantic error: without the tags of alternatives and the mark of a key."""
    loc = error["loc"]
    if error["type"] != "extra_forbidden" and _is_key(error):
        loc = loc[:-1]
    return tuple(part for part in loc if not (isinstance(part, str) and part.startswith(MARK)))


def _is_key(error: ErrorDetails) -> bool:
    """Whether a key is meant, and not its value."""
    return len(error["loc"]) > 1 and error["loc"][-1] == "[key]"


def _gaps(data: Any, at: Path) -> Iterator[Path]:
    """Paths at which a key has no value; in a table of codes that is allowed."""
    if at[:2] == ("roster", "mappings"):
        return
    if isinstance(data, dict):
        for key, value in data.items():
            if value is None:
                yield (*at, key)
            yield from _gaps(value, (*at, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _gaps(value, (*at, index))


class _Report:
    """The errors of one form, turned into problems."""

    def __init__(
        self, annotation: Any, data: Any, document: Document, at: Path, findings: Findings, told: set[Path]
    ) -> None:
        self.annotation = annotation
        self.data = data
        self.document = document
        self.at = at
        self.findings = findings
        #: Paths about which a problem was reported already.
        self.told = told
        #: Keys that are missing because they are misspelt: the misspelling is the one mistake.
        self.misspelt: set[Path] = set()

    def all(self, errors: list[ErrorDetails]) -> None:
        """Report every error, unknown keys first: they explain the missing ones."""
        for error in sorted(errors, key=lambda error: error["type"] != "extra_forbidden"):
            path = written(error)
            if (*self.at, *path) not in self.told:
                _SAID.get(error["type"], _Report.other)(self, error, path)

    def say(self, path: Path, message: str, remedy: str, *, key: bool = False) -> None:
        self.told.add((*self.at, *path))
        self.findings.problem(self.document, (*self.at, *path), message, remedy, key=key)

    def unknown_key(self, error: ErrorDetails, path: Path) -> None:
        model = grammar.form(grammar.at(self.annotation, error["loc"][:-1]))
        here = self.value(path[:-1])
        free = [key for key in grammar.keys(model) if key not in here] if model else []
        near = nearest(str(path[-1]), free)
        if near:
            self.misspelt.add((*path[:-1], near))
        remedy = f"Did you mean `{near}`?" if near else _elsewhere(str(path[-1]), model) or _listed(free)
        self.say(path, f"the key {shown(path[-1])} is not known here", remedy, key=True)

    def missing(self, error: ErrorDetails, path: Path) -> None:
        if path in self.misspelt:
            return
        model = grammar.form(grammar.at(self.annotation, error["loc"][:-1]))
        info = grammar.keys(model).get(str(path[-1])) if model else None
        purpose = f" It says: {_lowered(info.description)}" if info and info.description else ""
        self.say(path, f"the key `{path[-1]}` is missing", f"Add `{path[-1]}: …`.{purpose}")

    def refused(self, error: ErrorDetails, path: Path) -> None:
        while path and (*self.at, *path) not in self.document.values:
            # A list of one that was written without brackets.
            path = path[:-1]
        reason = error.get("ctx", {}).get("error")
        message, remedy = (
            (reason.message, reason.remedy) if isinstance(reason, RefusedError) else (str(reason), "Mend it.")
        )
        self.say(path, message, remedy, key=_is_key(error))

    def no_alternative(self, error: ErrorDetails, path: Path) -> None:
        options = grammar.alternatives(grammar.at(self.annotation, error["loc"]))
        value = self.value(path)
        listed = ", ".join(f"`{option}`" for option in options)
        if not isinstance(value, dict):
            return self.say(
                path,
                f"expected a group with one of {listed}, found {found(value)}",
                f"Write for instance `{_EXAMPLES[options[0]]}`.",
            )
        there = [key for key in value if key in options]
        if there:
            return self.say(
                (*path, there[1]), f"`{there[0]}` and `{there[1]}` cannot go together", "Keep one of them.", key=True
            )
        for key in value:
            if near := nearest(key, options):
                return self.say(
                    (*path, key), f"the key {shown(key)} is not known here", f"Did you mean `{near}`?", key=True
                )
        return self.say(path, f"one of {listed} is missing", f"Write for instance `{_EXAMPLES[options[0]]}`.")

    def no_list(self, error: ErrorDetails, path: Path) -> None:
        self.say(
            path,
            f"expected a list, found {found(error['input'])}",
            "Write each on a line that starts with `- `, or `[one, two]`.",
        )

    def no_group(self, error: ErrorDetails, path: Path) -> None:
        model = grammar.form(grammar.at(self.annotation, error["loc"]))
        self.say(
            path,
            f"expected a group of keys, found {found(error['input'])}",
            _listed(list(grammar.keys(model)) if model else []),
        )

    def too_short(self, _error: ErrorDetails, path: Path) -> None:
        self.say(path, "expected at least one, found none", "Add one.")

    def too_long(self, error: ErrorDetails, path: Path) -> None:
        most = error.get("ctx", {}).get("max_length")
        self.say(path, f"there are too many here: at most {most}", "Take some out.")

    def other(self, error: ErrorDetails, path: Path) -> None:
        self.say(
            path,
            f"{error['msg'][:1].lower()}{error['msg'][1:]}",
            "Mend it; docs/reference/definitions.md says what goes here.",
        )

    def value(self, path: Path) -> Any:
        """What stands at a path of the data; an empty group where there is nothing."""
        value = self.data
        for part in path:
            try:
                value = value[part]
            except (LookupError, TypeError):
                return {}
        return value


#: First of some alternatives -> how one of them is written.
_EXAMPLES = {
    "once": "{every: first tuesday of the month}",
    "theme_day": "{date: contract_ends_on, by: 60 days}",
    "where": "{where: {status: active}}",
    "condition": "{event: left}",
}
_SAID: dict[str, Callable[[_Report, ErrorDetails, Path], None]] = {
    "extra_forbidden": _Report.unknown_key,
    "missing": _Report.missing,
    "value_error": _Report.refused,
    "union_tag_not_found": _Report.no_alternative,
    "list_type": _Report.no_list,
    "dict_type": _Report.no_group,
    "model_type": _Report.no_group,
    "model_attributes_type": _Report.no_group,
    "too_short": _Report.too_short,
    "too_long": _Report.too_long,
}


def _elsewhere(key: str, model: type[Form] | None) -> str:
    """Where a key belongs that a campaign and its steps confuse; empty for any other."""
    if model is StepForm and key in grammar.keys(CampaignForm):
        return f"`{key}` belongs to the campaign: write it beside `steps`, not inside a step."
    if model is CampaignForm and key in grammar.keys(StepForm):
        return f"`{key}` belongs to a step: write it under `steps`, beside the step's `id`."
    return ""


def _listed(keys: list[str]) -> str:
    return f"Keys that may stand here: {', '.join(keys)}." if keys else "Delete it."


def _lowered(text: str) -> str:
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def _from_the_end(path: Path) -> tuple[tuple[int, int, str], ...]:
    return tuple((0, part, "") if isinstance(part, int) else (1, 0, part) for part in path)


def _without(data: Any, path: Path) -> Any:
    """The data without what stands at a path."""
    if not path:
        return None
    inner = data
    for part in path[:-1]:
        try:
            inner = inner[part]
        except (LookupError, TypeError):
            return data
    with suppress(LookupError, TypeError):
        if path[-1] == "wait_until":
            # Without it a wait would be read as a message.
            inner[path[-1]] = {}
        else:
            del inner[path[-1]]
    return data
