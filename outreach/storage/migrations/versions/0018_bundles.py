"""Bundles for the contacts of entities, and which of them a message brings.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

from outreach.storage.types import UTCDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

UNIQUE = "uq_bundle_campaign_occurrence_entity_release_id"
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("delivery", sa.Column("bundle", sa.BigInteger(), nullable=True))
    op.create_table(
        "bundle",
        sa.Column("id", ID, nullable=False),
        sa.Column("campaign", sa.String(100), nullable=False),
        sa.Column("occurrence", sa.String(40), nullable=False),
        sa.Column("entity", sa.String(100), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_bundle_release_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundle")),
        sa.UniqueConstraint("campaign", "occurrence", "entity", "release_id", name=op.f(UNIQUE)),
        sqlite_autoincrement=True,
    )
