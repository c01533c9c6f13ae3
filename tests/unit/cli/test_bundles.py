"""`outreach bundles`, and the way of a bundle from the files to the outbox."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.definitions.test_bundles import BUNDLES, CONTACTS, LETTER, OFTEN

BEFORE, MONDAY = "2026-10-01T08:00", "2026-10-05T09:00"
COLUMNS = "person_id,status,role,first_name,email,language,entity"


def rows():
    """Fourteen people of Sport with a contact who speaks French, three of Bos with none, and a contact of nowhere."""
    yield COLUMNS
    yield "C1,contact,communication,Ria,ria@sport.example,fr,Sport"
    yield "C2,contact,communication,Jo,jo@nowhere.example,nl,"
    for number in range(17):
        yield f"P{number},retired,,An,p{number}@staff.example,nl,{'Sport' if number < 14 else 'Bos'}"


TEXT = "---\nsubject: {}\npreheader: x\n---\n{{{{ bundle.entity }}}}\n\n{{{{ bundle.news }}}}\n"


@pytest.fixture
def ready(cli, workspace, tmp_path):
    """A letter on 20 October to the retired, and bundles on the first Monday of the month; none needs an approval."""
    letter = LETTER.replace("2026-11-03", "2026-10-20") + "announce: {title: {nl: Kom, fr: Venez}}\napproval: none\n"
    files = {
        "outreach.yaml": OFTEN,
        "campaigns/segments.yaml": CONTACTS + "retirees: {where: {status: retired}}\n",
        "campaigns/news.yaml": "announce: no\n",
        "campaigns/bundles.yaml": BUNDLES.replace("send: welcome", "send: bundle") + "approval: none\n",
        "campaigns/letter.yaml": letter,
        "templates/bundle/nl.md": TEXT.format("Om te delen"),
        "templates/bundle/fr.md": TEXT.format("À partager"),
    }
    for name, text in files.items():
        (workspace / name).parent.mkdir(exist_ok=True)
        with (workspace / name).open("a", encoding="utf-8") as file:
            file.write(text)
    people = tmp_path / "people.csv"
    people.write_text("\n".join(rows()) + "\n", encoding="utf-8")
    for words in (["roster", "import", str(people)], ["publish"]):
        assert (told := cli(*words, "--at", BEFORE)).code == 0, told.err
    return cli


def rows_of(cli):
    return [row for row in cli("deliveries", "--json").json if row["campaign"] == "bundles"]


def test_the_list_says_when_to_whom_and_what_and_who_has_no_contact(ready):
    (found,) = ready("bundles", "list", "--at", BEFORE, "--json").json
    assert found["leaves_at"] == "2026-10-05T07:00:00+00:00"
    assert (found["campaign"], found["occurrence"], found["first"], found["last"]) == (
        "bundles", "2026-10-05", "2026-10-05", "2026-11-08",
    )  # fmt: skip
    assert (found["without_contact"], found["without_entity"]) == (["Bos"], 1)
    news = {"campaign": "letter", "days": ["2026-10-20"], "people": 14, "few": False}
    assert found["entities"] == [{"entity": "Sport", "contacts": 1, "news": [news], "sessions": []}]
    told = ready("bundles", "list", "--at", BEFORE).out
    assert "letter 2026-10-20 (14)" in told
    assert "Nobody to write to in: Bos" in told
    assert "Contacts without an entity on file: 1" in told


def test_what_is_seen_before_is_what_leaves_once_and_who_gets_none_is_told_why(ready):
    (found,) = ready("plan", "--days", "5", "--at", BEFORE, "--json").json["sends"]
    assert (found["local_time"], found["send"], found["skipped"]) == ("2026-10-05 09:00", 1, {"no_entity": 1})
    (seen,) = ready("bundles", "preview", "Sport", "--language", "fr", "--at", BEFORE, "--json").json
    for at in (MONDAY, MONDAY, "2026-10-05T18:00"):
        ready("run", "--at", at)
    assert sorted((row["person"], row["state"], row["reason"]) for row in rows_of(ready)) == [
        ("C1", "sent", None), ("C2", "skipped", "no_entity"),
    ]  # fmt: skip
    (key,) = (row["key"] for row in rows_of(ready) if row["state"] == "sent")
    (sent,) = ready("preview", "--key", key, "--json").json["messages"]
    said = [Path(made["text"]).read_text(encoding="utf-8").partition("Uw ")[0] for made in (seen, sent)]
    assert said[0].partition("Votre ")[0] == said[1].partition("Votre ")[0]
    assert "environ 14 personnes de Sport" in said[0]
    assert (seen["subject"], sent["subject"]) == ("À partager", "À partager")
    assert "of which entity" in ready("explain", "C2", "bundles", "--at", MONDAY).out


def test_an_entity_that_there_is_not_and_a_workspace_without_bundles_are_told_so(ready, cli, workspace):
    told = ready("bundles", "preview", "Sprot", "--at", BEFORE)
    assert (told.code, "the roster has no entity `Sprot`" in told.err, "Sport" in told.err) == (1, True, True)
    told = ready("bundles", "preview", "Sport", "--at", BEFORE, "--language", "de")
    assert (told.code, "there is no language `de`" in told.err) == (1, True)
    told = ready("bundles", "preview", "Sport", "--at", "2026-12-08T08:00")
    assert (told.code, "the next bundle has nothing to tell" in told.err) == (1, True)
    (workspace / "campaigns" / "bundles.yaml").unlink()
    with (workspace / "outreach.yaml").open("a", encoding="utf-8") as file:
        file.write("retired: [bundles]\n")
    assert cli("publish", "--at", BEFORE).code == 0
    told = cli("bundles", "list", "--at", BEFORE)
    assert (told.code, "start: {on: bundles}" in told.err) == (1, True)
