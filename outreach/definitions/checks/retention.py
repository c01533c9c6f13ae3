"""Nothing is removed that a campaign still looks back on."""

from __future__ import annotations

from outreach.definitions.checks.filled import Filled
from outreach.definitions.findings import Findings
from outreach.definitions.looking_back import looks_back
from outreach.definitions.model import Campaign


def check_retention(workspace: Filled, campaign: Campaign, findings: Findings) -> None:
    """Say where what is written under `retention` is shorter than what the campaign looks back on.

    What is not written is as long as it must be.
    """
    retention = workspace.form.retention
    for name, days, why in looks_back(campaign, workspace.form.expires_after):
        if name in retention.model_fields_set and getattr(retention, name).days < days:
            findings.problem(
                workspace.document,
                ("retention", name),
                f"{why} of `{campaign.id}` looks back {days} days, and {name} stay for less",
                f"Write at least `{days} days`.",
            )
