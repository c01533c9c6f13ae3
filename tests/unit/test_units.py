"""The units that the page about running it shows are taken by systemd as they stand there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from outreach.cli.app import SECTIONS

PAGE = Path(__file__).parents[2] / "docs/how-to/run-by-cron.md"
UNIT = re.compile(r"```ini\n# /etc/systemd/system/(\S+)\n(.*?)```", re.DOTALL)
PROGRAM = "/srv/outreach/run"


@pytest.fixture(scope="module")
def units() -> dict[str, str]:
    return dict(UNIT.findall(PAGE.read_text(encoding="utf-8")))


def test_the_page_shows_a_service_and_a_timer_with_its_service(units):
    assert units.keys() == {"outreach.service", "outreach-run.service", "outreach-run.timer"}


def test_each_service_runs_a_verb(units):
    verbs = {verb for section in SECTIONS.values() for verb in section}
    started = [re.search(rf"^ExecStart={PROGRAM} (\S+)$", text, re.MULTILINE) for text in units.values()]
    assert {found[1] for found in started if found} == {"serve", "run"} <= verbs


@pytest.mark.debian
def test_systemd_finds_nothing_wrong(units, tmp_path):
    program = tmp_path / "run"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for name, text in units.items():
        (tmp_path / name).write_text(text.replace(PROGRAM, str(program)), encoding="utf-8")
    assert _verified(*(tmp_path / name for name in units)) == ""
    (tmp_path / "outreach.service").write_text(units["outreach.service"].replace("Restart=", "Restarts="))
    assert "Restarts" in _verified(tmp_path / "outreach.service")


def _verified(*files: Path) -> str:
    """What systemd complains of."""
    words = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *map(str, files)]
    return subprocess.run(words, capture_output=True, text=True, check=False).stderr
