"""The time zone that a person lives by.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("time_zone", sa.String(length=64), nullable=True))
    known = sa.text("time_zone IS NOT NULL")
    op.create_index("ix_person_time_zone", "person", ["time_zone"], sqlite_where=known, postgresql_where=known)
