"""From claimed rows to mails: the facts of their people in one query, then the composer of each row's release."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, select

from outreach.definitions.by_choice import listed
from outreach.definitions.model import ChannelKind, Definitions
from outreach.delivery.batches import Claimed
from outreach.delivery.bundles import Bundles, bundles
from outreach.delivery.declining import OPTED_OUT, PAUSED
from outreach.delivery.desk.lines import SAYS, line
from outreach.delivery.invitations import Invitations, invitations
from outreach.delivery.suppression import suppressed
from outreach.planning.calendar import civil_day, zone
from outreach.planning.gates import UNREACHABLE, address, other_address
from outreach.planning.notices import owed
from outreach.rendering.headers import UnmailableAddress
from outreach.rendering.mail import Item, Mail
from outreach.roster import among
from outreach.roster.choices import declined
from outreach.roster.preferences import paused
from outreach.storage.tables import delivery, person

if TYPE_CHECKING:
    from outreach.rendering.composer import Composer

_log = logging.getLogger(__name__)


class Ready(NamedTuple):
    """A delivery with the mail that may leave."""

    row: Claimed
    mail: Mail
    language: str


class Stopped(NamedTuple):
    """A delivery that is not sent after all."""

    row: Claimed
    #: skipped or rejected; planned: dispatch lets it go by another channel.
    state: str
    reason: str


class Batch(NamedTuple):
    """What is known of the people of a batch."""

    #: Facts by the person's surrogate id.
    people: dict[int, dict[str, Any]]
    #: Their addresses that must not be written to.
    barred: frozenset[str]
    #: The sessions that they are invited to, by their number in the ledger.
    invitations: Invitations
    #: Who of them declined which topic, if need be a moment ago.
    declined: frozenset[tuple[int, str]]
    #: Until when who of them asked for a pause.
    paused: Mapping[int, date]
    #: Deliveries that no choice stops.
    owed: frozenset[int] = frozenset()
    #: The bundles that they bring, by their number in the ledger.
    bundles: Bundles = MappingProxyType({})


class Assembler:
    """Makes the mails of batches, whichever releases their rows are of."""

    def __init__(
        self, composers: Callable[[int], Composer], definitions: Callable[[int], Definitions], secret: bytes
    ) -> None:
        self._composers = cache(composers)
        self._definitions = cache(definitions)
        self._secret = secret
        self._reported: set[tuple[str, ...]] = set()
        self._message = cache(self._find_message)
        self._language = cache(self._find_language)
        self._facts = cache(lambda release, message: self._composers(release).facts(message))
        self._dates = cache(self._find_dates)
        self._kind = cache(self._find_kind)
        self._columns = cache(self._find_columns)
        self._zone = cache(lambda release: zone(self._definitions(release).workspace.time_zone))

    def read(self, connection: Connection, rows: Sequence[Claimed]) -> Batch:
        """What composing these rows asks of the database."""
        people = self._people(connection, rows)
        numbers = {row.session for row in rows if row.session is not None}
        barred = self._barred(connection, people.values())
        invited = invitations(connection, numbers)
        wanted_anyway = _owed(connection, rows) if numbers else frozenset[int]()
        brought = bundles(connection, {row.bundle for row in rows if row.bundle is not None})
        return Batch(
            people, barred, invited, declined(connection, people), paused(connection, people), wanted_anyway, brought
        )

    def compose(self, row: Claimed, batch: Batch, moment: datetime) -> Ready | Stopped:
        """The mail of one row, or why it has none. Whatever stops one row stops no other."""
        facts = batch.people[row.person]
        by_mail = row.kind == "email"
        reason = (
            _gone(facts) or self._declined(row, batch, moment) or (_unreachable(facts, batch.barred) if by_mail else "")
        )
        if reason:
            return Stopped(row, self._ends(row, reason), reason)
        made = self._composed(row, facts, batch, moment)
        if by_mail or isinstance(made, Stopped):
            return made
        return self._listed(_posted(made, facts, batch.barred), facts, moment)

    def _ends(self, row: Claimed, reason: str) -> str:
        """Whom mail does not reach although they chose it, their campaign's own way does: it waits for that."""
        own = self._kind(row.release_id, row.campaign, row.step, row.repetition)
        return "planned" if reason in UNREACHABLE and own != "email" else "skipped"

    def _declined(self, row: Claimed, batch: Batch, moment: datetime) -> str:
        """Why this person does not want it, although dispatch let it go."""
        if row.id in batch.owed:
            return ""
        topic = self._definitions(row.release_id).campaigns[row.campaign].topic
        if (row.person, topic) in batch.declined:
            return OPTED_OUT
        until = batch.paused.get(row.person)
        return PAUSED if until and until > civil_day(moment, self._zone(row.release_id)) else ""

    def again(self, row: Claimed, batch: Batch, moment: datetime) -> Mail | None:
        """The mail of a row that left at that moment, whatever was chosen since; None where it cannot be made."""
        made = self._composed(row, batch.people[row.person], batch, moment)
        return made.mail if isinstance(made, Ready) else None

    def _composed(self, row: Claimed, facts: dict[str, Any], batch: Batch, moment: datetime) -> Ready | Stopped:
        try:
            return self._compose(row, facts, batch, moment)
        except UnmailableAddress:
            return Stopped(row, "rejected", "address")
        except Exception as error:  # noqa: BLE001  # whatever one person's facts do to a template, the others get theirs
            self._report("a message could not be composed", error, campaign=row.campaign, step=row.step)
            return Stopped(row, "rejected", "template")

    def _compose(self, row: Claimed, facts: dict[str, Any], batch: Batch, moment: datetime) -> Ready:
        number = (row.release_id, row.campaign, row.step, row.repetition)
        message = self._message(*number)
        language = self._language(row.release_id, message, row.language or facts["language"])
        item = Item(
            delivery=row.id,
            key=row.key,
            campaign=row.campaign,
            step=row.step,
            occurrence=row.occurrence,
            repetition=row.repetition,
            message=message,
            language=language,
            address=facts[_ADDRESS] if row.kind == "email" else None,
            person=facts,
            picks=row.offers,
            date=moment,
            invitation=None if row.session is None else batch.invitations[row.session],
            bundle=None if row.bundle is None else batch.bundles[row.bundle],
            listed=row.kind == "handover",
        )
        return Ready(row, self._composers(row.release_id).compose(item), language)

    def _listed(self, made: Ready, facts: Mapping[str, Any], moment: datetime) -> Ready:
        """The same with its line, where it goes into a list."""
        columns = self._listing(made.row)
        if not columns:
            return made
        day = civil_day(moment, self._zone(made.row.release_id))
        url = self._definitions(made.row.release_id).workspace.public_url
        return made._replace(mail=made.mail._replace(line=line(made.mail, columns, facts, day, url)))

    def _people(self, connection: Connection, rows: Sequence[Claimed]) -> dict[int, dict[str, Any]]:
        """The facts that these rows' messages use, by the person's surrogate id."""
        wanted = self._wanted(rows)
        own = sorted(wanted - set(person.c.keys()))
        columns: list[ColumnElement[Any]] = [
            person.c[name] for name in sorted(_ALWAYS | (wanted & set(person.c.keys())))
        ]
        if own:
            columns.append(person.c.attributes)
        columns += [address.label(_ADDRESS), other_address.label(_OTHER)]
        statement = select(*columns).where(person.c.id.in_(among.numbers(connection, {row.person for row in rows})))
        result = connection.execute(statement)
        names = tuple(result.keys())
        people = {facts["id"]: facts for facts in (dict(zip(names, row, strict=True)) for row in result.all())}
        if own:
            dates = frozenset[str]().union(*(self._dates(release) for release in {row.release_id for row in rows}))
            self._unfold(people.values(), own, dates)
        return people

    def _wanted(self, rows: Sequence[Claimed]) -> set[str]:
        alike = {(row.release_id, row.campaign, row.step, row.repetition, row.channel): row for row in rows}
        wanted: set[str] = set()
        for (release, campaign, step, repetition, _), row in alike.items():
            try:
                wanted |= self._facts(release, self._message(release, campaign, step, repetition))
                wanted |= set(self._listing(row)).difference(SAYS)
            except Exception as error:  # noqa: BLE001  # its rows are refused one by one; the others get theirs
                self._report("a message cannot be read", error, campaign=campaign, step=step)
        return wanted

    def _report(self, what: str, error: Exception, **where: str) -> None:
        """Once for each kind, as a template's fault is met in every row; not its words: they may hold personal data."""
        fields = {**where, "error": type(error).__name__}
        if (what, *fields.values()) not in self._reported:
            self._reported.add((what, *fields.values()))
            _log.error(what, extra=fields)

    @staticmethod
    def _unfold(people: Iterable[dict[str, Any]], names: Sequence[str], dates: frozenset[str]) -> None:
        """Put the organisation's own fields beside ours."""
        for facts in people:
            own = facts.pop("attributes") or {}
            for name in names:
                value = own.get(name)
                facts[name] = date.fromisoformat(value) if value and name in dates else value

    def _barred(self, connection: Connection, people: Iterable[dict[str, Any]]) -> frozenset[str]:
        """The addresses among these that must not be written to; who has another one is written to there."""
        barred = suppressed(connection, self._secret, {facts[_ADDRESS] for facts in people if facts[_ADDRESS]})
        moved = [facts for facts in people if facts[_ADDRESS] in barred and facts[_OTHER] != facts[_ADDRESS]]
        for facts in moved:
            facts[_ADDRESS] = facts[_OTHER]
        return barred | suppressed(connection, self._secret, {facts[_ADDRESS] for facts in moved}) if moved else barred

    def _find_language(self, release: int, message: str, wanted: str | None) -> str:
        """The language in which this person gets it: their own, or the workspace's first."""
        languages = self._definitions(release).workspace.languages
        return self._composers(release).language(message, wanted or languages[0])

    def _find_message(self, release: int, campaign: str, step: str, repetition: int) -> str:
        return self._definitions(release).campaigns[campaign].step(step).message(repetition)

    def _listing(self, row: Claimed) -> tuple[str, ...]:
        """What a list says of the person; nothing where it goes into none."""
        return self._columns(row.release_id, row.campaign, row.step, row.repetition) if row.kind == "handover" else ()

    def _find_columns(self, release: int, campaign: str, step: str, repetition: int) -> tuple[str, ...]:
        definitions = self._definitions(release)
        return listed(definitions.workspace, definitions.campaigns[campaign],
                      self._kind(release, campaign, step, repetition))  # fmt: skip

    def _find_kind(self, release: int, campaign: str, step: str, repetition: int) -> ChannelKind:
        found = self._definitions(release).campaigns[campaign]
        return found.way(found.step(step), repetition)

    def _find_dates(self, release: int) -> frozenset[str]:
        """The organisation's own fields that hold a date."""
        fields = self._definitions(release).workspace.fields
        return frozenset(name for name, field in fields.items() if field.type == "date")


