"""Alerts of a person: as an export, forgotten at their wish; what was never confirmed is kept for a week."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session

from campus import clock
from campus.alerts.models import UNCONFIRMED, Alert, AlertTelling
from campus.alerts.rules import CONFIRM_WITHIN, view
from campus.privacy.parts import Limits, Who


def export(db: Session, who: Who, lang: str) -> dict[str, Any]:
    """`alerts`: what the person wants to hear of."""
    found = db.scalars(select(Alert).where(Alert.email == who.email).order_by(Alert.created_at, Alert.id)).all()
    who.own |= {one.id for one in found}
    return {"alerts": [view(db, one, lang) for one in found]}


def erase(db: Session, who: Who, actor: str) -> dict[str, int]:
    """They are removed."""
    ids = list(db.scalars(select(Alert.id).where(Alert.email == who.email)))
    who.own |= set(ids)
    return {"alerts": _remove(db, ids)}


def expire(db: Session, limits: Limits) -> dict[str, int]:
    """Remove what was not confirmed within a week; the others are kept until they are ended."""
    old = select(Alert.id).where(Alert.state == UNCONFIRMED, Alert.created_at <= clock.now() - CONFIRM_WITHIN)
    return {"alerts": _remove(db, list(db.scalars(old)))}


def _remove(db: Session, ids: list[str]) -> int:
    count = 0
    for start in range(0, len(ids), 1000):
        part = ids[start : start + 1000]
        db.execute(delete(AlertTelling).where(AlertTelling.alert_id.in_(part)))
        done = db.execute(delete(Alert).where(Alert.id.in_(part)).execution_options(synchronize_session=False))
        assert isinstance(done, CursorResult)
        count += done.rowcount
    return count
