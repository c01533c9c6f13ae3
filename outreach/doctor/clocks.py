"""The clock by which messages leave, against other clocks; and the rules by which it becomes local time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo, ZoneInfoNotFoundError

from outreach.doctor.findings import Finding, Level, Remark, together
from outreach.doctor.witnesses import Times

#: Apart by so much, somebody should look; by so much, messages leave at a wrong time.
_NOTICED, _WRONG = timedelta(seconds=5), timedelta(minutes=5)
#: Governments change their clocks at short notice: rules of an earlier year than the last one are old.
_OLD = 2
_NTP = "Let the machine keep its clock by NTP (`timedatectl set-ntp true`)."


def judge(times: Mapping[str, Times | None]) -> Finding:
    """What is to be said of our clock; `times` holds, by the name of each other clock, what it showed."""
    remarks = [_compared(name, told) for name, told in times.items() if told]
    if not remarks:
        return Finding("clock", "not_checked", "there is no other clock to compare it with", _NTP)
    return together("clock", remarks)


def _compared(name: str, told: Times) -> Remark:
    apart = told.ours - told.theirs
    if abs(apart) <= _NOTICED:
        return Remark("ok", f"as that of {name}")
    level: Level = "fail" if abs(apart) > _WRONG else "warn"
    side = "ahead of" if apart > timedelta(0) else "behind"
    return Remark(level, f"{abs(apart).total_seconds():,.0f} seconds {side} that of {name}", _NTP)


def zones(name: str, now: datetime, folders: Iterable[str] = TZPATH) -> Finding:
    """What is to be said of the workspace's time zone and of the data that it comes from."""
    try:
        ZoneInfo(name)
    except ZoneInfoNotFoundError:
        return Finding(
            "time zone", "fail", f"no data for {name}", "Install tzdata, or correct time_zone in outreach.yaml."
        )
    version = next(filter(None, map(_version, folders)), "")
    if version and int(version[:4]) <= now.year - _OLD:
        return Finding(
            "time zone", "warn", f"{name}, by the rules of {version}", "Bring the package tzdata up to date."
        )
    return Finding("time zone", "ok", f"{name}, by the rules of {version or 'this system'}")


def _version(folder: str) -> str:
    """`2026a`, from the file that says so where there is one."""
    path = Path(folder) / "tzdata.zi"
    if not path.is_file():
        return ""
    with path.open(encoding="ascii", errors="replace") as file:
        found = re.fullmatch(r"# version (\d{4}[a-z]*)\S*", file.readline().strip())
    return found[1] if found else ""
