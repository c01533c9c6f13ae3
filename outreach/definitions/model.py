"""The nouns of a campaign, as the rest of the product sees them.

Plain frozen dataclasses, free of YAML and of validation: `grammar` judges what an officer wrote and
`build` makes these from it; `codec` carries them through a release, so that `run` never parses YAML.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from typing import Literal

Priority = Literal["high", "normal", "low"]
Frequency = Literal["must", "normal", "nice"]
#: What a campaign leaves by: as mail, to the webhook that the operator has set, or on lists for who does it by hand.
ChannelKind = Literal["email", "webhook", "handover"]
CHANNEL_KINDS: tuple[ChannelKind, ...] = ("email", "webhook", "handover")
StartKind = Literal["once", "every", "theme_day", "bundles", "date", "event", "outcome", "enters"]
EventKind = Literal["hired", "contract-changed", "retired", "moved", "household-changed", "died", "left"]
EVENT_KINDS: tuple[EventKind, ...] = (
    "hired",
    "contract-changed",
    "retired",
    "moved",
    "household-changed",
    "died",
    "left",
)
#: What becomes of an occurrence that lands on a closed day.
OnClosed = Literal["before", "after", "skip", "send"]
#: The segment that every workspace has: everybody entitled whom one may write to.
EVERYONE = "everyone"


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time in civil units: `90 days`, `2 weeks` (14 days), `6 months`, `2 years` (24 months)."""

    months: int = 0
    days: int = 0


@dataclass(frozen=True, slots=True)
class Day:
    """A civil day: fixed (`2026-10-17`), or counted from today (`90 days ago` has sign -1, `in 2 weeks` +1)."""

    fixed: date | None = None
    span: Span = Span()
    sign: Literal[-1, 1] = 1


# --- predicates ------------------------------------------------------------------------------------------

Op = Literal[
    "in", "under", "over", "at_least", "at_most", "between", "in_last", "in_next", "before", "after", "missing"
]


@dataclass(frozen=True, slots=True)
class Fact:
    """One comparison of a person's field; unknown where the field is empty (but for `missing`).

    ``in`` takes a tuple of values (one for plain equality); ``under, over, at_least, at_most`` a number, a
    day (dates) or a span (age, tenure); ``between`` two of them, both included; ``in_last, in_next`` a
    span, both ends included (`in_last: 90 days` is from today - 90 to today); ``before, after`` a day, itself
    excluded; ``missing`` True or False.
    """

    field: str
    op: Op
    values: tuple[str | int | float | bool | Span | Day, ...]


@dataclass(frozen=True, slots=True)
class All:
    """True when every part is; false when one is false; else unknown."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when one part is; false when every part is false; else unknown."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; unknown stays unknown."""

    part: Predicate


@dataclass(frozen=True, slots=True)
class InSegment:
    """Being in another segment."""

    segment: str


Predicate = Fact | All | AnyOf | Not | InSegment


@dataclass(frozen=True, slots=True)
class Segment:
    """A named group of people, decided anew each time it is asked."""

    id: str
    title: str
    where: Predicate


# --- campaigns -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Condition:
    """True once one of these holds: an event took effect, an outcome was recorded, the person is in a segment."""

    events: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Civil days that come back, as iCalendar's RRULE says them (RFC 5545), on plain dates."""

    #: What the officer wrote: `first tuesday of the month`.
    text: str
    #: The RRULE, without DTSTART: `FREQ=MONTHLY;BYDAY=+1TU`. Empty for days counted from Easter.
    rule: str
    #: Days after Easter Sunday (Gregorian), once a year; None when `rule` says it.
    easter: int | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """What sets a campaign going. `kind` says which of the other fields count."""

    kind: StartKind
    #: Local time of day at which it leaves; None: `send_at` of the workspace.
    at: time | None = None
    #: once: the day.
    on: date | None = None
    #: every: the recurrence, and from and until which day (both included).
    every: Recurrence | None = None
    first: date | None = None
    last: date | None = None
    #: theme_day: its id; date: the person's date field; event: the kind; outcome: its id; enters: the segment.
    name: str = ""
    #: theme_day and date: how long before.
    by: Span = Span()
    #: event and outcome: what happened longer ago when it was recorded starts nothing.
    ignore_if_older_than: Span | None = None
    #: event, outcome and enters: also those there were at the first approval.
    include_present: bool = False

    @property
    def is_per_person(self) -> bool:
        """Whether each person starts on a day of their own, and not all at once."""
        return self.kind in ("date", "event", "outcome", "enters")


