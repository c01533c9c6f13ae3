"""Disks, files and clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from outreach.doctor import clocks, disks
from outreach.doctor.witnesses import Times, times

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
GB = 1_000_000_000
MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/home /srv nfs4 rw 0 0
/dev/sdb1 /srv/campaigns ext4 rw 0 0
//files/share /mnt/our\\040files cifs rw 0 0
tmpfs /srv/other tmpfs rw 0 0
server:/more /srv/other nfs rw 0 0
"""


@pytest.mark.parametrize(
    ("free", "total", "level"),
    [
        (50 * GB, 100 * GB, "ok"),
        (10 * GB, 100 * GB, "ok"),
        (9 * GB, 100 * GB, "warn"),
        (GB - 1, 2 * GB, "warn"),
        (GB // 10 - 1, GB, "fail"),
        (0, 100 * GB, "fail"),
    ],
)
def test_room_is_told_before_it_is_used_up(free: int, total: int, level: str) -> None:
    assert disks.room(free, total).level == level


def test_a_folder_that_is_still_to_be_made_is_looked_at_where_it_will_be(tmp_path: Path) -> None:
    found = disks.folder("folder", tmp_path / "var" / "outbox")
    assert "it can be written to" in found.saw
    assert not (tmp_path / "var").exists()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_to_fails() -> None:
    found = disks.folder("folder", Path("/proc/self"))
    assert (found.level, "it cannot be written to" in found.saw) == ("fail", True)


@pytest.mark.parametrize(("mode", "level"), [(0o600, "ok"), (0o400, "ok"), (0o640, "fail"), (0o604, "fail")])
def test_a_secret_is_its_owners_alone(tmp_path: Path, mode: int, level: str) -> None:
    path = tmp_path / "secret"
    path.write_text("hush")
    path.chmod(mode)
    (found,) = disks.private("secret", path)
    assert (found.level, "hush" in found.saw) == (level, False)
    assert list(disks.private("secret", tmp_path / "none")) == []


@pytest.mark.parametrize(
    ("mode", "folders", "is_open"),
    [
        (0o644, [0o755, 0o755], True),
        (0o644, [0o711, 0o755], True),
        (0o640, [0o755, 0o755], False),
        (0o644, [0o750, 0o755], False),
        (0o644, [0o755, 0o700], False),
    ],
)
def test_people_in_a_file_are_not_for_everybody(mode: int, folders: list[int], is_open: bool) -> None:
    assert disks.is_open(mode, folders) == is_open


def test_a_file_and_the_folders_above_it_say_who_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "outreach.db"
    path.write_text("An")
    path.chmod(0o600)
    assert [found.level for found in disks.reading("privacy", path)] == ["ok"]
    assert [found.level for found in disks.reading("privacy", Path("/etc/passwd"))] == ["warn"]
    assert list(disks.reading("privacy", tmp_path / "none")) == []


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/data/outreach.db", "nfs4"),
        ("/srv/campaigns/var/outreach.db", ""),
        ("/srvother/outreach.db", ""),
        ("/var/lib/outreach.db", ""),
        ("/mnt/our files/outreach.db", "cifs"),
        ("/srv/other/outreach.db", "nfs"),
    ],
)
def test_a_disk_of_another_machine_is_found_by_its_mount(path: str, kind: str) -> None:
    assert disks.remote(Path(path), MOUNTS) == kind


@pytest.mark.parametrize(
    ("apart", "level", "saw"),
    [
        (timedelta(seconds=5), "ok", "as that of the database"),
        (timedelta(seconds=-5), "ok", "as that of the database"),
        (timedelta(seconds=6), "warn", "6 seconds ahead of that of the database"),
        (timedelta(seconds=-6), "warn", "6 seconds behind that of the database"),
        (timedelta(minutes=6), "fail", "360 seconds ahead of that of the database"),
        (timedelta(hours=-1), "fail", "3,600 seconds behind that of the database"),
    ],
)
def test_clocks_that_are_apart_are_told(apart: timedelta, level: str, saw: str) -> None:
    found = clocks.judge({"the mail server": None, "the database": Times(NOW, NOW + apart)})
    assert (found.level, found.saw) == (level, saw)


def test_the_worst_of_several_clocks_counts_and_none_is_not_checked() -> None:
    found = clocks.judge({"a": Times(NOW, NOW), "b": Times(NOW, NOW + timedelta(seconds=9))})
    assert (found.level, found.saw) == ("warn", "9 seconds ahead of that of b; as that of a")
    assert clocks.judge({"a": None}).level == "not_checked"


@pytest.mark.parametrize("told", ["", "ready", "Sun, 99 Nov 2026 08:00:07 GMT", "Sun, 22 Nov 2026 08:00:07 -0000"])
def test_what_is_no_time_is_none(told: str) -> None:
    assert times(told, NOW) is None


@pytest.mark.parametrize(
    ("first", "level", "saw"),
    [
        ("# version 2026a\n", "ok", "Europe/Brussels, by the rules of 2026a"),
        ("# version 2025b\n", "ok", "Europe/Brussels, by the rules of 2025b"),
        ("# version 2024a-dirty\n", "warn", "Europe/Brussels, by the rules of 2024a"),
        ("# something\n", "ok", "Europe/Brussels, by the rules of this system"),
    ],
)
def test_old_rules_of_time_zones_are_told(tmp_path: Path, first: str, level: str, saw: str) -> None:
    (tmp_path / "tzdata.zi").write_text(first)
    found = clocks.zones("Europe/Brussels", NOW, [str(tmp_path / "none"), str(tmp_path)])
    assert (found.level, found.saw) == (level, saw)


def test_a_time_zone_without_data_fails() -> None:
    assert clocks.zones("Europe/Atlantis", NOW).level == "fail"