#: Not names of fields, so that no field hides them.
_ADDRESS = "@address"
_OTHER = "@other"
_ALWAYS = {"id", "person_id", "status", "language"}


def _owed(connection: Connection, rows: Sequence[Claimed]) -> frozenset[int]:
    mine = delivery.c.id.in_(among.numbers(connection, [row.id for row in rows]))
    return frozenset(connection.scalars(select(delivery.c.id).where(mine, owed())))


def _gone(facts: Mapping[str, Any]) -> str:
    """Why this person gets nothing although dispatch let it go; dispatch may be some minutes ago."""
    return str(facts["status"]) if facts["status"] in ("died", "left") else ""


def _unreachable(facts: Mapping[str, Any], barred: frozenset[str]) -> str:
    """Why no mail goes to this person."""
    if not facts[_ADDRESS]:
        return "no_address"
    return "suppressed" if facts[_ADDRESS] in barred else ""


def _posted(made: Ready, facts: Mapping[str, Any], barred: frozenset[str]) -> Ready:
    """The same for a receiver that finds the person by number; the address, if it may be written to, beside it."""
    address = "" if facts[_ADDRESS] in barred else facts[_ADDRESS] or ""
    return made._replace(mail=made.mail._replace(recipient=address, person=facts["person_id"]))
