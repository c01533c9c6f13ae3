"""By which channel a message goes to who chose one: plainly, and from the words of the specification."""

from __future__ import annotations

from typing import Any

from outreach.definitions.model import Campaign, Workspace

_LETTERS = ("street", "postal_code", "city")


def chosen(delivery: Any, world: Any) -> str:
    """What its person chose, where it can go by that; empty: it goes as to everybody."""
    wanted, workspace = world.channels.get(delivery.person, ""), delivery.definitions.workspace
    goes = _goes_by(workspace, delivery.plan, wanted) and not delivery.is_last and wanted != delivery.own
    person = world.people[delivery.person]
    return wanted if goes and _reaches(workspace, delivery.plan, wanted, person) else ""


def _goes_by(workspace: Workspace, campaign: Campaign, channel: str) -> bool:
    """Whether the workspace offers it, and the campaign says so or is plain mail that says nothing."""
    if channel not in workspace.channels:
        return False
    if campaign.by_choice is not None:
        return channel in campaign.by_choice
    return campaign.channel == "email" and campaign.start.kind != "bundles" and not campaign.sensitive


def _reaches(workspace: Workspace, campaign: Campaign, channel: str, person: dict[str, Any]) -> bool:
    """Whether what it needs is on file; a webhook needs nothing."""
    if channel == "email":
        return bool(person.get("email") or person.get("private_email"))
    if channel != "handover":
        return True
    said = workspace.channels["handover"].columns if campaign.handover == type(campaign.handover)() else ()
    columns = said or campaign.handover.columns
    return all(person.get(name) for name in _LETTERS if name in columns)
