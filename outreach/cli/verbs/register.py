"""`outreach register`: the register of processing activities."""

from __future__ import annotations

import click

from outreach.cli.options import VerbCommand, as_json
from outreach.cli.output import emit
from outreach.cli.session import Session
from outreach.errors import DefinitionsError
from outreach.privacy.headings import MEASURES


@click.command("register", cls=VerbCommand, examples=["outreach register > register.md", "outreach register --json"])
@click.option(
    "--language",
    type=click.Choice(tuple(MEASURES)),
    help="The first one of outreach.yaml where not said.",
)
@as_json
@click.pass_obj
def register(session: Session, *, language: str | None, as_json: bool) -> None:
    """The register of processing activities (GDPR, article 30) from the definitions, as a Markdown page.

    Purposes, people, data, recipients, retention and security measures; and which fields of the roster no campaign
    uses, so that HR need not send them. What only you know (your data protection officer, the legal basis, processors)
    is yours to add.
    """
    from outreach import release
    from outreach.privacy.register import make, to_markdown
    from outreach.release.closure import facts_used

    installation = session.installation
    checked = release.check(session.root, installation.database if installation.has_database else None)
    if checked.problems or checked.definitions is None:
        raise DefinitionsError(checked.problems)
    definitions = checked.definitions
    used = {name: facts_used(definitions, campaign) for name, campaign in definitions.campaigns.items()}
    made = make(definitions, used, language or definitions.workspace.languages[0])
    return emit(made) if as_json else click.echo(to_markdown(made), nl=False)
