"""The register of processing says what the definitions do, in the language of who asks."""

from __future__ import annotations

import pytest

from outreach.privacy.headings import MEASURES, WORDS


@pytest.fixture
def register(cli, workspace):
    def call(*words):
        answer = cli("register", *words)
        assert answer.code == 0, answer.err
        return answer

    return call


def test_each_campaign_stands_there_with_its_purpose_people_data_and_recipients(register):
    told = {one["campaign"]: one for one in register("--json").json["purposes"]}
    assert set(told) == {"news", "welcome"}
    assert told["welcome"]["purpose"] == "inform new staff of their rights"
    assert told["welcome"]["people"] == "Nieuwe medewerkers"
    assert told["welcome"]["recipients"] == ["email"]
    # By its segment, by its text, and as all messages do.
    assert set(told["welcome"]["data"]) == {
        "hired_on", "first_name", "person_id", "status", "email", "private_email", "language",
    }  # fmt: skip
    assert "first_name" not in told["news"]["data"]


def test_what_no_campaign_uses_is_named_so_that_nobody_sends_it(register):
    told = register("--json").json
    assert {"born_on", "household", "street"} <= set(told["unused"])
    assert not {"hired_on", "first_name", "email"} & set(told["unused"])


def test_a_list_by_hand_is_a_recipient_and_its_columns_are_data(register, workspace):
    news = workspace / "campaigns" / "news.yaml"
    news.write_text(news.read_text() + "channel: handover\nhandover: {columns: [last_name, street]}\n")
    told = {one["campaign"]: one for one in register("--json").json["purposes"]}
    assert told["news"]["recipients"] == ["handover"]
    assert {"last_name", "street"} <= set(told["news"]["data"])


def test_an_age_is_the_date_of_birth(register, workspace):
    segments = workspace / "campaigns" / "segments.yaml"
    segments.write_text(segments.read_text().replace("status: active,", "status: active, age: {under: 35},"))
    told = {one["campaign"]: one for one in register("--json").json["purposes"]}
    assert "born_on" in told["welcome"]["data"]


def test_retention_is_the_one_in_force(register, workspace):
    with (workspace / "outreach.yaml").open("a") as file:
        file.write("retention: {content: 45 days}\n")
    assert register("--json").json["retention"] == {"content": 45, "receipts": 730, "events": 1095}
    assert "45 dagen" in register().out


@pytest.mark.parametrize(("language", "heading"), [("nl", "Doeleinden"), ("fr", "Finalités"), ("en", "Purposes")])
def test_headings_and_measures_are_in_the_language_that_is_asked_for(register, language, heading):
    told = register("--language", language).out
    assert f"## {heading}" in told
    assert all(f"* {measure}" in told for measure in MEASURES[language])


def test_a_language_without_words_is_refused(cli):
    refused = cli("register", "--language", "xx")
    assert (refused.code, "nl" in refused.err) == (2, True)


def test_every_language_says_everything():
    languages = set(MEASURES)
    assert all(set(texts) == languages for texts in WORDS.values())
    assert len({len(measures) for measures in MEASURES.values()}) == 1


def test_a_title_cannot_break_the_table(register, workspace):
    news = workspace / "campaigns" / "news.yaml"
    news.write_text(news.read_text().replace("title: Nieuws", 'title: "A | B <script> \\\\ C"'))
    (row,) = [line for line in register().out.splitlines() if line.startswith("| A")]
    assert row.replace("\\|", "").count("|") == 7
    assert "<script" not in row
