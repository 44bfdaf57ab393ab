"""What operators call their courses and sessions, when a session was made and changed, companies at events, alerts."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from campus.db import Json, Moment

revision = "0007_exchange"
down_revision = "0006_staff"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # plain ALTER and unique indexes: rebuilding a table on SQLite would break the rows that point at it
    for table, parent in (("courses", "operator_id"), ("sessions", "course_id")):
        op.add_column(table, sa.Column("external_id", sa.String(80), nullable=True))
        op.create_index(f"ix_{table}_{parent}_external_id", table, [parent, "external_id"], unique=True)
    op.add_column("sessions", sa.Column("exhibitors", Json, nullable=False, server_default="[]"))
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    for name in ("created_at", "changed_at"):
        op.add_column("sessions", sa.Column(name, Moment(), nullable=False, server_default=_text(long_ago)))
    op.create_index("ix_sessions_created_at", "sessions", ["created_at"])
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("lang", sa.String(8), nullable=False),
        sa.Column("criteria", Json, nullable=False),
        sa.Column("course_id", sa.String(80), nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("confirmed_at", Moment(), nullable=True),
        sa.Column("told_at", Moment(), nullable=True),
        sa.CheckConstraint("state IN ('unconfirmed', 'active')", name=op.f("ck_alerts_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    op.create_index("ix_alerts_email", "alerts", ["email"])
    op.create_table(
        "alert_tellings",
        sa.Column("alert_id", sa.String(32), nullable=False),
        sa.Column("session_id", sa.String(100), nullable=False),
        sa.Column("told_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.id"], name=op.f("fk_alert_tellings_alert_id_alerts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("alert_id", "session_id", name=op.f("pk_alert_tellings")),
    )
    op.create_table(
        "contact_requests",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("session_id", sa.String(100), nullable=False),
        sa.Column("exhibitor_id", sa.String(80), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("phone", sa.String(40), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("lang", sa.String(8), nullable=False),
        sa.Column("owner", sa.String(600), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_requests")),
    )
    op.create_index("ix_contact_requests_created_at", "contact_requests", ["created_at"])
    op.create_index("ix_contact_requests_email", "contact_requests", ["email"])


def downgrade() -> None:
    for table in ("contact_requests", "alert_tellings", "alerts"):
        op.drop_table(table)
    op.drop_index("ix_sessions_created_at", "sessions")
    for name in ("created_at", "changed_at", "exhibitors"):
        op.drop_column("sessions", name)
    for table, parent in (("courses", "operator_id"), ("sessions", "course_id")):
        op.drop_index(f"ix_{table}_{parent}_external_id", table)
        op.drop_column(table, "external_id")


def _text(moment: datetime) -> str:
    """A time as the database writes it, for rows that are there already."""
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f") + ("" if op.get_bind().dialect.name == "sqlite" else "+00:00")
