"""All content of a workspace compiled and judged: what `check` and `publish` call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from jinja2 import TemplateSyntaxError

from outreach.definitions.model import (
    NOTICES,
    Campaign,
    Definitions,
    Fragment,
    LayoutSource,
    Message,
    MessageSource,
    MessageText,
    NoticeKind,
)
from outreach.errors import Problem
from outreach.rendering import (
    inspecting,
    layout_lint,
    markup,
    mjml,
    mjml_lint,
    names,
    notice_texts,
    offers,
    plaintext,
    sensitivity,
    showing,
)
from outreach.rendering.judging import Judge, Part
from outreach.rendering.mjml import BrokenLayout, Layout
from outreach.rendering.tags import Tags
from outreach.rendering.trials import Rendered, Trial


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that is said, compiled."""

    #: By message id; a message with problems may be missing.
    messages: dict[str, Message]
    #: Offer id -> layout -> language -> fragment; every language of the workspace is there.
    fragments: dict[str, dict[str, dict[str, Fragment]]]
    problems: tuple[Problem, ...]


def compile_content(
    definitions: Definitions,
    sources: Sequence[MessageSource],
    layouts: dict[str, LayoutSource],
    offer_html: LayoutSource | None,
) -> Content:
    """Compile messages and offers, and find everything that is wrong with them.

    `definitions` needs no messages and fragments yet. Nothing is raised for what an author wrote: it is in
    `problems`, each with its place.
    """
    if not definitions.workspace.languages:
        # Which is a problem of its own, reported with the definitions.
        return Content({}, {}, ())
    work = _Work(definitions, layouts)
    work.judge_layouts()
    work.fragments = work.compile_offers(offer_html)
    messages = work.compile_messages(sources)
    messages |= work.compile_notices(messages)
    return Content(messages, work.fragments, tuple(sorted(set(work.problems))))


