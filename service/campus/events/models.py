"""Table of the messages that people send to companies at events."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from campus.db import Base, Moment


class ContactRequest(Base):
    """Who wants to hear from which company, because they asked for it. Nobody is matched or ranked."""

    __tablename__ = "contact_requests"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    session_id: Mapped[str] = mapped_column(String(100))
    exhibitor_id: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254), index=True)
    phone: Mapped[str | None] = mapped_column(String(40))
    message: Mapped[str] = mapped_column(Text)
    lang: Mapped[str] = mapped_column(String(8))
    owner: Mapped[str | None] = mapped_column(String(600))
    created_at: Mapped[datetime] = mapped_column(Moment, index=True)
