"""Who may still be invited when a session is added is found without reading the ledger.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

WANTED = sa.text("reason = 'no_session'")


def upgrade() -> None:
    op.create_index("ix_delivery_no_session", "delivery", ["campaign"], sqlite_where=WANTED, postgresql_where=WANTED)
