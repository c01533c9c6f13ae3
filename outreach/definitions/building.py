"""Forms that were judged become the nouns of `model`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from outreach.definitions.branching import lay_out
from outreach.definitions.fields import ENTITLED
from outreach.definitions.forms import campaigns as written
from outreach.definitions.forms import starts
from outreach.definitions.forms.conditions import condition
from outreach.definitions.forms.hours import ChannelWindowsForm, ClosedForm
from outreach.definitions.forms.limits import CapForm
from outreach.definitions.forms.offers import OfferForm
from outreach.definitions.forms.segments import AllForm, AnyForm, NotForm, WhereForm
from outreach.definitions.forms.sessions import SessionForm
from outreach.definitions.forms.web import WebForm
from outreach.definitions.forms.workspace import MappingForm, SenderForm, WorkspaceForm
from outreach.definitions.model import (
    EVERYONE,
    NOTICES,
    All,
    AnyOf,
    Blackout,
    Bounces,
    Budget,
    Campaign,
    Cap,
    ChannelKind,
    Closed,
    Condition,
    Edited,
    Exclusion,
    Fact,
    Field,
    FieldType,
    Goal,
    Handover,
    InSegment,
    Last,
    Not,
    Notices,
    Offer,
    OfferText,
    Outcome,
    Pick,
    Predicate,
    Priority,
    Recurrence,
    Remind,
    Retention,
    Rollout,
    Segment,
    Sender,
    Session,
    Span,
    Start,
    Step,
    ThemeDay,
    Tls,
    Topic,
    Web,
    Window,
    Workspace,
)  # fmt: skip
from outreach.definitions.model import Mapping as ColumnMapping
from outreach.definitions.public_holidays import public_holidays

EVERYONE_SEGMENT = Segment(EVERYONE, "Everyone", Fact("status", "in", ENTITLED))


def build_workspace(form: WorkspaceForm) -> Workspace:
    """What `outreach.yaml` says."""
    return Workspace(
        organisation=form.organisation,
        languages=tuple(form.languages),
        public_url=form.public_url,
        time_zone=form.time_zone,
        send_at=form.send_at,
        expires_after=form.expires_after,
        closed=build_closed(form.closed),
        windows=tuple(form.windows) if isinstance(form.windows, list) else (),
        channel_windows=_by_channel(form.windows) if isinstance(form.windows, ChannelWindowsForm) else {},
        blackouts=tuple(Blackout(one.from_, one.until, one.why) for one in form.blackouts),
        frequency_cap=_cap(form.frequency_cap),
        passed_over_limit=form.passed_over_limit,
        budget=Budget(_cap(form.budget.per_person), form.budget.per_week, form.budget.expired),
        topics={name: Topic(name, titles) for name, titles in form.topics.items()},
        senders={name: _sender(name, sender) for name, sender in form.senders.items()},
        outcomes={name: Outcome(name, title) for name, title in form.outcomes.items()},
        theme_days={name: ThemeDay(name, day.title or name, day.on) for name, day in form.theme_days.items()},
        fields={name: Field(name, cast(FieldType, field.type), tuple(field.choices), field.title, custom=True)
                for name, field in form.fields.items()},
        mappings={source: _mapping(mapping) for source, mapping in form.roster.mappings.items()},
        leavers_limit=form.roster.leavers_limit,
        pause_when_rejected=form.pause_when_rejected,
        small_numbers=form.small_numbers,
        bounces=Bounces(form.bounces.address, form.bounces.soft_limit, form.bounces.forget_after),
        web=_web(form.web),
        retention=Retention(form.retention.content, form.retention.receipts, form.retention.events),
    )  # fmt: skip


def build_closed(form: ClosedForm) -> Closed:
    """The public holidays become days here: what runs by a release needs no library for them."""
    public = public_holidays(form.holidays) if form.holidays else ()
    own = (day for day in form.also if isinstance(day, date))
    rules = tuple(day for day in form.also if isinstance(day, Recurrence))
    return Closed(form.holidays, tuple(sorted({*public, *own})), rules)


def _by_channel(form: ChannelWindowsForm) -> dict[str, tuple[Window, ...]]:
    named: dict[ChannelKind, list[Window]] = {
        "email": form.email, "webhook": form.webhook, "handover": form.handover,
    }  # fmt: skip
    return {channel: tuple(windows) for channel, windows in named.items() if windows}


def _cap(form: CapForm | None) -> Cap | None:
    return Cap(form.messages, form.per) if form else None


def _web(form: WebForm) -> Web:
    return Web(
        listen=form.listen,
        trusted_proxies=tuple(form.trusted_proxies),
        tls=Tls(form.tls.certificate, form.tls.key) if form.tls else None,
        body_limit=form.body_limit,
        requests_per_minute=form.requests_per_minute,
        seconds=form.seconds,
        call_me=form.call_me,
    )


def _sender(name: str, form: SenderForm) -> Sender:
    return Sender(name, form.name, form.email, form.reply_to, form.phone, form.signature)


def _mapping(form: MappingForm) -> ColumnMapping:
    return ColumnMapping(dict(form.columns), form.values)


def build_segment(name: str, form: Any) -> Segment:
    """A segment of `segments.yaml`."""
    return Segment(name, form.title or name, predicate(form))


def predicate(part: Any) -> Predicate:
    """The predicate of a segment id or of a group."""
    match part:
        case str():
            return InSegment(part)
        case WhereForm():
            return cast(Predicate, part.where)
        case AllForm():
            return All(tuple(predicate(item) for item in part.all))
        case AnyForm():
            return AnyOf(tuple(predicate(item) for item in part.any))
        case NotForm():
            return Not(predicate(part.not_))
    raise TypeError(type(part).__name__)


def build_offer(name: str, form: OfferForm) -> Offer:
    """An offer of the catalogue."""
    available = form.available
    return Offer(
        name,
        {
            language: OfferText(text.title, text.what, text.how, text.who, text.when, text.link)
            for language, text in form.texts.items()
        },
        audience=form.audience,
        related=tuple(form.related),
        priority=cast(Priority, form.priority),
        sensitive=form.sensitive,
        never_say=tuple(form.never_say),
        outcome=form.outcome or "",
        available_from=available.from_ if available else None,
        available_until=available.until if available else None,
    )


def build_session(name: str, form: SessionForm) -> Session:
    """A session of the calendar."""
    return Session(
        id=name,
        kind=form.kind,
        titles=form.title,
        on=form.on,
        starts=form.starts,
        ends=form.ends,
        place=form.place,
        link=form.link,
        language=form.language or "",
        seats=form.seats,
        entity=form.entity,
        cancelled=form.cancelled,
    )


def build_campaign(name: str, form: written.CampaignForm, file: str, offers: Mapping[str, Offer]) -> Campaign:
    """A campaign; `offers` are all of the catalogue, in the order of their files."""
    steps = lay_out(form.steps, lambda step: _step(step, form, offers))
    return Campaign(
        id=name,
        title=form.title,
        topic=form.topic,
        purpose=form.purpose,
        owner=form.owner,
        audience=form.audience,
        start=build_start(form.start),
        steps=steps,
        except_=_exclusion(form.except_),
        exit_when=condition(form.exit_when),
        reentry=form.reentry,
        rollout=_rollout(form),
        edited=Edited(cast(Any, form.edited.under_way), form.edited.to) if form.edited else Edited(),
        goal=Goal(form.goal.outcome, form.goal.within) if form.goal else None,
        priority=cast(Priority, form.priority),
        frequency=cast(Any, form.frequency),
        approval=cast(Any, form.approval),
        on_doubt=cast(Any, form.on_doubt),
        channel=cast(Any, form.channel),
        handover=Handover(tuple(form.handover.columns)) if form.handover else Handover(),
        on_closed=cast(Any, form.on_closed),
        windows=tuple(form.windows),
        through_blackouts=form.through_blackouts,
        sender=form.sender or "default",
        about=tuple(form.about),
        sensitive=_sensitive(form, steps, offers),
        file=file,
    )


def _sensitive(form: written.CampaignForm, steps: tuple[Step, ...], offers: Mapping[str, Offer]) -> bool:
    """Whether receiving it says something about the reader: it is about such an offer, or shows none but such."""

    def is_sensitive(offer: str) -> bool:
        return offer in offers and offers[offer].sensitive

    shows = [step.pick.offers for step in steps if step.pick]
    return any(map(is_sensitive, form.about)) or any(picks and all(map(is_sensitive, picks)) for picks in shows)


def _rollout(form: written.CampaignForm) -> Rollout | None:
    if form.spread:
        return Rollout(form.spread.days, Span(days=1), open_days=True)
    return Rollout(form.rollout.waves, form.rollout.every) if form.rollout else None


def _exclusion(form: written.ExceptForm | None) -> Exclusion:
    return Exclusion(tuple(form.under_way), tuple(form.segment), tuple(form.outcome)) if form else Exclusion()


def _step(form: written.StepForm, campaign: written.CampaignForm, offers: Mapping[str, Offer]) -> Step:
    return Step(
        id=form.id,
        day=form.day,
        send=form.send or form.id,
        at=form.at,
        unless=condition(form.unless),
        remind=_remind(form.remind) if form.remind else None,
        pick=_pick(form.pick, campaign, offers) if form.pick else None,
        invite=form.invite or "",
        notices=Notices(*(getattr(form.notices, kind, None) or "" for kind in NOTICES)),
        expires_after=form.expires_after,
    )


def _remind(form: written.RemindForm) -> Remind:
    last = Last(cast(Any, form.last.channel), form.last.send or "") if form.last else None
    return Remind(form.every, form.max_reminders, condition(form.until) or Condition(), tuple(form.send), last)


def _pick(form: written.PickForm, campaign: written.CampaignForm, offers: Mapping[str, Offer]) -> Pick:
    chosen = tuple(offers) if form.from_ is None else tuple(form.from_)
    related = form.related_to if form.related_to is not None else campaign.about
    return Pick(chosen, form.at_most, form.at_least, form.not_again_within, tuple(related))


def build_start(form: Any) -> Start:
    """What sets a campaign going."""
    match form:
        case starts.OnceForm():
            return Start("once", form.at, on=form.once)
        case starts.EveryForm():
            return Start("every", form.at, every=form.every, first=form.from_, last=form.until)
        case starts.BeforeForm(before=starts.ThemeDayForm() as day):
            return Start("theme_day", form.at, name=day.theme_day, by=day.by)
        case starts.BeforeForm(before=starts.DateForm() as day):
            return Start("date", form.at, name=day.date, by=day.by)
        case starts.EventForm():
            return Start("event", form.at, name=form.event, ignore_if_older_than=form.ignore_if_older_than,
                         include_present=form.include_present)  # fmt: skip
        case starts.EntersForm():
            return Start("enters", form.at, name=form.enters, include_present=form.include_present)
    raise TypeError(type(form).__name__)
