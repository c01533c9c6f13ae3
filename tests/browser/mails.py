"""The mails of the example workspace as somebody made up gets them: each step, reminder and notice in a language."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from outreach import release
from outreach.cli import sampling
from outreach.definitions.model import NOTICES, Campaign, Definitions
from outreach.rendering.composer import Composer

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def definitions_of(root: Path) -> Definitions:
    """What the files of a workspace say."""
    checked = release.check(root, None)
    assert not checked.problems
    assert checked.definitions
    return checked.definitions


def mails(definitions: Definitions, language: str, **facts: object) -> Iterator[tuple[str, str]]:
    """The name and the page of each mail in that language; `facts` of the reader are other than usual."""
    composer = Composer(
        definitions, definitions.messages.__getitem__, definitions.fragments.__getitem__, b"a secret of the tests"
    )
    reader = sampling.made_up(definitions)
    reader = replace(reader, facts={**reader.facts, **facts})
    for campaign in definitions.campaigns.values():
        picks = sampling.made_up_picks(definitions, campaign)
        for step, reminder in _steps(campaign):
            for sample in sampling.samples(
                definitions, composer, campaign, reader, picks,
                steps=(step,), language=language, reminder=reminder, label="sample", now=NOW,
            ):  # fmt: skip
                yield f"{campaign.id}/{step}/{reminder}", _page(sample.mail.to_bytes())


def _steps(campaign: Campaign) -> Iterator[tuple[str, int]]:
    for step in campaign.steps:
        if step.send:
            yield from ((step.id, number) for number in range((step.remind.max_reminders if step.remind else 0) + 1))
        if step.invite:
            yield from ((step.notice(kind).id, 0) for kind in NOTICES)


def _page(raw: bytes) -> str:
    part = email.message_from_bytes(raw, policy=email.policy.default).get_body(("html",))
    assert part
    return str(part.get_content())
