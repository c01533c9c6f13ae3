"""How fast a way out may be used by all senders together, and when it is not used at all because nobody answers there.

One row for each server, which whoever asks holds for the length of a short transaction. A message is spoken for before
it is taken: what a sender that dies had spoken for is lost to the rate, never added to it.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, select, update

from outreach.delivery.clocks import database_now
from outreach.storage.inserting import insert_into
from outreach.storage.tables import pace

#: Wait before somebody knocks again at a server that does not answer: doubled each time, up to the longest.
_FIRST, _LONGEST = timedelta(seconds=5), timedelta(minutes=5)
#: A rate is spoken for in stretches of so many seconds at most, so that senders share it evenly.
_STRETCH = 2.0


def hold(connection: Connection, server: str) -> None:
    """Have the server's row to oneself until the transaction ends."""
    connection.execute(insert_into(connection, pace).values(server=server).on_conflict_do_nothing())
    connection.execute(select(pace.c.server).where(pace.c.server == server).with_for_update()).one()


def speak_for(connection: Connection, server: str, rate: float, wanted: int) -> tuple[int, float]:
    """Speak for up to `wanted` messages at `rate` a second (0: no limit).

    Returns how many, and after how many seconds the first of them may leave; each of the others `1 / rate` later.
    """
    if not rate:
        return wanted, 0.0
    number = max(1, min(wanted, int(rate * _STRETCH)))
    hold(connection, server)
    clock = database_now(connection)
    free = connection.scalar(select(pace.c.next_at).where(pace.c.server == server))
    # A time that lies far ahead was written before the clock was put back.
    far = timedelta(seconds=10 * _STRETCH + 10 / rate)
    start = clock if free is None or not clock < free < clock + far else free
    until = start + timedelta(seconds=number / rate)
    connection.execute(update(pace).where(pace.c.server == server).values(next_at=until))
    return number, (start - clock).total_seconds()


def may_knock(connection: Connection, server: str) -> bool:
    """Whether to try the server now. Where it did not answer, one sender at a time knocks, and the others wait."""
    hold(connection, server)
    clock = database_now(connection)
    closed, failures = connection.execute(
        select(pace.c.closed_until, pace.c.failures).where(pace.c.server == server)
    ).one()
    if closed is None or closed - clock > _LONGEST * 2:
        return True
    if closed > clock:
        return False
    connection.execute(update(pace).where(pace.c.server == server).values(closed_until=clock + _wait(failures)))
    return True


def shut(connection: Connection, server: str) -> None:
    """Nobody answered there: nobody tries for a while."""
    hold(connection, server)
    failures = (connection.scalar(select(pace.c.failures).where(pace.c.server == server)) or 0) + 1
    until = database_now(connection) + _wait(failures)
    connection.execute(
        update(pace).where(pace.c.server == server).values(failures=min(failures, 1000), closed_until=until)
    )


def opened(connection: Connection, server: str) -> None:
    """Somebody answered there: all may go on."""
    answered = update(pace).where(pace.c.server == server, pace.c.failures > 0)
    connection.execute(answered.values(failures=0, closed_until=None))


def _wait(failures: int) -> timedelta:
    doubled: int = 2 ** max(0, min(failures, 10) - 1)
    return min(_FIRST * doubled, _LONGEST)
