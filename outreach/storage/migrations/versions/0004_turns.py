"""Which way each journey went at its branches.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

from outreach.storage.types import UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "turn",
        sa.Column("enrolment", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step", sa.String(length=100), nullable=False),
        sa.Column("way", sa.String(length=20), nullable=False),
        sa.Column("turned_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["enrolment"], ["enrolment.id"], name=op.f("fk_turn_enrolment")),
        sa.PrimaryKeyConstraint("enrolment", "step", name=op.f("pk_turn")),
    )
