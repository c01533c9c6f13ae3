"""Whether the promise was kept: what the mail server really took, against the plan and against what the ledger says."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.ledgers import Ledger
from tests.chaos.sink import Line
from tests.chaos.workspace import HOLDS, RESENDS
from tests.chaos.world import FINAL, World


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the ledger."""

    key: str
    campaign: str
    #: HR's number.
    person: str
    #: Their address.
    address: str
    state: str
    message_id: str | None
    #: How often it was put on record that nobody knows whether it left.
    doubts: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a trial left behind."""

    deliveries: Sequence[Delivery]
    #: What the mail server wrote down.
    lines: Sequence[Line]
    #: Keys that `outreach deliveries --state in_doubt` names.
    listed: frozenset[str]
    #: How many people there are; each is owed every campaign once.
    people: int
    #: How many doubts the faults of the trial may have left.
    doubtful: int


def gather(world: World, faults: int) -> Evidence:
    """The evidence of a trial in which `faults` times everybody at work died."""
    lines = read(world.record)
    unanswered = sum(1 for line in lines if _leaves_doubt(line))
    listed = frozenset(entry["key"] for entry in world.say("deliveries", "--state", "in_doubt"))
    return Evidence(
        deliveries(world.ledger), lines, listed, world.ready.people, faults * world.connections or unanswered
    )


def judge(evidence: Evidence) -> list[str]:
    """Every way in which the promise was broken; empty where it was kept."""
    return [*_planned(evidence), *_settled(evidence), *_taken(evidence), *_strangers(evidence), *_doubts(evidence)]


def read(record: Path) -> list[Line]:
    """What a mail server wrote down; it may be writing still, so that the last line is there in part."""
    lines = record.read_text(encoding="utf-8").splitlines(keepends=True) if record.exists() else []
    return [Line(**json.loads(line)) for line in lines if line.endswith("\n")]


_DELIVERIES = """
    SELECT d.campaign, d.step, d.occurrence, d.repetition, d.person AS id, p.person_id, p.email, d.state, d.message_id,
        (SELECT count(*) FROM receipt r WHERE r.delivery = d.id AND r.kind = 'in_doubt') AS doubts
    FROM delivery d JOIN person p ON p.id = d.person ORDER BY d.id
"""


def deliveries(ledger: Ledger) -> list[Delivery]:
    """The whole ledger."""
    return [
        Delivery(
            f"{row.campaign}/{row.step}/{row.occurrence}/{row.repetition}/{row.id}",
            row.campaign, row.person_id, row.email, row.state, row.message_id, row.doubts,
        )
        for row in ledger.rows(_DELIVERIES)
    ]  # fmt: skip


def _leaves_doubt(line: Line) -> bool:
    """Whether nobody but the mail server can know what became of that message."""
    match line.verdict:
        case "taken":
            return line.answer != "250"
        case "refused":
            return line.answer == "421"  # the connection is closed with it, and the answer may be lost
    return line.verdict == "lost"


def _planned(evidence: Evidence) -> Iterator[str]:
    """Everybody is planned for once by each campaign, whatever the ledger says of itself."""
    planned = Counter((one.campaign, one.person) for one in evidence.deliveries)
    for campaign in (HOLDS, RESENDS):
        owed = sum(1 for name, _ in planned if name == campaign)
        if owed != evidence.people:
            yield f"{campaign}: planned for {owed} of {evidence.people} people"
    for (campaign, person), times in planned.items():
        if times > 1:
            yield f"{campaign}: planned {times} times for {person}"


def _settled(evidence: Evidence) -> Iterator[str]:
    for one in evidence.deliveries:
        if one.state not in FINAL:
            yield f"{one.key} is lost: it stays {one.state}"


def _taken(evidence: Evidence) -> Iterator[str]:
    """How often the mail server took each, against what its state allows."""
    taken: dict[str, list[Line]] = defaultdict(list)
    refused = {line.recipient for line in evidence.lines if line.verdict == "refused" and line.answer[:1] == "5"}
    for line in evidence.lines:
        if line.verdict == "taken":
            taken[line.message_id].append(line)
    for one in evidence.deliveries:
        times = len(taken[one.message_id]) if one.message_id else 0
        least, most = _allowed(one)
        if not least <= times <= most:
            yield f"{one.key} is {one.state} and was taken {times} times (doubts on record: {one.doubts})"
        if one.state == "sent" and times and not any(line.answer == "250" for line in taken[one.message_id or ""]):
            yield f"{one.key} is sent, though its content was never answered"
        if one.state == "rejected" and one.address not in refused:
            yield f"{one.key} is rejected, though nobody refused it for good"


def _allowed(one: Delivery) -> tuple[int, int]:
    """How often a delivery may have been taken, at least and at most."""
    again = one.doubts if one.campaign == RESENDS else 0
    match one.state:
        case "sent":
            return 1, 1 + again
        case "in_doubt":
            return 0, max(1, again)
        case _:
            return 0, again


def _strangers(evidence: Evidence) -> Iterator[str]:
    """Messages that left and that the ledger does not know, or that are not what it says."""
    known = {one.message_id: one.address for one in evidence.deliveries if one.message_id}
    # A ledger from a backup cannot know what left since; a doubt without an id stands for one message to that address.
    nameless = Counter(one.address for one in evidence.deliveries if one.state == "in_doubt" and not one.message_id)
    for line in evidence.lines:
        if not line.sound:
            yield f"{line.message_id} was taken damaged, or by somebody else"
        if line.verdict == "taken" and known.get(line.message_id) != line.recipient:
            nameless[line.recipient] -= 1
            if line.message_id in known or nameless[line.recipient] < 0:
                yield f"{line.message_id or 'a message without an id'} was taken, and the ledger does not know it"


def _doubts(evidence: Evidence) -> Iterator[str]:
    """Not more than connections were open at the faults, and each named."""
    held = {one.key for one in evidence.deliveries if one.state == "in_doubt"}
    number = sum(one.doubts for one in evidence.deliveries)
    if held != evidence.listed:
        yield f"in doubt and not listed, or listed and not in doubt: {sorted(held ^ evidence.listed)}"
    if unrecorded := [one.key for one in evidence.deliveries if one.state == "in_doubt" and not one.doubts]:
        yield f"in doubt without a receipt: {unrecorded}"
    if number > evidence.doubtful:
        yield f"{number} doubts, where at most {evidence.doubtful} could be left"