@dataclass(frozen=True, slots=True)
class Last:
    """How the last of the reminders goes another way than those before it."""

    channel: ChannelKind
    #: Message; empty: as if it were one of the others.
    send: str = ""


@dataclass(frozen=True, slots=True)
class Remind:
    """The same message again, in other words, until the person has acted."""

    every: Span
    max_reminders: int
    until: Condition
    #: Messages of the reminders, in order, the last one repeating; empty: the step's own.
    send: tuple[str, ...] = ()
    #: The last of `max_reminders`; None: it is like the others.
    last: Last | None = None


@dataclass(frozen=True, slots=True)
class Pick:
    """Which offers a message shows to a person: the most useful ones, the same at each asking."""

    #: Offer ids to choose from, in the order of the definition.
    offers: tuple[str, ...]
    at_most: int
    at_least: int = 1
    not_again_within: Span | None = None
    #: Offers whose related ones come first.
    related_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """One way on from a branch, for those of whom it is known to hold."""

    when: Condition | None
    unless: Condition | None
    #: Place among the campaign's steps of its first one; where it has none, of what comes after the branch.
    first: int


@dataclass(frozen=True, slots=True)
class Branch:
    """A point at which people go different ways."""

    #: The first that is known to hold is taken.
    ways: tuple[Way, ...]
    #: Place of the first step of all others, and of those of whom facts are missing.
    otherwise: int
    unknown: int


#: What people are told of a session later: it changed, it is called off, it is tomorrow.
NoticeKind = Literal["moved", "cancelled", "eve"]
NOTICES: tuple[NoticeKind, ...] = ("moved", "cancelled", "eve")


@dataclass(frozen=True, slots=True)
class Notices:
    """The messages in which they are told; empty: in Outreach's own words."""

    moved: str = ""
    cancelled: str = ""
    eve: str = ""

    @property
    def messages(self) -> tuple[str, ...]:
        """The campaign's own."""
        return tuple(filter(None, (self.moved, self.cancelled, self.eve)))


