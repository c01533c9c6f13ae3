"""Handing over to workers: who of them lives, and the jobs that wake them. It knows procrastinate by its table alone,
because importing it would cost every `run` a third of a second.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from outreach.delivery import presence

_log = logging.getLogger(__name__)

#: Kind of a sender that stays and is woken.
KIND = "worker"
#: Names on which programs of all versions agree. Another kind of job would get a queue of its own, to which workers of
#: the version before do not listen.
QUEUE = "send"
TASK = "outreach.send"
#: Deliveries for which one more worker is woken.
SHARE = 500

# What procrastinate's own function inserts, but for jobs that wait already: that function knows no ON CONFLICT. One
# that runs does not count as waiting, so that who is about to end is called again.
_ENQUEUE = text(
    "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock) "
    "SELECT :queue, CAST(:task AS text), CAST(:task AS text) || '/' || slot FROM generate_series(1, :number) AS slot "
    "ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Workers:
    """The worker processes that live at this moment, on all machines."""

    number: int

    def wake(self, connection: Connection, let_go: int) -> None:
        """Wake as many as so many deliveries are worth, when this transaction is committed."""
        number = min(-(-let_go // SHARE), self.number)
        if not number:
            return
        try:
            with connection.begin_nested():
                connection.execute(_ENQUEUE, {"queue": QUEUE, "task": TASK, "number": number})
        except ProgrammingError as problem:
            # The tables of a newer program may have changed. Workers look at the ledger every minute all the same.
            _log.warning("workers could not be woken", extra={"sqlstate": getattr(problem.orig, "sqlstate", "")})


#: Where this process sends by itself.
NOBODY = Workers(0)


def at_work(connection: Connection) -> Workers:
    """Who is there to be woken; on SQLite nobody, as a worker needs a database that other machines reach."""
    if connection.dialect.name != "postgresql":
        return NOBODY
    return Workers(presence.workers(connection))
