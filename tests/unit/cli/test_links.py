"""`outreach links`, what an approver sees of it, and what trying a message out counts."""

from __future__ import annotations

from datetime import date

import pytest

from outreach.outcomes.clicks import add
from outreach.rendering.measuring import Measure
from outreach.storage.database import connect

AT = "2026-12-01T10:00"
NEWS = "---\nsubject: Nieuws\npreheader: Van ons\n---\n[Lees](https://www.example.org/a) of [kijk](https://www.example.org/b).\n"


@pytest.fixture
def measured(workspace):
    """The workspace, which measures the links of its news."""
    with (workspace / "campaigns/news.yaml").open("a") as campaign:
        campaign.write("measure_links: true\n")
    with (workspace / "outreach.yaml").open("a") as settings:
        settings.write("web: {listen: 127.0.0.1:8080}\n")
    (workspace / "templates/news/nl.md").write_text(NEWS, encoding="utf-8")


@pytest.fixture
def sent(measured, cli, people):
    """The news has gone to twelve people."""
    for words in (
        ["roster", "import", people(12), "--at", "2026-11-20"], ["publish", "--at", "2026-11-27T12:00"],
        ["approve", "news", "--yes", "--at", "2026-11-27T12:00"], ["run", "--at", AT],
    ):  # fmt: skip
        told = cli(*words)
        assert told.code == 0, told.err
    return cli


def follow(database_url, numbers):
    """Clicks to each link, by its address."""
    measure = Measure("news", "news", "nl", "https://sociale-dienst.example")
    database = connect(database_url)
    with database.writing() as connection:
        add(connection, {(measure.token(address), date(2026, 12, 1)): number for address, number in numbers.items()})
    database.close()


def test_links_are_told_with_how_often_each_was_followed(sent, database_url):
    follow(database_url, {"https://www.example.org/a": 3, "https://www.example.org/b": 41})
    assert sent("links", "--json").json == [
        {"campaign": "news", "message": "news", "language": "nl", "address": f"https://www.example.org/{name}",
         "sent": 12, "clicks": clicks, "months": {"2026-12": clicks}}
        for name, clicks in (("b", 41), ("a", None))
    ]  # fmt: skip
    told = sent("links", "news", "--months").out
    header, first, second, *_ = told.splitlines()
    assert header.split() == ["campaign", "message", "language", "sent", "2026-12", "followed", "link"]
    assert first.split() == ["news", "news", "nl", "12", "41", "41", "https://www.example.org/b"]
    assert second.split() == ["news", "news", "nl", "12", "<", "10", "<", "10", "https://www.example.org/a"]
    assert "Link scanners follow links, too" in told


def test_who_asks_for_what_is_not_measured_is_told_what_to_do(sent):
    told = sent("links", "welcome")
    assert (told.code, "does not measure its links" in told.err, "measure_links: true" in told.err) == (1, True, True)
    assert "Did you mean `news`?" in sent("links", "nws").err


def test_where_nothing_is_measured_it_says_so(cli):
    assert cli("publish").code == 0
    assert "measure_links: true" in cli("links").out
    assert cli("links", "--json").json == []


def test_an_approver_sees_that_links_are_counted(measured, cli):
    assert cli("publish").code == 0
    assert "how often its links are followed, not by whom" in cli("approve", "news").out
    assert "links are followed" not in cli("approve", "welcome").out


def test_a_message_that_is_tried_out_has_the_links_that_its_author_wrote(measured, cli, workspace):
    assert cli("preview", "news", "--out", str(workspace / "seen")).code == 0
    pages = [page.read_text(encoding="utf-8") for page in (workspace / "seen").rglob("*.html")]
    assert pages
    assert all('href="https://www.example.org/a"' in page for page in pages)


def test_the_register_says_which_campaigns_count(measured, cli):
    assert (
        "not by person: the link is the same for everybody. So in the campaigns: Nieuws."
        in cli("register", "--language", "en").out
    )