@dataclass(frozen=True, slots=True)
class Wait:
    """A point at which people wait: for a day, for the next of days that come back, or until something happened."""

    day: date | None = None
    recurs: Recurrence | None = None
    until: Condition | None = None
    #: until: so long at most, in days; and whether the journey then ends.
    at_most: Span = Span()
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One message of a campaign, or a branch or a wait, which send none."""

    id: str
    #: Day counted from the start; 1 is the day of the start itself.
    day: int
    #: Message id; empty for a branch or a wait.
    send: str
    at: time | None = None
    unless: Condition | None = None
    remind: Remind | None = None
    pick: Pick | None = None
    #: Kind of the sessions that it invites to, each person to the next one; empty: to none.
    invite: str = ""
    notices: Notices = Notices()
    #: Latest time, from the moment it could first leave; None: the workspace's.
    expires_after: Span | None = None
    branch: Branch | None = None
    wait: Wait | None = None
    #: Place of the step that comes after it, the number of steps where none does; None: the next one.
    then: int | None = None

    def last(self, repetition: int) -> Last | None:
        """How the message of this number goes another way: 0 is the message itself, then come the reminders."""
        return self.remind.last if self.remind and repetition == self.remind.max_reminders else None

    def climbs(self, repetition: int) -> bool:
        """Whether another way comes later, so that who has no address for this message is not given up."""
        return self.remind is not None and self.remind.last is not None and repetition < self.remind.max_reminders

    def message(self, repetition: int) -> str:
        """Id of the message of this number."""
        if (last := self.last(repetition)) and last.send:
            return last.send
        if repetition and self.remind and self.remind.send:
            return self.remind.send[min(repetition, len(self.remind.send)) - 1]
        return self.send

    @property
    def messages(self) -> tuple[str, ...]:
        """The messages that it sends, those of its reminders too."""
        reminders = (*self.remind.send, *([self.remind.last.send] if self.remind.last else ())) if self.remind else ()
        return tuple(filter(None, (self.send, *reminders)))

    @property
    def told(self) -> tuple[str, ...]:
        """The messages in which people are told of a session later."""
        return tuple(self.notice(kind).send for kind in NOTICES) if self.invite else ()

    def notice(self, kind: NoticeKind) -> Step:
        """The step by which who was invited is told of the session later; its id is no id that can be written."""
        send: str = getattr(self.notices, kind) or f"{self.send}.{kind}"
        return Step(f"{self.id}.{kind}", self.day, send)


@dataclass(frozen=True, slots=True)
class Announcement:
    """What contacts are given to pass on about a campaign, by language; without a title, words of its own messages."""

    titles: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    #: Who it is for.
    who: dict[str, str] = field(default_factory=dict)
    #: Address of a picture, and what it shows.
    picture: str = ""
    shows: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Handover:
    """What a list for people who do it by hand says of each person: no more than is asked for."""

    #: Fields of the roster, and of the message `subject`, `text` and `recipient`.
    columns: tuple[str, ...] = ("person_id", "first_name", "last_name", "subject")


@dataclass(frozen=True, slots=True)
class Offered:
    """A channel by which people may choose to be reached."""

    #: What it is called on the page of their choices, by language; empty: in Outreach's own words.
    titles: dict[str, str] = field(default_factory=dict)
    #: handover: what the lists say of who chose it, where the campaign says nothing of lists.
    columns: tuple[str, ...] = ("first_name", "last_name", "street", "postal_code", "city", "text")


@dataclass(frozen=True, slots=True)
class Goal:
    """What is measured; it stops nothing."""

    outcome: str
    within: Span


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Who of the audience is left out when entering."""

    #: Campaigns that the person is in now.
    under_way: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reentry:
    """Whether who was in a campaign may be in it again."""

    kind: Literal["never", "after", "each event"] = "never"
    #: after: so long after the start before.
    after: Span = Span()


@dataclass(frozen=True, slots=True)
class Rollout:
    """Everybody of an occurrence is written to, in waves whose order is drawn by lot."""

    waves: int
    #: From one wave to the next.
    every: Span
    #: Whether only days count on which it may send (`spread`).
    open_days: bool = False


@dataclass(frozen=True, slots=True)
class Edited:
    """What becomes of people who are under way when another release of their campaign is approved."""

    #: They finish the release under which they are, or move to the new one.
    under_way: Literal["finish", "move"] = "finish"
    #: move: id of the step at which they go on.
    to: str = ""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A reason to write: to whom, from when, in which steps."""

    id: str
    title: str
    topic: str
    purpose: str
    owner: str
    #: Segment id.
    audience: str
    start: Start
    steps: tuple[Step, ...]
    except_: Exclusion = Exclusion()
    exit_when: Condition | None = None
    reentry: Reentry = Reentry()
    rollout: Rollout | None = None
    #: How many of its messages leave in one local day; None: as many as are due.
    at_most: int | None = None
    edited: Edited = Edited()
    goal: Goal | None = None
    priority: Priority = "normal"
    frequency: Frequency = "normal"
    approval: Literal["required", "none"] = "required"
    on_doubt: Literal["hold", "resend"] = "hold"
    channel: ChannelKind = "email"
    #: Channels by which it goes instead to who chose them; None: as the workspace says.
    by_choice: tuple[ChannelKind, ...] | None = None
    handover: Handover = Handover()
    #: On a closed day it leaves on the open day before or after, not at all, or all the same.
    on_closed: OnClosed = "after"
    #: When its messages may leave; empty: as the workspace says.
    windows: tuple[Window, ...] = ()
    #: Whether it leaves in blackouts too.
    through_blackouts: bool = False
    sender: str = "default"
    #: Offers that it is about.
    about: tuple[str, ...] = ()
    #: None: it stands in no bundle.
    announce: Announcement | None = Announcement()
    #: Whether it is counted how often its links are followed, by nobody's name.
    measure_links: bool = False
    #: True when an offer it is about, or a message it sends, is sensitive.
    sensitive: bool = False
    #: File it was read from, relative to the workspace.
    file: str = ""

    def step(self, name: str) -> Step:
        """The step of that id; of `invitation.moved`, the notice of the step that invites.

        Raises:
            KeyError: there is none.
        """
        written, _, kind = name.partition(".")
        for step in self.steps:
            if step.id == written:
                return next((step.notice(one) for one in NOTICES if one == kind), step)
        raise KeyError(name)

    def following(self, index: int) -> int | None:
        """Place of the step that comes after another one; None where none does."""
        then = self.steps[index].then
        return self.here(index + 1 if then is None else then)

    def here(self, index: int) -> int | None:
        """The place, where there is a step; None behind the last one."""
        return index if index < len(self.steps) else None

    def given_up(self, index: int) -> int | None:
        """Place at which who waited as long as one may goes on; None where nothing more comes."""
        wait = self.steps[index].wait
        return None if wait and wait.ends else self.following(index)

    def way(self, step: Step, repetition: int) -> ChannelKind:
        """What a step's message of this number leaves by."""
        last = step.last(repetition)
        return last.channel if last else self.channel

    @property
    def is_journey(self) -> bool:
        """Whether people are enrolled: it starts or ends per person, has more steps, begins on a later day, reminds."""
        return (
            self.start.is_per_person
            or self.exit_when is not None
            or len(self.steps) > 1
            or self.steps[0].day > 1
            or any(step.remind or step.branch or step.wait for step in self.steps)
        )


