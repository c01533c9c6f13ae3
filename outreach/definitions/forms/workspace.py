"""The form of `outreach.yaml`: what holds for all campaigns."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, WithJsonSchema, field_validator

from outreach.definitions.fields import DERIVED, FIELDS
from outreach.definitions.forms import kinds
from outreach.definitions.forms.bounces import BouncesForm
from outreach.definitions.forms.bundles import BundlesForm
from outreach.definitions.forms.by_choice import ChannelsForm
from outreach.definitions.forms.drops import DropForm
from outreach.definitions.forms.hours import AnyWindows, BlackoutForm, ClosedForm
from outreach.definitions.forms.kinds import Form, Id, Kind, Line, Mistake, refuse_all, scalar, whole
from outreach.definitions.forms.limits import BudgetForm, CapForm
from outreach.definitions.forms.pulls import PullForm
from outreach.definitions.forms.retention import RetentionForm
from outreach.definitions.forms.texts import Lines, Texts
from outreach.definitions.forms.web import WebForm
from outreach.definitions.model import Recurrence, Span
from outreach.definitions.names import LANGUAGE, Names
from outreach.definitions.recurrences import parse_undated
from outreach.definitions.refusal import RefusedError, advice, shown
from outreach.definitions.zones import read_zone


def _zone(value: object, _names: Names) -> str:
    return read_zone(scalar(value, "a time zone", "Europe/Brussels"))


#: Secure, but for trying things out on one's own machine (RFC 8058 wants https in List-Unsubscribe).
_PUBLIC = re.compile(r"(https://[A-Za-z0-9.-]+|http://(localhost|127\.0\.0\.1))(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?")


def _url(value: object, _names: Names) -> str:
    text = scalar(value, "a web address", "https://outreach.example").strip()
    if not _PUBLIC.fullmatch(text):
        raise RefusedError(
            f"{shown(text)} is no web address", "Write it with https:// in front: `https://outreach.example`."
        )
    return text.rstrip("/")


def _language(value: object, _names: Names) -> str:
    text = scalar(value, "a language code", "nl")
    if not LANGUAGE.fullmatch(text):
        raise RefusedError(
            f"{shown(text)} is no language code", "Write two lower-case letters: `nl`, `fr`, `en`, `de`."
        )
    return text


def _field_name(value: object, _names: Names) -> str:
    text = scalar(value, "a field name", "works_shifts")
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,49}", text):
        raise RefusedError(
            f"{shown(text)} is no name for a field", "Use lower-case letters, digits and underscores: `works_shifts`."
        )
    if text in FIELDS or text in DERIVED:
        raise RefusedError(f"`{text}` is a field of every roster already", "Take another name.")
    return text


def _roster_field(value: object, names: Names) -> str:
    name = scalar(value, "a field of the roster", "hired_on")
    if name not in names.fields and not names.is_broken(name):
        raise RefusedError(f"the roster has no field {shown(name)}", advice(name, names.fields, "fields"))
    return name


class SenderForm(Form):
    """The name and face under a message."""

    name: Lines = Field(description="Name that the reader sees.")
    email: kinds.Email = Field(description="Address that the messages come from.")
    reply_to: kinds.Email = Field("", description="Address that answers go to; `email` where not said.")
    phone: Line = Field("", description="Telephone number, as people read it.")
    signature: Texts = Field({}, description="Closing lines of the message.")


class ThemeDayForm(Form):
    """A day of the year that campaigns can count to."""

    title: Line = Field("", description="What it is called; the id where not said.")
    on: Annotated[
        Any,
        WithJsonSchema({"type": "string", "$comment": "a recurrence", "examples": ["17 october", "easter + 39 days"]}),
    ] = Field(description="A recurrence in English words.")

    @field_validator("on", mode="plain")
    @classmethod
    def _read_on(cls, value: object, _info: ValidationInfo) -> Recurrence:
        return parse_undated(scalar(value, "a recurrence", "17 october"))


class FieldForm(Form):
    """A column of the organisation's own."""

    type: Annotated[str, kinds.choice("text", "choice", "date", "whole number", "number", "yes/no")] = Field(
        description="What kind of value it holds."
    )
    choices: list[Line] = Field([], description="Values allowed; for `choice` alone, and required there.")
    title: Line = Field("", description="What it is called.")

    @field_validator("choices", mode="after")
    @classmethod
    def _fit(cls, choices: list[str], info: ValidationInfo) -> list[str]:
        kind = info.data.get("type")
        if kind not in (None, "choice") and choices:
            raise RefusedError(
                f"choices go with the type `choice`, not with `{kind}`", "Write `type: choice`, or leave choices out."
            )
        return choices


