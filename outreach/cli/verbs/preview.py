"""`outreach preview`: a message as somebody would get it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from outreach.cli import sampling
from outreach.cli.accounting import looked_at
from outreach.cli.drafts import Draft
from outreach.cli.looking import Preview, files, on_list, out, show
from outreach.cli.options import VerbCommand, as_json, at
from outreach.cli.output import emit
from outreach.cli.session import Session


@click.command("preview", cls=VerbCommand, examples=[
    "outreach preview welcome",
    "outreach preview newsletter --as 104733",
    "outreach preview welcome --step invitation --reminder 1 --language fr",
    "outreach preview --key newsletter/newsletter/2026-12-01/0/17",
])  # fmt: skip
@click.argument("campaign", required=False)
@click.option("--step", "steps", multiple=True, help="Only that step; may be repeated.")
@click.option("--as", "person", metavar="PERSON", help="As that person would get it: the HR system's number.")
@click.option("--language", help="In that language.")
@click.option(
    "--reminder", type=click.IntRange(0), default=0, help="The reminder of that number; 0 is the message itself."
)
@click.option("--key", help="A message that was sent to the outbox, to the byte.")
@out
@at
@as_json
@click.pass_obj
def preview(
    session: Session, *, campaign: str | None, steps: tuple[str, ...], person: str | None, language: str | None,
    reminder: int, key: str | None, out: Path | None, at: datetime | None, as_json: bool,
) -> None:  # fmt: skip
    """See CAMPAIGN's messages as a person of the roster (or one made up) would get them, as the files now say it.

    Each is written as a web page, as text, and as a mail that a mail program opens; what goes by a list, as it stands
    there. Nothing is sent.
    """
    if (campaign is None) == (key is None):
        raise click.UsageError("Name a campaign, or a message with --key.")
    folder = out or session.root / "var" / "preview"
    if key is not None:
        made = [_kept(session, key, folder)]
    else:
        assert campaign is not None
        now = session.moment(at)
        if person:
            looked_at(session, person, "preview", now)
        draft = Draft.open(session, campaign, person, now)
        found = draft.samples(steps=steps, language=language, reminder=reminder, label="preview")
        made = [_written(sample, folder / campaign) for sample in found]
    if as_json:
        # The first stands at the top, so that a program that asked for one step finds it there.
        first = made[0]
        return emit({"html": first.html, "text": first.text, "eml": first.eml, "list": first.list, "messages": made})
    return show(made)


def _kept(session: Session, key: str, folder: Path) -> Preview:
    from outreach.delivery.channels.outbox import Outbox
    from outreach.delivery.keys import parse_key

    parsed = parse_key(key)
    content = Outbox(session.installation.outbox).read(key)
    return files(content, folder / parsed.campaign, key.replace("/", "."), parsed.step, parsed.repetition)


def _written(sample: sampling.Sample, folder: Path) -> Preview:
    name = f"{sample.step}{f'-reminder-{sample.reminder}' if sample.reminder else ''}.{sample.language}"
    made = files(sample.mail.to_bytes(), folder, name, sample.step, sample.reminder)
    return on_list(made, sample.line) if sample.line else made
