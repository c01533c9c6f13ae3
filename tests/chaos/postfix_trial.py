"""A newsletter to many people through a real Postfix into their mailboxes, one in a hundred of whom nobody knows there.

What is believed is what lies in the mailboxes, by Message-ID; the ledger and the mail server's log are what is tried.
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from outreach.installation import Installation
from outreach.roster.choices import address_hash
from outreach.settings import Settings
from outreach.storage.tables import suppression
from tests.chaos import postfix
from tests.chaos.office import Office
from tests.chaos.postfix import Postfix

#: The server knows who lives there, and refuses everybody else at RCPT.
REFUSES = "office.example"
#: The server takes everything; its delivery agent finds out who does not live there, and returns the mail.
RETURNS = "branch.example"
#: The server takes everything for another one, which refuses at RCPT: the mail is returned.
PASSES_ON = "agency.example"
DOMAINS = (REFUSES, RETURNS, PASSES_ON)
#: Our own, with the mailbox to which mail is returned.
HOME = "sociale-dienst.example"
#: One in so many has no mailbox.
UNKNOWN = 100

_CHECKED = "reject_unlisted_recipient, permit_mynetworks, reject"
#: Longest wait for mail servers to come to rest, in seconds for each message.
_PATIENCE = 0.1


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who is written to."""

    number: int

    @property
    def person_id(self) -> str:
        """HR's number."""
        return f"P{self.number}"

    @property
    def domain(self) -> str:
        """Where their address is."""
        return DOMAINS[self.number % len(DOMAINS)]

    @property
    def address(self) -> str:
        """Whether or not there is a mailbox."""
        return f"p{self.number}@{self.domain}"

    @property
    def is_known(self) -> bool:
        """Whether there is a mailbox."""
        return self.number % UNKNOWN > 0

    @property
    def fate(self) -> str:
        """The state in which their delivery ends."""
        if self.is_known:
            return "sent"
        return "rejected" if self.domain == REFUSES else "bounced"


@dataclass(frozen=True, slots=True)
class Servers:
    """The mail server that takes our mail, and the one behind it."""

    front: Postfix
    back: Postfix

    def finish(self, seconds: float) -> None:
        """Wait until both are done, so long at most each."""
        self.front.finish(seconds)
        self.back.finish(seconds)


@contextmanager
def serving(readers: Sequence[Reader]) -> Iterator[Servers]:
    """Mail servers with a mailbox for everybody who is known, and one for what is returned."""
    known = [reader for reader in readers if reader.is_known]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="outreach-postfix-")))
        # The delivery agents work as users that may look into nothing of root's.
        folder.chmod(0o755)
        back = postfix.running(
            folder / "back",
            {reader.address: reader.person_id for reader in known if reader.domain == PASSES_ON},
            myhostname="back.agency.example",
            virtual_mailbox_domains=PASSES_ON,
            smtpd_recipient_restrictions=_CHECKED,
        )
        behind = stack.enter_context(back)
        front = postfix.running(
            folder / "front",
            {
                f"bounces@{HOME}": "bounces/",
                **{reader.address: reader.person_id for reader in known if reader.domain != PASSES_ON},
            },
            myhostname=f"mail.{HOME}",
            virtual_mailbox_domains=f"{REFUSES} {RETURNS} {HOME}",
            relay_domains=PASSES_ON,
            transport_maps=f"inline:{{{PASSES_ON}=smtp:[127.0.0.1]:{behind.port}}}",
            smtpd_reject_unlisted_recipient="no",
            smtpd_recipient_restrictions=f"check_recipient_access inline:{{{RETURNS}=permit_mynetworks}}, {_CHECKED}",
        )
        yield Servers(stack.enter_context(front), behind)


@dataclass
class Report:
    """What came of a trial."""

    #: Messages in mailboxes, messages that came back, and people refused at once.
    delivered: int = 0
    returned: int = 0
    refused: int = 0
    #: Seconds until the last message was handed over, until the mail servers were at rest, and for what came back.
    sending: float = 0
    resting: float = 0
    reading: float = 0
    #: Every way in which something went wrong.
    violations: list[str] = field(default_factory=list)


def try_postfix(folder: Path, people: int) -> Report:
    """The newsletter to so many people, and everything that comes back."""
    readers = [Reader(number) for number in range(people)]
    report = Report()
    with serving(readers) as servers:
        office = Office(folder / "workspace", {"OUTREACH_SMTP_URL": f"smtp://127.0.0.1:{servers.front.port}"})
        office.found(reader.address for reader in readers)
        for verb in office.opening:
            office.call(*verb)
        began = time.perf_counter()
        office.call(*office.sending)
        report.sending = time.perf_counter() - began
        servers.finish(60 + _PATIENCE * people)
        report.resting = time.perf_counter() - began
        _judge_delivered(report, readers, servers, office.call("deliveries"))
        began = time.perf_counter()
        office.call("bounces", "--maildir", str(servers.front.mailbox("bounces")))
        report.reading = time.perf_counter() - began
        _judge_returned(report, readers, office)
    return report


def _judge_delivered(
    report: Report, readers: Sequence[Reader], servers: Servers, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Everybody who is known has one message, and it is theirs."""
    found = [*servers.front.delivered(), *servers.back.delivered()]
    letters = [one for one in found if not one.to.startswith("bounces+")]
    report.delivered, report.returned = len(letters), len(found) - len(letters)
    names = {row["person"]: row["message_id"] for row in rows}
    times = Counter((one.to, one.message_id) for one in letters)
    for reader in readers:
        number = times.pop((reader.address, names.get(reader.person_id)), 0)
        if number != reader.is_known:
            report.violations.append(f"{reader.address} has {number} messages")
    report.violations += [f"{address} has a message of somebody else" for address, _ in times]


def _judge_returned(report: Report, readers: Sequence[Reader], office: Office) -> None:
    """Who is unknown is on record as such, and will not be written to again."""
    rows = {row["person"]: row for row in office.call("deliveries")}
    report.refused = sum(row["state"] == "rejected" for row in rows.values())
    kept_away = _suppressed(office, readers)
    for reader in readers:
        row = rows[reader.person_id]
        if row["state"] != reader.fate:
            report.violations.append(f"{reader.address} is {row['state']} ({row['reason']}), not {reader.fate}")
        if (reader.address in kept_away) == reader.is_known:
            report.violations.append(f"{reader.address} is {reader.fate}, and wrongly suppressed or wrongly not")


def _suppressed(office: Office, readers: Sequence[Reader]) -> set[str]:
    installation = Installation.open(office.workspace, Settings())
    with installation.database.reading() as connection:
        hashes = set(connection.scalars(select(suppression.c.address_hash)))
    installation.close()
    return {reader.address for reader in readers if address_hash(installation.secret, reader.address) in hashes}
