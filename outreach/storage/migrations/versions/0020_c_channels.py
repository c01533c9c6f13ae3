"""By which channel people would rather be reached.

Revision ID: 0020_c
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020_c"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("choice", sa.Column("channel", sa.String(length=20), nullable=True))
