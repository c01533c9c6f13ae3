"""Numbers of people who were erased.

Revision ID: 0013_p
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013_p"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tombstone",
        sa.Column("number_hash", sa.String(length=64), nullable=False),
        sa.Column("addresses", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number_hash", name=op.f("pk_tombstone")),
    )
