from __future__ import annotations

import pytest

from outreach.errors import OutreachError
from outreach.settings import Settings, reference, unknown, variables


def test_nothing_set_means_the_defaults():
    assert Settings.read({}) == Settings()


def test_each_setting_is_read_from_its_variable():
    settings = Settings.read({"OUTREACH_DATABASE_URL": "sqlite:///x.db", "OUTREACH_USER": "an", "OUTREACH_DEBUG": "1"})
    assert (settings.database_url, settings.user, settings.debug) == ("sqlite:///x.db", "an", True)


@pytest.mark.parametrize("value", ["0", "no", "false", ""])
def test_debug_can_be_said_to_be_off(value):
    assert not Settings.read({"OUTREACH_DEBUG": value}).debug


def test_a_secret_comes_from_a_file_without_its_line_end(tmp_path):
    (tmp_path / "secret").write_text("hush\n")
    assert Settings.read({"OUTREACH_SECRET_FILE": str(tmp_path / "secret")}).secret == "hush"


def test_a_missing_or_empty_secret_file_is_a_loud_error(tmp_path):
    with pytest.raises(OutreachError, match="OUTREACH_SECRET_FILE names a file that cannot be read"):
        Settings.read({"OUTREACH_SECRET_FILE": str(tmp_path / "none")})
    (tmp_path / "empty").touch()
    with pytest.raises(OutreachError, match="names an empty file"):
        Settings.read({"OUTREACH_SMTP_URL_FILE": str(tmp_path / "empty")})


def test_a_setting_given_twice_is_refused(tmp_path):
    with pytest.raises(OutreachError, match="are both set"):
        Settings.read({"OUTREACH_SECRET": "a", "OUTREACH_SECRET_FILE": str(tmp_path)})


def test_a_form_of_the_log_that_there_is_not_is_refused():
    assert Settings.read({"OUTREACH_LOG": "json"}).log == "json"
    with pytest.raises(OutreachError, match="OUTREACH_LOG is 'xml'"):
        Settings.read({"OUTREACH_LOG": "xml"})


def test_a_misspelt_variable_names_its_nearest_neighbour():
    assert unknown({"OUTREACH_DATABSE_URL": "x", "PATH": "y", "OUTREACH_SECRET_FILE": "z"}) == [
        "OUTREACH_DATABSE_URL is set, but there is no such setting; did you mean OUTREACH_DATABASE_URL?"
    ]


def test_secrets_are_not_in_the_text_of_the_settings():
    settings = Settings(secret="hush", smtp_url="smtp://u:hush@h", database_url="postgresql://u:hush@h/d")
    assert "hush" not in repr(settings)


def test_every_setting_is_in_the_reference():
    assert [row[0] for row in reference()] == list(variables().values())
