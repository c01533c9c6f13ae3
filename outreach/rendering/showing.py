"""Whether a message shows what is chosen for its reader, offers or a session, and asks nothing that it must not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from jinja2 import TemplateSyntaxError, nodes

from outreach.definitions.model import Campaign, Step
from outreach.errors import Problem
from outreach.rendering.judging import Part
from outreach.rendering.names import uses
from outreach.rendering.templates import environment


def judge_offers(message: str, parts: Sequence[Part], campaigns: Iterable[Campaign]) -> Iterator[Problem]:
    """What is wrong with how a text of a message shows offers.

    `parts` are its body and, where it has one, its layout; `campaigns` are those that send it.
    """
    steps = [
        (campaign, step) for campaign in campaigns for step in campaign.steps if message in step.messages
    ]  # fmt: skip
    lines = [_shown_on(part) for part in parts]
    if None in lines or not steps:
        return
    picking = [f"{campaign.id}/{step.id}" for campaign, step in steps if step.pick]
    body = parts[0]
    if picking and not any(lines):
        yield body.problem(
            1, f"the step {picking[0]} picks offers, and this text does not show them",
            "Write {{ offers }} on a line of its own, or take `pick` out of the step.",
        )  # fmt: skip
    if not picking and lines[0]:
        yield body.problem(
            lines[0], "this text shows offers, and no step that sends it picks any",
            f"Add `pick: {{from: offers, at_most: 3}}` to the step {_name(*steps[0])}, or leave {{{{ offers }}}} out.",
            find="offers",
        )  # fmt: skip


def judge_session(message: str, part: Part, campaigns: Iterable[Campaign]) -> Iterator[Problem]:
    """What is wrong with how the body of a message speaks of the session that it invites to.

    `campaigns` are those that send it.
    """
    steps = [
        (campaign, step) for campaign in campaigns for step in campaign.steps if message in (*step.messages, *step.told)
    ]
    line = _first_use(part, "session")
    if line is None or not steps:
        return
    inviting = next((_name(*found) for found in steps if found[1].invite), "")
    other = next((_name(*found) for found in steps if not found[1].invite), "")
    if inviting and not line:
        yield part.problem(
            1, f"the step {inviting} invites to a session, and this text does not say when it is",
            "Write {{ session.day }} and {{ session.time }}, or take `invite` out of the step.",
        )  # fmt: skip
    if other and line:
        yield part.problem(
            line, f"this text speaks of a session, and the step {other} invites to none",
            "Add `invite: …` to the step, or leave `session` out.", find="session",
        )  # fmt: skip


def judge_bundle(message: str, part: Part, campaigns: Iterable[Campaign]) -> Iterator[Problem]:
    """What is wrong with how the body of a message speaks of a bundle. `campaigns` are those that send it."""
    senders = [campaign for campaign in campaigns if any(message in step.messages for step in campaign.steps)]
    line = _first_use(part, "bundle")
    if line is None or not senders:
        return
    bringing = next((one.id for one in senders if one.start.kind == "bundles"), "")
    other = next((one.id for one in senders if one.start.kind != "bundles"), "")
    if bringing and "bundle.news" not in part.source:
        yield part.problem(
            1, f"the campaign {bringing} sends bundles, and this text does not show what is in them",
            "Write {{ bundle.news }} on a line of its own.",
        )  # fmt: skip
    if other and line:
        yield part.problem(
            line, f"this text speaks of a bundle, and the campaign {other} sends none",
            "Write `start: {on: bundles}` in the campaign, or leave `bundle` out.", find="bundle",
        )  # fmt: skip


def judge_answers(parts: Iterable[Part], campaigns: Iterable[Campaign]) -> Iterator[Problem]:
    """Where a message lets its readers answer to what leaves no trace of who used it.

    `parts` are all of a text, its layout too; `campaigns` are those that send it.
    """
    sensitive = next((campaign.id for campaign in campaigns if campaign.sensitive), "")
    for part in parts if sensitive else ():
        if line := _first_use(part, "answers"):
            yield part.problem(
                line, f"the campaign {sensitive} is sensitive, and this text would record who answers",
                "Leave `answers` out, and say whom they can call.", find="answers",
            )  # fmt: skip


def _first_use(part: Part, name: str) -> int | None:
    """The first line that uses a variable, 0 where none does; None where the template cannot be read."""
    try:
        tree = environment("en", part.kind).parse(part.source)
    except TemplateSyntaxError:
        return None
    return min((use.line for use in uses(tree) if use.name == name), default=0)


def _name(campaign: Campaign, step: Step) -> str:
    return f"{campaign.id}/{step.id}"


def _shown_on(part: Part) -> int | None:
    """The first line that prints the offers, 0 where none does; None where the template cannot be read."""
    try:
        tree = environment("en", part.kind).parse(part.source)
    except TemplateSyntaxError:
        return None
    printed = [
        name.lineno for output in tree.find_all(nodes.Output) for name in _names(output) if name.name == "offers"
    ]
    return min(printed, default=0)


def _names(output: nodes.Output) -> Iterator[nodes.Name]:
    for node in output.nodes:
        if isinstance(node, nodes.Name):
            yield node
        yield from node.find_all(nodes.Name)
