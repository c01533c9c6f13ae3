"""The doors do what their OpenAPI description says, whatever is posted: schemathesis knocks, on the real server."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from outreach.web import tokens
from outreach.web.app import make_app
from tests.unit.web.doors import installation_of, served

NOW = datetime.now(UTC)
#: Requests that are made up for each door, beside those that its description asks for.
EXAMPLES = 2 * int(os.environ.get("OUTREACH_TRIALS", "1"))


@pytest.fixture
def door(workspace, tmp_path, sqlite_templates):
    """The address of the doors, and a token for both; on one database, as it is the description that is tried."""
    place = sqlite_templates.place(tmp_path / "outreach.db")
    installation = installation_of(workspace, str(place.url))
    secret = tokens.write(bytes(32))
    with installation.database.writing() as connection:
        tokens.make(connection, secret, "payroll", ("events", "outcomes"), NOW + timedelta(days=1), NOW, "tester")
    with served(make_app(installation, installation.workspace().web)) as address:
        yield address, secret
    installation.close()


def test_schemathesis_finds_nothing(door, tmp_path):
    address, secret = door
    words = [
        "run", f"{address}/openapi.json", "--header", f"Authorization: Bearer {secret}",
        "--include-path-regex", "^/api/",
        "--max-examples", str(EXAMPLES), "--generation-deterministic", "--checks", "all",
        # That somebody, an outcome or a session is not there, no schema can say beforehand.
        "--exclude-checks", "positive_data_acceptance", "--no-color",
    ]  # fmt: skip
    program = Path(sys.executable).with_name("schemathesis")
    done = subprocess.run([program, *words], cwd=tmp_path, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
