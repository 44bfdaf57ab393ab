"""Rules of courses as data, what a booking declares, and what its cancelling cost."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from campus.db import Json, Money

revision = "0004_rules"
down_revision = "0003_people"
branch_labels = None
depends_on = None


def upgrade() -> None:
    nothing = "[]"  # as text: an expression would make SQLite drop the table and with it break the rows that point at it
    with op.batch_alter_table("courses", schema=None) as batch_op:
        batch_op.add_column(sa.Column("requirements", Json, nullable=False, server_default=nothing))
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("declarations", Json, nullable=False, server_default=nothing))
        batch_op.add_column(sa.Column("cancel_fee", Money(), nullable=False, server_default="0"))
    op.execute("UPDATE bookings SET cancel_fee = fees WHERE state = 'cancelled'")


def downgrade() -> None:
    op.drop_column("bookings", "cancel_fee")
    op.drop_column("bookings", "declarations")
    op.drop_column("courses", "requirements")
