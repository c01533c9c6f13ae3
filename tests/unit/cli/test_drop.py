"""`outreach roster drop`, and drop folders under `run`: real files, the real outbox, both databases."""

from __future__ import annotations

import os
import subprocess
import sys
from email import message_from_bytes, policy

import pytest

HEAD = "person_id,status,email\n"


def rows(*numbers):
    return HEAD + "".join(f"P{number},active,p{number}@staff.example\n" for number in numbers)


@pytest.fixture
def folder(workspace, tmp_path):
    """The folder of a source, from which only marked files are taken."""
    place = tmp_path / "hr"
    place.mkdir()
    with (workspace / "outreach.yaml").open("a") as file:
        file.write(
            f"roster:\n  drops:\n    payroll: {{folder: {place}, marked: yes, report_to: hr.desk@org.example}}\n"
        )
    return place


@pytest.fixture
def put(folder):
    """Puts a file there, whole and marked."""

    def put(name, text):
        (folder / name).write_text(text)
        (folder / f"{name}.done").touch()

    return put


@pytest.fixture
def kept(workspace):
    """The names of what is kept in a folder of `var/dropped/payroll`."""
    place = workspace / "var" / "dropped" / "payroll"
    return lambda which: sorted(path.name for path in (place / which).glob("*"))


def _of(tmp_path, text):
    path = tmp_path / "again.csv"
    path.write_text(text)
    return path


def mails(cli, tmp_path):
    """What was mailed: the texts, after their headers."""
    out = tmp_path / "mails"
    assert cli("outbox", "export", "--eml", str(out)).code == 0
    found = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(out.glob("note*"))]
    return [(mail["Subject"], mail["To"], mail.get_content()) for mail in found]


def test_a_file_is_taken_once_and_kept_beside_what_came_of_it(cli, folder, put, kept, tmp_path):
    put("staff.csv", rows(1, 2, 3) + "P4,nonsense,secret.name@staff.example\n")
    answer = cli("roster", "drop", "--json")
    (taken,) = answer.json["taken"]
    assert (answer.code, taken["report"]["added"], taken["report"]["rejected_rows"]) == (1, 3, 1)
    assert list(folder.iterdir()) == []
    file, text = kept("archive")
    assert (file[-21:-4], text) == (f"-{taken['digest'][:16]}", f"{file}.txt")
    told = (tmp_path / "workspace/var/dropped/payroll/archive" / text).read_text()
    assert "3 added" in told
    assert "line 5, column 2: status" in told
    assert "secret" not in told
    ((subject, to, mail),) = mails(cli, tmp_path)
    assert (subject, to) == ("Outreach: payroll, 1 imported, 0 refused", "hr.desk@org.example")
    assert "3 added" in mail
    assert "line 5" not in mail
    (line,) = cli("audit", "--json", "--action", "imported").json
    assert line["actor"] == "drop folder"


def test_a_file_without_most_of_the_people_is_refused_and_nobody_leaves(cli, put, kept, folder, tmp_path):
    put("staff.csv", rows(*range(20)))
    cli("roster", "drop")
    put("staff.csv", rows(1, 2))
    answer = cli("roster", "drop")
    assert (answer.code, "18 of the 20 people" in answer.out) == (1, True)
    assert len(kept("refused")) == 2
    assert list(folder.iterdir()) == []
    assert [subject for subject, *_ in mails(cli, tmp_path)].count("Outreach: payroll, 0 imported, 1 refused") == 1
    assert "20 unchanged" in cli("roster", "import", str(_of(tmp_path, rows(*range(20)))), "--source", "payroll").out


def test_the_same_content_is_told_unless_something_else_came_between(cli, put, kept, tmp_path):
    put("monday.csv", rows(*range(20)))
    cli("roster", "drop")
    put("tuesday.csv", rows(*range(20)))
    again = cli("roster", "drop")
    assert (again.code, "nothing was imported" in again.out, len(kept("archive"))) == (0, True, 2)
    cli("roster", "import", str(_of(tmp_path, rows(*range(21)))), "--source", "payroll")
    put("wednesday.csv", rows(*range(20)))
    assert "1 left" in cli("roster", "drop").out


