"""By which channel people would rather be reached.

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("choice", sa.Column("channel", sa.String(length=20), nullable=True))
