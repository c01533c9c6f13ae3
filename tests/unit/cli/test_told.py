"""What the program tells beside its answers: log lines, and pages for who watches. In processes of their own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@pytest.fixture
def published(cli):
    assert cli("publish").code == 0
    return cli


@pytest.fixture
def environment(workspace, database_url):
    return {**os.environ, "OUTREACH_DATABASE_URL": database_url, "OUTREACH_WORKSPACE": str(workspace)}


def outreach(environment, *words, **settings):
    command = [sys.executable, "-m", "outreach", *words]
    done = subprocess.run(command, env=environment | settings, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@contextmanager
def serving(environment, *words) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A service, and the address of its pages."""
    command = [sys.executable, "-m", "outreach", "serve", "--listen", "127.0.0.1:0", *words]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            lines = (json.loads(line) for line in process.stderr)
            yield process, next(line["address"] for line in lines if line["event"] == "listening")
        finally:
            process.terminate()
            process.communicate()


def test_run_tells_what_it_did_as_json_where_that_is_set(published, environment):
    code, out, err = outreach(environment, "run", OUTREACH_LOG="json", OUTREACH_LGO="x")
    lines = [json.loads(line) for line in err.splitlines()]
    assert (code, [line["event"] for line in lines if line["event"] != "tick"]) == (
        0, ["OUTREACH_LGO is set, but there is no such setting; did you mean OUTREACH_LOG?"]
    )  # fmt: skip
    assert lines[-1]["event"] == "tick"
    assert out.startswith("Planned 0, sent 0")


def test_errors_are_log_lines_too_where_json_is_set(cli, environment):
    code, _, err = outreach(environment, "run", OUTREACH_LOG="json")
    (line,) = map(json.loads, err.splitlines())
    assert (code, line["level"], line["event"], line["remedy"]) == (
        1, "error", "nothing is published yet", "Run `outreach publish`."
    )  # fmt: skip


def test_without_it_run_tells_nothing_but_its_answer(published, environment):
    code, _, err = outreach(environment, "run")
    assert (code, err) == (0, "")


def test_serve_shows_metrics_and_health_until_it_ends(published, environment):
    with serving(environment) as (process, address):
        for page, found in (
            ("metrics", "outreach_database_up 1.0"),
            ("healthz", '"alive": true'),
            ("readyz", "last_at"),
        ):
            try:
                body = urllib.request.urlopen(f"http://{address}/{page}", timeout=10).read().decode()
            except urllib.error.HTTPError as not_yet:
                body = not_yet.read().decode()
            assert found in body
    assert process.returncode == 0


def test_serve_shows_the_pages_behind_the_links_until_it_ends_and_no_log_names_what_was_asked(published, environment):
    command = [sys.executable, "-m", "outreach", "serve", "--web", "127.0.0.1:0"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        lines = (json.loads(line) for line in process.stderr)
        address = next(line["address"] for line in lines if line["event"] == "open")
        assert next(line for line in lines if line["event"] == "serving")
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"http://{address}/u/token", timeout=10)
        process.terminate()
        assert "token" not in str(list(lines))
    assert process.returncode == 0


def test_serve_says_at_once_that_its_port_is_taken(published, environment):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        code, _, err = outreach(environment, "serve", OUTREACH_LISTEN=place)
    lines = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
    assert (code, lines) == (1, [])
    assert err.startswith(f"Error: {place}: another program listens there already\n  Stop it, or: Name another one")
