"""Judging a workspace: its definitions, its texts, and what the last release had that is gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from outreach.errors import Problem
from outreach.release.nouns import Checked

if TYPE_CHECKING:
    from outreach.definitions.loaded import Loaded
    from outreach.storage.database import Database


def check(root: Path, database: Database | None) -> Checked:
    """Everything that is wrong with the workspace in `root`, compared with the last release of `database`."""
    from outreach.definitions import load
    from outreach.rendering.compiling import compile_content

    loaded = load(root)
    problems = [*loaded.problems, *(vanished(loaded, published(database)) if database else ())]
    if loaded.draft is None:
        return Checked(None, tuple(sorted(problems)), loaded.notes)
    content = compile_content(loaded.draft, loaded.sources, loaded.layouts, loaded.offer_html)
    # What both found at one place is told once, by the one that knows its column.
    told = {(problem.file, problem.path) for problem in loaded.problems if problem.path}
    problems += [problem for problem in content.problems if (problem.file, problem.path) not in told]
    if problems or loaded.definitions is None:
        return Checked(None, tuple(sorted(set(problems))), loaded.notes)
    definitions = replace(loaded.definitions, messages=content.messages, fragments=content.fragments)
    return Checked(definitions, (), loaded.notes)


def published(database: Database) -> dict[str, frozenset[str]]:
    """Campaign -> its step ids, in the last release; empty before the first."""
    from outreach.release.manifest import current_release, load

    with database.reading() as connection:
        release_id = current_release(connection)
        campaigns = load(connection, release_id).campaigns if release_id is not None else {}
    return {name: frozenset(step.id for step in campaign.steps) for name, campaign in campaigns.items()}


def vanished(loaded: Loaded, before: dict[str, frozenset[str]]) -> Iterator[Problem]:
    """Campaigns and steps that were published and are gone, unless they are retired."""
    fresh = [name for name in loaded.present if name not in before]
    for campaign, steps in before.items():
        if campaign in loaded.retired:
            continue
        if campaign not in loaded.present:
            message = f"the campaign `{campaign}` was published before, and is gone"
            yield Problem(f"campaigns/{campaign}.yaml", 1, 1, "", message, _renamed(campaign, fresh, campaign))
        elif (now := loaded.present[campaign]) is not None:
            yield from _vanished_steps(loaded, campaign, steps, now)


def _vanished_steps(loaded: Loaded, campaign: str, before: frozenset[str], now: frozenset[str]) -> Iterator[Problem]:
    file = f"campaigns/{campaign}.yaml"
    for step in sorted(before - now):
        if f"{campaign}/{step}" not in loaded.retired:
            message = f"the step `{step}` was published before, and is gone"
            remedy = _renamed(step, sorted(now - before), f"{campaign}/{step}")
            yield Problem(file, *loaded.locate(file, ("steps",)), "steps", message, remedy)


def _renamed(name: str, fresh: list[str], entry: str) -> str:
    """Ask whether it was renamed, and say how to retire it."""
    from outreach.definitions.refusal import nearest

    # With one newcomer only, that is the likely one even if it reads otherwise.
    near = nearest(name, fresh) or (fresh[0] if len(fresh) == 1 else None)
    asked = f"Was it renamed to `{near}`? Then give it back its id" if near else "Put it back"
    return f"{asked}: ids say who got what. If it is gone for good, add `retired: [{entry}]` to outreach.yaml."