# --- dates -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Session:
    """Something that people can come to: an information session, a workshop, a consultation day."""

    id: str
    #: What sort of session it is: sessions of one sort stand for one another.
    kind: str
    #: By language.
    titles: dict[str, str]
    #: Civil day and times, in the workspace's time zone.
    on: date
    starts: time
    ends: time
    #: Where it is; empty: only at `link`.
    place: str = ""
    #: Where one takes part from afar, or reads more.
    link: str = ""
    #: In which it is held; empty: in whichever its visitors speak.
    language: str = ""
    #: How many can come; None: as many as like.
    seats: int | None = None
    #: Whose staff it is for, as the roster names the entity; empty: for everybody.
    entity: str = ""
    cancelled: bool = False

    def is_full(self, taken: int) -> bool:
        """Whether there is no seat left when so many are taken."""
        return self.seats is not None and taken >= self.seats


# --- content ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OfferText:
    """An offer in one language: what, how, who, when."""

    title: str
    what: str
    how: str
    who: str
    when: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """Something people are entitled to."""

    id: str
    texts: dict[str, OfferText]
    #: Segment id.
    audience: str = EVERYONE
    related: tuple[str, ...] = ()
    priority: Priority = "normal"
    sensitive: bool = False
    #: Words that an envelope (subject, preheader, link, List-Id) must never say.
    never_say: tuple[str, ...] = ()
    #: Outcome that says a person used it; never on a sensitive offer.
    outcome: str = ""
    #: Civil days between which it may be picked.
    available_from: date | None = None
    available_until: date | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """What a person can opt out of, in each language."""

    id: str
    titles: dict[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Something a person does that shows that the message worked."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Sender:
    """The name and face under a message."""

    id: str
    #: By language.
    names: dict[str, str]
    email: str
    reply_to: str = ""
    phone: str = ""
    #: By language; the closing lines of the message.
    signatures: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ThemeDay:
    """A day of the year that campaigns can count to."""

    id: str
    title: str
    on: Recurrence


@dataclass(frozen=True, slots=True)
class Closed:
    """Days on which nothing leaves, but for campaigns that say so."""

    #: Whose public holidays are among `days`: `BE`, `DE-BY`; empty for nobody's.
    holidays: str = ""
    #: Single days in order, the public holidays among them.
    days: tuple[date, ...] = ()
    #: Days that come back.
    rules: tuple[Recurrence, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of the week in which messages may leave, by the clock on the wall."""

    #: What the officer wrote: `mon-fri 08:00-18:00`.
    text: str
    #: Days of the week, Monday is 0.
    days: tuple[int, ...]
    opens: time
    #: Itself excluded; midnight is the end of the day.
    closes: time


@dataclass(frozen=True, slots=True)
class Blackout:
    """Days, both included, on which nothing leaves, but for campaigns that somebody must get and that say so."""

    first: date
    last: date
    why: str


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many messages to one person in a period, over all campaigns."""

    messages: int
    per: Span


@dataclass(frozen=True, slots=True)
class Budget:
    """What a simulation must not go over; None: no limit. It stops no message."""

    #: Messages to one person in a period, those outside the frequency cap included.
    per_person: Cap | None = None
    #: Messages to all people together in a calendar week.
    per_week: int | None = None
    #: Share of the messages, 0 to 1, that expire before they could leave.
    expired: float | None = None


@dataclass(frozen=True, slots=True)
class Bounces:
    """What is done about messages that come back."""

    #: Where they come back to; each message has a return address of its own below it. Empty: to the sender.
    address: str = ""
    #: Soft bounces in a row after which an address is no longer written to.
    soft_limit: int = 5
    #: A soft bounce so long after the one before is the first of a new row.
    forget_after: Span = Span(days=90)


@dataclass(frozen=True, slots=True)
class Bundles:
    """How often contacts are given a bundle of what reaches their entity's people."""

    every: Recurrence
    #: How long before the first message, at least, they have it.
    ahead: Span
    #: Address of the folder that `outreach feeds` writes; empty: nobody shows it.
    feeds: str = ""


@dataclass(frozen=True, slots=True)
class Tls:
    """Files in PEM, relative to the workspace."""

    certificate: str
    key: str


@dataclass(frozen=True, slots=True)
class Web:
    """How `serve` shows the pages behind the links in messages."""

    #: `HOST:PORT`; empty: nowhere.
    listen: str = ""
    #: Networks whose `X-Forwarded-…` is believed.
    trusted_proxies: tuple[str, ...] = ()
    tls: Tls | None = None
    #: Most kilobytes of a request's body.
    body_limit: int = 1000
    #: Most requests in a minute from one client, but for doors of machines and what many do by one address.
    requests_per_minute: int = 600
    #: Most seconds that a request may take.
    seconds: int = 10
    #: How long links to the pages work, counted from their message, but for those that stop a topic.
    links_valid: Span = Span(days=400)
    #: The outcome that says that somebody wants to be called; empty: nobody is asked.
    call_me: str = ""
    #: Outcome -> how a reader says it by a link in a message, by language.
    answers: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Retention:
    """How long what is no longer needed stays."""

    #: Messages in the outbox, hand-over lists, and mails that came back and that nobody understood.
    content: Span = Span(days=180)
    #: Answers of mail servers and desks, but for what a desk confirmed.
    receipts: Span = Span(days=730)
    #: What happened to people.
    events: Span = Span(days=1095)


FieldType = Literal["text", "choice", "date", "whole number", "number", "yes/no"]


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the roster: ours (`roster.fields`) or the organisation's own."""

    name: str
    type: FieldType
    #: Values allowed, for a choice.
    choices: tuple[str, ...] = ()
    title: str = ""
    #: True for the organisation's own, kept in `person.attributes`.
    custom: bool = False


@dataclass(frozen=True, slots=True)
class Mapping:
    """How an HR system's file names things."""

    #: Their column name -> our field.
    columns: dict[str, str]
    #: Our field -> their code -> our value.
    values: dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Pull:
    """People of a source that are asked for over HTTP, as pages of JSON."""

    url: str
    #: Where in an answer the people stand, members with full stops between; empty: it is the list itself.
    items: str = ""
    #: Where it says the address of the next page; empty: in the header `Link`.
    next: str = ""
    #: Where it says how many people there are; empty: nowhere.
    total: str = ""
    #: Local times at which it is pulled; empty: only when somebody asks.
    at: tuple[time, ...] = ()
    #: Networks that are not public and may be asked all the same.
    allow: tuple[str, ...] = ()
    pages: int = 1000
    megabytes: int = 100
    #: For all pages together.
    seconds: int = 600


@dataclass(frozen=True, slots=True)
class Drop:
    """A folder into which HR puts the files of a source."""

    #: Relative to the workspace, or absolute.
    folder: str
    #: Pattern of the names of files that are taken.
    names: str = "*"
    #: Seconds for which a file has lain untouched before it is taken.
    settled: int = 60
    #: Whether only a file with a marker beside it is taken.
    marked: bool = False
    #: Who is mailed what came of each file; empty: nobody.
    report_to: str = ""


@dataclass(frozen=True, slots=True)
class Workspace:
    """What `outreach.yaml` says for all campaigns."""

    organisation: dict[str, str]
    #: The first is the one used when a person's own is missing or not offered.
    languages: tuple[str, ...]
    #: Base of links in messages, without a slash at the end.
    public_url: str
    time_zone: str = "Europe/Brussels"
    send_at: time = time(9, 0)
    expires_after: Span = Span(days=14)
    frequency_cap: Cap | None = None
    #: A message that was passed over so often under the cap is reported.
    passed_over_limit: int = 3
    closed: Closed = Closed()
    #: When messages may leave; empty: at any hour.
    windows: tuple[Window, ...] = ()
    #: By channel, where they differ; then `windows` is empty.
    channel_windows: dict[str, tuple[Window, ...]] = field(default_factory=dict)
    blackouts: tuple[Blackout, ...] = ()
    budget: Budget = Budget()
    topics: dict[str, Topic] = field(default_factory=dict)
    #: Channels that people may choose between, by kind.
    channels: dict[str, Offered] = field(default_factory=dict)
    senders: dict[str, Sender] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    theme_days: dict[str, ThemeDay] = field(default_factory=dict)
    fields: dict[str, Field] = field(default_factory=dict)
    #: By source name; `default` serves every source without its own.
    mappings: dict[str, Mapping] = field(default_factory=dict)
    #: By source name.
    pulls: dict[str, Pull] = field(default_factory=dict)
    #: By source name.
    drops: dict[str, Drop] = field(default_factory=dict)
    #: Share of a source's people that a file may drop without being asked, 0 to 1.
    leavers_limit: float = 0.10
    #: Share of a campaign's messages that mail servers may refuse for good before it is paused, 0 to 1.
    pause_when_rejected: float = 0.10
    #: Counts of people below this are not shown.
    small_numbers: int = 10
    bounces: Bounces = Bounces()
    bundles: Bundles | None = None
    web: Web = Web()
    retention: Retention = Retention()

    @property
    def sender(self) -> Sender:
        """Who writes where no campaign does: the sender `default`, else the first. There is one at least."""
        return self.senders.get("default") or next(iter(self.senders.values()))


@dataclass(frozen=True, slots=True)
class MessageSource:
    """One file of a message, as written: `templates/<message>/<language>.md` or `.mjml`."""

    id: str
    language: str
    #: Relative to the workspace.
    file: str
    kind: Literal["markdown", "mjml"]
    #: Front matter; `layout` is the stem of a file in `templates/layouts/`.
    subject: str
    preheader: str
    layout: str
    body: str
    #: Line in the file, from 1, at which `subject`, `preheader`, `layout` and `body` start.
    lines: dict[str, int]
    #: Column, from 1, at which the values of `subject`, `preheader` and `layout` start.
    columns: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LayoutSource:
    """A layout as written: `templates/layouts/<id>.mjml`."""

    id: str
    file: str
    body: str


@dataclass(frozen=True, slots=True)
class MessageText:
    """A message in one language, compiled: Jinja2 sources whose MJML and Markdown are done."""

    subject: str
    preheader: str
    html: str
    text: str
    #: The text without its layout, for lists that people work from; empty where there is no layout.
    bare: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """What is said in one step, in every language of the workspace."""

    id: str
    texts: dict[str, MessageText]
    layout: str


@dataclass(frozen=True, slots=True)
class Fragment:
    """An offer as it stands inside a message: Jinja2-free HTML and text, one per language and layout."""

    html: str
    text: str


@dataclass(frozen=True, slots=True)
class Definitions:
    """A whole workspace, judged and compiled."""

    workspace: Workspace
    segments: dict[str, Segment]
    campaigns: dict[str, Campaign]
    offers: dict[str, Offer]
    messages: dict[str, Message]
    #: offer id -> layout -> language -> fragment.
    fragments: dict[str, dict[str, dict[str, Fragment]]]
    sessions: dict[str, Session] = field(default_factory=dict)
