"""Numbers of people who were erased.

Revision ID: 0011_p
Revises: 0010_p
"""

import sqlalchemy as sa
from alembic import op

revision = "0011_p"
down_revision = "0010_p"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tombstone",
        sa.Column("number_hash", sa.String(length=64), nullable=False),
        sa.Column("addresses", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number_hash", name=op.f("pk_tombstone")),
    )