class _Work:
    """One compilation under way."""

    def __init__(self, definitions: Definitions, layouts: dict[str, LayoutSource]) -> None:
        self.definitions = definitions
        self.judge = Judge(definitions.workspace)
        self.problems: list[Problem] = []
        self.fragments: dict[str, dict[str, dict[str, Fragment]]] = {}
        self._sources = layouts
        self._sound: set[str] = set()
        self._layouts: dict[tuple[str, str], Layout] = {}
        self._campaigns = _campaigns_of(definitions.campaigns.values())

    # --- layouts -----------------------------------------------------------------------------------------

    def judge_layouts(self) -> None:
        """Find what is wrong with the layouts, and compile those that are sound."""
        for source in self._sources.values():
            found = self._judge_layout(source)
            self.problems += found
            if not found:
                self._sound.add(source.id)

    def _judge_layout(self, source: LayoutSource) -> list[Problem]:
        part = _layout_part(source)
        found = [*mjml_lint.lint(part), *self.judge.judge(part, names.LAYOUT_NAMES)]
        if found:
            return found
        try:
            for language in self.definitions.workspace.languages:
                self._layouts[source.id, language] = mjml.compile_layout(source.body, language)
        except BrokenLayout as error:
            return [part.problem(part.line_with(error.tag), error.what, error.remedy, find=error.tag)]
        languages = self.definitions.workspace.languages
        return layout_lint.lint(part, {language: self._layouts[source.id, language] for language in languages})

    # --- offers ------------------------------------------------------------------------------------------

    def compile_offers(self, template: LayoutSource | None) -> dict[str, dict[str, dict[str, Fragment]]]:
        """The fragments of every offer, in every sound layout and language."""
        try:
            return offers.compile_offers(self.definitions, {
                name: {language: self._layouts[name, language] for language in self.definitions.workspace.languages}
                for name in sorted(self._sound)
            }, template)  # fmt: skip
        except offers.BrokenOfferTemplate as error:
            self.problems.append(error.problem)
            return {}

    # --- messages ----------------------------------------------------------------------------------------

    def compile_messages(self, sources: Iterable[MessageSource]) -> dict[str, Message]:
        """Every message whose default language compiles."""
        grouped: dict[str, list[MessageSource]] = {}
        for source in sources:
            grouped.setdefault(source.id, []).append(source)
        made = {name: self._compile_message(name, group) for name, group in grouped.items()}
        return {name: message for name, message in made.items() if message}

    def compile_notices(self, messages: dict[str, Message]) -> dict[str, Message]:
        """What people are told of sessions later, where their campaigns have no words of their own."""
        made: dict[str, Message] = {}
        steps = [step for campaign in self.definitions.campaigns.values() for step in campaign.steps if step.invite]
        for step, kind in product(steps, NOTICES):
            name, invitation = step.notice(kind).send, messages.get(step.send)
            layout = self._nearest(invitation.layout) if invitation else ""
            if layout and not getattr(step.notices, kind):
                made[name] = self._compile_notice(name, kind, layout)
        return made

    def _nearest(self, layout: str) -> str:
        """That layout, or another one where the invitation is one by itself; empty where there is none."""
        return layout if layout in self._sound else min(self._sound, default="")

    def _compile_notice(self, name: str, kind: NoticeKind, layout: str) -> Message:
        texts = notice_texts.sources(name, kind, self.definitions.workspace.languages, layout)
        return Message(name, {one.language: _filled(one, self._layouts[layout, one.language]) for one in texts}, layout)

    def _compile_message(self, name: str, sources: list[MessageSource]) -> Message | None:
        first = self.definitions.workspace.languages[0]
        leader = next((source for source in sources if source.language == first), sources[0])
        texts: dict[str, MessageText] = {}
        for source in sources:
            if source.layout != leader.layout and {source.layout, leader.layout} <= self._sources.keys():
                self.problems.append(_parts(source)[2].problem(
                    1, f"the layout is `{source.layout}`, in {leader.language} it is `{leader.layout}`",
                    f"Choose one layout for all languages of {name}.",
                ))  # fmt: skip
            elif text := self._compile_text(source):
                texts[source.language] = text
        return Message(name, texts, leader.layout) if leader.language in texts else None

    def _compile_text(self, source: MessageSource) -> MessageText | None:
        parts = _parts(source)
        filled = ("subject", "preheader") if source.kind == "mjml" else ()
        found = [problem for part in parts for problem in self.judge.judge(part, filled if part is parts[2] else ())]
        layout = None if found else self._layout_for(source, parts[2], found)
        layouts = [self._sources[source.layout]] if source.kind == "markdown" and source.layout in self._sources else []
        self.problems += showing.judge_offers(
            source.id, [parts[2], *map(_layout_part, layouts)], self._campaigns.get(source.id, ())
        )
        self.problems += showing.judge_session(source.id, parts[2], self._campaigns.get(source.id, ()))
        self.problems += showing.judge_bundle(source.id, parts[2], self._campaigns.get(source.id, ()))
        self.problems += showing.judge_answers(
            [*parts, *map(_layout_part, layouts)], self._campaigns.get(source.id, ())
        )
        if source.kind == "markdown":
            self.problems += inspecting.judge_source(parts[2])
        if not source.body.strip():
            found.append(parts[2].problem(1, "the message is empty", "Write it below the second line `---`."))
        if not source.subject.strip():
            found.append(parts[0].problem(1, "the subject is empty", "Say in a few words what the message brings."))
        self.problems += found
        if layout is None or found:
            self._inspect_unsound(source, parts)
            return None
        text = _filled(source, layout)
        self._try(source, parts, text)
        return text

    def _inspect_unsound(self, source: MessageSource, parts: tuple[Part, ...]) -> None:
        """What can be seen of a text that cannot be tried: its links, and what its envelope says."""
        swapped = Tags()
        try:
            plain = swapped.swap(source.body)
        except TemplateSyntaxError:
            return
        html = swapped.restore(markup.to_html(plain, swapped)) if source.kind == "markdown" else ""
        subject, preheader = (sensitivity.static(part) for part in parts[:2])
        seen = [Rendered(subject.strip() or "-", preheader, html, "")]
        self.problems += inspecting.inspect(seen, parts, self.definitions.workspace)
        campaigns = self._campaigns.get(source.id, [])
        self.problems += sensitivity.judge(seen, parts, campaigns, self.definitions)

    def _layout_for(self, source: MessageSource, body: Part, found: list[Problem]) -> Layout | None:
        if source.kind == "mjml":
            return self._own_layout(source, body, found)
        # A layout that is unknown was reported with the definitions, one with problems of its own has said so.
        return self._layouts.get((source.layout, source.language)) if source.layout in self._sound else None

    def _own_layout(self, source: MessageSource, body: Part, found: list[Problem]) -> Layout | None:
        found += mjml_lint.lint(body)
        if found:
            return None
        try:
            return mjml.compile_layout(source.body, source.language)
        except BrokenLayout as error:
            found.append(body.problem(body.line_with(error.tag), error.what, error.remedy, find=error.tag))
            return None

    def _try(self, source: MessageSource, parts: tuple[Part, ...], text: MessageText) -> None:
        campaigns = self._campaigns.get(source.id, [])
        layout = self._sources.get(source.layout)
        trial = Trial(
            workspace=self.definitions.workspace, fields=self.judge.fields, language=source.language, text=text,
            parts=(*parts, _layout_part(layout)) if layout and source.kind == "markdown" else parts,
            offers=self._largest_offers(source, campaigns), campaign=campaigns[0] if campaigns else None,
        )  # fmt: skip
        rendered, found = trial.run()
        body = parts[2]
        found += inspecting.judge_links(text.html, body)
        found += inspecting.inspect(rendered, parts, self.definitions.workspace)
        if body.kind == "html":
            found += sensitivity.judge(rendered, parts, campaigns, self.definitions)
        self.problems += found

    def _largest_offers(self, source: MessageSource, campaigns: list[Campaign]) -> tuple[Fragment, ...]:
        """The longest offers that it may have to show at once."""
        picks = [step.pick for campaign in campaigns for step in campaign.steps if step.pick and step.send == source.id]
        available = {offer for pick in picks for offer in pick.offers} or set(self.fragments)
        most = max((pick.at_most for pick in picks), default=3)
        found = [
            self.fragments[offer][source.layout][source.language]
            for offer in sorted(available)
            if source.language in self.fragments.get(offer, {}).get(source.layout, {})
        ]
        return tuple(sorted(found, key=lambda fragment: -len(fragment.html))[:most])


