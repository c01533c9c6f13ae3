"""Who was told what of a session is found without reading the ledger.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TOLD = sa.text("session IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_delivery_session", "delivery", ["session", "person"], sqlite_where=TOLD, postgresql_where=TOLD)
