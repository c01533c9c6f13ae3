"""What alembic runs: the revisions, on the connection and in the transaction that `storage.schema` opened."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from outreach.storage.tables import metadata
from outreach.storage.types import UTCDateTime


def _render(kind: str, item: Any, autogenerate: AutogenContext) -> str | Literal[False]:
    """Our own column type, by name and with its import, in a revision that alembic writes."""
    if kind == "type" and isinstance(item, UTCDateTime):
        autogenerate.imports.add("from outreach.storage.types import UTCDateTime")
        return "UTCDateTime()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite changes a table by making a new one.
    render_as_batch=True,
    render_item=_render,
    # True of SQLite too, since we send its BEGIN ourselves.
    transactional_ddl=True,
)
context.run_migrations()
