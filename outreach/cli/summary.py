"""What an approver must see of a campaign: its steps, subjects, audience, first sends and digest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from itertools import takewhile
from typing import TYPE_CHECKING

from outreach.cli import sampling
from outreach.cli.moves import Moving
from outreach.cli.output import table
from outreach.cli.tellings import Told
from outreach.definitions.by_choice import alternatives
from outreach.definitions.model import NOTICES, Campaign, Definitions, Span, Start, Step
from outreach.definitions.waits import wait_in_words
from outreach.definitions.ways import branch_in_words

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from outreach.outcomes.segment_counts import SegmentCount
    from outreach.rendering.composer import Composer

#: Sends shown, and how far ahead they are sought.
_SENDS, _AHEAD = 3, timedelta(days=400)

#: When people are told of a session later.
_WHEN = {"moved": "at a change", "cancelled": "called off", "eve": "day before"}


@dataclass(frozen=True, slots=True)
class StepSummary:
    """One message of a step, as an approver reads it; a reminder only where it says something else."""

    step: str
    #: Counted from the start; 1 is its day.
    day: int
    #: Local time; of what is told of a session later, when that is.
    at: str
    message: str
    #: 0 for the message itself.
    reminder: int
    #: In words; empty where it is sent once.
    reminders: str
    #: Language -> subject line, as somebody made up would read it.
    subjects: dict[str, str]


@dataclass(frozen=True, slots=True)
class Summary:
    """A campaign of the current release, as an approver reads it."""

    campaign: str
    title: str
    digest: str
    #: Segment id, and how many people it has now.
    audience: str
    people: int | None
    indeterminate: int | None
    starts: str
    #: Local times of the next sends, where they can be known now.
    first_sends: list[datetime]
    steps: list[StepSummary]
    #: Branch -> its day and its ways, in words.
    branches: dict[str, str]
    #: Wait -> its day, and until when, in words.
    waits: dict[str, str]
    #: What becomes of who is under way in an older release of it.
    under_way: list[Moving]
    #: Who will be told that a session changed.
    sessions: list[Told]
    #: Its rollout in words; empty where it goes to all at once.
    waves: str = ""
    #: Channels by which it goes to who chose them.
    by_choice: tuple[str, ...] = ()
    #: How many leave in a day, and whether that is enough; empty where there is no limit.
    limit: str = ""
    #: Whether it is counted how often its links are followed.
    measured: bool = False
    #: That its only day is past, and what that means; empty where it is not.
    missed: str = ""


def summarise(
    definitions: Definitions,
    composer: Composer,
    name: str,
    digest: str,
    now: datetime,
    audience: SegmentCount,
    under_way: list[Moving],
    sessions: list[Told],
) -> Summary:
    """The campaign of that name; `audience` is what `audiences` told about its own."""
    from outreach.planning.calendar import occurrences, zone

    campaign = definitions.campaigns[name]
    where = zone(definitions.workspace.time_zone)
    today = now.astimezone(where).replace(hour=0, minute=0, second=0, microsecond=0)
    sends = occurrences(definitions.workspace, campaign, today, now + _AHEAD)[:_SENDS]
    return Summary(
        campaign=name,
        title=campaign.title,
        digest=digest,
        audience=campaign.audience,
        people=audience.people,
        indeterminate=audience.indeterminate,
        starts=starts_in_words(campaign.start),
        waves=_waves(campaign),
        by_choice=alternatives(definitions.workspace.channels, campaign),
        limit=_limit(definitions, campaign, audience.people, [send.day for send in sends]),
        measured=campaign.measure_links,
        first_sends=[send.at.astimezone(where) for send in sends],
        missed=missed(definitions, campaign, today.date()),
        steps=[message for step in campaign.steps for message in _messages(definitions, composer, campaign, step, now)],
        branches={
            step.id: f"on day {step.day}: {branch_in_words(campaign, step)}" for step in campaign.steps if step.branch
        },
        waits={step.id: f"from day {step.day} {wait_in_words(campaign, step)}" for step in campaign.steps if step.wait},
        under_way=under_way,
        sessions=sessions,
    )


def text(summary: Summary, limit: int) -> str:
    """The summary as a page."""
    from outreach.outcomes.small_numbers import in_words

    languages = list(dict.fromkeys(language for step in summary.steps for language in step.subjects))
    headers = ("step", "day", "at", "reminders", *(f"subject ({language})" for language in languages))
    steps = table(headers, [_line(step, languages) for step in summary.steps])
    people = in_words(summary.people, limit)
    unknown = f", {in_words(summary.indeterminate, limit)} indeterminate" if summary.indeterminate != 0 else ""
    sends = "; ".join(f"{send:%A %d %B %Y %H:%M}" for send in summary.first_sends)
    return "\n".join(filter(None, (
        f"{summary.title} ({summary.campaign})",
        f"Starts    {summary.starts}",
        f"In        {summary.waves}" if summary.waves else "",
        f"To        {summary.audience}: {people} people now{unknown}",
        f"Or by     {', '.join(summary.by_choice)}, to who chose it" if summary.by_choice else "",
        f"At most   {summary.limit}" if summary.limit else "",
        f"First on  {sends}" if sends else "",
        "Counts    how often its links are followed, not by whom" if summary.measured else "",
        f"Note      {summary.missed}" if summary.missed else "",
        *(f"Now       {one.words}" for one in summary.under_way),
        *(f"Now       {one.words}" for one in summary.sessions),
        f"Digest    {summary.digest}",
        "",
        steps,
        *(f"Branch {name}, {ways}" for name, ways in summary.branches.items()),
        *(f"Wait {name}, {until}" for name, until in summary.waits.items()),
    )))  # fmt: skip


def _limit(definitions: Definitions, campaign: Campaign, people: int | None, days: Sequence[date]) -> str:
    """`40 a day`, and for what goes to all at once how many of them that is in time, where not for all."""
    from outreach.definitions.civil import later
    from outreach.planning.openings import hours_of

    if campaign.at_most is None:
        return ""
    told = f"{campaign.at_most} a day"
    if not days or people is None or campaign.rollout:
        return told
    last = later(days[0], campaign.steps[0].expires_after or definitions.workspace.expires_after)
    open_days = hours_of(definitions.workspace, campaign, campaign.channel).sending_days(days[0])
    in_time = campaign.at_most * sum(1 for _ in takewhile(lambda day: day < last, open_days))
    return told if in_time >= people else f"{told}: {in_time} of {people} before {last}, when it expires for the others"


def missed(definitions: Definitions, campaign: Campaign, today: date) -> str:
    """Of what starts once for all: whether its day is past, and whether it may still leave."""
    from outreach.definitions.civil import later
    from outreach.definitions.closed_days import landing

    meant = campaign.start.on
    lands = landing(definitions.workspace.closed, meant, campaign.on_closed) if meant else None
    if lands is None or lands >= today or campaign.rollout:
        return ""
    last = later(lands, campaign.steps[0].expires_after or definitions.workspace.expires_after)
    if last < today:
        return f"its day, {lands}, and its latest time are past: nobody gets it any more"
    return f"its day, {lands}, is past: who has not had it gets it at once, until {last}"


def _line(step: StepSummary, languages: Sequence[str]) -> tuple[object, ...]:
    subjects = [step.subjects.get(language) for language in languages]
    if step.reminder:
        return f"{step.step}, reminder {step.reminder}", "", "", "", *subjects
    return step.step, step.day, step.at, step.reminders, *subjects


def starts_in_words(start: Start) -> str:
    """What sets the campaign going, as a sentence without a verb."""
    match start.kind:
        case "once":
            return f"once, on {start.on}"
        case "every":
            limits = "".join(
                (f", from {start.first}" if start.first else "", f", until {start.last}" if start.last else "")
            )
            return f"every {start.every.text if start.every else ''}{limits}"
        case "bundles":
            return "with the bundles, as often as outreach.yaml says"
        case "theme_day":
            return f"{_span(start.by)} before the theme day {start.name}"
        case "date":
            return f"{_span(start.by)} before the person's {start.name}"
        case "event":
            limit = f", at most {_span(start.ignore_if_older_than)} ago" if start.ignore_if_older_than else ""
            return f"for each person, when `{start.name}` happens{limit}"
        case "outcome":
            limit = f", at most {_span(start.ignore_if_older_than)} ago" if start.ignore_if_older_than else ""
            return f"for each person, when `{start.name}` is on record{limit}"
        case "enters":
            return f"for each person, on entering the segment {start.name}"


def audiences(connection: Connection, definitions: Definitions, now: datetime) -> dict[str, SegmentCount]:
    """The size of every segment, told or hidden exactly as `outreach segments` does."""
    from outreach.definitions.model import EVERYONE
    from outreach.outcomes.segment_counts import count
    from outreach.planning.calendar import civil_day, zone
    from outreach.roster.segments import Segments

    workspace = definitions.workspace
    segments = Segments(definitions.segments, workspace.fields, civil_day(now, zone(workspace.time_zone)))
    names = list(dict.fromkeys([EVERYONE, *definitions.segments]))
    return {one.segment: one for one in count(connection, segments, names, workspace.small_numbers)}


def _messages(
    definitions: Definitions, composer: Composer, campaign: Campaign, step: Step, now: datetime
) -> Iterator[StepSummary]:
    """The message of a step, and its reminders that come in other words; a branch and a wait have none."""
    from outreach.planning.calendar import time_of

    at = f"{time_of(definitions.workspace, campaign, step):%H:%M}"
    if not step.send:
        return
    before: tuple[str, dict[str, str]] | None = None
    for number in range((step.remind.max_reminders if step.remind else 0) + 1):
        message = step.message(number)
        subjects = _subjects(definitions, composer, campaign, step, number, now)
        if (message, subjects) != before:
            yield StepSummary(step.id, step.day, at, message, number, "" if number else _reminders(step), subjects)
        before = message, subjects
    for kind in NOTICES if step.invite else ():
        notice = step.notice(kind)
        subjects = _subjects(definitions, composer, campaign, notice, 0, now)
        yield StepSummary(notice.id, step.day, _WHEN[kind], notice.send, 0, "", subjects)


def _subjects(
    definitions: Definitions, composer: Composer, campaign: Campaign, step: Step, reminder: int, now: datetime
) -> dict[str, str]:
    reader, picks = sampling.made_up(definitions), sampling.made_up_picks(definitions, campaign)
    found = {}
    for language in definitions.workspace.languages:
        (sample,) = sampling.samples(
            definitions, composer, campaign, reader, picks,
            steps=(step.id,), language=language, reminder=reminder, label="approval", now=now,
        )  # fmt: skip
        mail = message_from_bytes(sample.mail.to_bytes(), policy=policy.default)
        found[sample.language] = str(mail["Subject"])
    return found


def _reminders(step: Step) -> str:
    if step.remind is None:
        return ""
    last = f", the last one by {step.remind.last.channel}" if step.remind.last else ""
    return f"{step.remind.max_reminders} ×, every {_span(step.remind.every)}{last}"


def _waves(campaign: Campaign) -> str:
    rollout = campaign.rollout
    if rollout and rollout.open_days:
        return f"{rollout.waves} days on which it may send, drawn by lot"
    return f"{rollout.waves} waves, {_span(rollout.every)} from one to the next, drawn by lot" if rollout else ""


def _span(span: Span) -> str:
    parts = ((span.months, "month"), (span.days, "day"))
    return " and ".join(f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in parts if n) or "0 days"
