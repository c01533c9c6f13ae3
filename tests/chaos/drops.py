"""A drop folder whose takers are killed while HR goes on putting files: each is applied once, in turn, and kept."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from time import monotonic, sleep

from sqlalchemy import func, select
from sqlalchemy.engine import URL

from outreach.storage.database import connect
from outreach.storage.tables import event, person, roster_import
from tests.chaos import programs, workspace
from tests.chaos.lying_in_wait import Death, lie_in_wait
from tests.chaos.programs import Call, Program
from tests.chaos.trials import Report

_DROPPING, _FOLDER = "outreach.roster.dropping", "outreach.roster.sources.folder"
#: Name of a point, in the order of the story -> functions that are it.
POINTS: dict[str, tuple[str, ...]] = {
    "look": (f"{_FOLDER}:look",),
    "claim": ("pathlib:Path.rename",),
    "copy": (f"{_FOLDER}:copy_out",),
    "keep the copy": ("os:fsync",),
    "import": (f"{_DROPPING}:import_roster",),
    "commit": ("sqlalchemy.engine.default:DefaultDialect.do_commit", "psycopg:Connection.commit"),
    "remember": (f"{_DROPPING}:write_mark",),
    "tell": ("pathlib:Path.write_text",),
    "archive": ("pathlib:Path.replace",),
    "remove": ("pathlib:Path.unlink",),
}
#: Seconds for which a file must lie untouched; a marker does away with it.
_SETTLED = 1
#: Longest time until all was taken after the last death.
_PATIENCE = 30.0
_PEOPLE = 20
_HEAD = "person_id,status,email,city,hired_on\n"


class _World:
    """A workspace with a drop folder, and HR in front of it."""

    def __init__(self, folder: Path, url: URL) -> None:
        self.root = folder / "workspace"
        self.dropped = folder / "hr"
        self.url = url.render_as_string(hide_password=False)
        self._folder = folder
        self._calls = 0
        #: What HR put, in turn.
        self.put: list[str] = []
        workspace.write(self.root, date(2026, 11, 24))
        self.dropped.mkdir()
        with (self.root / "outreach.yaml").open("a", encoding="utf-8") as file:
            file.write(f"roster: {{drops: {{payroll: {{folder: {self.dropped}, settled: {_SETTLED}}}}}}}\n")

    @property
    def kept(self) -> Path:
        """Where what was taken is."""
        return self.root / "var" / "dropped" / "payroll"

    def drop(self, draw: random.Random) -> None:
        """HR puts a file: everybody it knows, of whom one is new, and all have moved."""
        number = len(self.put)
        people = (f"P{one},active,p{one}@staff.example,Stad{number},2020-01-01" for one in range(_PEOPLE + number))
        text = _HEAD + "\n".join(people) + "\n"
        name = draw.choice(("staff.csv", "staff.csv", "people.csv"))
        while (self.dropped / name).exists():  # HR does not take back what it put
            name = f"later-{name}"
        (self.dropped / name).write_text(text, encoding="utf-8")
        (self.dropped / f"{name}.done").touch()
        self.put.append(text)

    def take(self, *, death: Death | None = None) -> Program:
        """Begin `outreach roster drop`."""
        self._calls += 1
        lies = {"prepare": lie_in_wait, "arguments": (death, POINTS)} if death else {}
        output = self._folder / f"program-{self._calls}"
        environment = {"OUTREACH_DATABASE_URL": self.url}
        return programs.start(Call(("roster", "drop", "--json"), environment, self.root, output, **lies))


def trial(folder: Path, url: URL, seed: int) -> Report:
    """Some files, some deaths, and somebody who comes when all is over."""
    draw = random.Random(f"drop/{seed}")
    folder.mkdir(parents=True, exist_ok=True)
    here = _World(folder, url)
    killed = 0
    here.drop(draw)
    for _ in range(draw.choice((1, 2, 3))):
        killed += _killed(here, draw) == -9
        for _ in range(draw.choice((0, 1, 1, 2))):
            here.drop(draw)
    wrong = [*_left_to_do(here), *_wrong(here)]
    return Report(f"drop/{seed}", wrong, taken=len(here.put), killed=killed)


def _killed(here: _World, draw: random.Random) -> int:
    if draw.random() < 0.7:
        return here.take(death=Death(draw.choice(list(POINTS)), draw.random() < 0.5, draw.choice((0, 0, 1, 2)))).wait()
    program = here.take()
    sleep(draw.random() * 0.5)
    program.kill()
    return program.wait()


def _left_to_do(here: _World) -> Iterator[str]:
    end = monotonic() + _PATIENCE
    while any(here.dropped.iterdir()) and monotonic() < end:
        program = here.take()
        if program.wait() != 0:
            yield f"a taker failed: {program.output}{program.errors}"
            return
        sleep(0.2)


def _wrong(here: _World) -> Iterator[str]:
    if left := sorted(path.name for path in here.dropped.iterdir()):
        yield f"left in the folder: {left}"
    archived = {path.read_text(encoding="utf-8"): path for path in (here.kept / "archive").glob("*.csv")}
    for number, text in enumerate(here.put):
        path = archived.get(text)
        if path is None:
            yield f"file {number} is not in the archive"
        elif not path.with_name(f"{path.name}.txt").read_text(encoding="utf-8").endswith("rejected.\n"):
            yield f"of file {number} nothing is told"
    if strange := sorted(
        path.name for path in here.kept.rglob("*") if path.name.startswith(".") or "refused" in path.parts
    ):
        yield f"kept besides: {strange}"
    yield from _wrong_roster(here)


def _wrong_roster(here: _World) -> Iterator[str]:
    last = len(here.put) - 1
    database = connect(here.url)
    with database.reading() as connection:
        cities = dict(connection.execute(select(person.c.city, func.count()).group_by(person.c.city)).all())
        hired = connection.scalar(select(func.count()).select_from(event).where(event.c.kind == "hired"))
        imports = connection.scalar(select(func.count()).select_from(roster_import))
    database.close()
    if cities != {f"Stad{last}": _PEOPLE + last}:
        yield f"the roster is not as the last file says: {cities}"
    if (hired, imports) != (last, last + 1):
        yield f"{imports} imports of {last + 1} files, {hired} hired of {last}"
