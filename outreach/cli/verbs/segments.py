"""`outreach segments`: how many people are in each."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from outreach.cli.options import VerbCommand, as_json, at
from outreach.cli.output import emit, table
from outreach.cli.session import Session

if TYPE_CHECKING:
    from outreach.definitions.model import Segment


@click.command("segments", cls=VerbCommand, examples=["outreach segments"])
@at
@as_json
@click.pass_obj
def segments(session: Session, *, at: datetime | None, as_json: bool) -> None:
    """How many people are in each segment today, as campaigns/segments.yaml now says it, published or not.

    `everyone` is always there. Indeterminate are people about whom a fact is missing, so that nobody can say whether
    they belong: they get nothing. Small numbers are not shown (`< 10`; the limit is `small_numbers` in outreach.yaml),
    nor are numbers from which such a one could be worked out.
    """
    from outreach.definitions.model import EVERYONE
    from outreach.outcomes.segment_counts import count
    from outreach.outcomes.small_numbers import in_words
    from outreach.planning.calendar import civil_day
    from outreach.roster.segments import Segments

    installation = session.installation
    written = installation.written()
    limit = written.workspace.small_numbers
    today = civil_day(session.moment(at), installation.zone)
    names = list(dict.fromkeys([EVERYONE, *written.segments]))
    with installation.database.reading() as connection:
        found = count(connection, Segments(written.segments, written.workspace.fields, today), names, limit)
    if as_json:
        return emit(found)
    rows = [
        (
            c.segment,
            in_words(c.people, limit),
            in_words(c.indeterminate, limit),
            _title(written.segments.get(c.segment)),
        )
        for c in found
    ]
    return click.echo(table(("segment", "people", "indeterminate", "title"), rows))


def _title(segment: Segment | None) -> str:
    return segment.title if segment else "Everybody entitled"
