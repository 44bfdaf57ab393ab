"""The audit log: one row for every write, never changed and never removed.

A row says who did what to which thing, and from which state to which; no name, no address. The database itself
refuses to change or remove one (migration `0010_admin`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from campus import clock
from campus.db import Base, Json, Moment


class AuditEntry(Base):
    """One thing that was done. ``actor`` is ``kind:id``: a conversation, a staff account, or the service itself."""

    __tablename__ = "audit"

    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    actor: Mapped[str] = mapped_column(String(600))
    action: Mapped[str] = mapped_column(String(40))
    reference: Mapped[str] = mapped_column(String(100), index=True)
    source: Mapped[str | None] = mapped_column(String(16))
    target: Mapped[str | None] = mapped_column(String(16))
    details: Mapped[dict[str, Any]] = mapped_column(Json)


SERVICE = "service:"


def record(
    db: Session,
    actor: str,
    action: str,
    reference: str,
    *,
    source: str | None = None,
    target: str | None = None,
    **details: Any,
) -> None:
    """Add a row in the caller's transaction; ``details`` must be JSON and hold nothing personal."""
    row = {
        "at": clock.now(),
        "actor": actor,
        "action": action,
        "reference": reference,
        "source": source,
        "target": target,
        "details": details,
    }
    db.execute(insert(AuditEntry), [row])
