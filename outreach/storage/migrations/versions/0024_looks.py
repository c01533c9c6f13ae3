"""Looks: by which release's words the last one was, and indexes for what is asked every day.

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_SET = sa.text("contract_ends_on IS NOT NULL")
_ACTIVE = sa.text("state = 'active'")
_WAITING = sa.text("state = 'planned' AND dispatched_at IS NULL")


def upgrade() -> None:
    op.add_column("campaign_state", sa.Column("looked_release", sa.Integer(), nullable=True))
    op.create_index(
        "ix_person_contract_ends_on",
        "person",
        ["contract_ends_on"],
        unique=False,
        sqlite_where=_SET,
        postgresql_where=_SET,
    )
    op.create_index(
        "ix_enrolment_active",
        "enrolment",
        ["campaign", "release_id"],
        unique=False,
        sqlite_where=_ACTIVE,
        postgresql_where=_ACTIVE,
    )
    op.drop_index("ix_delivery_waiting", "delivery")
    op.create_index(
        "ix_delivery_waiting",
        "delivery",
        ["person", "due_at", "rank", "campaign"],
        unique=False,
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