_CODE_EXAMPLE = {"status": {"A": "active", "P": "retired"}}
_CODES = {
    "type": "object",
    "additionalProperties": {"type": "object", "additionalProperties": {"type": "string"}},
    "examples": [_CODE_EXAMPLE],
}


def _values(value: object, names: Names) -> dict[str, dict[str, str]]:
    """Our field -> their code -> our value, each allowed for its field."""
    if not isinstance(value, dict):
        raise RefusedError(
            f"expected fields and their codes, found {kinds.found(value)}", "Write `{status: {A: active}}`."
        )
    mistakes: list[Mistake] = []
    table: dict[str, dict[str, str]] = {}
    for name, codes in value.items():
        try:
            table[_roster_field(name, names)] = _codes(name, codes, names, mistakes)
        except RefusedError as error:
            mistakes.append(((name, "[key]"), error))
    refuse_all("values", mistakes)
    return table


def _codes(name: str, codes: object, names: Names, mistakes: list[Mistake]) -> dict[str, str]:
    if not isinstance(codes, dict):
        mistakes.append(((name,), RefusedError(f"expected codes, found {kinds.found(codes)}", "Write `{A: active}`.")))
        return {}
    allowed = names.fields[name].choices if name in names.fields else ()
    table: dict[str, str] = {}
    for code, ours in codes.items():
        try:
            # A code without a value of ours: the fact is not known then.
            table[code] = "" if ours is None else scalar(ours, "a value of ours", "active")
        except RefusedError as error:
            mistakes.append(((name, code), error))
            continue
        if table[code] and allowed and table[code] not in allowed:
            remedy = advice(table[code], allowed, f"values of `{name}`")
            mistakes.append(((name, code), RefusedError(f"`{name}` is never {shown(table[code])}", remedy)))
    return table


class MappingForm(Form):
    """How an HR system's file names things."""

    columns: dict[
        Line,
        Annotated[
            str, Kind(_roster_field, {"type": "string", "$comment": "a field of the roster", "examples": list(FIELDS)})
        ],
    ] = Field({}, description="Their column -> our field.", examples=[{"Stamnummer": "person_id"}])
    values: Annotated[dict[str, dict[str, str]], Kind(_values, _CODES)] = Field(
        {}, description="Our field -> their code -> our value.", examples=[_CODE_EXAMPLE]
    )


class RosterForm(Form):
    """What the import of a roster goes by."""

    leavers_limit: kinds.Share = Field(
        "10 %",
        validate_default=True,
        description="Share of a source's people that a file may drop without being asked.",
    )
    pulls: dict[Id, PullForm] = Field(
        {}, description="Sources that are asked for their people over HTTP (`outreach roster pull`), by name."
    )
    drops: dict[Id, DropForm] = Field(
        {}, description="Folders into which HR puts its files (`outreach roster drop`), by the name of the source."
    )
    mappings: dict[Id, MappingForm] = Field({}, description="By source; `default` serves every source without its own.")


