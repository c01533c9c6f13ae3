from __future__ import annotations

import json
from pathlib import Path

import pytest

from outreach.definitions.reference import reference
from outreach.definitions.schema import FILES, WRITTEN, modeline, schema, write_schemas

DOCS = Path(__file__).parents[3] / "docs"


def _groups(node: object) -> list[dict[str, object]]:
    if isinstance(node, list):
        return [group for item in node for group in _groups(item)]
    if not isinstance(node, dict):
        return []
    here = [node] if isinstance(node.get("properties"), dict) else []
    return here + [group for value in node.values() for group in _groups(value)]


@pytest.mark.parametrize("kind", FILES)
def test_every_key_is_described(kind: str) -> None:
    for group in _groups(schema(kind)):
        for key, value in group["properties"].items():
            assert value.get("description"), (kind, key)


@pytest.mark.parametrize("kind", FILES)
def test_no_other_keys_are_allowed(kind: str) -> None:
    for group in _groups(schema(kind)):
        assert "additionalProperties" in group


def test_defaults_stand_as_one_writes_them() -> None:
    properties = schema("workspace")["properties"]
    assert properties["expires_after"]["default"] == "14 days"
    assert properties["send_at"]["default"] == "09:00"
    assert properties["time_zone"]["default"] == "Europe/Brussels"


def test_an_empty_value_is_never_allowed() -> None:
    assert '"null"' not in json.dumps([schema(kind) for kind in FILES])


def test_schemas_are_written_as_files(tmp_path: Path) -> None:
    files = write_schemas(tmp_path / "schema")
    assert [file.name for file in files] == [f"{kind}.schema.json" for kind in WRITTEN]
    assert json.loads(files[2].read_text())["required"] == ["title", "topic", "audience", "start", "steps"]
    assert modeline("campaign", "../schema") == "# yaml-language-server: $schema=../schema/campaign.schema.json"


def test_the_reference_page_is_the_one_in_docs() -> None:
    """When this fails: `outreach schema --reference docs/reference`."""
    assert (DOCS / "reference" / "definitions.md").read_text() == reference()
