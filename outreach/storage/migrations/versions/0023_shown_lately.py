"""What was shown lies in the order in which picking asks for it.

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


_KEY = ("person", "offer", "shown_on", "delivery")
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("pk_shown", "shown")
        op.create_primary_key("pk_shown", "shown", [*_KEY])
        return
    op.create_table(
        "shown_anew",
        sa.Column("person", _NUMBER, nullable=False),
        sa.Column("offer", sa.String(length=100), nullable=False),
        sa.Column("shown_on", sa.Date(), nullable=False),
        sa.Column("delivery", _NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["delivery"], ["delivery.id"], name=op.f("fk_shown_delivery")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_shown_person")),
        sa.PrimaryKeyConstraint(*_KEY, name=op.f("pk_shown")),
        sqlite_with_rowid=False,
    )
    columns = ", ".join(_KEY)
    op.execute(f"INSERT INTO shown_anew ({columns}) SELECT {columns} FROM shown ORDER BY {columns}")  # noqa: S608
    op.drop_table("shown")
    op.rename_table("shown_anew", "shown")
