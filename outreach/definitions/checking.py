"""What no form can see by itself: the order of steps, cycles, what a sensitive offer forbids, how things fit together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from outreach.definitions import discretion
from outreach.definitions.building import build_campaign, build_offer, build_segment
from outreach.definitions.findings import Findings
from outreach.definitions.forms.campaigns import CampaignForm, StepForm, condition
from outreach.definitions.forms.offers import OfferForm
from outreach.definitions.forms.starts import EveryForm
from outreach.definitions.forms.workspace import WorkspaceForm
from outreach.definitions.model import EVERYONE, Campaign, Offer, Segment
from outreach.definitions.names import PLURALS, Names
from outreach.definitions.predicates import named_segments
from outreach.definitions.reading import Document, Path
from outreach.definitions.refusal import advice, shown


@dataclass(frozen=True)
class Filled:
    """A form that was filled in well enough to be checked, and where it stands."""

    id: str
    form: Any
    document: Document
    #: Path of the form in its document.
    at: Path = ()
    #: False when something was wrong with it, and what is here is the rest.
    sound: bool = True


def check_workspace(workspace: Filled, findings: Findings) -> None:
    """What `outreach.yaml` says fits together."""
    form: WorkspaceForm = workspace.form
    for language in {language for language in form.languages if form.languages.count(language) > 1}:
        last = len(form.languages) - 1 - form.languages[::-1].index(language)
        findings.problem(
            workspace.document, ("languages", last), f"the language `{language}` stands here twice", "Delete one."
        )
    for name, field in form.fields.items():
        if field.type == "choice" and not field.choices:
            findings.problem(
                workspace.document, ("fields", name), "a choice without choices", "Add `choices: [one, other]`."
            )
    if form.topics == {}:
        findings.note(
            workspace.document, (), "there are no topics, and every campaign needs one", "Add `topics: {news: Nieuws}`."
        )


def check_segments(segments: list[Filled], findings: Findings) -> None:
    """No segment is made of itself, directly or through others, and none takes the name of ours."""
    built = {filled.id: build_segment(filled.id, filled.form) for filled in segments}
    places = {filled.id: filled for filled in segments}
    if EVERYONE in built:
        findings.problem(
            places[EVERYONE].document,
            (EVERYONE,),
            f"`{EVERYONE}` always exists, and cannot be another",
            "Give the segment another id.",
            key=True,
        )
    for cycle in cycles(built):
        way = " → ".join((*cycle, cycle[0]))
        findings.problem(
            places[cycle[0]].document,
            (cycle[0],),
            f"the segment is made of itself: {way}",
            "Take one of them out of another.",
            key=True,
        )


def cycles(segments: Mapping[str, Segment]) -> list[tuple[str, ...]]:
    """Each cycle of segments once, from its member that is defined first."""
    uses = {
        id: [name for name in named_segments(segment.where) if name in segments] for id, segment in segments.items()
    }
    found: list[tuple[str, ...]] = []
    done: set[str] = set()

    for root in uses:
        trail: list[tuple[str, list[str]]] = [(root, list(uses[root]))] if root not in done else []
        while trail:
            id, open_uses = trail[-1]
            if not open_uses:
                done.add(id)
                trail.pop()
                continue
            name = open_uses.pop(0)
            way = [step for step, _ in trail]
            if name in way:
                found.append(tuple(way[way.index(name) :]))
            elif name not in done:
                trail.append((name, list(uses[name])))
    return found


def check_offer(offer: Filled, names: Names, findings: Findings) -> None:
    """An offer in the default language, and discreet where it is sensitive."""
    form: OfferForm = offer.form
    document = offer.document
    if names.default_language and names.default_language not in form.texts:
        findings.problem(
            document,
            ("texts",),
            f"the default language `{names.default_language}` is missing",
            f"Add `{names.default_language}: {{title: …, what: …, how: …, who: …, when: …}}`.",
        )
    elif missing := [language for language in names.languages if language not in form.texts]:
        findings.note(
            document,
            ("texts",),
            f"no text in {' and '.join(missing)}: those readers get {names.default_language}",
            "Add it, or leave it so.",
            key=True,
        )
    if form.sensitive:
        _check_sensitive_offer(offer.id, form, document, findings)
    span = form.available
    if span and span.from_ and span.until and span.until < span.from_:
        findings.problem(document, ("available", "until"), "it ends before it begins", "Write a later day.")
    if offer.id in form.related:
        findings.problem(document, ("related",), "an offer cannot be related to itself", f"Take `{offer.id}` out.")


def _check_sensitive_offer(id: str, form: OfferForm, document: Document, findings: Findings) -> None:
    if form.outcome:
        findings.problem(
            document,
            ("outcome",),
            "a sensitive offer keeps no record of who used it, so it has no outcome",
            "Delete `outcome`; what counts here is read from totals.",
            key=True,
        )
    if not form.never_say:
        findings.problem(
            document,
            ("sensitive",),
            "a sensitive offer needs `never_say`: the words that an envelope must not hold",
            "Add for instance `never_say: [schuld, budget]`.",
            key=True,
        )
    words = dict.fromkeys(form.never_say, id)
    for language, text in form.texts.items():
        if word := discretion.said(text.link, words):
            findings.problem(
                document,
                ("texts", language, "link"),
                f"the link of a sensitive offer says {shown(word)}, which `never_say` forbids",
                "Use an address that does not show what it is about.",
            )


@dataclass(frozen=True)
class Campaigns:
    """Checks of campaigns, with what they are checked against."""

    names: Names
    workspace: Filled | None
    offers: Mapping[str, Offer]
    findings: Findings

    def check(self, filled: Filled) -> None:
        """Everything about one campaign that its form could not see."""
        form: CampaignForm = filled.form
        self._check_sender(filled, form)
        self._check_steps(filled, form)
        self._check_start(filled, form)
        campaign = build_campaign(filled.id, form, filled.document.file, self.offers)
        if campaign.sensitive:
            self._check_outcomes(filled, form)
        self._check_envelope(filled, campaign)
        if not form.purpose:
            self.findings.note(
                filled.document,
                (),
                "no purpose is given",
                "Add `purpose: …`: the register (GDPR art. 30) asks why people are written to.",
            )

    def _check_sender(self, filled: Filled, form: CampaignForm) -> None:
        senders = self.names.known.get("sender")
        if form.sender is None and senders is not None and "default" not in senders:
            self.findings.problem(
                filled.document,
                (),
                "no sender is named, and outreach.yaml has no sender `default`",
                f"Add `sender: …`. {advice('', senders, PLURALS['sender'])}",
            )

    def _check_steps(self, filled: Filled, form: CampaignForm) -> None:
        for index, step in enumerate(form.steps):
            path: Path = ("steps", index)
            earlier = form.steps[:index]
            if step.id in [other.id for other in earlier]:
                self.findings.problem(
                    filled.document,
                    (*path, "id"),
                    f"the step id `{step.id}` stands here twice",
                    "Give each step an id of its own.",
                )
            if earlier and step.day <= earlier[-1].day:
                self.findings.problem(
                    filled.document,
                    (*path, "day"),
                    f"day {step.day} does not come after day {earlier[-1].day} of the step before it",
                    "Put the steps in order of their day, each on a day of its own.",
                )
            self._check_step(filled, step, path)

    def _check_step(self, filled: Filled, step: StepForm, path: Path) -> None:
        messages = self.names.known.get("message")
        if step.send is None and messages is not None and step.id not in messages:
            self.findings.problem(
                filled.document,
                (*path, "id"),
                f"there is no message `{step.id}`, and the step names no other",
                f"Write templates/{step.id}/{self.names.default_language or 'nl'}.md, or add `send: …`. "
                f"{advice(step.id, messages, PLURALS['message'])}",
            )
        if step.pick and step.pick.at_least > step.pick.at_most:
            self.findings.problem(
                filled.document,
                (*path, "pick", "at_least"),
                "`at_least` is more than `at_most`",
                "Write a lower number.",
            )
        if step.remind and step.remind.until is None and not self._about_sensitive(filled):
            self.findings.note(
                filled.document,
                (*path, "remind"),
                "nothing ends the reminders, so everybody gets all of them",
                "Add `until: …`, an outcome that shows that a reminder is not needed.",
                key=True,
            )

    def _about_sensitive(self, filled: Filled) -> bool:
        return any(id in self.offers and self.offers[id].sensitive for id in filled.form.about)

    def _check_start(self, filled: Filled, form: CampaignForm) -> None:
        if not isinstance(form.start, EveryForm):
            return
        if form.start.from_ and form.start.until and form.start.until < form.start.from_:
            self.findings.problem(filled.document, ("start", "until"), "it ends before it begins", "Write a later day.")
        if form.frequency == "must":
            self.findings.note(
                filled.document,
                ("frequency",),
                "`must` puts a message that comes back outside the frequency cap",
                "Keep `must` for what somebody has to get; news is `normal` or `nice`.",
            )

    def _check_outcomes(self, filled: Filled, form: CampaignForm) -> None:
        """Who asked for help with something sensitive stands in no row of ours, so nothing can hang on it."""
        places: list[tuple[Path, bool]] = [
            (("goal",), form.goal is not None),
            (("exit_when",), _by_outcome(form.exit_when)),
            (("except", "outcome"), bool(form.except_ and form.except_.outcome)),
        ]
        for index, step in enumerate(form.steps):
            places.append((("steps", index, "unless"), _by_outcome(step.unless)))
            places.append(
                (
                    ("steps", index, "remind", "until"),
                    bool(step.remind) and _by_outcome(step.remind and step.remind.until),
                )
            )
        for path, by_outcome in places:
            if by_outcome:
                self.findings.problem(
                    filled.document,
                    path,
                    "the campaign is about a sensitive offer, whose use is recorded of nobody, so it cannot hang on an outcome",
                    "Delete it; an event or a segment may stand here." if path != ("goal",) else "Delete it.",
                    key=True,
                )

    def _check_envelope(self, filled: Filled, campaign: Campaign) -> None:
        words = discretion.forbidden(campaign, self.offers)
        if not words:
            return
        self._refuse(filled.document, ("title",), "the title", campaign.title, words)
        if self.workspace is None:
            return
        form: WorkspaceForm = self.workspace.form
        for what, path, text in _envelope(form, campaign):
            self._refuse(self.workspace.document, path, f"the {what} of the campaign `{campaign.id}`", text, words)

    def _refuse(self, document: Document, path: Path, what: str, text: str, words: Mapping[str, str]) -> None:
        if word := discretion.said(text, words):
            self.findings.problem(
                document,
                path,
                f"{what} says {shown(word)}, which the sensitive offer `{words[word]}` forbids",
                "Take other words: this can be read without opening the message.",
                key=len(path) == 2,
            )


def _by_outcome(written: Any) -> bool:
    holds = condition(written)
    return bool(holds and holds.outcomes)


def _envelope(form: WorkspaceForm, campaign: Campaign) -> list[tuple[str, Path, str]]:
    """What a reader sees of the workspace before opening: what it is, where it stands, what it says."""
    seen: list[tuple[str, Path, str]] = []
    if campaign.topic in form.topics:
        seen.append(("topic id", ("topics", campaign.topic), campaign.topic))
        seen += [
            ("topic title", ("topics", campaign.topic, language), title)
            for language, title in form.topics[campaign.topic].items()
        ]
    if campaign.sender in form.senders:
        sender = form.senders[campaign.sender]
        at: Path = ("senders", campaign.sender)
        seen += [("sender name", (*at, "name", language), name) for language, name in sender.name.items()]
        seen += [
            ("sender address", (*at, "email"), sender.email),
            ("reply address", (*at, "reply_to"), sender.reply_to),
        ]
    return seen


def sound_offers(offers: list[Filled]) -> dict[str, Offer]:
    """The offers of which enough is known."""
    return {filled.id: build_offer(filled.id, filled.form) for filled in offers}
