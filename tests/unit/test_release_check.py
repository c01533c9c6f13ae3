"""Checking a workspace as a whole, and against the last release."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from outreach import release
from outreach.storage.database import Database

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)


def _check(root: Path, database: Database | None) -> list[str]:
    return [str(problem).splitlines()[0] for problem in release.check(root, database).problems]


@pytest.fixture
def published(workspace: Path, database: Database) -> Database:
    release.publish(database, release.check(workspace, database), NOW, "an")
    return database


def test_a_sound_workspace_comes_with_its_content(workspace: Path) -> None:
    checked = release.check(workspace, None)
    assert checked.problems == ()
    assert checked.definitions
    assert set(checked.definitions.messages) >= {"welcome", "invitation", "news"}


def test_problems_of_definitions_and_texts_come_together(workspace: Path) -> None:
    news = workspace / "campaigns" / "news.yaml"
    news.write_text(news.read_text().replace("topic: news", "topic: nws"))
    text = workspace / "templates" / "welcome" / "nl.md"
    text.write_text(text.read_text() + "\n{{ person.no_such_fact }}\n")
    checked = release.check(workspace, None)
    assert checked.definitions is None
    assert {problem.file for problem in checked.problems} == {"campaigns/news.yaml", "templates/welcome/nl.md"}


def test_a_layout_that_breaks_where_no_tag_is_named_is_a_problem(workspace: Path) -> None:
    layout = workspace / "templates" / "layouts" / "letter.mjml"
    style = "<mj-head><mj-style>.a { margin</mj-section>: 0; }</mj-style></mj-head><mj-body"
    layout.write_text(layout.read_text().replace("<mj-body", style, 1))
    assert [problem.file for problem in release.check(workspace, None).problems] == ["templates/layouts/letter.mjml"]


def test_nothing_is_compiled_without_a_workspace(tmp_path: Path) -> None:
    assert _check(tmp_path, None) == ["outreach.yaml:1:1: there is no such file here"]


def test_a_campaign_that_vanished_is_asked_about(workspace: Path, published: Database) -> None:
    (workspace / "campaigns" / "news.yaml").rename(workspace / "campaigns" / "newsletter.yaml")
    problems = release.check(workspace, published).problems
    assert [(one.file, one.line) for one in problems] == [("campaigns/news.yaml", 1)]
    assert "was published before, and is gone" in problems[0].message
    assert "renamed to `newsletter`" in problems[0].remedy
    assert "`retired: [news]`" in problems[0].remedy


def test_a_step_that_vanished_is_asked_about_where_the_steps_are(workspace: Path, published: Database) -> None:
    file = workspace / "campaigns" / "welcome.yaml"
    file.write_text(file.read_text().replace("- id: invitation", "- id: invite\n    send: invitation"))
    problems = release.check(workspace, published).problems
    line = file.read_text().splitlines().index("steps:") + 1
    assert [(one.file, one.line, one.column, one.path) for one in problems] == [
        ("campaigns/welcome.yaml", line, 1, "steps")
    ]
    assert "renamed to `invite`" in problems[0].remedy
    assert "`retired: [welcome/invitation]`" in problems[0].remedy


def test_what_is_retired_may_go(workspace: Path, published: Database) -> None:
    (workspace / "campaigns" / "news.yaml").unlink()
    file = workspace / "campaigns" / "welcome.yaml"
    file.write_text(file.read_text().replace("- id: invitation", "- id: invite\n    send: invitation"))
    assert len(_check(workspace, published)) == 2
    settings = workspace / "outreach.yaml"
    settings.write_text(settings.read_text() + "retired: [news, welcome/invitation]\n")
    assert _check(workspace, published) == []


def test_a_broken_file_has_not_vanished(workspace: Path, published: Database) -> None:
    (workspace / "campaigns" / "news.yaml").write_text("steps: [")
    (workspace / "campaigns" / "welcome.yaml").write_text("steps: none\n")
    assert not [problem for problem in _check(workspace, published) if "published before" in problem]


def test_new_campaigns_and_steps_are_welcome(workspace: Path, published: Database) -> None:
    news = (workspace / "campaigns" / "news.yaml").read_text()
    (workspace / "campaigns" / "extra.yaml").write_text(news)
    assert _check(workspace, published) == []


def test_without_a_release_nothing_has_vanished(workspace: Path, database: Database) -> None:
    assert _check(workspace, database) == []


def test_what_was_checked_is_what_is_published(workspace: Path, database: Database) -> None:
    checked = release.check(workspace, database)
    published = release.publish(database, checked, NOW, "an")
    assert checked.definitions
    with database.reading() as connection:
        loaded = release.load(connection, published.release_id)
        messages, fragments = release.load_content(connection, published.release_id)
        assert replace(loaded, messages=dict(messages), fragments=dict(fragments)) == checked.definitions


def test_judging_a_folder_without_a_database_needs_no_sqlalchemy(workspace: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from outreach import release\n"
        f"assert not release.check(Path({str(workspace)!r}), None).problems\n"
        "sys.exit('sqlalchemy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_verb_of_releases_is_there() -> None:
    assert all(callable(getattr(release, name)) for name in release.__all__)
    with pytest.raises(AttributeError):
        release.no_such_verb  # noqa: B018 - asking is the test
