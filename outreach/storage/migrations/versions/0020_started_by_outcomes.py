"""Journeys that an outcome started, and outcomes found by what they are.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_SET = sa.text("outcome IS NOT NULL")


def upgrade() -> None:
    op.add_column("enrolment", sa.Column("outcome", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_enrolment_outcome", "enrolment", ["outcome"], unique=False, sqlite_where=_SET, postgresql_where=_SET
    )
    op.create_index("ix_outcome_outcome_occurred_on", "outcome", ["outcome", "occurred_on"], unique=False)
