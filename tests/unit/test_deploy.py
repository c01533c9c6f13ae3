"""What stands in `deploy/` names things that there are: verbs, settings, files. No container engine is needed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from outreach.cli.app import SECTIONS
from outreach.settings import variables

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


@pytest.fixture(scope="module")
def compose() -> Any:
    return YAML(typ="safe").load(DEPLOY / "compose.yaml")


def test_every_service_runs_a_verb_with_settings_that_exist(compose: Any) -> None:
    ours = {name: service for name, service in compose["services"].items() if "build" in service}
    assert ours.keys() == {"serve", "worker"}
    verbs = {verb for section in SECTIONS.values() for verb in section}
    for service in ours.values():
        assert service["command"][0] in verbs
        assert {name.removesuffix("_FILE") for name in service["environment"]} <= set(variables().values())
        assert "OUTREACH_SECRET_FILE" in service["environment"]


def test_secrets_and_volumes_that_are_used_are_declared(compose: Any) -> None:
    for service in compose["services"].values():
        assert set(service["secrets"]) <= set(compose["secrets"])
        files = [value for name, value in service["environment"].items() if name.endswith("_FILE")]
        assert {Path(file).name for file in files} <= set(service["secrets"])
        named = {volume.partition(":")[0] for volume in service["volumes"]}
        assert {name for name in named if name.isidentifier()} <= set(compose["volumes"])


def test_the_page_names_every_secret(compose: Any) -> None:
    page = (ROOT / "docs/how-to/scale-out.md").read_text(encoding="utf-8")
    assert all(f"| `{name}` |" in page for name in compose["secrets"])


def test_the_image_is_built_of_files_that_there_are(compose: Any) -> None:
    built = compose["services"]["worker"]["build"]
    assert (DEPLOY / built["context"] / built["dockerfile"]).is_file()
    copied = re.findall(r"/tmp/outreach/(\S+)", (DEPLOY / "Containerfile").read_text(encoding="utf-8"))
    assert copied
    assert all((ROOT / name).is_file() for name in copied)
