"""A campaign whose steps, start, sender and envelope fit together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from outreach.definitions import discretion
from outreach.definitions.branching import written_steps
from outreach.definitions.building import build_campaign, build_start
from outreach.definitions.building_workspace import build_closed
from outreach.definitions.by_choice import alternatives
from outreach.definitions.checks.bundles import check_bundles
from outreach.definitions.checks.by_choice import check_by_choice, offered_in
from outreach.definitions.checks.editing import check_edited
from outreach.definitions.checks.filled import Filled
from outreach.definitions.checks.measuring import check_measuring
from outreach.definitions.checks.pace import PaceChecks
from outreach.definitions.checks.reaching import check_reach
from outreach.definitions.checks.retention import check_retention
from outreach.definitions.checks.steps import check_steps, messages_of, waits_of, ways_of
from outreach.definitions.checks.waits import check_waits
from outreach.definitions.closed_days import is_closed, landing
from outreach.definitions.findings import Findings
from outreach.definitions.forms.campaigns import CampaignForm, StepForm
from outreach.definitions.forms.conditions import ConditionForm, condition
from outreach.definitions.forms.starts import EveryForm
from outreach.definitions.forms.workspace import WorkspaceForm
from outreach.definitions.model import Campaign, Closed, Offer, OnClosed
from outreach.definitions.names import PLURALS, Names
from outreach.definitions.reading import Document, Path
from outreach.definitions.refusal import advice, shown

_BY_OUTCOME = "who used a sensitive offer is recorded nowhere, so nothing can hang on that"


@dataclass(frozen=True)
class CampaignChecks:
    """Checks of campaigns, with what they are checked against."""

    names: Names
    workspace: Filled | None
    offers: Mapping[str, Offer]
    findings: Findings
    #: Where each offer stands.
    places: Mapping[str, Document] = field(default_factory=dict)

    def check(self, filled: Filled) -> None:
        """Everything about one campaign that its form could not see."""
        form: CampaignForm = filled.form
        document = filled.document
        self._check_sender(form, document)
        check_steps(form.steps, document, self.findings)
        for path, step in messages_of(form.steps):
            self._check_step(step, path, form, document)
        self._check_start(form, document)
        self._check_reentry(form, document)
        self._check_closed(form, document)
        check_reach(form, self._closed, document, self.findings)
        campaign = build_campaign(filled.id, form, document.file, self.offers)
        self._check_handover(form, campaign, document)
        if self.workspace is not None:
            check_retention(self.workspace, campaign, self.findings)
        PaceChecks(self.offers, self.findings, self._closed).check(form, campaign, document)
        check_edited(form, campaign, document, self.findings)
        check_waits(form, campaign, document, self.findings)
        check_bundles(self.workspace, form, campaign, document, self.findings)
        check_measuring(self.workspace, form, campaign, document, self.findings)
        check_by_choice(self.workspace, form, document, self.findings)
        if campaign.sensitive:
            self._check_outcomes(form, document)
        self._check_envelope(form, campaign, document)
        if filled.id in (form.except_.under_way if form.except_ else ()):
            message = "a campaign cannot leave out who is under way in itself"
            remedy = f"Take `{filled.id}` out: nobody is under way twice."
            self.findings.problem(document, ("except", "under_way"), message, remedy)
        if not form.purpose:
            remedy = "Add `purpose: …`; the register of processing (GDPR art. 30) asks for it."
            self.findings.note(document, (), "it is not said why people are written to", remedy)

    def _check_sender(self, form: CampaignForm, document: Document) -> None:
        senders = self.names.known.get("sender")
        # Without any sender at all, that is the one mistake.
        if form.sender is None and senders and "default" not in senders:
            remedy = f"Add `sender: …`. {advice('', senders, PLURALS['sender'])}"
            self.findings.problem(document, (), "no sender is named, and outreach.yaml has no `default`", remedy)

    def _check_step(self, step: StepForm, path: Path, form: CampaignForm, document: Document) -> None:
        if step.notices and not step.invite:
            message, remedy = "this step invites to no session", "Add `invite: …`, or delete `notices`."
            self.findings.problem(document, (*path, "notices"), message, remedy, key=True)
        messages = self.names.known.get("message")
        if step.send is None and messages is not None and step.id not in messages:
            near = advice(step.id, messages, PLURALS["message"])
            remedy = f"Write templates/{step.id}/{self.names.default_language or 'nl'}.md, or add `send: …`. {near}"
            self.findings.problem(document, (*path, "id"), f"there is no message `{step.id}`", remedy)
        if step.pick and step.pick.at_least > step.pick.at_most:
            at_least: Path = (*path, "pick", "at_least")
            self.findings.problem(document, at_least, "`at_least` is more than `at_most`", "Write a lower number.")
        if step.remind and step.remind.until is None and not self._is_sensitive(form.about):
            remedy = "Add `until: …`: an outcome that shows that no reminder is needed."
            self.findings.note(document, (*path, "remind"), "nothing ends these reminders", remedy, key=True)

        last = step.remind.last if step.remind else None
        if last and last.channel == form.channel:
            remedy = "Name another channel, or write its message as the last of `send`."
            self.findings.problem(
                document, (*path, "remind", "last", "channel"), "the campaign goes that way already", remedy
            )

    def _is_sensitive(self, about: list[str]) -> bool:
        return any(name in self.offers and self.offers[name].sensitive for name in about)

    def _check_start(self, form: CampaignForm, document: Document) -> None:
        start = form.start
        if not isinstance(start, EveryForm):
            return
        if start.from_ and start.until and start.until < start.from_:
            self.findings.problem(document, ("start", "until"), "it ends before it begins", "Write a later day.")
        if form.frequency == "must":
            message = "`must` puts a message that comes back outside the frequency cap"
            remedy = "Keep `must` for what somebody has to get; news is `normal` or `nice`."
            self.findings.note(document, ("frequency",), message, remedy, key=True)

    def _check_reentry(self, form: CampaignForm, document: Document) -> None:
        kind, start = form.reentry.kind, build_start(form.start)
        if kind == "each event" and start.kind not in ("event", "outcome"):
            remedy = "Write `after 180 days`, or start it by an event (`start: {event: moved}`)."
            self.findings.problem(
                document, ("reentry",), "neither an event nor an outcome starts this campaign", remedy
            )
        elif kind != "never" and not start.is_per_person:
            message = "it starts for all at once, and whoever is in the audience then gets it"
            self.findings.problem(document, ("reentry",), message, "Delete it.", key=True)

    def _check_handover(self, form: CampaignForm, campaign: Campaign, document: Document) -> None:
        lasts = [step.remind.last for step in written_steps(form.steps) if step.remind and step.remind.last]
        ways = (form.channel, *(last.channel for last in lasts), *alternatives(offered_in(self.workspace), campaign))
        if form.handover and "handover" not in ways:
            remedy = "Add `channel: handover`, to the campaign or as `last` of reminders; or delete it."
            self.findings.problem(document, ("handover",), "nothing of this campaign is handed over", remedy, key=True)

    def _check_closed(self, form: CampaignForm, document: Document) -> None:
        start = build_start(form.start)
        if start.is_per_person and form.on_closed in ("before", "skip"):
            message = f"`{form.on_closed}` is about a day that all have in common, and here each person has their own"
            self.findings.problem(document, ("on_closed",), message, "Write `after` or `send`.")
        if form.through_blackouts and form.frequency != "must":
            remedy = "Take it out, or write `frequency: must` if this is something that somebody has to get."
            message = f"a `{form.frequency}` message waits for the end of a blackout"
            self.findings.problem(document, ("through_blackouts",), message, remedy)
        if start.on and is_closed(self._closed, start.on) and form.on_closed != "send":
            lands = landing(self._closed, start.on, cast(OnClosed, form.on_closed))
            remedy = f"It leaves on {lands}" if lands else "Nobody gets it"
            message = f"{start.on} is a closed day"
            self.findings.note(document, ("start", "once"), message, f"{remedy}, as `on_closed` says.")

    @property
    def _closed(self) -> Closed:
        return build_closed(self.workspace.form.closed) if self.workspace else Closed()

    def _check_outcomes(self, form: CampaignForm, document: Document) -> None:
        for path in _hanging_on_outcomes(form):
            self.findings.problem(document, path, _BY_OUTCOME, "Delete it, or name an event or a segment.", key=True)

    def _check_envelope(self, form: CampaignForm, campaign: Campaign, document: Document) -> None:
        words = discretion.forbidden(campaign, self.offers)
        self._refuse(document, ("title",), "the title", campaign.title, words)
        others = alternatives(offered_in(self.workspace), campaign)
        if at := _other_way(form) or (("title",) if others else ()):
            # In the header of every request, which servers on the way write down; and in names of files and keys.
            for name in (campaign.id, *(step.id for step in campaign.steps)):
                self._refuse(document, at, f"the id `{name}`", name, words)
        self._check_links(campaign, words)
        if self.workspace is not None and words:
            for path, what, text in _envelope(self.workspace.form, campaign):
                self._refuse(self.workspace.document, path, f"the {what} of `{campaign.id}`", text, words)

    def _check_links(self, campaign: Campaign, words: Mapping[str, str]) -> None:
        """The links of offers that it may show are part of its envelope too."""
        for name in dict.fromkeys(offer for step in campaign.steps if step.pick for offer in step.pick.offers):
            for language, text in self.offers[name].texts.items() if name in self.offers else ():
                if name in self.places and (word := discretion.said_in_link(text.link, words)):
                    message = (
                        f"the link says {shown(word)}, which the sensitive offer `{words[word]}` forbids: "
                        f"`{campaign.id}` may show both"
                    )
                    remedy = "Use an address that does not show what it is about."
                    self.findings.problem(self.places[name], ("texts", language, "link"), message, remedy)

    def _refuse(self, document: Document, path: Path, what: str, text: str, words: Mapping[str, str]) -> None:
        if word := discretion.said(text, words):
            while path not in document.values:
                # One text for every language: it stands at the key itself.
                path = path[:-1]
            message = f"{what} says {shown(word)}, which the sensitive offer `{words[word]}` forbids"
            remedy = "Take other words: this can be read without opening the message."
            self.findings.problem(document, path, message, remedy, key=path[0] == "topics" and len(path) == 2)


def _other_way(form: CampaignForm) -> Path:
    """Where it is said that it goes another way than as mail; empty: it is said nowhere."""
    if form.channel != "email":
        return ("channel",)
    if form.by_choice:
        return ("by_choice",)
    lasts = (path for path, step in messages_of(form.steps) if step.remind and step.remind.last)
    return next(((*path, "remind", "last", "channel") for path in lasts), ())


def _hanging_on_outcomes(form: CampaignForm) -> Iterator[Path]:
    """Where a campaign asks whether somebody has done something."""
    if form.goal:
        yield ("goal",)
    if form.except_ and form.except_.outcome:
        yield ("except", "outcome")
    if _by_outcome(form.exit_when):
        yield ("exit_when",)
    for path, step in messages_of(form.steps):
        if _by_outcome(step.unless):
            yield (*path, "unless")
        if step.remind and _by_outcome(step.remind.until):
            yield (*path, "remind", "until")
    for path, wait in waits_of(form.steps):
        if wait.condition and wait.condition.outcomes:
            yield (*path, "wait_until")
    for path, way in ways_of(form.steps):
        yield from ((*path, key) for key, asked in (("if", way.if_), ("unless", way.unless)) if _by_outcome(asked))


def _by_outcome(written: list[str] | ConditionForm | None) -> bool:
    holds = condition(written)
    return holds is not None and bool(holds.outcomes)


def _envelope(form: WorkspaceForm, campaign: Campaign) -> Iterator[tuple[Path, str, str]]:
    """What of the workspace can be read before opening: where it stands, what it is, what it says."""
    if campaign.topic in form.topics:
        at: Path = ("topics", campaign.topic)
        yield at, "topic id", campaign.topic
        for language, title in _distinct(form.topics[campaign.topic]):
            yield (*at, language), "topic", title
    if campaign.sender in form.senders:
        sender, at = form.senders[campaign.sender], ("senders", campaign.sender)
        for language, name in _distinct(sender.name):
            yield (*at, "name", language), "sender's name", name
        yield (*at, "email"), "sender's address", sender.email
        yield (*at, "reply_to"), "reply address", sender.reply_to


def _distinct(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The texts by language, without those that only fill a gap with another's."""
    told: set[str] = set()
    for language, text in texts.items():
        if text not in told:
            told.add(text)
            yield language, text