def test_what_is_not_whole_or_not_a_file_stays(cli, folder, tmp_path):
    outside = tmp_path / "outside.csv"
    outside.write_text(rows(1))
    (folder / "link.csv").symlink_to(outside)
    os.mkfifo(folder / "pipe.csv")
    (folder / "below").mkdir()
    for name in ("staff.csv", ".staff.csv", "staff.csv.part", "staff.tmp", "~$staff.xlsx"):
        (folder / name).write_text(rows(1))
    for name in ("staff.csv.part", ".staff.csv", "link.csv", "pipe.csv"):
        (folder / f"{name}.done").touch()
    answer = cli("roster", "drop", "--json")
    assert (answer.code, answer.json) == (0, {"taken": [], "waiting": 1, "strange": 2})
    assert "nothing to take" not in cli("roster", "drop").out
    assert outside.exists()
    assert (folder / "staff.csv").exists()


def test_of_two_processes_one_takes_a_file(cli, put, kept, tmp_path):
    put("staff.csv", rows(*range(300)))
    call = [sys.executable, "-m", "outreach", "roster", "drop", "--json"]
    running = [subprocess.Popen(call, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=60)[0] for process in running]
    assert sorted(text.count('"digest"') for text in said) == [0, 1]
    assert len(kept("archive")) == 2
    assert len(cli("audit", "--json", "--action", "imported").json) == 1


def test_run_takes_what_lies_there_and_plans_although_the_folder_is_gone(cli, folder, put, kept):
    assert cli("publish").code == 0
    put("staff.csv", rows(1, 2))
    assert cli("run").code == 0
    assert len(kept("archive")) == 2
    folder.rmdir()
    gone = cli("run")
    assert (gone.code, "drop folder cannot be read" in gone.err) == (0, True)


def test_a_mail_server_that_is_away_keeps_no_file_from_being_taken(cli, put, kept, monkeypatch):
    monkeypatch.setenv("OUTREACH_SMTP_URL", "smtp://127.0.0.1:9")
    put("staff.csv", rows(1, 2))
    answer = cli("roster", "drop")
    assert (answer.code, len(kept("archive"))) == (0, 2)
    assert "was not taken by the mail server" in answer.err


def test_whoever_is_erased_stands_in_no_file_that_was_kept(cli, put, kept):
    put("staff.csv", rows(1, 2))
    cli("roster", "drop")
    assert cli("person", "erase", "P1", "--yes").code == 0
    assert kept("archive") == []


def test_what_was_kept_for_long_enough_is_removed(cli, put, kept, workspace):
    cli("publish")
    put("staff.csv", rows(1, 2))
    cli("run")
    for path in (workspace / "var/dropped/payroll/archive").iterdir():
        os.utime(path, (1, 1))
    assert cli("retention").code == 0
    assert kept("archive") == []


@pytest.mark.parametrize(
    ("drop", "said"),
    [
        ("{names: '*.csv'}", "folder"),
        ("{folder: ../hr}", "no folder for files alone"),
        ("{folder: var/dropped/hr}", "where Outreach keeps"),
        ("{folder: hr, names: 'a/*.csv'}", "names a folder"),
        ("{folder: hr, settled: 0}", "settled"),
        ("{folder: hr, report_to: nobody}", "no e-mail address"),
    ],
)
def test_check_names_what_is_wrong_with_a_drop_folder(cli, workspace, drop, said):
    with (workspace / "outreach.yaml").open("a") as file:
        file.write(f"roster: {{drops: {{payroll: {drop}}}}}\n")
    answer = cli("check")
    assert answer.code == 1
    assert said in answer.out + answer.err


def test_a_source_without_a_folder_is_refused_with_what_there_is(cli, folder):
    answer = cli("roster", "drop", "pay", "--json")
    assert (answer.code, "payroll" in answer.json["error"]["remedy"]) == (1, True)
