"""`outreach sessions`, and who has a seat."""

from __future__ import annotations

import pytest

AT = "2026-11-27T12:00"
SESSION = "kind: infosession\ntitle: Kennismaken\non: 2027-01-12\nstarts: '12:15'\nends: '13:15'\nplace: Gent\n"


@pytest.fixture
def ready(cli, workspace, people):
    """Twelve people; a session with eleven seats, one without a limit, one that is off, one that is over."""
    folder = workspace / "campaigns" / "sessions"
    folder.mkdir()
    outcomes = workspace / "outreach.yaml"
    if "outcomes:" not in outcomes.read_text():
        outcomes.write_text(outcomes.read_text() + "outcomes: {registered: Signed up}\n", encoding="utf-8")
    for name, text in {
        "small": f"{SESSION}seats: 11\n",
        "large": SESSION.replace("01-12", "01-13"),
        "off": f"{SESSION.replace('01-12', '01-14')}cancelled: true\n",
        "over": SESSION.replace("2027", "2026"),
    }.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    for words in (["roster", "import", str(people(12))], ["publish"]):
        assert (told := cli(*words, "--at", AT)).code == 0, told.err
    return cli


@pytest.fixture
def known(workspace):
    """Some outcome of the workspace."""
    from outreach.definitions import load

    return next(iter(load(workspace).definitions.workspace.outcomes))


def states(cli):
    return [(one["session"], one["taken"], one["state"]) for one in cli("sessions", "--at", AT, "--json").json]


def test_sessions_to_come_stand_in_the_order_of_time(ready):
    assert states(ready) == [("small", 0, "free"), ("large", 0, "free"), ("off", 0, "cancelled")]
    assert "as many as like" in ready("sessions", "--at", AT).out
    assert ready("sessions", "--at", "2036-01-01").out == "No sessions to come.\n"


def test_seats_fill_up_and_few_are_not_counted_out_loud(ready, known, tmp_path):
    for number in (1, 1, 2):
        told = ready("outcome", "record", f"P{number}", known, "--session", "small", "--at", AT)
        assert told.code == 0, told.err
    assert states(ready)[0] == ("small", None, "free")
    assert "< 10" in ready("sessions", "--at", AT).out
    rows = [f"P{number},{known},2026-11-26,small" for number in range(2, 12)]
    (tmp_path / "seats.csv").write_text("\n".join(["person,outcome,date,session", *rows]), encoding="utf-8")
    assert ready("outcome", "import", str(tmp_path / "seats.csv"), "--at", AT, "--json").json["recorded"] == 10
    assert states(ready)[0] == ("small", 11, "full")


def test_a_session_that_is_not_published_has_no_seats(ready, known):
    told = ready("outcome", "record", "P1", known, "--session", "smal", "--at", AT)
    assert told.code == 1
    assert "Did you mean `small`" in told.err
