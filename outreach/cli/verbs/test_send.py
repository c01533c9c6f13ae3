"""`outreach test-send`: a campaign's messages to an address of one's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import click

from outreach.cli.accounting import looked_at
from outreach.cli.drafts import Draft
from outreach.cli.options import VerbCommand, as_json, at
from outreach.cli.output import emit
from outreach.cli.session import Session
from outreach.errors import ExitCode, OutreachError


@click.command("test-send", cls=VerbCommand, examples=["outreach test-send welcome me@example.com --language fr"])
@click.argument("campaign")
@click.argument("address")
@click.option("--step", "steps", multiple=True, help="Only that step; may be repeated.")
@click.option("--as", "person", metavar="PERSON", help="With that person's facts: the HR system's number.")
@click.option("--language", help="In that language.")
@click.option(
    "--reminder", type=click.IntRange(0), default=0, help="The reminder of that number; 0 is the message itself."
)
@at
@as_json
@click.pass_obj
def test_send(
    session: Session, *, campaign: str, address: str, steps: tuple[str, ...], person: str | None, language: str | None,
    reminder: int, at: datetime | None, as_json: bool,
) -> int:  # fmt: skip
    """Send CAMPAIGN's messages, as the files now say them, to ADDRESS. Nobody else gets anything, and no ledger knows.

    They leave over the mail server of OUTREACH_SMTP_URL; without one they go to the outbox.
    """
    from outreach.delivery.channels.unrecorded import send_unrecorded

    address = _mailable(address)
    now = session.moment(at)
    if person:
        looked_at(session, person, "test-send", now)
    draft = Draft.open(session, campaign, person, now)
    # The surrogate id 0: links in it belong to nobody.
    draft = replace(draft, reader=replace(draft.reader, address=address, id=0))
    made = draft.samples(steps=steps, language=language, reminder=reminder, label=f"test-{now:%Y%m%dT%H%M%S%f}")
    channel = session.installation.channel()
    results = send_unrecorded(channel, [sample.mail for sample in made])
    sent = [
        {"step": sample.step, "language": sample.language, "message_id": sample.mail.message_id, "key": sample.mail.key,
         "state": _STATES[type(result).__name__], "code": getattr(result, "code", "")}
        for sample, result in zip(made, results, strict=True)
    ]  # fmt: skip
    if as_json:
        emit({"campaign": campaign, "channel": channel.name, "messages": sent})
    else:
        for one in sent:
            code = f" ({one['code']})" if one["code"] else ""
            click.echo(f"{one['step']} ({one['language']}): {one['state']}{code}, over {channel.name}")
    return ExitCode.DONE if all(one["state"] == "sent" for one in sent) else ExitCode.USER


def _mailable(address: str) -> str:
    from outreach.roster.addresses import mailable
    from outreach.roster.values import Refused

    try:
        return mailable(address.strip())
    except Refused as error:
        remedy = "Give an address of yours after the campaign: `outreach test-send CAMPAIGN you@example.org`."
        raise OutreachError(str(error), where="ADDRESS", remedy=remedy) from None


_STATES = {"Sent": "sent", "Deferred": "deferred", "Rejected": "rejected", "InDoubt": "in_doubt"}
