"""Seats: which session an outcome was about.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "seat",
        sa.Column("outcome", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("session", sa.String(length=50), nullable=False),
        sa.ForeignKeyConstraint(["outcome"], ["outcome.id"], name=op.f("fk_seat_outcome")),
        sa.PrimaryKeyConstraint("outcome", "session", name=op.f("pk_seat")),
    )
    op.create_index("ix_seat_session", "seat", ["session"])
