"""The house stands as DESIGN.md draws it: who may import whom, and what each verb may load."""

from __future__ import annotations

import ast
import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "outreach"

#: Third-party (and network) modules, and the only rooms that may import them.
FENCES = {
    "pydantic": ("definitions", "web"),
    "pydantic_core": ("definitions", "web"),
    "ruamel": ("definitions",),
    "jinja2": ("rendering", "web.people"),
    "mjml": ("rendering",),
    "markdown_it": ("rendering",),
    "css_inline": ("rendering",),
    "babel": ("rendering", "web.people"),
    "smtplib": ("delivery.channels", "doctor"),
    "dns": ("doctor",),
    "requests": ("delivery.channels", "roster.sources"),
    "standardwebhooks": ("delivery.channels", "web.api"),
    "urllib.request": ("delivery.channels", "roster.sources"),
    "http.client": ("delivery.channels", "roster.sources", "doctor"),
    "imap_tools": ("delivery.returns",),
    "flufl": ("delivery.returns",),
    "apscheduler": ("service", "planning.calendar"),
    "prometheus_client": ("service",),
    "http.server": ("service", "web"),
    "click": ("cli",),
    "alembic": ("storage",),
    "psycopg": ("storage",),
    "procrastinate": ("delivery.engines",),
    "faker": ("roster",),
    "python_calamine": ("roster.sources",),
    "email_validator": ("roster",),
}


def test_every_room_imports_only_those_above_it() -> None:
    """Runs the contracts of pyproject.toml; `lint-imports` shows the same with more words."""
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [command, "--config", ROOT / "pyproject.toml", "--no-cache"],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", FENCES)
def test_third_parties_stay_in_their_rooms(name: str) -> None:
    assert importlib.util.find_spec(name.partition(".")[0]) is not None, "a fence around nothing"
    allowed = tuple(f"outreach.{room}" for room in FENCES[name])
    strangers = [
        f"{module}:{line}"
        for module, imported, line in _imports()
        if f"{imported}.".startswith(f"{name}.") and not f"{module}.".startswith(tuple(f"{room}." for room in allowed))
    ]
    assert strangers == []


def test_time_is_an_argument_everywhere_but_at_the_edge() -> None:
    """No clock is read outside the rooms where the outside comes in: cli, service, web."""
    readers = [
        f"{module}:{line}"
        for module, line in _clock_readers()
        if not module.startswith(("outreach.cli.", "outreach.service.", "outreach.web."))
    ]
    assert readers == []


def test_modules_stay_short() -> None:
    # Declarations, read as tables: splitting them would hide what belongs together.
    tables = {PACKAGE / "definitions" / "model.py", PACKAGE / "storage" / "tables.py"}
    versions = PACKAGE / "storage" / "migrations" / "versions"
    long = {
        str(path.relative_to(ROOT)): lines
        for path in PACKAGE.rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 300
        and path not in tables
        and path.parent != versions
    }
    assert long == {}


def _imports() -> Iterator[tuple[str, str, int]]:
    """Importing module, what it imports (`a.b` for `from a import b` too), and the line."""
    for module, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield module, alias.name, node.lineno
            elif isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    yield module, f"{node.module}.{alias.name}", node.lineno


def _clock_readers() -> Iterator[tuple[str, int]]:
    """Module and line of each call of a civil clock; `monotonic` and `perf_counter` measure, they tell no time."""
    clocks = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}
    for module, tree in _trees():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and (node.value.id, node.attr) in clocks
            ):
                yield module, node.lineno


def _trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        yield module, ast.parse(path.read_text(encoding="utf-8"))
