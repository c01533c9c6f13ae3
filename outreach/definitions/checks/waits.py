"""A wait that ends, that somebody comes to in time, and after which something comes."""

from __future__ import annotations

from datetime import date

from outreach.definitions.building import build_start
from outreach.definitions.checks.steps import waits_of
from outreach.definitions.civil import later
from outreach.definitions.findings import Findings
from outreach.definitions.forms.campaigns import CampaignForm
from outreach.definitions.forms.waits import WaitForm
from outreach.definitions.model import Campaign, Span
from outreach.definitions.reading import Document, Path


def check_waits(form: CampaignForm, campaign: Campaign, document: Document, findings: Findings) -> None:
    """Each wait of the campaign."""
    ids = [step.id for step in campaign.steps]
    for path, wait in waits_of(form.steps):
        if wait.condition:
            _check_limit(path, wait, document, findings)
        else:
            _check_day(path, wait, form, document, findings)
        if campaign.following(ids.index(wait.id)) is None:
            remedy = "Delete it, or write the step that comes then."
            findings.problem(document, path, "nothing comes after this wait", remedy)


def _check_limit(path: Path, wait: WaitForm, document: Document, findings: Findings) -> None:
    if wait.at_most is None:
        message, remedy = "it may never happen, and it is not said how long people wait", "Add `at_most: 60 days`."
        findings.problem(document, (*path, "wait_until"), message, remedy, key=True)


def _check_day(path: Path, wait: WaitForm, form: CampaignForm, document: Document, findings: Findings) -> None:
    for key in ("at_most", "otherwise"):
        if key in wait.model_fields_set:
            message = "a day comes by itself: there is nothing to give up"
            findings.problem(document, (*path, key), message, "Delete it.", key=True)
    start = build_start(form.start)
    begins = start.on or start.first
    if begins and isinstance(wait.wait_until, date):
        comes = later(begins, Span(days=wait.day - 1))
        if wait.wait_until < comes:
            message = f"{wait.wait_until} is past when the first ones come here, on {comes}"
            findings.problem(document, (*path, "wait_until"), message, "Write a later day.")
