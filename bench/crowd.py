"""A large roster for measurements, made by the database itself: nobody in it has a name."""

from __future__ import annotations

from sqlalchemy import text

from outreach.storage.database import Database

#: 68 : 32 active to retired; a fifth of the retirees without e-mail, a fifth of all without a household on file.
_COLUMNS = """
    person_id, source, status, first_name, last_name, email, private_email, language, born_on, hired_on, contract,
    household, children, lot, version, imported_at, attributes
"""
_ROW = """
    'P' || n, 'bench', CASE WHEN n % 100 < 68 THEN 'active' ELSE 'retired' END, 'An', 'Peeters',
    CASE WHEN n % 100 < 68 THEN 'p' || n || '@staff.example' END,
    CASE WHEN n % 100 >= 68 AND n % 5 > 0 THEN 'p' || n || '@home.example' END,
    CASE WHEN n % 20 = 0 THEN 'fr' ELSE 'nl' END, {born}, {hired},
    CASE WHEN n % 3 = 0 THEN 'permanent' ELSE 'statutory' END,
    CASE n % 5 WHEN 0 THEN NULL WHEN 1 THEN 'single' WHEN 2 THEN 'couple' ELSE 'couple-with-children' END,
    n % 4, (n * 7919) % 2147483647, 1, {now}, '{{}}'
"""
_NUMBERS = {
    "sqlite": "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :people)",
    "postgresql": "WITH numbers AS (SELECT generate_series(1, :people) AS n)",
}
_DATES = {
    "sqlite": {
        "born": "date('1960-01-01', '+' || (n % 14000) || ' days')",
        "hired": "date('2000-01-01', '+' || (n % 9800) || ' days')",
        "now": "'2026-10-01 00:00:00.000000'",
    },
    "postgresql": {
        "born": "date '1960-01-01' + (n % 14000)",
        "hired": "date '2000-01-01' + (n % 9800)",
        "now": "timestamptz '2026-10-01 00:00:00Z'",
    },
}


def fill(database: Database, people: int) -> None:
    """Put so many people into the roster."""
    row = _ROW.format(**_DATES[database.dialect])
    cast = row.replace("'{}'", "CAST('{}' AS json)") if database.dialect == "postgresql" else row
    lot = cast.replace("(n * 7919)", "(CAST(n AS bigint) * 7919)")
    with database.writing() as connection:
        connection.execute(
            text(f"INSERT INTO person ({_COLUMNS}) {_NUMBERS[database.dialect]} SELECT {lot} FROM numbers"),
            {"people": people},
        )
        connection.execute(text("ANALYZE"))
