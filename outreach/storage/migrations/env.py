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


def _is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Whether a table that alembic finds is one of ours: procrastinate looks after its own."""
    return kind != "table" or not (name or "").startswith("procrastinate_")


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite changes a table by making a new one.
    render_as_batch=True,
    render_item=_render,
    include_name=_is_ours,
    # True of SQLite too, since we send its BEGIN ourselves.
    transactional_ddl=True,
)
context.run_migrations()
