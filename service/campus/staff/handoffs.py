"""Serving who asked for a person: first come, first served, each by one of the staff."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true
from sqlalchemy.orm import Session

from campus import clock, states
from campus.audit import AuditEntry, record
from campus.handoffs import rules
from campus.handoffs.hours import is_staffed
from campus.handoffs.models import Handoff, HandoffMessage
from campus.notices.kinds import Kind
from campus.problems import Forbidden, NotFound, WrongState
from campus.speakers.speaker import Speaker
from campus.staff.access import require
from campus.staff.rights import EVERYWHERE

SCOPE = rules.SCOPE
WAITING = ("queued", "offline")
_KINDS = {"take": Kind.HANDOFF_TAKEN, "release": Kind.HANDOFF_RELEASED, "close": Kind.HANDOFF_CLOSED}
"""What who asked is told of each move."""


def of_speaker(speaker: Speaker) -> ColumnElement[bool]:
    """What this member of staff may serve: the campus's own requests, and those of their operators."""
    if not speaker.may(SCOPE):
        return false()
    reach = speaker.reach(SCOPE)
    if EVERYWHERE in reach:
        return true()
    return or_(Handoff.operator_id.is_(None), Handoff.operator_id.in_(sorted(reach)))


def queue(speaker: Speaker, state: str | None) -> Select[Handoff]:
    """First come, first served: in the order of the audit log, for two may come at one moment of the clock."""
    came = select(func.min(AuditEntry.seq)).where(AuditEntry.reference == Handoff.id).scalar_subquery()
    chosen = select(Handoff).where(of_speaker(speaker))
    if state is not None:
        chosen = chosen.where(Handoff.state == state)
    return chosen.order_by(Handoff.created_at, came, Handoff.id)


def take(db: Session, speaker: Speaker, handoff_id: str) -> Handoff:
    """queued or offline → active. Of many takers exactly one gets it. Raises Forbidden, NotFound, WrongState."""
    handoff = _find(db, speaker, handoff_id)
    before = handoff.state
    values = {"state": "active", "taken_by": speaker.principal, "taken_at": clock.now()}
    _move(db, speaker, handoff, WAITING, "take", before, **values)
    return handoff


def release(db: Session, speaker: Speaker, handoff_id: str) -> Handoff:
    """active → back into the queue, at its old place; by who took it, or who manages staff.

    Raises Forbidden, NotFound, WrongState.
    """
    handoff = _find(db, speaker, handoff_id)
    if handoff.state == "active" and not may_end(speaker, handoff):
        raise Forbidden()
    state = "queued" if is_staffed(clock.now()) else "offline"
    _move(db, speaker, handoff, ("active",), "release", "active", state=state, taken_by=None, taken_at=None)
    return handoff


def close(db: Session, speaker: Speaker, handoff_id: str) -> Handoff:
    """→ closed; by who took it, or by anybody while nobody has. Raises Forbidden, NotFound, WrongState."""
    handoff = _find(db, speaker, handoff_id)
    if handoff.state == "active" and not may_end(speaker, handoff):
        raise Forbidden()
    _move(db, speaker, handoff, (handoff.state,) if handoff.state != "closed" else (), "close", state="closed")
    return handoff


def answer(db: Session, speaker: Speaker, handoff_id: str, text: str) -> HandoffMessage:
    """Say something to who asked. Raises Forbidden, NotFound, and WrongState where it is closed or a colleague's."""
    return rules.say(db, speaker, find(db, speaker, handoff_id).id, text)


def find(db: Session, speaker: Speaker, handoff_id: str) -> Handoff:
    """One that this member of staff may serve. Raises Forbidden, NotFound."""
    require(speaker, SCOPE)
    handoff = rules.find(db, speaker, handoff_id)
    if not speaker.may(SCOPE, handoff.operator_id):  # their own, as a visitor
        raise NotFound()
    return handoff


def view(db: Session, handoff: Handoff) -> dict[str, Any]:
    """As the desk sees it."""
    said = select(func.count()).select_from(HandoffMessage).where(HandoffMessage.handoff_id == handoff.id)
    contact = {"name": handoff.contact_name, "email": handoff.contact_email, "phone": handoff.contact_phone}
    return {
        **rules.handoff_view(handoff),
        "summary": handoff.summary,
        "contact": contact if any(contact.values()) else None,
        "operator": handoff.operator_id,
        "taken_by": handoff.taken_by,
        "taken_at": clock.iso(handoff.taken_at) if handoff.taken_at else None,
        "messages": db.scalar(said) or 0,
    }


def _find(db: Session, speaker: Speaker, handoff_id: str) -> Handoff:
    """The same for who will change it, read under its lock."""
    handoff = find(db, speaker, handoff_id)
    db.refresh(handoff, with_for_update=True)
    return handoff


def may_end(speaker: Speaker, handoff: Handoff) -> bool:
    """Whether they may put back or close what was taken: who took it, or who manages staff."""
    return handoff.taken_by == speaker.principal or speaker.may("accounts")


def _move(
    db: Session,
    speaker: Speaker,
    handoff: Handoff,
    sources: tuple[str, ...],
    action: str,
    before: str | None = None,
    **values: Any,
) -> None:
    """One conditional UPDATE: whoever comes second finds another state, and is told which."""
    source = before or handoff.state
    if not states.carry_out(db, handoff, sources, **values):
        raise WrongState(handoff.state)
    record(db, speaker.principal, action, handoff.id, source=source, target=handoff.state)
    rules.tell(db, handoff, _KINDS[action], f"v{handoff.version}")
