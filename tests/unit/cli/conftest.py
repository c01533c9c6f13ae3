"""The command line as a test calls it: `cli("publish", "--json")`, in the small workspace, on each database."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from outreach.cli.app import outreach
from tests.answers import Answer


@pytest.fixture
def cli(workspace, database_url, monkeypatch):
    """Calls a verb in the workspace; its outbox is the workspace's own."""
    monkeypatch.setenv("OUTREACH_DATABASE_URL", database_url)
    monkeypatch.setenv("OUTREACH_WORKSPACE", str(workspace))
    monkeypatch.setenv("OUTREACH_USER", "tester")

    def call(*words, **options):
        result = CliRunner().invoke(outreach, list(words), **options)
        return Answer(result.exit_code, result.stdout, result.stderr)

    return call


@pytest.fixture
def people(tmp_path):
    """Writes a roster of so many active people, hired long ago, and returns its path."""

    def write(count, name="people.csv", **changes):
        rows = ["person_id,status,first_name,email,language,hired_on"]
        for number in range(1, count + 1):
            hired = changes.get("hired_on", "2020-01-01")
            rows.append(f"P{number},active,An{number},p{number}@staff.example,nl,{hired}")
        path = tmp_path / name
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        return str(path)

    return write
