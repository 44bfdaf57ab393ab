"""Table of the webhooks: which outside system wants to be told what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from campus.db import Base, Json, Moment


class Webhook(Base):
    """A subscription. ``secret`` signs what is sent to it and is told once, when it is made.

    ``last_status`` is the answer to the last attempt (an HTTP status, or `timeout`, `unreachable`,
    `refused-address`), and ``last_status_at`` the real time since when it is that one.
    """

    __tablename__ = "webhooks"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    url: Mapped[str] = mapped_column(String(2000))
    secret: Mapped[str] = mapped_column(String(80))
    kinds: Mapped[list[str]] = mapped_column(Json)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    last_status: Mapped[str | None] = mapped_column(String(32))
    last_status_at: Mapped[datetime | None] = mapped_column(Moment)
