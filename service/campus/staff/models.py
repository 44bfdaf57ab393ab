"""Tables of the staff. Times of tokens are real ones: they are security."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from campus.db import Base, Json, Moment

JsonOrNull = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class StaffAccount(Base):
    """Somebody of the staff. ``email`` is the work address, lower case; ``operators`` empty: of none, `*`: of all."""

    __tablename__ = "staff_accounts"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    operators: Mapped[list[str]] = mapped_column(Json, default=list)
    scopes: Mapped[list[str]] = mapped_column(Json, default=list)
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Moment)


class StaffToken(Base):
    """A personal token: its hash only. ``scopes`` and ``operators`` narrow those of the account, null: all of them."""

    __tablename__ = "staff_tokens"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    mark: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("staff_accounts.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(80))
    scopes: Mapped[list[str] | None] = mapped_column(JsonOrNull)
    operators: Mapped[list[str] | None] = mapped_column(JsonOrNull)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    last_used_at: Mapped[datetime | None] = mapped_column(Moment)


class StaffLink(Base):
    """Who speaks on a channel (``platform:tenant:user``) and which account that is."""

    __tablename__ = "staff_links"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    subject: Mapped[str] = mapped_column(String(500), unique=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("staff_accounts.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment)


class Attendance(Base):
    """Whether who sat on one seat of a booking was there; seats are numbered from 1 in the order of the participants.

    The state of the booking says whether anybody was.
    """

    __tablename__ = "attendance"

    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id", ondelete="CASCADE"), primary_key=True)
    seat: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    present: Mapped[bool]


class Undoable(Base):
    """A write that its author may take back for a while: what there was before, and what it put into the outbox.

    ``audit_seq`` is the author's last row of the audit log in that write: a later one means that it is not the last.
    """

    __tablename__ = "staff_undoable"

    id: Mapped[int] = mapped_column(primary_key=True)
    actor: Mapped[str] = mapped_column(String(600), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    reference: Mapped[str] = mapped_column(String(100), index=True)
    before: Mapped[dict[str, Any]] = mapped_column(Json)
    after: Mapped[dict[str, Any]] = mapped_column(Json)
    sent: Mapped[list[str]] = mapped_column(Json)
    audit_seq: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
