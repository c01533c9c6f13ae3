"""Channels by which a campaign goes to who would rather be reached by them."""

from __future__ import annotations

from collections.abc import Collection

from outreach.definitions.model import CHANNEL_KINDS, Campaign, ChannelKind, Handover, Step, Workspace


def alternatives(offered: Collection[str], campaign: Campaign) -> tuple[ChannelKind, ...]:
    """Those that the campaign goes by instead of its own; `offered` are those that people may choose.

    What is handed over may be a thing, a bundle is made to be copied from a screen, and what is sensitive has more
    readers on a list: these go another way only where the campaign says so.
    """
    wanted = campaign.by_choice
    if wanted is None:
        is_letter = campaign.channel == "email" and campaign.start.kind != "bundles" and not campaign.sensitive
        wanted = CHANNEL_KINDS if is_letter else ()
    return tuple(kind for kind in CHANNEL_KINDS if kind in wanted and kind in offered and kind != campaign.channel)


def exchanged(workspace: Workspace, campaign: Campaign, step: Step, repetition: int) -> tuple[ChannelKind, ...]:
    """The same for one message: a last reminder by another channel goes so to everybody."""
    return () if step.last(repetition) else alternatives(workspace.channels, campaign)


def kind_of(channel: str | None) -> ChannelKind:
    """The kind of what a delivery's row names: mail has no name there, or that of the way by which it was tried."""
    return _KINDS.get(channel, "email")


def listed(workspace: Workspace, campaign: Campaign, own: ChannelKind) -> tuple[str, ...]:
    """What a list says of a person; `own` is the channel by which the message goes to who chose nothing."""
    if own != "handover" and campaign.handover == Handover() and "handover" in workspace.channels:
        return workspace.channels["handover"].columns
    return campaign.handover.columns


_KINDS: dict[str | None, ChannelKind] = {kind: kind for kind in CHANNEL_KINDS}
