"""The form of `outreach.yaml`, judged, becomes the `Workspace` of `model`."""

from __future__ import annotations

from datetime import date
from typing import cast

from outreach.definitions.fields import ENTITLED
from outreach.definitions.forms.bundles import build_bundles
from outreach.definitions.forms.by_choice import build_channels
from outreach.definitions.forms.drops import build_drop
from outreach.definitions.forms.hours import ChannelWindowsForm, ClosedForm
from outreach.definitions.forms.limits import CapForm
from outreach.definitions.forms.pulls import build_pull
from outreach.definitions.forms.web import WebForm
from outreach.definitions.forms.workspace import MappingForm, SenderForm, WorkspaceForm
from outreach.definitions.model import (
    EVERYONE,
    Blackout,
    Bounces,
    Budget,
    Cap,
    ChannelKind,
    Closed,
    Fact,
    Field,
    FieldType,
    Outcome,
    Recurrence,
    Retention,
    Segment,
    Sender,
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
        channels=build_channels(form.channels),
        senders={name: _sender(name, sender) for name, sender in form.senders.items()},
        outcomes={name: Outcome(name, title) for name, title in form.outcomes.items()},
        theme_days={name: ThemeDay(name, day.title or name, day.on) for name, day in form.theme_days.items()},
        fields={name: Field(name, cast(FieldType, field.type), tuple(field.choices), field.title, custom=True)
                for name, field in form.fields.items()},
        pulls={source: build_pull(pull) for source, pull in form.roster.pulls.items()},
        drops={source: build_drop(drop) for source, drop in form.roster.drops.items()},
        mappings={source: _mapping(mapping) for source, mapping in form.roster.mappings.items()},
        leavers_limit=form.roster.leavers_limit,
        pause_when_rejected=form.pause_when_rejected,
        small_numbers=form.small_numbers,
        bounces=Bounces(form.bounces.address, form.bounces.soft_limit, form.bounces.forget_after),
        bundles=build_bundles(form.bundles),
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
        links_valid=form.links_valid,
        call_me=form.call_me,
        answers=dict(form.answers),
    )


def _sender(name: str, form: SenderForm) -> Sender:
    return Sender(name, form.name, form.email, form.reply_to, form.phone, form.signature)


def _mapping(form: MappingForm) -> ColumnMapping:
    return ColumnMapping(dict(form.columns), form.values)
