"""Addresses of the requests for a person."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from campus.db import Db
from campus.handoffs import rules
from campus.handoffs.schemas import AskedHandoffOut, ConversationOut, MessageOut, NewHandoff, NewMessage
from campus.idempotency import Outcome, Writing
from campus.openapi import ANYBODY
from campus.paging import Paging
from campus.responses import written
from campus.speakers.speaker import Caller

router = APIRouter(prefix="/v1/handoffs", tags=["handoffs"])

HandoffId = Annotated[str, Path(max_length=40, examples=["HND-4T8W2K"])]
_READ: dict[int | str, dict[str, Any]] = {
    401: {"description": "not-authenticated"},
    403: {"description": "forbidden (staff without the right)"},
    404: {"description": "not-found"},
}
_WRITE: dict[int | str, dict[str, Any]] = {
    **_READ,
    400: {"description": "idempotency-key-missing (a key that is too short)"},
    409: {"description": "wrong-state, idempotency-key-reused"},
    422: {"description": "invalid (+ errors)"},
    429: {"description": "rate-limited, with Retry-After"},
}


@router.post(
    "",
    status_code=201,
    response_model=AskedHandoffOut,
    responses=_WRITE,
    openapi_extra=ANYBODY,
    summary="Ask for a person",
)
def open_handoff(wish: NewHandoff, write: Writing) -> JSONResponse:
    """`queued` while the desk is staffed, `offline` when it is closed; the desk is told by mail."""

    def rule(db: Session) -> Outcome:
        handoff = rules.ask(db, write.speaker, wish, write.lang)
        return Outcome(rules.asked_view(handoff), 201, handoff.id)

    return written(write, rule)


@router.get("/{handoff_id}", response_model=AskedHandoffOut, responses=_READ, summary="How a request stands")
def get_handoff(handoff_id: HandoffId, db: Db, caller: Caller) -> dict[str, Any]:
    """For the conversation that asked."""
    return rules.asked_view(rules.find(db, caller, handoff_id))


@router.get("/{handoff_id}/messages", response_model=ConversationOut, responses=_READ, summary="What was said")
def list_messages(handoff_id: HandoffId, db: Db, caller: Caller, part: Paging) -> dict[str, Any]:
    """Oldest first, with how the request stands."""
    return rules.conversation_view(db, rules.find(db, caller, handoff_id), part)


@router.post(
    "/{handoff_id}/messages", status_code=201, response_model=MessageOut, responses=_WRITE, summary="Say something"
)
def add_message(handoff_id: HandoffId, wish: NewMessage, write: Writing) -> JSONResponse:
    """By the conversation that asked."""

    def rule(db: Session) -> Outcome:
        message = rules.say(db, write.speaker, handoff_id, wish.text)
        return Outcome(rules.message_view(message), 201, message.handoff_id)

    return written(write, rule)


@router.post("/{handoff_id}/close", response_model=AskedHandoffOut, responses=_WRITE, summary="Go on without a person")
def close_handoff(handoff_id: HandoffId, write: Writing) -> JSONResponse:
    """By the conversation that asked: nobody needs to answer any more. Closed before: the same answer."""

    def rule(db: Session) -> Outcome:
        handoff = rules.withdraw(db, write.speaker, handoff_id)
        return Outcome(rules.asked_view(handoff), 200, handoff.id)

    return written(write, rule)
