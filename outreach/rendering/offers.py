"""Offers as fragments: how each stands inside a message, in every layout and language."""

from __future__ import annotations

from dataclasses import asdict

from jinja2 import TemplateError

from outreach.definitions.model import Definitions, Fragment, LayoutSource, Offer, OfferText
from outreach.errors import Problem
from outreach.rendering import mjml, names, plaintext
from outreach.rendering.judging import Part
from outreach.rendering.mjml import Layout
from outreach.rendering.plain import Plain
from outreach.rendering.tags import Tags
from outreach.rendering.templates import environment

#: Used where the workspace has no `templates/layouts/offer.html`.
_DEFAULT = LayoutSource("offer", "templates/layouts/offer.html", """\
<div class="offer">
<h2>{{ offer.title }}</h2>
<p>{{ offer.what }}</p>
<p>{{ offer.how }}</p>
<p>{{ offer.who }}</p>
<p>{{ offer.when }}</p>
{% if offer.link %}<p><a href="{{ offer.link }}">{{ offer.title }}</a></p>{% endif %}
</div>
""")  # fmt: skip


#: What everybody needs to know of an offer.
_SHOWN = ("title", "what", "how", "who", "when")


class BrokenOfferTemplate(Exception):  # noqa: N818  # it carries the Problem
    """The template of offers fails."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def compile_offers(
    definitions: Definitions, layouts: dict[str, dict[str, Layout]], template: LayoutSource | None
) -> dict[str, dict[str, dict[str, Fragment]]]:
    """Offer id -> layout -> language -> fragment, for every offer, sound layout and language of the workspace.

    Raises:
        BrokenOfferTemplate: the template cannot be read, or fails.
    """
    source = template or _DEFAULT
    made: dict[str, dict[str, dict[str, Fragment]]] = {
        offer: {layout: {} for layout in layouts} for offer in definitions.offers
    }
    for language in definitions.workspace.languages:
        plain = _rendered(definitions, source, language)
        texts = [plaintext.to_text(html, Tags()) for html in plain]
        for layout, compiled in layouts.items():
            inlined = mjml.fragments(plain, compiled[language])
            for offer, html, text in zip(definitions.offers, inlined, texts, strict=True):
                made[offer][layout][language] = Fragment(html, text)
    _judge_complete(Part(source.file, "body", source.body, 1, "html"))
    return made


def _judge_complete(part: Part) -> None:
    """See that every part of an offer is shown.

    Raises:
        BrokenOfferTemplate: one is left out.
    """
    used = {use.part for use in names.uses(environment("en", "html").parse(part.source)) if use.name == "offer"}
    if None not in used and (left := [name for name in _SHOWN if name not in used]):
        listed = ", ".join(f"offer.{name}" for name in left)
        raise BrokenOfferTemplate(part.problem(
            1, f"the template of offers leaves out {listed}",
            f"Write {{{{ offer.{left[0]} }}}} where it belongs: people decide by it.",
        ))  # fmt: skip


def _rendered(definitions: Definitions, source: LayoutSource, language: str) -> list[str]:
    """Every offer's HTML in one language, before styles."""
    part = Part(source.file, "body", source.body, 1, "html")
    template: Plain | None = None
    try:
        template = Plain(source.body, language, "html", {"language": language})
        first = definitions.workspace.languages[0]
        return [
            template.render({"offer": asdict(_wording(offer, language, first))})
            for offer in definitions.offers.values()
        ]
    except TemplateError as error:
        line = template.line_of(error) if template else getattr(error, "lineno", 1)
        raise BrokenOfferTemplate(part.problem(
            line, f"the template of offers fails: {error}",
            "It may use offer.title, offer.what, offer.how, offer.who, offer.when, offer.link and language.",
        )) from error  # fmt: skip


def _wording(offer: Offer, language: str, first: str) -> OfferText:
    """The offer's text in this language, else in the workspace's first, else in any."""
    chosen = offer.texts.get(language) or offer.texts.get(first) or next(iter(offer.texts.values()), None)
    # An offer without any text is a problem of its own, which the definitions report.
    return chosen or OfferText("", "", "", "", "")
