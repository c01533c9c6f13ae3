#!/usr/bin/env python3
"""Composing the sample newsletter and letter: microseconds of CPU a mail, beside the standard library's EmailMessage.

    .venv/bin/python bench/compose.py [--mails N] [--rounds N] [--measured]

Every person is met once, as in a real run (cold caches of addresses and tokens); names come back, as names do.
The library renders the same compiled templates with Jinja2 and serialises with the SMTP policy.
"""

from __future__ import annotations

import argparse
import email.policy
import random
import statistics
import time
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from outreach.definitions import load
from outreach.rendering.compiling import compile_content
from outreach.rendering.composer import Composer, Item
from outreach.rendering.previewing import read

ROOT = Path(__file__).parents[1]
NAMES = [f"Joëlle-{number}" for number in range(2_000)]
WHEN = datetime(2026, 11, 3, 8, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--measured", action="store_true", help="as if every campaign measured its links")
    arguments = parser.parse_args()
    loaded = load(ROOT)
    definitions = loaded.definitions
    assert definitions is not None
    campaigns = {
        name: replace(one, measure_links=arguments.measured) for name, one in definitions.campaigns.items()
    }  # fmt: skip
    definitions = replace(definitions, campaigns=campaigns)
    content = compile_content(definitions, loaded.sources, loaded.layouts, loaded.offer_html)
    composer = Composer(definitions, content.messages.__getitem__, content.fragments.__getitem__, b"s" * 32)
    print(f"{'':14}{'bytes':>8}{'ours, us':>10}{'to bytes':>10}{'library':>10}")
    for campaign, step in (("newsletter", "newsletter"), ("welcome", "welcome")):
        items = made(definitions, composer, campaign, step, arguments.mails * arguments.rounds)
        mails = [composer.compose(items[0])]
        ours, joining = [], []
        for start in range(0, len(items), arguments.mails):
            batch = items[start : start + arguments.mails]
            began = time.process_time()
            mails = [composer.compose(item) for item in batch]
            composed = time.process_time()
            for mail in mails:
                mail.to_bytes()
            ours.append((composed - began) / len(batch) * 1e6)
            joining.append((time.process_time() - composed) / len(batch) * 1e6)
        library = by_the_library(mails[-1].to_bytes())
        print(
            f"{campaign:<14}{len(mails[-1].to_bytes()):>8}{statistics.median(ours):>10.1f}"
            f"{statistics.median(joining):>10.1f}{library:>10.0f}"
        )


def made(definitions, composer: Composer, campaign: str, step_id: str, count: int) -> list[Item]:
    draw = random.Random(1)
    step = next(step for step in definitions.campaigns[campaign].steps if step.id == step_id)
    offers = list(step.pick.offers) if step.pick else []
    facts = composer.facts(step.send)
    return [
        Item(
            delivery=number + 1, key=f"{campaign}/{step_id}/2026-11-03/0/{number}", campaign=campaign, step=step_id,
            occurrence="2026-11-03", repetition=0, message=step.send, language="nl",
            address=f"p{number}@staff{number % 50}.example",
            person=dict.fromkeys(facts, NAMES[number % len(NAMES)]),
            picks=tuple(draw.sample(offers, 3)) if offers else (),
            date=WHEN,
        )
        for number in range(count)
    ]  # fmt: skip


def by_the_library(raw: bytes, mails: int = 100) -> float:
    """What building and serialising the same mail costs with EmailMessage; rendering not counted."""
    mail = read(raw)
    began = time.process_time()
    for _ in range(mails):
        message = EmailMessage(policy=email.policy.SMTP.clone(max_line_length=998))
        message["From"], message["To"], message["Subject"] = mail.sender, "an@staff.example", mail.subject
        message["Date"], message["List-Unsubscribe"] = WHEN, f"<https://example.org/u/{'x' * 52}>"
        message.set_content(mail.text)
        message.add_alternative(mail.html, subtype="html")
        message.as_bytes()
    return (time.process_time() - began) / mails * 1e6


if __name__ == "__main__":
    main()
