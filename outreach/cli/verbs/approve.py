"""`outreach approve`: let a campaign go, as it stands in the current release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self

import click

from outreach.cli import moves, summary, tellings
from outreach.cli.options import VerbCommand, as_json, at
from outreach.cli.output import emit, next_step
from outreach.cli.session import Session
from outreach.definitions.refusal import advice, shown
from outreach.errors import ExitCode, OutreachError

if TYPE_CHECKING:
    from outreach.installation import Installation
    from outreach.outcomes.segment_counts import SegmentCount


@click.command("approve", cls=VerbCommand, examples=[
    "outreach approve newsletter",
    "outreach approve newsletter --digest 3f9ac0…",
    "outreach approve --all --yes",
])  # fmt: skip
@click.argument("campaign", required=False)
@click.option("--all", "every", is_flag=True, help="Every campaign that waits for an approval, one after the other.")
@click.option(
    "--digest", metavar="DIGEST", help="Only if the campaign still has this digest: the first 8 characters are enough."
)
@click.option("--yes", is_flag=True, help="Approve without asking.")
@at
@as_json
@click.pass_obj
def approve(
    session: Session, *, campaign: str | None, every: bool, digest: str | None, yes: bool, at: datetime | None,
    as_json: bool,
) -> int:  # fmt: skip
    """Let CAMPAIGN go, as it was published last. First shows to whom, when and with which subjects; then asks.

    What was approved is what is sent: the digest stands for the campaign with every text, segment and offer it uses.
    When one of them is edited and published, the campaign waits for a new approval; people who are in the
    middle of it finish what was approved before, or go on in what is approved now, as its `edited` says: how many do
    is shown. When a session moves or is called off after people were invited to it, they are told once the campaign
    that invited them is approved again: how many is shown, too. `outreach pause` and `cancel` stop it.

    It asks on a terminal only: in a script, with --json or with --yes the campaign goes at once.
    """
    if (campaign is None) == (not every):
        raise click.UsageError("Name one campaign, or say --all.")
    ask = session.asks(yes=yes, as_json=as_json)
    approver = _Approver.of(session, session.moment(at), ask=ask, quiet=as_json)
    done = []
    for name in _waiting(session, approver.now) if campaign is None else [_known(session, campaign)]:
        answer = approver.approve(name, digest)
        if answer is None:
            return ExitCode.USER
        done.append(answer)
    if as_json:
        emit(done if every else done[0])
    elif not done:
        click.echo("Nothing waits for an approval.")
    else:
        next_step("outreach plan --days 30")
    return ExitCode.DONE


@dataclass(frozen=True)
class _Approver:
    """Shows a campaign, asks where it may, and approves what it has shown."""

    installation: Installation
    now: datetime
    #: Size of every segment.
    sizes: Mapping[str, SegmentCount]
    ask: bool
    quiet: bool

    @classmethod
    def of(cls, session: Session, now: datetime, *, ask: bool, quiet: bool) -> Self:
        installation = session.installation
        with installation.database.reading() as connection:
            sizes = summary.audiences(connection, installation.current()[1], now)
        return cls(installation, now, sizes, ask, quiet)

    def approve(self, name: str, digest: str | None) -> dict[str, object] | None:
        """What was approved; None if somebody said no."""
        from outreach import release

        with self.installation.database.reading() as connection:
            release.approvable(connection, name, digest)
        seen = self._show(name)
        if self.ask and not click.confirm("\nLet it go?"):
            click.echo("Not approved.", err=True)
            return None
        # By the digest that was shown: a release that came in between changes it, and then nothing is approved.
        by = self.installation.settings.who
        given = release.approve(self.installation.database, name, self.now, by, digest or seen.digest)
        if not self.quiet:
            click.echo(f"\n{name} is approved, and {given.state}.\n")
        return {"campaign": given.campaign, "digest": given.digest, "state": given.state} | {
            field: getattr(seen, field) for field in _TOLD
        }

    def _show(self, name: str) -> summary.Summary:
        from outreach import release

        release_id, definitions = self.installation.current()
        with self.installation.database.reading() as connection:
            digest = release.digests(connection, release_id)[name]
            moving = list(moves.moving(connection, definitions, release_id, [name], self.now))
            told = [one for one in tellings.told(connection, definitions, self.now) if one.campaign == name]
        size = self.sizes[definitions.campaigns[name].audience]
        composer = self.installation.composer(release_id)
        seen = summary.summarise(definitions, composer, name, digest, self.now, size, moving, told)
        if not self.quiet:
            click.echo(summary.text(seen, definitions.workspace.small_numbers))
        return seen


#: What `--json` tells beside campaign, digest and state.
_TOLD = (
    "title", "audience", "people", "indeterminate", "starts", "first_sends", "missed", "limit", "steps", "under_way",
    "sessions",
)  # fmt: skip


def _known(session: Session, name: str) -> str:
    campaigns = session.installation.current()[1].campaigns
    if name not in campaigns:
        raise OutreachError(
            f"there is no campaign {shown(name)} in the release", remedy=advice(name, campaigns, "campaigns")
        )
    return name


def _waiting(session: Session, now: datetime) -> list[str]:
    installation = session.installation
    release_id, definitions = installation.current()
    with installation.database.reading() as connection:
        return tellings.waiting(connection, release_id, definitions, now)
