"""Tables of the requests for a person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from campus.catalogue.models import one_of
from campus.db import Base, Moment

STATES = ("queued", "active", "closed", "offline")
SPEAKERS = ("visitor", "person")


class Handoff(Base):
    """A request for a person; ``owner`` is the conversation that made it."""

    __tablename__ = "handoffs"
    __table_args__ = (one_of("state", STATES),)

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    owner: Mapped[str | None] = mapped_column(String(600), index=True)
    reason: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text)
    lang: Mapped[str] = mapped_column(String(8))
    contact_name: Mapped[str | None] = mapped_column(String(120))
    contact_email: Mapped[str | None] = mapped_column(String(254))
    contact_phone: Mapped[str | None] = mapped_column(String(32))
    operator_id: Mapped[str | None] = mapped_column(String(64))
    """The operator that is asked; null: the campus, whose desk every member of staff with the right may serve."""
    taken_by: Mapped[str | None] = mapped_column(String(600))
    """Who of the staff answers, as the audit log calls them (`staff:…`)."""
    taken_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)


class HandoffMessage(Base):
    """One thing said in a handoff, by the visitor or by a person of the staff."""

    __tablename__ = "handoff_messages"
    __table_args__ = (one_of("speaker", SPEAKERS),)

    id: Mapped[int] = mapped_column(primary_key=True)
    handoff_id: Mapped[str] = mapped_column(ForeignKey("handoffs.id", ondelete="CASCADE"), index=True)
    speaker: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
