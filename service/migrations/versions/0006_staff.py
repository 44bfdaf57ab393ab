"""Staff accounts with their tokens and links, attendance, what may be taken back, and who serves a handoff."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from campus.db import Json, Moment
from campus.staff.models import JsonOrNull

revision = "0006_staff"
down_revision = "0005_companies"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff_accounts",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("operators", Json, nullable=False),
        sa.Column("scopes", Json, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_accounts")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_accounts_email")),
    )
    op.create_table(
        "staff_tokens",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=16), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("scopes", JsonOrNull, nullable=True),
        sa.Column("operators", JsonOrNull, nullable=True),
        sa.Column("expires_at", Moment(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("last_used_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["staff_accounts.id"],
            name=op.f("fk_staff_tokens_account_id_staff_accounts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_tokens")),
        sa.UniqueConstraint("mark", name=op.f("uq_staff_tokens_mark")),
    )
    op.create_index(op.f("ix_staff_tokens_account_id"), "staff_tokens", ["account_id"])
    op.create_table(
        "staff_links",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=500), nullable=False),
        sa.Column("account_id", sa.String(length=16), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["staff_accounts.id"],
            name=op.f("fk_staff_links_account_id_staff_accounts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_links")),
        sa.UniqueConstraint("subject", name=op.f("uq_staff_links_subject")),
    )
    op.create_index(op.f("ix_staff_links_account_id"), "staff_links", ["account_id"])
    op.create_table(
        "attendance",
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("seat", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_attendance_booking_id_bookings"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("booking_id", "seat", name=op.f("pk_attendance")),
    )
    op.create_table(
        "staff_undoable",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=600), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reference", sa.String(length=100), nullable=False),
        sa.Column("before", Json, nullable=False),
        sa.Column("after", Json, nullable=False),
        sa.Column("sent", Json, nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("undone_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_undoable")),
    )
    for column in ("actor", "reference", "at"):
        op.create_index(op.f(f"ix_staff_undoable_{column}"), "staff_undoable", [column])
    op.add_column("handoffs", sa.Column("operator_id", sa.String(length=64), nullable=True))
    op.add_column("handoffs", sa.Column("taken_by", sa.String(length=600), nullable=True))
    op.add_column("handoffs", sa.Column("taken_at", Moment(), nullable=True))


def downgrade() -> None:
    for column in ("taken_at", "taken_by", "operator_id"):
        op.drop_column("handoffs", column)
    for table in ("staff_undoable", "attendance", "staff_links", "staff_tokens", "staff_accounts"):
        op.drop_table(table)
