"""How few people a session can be given for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010_minimum"
down_revision = "0009_funding"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # a plain ALTER: rebuilding the table on SQLite would break the rows that point at it
    op.add_column("sessions", sa.Column("minimum", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("sessions", "minimum")
