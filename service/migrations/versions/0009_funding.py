"""Ways to pay for training are rows, which the admin site edits; the next start fills them from DEMO_DIR/funding.yml."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from campus.db import Json

revision = "0009_funding"
down_revision = "0008_admin"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "funding_schemes",
        sa.Column("scheme", sa.String(length=64), nullable=False),
        sa.Column("name", Json, nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("text", Json, nullable=False),
        sa.Column("unknown", Json, nullable=False),
        sa.Column("source", sa.String(length=500), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('open', 'frozen', 'abolished', 'unknown')", name=op.f("ck_funding_schemes_status")
        ),
        sa.PrimaryKeyConstraint("scheme", name=op.f("pk_funding_schemes")),
    )


def downgrade() -> None:
    op.drop_table("funding_schemes")
