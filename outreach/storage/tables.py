"""Every table, in the order of the story: releases, people, what happened to them, enrolments, deliveries.

The migrations in `migrations/` make exactly these; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    literal_column,
    text,
)

from outreach.storage.append_only import append_only
from outreach.storage.types import UTCDateTime

#: State names as literals: bound as parameters they would keep SQLite from its partial indexes.
ACTIVE = literal_column("'active'", String)
PLANNED = literal_column("'planned'", String)
ATTEMPTING = literal_column("'attempting'", String)
IN_DOUBT = literal_column("'in_doubt'", String)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: SQLite makes a row id only of INTEGER, PostgreSQL wants 64 bits.
_Id = BigInteger().with_variant(Integer(), "sqlite")

# --- what was published and approved ---------------------------------------------------------------------

release = Table(
    "release",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("published_at", UTCDateTime, nullable=False),
    Column("published_by", String(200), nullable=False),
    #: Workspace, segments, campaigns and offers as `definitions.codec` writes them; content by digest.
    Column("manifest", Text, nullable=False),
)

#: Compiled content, addressed by its digest and shared between releases.
part = Table(
    "part",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("body", Text, nullable=False),
)

release_campaign = Table(
    "release_campaign",
    metadata,
    Column("release_id", ForeignKey("release.id"), primary_key=True),
    Column("campaign", String(100), primary_key=True),
    #: Of the campaign's closure: its definition and all that it draws on.
    Column("digest", String(64), nullable=False),
)

approval = Table(
    "approval",
    metadata,
    Column("campaign", String(100), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("release_id", ForeignKey("release.id"), nullable=False),
    Column("approved_at", UTCDateTime, nullable=False),
    Column("approved_by", String(200), nullable=False),
)

#: How far a campaign has come: one row per campaign that was ever approved.
campaign_state = Table(
    "campaign_state",
    metadata,
    Column("campaign", String(100), primary_key=True),
    #: running, paused or cancelled.
    Column("state", String(20), nullable=False, server_default="running"),
    #: When, by whom and why it was last paused, resumed or cancelled.
    Column("steered_at", UTCDateTime),
    Column("steered_by", String(200)),
    #: NULL where a person did it; a word of ours where Outreach itself paused it (`hard_rejections`).
    Column("steered_why", String(60)),
    Column("first_approved_at", UTCDateTime, nullable=False),
    #: Occurrences up to here are planned.
    Column("planned_until", UTCDateTime, nullable=True),
    #: Events up to this id were there at the first approval: they start nothing, unless they take effect later.
    Column("last_event", BigInteger, nullable=False, server_default="0"),
    #: The last look at events, segments and dates of people: on which civil day, by which release's words, at which
    #: roster version (-1: none yet), up to which event. Nothing of it changed since: no need to look again.
    Column("looked_on", Date, nullable=True),
    Column("looked_release", Integer, nullable=True),
    Column("roster_version", Integer, nullable=False, server_default="-1"),
    Column("seen_event", BigInteger, nullable=False, server_default="-1"),
)

# --- people ----------------------------------------------------------------------------------------------

person = Table(
    "person",
    metadata,
    Column("id", _Id, primary_key=True),
    #: The HR system's own number.
    Column("person_id", String(100), nullable=False, unique=True),
    Column("source", String(50), nullable=False),
    Column("status", String(20), nullable=False),
    Column("role", String(20)),
    Column("first_name", String(200)),
    Column("last_name", String(200)),
    Column("email", String(320)),
    Column("private_email", String(320)),
    Column("street", String(200)),
    Column("postal_code", String(20)),
    Column("city", String(100)),
    Column("language", String(10)),
    Column("gender", String(1)),
    Column("born_on", Date),
    Column("hired_on", Date),
    Column("retired_on", Date),
    Column("contract", String(20)),
    Column("contract_ends_on", Date),
    Column("household", String(30)),
    Column("children", SmallInteger),
    Column("grade", String(1)),
    Column("entity", String(100)),
    Column("domain", String(100)),
    Column("workplace", String(100)),
    #: The IANA name of the zone whose hours the person lives by; NULL: the workspace's.
    Column("time_zone", String(64)),
    #: The organisation's own fields, dates as ISO text.
    Column("attributes", JSON, nullable=False),
    #: 0 to 2**31 - 1, drawn by a hash of `person_id`: breaks ties alike on every database.
    Column("lot", Integer, nullable=False),
    #: The roster version that last changed this row.
    Column("version", Integer, nullable=False),
    Column("imported_at", UTCDateTime, nullable=False),
    Index("ix_person_source", "source"),
    # Whose contract ends soon: asked each day, of few among many.
    Index(
        "ix_person_contract_ends_on",
        "contract_ends_on",
        sqlite_where=text("contract_ends_on IS NOT NULL"),
        postgresql_where=text("contract_ends_on IS NOT NULL"),
    ),
    Index(
        "ix_person_time_zone",
        "time_zone",
        sqlite_where=text("time_zone IS NOT NULL"),
        postgresql_where=text("time_zone IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)

roster_import = Table(
    "roster_import",
    metadata,
    #: The roster version that this import made.
    Column("version", Integer, primary_key=True),
    Column("source", String(50), nullable=False),
    Column("imported_at", UTCDateTime, nullable=False),
    #: Of the rows as they came, so that the same file is recognised.
    Column("digest", String(64), nullable=False),
    Column("added", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("left", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
)

#: Something that happened to a person, from HR or from a change in the roster.
event = Table(
    "event",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("person", ForeignKey("person.id"), nullable=False),
    Column("kind", String(30), nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("recorded_at", UTCDateTime, nullable=False),
    Column("source", String(50), nullable=False),
    UniqueConstraint("person", "kind", "effective_on"),
    Index("ix_event_kind_effective_on", "kind", "effective_on"),
    sqlite_autoincrement=True,
)

#: Events that are not (yet) somebody's: HR told them of a person who is not in the roster, or took them back.
event_aside = Table(
    "event_aside",
    metadata,
    Column("id", _Id, primary_key=True),
    #: The HR system's own number, of somebody in the roster or not.
    Column("person_id", String(100), nullable=False),
    Column("kind", String(30), nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("recorded_at", UTCDateTime, nullable=False),
    Column("source", String(50), nullable=False),
    #: When it was taken back; NULL: it waits for its person.
    Column("withdrawn_at", UTCDateTime),
    UniqueConstraint("person_id", "kind", "effective_on"),
)

#: Something a person did.
outcome = Table(
    "outcome",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("person", ForeignKey("person.id"), nullable=False),
    Column("outcome", String(100), nullable=False),
    Column("occurred_on", Date, nullable=False),
    Column("recorded_at", UTCDateTime, nullable=False),
    Column("source", String(50), nullable=False),
    UniqueConstraint("person", "outcome", "occurred_on"),
    Index("ix_outcome_outcome_occurred_on", "outcome", "occurred_on"),
    sqlite_autoincrement=True,
)

#: Which session something that a person did was about: whoever did anything about a session has a seat there.
seat = Table(
    "seat",
    metadata,
    Column("outcome", ForeignKey("outcome.id"), primary_key=True),
    Column("session", String(50), primary_key=True),
    Index("ix_seat_session", "session"),
)

#: Topics that a person does not want.
opt_out = Table(
    "opt_out",
    metadata,
    Column("person", ForeignKey("person.id"), primary_key=True),
    Column("topic", String(100), primary_key=True),
    Column("since", UTCDateTime, nullable=False),
)

#: What else a person chose for themselves, on their page.
choice = Table(
    "choice",
    metadata,
    Column("person", ForeignKey("person.id"), primary_key=True),
    #: Goes before what the HR system says; NULL: theirs.
    Column("language", String(10)),
    #: The civil day from which they want messages again; NULL or past: they want them.
    Column("paused_until", Date),
    Column("since", UTCDateTime, nullable=False),
    #: The kind of channel by which they would rather be reached; NULL: it is the same to them.
    Column("channel", String(20)),
)

#: What people asked the organisation to do with their data.
request = Table(
    "request",
    metadata,
    Column("person", ForeignKey("person.id"), primary_key=True),
    #: export or erase.
    Column("kind", String(20), primary_key=True),
    Column("asked_at", UTCDateTime, nullable=False),
)

#: When somebody last had a fresh link mailed, as theirs was too old.
fresh_link = Table(
    "fresh_link",
    metadata,
    Column("person", ForeignKey("person.id"), primary_key=True),
    #: The page to which it leads, by its purpose.
    Column("page", String(20), primary_key=True),
    Column("asked_at", UTCDateTime, nullable=False),
)

#: Addresses that must not be written to, by a keyed hash of the address in lower case.
suppression = Table(
    "suppression",
    metadata,
    Column("address_hash", String(64), primary_key=True),
    Column("reason", String(30), nullable=False),
    Column("since", UTCDateTime, nullable=False),
)

#: Numbers of HR that were erased, so that the next file does not bring them back, by a keyed hash. Nothing leads from
#: here to the rows that stay of them.
tombstone = Table(
    "tombstone",
    metadata,
    Column("number_hash", String(64), primary_key=True),
    #: Hashes of the addresses that were suppressed with it.
    Column("addresses", JSON, nullable=False),
)

#: Soft bounces of an address in a row, by the same hash; one that comes long after the last begins a new row.
soft_bounce = Table(
    "soft_bounce",
    metadata,
    Column("address_hash", String(64), primary_key=True),
    Column("number", SmallInteger, nullable=False),
    Column("last_at", UTCDateTime, nullable=False),
)

# --- who is in which journey -----------------------------------------------------------------------------

enrolment = Table(
    "enrolment",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("campaign", String(100), nullable=False),
    Column("person", ForeignKey("person.id"), nullable=False),
    #: `entry-1`, `entry-2`; or the occurrence of a campaign that starts for all at once.
    Column("occurrence", String(40), nullable=False),
    Column("release_id", ForeignKey("release.id"), nullable=False),
    #: The event that started it, or the outcome. What people say of themselves may go before what came of it does.
    Column("event", ForeignKey("event.id")),
    Column("outcome", BigInteger),
    #: active, refused (with a reason: looked at once and not let in), exited or cancelled.
    Column("state", String(20), nullable=False),
    Column("reason", String(60)),
    #: Day 1, in the workspace's civil time.
    Column("started_on", Date, nullable=False),
    Column("entered_at", UTCDateTime, nullable=False),
    #: Index of the next step in the release's campaign, and its civil day; NULL when all are planned.
    Column("next_step", SmallInteger),
    Column("next_on", Date),
    #: Last civil day on which it is under way.
    Column("ends_on", Date, nullable=False),
    UniqueConstraint("campaign", "person", "occurrence"),
    Index(
        "ix_enrolment_due",
        "next_on",
        "campaign",
        sqlite_where=text("next_on IS NOT NULL"),
        postgresql_where=text("next_on IS NOT NULL"),
    ),
    Index("ix_enrolment_person", "person"),
    # Of which campaigns and releases somebody is under way.
    Index(
        "ix_enrolment_active",
        "campaign",
        "release_id",
        sqlite_where=text("state = 'active'"),
        postgresql_where=text("state = 'active'"),
    ),
    Index(
        "ix_enrolment_event",
        "event",
        sqlite_where=text("event IS NOT NULL"),
        postgresql_where=text("event IS NOT NULL"),
    ),
    Index(
        "ix_enrolment_outcome",
        "outcome",
        sqlite_where=text("outcome IS NOT NULL"),
        postgresql_where=text("outcome IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)

#: Which way a journey went at a branch, for good, and what came of a wait.
turn = Table(
    "turn",
    metadata,
    Column("enrolment", ForeignKey("enrolment.id"), primary_key=True),
    #: The branch's id, or the wait's.
    Column("step", String(100), primary_key=True),
    #: `way-1` for the first of its ways, and so on; `otherwise`; `unknown` where facts were missing.
    #: At a wait the day that is waited for, or `waiting`, `came`, `gave-up`.
    Column("way", String(20), nullable=False),
    Column("turned_at", UTCDateTime, nullable=False),
)

#: Journeys that went on under another release, because the campaign was edited.
move = Table(
    "move",
    metadata,
    Column("enrolment", ForeignKey("enrolment.id"), primary_key=True),
    Column("moved_at", UTCDateTime, primary_key=True),
    #: The step at which it went on; empty where nothing more comes.
    Column("step", String(100), nullable=False),
    Column("from_release", ForeignKey("release.id"), nullable=False),
    Column("to_release", ForeignKey("release.id"), nullable=False),
)

#: Who was in the segment of an `enters` campaign at the last look.
membership = Table(
    "membership",
    metadata,
    Column("campaign", String(100), primary_key=True),
    Column("person", ForeignKey("person.id"), primary_key=True),
)

# --- the ledger ------------------------------------------------------------------------------------------

delivery = Table(
    "delivery",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("campaign", String(100), nullable=False),
    Column("step", String(100), nullable=False),
    #: `once`, a civil date, or the enrolment's `entry-1`.
    Column("occurrence", String(40), nullable=False),
    #: 0 for the message itself, then the number of the reminder.
    Column("repetition", SmallInteger, nullable=False),
    Column("person", ForeignKey("person.id"), nullable=False),
    Column("enrolment", ForeignKey("enrolment.id")),
    Column("release_id", ForeignKey("release.id"), nullable=False),
    #: planned, attempting, sent, rejected, in_doubt, skipped, expired, cancelled, bounced, complained.
    Column("state", String(12), nullable=False),
    #: Why it is in this state: a gate's name, `frequency_cap`, a mail server's answer in short.
    Column("reason", String(60)),
    #: Against the frequency cap: 0 is outside it (`must`), then 1 to 3 `normal` by priority, 4 to 6 `nice`.
    Column("rank", SmallInteger, nullable=False),
    #: By what it leaves, or was last tried; NULL: as mail, and not tried yet.
    Column("channel", String(20)),
    Column("language", String(10)),
    #: Offers picked, best first, with commas between.
    Column("picks", String(500)),
    #: The session that it invites to, as it was then: an id of `session`.
    Column("session", BigInteger),
    #: The bundle that it brings: an id of `bundle`.
    Column("bundle", BigInteger),
    #: Earliest and latest time at which it may leave.
    Column("due_at", UTCDateTime, nullable=False),
    Column("expires_at", UTCDateTime, nullable=False),
    #: How often others went before it under the frequency cap.
    Column("passed_over", SmallInteger, nullable=False, server_default="0"),
    #: In which wave of the campaign's `rollout`; NULL where there is none.
    Column("wave", SmallInteger),
    #: Let go by dispatch; only then may a sender claim it.
    Column("dispatched_at", UTCDateTime),
    #: The sender that claimed it; it is theirs as long as `sender` says that they live.
    Column("lease_owner", String(60)),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("message_id", String(120)),
    Column("sent_at", UTCDateTime),
    #: Days from sending to the next reminder; NULL where none may follow.
    Column("remind_days", SmallInteger),
    #: Civil day of the next reminder: set when it is sent, cleared when the reminder is planned.
    Column("remind_on", Date),
    Column("planned_at", UTCDateTime, nullable=False),
    #: First in the table, so that one index serves the uniqueness of keys and the per-campaign reads.
    UniqueConstraint("campaign", "step", "occurrence", "person", "repetition"),
    # SQLite uses a partial index only where the query says the same in literals (`PLANNED`, `ATTEMPTING`).
    # With all that is asked of what waits before its row is read: most of it waits for another day.
    Index(
        "ix_delivery_waiting",
        "person",
        "due_at",
        "rank",
        "campaign",
        sqlite_where=text("state = 'planned' AND dispatched_at IS NULL"),
        postgresql_where=text("state = 'planned' AND dispatched_at IS NULL"),
    ),
    Index(
        "ix_delivery_ready",
        "rank",
        "id",
        sqlite_where=text("state = 'planned' AND dispatched_at IS NOT NULL AND lease_owner IS NULL"),
        postgresql_where=text("state = 'planned' AND dispatched_at IS NOT NULL AND lease_owner IS NULL"),
    ),
    # What a sender holds. A row enters when it is claimed and leaves when it is settled; an attempt moves nothing.
    Index(
        "ix_delivery_held",
        "lease_owner",
        sqlite_where=text("lease_owner IS NOT NULL"),
        postgresql_where=text("lease_owner IS NOT NULL"),
    ),
    # For whoever watches: few rows, asked for all the time.
    Index(
        "ix_delivery_in_doubt",
        "id",
        sqlite_where=text("state = 'in_doubt'"),
        postgresql_where=text("state = 'in_doubt'"),
    ),
    Index(
        "ix_delivery_remind",
        "remind_on",
        sqlite_where=text("remind_on IS NOT NULL"),
        postgresql_where=text("remind_on IS NOT NULL"),
    ),
    # Who may still be invited when a session is added.
    Index(
        "ix_delivery_no_session",
        "campaign",
        sqlite_where=text("reason = 'no_session'"),
        postgresql_where=text("reason = 'no_session'"),
    ),
    # Who was told what of a session.
    Index(
        "ix_delivery_session",
        "session",
        "person",
        sqlite_where=text("session IS NOT NULL"),
        postgresql_where=text("session IS NOT NULL"),
    ),
    Index("ix_delivery_person", "person", "dispatched_at"),
    sqlite_autoincrement=True,
)

#: Sessions as visitors are told of them, a row for each time that this changed. Rows stay: by them it is known who was
#: told what.
session = Table(
    "session",
    metadata,
    Column("id", _Id, primary_key=True),
    #: The session's id in the definitions.
    Column("name", String(50), nullable=False),
    #: 0, and one more for each time that what is told changed.
    Column("sequence", SmallInteger, nullable=False),
    Column("since", UTCDateTime, nullable=False),
    #: As the current release has it; in each session's last row at most.
    Column("in_force", Boolean, nullable=False),
    Column("kind", String(100), nullable=False),
    Column("language", String(10), nullable=False),
    Column("entity", String(200), nullable=False),
    Column("seats", Integer),
    Column("starts_at", UTCDateTime, nullable=False),
    Column("ends_at", UTCDateTime, nullable=False),
    Column("cancelled", Boolean, nullable=False),
    #: Words, day, times and place, as `definitions.codec` writes them.
    Column("told", Text, nullable=False),
    UniqueConstraint("name", "sequence"),
    sqlite_autoincrement=True,
)

#: What contacts of an entity are told that will reach its people, as it was on the day of the bundle.
bundle = Table(
    "bundle",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("campaign", String(100), nullable=False),
    Column("occurrence", String(40), nullable=False),
    #: As the roster names it.
    Column("entity", String(100), nullable=False),
    #: Of whose words it is made.
    Column("release_id", ForeignKey("release.id"), nullable=False),
    Column("made_at", UTCDateTime, nullable=False),
    #: Campaigns, days, numbers and sessions, as `definitions.codec` writes them; nothing about a person.
    Column("told", Text, nullable=False),
    UniqueConstraint("campaign", "occurrence", "entity", "release_id"),
    sqlite_autoincrement=True,
)

#: Offers shown to a person by a delivery, so that they are not shown again too soon. The key is the order in which
#: picking asks: the last time first, for each person and offer.
shown = Table(
    "shown",
    metadata,
    Column("person", ForeignKey("person.id"), primary_key=True),
    Column("offer", String(100), primary_key=True),
    Column("shown_on", Date, primary_key=True),
    Column("delivery", ForeignKey("delivery.id"), primary_key=True),
    sqlite_with_rowid=False,
)

#: Answers of the mail server and what came back later, from a mailbox or a desk, oldest first.
receipt = Table(
    "receipt",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("delivery", ForeignKey("delivery.id"), nullable=False),
    Column("at", UTCDateTime, nullable=False),
    #: sent, deferred, rejected, in_doubt, bounced, complained, confirmed.
    Column("kind", String(12), nullable=False),
    #: Three digits, or the enhanced status code: never text that may hold an address.
    Column("code", String(12)),
    #: Nothing more is tried; of what came back: the address is no longer written to.
    Column("permanent", Boolean, nullable=False, server_default=false()),
    Index("ix_receipt_delivery", "delivery"),
    sqlite_autoincrement=True,
)

# --- who is sending ---------------------------------------------------------------------------------------

#: Senders at work, on all machines. Who has not been heard of for a while is dead, and what it held is settled.
sender = Table(
    "sender",
    metadata,
    #: As it stands in `delivery.lease_owner`.
    Column("owner", String(60), primary_key=True),
    #: `run` sends and goes; a `worker` stays and is woken.
    Column("kind", String(10), nullable=False),
    #: The way out that it uses: host and port of a mail server, `outbox`, a webhook's host.
    Column("server", String(300), nullable=False),
    #: Its share of the connections that this server allows, which all senders have together.
    Column("connections", SmallInteger, nullable=False),
    Column("started_at", UTCDateTime, nullable=False),
    #: By the database's clock.
    Column("alive_until", UTCDateTime, nullable=False),
    Index("ix_sender_server", "server"),
)

#: How fast a way out may be used, by all senders together.
pace = Table(
    "pace",
    metadata,
    Column("server", String(300), primary_key=True),
    #: Messages are spoken for up to here: the next one may leave then. By the database's clock.
    Column("next_at", UTCDateTime),
    #: Nobody was reached: nobody tries before then but one who probes.
    Column("closed_until", UTCDateTime),
    #: How often in a row nobody was reached.
    Column("failures", SmallInteger, nullable=False, server_default="0"),
)

#: How far each sending slot of each installation has come; a file outside of the database says the same, so that a
#: database from a backup is told from one that was merely at rest.
progress = Table(
    "progress",
    metadata,
    #: The installation's own name, and the number of the slot.
    Column("slot", String(60), primary_key=True),
    #: Commits that recorded something sent.
    Column("number", BigInteger, nullable=False),
)

# --- systems that may come in -----------------------------------------------------------------------------

#: Bearer tokens. The token itself is kept nowhere: it is 256 random bits, so that a fast hash says nothing of it.
token = Table(
    "token",
    metadata,
    Column("id", _Id, primary_key=True),
    #: SHA-256 of the token, in hex.
    Column("digest", String(64), nullable=False, unique=True),
    #: Whose it is, by a name of the operator's.
    Column("name", String(50), nullable=False),
    #: What it lets in, with spaces between.
    Column("scopes", String(100), nullable=False),
    Column("made_at", UTCDateTime, nullable=False),
    Column("made_by", String(200), nullable=False),
    Column("expires_at", UTCDateTime, nullable=False),
    Column("revoked_at", UTCDateTime),
    sqlite_autoincrement=True,
)

#: People whom an identity provider looks after (SCIM), as it sees them; what campaigns know of them is in `person`.
scim_user = Table(
    "scim_user",
    metadata,
    #: By which the provider knows them; says nothing of anybody.
    Column("id", String(32), primary_key=True),
    Column("person", ForeignKey("person.id"), nullable=False, unique=True),
    #: Name of the token, which is the source of the roster: no provider sees another one's people.
    Column("source", String(50), nullable=False),
    #: `userName` as it is compared.
    Column("user_key", String(320), nullable=False),
    Column("external_id", String(320)),
    #: The attributes that we know, as they were given.
    Column("body", JSON, nullable=False),
    #: Counts the changes.
    Column("version", Integer, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("changed_at", UTCDateTime, nullable=False),
    UniqueConstraint("source", "user_key"),
    Index("ix_scim_user_source_external_id", "source", "external_id"),
)

#: What was posted to us and taken, by the sender's own id, so that what comes twice counts once.
posted = Table(
    "posted",
    metadata,
    #: `events` or `outcomes`.
    Column("door", String(20), primary_key=True),
    Column("id", String(200), primary_key=True),
    #: Of the body: another one under the same id is refused.
    Column("digest", String(64), nullable=False),
    Column("received_at", UTCDateTime, nullable=False),
    Index("ix_posted_received_at", "received_at"),
)

#: Links that are measured, as releases have them: nothing else is ever led to. The same for all readers of a message.
link = Table(
    "link",
    metadata,
    Column("token", String(22), primary_key=True),
    Column("campaign", String(100), nullable=False),
    Column("message", String(100), nullable=False),
    Column("language", String(10), nullable=False),
    Column("address", Text, nullable=False),
)

#: How often a link was followed, by nobody's name: a day is the finest that is known.
click = Table(
    "click",
    metadata,
    Column("link", ForeignKey("link.token"), primary_key=True),
    #: The workspace's civil day.
    Column("day", Date, primary_key=True),
    Column("clicks", Integer, nullable=False),
)

#: Small facts about this installation: the secret's fingerprint, the last tick.
mark = Table(
    "mark",
    metadata,
    Column("name", String(50), primary_key=True),
    Column("value", Text, nullable=False),
)

#: Who did what, and who looked at whom: rows are only added. People stand in it by our own number alone, which leads
#: nowhere once they are erased.
audit = append_only(
    Table(
        "audit",
        metadata,
        Column("id", _Id, primary_key=True),
        Column("at", UTCDateTime, nullable=False),
        #: A user of the machine, `token` and its name, `recipient's link`, or `outreach` itself.
        Column("actor", String(200), nullable=False),
        Column("action", String(60), nullable=False),
        #: A kind and a name: `campaign welcome`, `person 17`, `release 3`.
        Column("subject", String(200), nullable=False),
        #: What was so before and after, as far as it says something: never an address, a name or an HR number.
        Column("before", JSON(none_as_null=True)),
        Column("after", JSON(none_as_null=True)),
        Index("ix_audit_subject", "subject"),
        sqlite_autoincrement=True,
    )
)
