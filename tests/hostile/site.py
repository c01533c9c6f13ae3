"""The doors and pages of an organisation on a real server, as a trial asks them."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import inspect, select

from outreach import release
from outreach.definitions.model import Web
from outreach.installation import Installation
from outreach.logs import JsonFormatter
from outreach.roster.importing import import_roster
from outreach.settings import Settings
from outreach.storage.tables import metadata
from outreach.web import tokens
from outreach.web.app import make_app
from outreach.web.serving import served
from tests.hostile import workspace
from tests.hostile.calls import wrong_lines
from tests.hostile.values import MARK

#: The key of links and hashes, and the secrets that sign what is posted.
KEY = "a secret of the trials"
SECRET, OTHER = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_" + "C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
#: A Tuesday.
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
_SCOPES = ("events", "outcomes", "scim")


@dataclass(frozen=True, slots=True)
class Site:
    """A site that is open."""

    installation: Installation
    url: str
    #: What lets in at the doors of machines.
    token: str
    #: All that was logged since it opened.
    log: io.StringIO
    session: requests.Session

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:
        """One request, following nothing."""
        return self.session.request(method, self.url + path, allow_redirects=False, timeout=300, **more)

    def everything(self) -> dict[str, list[Any]]:
        """Every row of every table."""
        with self.installation.database.reading() as connection:
            return {table.name: connection.execute(select(table)).all() for table in metadata.sorted_tables}

    def wrong(self) -> list[str]:
        """What is wrong with the log and the shape of the database."""
        tables = set(inspect(self.installation.database.engine).get_table_names())
        gone = [f"the table {name} is gone" for name in set(metadata.tables) - tables]
        return [*gone, *wrong_lines(self.log.getvalue())]


@contextmanager
def opened(folder: Path, database: str, people: int) -> Iterator[Site]:
    """A site with so many people in the roster, P1, P2 and so on, all approved to be written to."""
    root = workspace.write(folder / "workspace")
    settings = Settings(database_url=database, secret=KEY, events_secret=f"{SECRET} {OTHER}")
    installation = Installation.open(root, settings)
    secret = _filled(installation, people)
    # What a loaded machine is slow at is no fault that is looked for here.
    web = replace(Web(), requests_per_minute=10_000_000, body_limit=1000, seconds=300)
    app = make_app(installation, web, lambda: NOW)
    with _logged() as log, served(app, "127.0.0.1:0", web, root) as address, requests.Session() as session:
        yield Site(installation, f"http://{address}", secret, log, session)
    installation.close()


def _filled(installation: Installation, people: int) -> str:
    """The token that was made."""
    database = installation.database
    checked = release.check(installation.root, database)
    assert not checked.problems, checked.problems
    release.publish(database, checked, NOW, "tester")
    for name in installation.current()[1].campaigns:
        release.approve(database, name, NOW, "tester")
    rows = [
        {"person_id": f"P{n}", "status": "active", "first_name": "An", "last_name": "Maes", "city": "Gent",
         "email": f"p{n}@staff.example", "language": ("nl", "fr")[n % 2]}
        for n in range(1, people + 1)
    ]  # fmt: skip
    import_roster(database, rows, installation.workspace(), source="hr", now=NOW, today=NOW.date())
    secret = tokens.write(bytes(32))
    with database.writing() as connection:
        tokens.make(connection, secret, "payroll", _SCOPES, NOW + timedelta(days=1), NOW, "tester")
    return secret


@contextmanager
def _logged() -> Iterator[io.StringIO]:
    """What this process logs meanwhile, as it stands in a file."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    root, ours = logging.getLogger(), logging.getLogger("outreach")
    before = ours.level
    root.addHandler(handler)
    ours.setLevel(logging.INFO)
    try:
        yield stream
    finally:
        root.removeHandler(handler)
        ours.setLevel(before)


def tells(answer: requests.Response) -> list[str]:
    """What is wrong with any answer to a hostile request: a fault of ours, or their words in it."""
    wrong = [f"{answer.status_code} for {answer.request.method}"] if answer.status_code >= 500 else []
    if MARK in answer.text or any(MARK in value for value in answer.headers.values()):
        wrong.append(f"their words in an answer of {answer.status_code}: {answer.text[-250:]!r}")
    return wrong
