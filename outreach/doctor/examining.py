"""The examination: every check, in the order in which one thing needs another, and what it was given to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy.engine import make_url

from outreach import release
from outreach.definitions.model import Workspace
from outreach.delivery.channels.smtp.server import MailServer, parse
from outreach.delivery.queues import queues_at
from outreach.delivery.refusals import paused_for_refusals
from outreach.doctor import clocks, databases, disks, domains, ledger, links, mail_server
from outreach.doctor.domains import Domain
from outreach.doctor.findings import Finding
from outreach.doctor.links import Visit
from outreach.doctor.mail_server import Conversation
from outreach.doctor.resolving import NoAnswerError, Resolver
from outreach.errors import OutreachError
from outreach.installation import Installation
from outreach.rendering.links import mark_of
from outreach.settings import unknown, variables
from outreach.storage.database import Database, connect
from outreach.storage.schema import HEAD, revision


@dataclass
class Examination:
    """One installation under examination; what several checks look at is looked at once."""

    installation: Installation
    environment: Mapping[str, str]
    now: Callable[[], datetime]
    resolver: Resolver
    #: Size of the largest message of a release, in bytes.
    largest: Callable[[int], int]
    #: Look at every page of the database, too.
    thorough: bool = False
    #: Why the database cannot be worked with, once that was found.
    refusal: OutreachError | None = None

    def close(self) -> None:
        """Give back what was opened."""
        if raw := self.__dict__.get("raw"):
            raw.close()

    @cached_property
    def raw(self) -> Database | None:
        """The database as it is: nothing in it is made or brought up to date. None where there is none yet."""
        url = make_url(self.installation.database_url)
        if url.get_backend_name() == "sqlite" and not Path(str(url.database)).is_file():
            return None
        if url.get_backend_name() == "postgresql":
            url = url.update_query_dict({"connect_timeout": str(_CONNECT)})
        return connect(url)

    @cached_property
    def database(self) -> Database | None:
        """The database, if it is there and has the tables of this program; why not, says `refusal`."""
        try:
            return self.installation.database if self.raw and revision(self.raw) == HEAD else None
        except OutreachError as error:
            self.refusal = error
            return None

    @cached_property
    def release(self) -> int | None:
        """The current release, if there is one."""
        if self.database is None:
            return None
        with self.database.reading() as connection:
            return release.current_release(connection)

    @cached_property
    def workspace(self) -> Workspace:
        """`outreach.yaml` as it counts: as it was published; before the first release, as it is written."""
        if self.release is None:
            return self.installation.written().workspace
        return self.installation.definitions(self.release).workspace

    @cached_property
    def server(self) -> MailServer | None:
        """The mail server, where one is set."""
        url = self.installation.settings.smtp_url
        return parse(url) if url else None

    @cached_property
    def conversation(self) -> Conversation | None:
        """What the mail server showed of itself."""
        return mail_server.converse(self.server, self.now) if self.server else None

    @cached_property
    def visit(self) -> Visit | None:
        """What the site behind the links showed of itself; None where DNS knows no such site."""
        url = self.workspace.public_url
        return (
            links.visit(url, self.now, mark_of(self.installation.secret))
            if links.is_known(url, self.resolver.ask)
            else None
        )


#: Seconds to wait for a database that does not answer.
_CONNECT = 10

Check = Callable[[Examination], Iterator[Finding]]


def examine(of: Examination) -> Iterator[Finding]:
    """Every finding, as soon as it is there; a check that cannot be made is a finding, too."""
    told: set[str] = set()
    for check, look in CHECKS.items():
        try:
            yield from look(of)
        except OutreachError as error:
            yield _failed(check, error, told)
        except Exception as error:  # noqa: BLE001  whatever it is, the other checks are wanted all the more
            yield Finding(check, "not_checked", f"it could not be looked at ({type(error).__name__})")


def _failed(check: str, error: OutreachError, told: set[str]) -> Finding:
    """An error that keeps several checks from being made is to be mended once."""
    if error.what in told:
        return Finding(check, "not_checked", f"it needs what failed above: {error.what}")
    told.add(error.what)
    return Finding(check, "fail", f"{error.where}: {error.what}" if error.where else error.what, error.remedy)


def _settings(of: Examination) -> Iterator[Finding]:
    lines = unknown(of.environment)
    for line in lines:
        yield Finding("settings", "warn", line.rstrip("."), "Correct its name, or remove it.")
    if not lines:
        yield Finding("settings", "ok", "every OUTREACH_* variable is one of ours")


def _secrets(of: Examination) -> Iterator[Finding]:
    yield from disks.private("secret", of.installation.root / "var" / "secret")
    for name in variables().values():
        if path := of.environment.get(f"{name}_FILE"):
            yield from disks.private(f"{name}_FILE", Path(path))


def _definitions(of: Examination) -> Iterator[Finding]:
    of.installation.written()
    yield Finding("definitions", "ok", "they can be read; `outreach check` judges them")


def _database(of: Examination) -> Iterator[Finding]:
    if of.raw is None:
        yield Finding("database", "warn", "there is none yet", "It is made by `outreach publish`.")
        return
    if of.database is None and of.refusal:
        raise of.refusal
    yield ledger.tables(revision(of.raw))
    yield from databases.look(of.raw, thorough=of.thorough)


def _ledger(of: Examination) -> Iterator[Finding]:
    if of.database is None:
        return
    with of.database.reading() as connection:
        waiting = release.waiting(connection, of.release) if of.release is not None else []
        found = queues_at(connection, of.now())
        paused = paused_for_refusals(connection)
    yield from ledger.release(of.release, waiting)
    yield ledger.paused(paused)
    yield from ledger.queues(found)


def _backup(of: Examination) -> Iterator[Finding]:
    if of.database:
        of.installation.refuse_if_restored()
        yield Finding("ledger: backup", "ok", "it is no older than what was sent from here")


def _disks(of: Examination) -> Iterator[Finding]:
    url = make_url(of.installation.database_url)
    if url.get_backend_name() == "sqlite":
        file = Path(str(url.database))
        yield disks.folder("folder of the database", file.parent)
        yield from disks.reading("privacy", file)
    if of.server is None:
        yield disks.folder("folder of the outbox", of.installation.outbox)
        yield from disks.reading("privacy", of.installation.outbox)


def _mail_server(of: Examination) -> Iterator[Finding]:
    if of.server is None or of.conversation is None:
        remedy = "Set OUTREACH_SMTP_URL when messages are to leave: docs/how-to/mail-server.md."
        yield Finding("mail server", "warn", "none is set: messages go to the outbox", remedy)
        return
    yield from mail_server.judge(of.server, of.conversation, of.now())


def _size(of: Examination) -> Iterator[Finding]:
    if of.conversation and (limit := of.conversation.largest):
        yield mail_server.size(limit, None if of.release is None else of.largest(of.release))


def _domains(of: Examination) -> Iterator[Finding]:
    selectors = [name for part in of.installation.settings.dkim_selectors.split(",") if (name := part.strip())]
    servers = _addresses(of.server.host, of.resolver) if of.server else []
    for domain in senders(of.workspace):
        yield from domains.look(domain, selectors, servers, of.resolver.ask)


def senders(workspace: Workspace) -> list[Domain]:
    """The domains from which this workspace writes, and to which bounces go."""
    authors = {_domain(sender.email) for sender in workspace.senders.values()}
    returns = {_domain(workspace.bounces.address)} if workspace.bounces.address else authors
    return [Domain(name, name in authors, name in returns) for name in sorted(authors | returns)]


def _domain(address: str) -> str:
    from outreach.rendering.headers import ascii_domain

    return ascii_domain(address.rpartition("@")[2])


def _addresses(host: str, resolver: Resolver) -> list[str]:
    try:
        return domains.addresses(host, resolver.ask)
    except NoAnswerError:
        return []


def _links(of: Examination) -> Iterator[Finding]:
    yield links.judge(of.workspace.public_url, of.visit, of.resolver.ask, of.now())


def _clock(of: Examination) -> Iterator[Finding]:
    told = {
        "the database": databases.times(of.database, of.now) if of.database else None,
        "the mail server": of.conversation.times if of.conversation else None,
        "the site behind the links": of.visit.times if of.visit else None,
    }
    yield clocks.judge(told)
    yield clocks.zones(of.workspace.time_zone, of.now())


#: Name of a check that could not be made -> the check. Those that others build on come first.
CHECKS: Mapping[str, Check] = {
    "settings": _settings,
    "secrets": _secrets,
    "definitions": _definitions,
    "database": _database,
    "ledger": _ledger,
    "ledger: backup": _backup,
    "disks": _disks,
    "mail server": _mail_server,
    "mail server: size": _size,
    "domains": _domains,
    "links": _links,
    "clock": _clock,
}
