"""Forms that were judged become the nouns of `model`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from outreach.definitions.branching import lay_out
from outreach.definitions.fields import ENTITLED
from outreach.definitions.forms import campaigns as written
from outreach.definitions.forms import starts
from outreach.definitions.forms.bundles import build_announcement
from outreach.definitions.forms.conditions import condition
from outreach.definitions.forms.offers import OfferForm
from outreach.definitions.forms.segments import AllForm, AnyForm, NotForm, WhereForm
from outreach.definitions.forms.sessions import SessionForm
from outreach.definitions.model import (
    EVERYONE,
    NOTICES,
    All,
    AnyOf,
    Campaign,
    Condition,
    Edited,
    Exclusion,
    Fact,
    Goal,
    Handover,
    InSegment,
    Last,
    Not,
    Notices,
    Offer,
    OfferText,
    Pick,
    Predicate,
    Priority,
    Remind,
    Rollout,
    Segment,
    Session,
    Span,
    Start,
    Step,
)  # fmt: skip

EVERYONE_SEGMENT = Segment(EVERYONE, "Everyone", Fact("status", "in", ENTITLED))


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
        at_most=form.at_most,
        edited=Edited(cast(Any, form.edited.under_way), form.edited.to) if form.edited else Edited(),
        goal=Goal(form.goal.outcome, form.goal.within) if form.goal else None,
        priority=cast(Priority, form.priority),
        frequency=cast(Any, form.frequency),
        approval=cast(Any, form.approval),
        on_doubt=cast(Any, form.on_doubt),
        channel=cast(Any, form.channel),
        by_choice=form.by_choice,
        handover=Handover(tuple(form.handover.columns)) if form.handover else Handover(),
        on_closed=cast(Any, form.on_closed),
        windows=tuple(form.windows),
        through_blackouts=form.through_blackouts,
        sender=form.sender or "default",
        about=tuple(form.about),
        announce=build_announcement(form.announce),
        measure_links=form.measure_links,
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
        case starts.BundlesForm():
            return Start("bundles", form.at)
        case starts.BeforeForm(before=starts.ThemeDayForm() as day):
            return Start("theme_day", form.at, name=day.theme_day, by=day.by)
        case starts.BeforeForm(before=starts.DateForm() as day):
            return Start("date", form.at, name=day.date, by=day.by)
        case starts.EventForm():
            return Start("event", form.at, name=form.event, ignore_if_older_than=form.ignore_if_older_than,
                         include_present=form.include_present)  # fmt: skip
        case starts.OutcomeForm():
            return Start("outcome", form.at, name=form.outcome, ignore_if_older_than=form.ignore_if_older_than,
                         include_present=form.include_present)  # fmt: skip
        case starts.EntersForm():
            return Start("enters", form.at, name=form.enters, include_present=form.include_present)
    raise TypeError(type(form).__name__)
