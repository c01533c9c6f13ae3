"""Branches in words: who goes which way, and where it leads."""

from __future__ import annotations

from outreach.definitions.model import Campaign, Condition, Step, Way


def way_in_words(way: Way) -> str:
    """`if infosession-attended`, `unless event moved`."""
    asked = ((word, wanted) for word, wanted in (("if", way.when), ("unless", way.unless)) if wanted)
    return " and ".join(f"{word} {condition_in_words(wanted)}" for word, wanted in asked)


def branch_in_words(campaign: Campaign, step: Step) -> str:
    """`if infosession-attended to workshop; otherwise to once-more`; empty for a step that is no branch."""
    if step.branch is None:
        return ""
    ways = [f"{way_in_words(way)} {leads(campaign, way.first)}" for way in step.branch.ways]
    ways.append(f"otherwise {leads(campaign, step.branch.otherwise)}")
    if step.branch.unknown != step.branch.otherwise:
        ways.append(f"where facts are missing {leads(campaign, step.branch.unknown)}")
    return "; ".join(ways)


def leads(campaign: Campaign, place: int) -> str:
    """Where a way leads: to a step, or to the end of the journey."""
    return f"to {campaign.steps[place].id}" if campaign.here(place) is not None else "to the end"


def condition_in_words(wanted: Condition) -> str:
    """`infosession-attended or event moved`."""
    named = (*(f"event {one}" for one in wanted.events), *(f"segment {one}" for one in wanted.segments))
    return " or ".join((*wanted.outcomes, *named))
