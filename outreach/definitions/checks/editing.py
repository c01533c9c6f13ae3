"""What becomes of people under way when a campaign is edited: said of a journey, by a step that is there."""

from __future__ import annotations

from outreach.definitions.checks.steps import ids_of
from outreach.definitions.findings import Findings
from outreach.definitions.forms.campaigns import CampaignForm
from outreach.definitions.model import Campaign
from outreach.definitions.reading import Document
from outreach.definitions.refusal import advice, shown


def check_edited(form: CampaignForm, campaign: Campaign, document: Document, findings: Findings) -> None:
    """`edited` fits the campaign."""
    edited, ids = form.edited, list(ids_of(form.steps))
    if edited is None:
        return
    if not campaign.is_journey:
        message = "it is one message for all at once, and nobody is under way in it"
        findings.problem(document, ("edited",), message, "Delete it.", key=True)
    elif edited.under_way == "finish" and edited.to:
        remedy = "Delete it, or write `under_way: move`."
        findings.problem(document, ("edited", "to"), "who finishes goes on where they are", remedy, key=True)
    elif edited.under_way == "move" and not edited.to:
        remedy = f"Add `to: …`. {advice('', ids, 'steps')}"
        findings.problem(document, ("edited",), "it is not said at which step they go on", remedy)
    elif edited.under_way == "move" and campaign.rollout:
        message = "it goes out in waves, and who is moved would be written to before their wave"
        remedy = "Write `under_way: finish`, or delete the waves."
        findings.problem(document, ("edited",), message, remedy, key=True)
    elif edited.to and edited.to not in ids:
        findings.problem(document, ("edited", "to"), f"there is no step {shown(edited.to)}",
                         advice(edited.to, ids, "steps"))  # fmt: skip
