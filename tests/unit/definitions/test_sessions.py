"""Sessions as they are written, and what is wrong with them."""

from __future__ import annotations

from datetime import date, time

import pytest

from outreach.definitions import codec
from outreach.definitions.model import Definitions, Session
from tests.unit.definitions.conftest import Judge
from tests.unit.definitions.design import OUTREACH

FILE = "campaigns/sessions/january.yaml"
SESSION = """\
kind: infosession
title: {nl: Kennismaken, fr: Faire connaissance}
on: 2027-01-12
starts: "12:15"
ends: "13:15"
place: Zaal 1
language: nl
seats: 40
entity: Agentschap A
"""


def test_a_session_is_built_as_written_and_survives_a_release(judge: Judge) -> None:
    loaded = judge({FILE: SESSION})
    assert loaded.problems == ()
    assert loaded.definitions is not None
    built = loaded.definitions.sessions["january"]
    assert built == Session(
        id="january",
        kind="infosession",
        titles={language: built.titles[language] for language in loaded.definitions.workspace.languages},
        on=date(2027, 1, 12),
        starts=time(12, 15),
        ends=time(13, 15),
        place="Zaal 1",
        language="nl",
        seats=40,
        entity="Agentschap A",
    )
    assert built.titles["fr"] == "Faire connaissance"
    assert codec.loads(Definitions, codec.dumps(loaded.definitions)).sessions == {"january": built}


def test_a_workspace_without_sessions_says_nothing_of_them_in_a_release(judge: Judge) -> None:
    loaded = judge({})
    assert loaded.definitions is not None
    assert "sessions" not in codec.plain(loaded.definitions)


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "message"),
    [
        ("place: Zaal 1\n", "", 1, 1, "it is not said where this session is"),
        ('ends: "13:15"', 'ends: "12:15"', 5, 7, "it ends before it begins"),
        ("2027-01-12", "2027-02-29", 3, 5, "there is no day `2027-02-29`"),
        ("language: nl", "language: xx", 7, 11, "there is no language `xx`"),
        ("seats: 40", "seats: 0", 8, 8, "expected a whole number from 1 to 100000, found `0`"),
        ("place: Zaal 1", "link: http://dienst.example", 6, 7, "the link `http://dienst.example` is not one"),
        ("kind: infosession", "kind: Info Session", 1, 7, "`Info Session` is no id"),
    ],
)
def test_a_mistake_is_one_problem_at_its_place(
    judge: Judge, old: str, new: str, line: int, column: int, message: str
) -> None:
    assert old in SESSION
    (problem,) = judge({FILE: SESSION.replace(old, new)}).problems
    assert (problem.file, problem.line, problem.column) == (FILE, line, column)
    assert problem.message.startswith(message)
    assert problem.remedy


def test_a_time_that_the_clock_leaps_over_is_refused(judge: Judge) -> None:
    night = SESSION.replace("2027-01-12", "2027-03-28").replace("12:15", "02:30")
    (problem,) = judge({FILE: night}).problems
    assert (problem.line, problem.message) == (4, "2027-03-28 has no 02:30: the clocks are put forward")


def test_a_session_on_a_closed_day_is_a_note_unless_it_is_off(judge: Judge) -> None:
    closing = {"outreach.yaml": OUTREACH + "closed: {also: 2027-01-12}\n"}
    noted = [note for note in judge({**closing, FILE: SESSION}).notes if note.file == FILE]
    assert [(note.line, note.message) for note in noted] == [(3, "2027-01-12 is a closed day")]
    off = judge({**closing, FILE: SESSION + "cancelled: true\n"})
    assert [note for note in off.notes if note.file == FILE] == []


INVITING = """\
title: Brief
topic: news
purpose: inform
owner: o@dienst.example
audience: everyone
about: ABOUT
start: {once: 2027-01-04}
steps:
  - id: welcome
    invite: KIND
"""


def test_a_step_invites_to_a_kind_that_there_is(judge: Judge) -> None:
    written = INVITING.replace("about: ABOUT\n", "")
    assert judge({FILE: SESSION, "campaigns/letter.yaml": written.replace("KIND", "infosession")}).problems == ()
    (problem,) = judge({FILE: SESSION, "campaigns/letter.yaml": written.replace("KIND", "infosesion")}).problems
    assert (problem.file, problem.line, problem.column) == ("campaigns/letter.yaml", 9, 13)
    assert problem.message == "there is no kind of session `infosesion`"
    assert "infosession" in problem.remedy


def test_only_who_invites_tells_more_of_a_session(judge: Judge) -> None:
    written = INVITING.replace("about: ABOUT\n", "").replace("    invite: KIND\n", "    notices: {eve: welcome}\n")
    (problem,) = judge({FILE: SESSION, "campaigns/letter.yaml": written}).problems
    assert (problem.file, problem.line, problem.column) == ("campaigns/letter.yaml", 9, 5)
    assert (problem.message, problem.remedy[:13]) == ("this step invites to no session", "Add `invite: ")


DEBT = """\
sensitive: true
never_say: [schulden]
texts: {nl: {title: Lening, what: Geld, how: Bel, who: Iedereen, when: Altijd}}
"""


def test_a_title_that_calendars_show_says_nothing_of_a_sensitive_offer(judge: Judge) -> None:
    letter = INVITING.replace("KIND", "infosession").replace("ABOUT", "debt")
    files = {"campaigns/letter.yaml": letter, "campaigns/offers/debt.yaml": DEBT}
    assert judge({**files, FILE: SESSION}).problems == ()
    (problem,) = judge({**files, FILE: SESSION.replace("Kennismaken", "Over schulden")}).problems
    assert (problem.file, problem.line, problem.message[:25]) == (FILE, 2, "the title says `schulden`")
    assert "debt" in problem.message
