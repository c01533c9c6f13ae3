"""Taking what was posted, once however often it comes; what comes at the same time goes in one commit.

A commit waits for the disk, and two hundred requests a second cannot each have their own beside a mailing. So whoever
gets the turn takes along all that wait. Nothing in it depends on the order: a withdrawal wins over what it names.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, delete, select

from outreach.outcomes import recording
from outreach.outcomes.recording import Sighting
from outreach.roster import among, happenings
from outreach.roster.numbers import surrogates
from outreach.storage.database import Database
from outreach.storage.inserting import insert_into
from outreach.storage.tables import posted
from outreach.web.api.bodies import Told
from outreach.web.api.problems import Problem

Door = Literal["events", "outcomes"]

#: For so long a message is known by its id; what it told is known for ever.
REMEMBERED = timedelta(days=90)
#: Messages in one commit.
_MOST = 200


@dataclass(slots=True)
class Post:
    """A message that was read and judged, and what becomes of it."""

    door: Door
    #: The sender's name for it.
    id: str
    #: SHA-256 of the body, in hex.
    digest: str
    #: Who it is from, as it goes on record.
    source: str
    told: list[Told] = field(default_factory=list)
    done: list[Sighting] = field(default_factory=list)
    #: Of `done`, those of whom nobody knows the person: then nothing of it is taken.
    unknown: list[int] = field(default_factory=list)
    #: Taken, or refused with `refusal` or for `unknown`.
    is_settled: bool = False
    refusal: Exception | None = None


class Receiver:
    """Takes posts of many threads, many in one transaction."""

    def __init__(self, database: Database, wake: Callable[[], None]) -> None:
        """`wake` is called when there is something new to plan with."""
        self._database = database
        self._wake = wake
        self._waiting: list[Post] = []
        self._gate = threading.Lock()
        self._turn = threading.Lock()
        #: The day on which old ids were forgotten last.
        self._forgot_on: date | None = None

    def take(self, post: Post, now: datetime) -> Post:
        """Take it, or find it refused; on return it is on record, safely.

        Raises:
            Problem: another message came under this id.
        """
        with self._gate:
            self._waiting.append(post)
        with self._turn:
            while not post.is_settled:
                self._settle(self._next(), now)
        if post.refusal:
            raise post.refusal
        return post

    def _next(self) -> list[Post]:
        with self._gate:
            batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
        return batch

    def _settle(self, batch: list[Post], now: datetime) -> None:
        # By the second: planning looks once at all who entered at the same moment.
        try:
            with self._database.writing() as connection:
                has_news = settle(connection, batch, now.replace(microsecond=0))
                if self._forgot_on != now.date():
                    forget(connection, now)
        except Exception as error:  # noqa: BLE001  each of them hears of it from its own thread
            for post in batch:
                post.refusal = error
        else:
            self._forgot_on = now.date()
            if has_news:
                self._wake()
        for post in batch:
            post.is_settled = True


def settle(connection: Connection, posts: Collection[Post], now: datetime) -> bool:
    """Put on record what is new of these posts, and refuse what cannot be; whether anything happened to anybody."""
    fresh = _fresh(connection, posts)
    _find_strangers(connection, fresh)
    good = [post for post in fresh if not post.unknown]
    _remember(connection, good, now)
    _record_outcomes(connection, good, now)
    return _record_events(connection, good, now)


def forget(connection: Connection, now: datetime) -> int:
    """Forget the ids of messages that came long ago; how many these were."""
    return connection.execute(delete(posted).where(posted.c.received_at < now - REMEMBERED)).rowcount


def _fresh(connection: Connection, posts: Iterable[Post]) -> list[Post]:
    """Those that did not come before; another one under the id of one that did is refused.

    The same twice at a time is new twice: to put it on record twice changes nothing.
    """
    asked = list(posts)
    ids = among.texts(connection, {post.id for post in asked})
    rows = connection.execute(select(*posted.c["door", "id", "digest"]).where(posted.c.id.in_(ids)))
    before: dict[tuple[str, str], str] = {(row.door, row.id): row.digest for row in rows}
    digests = dict(before)
    fresh = []
    for post in asked:
        if digests.setdefault((post.door, post.id), post.digest) != post.digest:
            post.refusal = Problem(
                409, "another message came under this webhook-id", "Give each message an id of its own."
            )
        elif (post.door, post.id) not in before:
            fresh.append(post)
    return fresh


def _find_strangers(connection: Connection, posts: Collection[Post]) -> None:
    numbers = {sighting.person for post in posts for sighting in post.done}
    here = surrogates(connection, numbers) if numbers else {}
    for post in posts:
        post.unknown = [index for index, sighting in enumerate(post.done) if sighting.person not in here]


def _remember(connection: Connection, posts: Collection[Post], now: datetime) -> None:
    rows = [
        {"door": post.door, "id": post.id, "digest": post.digest, "received_at": now}
        # In one order everywhere, or two processes could wait for one another.
        for post in sorted(posts, key=lambda post: (post.door, post.id))
    ]
    if rows:
        connection.execute(insert_into(connection, posted).on_conflict_do_nothing(), rows)


def _record_events(connection: Connection, posts: Collection[Post], now: datetime) -> bool:
    by_source: dict[str, list[Told]] = defaultdict(list)
    for post in posts:
        by_source[post.source] += post.told
    has_news = False
    for source, told in sorted(by_source.items()):
        happened = [one.happening for one in told if not one.withdrawn]
        taken_back = [one.happening for one in told if one.withdrawn]
        has_news |= bool(happenings.record(connection, happened, now, source).recorded)
        has_news |= bool(happenings.withdraw(connection, taken_back, now, source))
    return has_news


def _record_outcomes(connection: Connection, posts: Collection[Post], now: datetime) -> None:
    by_source: dict[str, list[Sighting]] = defaultdict(list)
    for post in posts:
        by_source[post.source] += post.done
    for source, done in sorted(by_source.items()):
        recording.record_all(connection, done, now, source)
