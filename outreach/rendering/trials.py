"""Each message tried on people who lack what a person may lack, before anybody gets it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product
from math import prod
from typing import Any

from jinja2 import TemplateError
from markupsafe import Markup

from outreach.definitions.model import Campaign, Field, Fragment, MessageText, Sender, Workspace
from outreach.errors import Problem
from outreach.rendering import bundles, envelope, names
from outreach.rendering.invitations import SAMPLE_CONSTANTS
from outreach.rendering.judging import Part
from outreach.rendering.names import Kind
from outreach.rendering.plain import Plain
from outreach.rendering.templates import missing

#: A day whose wording is long in every language: 30 September, a Wednesday.
_DAY = date(2026, 9, 30)
_TOKEN = "x" * 52
#: Up to so many different people, all are tried.
_EVERY_COMBINATION = 64
_SAMPLES: dict[str, tuple[Any, ...]] = {
    "text": ("Alexandra-Maria",),
    "date": (_DAY,),
    "whole number": (2, 0, 1),
    "number": (2.5, 0.0),
    "yes/no": (True, False),
}
_UNGUARDED = (
    "Test it first: {{% if {0} %}}… {{{{ {0} }}}}{{% else %}}…{{% endif %}}, or write {{{{ {0} or 'a text' }}}}."
)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message as one made-up person would get it."""

    subject: str
    preheader: str
    html: str
    text: str


class _Constant:
    """A text without tags, where compiling it would be for nothing."""

    names: frozenset[str] = frozenset()

    def __init__(self, text: str) -> None:
        self._text = text

    def render(self, _values: Mapping[str, Any]) -> str:
        return self._text


@dataclass(frozen=True, slots=True)
class Trial:
    """One message in one language, on trial."""

    workspace: Workspace
    fields: Mapping[str, Field]
    language: str
    text: MessageText
    #: Its parts as written, to find the line that fails.
    parts: tuple[Part, ...]
    #: Fragments of the offers that it may show at once.
    offers: tuple[Fragment, ...]
    #: A campaign that sends it; None where no campaign does.
    campaign: Campaign | None

    def run(self) -> tuple[list[Rendered], list[Problem]]:
        """Every different message that some case gives, and the problems of those that fail."""
        text = self.text
        sources: list[tuple[Kind, str]] = [
            ("subject", text.subject), ("text", text.preheader), ("html", text.html), ("text", text.text)
        ]  # fmt: skip
        templates = [
            Plain(source, self.language, kind, {}) if "{" in source else _Constant(source) for kind, source in sources
        ]
        used = frozenset().union(*(template.names for template in templates))
        rendered: dict[Rendered, None] = {}
        problems: dict[str, Problem] = {}
        for values in self._cases(used):
            try:
                rendered[Rendered(*(template.render(values) for template in templates))] = None
            except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
                problem = self._problem(values, error)
                problems.setdefault(f"{problem.file}:{problem.line}:{problem.message}", problem)
        return list(rendered), list(problems.values())

    def _cases(self, used: frozenset[str]) -> Iterator[dict[str, Any]]:
        asked = names.facts(used)
        repetitions = (0, 1, 2) if "reminder" in used else (0,)
        shows = any(name in used for name in (*names.OFFERS.values(), *names.OFFERS_VALUE.values(), names.OFFER_COUNT))
        shown = ((), self.offers[:1], self.offers) if shows else ((),)
        for facts, number, offers in product(self._people(asked), repetitions, shown):
            yield {**self._constants(number), **self._offers(offers), **_named(facts)}

    def _people(self, asked: Iterable[str]) -> Iterator[dict[str, Any]]:
        """People with and without each fact: in every combination where those are few.

        Else everybody's facts but one, none, or one; and one for each value that a fact may have.
        """
        samples = {name: self._samples(name) for name in sorted(asked)}
        choices = [values if name in names.CERTAIN_FACTS else (*values, None) for name, values in samples.items()]
        if prod(map(len, choices)) <= _EVERY_COMBINATION:
            yield from (dict(zip(samples, chosen, strict=True)) for chosen in product(*choices))
            return
        full = {name: values[0] for name, values in samples.items()}
        optional = [name for name in full if name not in names.CERTAIN_FACTS]
        empty = {name: None if name in optional else value for name, value in full.items()}
        yield full
        yield empty
        for name in optional:
            yield {**full, name: None}
        for name, values in samples.items():
            for value in values:
                yield {**empty, name: value}
                yield {**full, name: value}

    def _samples(self, name: str) -> tuple[Any, ...]:
        field = self.fields[name]
        if name == "language":
            return self.workspace.languages
        return field.choices if field.type == "choice" and field.choices else _SAMPLES.get(field.type, ("x",))

    def _constants(self, number: int) -> dict[str, Any]:
        senders = self.workspace.senders
        chosen = self.campaign.sender if self.campaign else "default"
        # A campaign whose sender is unknown is a problem of its own, which the definitions report.
        sender = senders.get(chosen) or next(iter(senders.values()), Sender("", {}, ""))
        return {
            "organisation": envelope.in_language(self.workspace.organisation, self.language, self.workspace),
            "sender": {
                "name": envelope.in_language(sender.names, self.language, self.workspace),
                "email": sender.email, "phone": sender.phone,
                "signature": envelope.in_language(sender.signatures, self.language, self.workspace),
            },
            "session": SAMPLE_CONSTANTS,
            "bundle": bundles.SAMPLE_CONSTANTS,
            "campaign": {"title": self.campaign.title if self.campaign else ""},
            "reminder": {"number": number},
            "language": self.language,
            names.DATE: _DAY,
            **{
                names.LINK + link: f"{self.workspace.public_url}/{names.path(link)}/{_TOKEN}"
                for link in (*names.VARIABLES["links"], *map(names.answer, self.workspace.web.answers))
            },
        }  # fmt: skip

    @staticmethod
    def _offers(offers: tuple[Fragment, ...]) -> dict[str, Any]:
        html = Markup("".join(offer.html for offer in offers))  # noqa: S704  # made by us from escaped texts
        text = "".join(offer.text for offer in offers)
        return {
            names.OFFER_COUNT: len(offers),
            names.OFFERS["html"]: html, names.OFFERS_VALUE["html"]: html,
            names.OFFERS["text"]: text, names.OFFERS_VALUE["text"]: text,
        }  # fmt: skip

    def _problem(self, values: Mapping[str, Any], error: Exception) -> Problem:
        """The failure at its place in the file that holds it."""
        for part in self.parts:
            # What a layout fills in while it is compiled; any text will do here.
            given = {**values, "content": "", "preheader": "", "subject": ""}
            template = Plain(part.source, self.language, part.kind, {})
            try:
                template.render(given)
            except type(error) as again:
                return part.problem(template.line_of(again), *_said(again), find=_fact(again))
        return self.parts[-1].problem(1, *_said(error))


def _named(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {names.FACT + name: missing(f"person.{name}") if value is None else value for name, value in facts.items()}


def _fact(error: Exception) -> str:
    word = str(error).split(" ", 1)[0]
    return word if word.startswith("person.") else ""


def _said(error: Exception) -> tuple[str, str]:
    """What is wrong, and the remedy."""
    fact = _fact(error)
    if fact:
        return str(error), _UNGUARDED.format(fact)
    return f"the template fails: {error}", "Look at what this line does with its values."
