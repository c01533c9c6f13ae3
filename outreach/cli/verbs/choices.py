"""`outreach opt-out`, `opt-in` and `prefer`: what a person wants to hear about, and by which channel."""

from __future__ import annotations

from datetime import datetime

import click

from outreach.cli.accounting import note_person
from outreach.cli.options import VerbCommand, as_json, at
from outreach.cli.output import emit
from outreach.cli.session import Session
from outreach.definitions.refusal import advice, shown
from outreach.errors import OutreachError


@click.command("opt-out", cls=VerbCommand, examples=["outreach opt-out 104733 news"])
@click.argument("person")
@click.argument("topic")
@at
@as_json
@click.pass_obj
def opt_out(session: Session, person: str, topic: str, *, at: datetime | None, as_json: bool) -> None:
    """PERSON (the HR system's number) no longer wants TOPIC. What is planned of it does not leave."""
    from outreach.delivery.declining import decline
    from outreach.roster.numbers import surrogate

    _known(session, topic)
    now, releases = session.moment(at), session.installation.definitions
    with session.installation.database.writing() as connection:
        is_new = decline(connection, releases, surrogate(connection, person), {topic}, now)
        note_person(session, connection, "opted out", person, now, {"topic": topic})
    _tell(person, topic, wanted=False, changed=is_new, as_json=as_json)


@click.command("opt-in", cls=VerbCommand, examples=["outreach opt-in 104733 news"])
@click.argument("person")
@click.argument("topic")
@as_json
@click.pass_obj
def opt_in(session: Session, person: str, topic: str, *, as_json: bool) -> None:
    """PERSON (the HR system's number) wants TOPIC again."""
    from outreach.roster import choices

    _known(session, topic)
    with session.installation.database.writing() as connection:
        is_new = choices.opt_in(connection, person, topic)
        note_person(session, connection, "opted in", person, session.moment(None), {"topic": topic})
    _tell(person, topic, wanted=True, changed=is_new, as_json=as_json)


@click.command("prefer", cls=VerbCommand, examples=["outreach prefer 104733 handover", "outreach prefer 104733 any"])
@click.argument("person")
@click.argument("channel")
@at
@as_json
@click.pass_obj
def prefer(session: Session, person: str, channel: str, *, at: datetime | None, as_json: bool) -> None:
    """PERSON (the HR system's number) would rather be reached by CHANNEL: one that outreach.yaml offers, or `any`.

    What is planned goes by it too. Where it cannot (a campaign does not go by it, nothing is on file that it needs),
    they are reached as everybody is; `outreach explain` says so.
    """
    from outreach.delivery import rerouting
    from outreach.roster.numbers import surrogate

    offered = session.installation.in_force().channels
    if channel not in (_ANY, *offered):
        raise OutreachError(f"nobody can choose {shown(channel)}", remedy=advice(channel, [*offered, _ANY], "channels"))
    now, releases = session.moment(at), session.installation.definitions
    kind = None if channel == _ANY else channel
    with session.installation.database.writing() as connection:
        changed = rerouting.prefer(connection, releases, surrogate(connection, person), kind, now)
        note_person(session, connection, "chose a channel", person, now, {"channel": channel})
    if as_json:
        return emit({"person": person, "channel": channel, "changed": changed})
    return click.echo("On record." if changed else "That was so already.")


#: Every channel is the same to them.
_ANY = "any"


def _known(session: Session, topic: str) -> None:
    topics = session.installation.in_force().topics
    if topic not in topics:
        raise OutreachError(f"there is no topic {shown(topic)}", remedy=advice(topic, topics, "topics"))


def _tell(person: str, topic: str, *, wanted: bool, changed: bool, as_json: bool) -> None:
    if as_json:
        return emit({"person": person, "topic": topic, "wanted": wanted, "changed": changed})
    return click.echo("On record." if changed else "That was so already.")
