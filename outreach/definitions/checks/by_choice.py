"""Channels that people choose: each has a name, somebody goes by it, and nobody promises what cannot be chosen."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from outreach.definitions.by_choice import alternatives
from outreach.definitions.checks.filled import Filled
from outreach.definitions.findings import Findings
from outreach.definitions.forms.by_choice import build_channels
from outreach.definitions.forms.campaigns import CampaignForm
from outreach.definitions.model import Campaign
from outreach.definitions.reading import Document


def check_by_choice(workspace: Filled | None, form: CampaignForm, document: Document, findings: Findings) -> None:
    """What is wrong with the channels by which one campaign goes to who chose them."""
    offered = offered_in(workspace)
    for index, kind in enumerate(form.by_choice or ()):
        at = ("by_choice", index) if ("by_choice", index) in document.values else ("by_choice",)
        if kind == form.channel:
            findings.problem(document, at, "the campaign goes that way already", "Name another channel, or delete it.")
        elif workspace is not None and kind not in offered and not _is_broken(workspace, kind):
            remedy = f"Add `channels: {{{kind}: {{}}}}` to outreach.yaml, or take it out."
            findings.problem(document, at, f"nobody can choose `{kind}`", remedy)


def check_offered(workspace: Filled, campaigns: Iterable[Campaign], findings: Findings) -> None:
    """What is wrong with the channels that people may choose between; `campaigns` are all there are."""
    offered = build_channels(workspace.form.channels)
    if "webhook" in offered and not offered["webhook"].titles:
        message, remedy = "only you know how a webhook reaches people", "Add `title: …`, such as `By text message`."
        findings.problem(workspace.document, ("channels", "webhook"), message, remedy, key=True)
    used = {kind for one in campaigns if (others := alternatives(offered, one)) for kind in (one.channel, *others)}
    for kind in sorted(offered.keys() - used):
        message = f"no campaign goes by `{kind}` to who chooses it"
        remedy = f"Take it out, or write `by_choice: {kind}` in a campaign."
        findings.note(workspace.document, ("channels", kind), message, remedy, key=True)


def offered_in(workspace: Filled | None) -> Collection[str]:
    """The channels that people may choose between; none where `outreach.yaml` cannot be read."""
    return build_channels(workspace.form.channels) if workspace else ()


def _is_broken(workspace: Filled, kind: str) -> bool:
    """Whether it is offered in words that are a mistake by themselves."""
    written = workspace.document.data.get("channels", {})
    return not isinstance(written, dict) or kind in written
