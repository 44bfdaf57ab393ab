"""What a person said to the desk: as an export, forgotten at their wish, and not kept too long."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, delete, exists, or_, select
from sqlalchemy.orm import Session

from campus import addresses
from campus.handoffs.models import Handoff, HandoffMessage
from campus.handoffs.rules import handoff_view, message_view
from campus.privacy.parts import Limits, Who


def export(db: Session, who: Who, lang: str) -> dict[str, Any]:
    """`handoffs`, each with its messages."""
    found = db.scalars(select(Handoff).where(_is_own(who)).order_by(Handoff.created_at)).all()
    who.own |= {one.id for one in found}
    return {"handoffs": [_whole(db, one) for one in found]}


def erase(db: Session, who: Who, actor: str) -> dict[str, int]:
    """Requests and messages are removed: nothing obliges anybody to keep them."""
    ids = list(db.scalars(select(Handoff.id).where(_is_own(who))))
    who.own |= set(ids)
    return _remove(db, ids)


def expire(db: Session, limits: Limits) -> dict[str, int]:
    """Remove requests in which nothing was said for so long."""
    recent = exists().where(HandoffMessage.handoff_id == Handoff.id, HandoffMessage.created_at >= limits.brief)
    return _remove(db, list(db.scalars(select(Handoff.id).where(Handoff.created_at < limits.brief, ~recent))))


def _is_own(who: Who) -> ColumnElement[bool]:
    """By the address, or asked in a conversation in which nobody else gave one."""
    unknown = Handoff.contact_email.is_(None)
    return or_(
        addresses.is_of(Handoff.contact_email, who.email), Handoff.owner.in_(sorted(who.conversations)) & unknown
    )


def _remove(db: Session, ids: list[str]) -> dict[str, int]:
    messages = 0
    for start in range(0, len(ids), 1000):
        part = ids[start : start + 1000]
        said = db.execute(
            delete(HandoffMessage).where(HandoffMessage.handoff_id.in_(part)).returning(HandoffMessage.id)
        )
        messages += len(said.all())
        db.execute(delete(Handoff).where(Handoff.id.in_(part)))
    return {"handoffs": len(ids), "messages": messages}


def _whole(db: Session, one: Handoff) -> dict[str, Any]:
    said = db.scalars(select(HandoffMessage).where(HandoffMessage.handoff_id == one.id).order_by(HandoffMessage.id))
    contact = {"name": one.contact_name, "email": one.contact_email, "phone": one.contact_phone}
    return {
        **handoff_view(one),
        "summary": one.summary,
        "contact": contact if any(contact.values()) else None,
        "messages": [message_view(message) for message in said],
    }