class WorkspaceForm(Form):
    """What holds for all campaigns."""

    organisation: Lines = Field(description="Name of the organisation, as readers know it.")
    languages: list[
        Annotated[
            str, Kind(_language, {"type": "string", "$comment": "a code of two letters", "pattern": "^[a-z]{2}$"})
        ]
    ] = Field(
        min_length=1,
        max_length=10,
        description="Languages of the messages; the first one where a person's own is missing.",
        examples=[["nl", "fr", "en"]],
    )
    time_zone: Annotated[str, Kind(_zone, {"type": "string", "$comment": "a time zone"})] = Field(
        "Europe/Brussels", description="Time zone of all days and times."
    )
    public_url: Annotated[str, Kind(_url, {"type": "string", "$comment": "a web address", "format": "uri"})] = Field(
        description="Base of the links in messages."
    )
    send_at: kinds.Time = Field(
        time(9, 0), description="Local time at which messages leave, where nothing else is said."
    )
    expires_after: kinds.Days = Field(
        Span(days=14), description="Messages are not sent later than so long after they could leave."
    )
    frequency_cap: CapForm | None = Field(None, description="Most messages to one person in a period.")
    passed_over_limit: Annotated[int, whole(1, 1000)] = Field(
        3, description="`run` tells how many messages wait before which others went so often under the cap."
    )
    closed: ClosedForm = Field(
        default_factory=lambda: ClosedForm.model_validate({}),
        description="Days on which nothing leaves, unless a campaign says `on_closed: send`.",
        examples=[{"holidays": "BE", "also": ["11 july", "2026-12-24"]}],
    )
    windows: AnyWindows = Field(
        [],
        description="Days and hours in which messages may leave, for all or by channel; what is due outside waits for "
        "the next. At any hour where not said.",
        examples=["mon-fri 08:00-18:00"],
    )
    blackouts: list[BlackoutForm] = Field([], description="Periods in which nothing leaves.")
    budget: BudgetForm = Field(
        default_factory=lambda: BudgetForm.model_validate({}), description="What a simulated year must not go over."
    )
    small_numbers: Annotated[int, whole(0, 1000)] = Field(10, description="Counts of people below this are not shown.")
    pause_when_rejected: kinds.Share = Field(
        "10 %",
        validate_default=True,
        description="Share of a campaign's messages that mail servers may refuse for good before it is paused.",
    )
    bounces: BouncesForm = Field(
        default_factory=lambda: BouncesForm.model_validate({}),
        description="How messages that come back are dealt with.",
    )
    bundles: BundlesForm | None = Field(
        None,
        description="How often the contacts of the entities are given a bundle of what will reach their people; a "
        "campaign with `start: {on: bundles}` sends it.",
        examples=[{"every": "first monday of the month", "ahead": "1 week"}],
    )
    web: WebForm = Field(
        default_factory=lambda: WebForm.model_validate({}), description="The pages behind the links in messages."
    )
    retention: RetentionForm = Field(
        default_factory=lambda: RetentionForm.model_validate({}),
        description="How long what is no longer needed stays.",
        examples=[{"content": "90 days", "events": "730 days"}],
    )
    topics: dict[Id, Lines] = Field({}, description="What a person can opt out of: id -> text, or a text per language.")
    channels: ChannelsForm = Field(
        default_factory=lambda: ChannelsForm.model_validate({}),
        description="By which channels people may choose to be reached, on the page of their choices.",
        examples=[{"email": {}, "handover": {"title": {"nl": "Per post", "fr": "Par courrier postal"}}}],
    )
    senders: dict[Id, SenderForm] = Field(
        min_length=1, description="Who messages come from; `default` where a campaign names none."
    )
    outcomes: dict[Id, Line] = Field({}, description="What people do that shows that a message worked: id -> title.")
    theme_days: dict[Id, ThemeDayForm] = Field({}, description="Days of the year that campaigns count to.")
    fields: dict[Annotated[str, Kind(_field_name, {"type": "string"})], FieldForm] = Field(
        {}, description="Columns of the organisation's own, usable in segments and messages."
    )
    roster: RosterForm = Field(
        default_factory=lambda: RosterForm.model_validate({}), description="How rosters are imported."
    )
    retired: list[Line] = Field(
        [],
        description="Ids of campaigns, and `campaign/step` of steps, that are gone on purpose.",
        examples=[["spring-2026"]],
    )
