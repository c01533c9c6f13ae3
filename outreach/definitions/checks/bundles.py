"""Bundles for contacts: somebody sends them, as often as it is said, each in one message."""

from __future__ import annotations

from collections.abc import Iterable

from outreach.definitions.checks.filled import Filled
from outreach.definitions.findings import Findings
from outreach.definitions.forms.bundles import AnnounceForm
from outreach.definitions.forms.campaigns import CampaignForm, StepForm
from outreach.definitions.forms.starts import BundlesForm
from outreach.definitions.model import EVERYONE, Campaign
from outreach.definitions.reading import Document

_OFTEN = "Add `bundles: {every: first monday of the month, ahead: 1 week}` to outreach.yaml."


def check_bundles(
    workspace: Filled | None, form: CampaignForm, campaign: Campaign, document: Document, findings: Findings
) -> None:
    """What is wrong with a campaign that sends bundles, or with what one gives contacts to pass on."""
    if isinstance(form.start, BundlesForm):
        if workspace is not None and workspace.form.bundles is None and "bundles" not in workspace.document.data:
            findings.problem(document, ("start", "on"), "outreach.yaml does not say how often bundles are sent", _OFTEN)
        _check_contacts(form, document, findings)
        _check_steps(form, document, findings)
    elif campaign.sensitive and isinstance(form.announce, AnnounceForm):
        message = "it is sensitive, and the contacts of every entity will read this; no number stands beside it"
        findings.note(document, ("announce",), message, "Look whether that is meant.", key=True)


def check_sent(workspace: Filled, campaigns: Iterable[Filled], findings: Findings) -> None:
    """How often is said, and nobody does it."""
    if workspace.form.bundles and not any(isinstance(one.form.start, BundlesForm) for one in campaigns):
        remedy = "Write a campaign with `start: {on: bundles}`, or delete `bundles`."
        findings.note(workspace.document, ("bundles",), "no campaign sends bundles", remedy, key=True)


def _check_contacts(form: CampaignForm, document: Document, findings: Findings) -> None:
    if form.audience == EVERYONE:
        message = "bundles are for the contacts of the entities, and these are not in `everyone`"
        remedy = "Name a segment of them: `{where: {status: contact, role: communication}}`."
        findings.problem(document, ("audience",), message, remedy)
    if form.announce is not None:
        remedy = "Delete it: it is what other campaigns give to pass on."
        findings.problem(document, ("announce",), "bundles do not stand in bundles", remedy, key=True)


def _check_steps(form: CampaignForm, document: Document, findings: Findings) -> None:
    if len(form.steps) > 1:
        remedy = "Keep one step; whoever should get another message is in another campaign."
        findings.problem(document, ("steps", 1), "a bundle is one message", remedy)
    step = form.steps[0]
    if not isinstance(step, StepForm):
        findings.problem(document, ("steps", 0), "a bundle is one message", "Write a step with an `id` alone.")
        return
    for key in ("remind", "pick", "invite"):
        if getattr(step, key):
            message = f"a bundle has no `{key}`: each one tells of its own period"
            findings.problem(document, ("steps", 0, key), message, "Delete it.", key=True)
    if step.day > 1:
        message = "a bundle leaves on its own day"
        findings.problem(document, ("steps", 0, "day"), message, "Delete it; `bundles` in outreach.yaml says when.")
