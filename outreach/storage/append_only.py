"""Tables whose rows are only ever added: the database itself refuses to change or to remove one."""

from __future__ import annotations

from sqlalchemy import DDL, Table, event

#: Statements by dialect, in their order; `{0}` is the name of the table, whose key is `id`.
_STATEMENTS = {
    "sqlite": (
        (
            "CREATE TRIGGER {0}_no_update BEFORE UPDATE ON {0} "
            "BEGIN SELECT RAISE(ABORT, 'rows of {0} are only added'); END"
        ),
        (
            "CREATE TRIGGER {0}_no_delete BEFORE DELETE ON {0} "
            "BEGIN SELECT RAISE(ABORT, 'rows of {0} are only added'); END"
        ),
        # INSERT OR REPLACE deletes without asking the trigger above.
        (
            "CREATE TRIGGER {0}_no_replace BEFORE INSERT ON {0} WHEN EXISTS (SELECT 1 FROM {0} WHERE id = NEW.id) "
            "BEGIN SELECT RAISE(ABORT, 'rows of {0} are only added'); END"
        ),
    ),
    "postgresql": (
        (
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'rows of % are only added', TG_TABLE_NAME; END $$"
        ),
        (
            "CREATE TRIGGER {0}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {0} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        ),
    ),
}


def statements(table: str, dialect: str) -> tuple[str, ...]:
    """What makes a table of that name append-only, on `sqlite` or `postgresql`."""
    return tuple(statement.format(table) for statement in _STATEMENTS[dialect])


def append_only(table: Table) -> Table:
    """The table, which is made append-only wherever it is made."""
    for dialect in _STATEMENTS:
        for statement in statements(table.name, dialect):
            # SQLAlchemy formats what it executes by `%`.
            ddl = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]  # SQLAlchemy types it nowhere
            event.listen(table, "after_create", ddl.execute_if(dialect=dialect))
    return table
