"""Messages of a person to companies: as an export, forgotten at their wish, and not kept too long."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session

from campus import clock
from campus.events.models import ContactRequest
from campus.privacy.parts import Limits, Who


def export(db: Session, who: Who, lang: str) -> dict[str, Any]:
    """`contact_requests`: to whom the person wrote what."""
    mine = select(ContactRequest).where(ContactRequest.email == who.email).order_by(ContactRequest.created_at)
    found = db.scalars(mine).all()
    who.own |= {one.id for one in found}
    return {"contact_requests": [_view(one) for one in found]}


def erase(db: Session, who: Who, actor: str) -> dict[str, int]:
    """They are removed here; what a company was sent is with that company."""
    ids = list(db.scalars(select(ContactRequest.id).where(ContactRequest.email == who.email)))
    who.own |= set(ids)
    return {"contact_requests": _count(db, delete(ContactRequest).where(ContactRequest.email == who.email))}


def expire(db: Session, limits: Limits) -> dict[str, int]:
    """Remove what was sent so long ago."""
    return {"contact_requests": _count(db, delete(ContactRequest).where(ContactRequest.created_at < limits.brief))}


def _view(one: ContactRequest) -> dict[str, Any]:
    return {
        "reference": one.id,
        "session_id": one.session_id,
        "exhibitor_id": one.exhibitor_id,
        "contact": {"name": one.name, "email": one.email, "phone": one.phone},
        "message": one.message,
        "created_at": clock.iso(one.created_at),
    }


def _count(db: Session, statement: Any) -> int:
    done = db.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(done, CursorResult)
    return done.rowcount
