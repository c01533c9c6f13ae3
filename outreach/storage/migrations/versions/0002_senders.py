"""Senders that live and die, the pace of mail servers, and what comes back from them.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

from outreach.storage.types import UTCDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

READY = sa.text("state = 'planned' AND dispatched_at IS NOT NULL AND lease_owner IS NULL")
HELD = sa.text("lease_owner IS NOT NULL")
IN_DOUBT = sa.text("state = 'in_doubt'")


def upgrade() -> None:
    op.add_column("campaign_state", sa.Column("steered_why", sa.String(length=60), nullable=True))
    op.create_table(
        "soft_bounce",
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("last_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_soft_bounce")),
    )
    op.create_table(
        "sender",
        sa.Column("owner", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("server", sa.String(length=300), nullable=False),
        sa.Column("connections", sa.SmallInteger(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("alive_until", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_sender")),
    )
    op.create_index("ix_sender_server", "sender", ["server"])
    op.create_table(
        "pace",
        sa.Column("server", sa.String(length=300), nullable=False),
        sa.Column("next_at", UTCDateTime(), nullable=True),
        sa.Column("closed_until", UTCDateTime(), nullable=True),
        sa.Column("failures", sa.SmallInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("server", name=op.f("pk_pace")),
    )
    op.create_table(
        "progress",
        sa.Column("slot", sa.String(length=60), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("slot", name=op.f("pk_progress")),
    )
    # What senders of the version before hold is abandoned: its rows name nobody who lives, and are settled as such.
    op.drop_index("ix_delivery_attempting", table_name="delivery")
    op.drop_index("ix_delivery_ready", table_name="delivery")
    op.drop_column("delivery", "lease_until")
    op.create_index("ix_delivery_ready", "delivery", ["rank", "id"], sqlite_where=READY, postgresql_where=READY)
    op.create_index("ix_delivery_held", "delivery", ["lease_owner"], sqlite_where=HELD, postgresql_where=HELD)
    op.create_index("ix_delivery_in_doubt", "delivery", ["id"], sqlite_where=IN_DOUBT, postgresql_where=IN_DOUBT)
