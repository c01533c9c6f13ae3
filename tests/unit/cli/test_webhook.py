"""A campaign that says `channel: webhook`, from its file to the receiver."""

from __future__ import annotations

import pytest

from tests.contracts.receivers import SECRET, receiving
from tests.contracts.servers import unused_port

AT, TUESDAY = "2026-10-20T12:00", "2026-11-03T09:00"


@pytest.fixture(scope="module")
def receiver(tmp_path_factory):
    with receiving(tmp_path_factory.mktemp("hook")) as receiver:
        yield receiver


@pytest.fixture
def ready(cli, workspace, tmp_path):
    """The news go to a webhook, to three people of whom one has no address; a letter goes by mail the same day."""
    news = workspace / "campaigns" / "news.yaml"
    (workspace / "campaigns" / "letter.yaml").write_text(
        news.read_text().replace("- id: news", "- {id: letter, send: news}"), encoding="utf-8"
    )
    news.write_text(f"{news.read_text()}channel: webhook\n", encoding="utf-8")
    roster = tmp_path / "people.csv"
    roster.write_text(
        "person_id,status,first_name,email,language\nP1,active,An,p1@staff.example,nl\nP2,active,Bo,p2@staff.example,nl\n"
        "P3,retired,Cas,,nl\n",
        encoding="utf-8",
    )
    for words in (["roster", "import", str(roster)], ["publish"], ["approve", "news"], ["approve", "letter"]):
        assert cli(*words, "--at", AT, *(["--yes"] if words[0] == "approve" else [])).code == 0, words
    return cli


def post_to(monkeypatch, url):
    monkeypatch.setenv("OUTREACH_WEBHOOK_URL", url)
    monkeypatch.setenv("OUTREACH_WEBHOOK_SECRET", SECRET)


def states(cli, campaign):
    rows = cli("deliveries", "--campaign", campaign, "--json").json
    return sorted((row["person"], row["state"], row["reason"], row["channel"]) for row in rows)


def test_it_is_posted_once_to_everybody_also_without_an_address(ready, receiver, monkeypatch):
    before = len(receiver.arrived())
    post_to(monkeypatch, receiver.url())
    # As if it were another day: the signature is of this very moment all the same, or its receiver would refuse it.
    assert ready("run", "--at", TUESDAY, "--json").json["sent"] == 5
    assert ready("run", "--at", TUESDAY, "--json").json["sent"] == 0
    assert states(ready, "news") == [(f"P{n}", "sent", None, "webhook") for n in (1, 2, 3)]
    arrived = receiver.arrived()[before:]
    assert all(one["verified"] for one in arrived)
    told = sorted((one["message"]["person"], one["message"]["recipient"]) for one in arrived)
    assert told == [("P1", "p1@staff.example"), ("P2", "p2@staff.example"), ("P3", None)]
    message = arrived[0]["message"]
    assert (message["subject"], message["language"]) == ("Nieuws van de sociale dienst", "nl")
    assert "Dit is er deze maand te doen." in message["text"]
    assert "Dit is er deze maand te doen." in message["html"]


def test_without_a_webhook_it_waits_and_run_says_so_while_mail_leaves(ready, receiver, monkeypatch):
    told = ready("run", "--at", TUESDAY, "--json")
    assert (told.code, told.json["planned"], told.json["sent"]) == (1, 5, 2)
    assert told.json["error"]["what"].startswith("3 messages wait, and nothing is lost")
    assert "OUTREACH_WEBHOOK_URL" in told.json["error"]["remedy"]
    said = ready("run", "--at", TUESDAY)
    assert (said.code, "3 messages wait" in said.err) == (1, True)
    assert states(ready, "news") == [(f"P{n}", "planned", None, "webhook") for n in (1, 2, 3)]
    assert [row[1:] for row in states(ready, "letter")] == [("sent", None, "outbox")] * 2 + [
        ("skipped", "no_address", None)
    ]
    post_to(monkeypatch, receiver.url())
    assert ready("run", "--at", "2026-11-04T09:00", "--json").json["sent"] == 3


def test_what_waited_for_a_webhook_in_vain_expires(ready):
    ready("run", "--at", TUESDAY)
    told = ready("run", "--at", "2026-11-18T09:00", "--json")
    assert (told.code, told.json["skipped"]) == (0, {"latest_time": 3})
    assert [row[1:3] for row in states(ready, "news")] == [("expired", "latest_time")] * 3


def test_a_webhook_that_takes_nothing_is_named_and_nothing_is_lost(ready, receiver, monkeypatch):
    place = f"localhost:{unused_port()}"
    post_to(monkeypatch, f"http://{place}/geheim")
    told = ready("run", "--at", TUESDAY, "--json")
    assert (told.code, told.json["sent"], told.json["deferred"]) == (1, 2, 3)
    assert told.json["error"]["what"].startswith(f"the webhook at {place} takes no messages; 3 messages wait")
    assert "geheim" not in told.out + told.err
    post_to(monkeypatch, receiver.url())
    assert ready("run", "--at", "2026-11-03T12:00", "--json").json["sent"] == 3


def test_a_webhook_without_a_secret_stops_no_mail(ready, monkeypatch):
    monkeypatch.setenv("OUTREACH_WEBHOOK_URL", "https://hooks.example/")
    told = ready("run", "--at", TUESDAY, "--json")
    assert told.code == 1
    assert "OUTREACH_WEBHOOK_SECRET" in told.json["error"]["remedy"]
    assert [row[1] for row in states(ready, "letter")] == ["sent", "sent", "skipped"]


def test_it_can_be_looked_at_before(ready, tmp_path):
    answer = ready("preview", "news", "--as", "P3", "--out", str(tmp_path / "seen"), "--json")
    assert answer.code == 0, answer.err
