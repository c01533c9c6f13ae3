from __future__ import annotations

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from outreach.cli.app import SECTIONS, outreach
from outreach.cli.options import VerbCommand

VERBS = [name for section in SECTIONS.values() for name in section]


def invoke(*words):
    return CliRunner().invoke(outreach, list(words))


def leaves(name):
    context = click.Context(outreach)
    command = outreach.get_command(context, name)
    if isinstance(command, click.Group):
        return [command.get_command(context, inner) for inner in command.list_commands(context)]
    return [command]


def test_help_names_every_verb():
    result = invoke("--help")
    assert result.exit_code == 0
    assert all(f"  {name} " in result.output for name in VERBS)


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_explains_itself_with_an_example(name):
    for command in leaves(name):
        assert isinstance(command, VerbCommand)
        assert command.help
        assert command.examples
        assert all(f"outreach {name}" in example for example in command.examples)


def test_an_unknown_verb_is_wrong_usage_and_names_the_nearest():
    result = invoke("aprove")
    assert result.exit_code == 2
    assert result.stderr == "Error: There is no verb `aprove`.\n  Did you mean `approve`?\n"
    assert invoke("zzzz").stderr == "Error: There is no verb `zzzz`.\n  `outreach --help` tells how it is used.\n"


@pytest.mark.parametrize("days", ["abc", "999"])
def test_a_number_that_is_none_is_said_in_plain_words(days):
    result = invoke("plan", "--days", days)
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: --days takes a whole number from 1 to 400.\n")


def test_an_unknown_option_is_wrong_usage_and_one_document_with_json():
    result = invoke("run", "--json", "--nonsense")
    assert result.exit_code == 2
    assert '"what": "No such option' in result.stdout
    assert result.stderr == ""


def test_a_misspelt_setting_is_named():
    result = CliRunner().invoke(outreach, ["init", "--help"], env={"OUTREACH_DATABSE_URL": "sqlite://"})
    assert "did you mean OUTREACH_DATABASE_URL?\n" in result.stderr


def test_a_time_that_is_none_is_wrong_usage():
    result = invoke("run", "--at", "tomorrow")
    assert result.exit_code == 2
    assert "Write 2026-12-01T09:00" in result.stderr


HEAVY = ["pydantic", "ruamel.yaml", "mjml", "markdown_it", "requests", "babel", "python_calamine", "faker", "alembic"]


def test_help_imports_nothing_heavy_and_run_neither(workspace, tmp_path):
    prepare = [["publish"], ["approve", "--all", "--yes"]]
    environment = {"OUTREACH_WORKSPACE": str(workspace), "PATH": "/usr/bin", "OUTREACH_SECRET": "s"}
    for words in prepare:
        subprocess.run([sys.executable, "-m", "outreach", *words], env=environment, check=True, capture_output=True)
    for words in (["--help"], ["run"]):
        code = (
            "import sys, outreach.cli.app as app\n"
            f"try: app.outreach.main({words!r})\n"
            "except SystemExit as end: assert not end.code, end.code\n"
            f"print([name for name in {HEAVY!r} if name in sys.modules])"
        )
        done = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True)
        assert done.stdout.splitlines()[-1] == "[]"
