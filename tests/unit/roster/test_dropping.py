"""Files in a drop folder: when they are whole, and what is left by who dies over one."""

from __future__ import annotations

import os
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from outreach.definitions.model import Drop
from outreach.roster.dropping import Dropping, take
from outreach.roster.importing import import_roster
from outreach.roster.sources.folder import claim, copy_out, look
from outreach.storage.tables import person, roster_import
from tests.unit.roster.rosters import NOW, WORKSPACE

TEXT = "person_id,status\nP1,active\nP2,active\n"


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "hr"
    place.mkdir()
    return place


def put(folder, name="staff.csv", text=TEXT):
    """Put a file there; when it was written, by the clock of the file system."""
    (folder / name).write_text(text)
    return (folder / name).stat().st_ctime


def ready(folder, clock, **wanted):
    return [found.name for found in look(folder, Drop(str(folder), **wanted), clock).ready]


def test_a_file_is_whole_when_nothing_touched_it_for_long_enough_whatever_its_time_says(folder):
    put(folder)
    os.utime(folder / "staff.csv", (1, 1))  # as a copy does that keeps the time of its original
    written = (folder / "staff.csv").stat().st_ctime
    assert ready(folder, written + 59.9) == []
    assert ready(folder, written + 60.1) == ["staff.csv"]
    with (folder / "staff.csv").open("a") as file:
        file.write("P3,active\n")
    os.utime(folder / "staff.csv", (written + 100, written + 100))
    assert ready(folder, written + 159) == []


def test_a_marker_makes_it_whole_at_once_and_can_be_asked_for(folder):
    written = put(folder)
    assert ready(folder, written + 9999, marked=True) == []
    (folder / "staff.csv.done").touch()
    assert ready(folder, written) == ready(folder, written, marked=True) == ["staff.csv"]


def test_names_are_chosen_whatever_their_case_and_the_oldest_comes_first(folder):
    for age, name in enumerate(["new.csv", "Old.CSV", "notes.txt"]):
        put(folder, name)
        os.utime(folder / name, (1000 - age, 1000 - age))
    assert ready(folder, put(folder, "x") + 61, names="*.csv") == ["Old.CSV", "new.csv"]


def test_what_is_changed_after_the_look_is_not_copied_as_whole(folder, tmp_path):
    written = put(folder)
    (found,) = look(folder, Drop(str(folder)), written + 61).ready
    with (folder / "staff.csv").open("a") as file:
        file.write("P3,act")
    claimed = claim(found)
    assert copy_out(claimed, found, tmp_path / "copy") is None
    assert (claim(found), claimed.read_text()) == (None, TEXT + "P3,act")


@pytest.mark.parametrize("is_on_record", [False, True], ids=["not on record", "on record"])
def test_who_dies_over_a_file_is_followed_by_the_rest_and_nothing_is_imported_twice(
    database, folder, tmp_path, is_on_record
):
    dropping = Dropping("hr", Drop(str(folder)), folder, tmp_path / "kept", NOW, ZoneInfo("Europe/Brussels"))

    def run(name):
        (_, (taken,)) = take(database, WORKSPACE, dropping, put(folder, name) + 61, lambda: False)
        return taken

    if is_on_record:
        run("staff.csv")
    else:
        path = folder / ".taken-staff.csv"
        put(folder, path.name)
        import_roster(database, path, WORKSPACE, source="hr", now=NOW, today=NOW.date())
    again = run(".taken-staff.csv")
    assert (again.name, again.report is None) == ("staff.csv", is_on_record)
    assert list(folder.iterdir()) == []
    with database.reading() as connection:
        counted = [connection.scalar(select(func.count()).select_from(table)) for table in (person, roster_import)]
    assert counted == [2, 1]


def test_nothing_is_begun_when_it_is_to_end(database, folder, tmp_path):
    dropping = Dropping("hr", Drop(str(folder)), folder, tmp_path / "kept", NOW, ZoneInfo("Europe/Brussels"))
    _, taken = take(database, WORKSPACE, dropping, put(folder) + 61, lambda: True)
    assert (taken, (folder / "staff.csv").exists()) == ([], True)
