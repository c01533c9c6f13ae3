"""How often a message was passed over under the frequency cap.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delivery", sa.Column("passed_over", sa.SmallInteger(), server_default="0", nullable=False))
