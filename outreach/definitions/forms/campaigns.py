"""The form of `campaigns/<id>.yaml`: to whom, from when, in which steps."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from outreach.definitions.forms import kinds
from outreach.definitions.forms.branches import BranchForm, WayForm
from outreach.definitions.forms.bundles import AnyAnnouncement
from outreach.definitions.forms.by_choice import Channels
from outreach.definitions.forms.conditions import OUTCOMES, SEGMENTS, AskingForm, Until
from outreach.definitions.forms.desk import EXAMPLES as PER_DAY
from outreach.definitions.forms.desk import parse_per_day
from outreach.definitions.forms.hours import Windows
from outreach.definitions.forms.kinds import MARK, ONE_OR_MORE, Form, Id, Kind, Line, whole
from outreach.definitions.forms.lists import HandoverForm
from outreach.definitions.forms.pace import RolloutForm
from outreach.definitions.forms.starts import Start
from outreach.definitions.forms.waits import WaitForm
from outreach.definitions.model import CHANNEL_KINDS, Handover, Reentry
from outreach.definitions.names import Names
from outreach.definitions.reentry import EXAMPLES as REENTRIES
from outreach.definitions.reentry import parse_reentry
from outreach.definitions.refusal import RefusedError, advice, shown


class ExceptForm(AskingForm):
    """Who of the audience is left out when entering."""

    under_way: Annotated[list[kinds.CampaignId], ONE_OR_MORE] = Field(
        [], min_length=1, description="Campaigns that the person is in now.", examples=["welcome"]
    )
    segment: Annotated[list[kinds.SegmentId], ONE_OR_MORE] = Field([], min_length=1, description=SEGMENTS)
    outcome: Annotated[list[kinds.OutcomeId], ONE_OR_MORE] = Field([], min_length=1, description=OUTCOMES)


class GoalForm(Form):
    """What is measured; it stops nothing."""

    outcome: kinds.OutcomeId = Field(description="Outcome that shows that the campaign worked.")
    within: kinds.Length = Field(description="How long after the first message it still counts.")


class LastForm(Form):
    """The last of the reminders, by another channel: who did not act on a mail is called."""

    channel: Annotated[str, kinds.choice(*CHANNEL_KINDS)] = Field(
        description="By which channel: `handover` puts it on the lists of who does things by hand."
    )
    send: kinds.MessageId | None = Field(
        None, description="Its message; where not said, that of the reminders before it."
    )


class RemindForm(Form):
    """The same step again, until the person has acted."""

    every: kinds.Days = Field(description="Days from one message to the next, in days or weeks.")
    max_reminders: Annotated[int, whole(1, 20)] = Field(
        description="How many reminders at most, after the message itself."
    )
    until: Until | None = Field(
        None,
        description="What ends it: an outcome, a list of them, or `{event: …}`, `{segment: …}`.",
        examples=["infosession-registered"],
    )
    send: Annotated[list[kinds.MessageId], ONE_OR_MORE] = Field(
        [],
        description="Message of the reminders, or a list in order, the last repeating; the step's own where not said.",
    )
    last: LastForm | None = Field(
        None,
        description="The last of `max_reminders` goes by another channel. Who has no e-mail address for those before "
        "it gets it all the same.",
        examples=[{"channel": "handover", "send": "call"}],
    )


def _picked(value: Any) -> str:
    return MARK + "word" if isinstance(value, str) else MARK + "ids"


def _word(value: object, there: Names) -> list[str] | None:
    """One offer; None for all of them."""
    name = str(value)
    offers = there.known.get("offer")
    if name == ALL_OFFERS:
        return None
    if offers is not None and name not in offers:
        raise RefusedError(f"there is no offer {shown(name)}", advice(name, [*offers, ALL_OFFERS], "offers"))
    return [name]


#: Stands for every offer of the catalogue.
ALL_OFFERS = "offers"
_ALL_OR_ONE = Kind(_word, {"type": "string", "$comment": "`offers` for all of them, or the id of an offer"})


class PickForm(Form):
    """Which offers the message shows to each person."""

    from_: Annotated[
        Annotated[list[str] | None, _ALL_OR_ONE, Tag(MARK + "word")]
        | Annotated[list[kinds.OfferId], Tag(MARK + "ids")],
        Discriminator(_picked),
    ] = Field(None, alias="from", description="Which offers to choose from: all of them where not said.")
    at_most: Annotated[int, whole(1, 8)] = Field(description="How many offers at most.")
    at_least: Annotated[int, whole(0, 8)] = Field(
        1, description="With fewer the message is not sent: nothing new to tell."
    )
    not_again_within: kinds.Length | None = Field(
        None, description="An offer shown to a person is not shown again for so long."
    )
    related_to: Annotated[list[kinds.OfferId], ONE_OR_MORE] | None = Field(
        None, description="Offers whose related ones come first; the campaign's `about` where not said."
    )


class NoticesForm(Form):
    """What people are told of a session after they were invited, in messages of the campaign's own."""

    moved: kinds.MessageId | None = Field(None, description="Message that says what changed of it.")
    cancelled: kinds.MessageId | None = Field(None, description="Message that says that it is called off.")
    eve: kinds.MessageId | None = Field(None, description="Message on the day before, to who has signed up.")


