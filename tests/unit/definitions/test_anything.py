"""Whatever stands in a workspace: it is judged, never raised; and what is judged clean always builds."""

from __future__ import annotations

import copy
import json
import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.definitions import codec, load
from outreach.definitions.loaded import Loaded
from outreach.definitions.model import Definitions
from outreach.definitions.reading import read
from tests.unit.definitions.conftest import write
from tests.unit.definitions.design import FILES

#: More when OUTREACH_TRIALS says so; each reads a whole workspace from disk, so not without end.
TRIALS = min(int(os.environ.get("OUTREACH_TRIALS", "60")), 500)
YAML_FILES = sorted(name for name in FILES if name.endswith(".yaml"))
FRAGMENTS = [
    ":", ": ", "- ", "\n", "  ", "\t", "{", "}", "[", "]", "&a ", "*a", "!x ", "'", '"', "|", ">", "#", "---\n", "~",
    "?", "é", "\x00", "\u202e", "<<: ", "%", "@", "everyone", "offers", "welcome", "90 days", "2026-02-30",
    "not:", "any:", "where:",
    "=where", "\0where", "[key]", "null", "9" * 30, "1e400", "{nl: x}", "under: 3", "from:", "retired: [welcome]\n",
]  # fmt: skip
KEYS = ["where", "any", "not", "id", "nl", "at", "status", "from", "title", "start", "until", "=where", "\0where", "x"]
scalars = st.one_of(
    st.sampled_from([*FRAGMENTS, "", "nl", "active", "age", "status", "loan", "true", "-1", "0", "1000000"]),
    st.text(max_size=20),
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def _judged(files: dict[str, Any]) -> Loaded:
    with tempfile.TemporaryDirectory() as folder:
        loaded = load(write(Path(folder), {**FILES, **files}))
    _check(loaded)
    return loaded


def _check(loaded: Loaded) -> None:
    assert (loaded.definitions is None) == bool(loaded.problems)
    assert list(loaded.problems) == sorted(set(loaded.problems))
    for one in (*loaded.problems, *loaded.notes):
        assert one.message
        assert one.remedy
        assert "\n" not in f"{one.file}{one.path}{one.message}{one.remedy}"
        assert one.line >= 0
        assert one.column >= 0
    if loaded.definitions:
        assert codec.loads(Definitions, codec.dumps(loaded.definitions)) == loaded.definitions
        assert loaded.definitions == loaded.draft


@settings(max_examples=TRIALS)
@given(file=st.sampled_from(sorted(FILES)), data=st.data())
def test_texts_broken_at_random_are_judged(file: str, data: st.DataObject) -> None:
    text = FILES[file]
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 30)))
        text = text[:start] + data.draw(st.sampled_from(FRAGMENTS) | st.text(max_size=5)) + text[end:]
    _judged({file: text})


@settings(max_examples=TRIALS)
@given(file=st.sampled_from(YAML_FILES), data=st.data())
def test_values_replaced_by_anything_are_judged(file: str, data: st.DataObject) -> None:
    body = copy.deepcopy(read(file, FILES[file].encode()).data)
    for _ in range(data.draw(st.integers(1, 3))):
        _replace_somewhere(body, data)
    _judged({file: json.dumps(body, ensure_ascii=False)})


@settings(max_examples=TRIALS // 3)
@given(st.dictionaries(st.sampled_from([*FILES, "campaigns/x.yaml", "templates/x/nl.md", "campaigns/offers/é.yaml"]),
                       st.binary(max_size=80), min_size=1, max_size=3))  # fmt: skip
def test_files_of_any_bytes_are_judged(files: dict[str, bytes]) -> None:
    _judged(files)


def test_a_draft_never_holds_more_than_the_definitions() -> None:
    loaded = _judged({})
    assert loaded.definitions
    assert replace(loaded.definitions) == loaded.draft


def _replace_somewhere(body: Any, data: st.DataObject) -> None:
    """Go down some way, and put anything under a key there: one that was there, or another."""
    while isinstance(body, (dict, list)) and body:
        keys = list(body) if isinstance(body, dict) else list(range(len(body)))
        key = data.draw(st.sampled_from(keys))
        if isinstance(body[key], (dict, list)) and data.draw(st.booleans()):
            body = body[key]
            continue
        if isinstance(body, dict) and data.draw(st.booleans()):
            key = data.draw(st.sampled_from(KEYS))
        body[key] = data.draw(anything)
        return