def _layout_part(source: LayoutSource) -> Part:
    return Part(source.file, "body", source.body, 1, "html")


def _parts(source: MessageSource) -> tuple[Part, Part, Part]:
    line, column = source.lines.get, source.columns.get
    return (
        Part(source.file, "subject", source.subject, line("subject", 1), "subject", column("subject", 1)),
        Part(source.file, "preheader", source.preheader, line("preheader", 1), "text", column("preheader", 1)),
        Part(source.file, "body", source.body, line("body", 1), "html"),
    )


def _filled(source: MessageSource, layout: Layout) -> MessageText:
    """The message in its layout."""
    swapped = mjml.started(layout)
    body = html = ""
    if source.kind == "markdown":
        html = markup.to_html(swapped.swap(source.body), swapped)
        body = plaintext.to_text(html, swapped)
    made = mjml.fill(layout, mjml.Parts(source.subject, source.preheader, html, body), swapped)
    bare = made.bare if source.kind == "markdown" else ""
    return MessageText(source.subject.strip(), source.preheader.strip(), made.html, made.text, bare)


def _campaigns_of(campaigns: Iterable[Campaign]) -> dict[str, list[Campaign]]:
    """The campaigns that send each message."""
    senders: dict[str, list[Campaign]] = {}
    for campaign in campaigns:
        messages = {message for step in campaign.steps for message in (*step.messages, *step.told)}
        for message in sorted(messages):
            senders.setdefault(message, []).append(campaign)
    return senders
