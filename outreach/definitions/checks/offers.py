"""An offer is there in the default language, and discreet where it is sensitive."""

from __future__ import annotations

from outreach.definitions import discretion
from outreach.definitions.checks.filled import Filled
from outreach.definitions.findings import Findings
from outreach.definitions.forms.offers import AvailableForm, OfferForm
from outreach.definitions.names import Names
from outreach.definitions.reading import Document
from outreach.definitions.refusal import shown


def check_offer(offer: Filled, names: Names, findings: Findings) -> None:
    """Everything about one offer that its form could not see."""
    form: OfferForm = offer.form
    _check_languages(form, offer.document, names, findings)
    _check_available(form.available, offer.document, findings)
    if offer.id in form.related:
        remedy = f"Take `{offer.id}` out."
        findings.problem(offer.document, ("related",), "an offer cannot be related to itself", remedy, key=True)
    if form.sensitive:
        _check_sensitive(offer.id, form, offer.document, findings)
    elif form.never_say:
        message = "`never_say` counts for sensitive offers only, and this one is not marked so"
        findings.problem(offer.document, ("never_say",), message, "Add `sensitive: true`, or take it out.", key=True)


def _check_languages(form: OfferForm, document: Document, names: Names, findings: Findings) -> None:
    default = names.default_language
    missing = [language for language in names.languages if language not in form.texts]
    if default in missing and set(document.data["texts"]) <= {*names.languages}:
        remedy = f"Add `{default}: {{title: …, what: …, how: …, who: …, when: …}}`."
        findings.problem(document, ("texts",), f"the default language `{default}` is missing", remedy, key=True)
    elif missing and default not in missing:
        message = f"no text in {' and '.join(missing)}: those readers get {default}"
        findings.note(document, ("texts",), message, "Add it, or leave it so.", key=True)


def _check_available(available: AvailableForm | None, document: Document, findings: Findings) -> None:
    if available and available.from_ and available.until and available.until < available.from_:
        findings.problem(document, ("available", "until"), "it ends before it begins", "Write a later day.")


def _check_sensitive(name: str, form: OfferForm, document: Document, findings: Findings) -> None:
    if form.outcome:
        message = "a sensitive offer keeps no record of who used it, so it has no outcome"
        remedy = "Delete `outcome`; whether it works is read from totals."
        findings.problem(document, ("outcome",), message, remedy, key=True)
    if not form.never_say:
        message = "a sensitive offer needs `never_say`: words that no envelope may hold"
        remedy = "Add for instance `never_say: [schuld, budget]`."
        findings.problem(document, ("sensitive",), message, remedy, key=True)
    words = dict.fromkeys(form.never_say, name)
    for language, text in form.texts.items():
        if word := discretion.said_in_link(text.link, words):
            message = f"the link says {shown(word)}, which `never_say` forbids"
            remedy = "Use an address that does not show what it is about."
            findings.problem(document, ("texts", language, "link"), message, remedy)
