"""A retiree who prefers paper: from the call to the letter on a list, and what is told and forgotten of it."""

from __future__ import annotations

import pytest

from tests.unit.delivery.handover.reading import read_all

_ROSTER = """\
person_id,status,first_name,last_name,email,street,postal_code,city,language
P1,retired,Mia,Claes,p1@home.example,Kerkstraat 1,9000,Gent,nl
P2,retired,Jan,Smet,,Dorp 2,9000,Gent,nl
P3,retired,An,Maes,p3@home.example,,,,nl
"""
BEFORE, DUE = "2026-11-30T10:00", "2026-12-01T10:00"


@pytest.fixture
def office(cli, workspace, tmp_path):
    """A workspace that offers letters, with three people in it, one of whom has no e-mail address and one no street."""
    file = workspace / "outreach.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "channels: {email: {}, handover: {}}\n", encoding="utf-8")
    roster = tmp_path / "retired.csv"
    roster.write_text(_ROSTER, encoding="utf-8")
    assert cli("publish", "--at", "2026-11-20").code == 0
    assert cli("approve", "--all", "--yes", "--at", "2026-11-20").code == 0
    assert cli("roster", "import", str(roster), "--at", "2026-11-20").code == 0
    return cli


def test_who_prefers_paper_stands_in_the_list_of_the_day_with_what_a_letter_needs(office, workspace):
    for number in ("P1", "P2", "P3"):
        assert office("prefer", number, "handover", "--at", BEFORE, "--json").json["changed"] is True
    assert office("prefer", "P1", "handover", "--at", BEFORE).out == "That was so already.\n"
    send = office("plan", "--days", "2", "--at", BEFORE, "--json").json["sends"][-1]
    assert (send["send"], send["by_choice"]) == (3, {"handover": 2})
    assert "3 (by choice: handover 2)" in office("plan", "--days", "2", "--at", BEFORE).out
    assert office("run", "--at", DUE, "--json").json["sent"] == 3
    mia, jan = read_all(workspace / "var" / "handover")
    assert [mia[name] for name in ("first_name", "street", "postal_code", "city")] == [
        "Mia", "Kerkstraat 1", "9000", "Gent",
    ]  # fmt: skip
    assert jan["first_name"] == "Jan"
    # Without the links that are a reader's own: others work from the list.
    assert mia["text"] == "Dit is er deze maand te doen."
    told = office("explain", "P3", "news", "--at", DUE, "--json").json
    assert [one["verdict"] for one in told] == ["sent"]


def test_it_is_told_what_it_is_for_and_who_asked(office):
    assert "Or by     handover, to who chose it" in office("approve", "news", "--yes", "--at", BEFORE).out
    assert office("prefer", "P1", "handover", "--at", BEFORE).code == 0
    assert "by handover, as the person chose" in office("explain", "P1", "news", "--at", BEFORE).out
    export = office("person", "export", "P1", "--json").json
    assert [row["channel"] for row in export["tables"]["choice"]] == ["handover"]
    (line,) = office("audit", "--action", "chose a channel", "--json").json
    assert (line["actor"], line["after"]) == ("tester", {"channel": "handover"})
    assert "| first_name" not in (register := office("register", "--language", "en").out)
    assert "mail server, colleagues who do it by hand" in register
    assert "postal_code" in register.partition("## Data in the roster")[0]


def test_it_is_taken_back_and_forgotten(office):
    office("prefer", "P1", "handover", "--at", BEFORE)
    assert office("prefer", "P1", "any", "--at", BEFORE).out == "On record.\n"
    assert "by handover" not in office("explain", "P1", "news", "--at", BEFORE).out
    office("prefer", "P1", "handover", "--at", BEFORE)
    assert office("person", "erase", "P1", "--yes", "--json").json["deleted"]["choice"] == 1


def test_only_what_is_offered_can_be_chosen_by_who_is_there(office):
    refused = office("prefer", "P1", "hand-over")
    assert refused.code == 1
    assert "nobody can choose" in refused.err
    assert "handover" in refused.err
    assert office("prefer", "P99", "handover").code == 1
