"""Publishing: judged definitions become a release, stored once by its content, and the current one."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from outreach.definitions.model import Definitions
from outreach.errors import DefinitionsError
from outreach.release.closure import closure_digest
from outreach.release.manifest import CURRENT, Manifest, current_release, digests, make_manifest
from outreach.release.measured import put_links
from outreach.release.nouns import Checked, Published
from outreach.release.programme import put_in_force
from outreach.release.states import NOBODY, insert_new, note_approval, put
from outreach.storage import audit
from outreach.storage.database import Database
from outreach.storage.marks import write_mark
from outreach.storage.tables import part, release, release_campaign


def publish(database: Database, checked: Checked, now: datetime, by: str) -> Published:
    """Make what was judged the current release; the same content again makes no other one.

    Raises:
        DefinitionsError: there are problems.
    """
    definitions = checked.definitions
    if definitions is None or checked.problems:
        raise DefinitionsError(checked.problems)
    manifest = make_manifest(definitions)
    closures = {name: closure_digest(definitions, campaign) for name, campaign in sorted(definitions.campaigns.items())}
    with database.writing() as connection:
        before = current_release(connection)
        known = digests(connection, before) if before is not None else {}
        release_id, new = _store(connection, manifest, closures, now, by)
        write_mark(connection, CURRENT, str(release_id))
        put_in_force(connection, definitions, now)
        put_links(connection, definitions)
        changed = {"release": before}, {"release": release_id, "digest": manifest.digest}
        audit.record(connection, audit.Entry(by, "published", f"release {release_id}", *changed), now)
        _start_unapproved(connection, definitions, closures, release_id, now)
    differing = tuple(name for name, digest in closures.items() if known.get(name) != digest)
    gone = tuple(sorted(known.keys() - closures.keys()))
    return Published(release_id, manifest.digest, differing, new, gone)


def _store(
    connection: Connection, manifest: Manifest, closures: dict[str, str], now: datetime, by: str
) -> tuple[int, bool]:
    """The id of the release with this content, and whether it was made just now."""
    row = {"digest": manifest.digest, "published_at": now, "published_by": by[:200], "manifest": manifest.text}
    new = insert_new(connection, release, **row)
    release_id = connection.execute(select(release.c.id).where(release.c.digest == manifest.digest)).scalar_one()
    if new:
        for digest, body in manifest.parts.items():
            insert_new(connection, part, digest=digest, body=body)
        rows = [{"release_id": release_id, "campaign": name, "digest": digest} for name, digest in closures.items()]
        if rows:
            connection.execute(release_campaign.insert(), rows)
    return release_id, new


def _start_unapproved(
    connection: Connection, definitions: Definitions, closures: dict[str, str], release_id: int, now: datetime
) -> None:
    """Campaigns that need no approval count from now on, and it stands on record that nobody gave one."""
    zone = ZoneInfo(definitions.workspace.time_zone)
    for name, campaign in definitions.campaigns.items():
        if campaign.approval == "none":
            note_approval(connection, name, closures[name], release_id, now, NOBODY)
            put(connection, campaign, zone, now)
