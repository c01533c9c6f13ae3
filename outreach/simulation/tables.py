"""What a simulation notes beside the ledger; these tables exist in its scratch file alone."""

from __future__ import annotations

from sqlalchemy import DDL, Column, Index, Integer, MetaData, String, Table, event

from outreach.storage.types import UTCDateTime

metadata = MetaData()

#: What somebody will have done at the end of a day, drawn when the message that asked for it left.
answer = Table(
    "simulated_answer",
    metadata,
    Column("person", Integer, nullable=False),
    Column("outcome", String(100), nullable=False),
    #: As a number (`date.toordinal`).
    Column("acts_on", Integer, nullable=False),
    #: The id of the session at which it takes a seat; NULL: it is about none.
    Column("session", String(50)),
    Index("ix_simulated_answer", "acts_on"),
)

#: The combination of segments that a person belongs to, since the day on which they were first there.
crowd = Table(
    "simulated_crowd",
    metadata,
    Column("person", Integer, primary_key=True),
    Column("crowd", Integer, nullable=False),
)

#: The moment that it is, in one row.
clock = Table("simulated_clock", metadata, Column("at", UTCDateTime, nullable=False))

#: Deliveries that the frequency cap held back at least once, and when first.
passed_over = Table(
    "simulated_passed_over",
    metadata,
    Column("delivery", Integer, primary_key=True),
    Column("person", Integer, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)
# Noted by the database where it happens: to seek them, each tick would go through everything that waits.
event.listen(
    passed_over,
    "after_create",
    DDL(  # type: ignore[no-untyped-call]  # SQLAlchemy types it nowhere
        "CREATE TRIGGER simulated_passing_over AFTER UPDATE OF passed_over ON delivery BEGIN "
        "INSERT OR IGNORE INTO simulated_passed_over SELECT new.id, new.person, at FROM simulated_clock; END"
    ),
)
