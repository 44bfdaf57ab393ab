"""Addresses of the desk: the requests for a person, and the audit log."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from campus.db import Db
from campus.handoffs import rules
from campus.handoffs.models import Handoff
from campus.handoffs.routes import HandoffId
from campus.handoffs.schemas import ConversationOut, MessageOut, StaffMessage, State
from campus.idempotency import Outcome, Write, Writing
from campus.paging import Page, Paging, fetch_page
from campus.responses import written
from campus.speakers.speaker import Caller
from campus.staff import audit_log, handoffs
from campus.staff.access import LIST, READ, WRITE, only
from campus.staff.schemas import AuditOut, StaffHandoffOut
from campus.staff.times import From, To

router = APIRouter(prefix="/v1/staff", tags=["staff"])

_SERVES = [only(handoffs.SCOPE)]


@router.get(
    "/handoffs",
    response_model=Page[StaffHandoffOut],
    responses=LIST,
    dependencies=_SERVES,
    summary="Who wants a person",
)
def list_handoffs(
    db: Db,
    caller: Caller,
    part: Paging,
    state: Annotated[State | None, Query()] = None,
) -> dict[str, Any]:
    """First come, first served."""
    rows, total, following = fetch_page(db, handoffs.queue(caller, state), part)
    return {"items": [handoffs.view(db, row) for row in rows], "total": total, "next": following}


@router.get(
    "/handoffs/{handoff_id}",
    response_model=StaffHandoffOut,
    responses=READ,
    dependencies=_SERVES,
    summary="One request",
)
def get_handoff(handoff_id: HandoffId, db: Db, caller: Caller) -> dict[str, Any]:
    """With what was said about it."""
    return handoffs.view(db, handoffs.find(db, caller, handoff_id))


@router.post(
    "/handoffs/{handoff_id}/take",
    response_model=StaffHandoffOut,
    responses=WRITE,
    dependencies=_SERVES,
    summary="Take it",
)
def take_handoff(handoff_id: HandoffId, write: Writing) -> JSONResponse:
    """queued or offline → active; who asked is told. Of many who take it one gets it, the others: 409 `active`."""
    return _answer(write, lambda db: handoffs.take(db, write.speaker, handoff_id))


@router.post(
    "/handoffs/{handoff_id}/release",
    response_model=StaffHandoffOut,
    responses=WRITE,
    dependencies=_SERVES,
    summary="Put it back",
)
def release_handoff(handoff_id: HandoffId, write: Writing) -> JSONResponse:
    """active → queued (or offline while the desk is closed), at its old place; who asked is told."""
    return _answer(write, lambda db: handoffs.release(db, write.speaker, handoff_id))


@router.post(
    "/handoffs/{handoff_id}/close",
    response_model=StaffHandoffOut,
    responses=WRITE,
    dependencies=_SERVES,
    summary="Done",
)
def close_handoff(handoff_id: HandoffId, write: Writing) -> JSONResponse:
    """The assistant answers again, and who asked is told so."""
    return _answer(write, lambda db: handoffs.close(db, write.speaker, handoff_id))


@router.get(
    "/handoffs/{handoff_id}/messages",
    response_model=ConversationOut,
    responses=READ,
    dependencies=_SERVES,
    summary="What was said",
)
def list_messages(handoff_id: HandoffId, db: Db, caller: Caller, part: Paging) -> dict[str, Any]:
    """Oldest first, with how the request stands."""
    return rules.conversation_view(db, handoffs.find(db, caller, handoff_id), part)


@router.post(
    "/handoffs/{handoff_id}/messages",
    status_code=201,
    response_model=MessageOut,
    responses=WRITE,
    dependencies=_SERVES,
    summary="Answer",
)
def answer_handoff(handoff_id: HandoffId, wish: StaffMessage, write: Writing) -> JSONResponse:
    """Said in the conversation, or mailed where no channel leads back to it."""

    def rule(db: Session) -> Outcome:
        message = handoffs.answer(db, write.speaker, handoff_id, wish.text)
        return Outcome(rules.message_view(message), 201, message.handoff_id)

    return written(write, rule)


@router.get(
    "/audit",
    response_model=Page[AuditOut],
    responses=LIST,
    dependencies=[only(audit_log.SCOPE)],
    summary="Who did what",
)
def list_audit(
    db: Db,
    caller: Caller,
    part: Paging,
    from_: From,
    to: To,
    reference: Annotated[str | None, Query(max_length=100)] = None,
    actor: Annotated[str | None, Query(max_length=600, examples=["staff:STF-7K2M9Q"])] = None,
) -> dict[str, Any]:
    """Newest first."""
    found = audit_log.entries(caller, reference, actor, from_, to)
    rows, total, following = fetch_page(db, found, part)
    return {"items": [audit_log.view(row) for row in rows], "total": total, "next": following}


def _answer(write: Write, rule: Any) -> JSONResponse:
    def told(db: Session) -> Outcome:
        handoff: Handoff = rule(db)
        return Outcome(handoffs.view(db, handoff), 200, handoff.id)

    return written(write, told)
