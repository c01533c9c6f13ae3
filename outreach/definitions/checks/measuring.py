"""Links are measured only where there are pages to count on, and never in what is sensitive."""

from __future__ import annotations

from outreach.definitions.checks.filled import Filled
from outreach.definitions.findings import Findings
from outreach.definitions.forms.campaigns import CampaignForm
from outreach.definitions.model import Campaign
from outreach.definitions.reading import Document, Path

_KEY: Path = ("measure_links",)


def check_measuring(
    workspace: Filled | None, form: CampaignForm, campaign: Campaign, document: Document, findings: Findings
) -> None:
    """What is wrong with a campaign whose links are measured."""
    if not form.measure_links:
        return
    if campaign.sensitive:
        message = "the campaign is sensitive, and nothing about who follows its links may be known, not even how many"
        findings.problem(document, _KEY, message, "Delete it.", key=True)
    elif form.channel == "handover":
        message = "what goes by `handover` stands on lists, and has no links"
        findings.problem(document, _KEY, message, "Delete it, or name another `channel`.", key=True)
    elif workspace is not None and not _is_served(workspace):
        message = "measured links lead to the pages of `outreach serve`, and outreach.yaml does not say where these are"
        remedy = "Add `web: {listen: 127.0.0.1:8080}` to outreach.yaml, behind `public_url`; or delete it."
        findings.problem(document, _KEY, message, remedy, key=True)


def _is_served(workspace: Filled) -> bool:
    """Whether it is said where the pages are, if not well: that is another problem."""
    web = workspace.document.data.get("web", {})
    return not isinstance(web, dict) or "listen" in web
