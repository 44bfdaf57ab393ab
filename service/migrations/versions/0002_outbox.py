"""One outbox for every channel, and the webhooks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from campus.db import Json, Moment

revision = "0002_outbox"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("secret", sa.String(length=80), nullable=False),
        sa.Column("kinds", Json, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("last_status", sa.String(length=32), nullable=True),
        sa.Column("last_status_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.add_column(sa.Column("channel", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("destination", sa.String(length=36), nullable=True))
    op.execute("UPDATE outbox SET channel = 'mail'")  # all that there was before
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.alter_column("channel", existing_type=sa.String(length=16), nullable=False)
        batch_op.create_check_constraint(op.f("ck_outbox_channel"), "channel IN ('mail', 'notice')")


def downgrade() -> None:
    op.execute("DELETE FROM outbox WHERE channel <> 'mail'")
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.drop_constraint(op.f("ck_outbox_channel"), type_="check")
        batch_op.drop_column("destination")
        batch_op.drop_column("channel")
    op.drop_table("webhooks")
