"""Ten weeks, lived by many machines on PostgreSQL and by one process on SQLite.

Four minutes, so it is asked for by name: `.venv/bin/python -m pytest -m debian tests/chaos/ten_weeks.py`.
"""

from __future__ import annotations

import re
from collections import Counter

import pytest

from outreach.settings import Settings
from tests.chaos import weeks
from tests.contracts.servers import running

_MESSAGE_ID = re.compile(rb"^Message-ID: (\S+)", re.MULTILINE).search


@pytest.mark.debian
@pytest.mark.timeout(1500)
def test_two_services_two_crons_and_four_workers_leave_the_ledger_of_one_process(postgresql_server, tmp_path):
    alone = weeks.Office(tmp_path / "alone", Settings(secret=weeks.SECRET))
    weeks.lived_by_one(alone)
    expected = alone.ledger()
    alone.close()
    with running(tmp_path / "mail", pipelining=True) as server:
        url = postgresql_server.place().url.render_as_string(hide_password=False)
        smtp = server.url(connections="8")
        together = weeks.Office(tmp_path / "together", Settings(secret=weeks.SECRET, database_url=url, smtp_url=smtp))
        environment = {"OUTREACH_SECRET": weeks.SECRET, "OUTREACH_DATABASE_URL": url, "OUTREACH_SMTP_URL": smtp}
        weeks.lived_by_many(together, tmp_path, environment)
        arrived = Counter(_MESSAGE_ID(one["content"])[1].decode() for one in server.arrived())

    ledger, mailed = together.ledger(), together.mailed()
    together.close()
    assert ledger == expected
    assert len(mailed) > weeks.PEOPLE
    assert arrived == Counter(mailed)
