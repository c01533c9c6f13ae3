"""`outreach run` starts at once: what it does not need is not loaded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

#: Needed to write definitions, rosters and tables, never by a run that finds nothing due.
HEAVY = {
    *("pydantic", "pydantic_core", "ruamel", "mjml", "markdown_it", "css_inline", "babel"),
    *("requests", "faker", "python_calamine", "email_validator", "alembic", "mako"),
    *("apscheduler", "smtplib", "jinja2", "procrastinate", "prometheus_client", "dns", "holidays"),
    *("fastapi", "starlette", "uvicorn"),
}

_PROGRAM = """
import json, sys
try:
    from outreach.cli import main
    main()
finally:
    print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.stderr)
"""


def test_a_run_with_nothing_due_loads_nothing_heavy(workspace: Path) -> None:
    for verb in (["check"], ["publish"], ["approve", "--all"], ["run"]):
        _outreach(workspace, *verb)

    done = _outreach(workspace, "run", "--json")

    counts = json.loads(done.stdout)
    assert (counts["planned"], counts["sent"]) == (0, 0)
    assert HEAVY & set(json.loads(done.stderr.splitlines()[-1])) == set()


def _outreach(workspace: Path, *verb: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *verb],
        cwd=workspace,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done
