"""Which journeys went on under another release, and at which step.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

from outreach.storage.types import UTCDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "move",
        sa.Column("enrolment", key, nullable=False),
        sa.Column("moved_at", UTCDateTime(), nullable=False),
        sa.Column("step", sa.String(length=100), nullable=False),
        sa.Column("from_release", sa.Integer(), nullable=False),
        sa.Column("to_release", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["enrolment"], ["enrolment.id"], name=op.f("fk_move_enrolment")),
        sa.ForeignKeyConstraint(["from_release"], ["release.id"], name=op.f("fk_move_from_release")),
        sa.ForeignKeyConstraint(["to_release"], ["release.id"], name=op.f("fk_move_to_release")),
        sa.PrimaryKeyConstraint("enrolment", "moved_at", name=op.f("pk_move")),
    )