class StepForm(Form):
    """One message of a campaign."""

    id: Id = Field(description="Never changes once published; lower-case letters, digits, hyphens.")
    day: Annotated[int, whole(1, 3660)] = Field(1, description="Day counted from the start, which is day 1.")
    send: kinds.MessageId | None = Field(
        None, description="Message: a folder in `templates/`; the step's id where not said."
    )
    at: kinds.Time | None = Field(None, description="Local time; the start's, or `send_at`, where not said.")
    unless: Until | None = Field(
        None, description="Not sent to who has this outcome, or meets `{event: …}`, `{segment: …}`."
    )
    remind: RemindForm | None = Field(None, description="Repeat it until the person has acted.")
    invite: kinds.SessionKind | None = Field(
        None,
        description="Invite to the next session of this kind that has a free seat, in the person's language and for "
        "their entity.",
        examples=["infosession"],
    )
    notices: NoticesForm | None = Field(
        None, description="Messages that tell of the session later; built-in ones where not said.",
        examples=[{"cancelled": "infosession-cancelled"}],
    )  # fmt: skip
    pick: PickForm | None = Field(None, description="Offers to show, chosen per person.")
    expires_after: kinds.Days | None = Field(
        None, description="Not sent later than so long after it could first leave; the workspace's where not said."
    )


def _step_kind(value: Any) -> str:
    named = (key for key in ("branch", "wait_until") if isinstance(value, dict) and key in value)
    return MARK + next(named, "step")


#: What may stand in a list of steps.
AnyStep = Annotated[
    Annotated[StepForm, Tag(MARK + "step")]
    | Annotated[BranchForm, Tag(MARK + "branch")]
    | Annotated[WaitForm, Tag(MARK + "wait_until")],
    Discriminator(_step_kind),
]
# Branches hold steps, and stand among them.
WayForm.model_rebuild(_types_namespace={"AnyStep": AnyStep})
BranchForm.model_rebuild(_types_namespace={"AnyStep": AnyStep})


_REENTRY = kinds.of(parse_reentry, "`never`, `each event` or `after` a length of time", *REENTRIES)


class EditedForm(Form):
    """What becomes of people who are under way when another release of the campaign is approved."""

    under_way: Annotated[str, kinds.choice("finish", "move")] = Field(
        description="`finish`: they get what was approved when they began; `move`: they go on in the new release."
    )
    to: str = Field("", description="`move`: id of the step at which they go on.", examples=["assistant"])


