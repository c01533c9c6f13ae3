"""How often a message was passed over under the frequency cap.

Revision ID: 0003_b
Revises: 0003_c
"""

import sqlalchemy as sa
from alembic import op

revision = "0003_b"
down_revision = "0003_c"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delivery", sa.Column("passed_over", sa.SmallInteger(), server_default="0", nullable=False))
