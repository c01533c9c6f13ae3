"""What `outreach plan` foresees beside messages: skipped occurrences, and the ways that people go at a branch."""

from __future__ import annotations

import pytest

AT = "2026-11-02T10:00"
#: Before anything leaves on the first day of the journey.
FIRST = "2026-11-03T08:00"
START = "{every: 3 november}"
BRANCH = """\
  - id: fork
    day: 12
    branch:
      - if: infosession-registered
        then: [{id: there, day: 13, send: welcome}]
    otherwise: [{id: here, day: 13, send: welcome}]
"""


def published(cli, people, **changes):
    assert cli("roster", "import", people(12, **changes), "--at", AT).code == 0
    assert cli("publish", "--at", AT).code == 0
    assert cli("approve", "--all", "--yes", "--at", AT).code == 0


@pytest.mark.parametrize(("rule", "day"), [("skip", "2026-11-03"), ("after", None)])
def test_an_occurrence_that_is_skipped_has_a_line(cli, people, workspace, rule, day):
    news, settings = workspace / "campaigns" / "news.yaml", workspace / "outreach.yaml"
    news.write_text(news.read_text() + f"on_closed: {rule}\n")
    settings.write_text(settings.read_text() + "closed: {also: [3 november]}\n")
    published(cli, people)
    plan = ("plan", "--days", "20", "--at", AT)
    answer = cli(*plan, "--json").json
    assert [(one["campaign"], one["day"]) for one in answer["left_out"]] == ([("news", day)] if day else [])
    assert any(send["campaign"] == "news" for send in answer["sends"]) == (day is None)
    line = "news: nothing leaves on 2026-11-03, a closed day (`on_closed: skip`)"
    assert (line in cli(*plan).out) == bool(day)


def test_a_paused_campaign_has_a_line_where_its_messages_are_missing(cli, people):
    published(cli, people)
    plan = ("plan", "--days", "20", "--at", AT)
    assert cli(*plan, "--json").json["paused"] == []
    cli("pause", "news")
    answer = cli(*plan, "--json").json
    assert [one["campaign"] for one in answer["paused"]] == ["news"]
    assert not any(send["campaign"] == "news" for send in answer["sends"])
    assert "news: paused: nothing of it leaves before `outreach resume news`" in cli(*plan).out


@pytest.mark.parametrize(("registered", "ways"), [(3, {"way-1": 3, "otherwise": 9}), (1, None)])
def test_a_branch_has_a_line_with_the_ways_that_people_go(cli, people, workspace, registered, ways):
    welcome, settings = workspace / "campaigns" / "welcome.yaml", workspace / "outreach.yaml"
    welcome.write_text(welcome.read_text().replace("{event: hired, ignore_if_older_than: 60 days}", START) + BRANCH)
    settings.write_text(settings.read_text() + "small_numbers: 2\n")
    published(cli, people, hired_on="2026-10-30")
    for number in range(1, registered + 1):
        cli("outcome", "record", f"P{number}", "infosession-registered", "--at", FIRST)
    plan = ("plan", "--days", "20", "--at", FIRST)
    (told,) = cli(*plan, "--json").json["branches"]
    assert (told["campaign"], told["step"], told["people"], told["ways"]) == ("welcome", "fork", 12, ways)
    words = ": 3 go to there (if infosession-registered), 9 go to here (otherwise)" if ways else ""
    assert f"welcome: 12 people will come to fork{words}\n" in cli(*plan).out
