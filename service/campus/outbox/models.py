"""Table of the outbox: what leaves the service, written in the transaction of the fact it tells."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from campus.catalogue.models import one_of
from campus.db import Base, Json, Moment

MAIL, NOTICE = "mail", "notice"
CHANNELS = (MAIL, NOTICE)


class Outbox(Base):
    """One message to deliver at least once; ``id`` is stable over every attempt, so that repeats are known.

    ``channel`` is how it leaves, ``destination`` to whom (None for mail, whose payload says it).
    ``seq`` gives the order within one channel, destination and ``reference``. The times of
    attempts are real ones, not the business clock's.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        one_of("channel", CHANNELS),
        Index("ix_outbox_sent_at_next_attempt_at", "sent_at", "next_attempt_at"),
    )

    seq: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(36), unique=True)
    channel: Mapped[str] = mapped_column(String(16))
    destination: Mapped[str | None] = mapped_column(String(36))
    kind: Mapped[str] = mapped_column(String(32))
    reference: Mapped[str] = mapped_column(String(32), index=True)
    dedupe: Mapped[str] = mapped_column(String(200), unique=True)
    lang: Mapped[str] = mapped_column(String(8))
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(Moment)
    claimed_until: Mapped[datetime | None] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    failed_at: Mapped[datetime | None] = mapped_column(Moment)
    last_error: Mapped[str | None] = mapped_column(Text)
