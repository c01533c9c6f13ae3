"""The verbs of `outreach`, in the order in which one meets them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from outreach import __version__
from outreach.cli.failures import Failures, ReaderGone, warn
from outreach.cli.lazy import LazyGroup, Verb
from outreach.cli.session import Session
from outreach.settings import Settings, unknown

SECTIONS = {
    "Begin": {
        "init": Verb("init", "init", "Make a workspace of your own, from the example."),
        "demo": Verb("demo", "demo", "Write to 44,982 made-up people over eight virtual weeks."),
    },
    "Write": {
        "check": Verb("check", "check", "Judge all definitions; nothing is changed."),
        "schema": Verb("schema", "schema", "JSON Schemas, so that your editor helps you write."),
        "segments": Verb("segments", "segments", "How many people are in each segment."),
        "preview": Verb("preview", "preview", "See a message as a person would get it."),
        "publish": Verb("publish", "publish", "Make a release of the definitions."),
    },
    "People": {
        "roster": Verb("roster", "roster", "Take people in from a file, or make some up."),
        "event": Verb("event", "event", "Put on record what happened to people."),
        "outcome": Verb("outcome", "outcome", "Put on record what people did."),
        "person": Verb("person", "person", "What is held about somebody, and erasing it."),
        "retention": Verb("retention", "retention", "Remove what was kept for long enough."),
        "opt-out": Verb("choices", "opt_out", "Somebody no longer wants a topic."),
        "opt-in": Verb("choices", "opt_in", "Somebody wants a topic again."),
        "prefer": Verb("choices", "prefer", "Somebody would rather be reached by another channel."),
        "requests": Verb("requests", "requests", "Who asked for their data, or for its erasure."),
        "token": Verb("token", "token", "Tokens by which other systems come in."),
    },
    "Send": {
        "plan": Verb("plan", "plan", "What would leave, to how many, and why not to others."),
        "simulate": Verb("simulate", "simulate", "A year ahead, with people who respond; nothing leaves."),
        "test-send": Verb("test_send", "test_send", "Send a campaign's messages to an address of yours."),
        "approve": Verb("approve", "approve", "Let a campaign go, as it stands now."),
        "pause": Verb("steering", "pause", "Hold a campaign."),
        "resume": Verb("steering", "resume", "Let a paused campaign go on."),
        "cancel": Verb("steering", "cancel", "Stop a campaign for good."),
        "run": Verb("run", "run", "Do what is due, then stop: the line for cron."),
        "bounces": Verb("bounces", "bounces", "Take in what came back: bounces and complaints."),
        "handover": Verb("handover", "handover", "The lists for who does things by hand, and what came of them."),
        "serve": Verb("serve", "serve", "Do what is due every minute, until told to stop."),
        "worker": Verb("worker", "worker", "Send, on as many machines as you like."),
        "restored": Verb("restored", "restored", "After a backup: what would be sent again, and how to go on."),
    },
    "Look": {
        "campaigns": Verb("campaigns", "campaigns", "Every campaign and how far it has come."),
        "explain": Verb("explain", "explain", "Why a person gets something, or does not."),
        "deliveries": Verb("deliveries", "deliveries", "The ledger: one line per message and person."),
        "links": Verb("links", "links", "How often the links of measured campaigns were followed."),
        "audit": Verb("audit", "audit", "Who did what, and who looked at whom."),
        "sessions": Verb("sessions", "sessions", "Sessions to come, and whether there are seats left."),
        "feeds": Verb("feeds", "feeds", "Sessions to come, for calendars and screens."),
        "bundles": Verb("bundles", "bundles", "What the contacts of the entities will be given."),
        "outbox": Verb("outbox", "outbox", "Take messages out of the outbox."),
        "register": Verb("register", "register", "The register of processing (GDPR, article 30)."),
        "doctor": Verb("doctor", "doctor", "Is this installation sound, and what to do where it is not."),
    },
}


class Outreach(LazyGroup):
    """The root: whatever a verb raises becomes a message and an exit code here."""

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any) -> NoReturn:  # type: ignore[override]  # click's own has two more, unused here
        """Run the verb that `args` names and leave with its exit code."""
        import sys

        words = list(sys.argv[1:] if args is None else args)
        extra["standalone_mode"] = False
        sys.exit(Failures(words).guard(lambda: super(Outreach, self).main(words, prog_name or "outreach", **extra)))

    def invoke(self, ctx: click.Context) -> Any:
        """As click does it, but for a reader who is gone: click would end with 1."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise ReaderGone from None


@click.group(
    cls=Outreach,
    sections=SECTIONS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Each verb explains itself: `outreach approve --help`. First time here? `outreach init my-campaigns`.",
)
@click.option("--workspace", "-C", metavar="DIR", help="The folder with outreach.yaml.")
@click.option("-v", "--verbose", is_flag=True, help="Say more.")
@click.version_option(__version__, message="outreach %(version)s")
@click.pass_context
def outreach(ctx: click.Context, workspace: str | None, verbose: bool) -> None:
    """Campaigns that help people find what they are entitled to."""
    for line in unknown(os.environ):
        warn(line)
    ctx.obj = ctx.with_resource(Session(Settings.read(os.environ), workspace, verbose=verbose))
