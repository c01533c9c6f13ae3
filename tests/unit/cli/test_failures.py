from __future__ import annotations

import os
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner
from sqlalchemy.exc import OperationalError

from outreach.cli import failures
from outreach.cli.app import outreach
from outreach.cli.failures import Failures
from outreach.errors import DefinitionsError, OutreachError, Problem


def guard(error, *words):
    def verb():
        raise error

    return Failures(words).guard(verb)


def test_what_a_verb_returns_is_the_exit_code():
    assert Failures([]).guard(lambda: 1) == 1
    assert Failures([]).guard(lambda: None) == 0


def test_a_users_error_is_1_with_place_and_remedy(capsys):
    assert guard(OutreachError("it is broken", where="a.yaml:3:1", remedy="Mend it.")) == 1
    assert capsys.readouterr().err == "Error: a.yaml:3:1: it is broken\n  Mend it.\n"


def test_with_json_an_error_is_one_document_on_standard_output(capsys):
    assert guard(OutreachError("it is broken", where="a.yaml", remedy="Mend it."), "run", "--json") == 1
    streams = capsys.readouterr()
    assert streams.err == ""
    assert '"what": "it is broken"' in streams.out


def test_problems_of_definitions_stand_beside_the_error(capsys):
    problem = Problem("campaigns/a.yaml", 3, 5, "steps.0", "what", "do")
    guard(DefinitionsError((problem,)), "--json")
    assert '"line": 3' in capsys.readouterr().out


def test_wrong_usage_is_2():
    assert guard(click.UsageError("no")) == 2


def test_a_fault_of_ours_is_3_and_quotes_nothing(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(failures.tempfile, "gettempdir", lambda: str(tmp_path))
    assert guard(ValueError("An Peeters, an@example.com")) == 3
    shown = capsys.readouterr().err
    log = next(tmp_path.iterdir()).read_text()
    assert "a fault of ours: ValueError" in shown
    assert "test_failures.py" in log
    assert "Peeters" not in shown + log


def test_debug_shows_the_whole_traceback(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(failures.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setenv("OUTREACH_DEBUG", "1")
    assert guard(ValueError("details")) == 3
    assert "ValueError: details" in capsys.readouterr().err


def test_a_database_that_is_away_is_the_operators_to_mend(capsys):
    assert guard(OperationalError("SELECT", {"name": "An"}, Exception("database is locked"))) == 1
    shown = capsys.readouterr().err
    assert "database is locked" in shown
    assert "SELECT" not in shown


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), click.Abort()])
def test_an_interrupt_is_130(stop):
    assert guard(stop) == 130


def test_a_reader_who_stops_reading_is_no_error():
    command = f"{sys.executable} -m outreach roster make --people 5000 | head -1"
    done = subprocess.run(
        ["/bin/bash", "-o", "pipefail", "-c", command],
        capture_output=True,
        text=True,
        env=dict(os.environ),
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("person_id,")


def test_a_damaged_database_is_the_operators_to_mend(workspace, monkeypatch):
    (workspace / "var").mkdir()
    (workspace / "var" / "outreach.db").write_text("garbage " * 100)
    monkeypatch.setenv("OUTREACH_WORKSPACE", str(workspace))
    result = CliRunner().invoke(outreach, ["run"])
    assert (result.exit_code, "file is not a database" in result.stderr) == (1, True)


def test_no_verb_at_all_is_wrong_usage_and_shows_the_help():
    result = CliRunner().invoke(outreach, [])
    assert (result.exit_code, result.stderr.startswith("Usage: outreach")) == (2, True)


@pytest.mark.parametrize(
    ("words", "where"),
    [
        (["init", "/proc/none/campaigns"], "/proc/none"),
        (["schema", "/proc/none"], "/proc/none"),
        (["roster", "make", "--people", "1", "--out", "/proc/none.csv"], "/proc/none.csv"),
    ],
)
def test_a_place_that_cannot_be_written_to_is_the_users_to_mend(words, where, capsys):
    with pytest.raises(SystemExit) as end:
        outreach.main(words)
    shown = capsys.readouterr().err
    assert (end.value.code, f"Error: {where}: a file cannot be read or written" in shown) == (1, True)


@pytest.mark.parametrize("option", ["--at=0001-01-01", "--at=9999-12-31T23:59Z", "--at=1899-12-31"])
def test_a_time_at_the_end_of_the_calendar_is_wrong_usage(option, capsys):
    with pytest.raises(SystemExit) as end:
        outreach.main(["plan", option])
    assert (end.value.code, "is no year from 1900 to 2200" in capsys.readouterr().err) == (2, True)


def test_a_word_in_another_encoding_is_wrong_usage_and_no_fault(capsys):
    fault = UnicodeEncodeError("utf-8", "caf\udce9", 3, 4, "surrogates not allowed")
    assert guard(fault, "explain", "caf\udce9") == 2
    assert "no UTF-8 text" in capsys.readouterr().err
    assert guard(fault, "explain", "café") == 3
