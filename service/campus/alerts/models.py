"""Tables of the alerts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from campus.catalogue.models import one_of
from campus.db import Base, Json, Moment

UNCONFIRMED, ACTIVE = "unconfirmed", "active"


class Alert(Base):
    """What somebody wants to hear of. Nothing is told before the address was confirmed by the link mailed to it.

    ``criteria`` are the filters of the catalogue, each a list of values as a query has them.
    """

    __tablename__ = "alerts"
    __table_args__ = (one_of("state", (UNCONFIRMED, ACTIVE)),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    lang: Mapped[str] = mapped_column(String(8))
    criteria: Mapped[dict[str, list[str]]] = mapped_column(Json)
    course_id: Mapped[str | None] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(16), default=UNCONFIRMED)
    created_at: Mapped[datetime] = mapped_column(Moment)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    told_at: Mapped[datetime | None] = mapped_column(Moment)


class AlertTelling(Base):
    """A session that an alert has told of, so that nobody hears of it twice."""

    __tablename__ = "alert_tellings"

    alert_id: Mapped[str] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True)
    session_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    told_at: Mapped[datetime] = mapped_column(Moment)
