from __future__ import annotations

from tests.unit.definitions.conftest import Judge
from tests.unit.definitions.design import message


def test_a_message_is_read_with_the_lines_of_its_parts(judge: Judge) -> None:
    text = "---\npreheader: Tot zo\n\nsubject: Welkom, {{ person.first_name }}\nlayout: letter\n---\n\n# Dag\n"
    loaded = judge({"templates/welcome/nl.md": text})
    assert loaded.problems == ()
    source = next(source for source in loaded.sources if source.id == "welcome")
    assert (source.language, source.file, source.kind) == ("nl", "templates/welcome/nl.md", "markdown")
    assert (source.subject, source.preheader, source.layout) == ("Welkom, {{ person.first_name }}", "Tot zo", "letter")
    assert source.body == "\n# Dag\n"
    assert source.lines == {"preheader": 2, "subject": 4, "layout": 5, "body": 7}


def test_windows_line_ends_and_odd_characters_do_not_move_lines(judge: Judge) -> None:
    text = "---\r\nsubject: a\u2028b\r\npreheader: x\r\n---\r\nDag\r\n"
    loaded = judge({"templates/welcome/nl.md": text.replace("\u2028", "\u00a0")})
    source = next(source for source in loaded.sources if source.id == "welcome")
    assert source.body == "Dag\n"
    assert source.lines["body"] == 5


def test_mjml_messages_need_no_layout(judge: Judge) -> None:
    text = "---\nsubject: Welkom\npreheader: x\nlayout: none\n---\n<mjml></mjml>\n"
    loaded = judge({"templates/welcome/nl.md": None, "templates/welcome/nl.mjml": text})
    assert loaded.problems == ()
    assert next(source for source in loaded.sources if source.id == "welcome").kind == "mjml"


def test_what_is_odd_in_a_folder_of_a_message_is_named(judge: Judge) -> None:
    loaded = judge({
        "templates/welcome/de.md": message("Willkommen"),
        "templates/welcome/nl.mjml": message("Welkom"),
        "templates/welcome/notes.txt": "x",
        "templates/other/fr.md": message("Bonjour"),
        "templates/layouts/offer.html": "<b>{{ offer.title }}</b>",
    })  # fmt: skip
    assert [(one.file, one.line, one.message) for one in loaded.problems] == [
        ("templates/other", 1, "the text in the default language is missing: nl.md"),
        ("templates/welcome/de.md", 1, "there is no language `de` in outreach.yaml"),
        ("templates/welcome/nl.mjml", 1, "this message has a text in `nl` already: nl.md"),
    ]
    assert "templates/welcome/notes.txt" in [note.file for note in loaded.notes]
    assert loaded.offer_html
    assert loaded.offer_html.body == "<b>{{ offer.title }}</b>"


def test_the_folder_of_a_message_is_named_as_an_id(judge: Judge) -> None:
    problems = judge(
        {"templates/Welkom Brief/nl.md": message("Dag"), "templates/\udce9/nl.md": message("Dag")}
    ).problems
    assert [(one.file, one.message) for one in problems] == [
        ("templates/Welkom Brief", "the name of the folder is the id, and `Welkom Brief` is no id"),
        ("templates/\udce9", "the name of the folder is the id, and `�` is no id"),
    ]


def test_a_message_that_no_campaign_sends_is_a_note(judge: Judge) -> None:
    notes = judge({"templates/spare/nl.md": message("Reserve")}).notes
    assert ("templates/spare", "no campaign sends this message") in [(note.file, note.message) for note in notes]
    assert not [note for note in notes if note.file == "templates/welcome" and "sends" in note.message]


def test_a_text_beside_the_folders_of_messages_is_noted_with_where_it_belongs(judge: Judge) -> None:
    loaded = judge({
        "templates/spare.md": message("Reserve"),
        "templates/card.mjml": "<mjml></mjml>",
        "templates/README.md": "How we write.",
        "templates/layouts/wide.html": "<b>wide</b>",
    })  # fmt: skip
    assert loaded.problems == ()
    noted = {note.file: note.remedy for note in loaded.notes if "is not used" in note.message}
    assert set(noted) == {"templates/spare.md", "templates/card.mjml", "templates/layouts/wide.html"}
    assert "templates/spare/nl.md" in noted["templates/spare.md"]
    assert "templates/layouts/card.mjml" in noted["templates/card.mjml"]


def test_the_layout_of_all_is_missed_once(judge: Judge) -> None:
    loaded = judge({"templates/layouts/letter.mjml": None})
    assert [(one.file, one.line) for one in loaded.problems] == [("templates/layouts", 1)]


def test_bad_bytes_in_a_message_or_layout_are_a_problem(judge: Judge) -> None:
    loaded = judge({"templates/welcome/nl.md": b"---\nsubject: caf\xe9\n", "templates/layouts/letter.mjml": b"\xff"})
    assert ("templates/welcome/nl.md", 2, 13, "the file is not in UTF-8") in [
        (one.file, one.line, one.column, one.message) for one in loaded.problems
    ]
    assert ("templates/layouts/letter.mjml", "the file is not in UTF-8") in [
        (one.file, one.message) for one in loaded.problems
    ]


def test_front_matter_that_is_never_closed_is_a_problem(judge: Judge) -> None:
    loaded = judge({"templates/welcome/nl.md": "---\nsubject: x\npreheader: y\nDag\n"})
    assert [one.message for one in loaded.problems] == ["the front matter is not closed"]


def test_a_subject_that_a_comment_cuts_short_is_noted(judge: Judge) -> None:
    cut = judge({"templates/welcome/nl.md": "---\nsubject: Aanbod #2 voor u\npreheader: '#1 en #2'\n---\nDag\n"})
    noted = [(one.file, one.line, one.message) for one in cut.notes if "comment" in one.message]
    assert noted == [("templates/welcome/nl.md", 2, "what follows ` #` is a comment, and no part of the subject")]