class CampaignForm(Form):
    """A reason to write: to whom, from when, in which steps."""

    title: Line = Field(description="What it is called in plans and reports.")
    topic: kinds.TopicId = Field(description="What one can opt out of.")
    purpose: Line = Field("", description="Why people are written to, for the register (GDPR art. 30).")
    owner: Line = Field("", description="Who answers for it: a person, a team, or better their e-mail address.")
    audience: kinds.SegmentId = Field(description="Segment; looked at when a person enters.")
    except_: ExceptForm | None = Field(
        None, alias="except", description="Who of the audience is left out when entering."
    )
    start: Start = Field(description="What sets it going: one of once, every, on, before, event, outcome, enters.")
    exit_when: Until | None = Field(
        None, description="What ends the journey of a person.", examples=[{"event": "left"}]
    )
    reentry: Annotated[Reentry, _REENTRY] = Field(
        Reentry(),
        description="Whether who was in it may start again, once their journey is over: `never` where not said; "
        "`after 180 days`, counted from the start before; `each event`, or outcome, that starts it.",
    )
    rollout: RolloutForm | None = Field(
        None,
        description="Not to all at once: in waves, drawn by lot. The first is on the day of the start.",
        examples=[{"waves": 4, "every": "1 week", "by": "lot"}],
    )
    at_most: Annotated[int, kinds.of(parse_per_day, "how many a day", *PER_DAY)] | None = Field(
        None,
        description="How many of its messages leave in a day, all steps and reminders together; the others wait "
        "for the days after, the oldest first.",
    )
    spread: kinds.Days | None = Field(
        None,
        description="Over so many days on which it may send, to about as many people each day, drawn by lot.",
        examples=["5 days"],
    )
    edited: EditedForm | None = Field(
        None, description="What becomes of who is under way when a changed campaign is approved: they finish as it was."
    )
    goal: GoalForm | None = Field(None, description="What is measured; it stops nothing.")
    priority: Annotated[str, kinds.choice("high", "normal", "low")] = Field(
        "normal", description="Who goes first under the cap."
    )
    frequency: Annotated[str, kinds.choice("must", "normal", "nice")] = Field(
        "normal", description="`must` is outside the frequency cap; `nice` gives way to others."
    )
    approval: Annotated[str, kinds.choice("required", "none")] = Field(
        "required", description="`none`: it starts as soon as it is published."
    )
    on_doubt: Annotated[str, kinds.choice("hold", "resend")] = Field(
        "hold", description="What becomes of a message that may or may not have left when a machine died."
    )
    channel: Annotated[str, kinds.choice(*CHANNEL_KINDS)] = Field(
        "email",
        description="`webhook`: it goes to the webhook that the operator has set; `handover`: on daily lists for "
        "people who do it by hand. Both also for people without an e-mail address.",
    )
    by_choice: Channels = Field(
        None,
        description="Channels of outreach.yaml's `channels` by which it goes instead to who chose so: one, a list, or "
        "`no`. Where not said, mail goes by each of them; what is sensitive, bundles, and all that is no mail by none.",
        examples=["handover"],
    )
    handover: HandoverForm | None = Field(
        None,
        description=f"What the lists of `channel: handover` say: {', '.join(Handover().columns)} where not said.",
    )
    on_closed: Annotated[str, kinds.choice("before", "after", "skip", "send")] = Field(
        "after",
        description="When its day is a `closed` one: it leaves on the open day before, or after, not at all, or all "
        "the same. Steps and reminders always wait for the open day after, but for `send`.",
    )
    windows: Windows = Field(
        [], description="Days and hours in which its messages may leave, in place of the workspace's."
    )
    through_blackouts: kinds.YesNo = Field(
        False, description="true: it leaves in `blackouts` too; only where `frequency` is `must`."
    )
    sender: kinds.SenderId | None = Field(None, description="Sender of outreach.yaml; `default` where not said.")
    about: Annotated[list[kinds.OfferId], ONE_OR_MORE] = Field([], description="Offers that it is about.")
    announce: AnyAnnouncement = Field(
        None,
        description="What contacts of an entity are given to pass on before it reaches their people: `no` for nothing, "
        "or words and a picture of its own; where not said, its own subject, preheader and offers.",
        examples=[{"title": {"nl": "Seniorendag"}, "text": {"nl": "Kom langs op donderdag."}}],
    )
    measure_links: kinds.YesNo = Field(False, description="true: count how often links are followed, not by whom.")
    steps: list[AnyStep] = Field(min_length=1, description="Its messages, branches and waits, in order of their day.")
