"""Enquiries and quotes, the bookings that are lines of a quote, and who was invited."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from campus.db import Json, Moment, Money

revision = "0005_companies"
down_revision = "0004_rules"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("quote_reference", sa.String(length=16), nullable=True))
        batch_op.create_index(batch_op.f("ix_bookings_quote_reference"), ["quote_reference"], unique=False)
    nobody = "0"  # as text: an expression would make SQLite copy the table, and break the rows that point at it
    with op.batch_alter_table("participants", schema=None) as batch_op:
        batch_op.add_column(sa.Column("invited", sa.Boolean(), nullable=False, server_default=nobody))

    op.create_table(
        "enquiries",
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("owner", sa.String(length=600), nullable=True),
        sa.Column("company", sa.String(length=160), nullable=True),
        sa.Column("contact_name", sa.String(length=120), nullable=True),
        sa.Column("contact_email", sa.String(length=254), nullable=True),
        sa.Column("contact_phone", sa.String(length=32), nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("operator_id", sa.String(length=64), nullable=True),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.CheckConstraint("state IN ('received', 'answered')", name=op.f("ck_enquiries_state")),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_enquiries")),
    )
    with op.batch_alter_table("enquiries", schema=None) as batch_op:
        for column in ("owner", "contact_email", "created_at"):
            batch_op.create_index(batch_op.f(f"ix_enquiries_{column}"), [column], unique=False)

    op.create_table(
        "quotes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("owner", sa.String(length=600), nullable=True),
        sa.Column("company", sa.String(length=160), nullable=True),
        sa.Column("enterprise_number", sa.String(length=16), nullable=True),
        sa.Column("vat_number", sa.String(length=20), nullable=True),
        sa.Column("peppol_id", sa.String(length=64), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("contact_name", sa.String(length=120), nullable=True),
        sa.Column("contact_email", sa.String(length=254), nullable=True),
        sa.Column("contact_phone", sa.String(length=32), nullable=True),
        sa.Column("po_number", sa.String(length=60), nullable=True),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("valid_until", Moment(), nullable=True),
        sa.Column("offered_at", Moment(), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("invoice_requested_at", Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "state IN ('requested', 'open', 'accepted', 'declined', 'expired')", name=op.f("ck_quotes_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quotes")),
        sa.UniqueConstraint("reference", name=op.f("uq_quotes_reference")),
    )
    with op.batch_alter_table("quotes", schema=None) as batch_op:
        for column in ("owner", "contact_email"):
            batch_op.create_index(batch_op.f(f"ix_quotes_{column}"), [column], unique=False)
        batch_op.create_index("ix_quotes_state_valid_until", ["state", "valid_until"], unique=False)

    op.create_table(
        "quote_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quote_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.String(length=100), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("unit_price", Money(), nullable=False),
        sa.Column("vat_rate", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("terms", Json, nullable=False),
        sa.CheckConstraint("seats BETWEEN 1 AND 100", name=op.f("ck_quote_lines_seats")),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_quote_lines_booking_id_bookings")),
        sa.ForeignKeyConstraint(
            ["quote_id"], ["quotes.id"], name=op.f("fk_quote_lines_quote_id_quotes"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_quote_lines_session_id_sessions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_lines")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_quote_lines_booking_id")),
    )
    with op.batch_alter_table("quote_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quote_lines_quote_id"), ["quote_id"], unique=False)


def downgrade() -> None:
    for table in ("quote_lines", "quotes", "enquiries"):
        op.drop_table(table)
    op.drop_column("participants", "invited")
    op.drop_index("ix_bookings_quote_reference", table_name="bookings")
    op.drop_column("bookings", "quote_reference")
