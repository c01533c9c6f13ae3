"""What people choose for themselves, and what they ask to be done with their data.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

from outreach.storage.types import UTCDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "choice",
        sa.Column("person", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=True),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_choice_person")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_choice")),
    )
    op.create_table(
        "request",
        sa.Column("person", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_request_person")),
        sa.PrimaryKeyConstraint("person", "kind", name=op.f("pk_request")),
    )
