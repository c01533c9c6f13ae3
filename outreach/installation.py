"""One installation: a workspace with its database, secret, channel and composers, wired here and nowhere else."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from outreach.errors import DefinitionsError, OutreachError
from outreach.settings import Settings
from outreach.storage.keeping import keep

if TYPE_CHECKING:
    from outreach.definitions.loaded import Loaded
    from outreach.definitions.model import ChannelKind, Definitions, Workspace
    from outreach.delivery.channels import Ways
    from outreach.delivery.channels.base import Channel
    from outreach.delivery.recovery import Recovered
    from outreach.delivery.sending import SendCounts
    from outreach.delivery.tally import Tally
    from outreach.rendering.composer import Composer
    from outreach.storage.database import Database

#: Random bytes of a secret made here, before they become hex digits.
_SECRET_BYTES = 32
#: Name of the mark that keeps the secret's fingerprint.
_FINGERPRINT = "secret"
#: Where definitions cannot be read, the default of `outreach.yaml` holds.
_ZONE = "Europe/Brussels"
_REMEDY = "Set OUTREACH_SECRET (or var/secret) to the one it was made with."


class Installation:
    """A workspace and all that works on it; what costs time is opened at its first use."""

    def __init__(self, root: Path, settings: Settings) -> None:
        self.root = root
        self.settings = settings
        self._definitions: dict[int, Definitions] = {}
        self._composers: dict[int, Composer] = {}

    @classmethod
    def open(cls, root: Path, settings: Settings) -> Self:
        """The installation of the workspace in `root`; nothing is touched yet."""
        return cls(root, settings)

    @property
    def database_url(self) -> str:
        """Where the ledger is; a password may be in it."""
        return self.settings.database_url or f"sqlite:///{self.root / 'var' / 'outreach.db'}"

    @property
    def has_database(self) -> bool:
        """Whether there is a database to ask: one that was named, or the workspace's own if it was made."""
        return bool(self.settings.database_url) or (self.root / "var" / "outreach.db").is_file()

    @cached_property
    def database(self) -> Database:
        """The database, with every table in it.

        Raises:
            OutreachError: it was written with another secret than the present one, or is in memory.
        """
        # Here and not above: judging a folder without a database must not wait for SQLAlchemy (0.2 s).
        from outreach.storage.database import connect_kept
        from outreach.storage.schema import ensure_schema

        database = connect_kept(self.database_url)
        try:
            ensure_schema(database)
            self._refuse_to_make_another_secret(database)
            _same_secret(database, self.secret)
        except BaseException:
            database.close()
            raise
        return database

    @cached_property
    def secret(self) -> bytes:
        """The key of Message-IDs and of suppressed addresses."""
        given = self.settings.secret
        return given.encode() if given else _kept_secret(_secret_file(self.root))

    def _refuse_to_make_another_secret(self, database: Database) -> None:
        """On a new machine no secret is made that the database would not be opened with."""
        from outreach.storage.marks import read_mark

        if self.settings.secret or _secret_file(self.root).exists():
            return
        with database.reading() as connection:
            if read_mark(connection, _FINGERPRINT) is not None:
                raise OutreachError(
                    "this machine has not the secret that this database was written with", remedy=_REMEDY
                )

    @property
    def outbox(self) -> Path:
        """Folder in which messages are kept where there is no mail server."""
        return Path(self.settings.outbox) if self.settings.outbox else self.root / "var" / "outbox"

    @property
    def marks(self) -> Path:
        """Folder that tells, outside of the database, how far it has come."""
        return self.root / "var" / "senders"

    @cached_property
    def zone(self) -> ZoneInfo:
        """The workspace's time zone: the current release's, or the definitions' before the first release."""
        current = self._current_id()
        if current is not None:
            return ZoneInfo(self.definitions(current).workspace.time_zone)
        written = self._loaded.definitions
        return ZoneInfo(written.workspace.time_zone if written else _ZONE)

    @cached_property
    def _loaded(self) -> Loaded:
        from outreach.definitions.loading import load

        return load(self.root)

    def written(self) -> Definitions:
        """What the workspace's files say now, without messages.

        Raises:
            DefinitionsError: they cannot be understood.
        """
        if self._loaded.definitions is None:
            raise DefinitionsError(self._loaded.problems)
        return self._loaded.definitions

    def workspace(self) -> Workspace:
        """`outreach.yaml` as it is written now; as it was published, while a file cannot be understood.

        Raises:
            DefinitionsError: the files cannot be understood and nothing was published.
        """
        current = self._current_id()
        if self._loaded.definitions is None and current is not None:
            return self.definitions(current).workspace
        return self.written().workspace

    def in_force(self) -> Workspace:
        """`outreach.yaml` as it was published last; as it is written now, before the first release.

        Raises:
            DefinitionsError: nothing was published, and the files cannot be understood.
        """
        current = self._current_id()
        return self.written().workspace if current is None else self.definitions(current).workspace

    def _current_id(self) -> int | None:
        from outreach import release

        with self.database.reading() as connection:
            return release.current_release(connection)

    def definitions(self, release_id: int) -> Definitions:
        """What that release says, without the bodies of its messages."""
        if release_id not in self._definitions:
            from outreach import release

            with self.database.reading() as connection:
                self._definitions[release_id] = release.load(connection, release_id)
        return self._definitions[release_id]

    def current(self) -> tuple[int, Definitions]:
        """The current release.

        Raises:
            OutreachError: nothing was published yet.
        """
        release_id = self._current_id()
        if release_id is None:
            raise OutreachError("nothing is published yet", remedy="Run `outreach publish`.")
        return release_id, self.definitions(release_id)

    def composer(self, release_id: int) -> Composer:
        """What makes messages of that release; the same one each time."""
        if release_id not in self._composers:
            from outreach import release
            from outreach.rendering.composer import Composer

            content = release.loaders(self.database, release_id)
            self._composers[release_id] = Composer(self.definitions(release_id), *content, self.secret)
        return self._composers[release_id]

    @property
    def ways(self) -> Ways:
        """What messages leave by."""
        from outreach.delivery.channels import Ways

        settings = self.settings
        handover = Path(settings.handover or self.root / "var" / "handover")
        return Ways(settings.smtp_url, self.outbox, settings.webhook_url, settings.webhook_secret, handover)

    def channel(self, kind: ChannelKind = "email") -> Channel:
        """The way out for a kind: for mail the mail server, where one is set; else the outbox."""
        from outreach.delivery import channels
        from outreach.delivery.clocks import real_time

        return channels.choose(kind, self.ways, real_time(lambda: self.database))

    def recover(self, database: Database, now: datetime) -> Recovered:
        """Take up what a sender that died left behind in that database."""
        from outreach.delivery.recovery import recover

        return recover(database, [self.channel(), self.channel("handover")], self.definitions, now)

    def send(
        self,
        database: Database,
        clock: Callable[[], datetime],
        progress: Callable[[int], None] = lambda _done: None,
        stop: Callable[[], bool] = lambda: False,
        *,
        by_hand: bool = False,
        siblings: int = 1,
        insists: bool = True,
        tally: Tally | None = None,
    ) -> SendCounts:
        """Send all that dispatch let go in that database, over every way out of the house, until `stop` says so.

        `by_hand`: write the lists for people who do it by hand instead; one process alone, or they lie about in parts.
        What stops one way stops no other. `siblings`, `insists` and `tally` are as `Circumstances` has them.
        """
        from outreach.delivery.channels import AT_HOME, configured
        from outreach.delivery.mark import Slot
        from outreach.delivery.sending import Circumstances, each, send_dispatched
        from outreach.delivery.tally import Tally

        self.refuse_if_restored()
        mark = Slot(self.marks)
        at_work = Circumstances(stop, progress, siblings=siblings, insists=insists, mark=mark, tally=tally or Tally())

        def send(kind: ChannelKind) -> SendCounts:
            channel = self.channel(kind)
            return send_dispatched(database, self.composer, channel, self.definitions, clock, self.secret, at_work)

        try:
            return each([kind for kind in configured(self.ways) if (kind in AT_HOME) is by_hand], send)
        finally:
            mark.close()

    def refuse_if_restored(self) -> None:
        """Send nothing from a backup unasked: what was sent since would be sent again.

        Raises:
            OutreachError: the database is older than what was sent from here.
        """
        from outreach.delivery.mark import is_restored

        with self.database.reading() as connection:
            if is_restored(connection, self.marks):
                raise OutreachError(
                    "this database is from a backup: it is older than what was sent from here. Nothing is sent",
                    remedy="`outreach restored` shows what it would send now, and how to go on.",
                )

    def close(self) -> None:
        """Give back what was opened."""
        if "database" in self.__dict__:
            self.database.close()


def _same_secret(database: Database, secret: bytes) -> None:
    """Refuse another secret than the one this database was written with: keys of what was sent would not match."""
    from outreach.storage.marks import read_mark, write_mark

    fingerprint = hmac.new(secret, b"fingerprint", hashlib.sha256).hexdigest()[:16]
    with database.reading() as connection:
        known = read_mark(connection, _FINGERPRINT)
    if known is None:
        with database.writing() as connection:
            known = read_mark(connection, _FINGERPRINT) or fingerprint
            write_mark(connection, _FINGERPRINT, known)
    if known != fingerprint:
        raise OutreachError("this database was written with another secret", remedy=_REMEDY)


def _secret_file(root: Path) -> Path:
    return root / "var" / "secret"


def _kept_secret(path: Path) -> bytes:
    """The secret in that file, made once."""
    secret = keep(path, lambda: secrets.token_hex(_SECRET_BYTES)).encode()
    if not secret:
        raise OutreachError(
            "the file with the secret is empty",
            where=str(path),
            remedy="Restore it from a backup; only if nothing was ever sent, delete it.",
        )
    return secret
