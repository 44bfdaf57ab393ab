"""Addresses of the meeting place."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import JSONResponse

from campus.catalogue import feeds, feeds_routes
from campus.db import Db
from campus.events import rules
from campus.events.schemas import ContactRequestOut, EventOut, NewContactRequest
from campus.idempotency import KeyedWriting
from campus.languages import ReplyLang
from campus.openapi import ANYBODY
from campus.responses import json_answer, written
from campus.speakers.speaker import Guest

router = APIRouter(prefix="/v1/events", tags=["events"])

SessionId = Annotated[str, Path(max_length=120, examples=["job-dating-20270114"])]
_READ: dict[int | str, dict[str, Any]] = {
    304: {"description": "The caller has this answer (If-None-Match)"},
    404: {"description": "not-found"},
}
_WRITE: dict[int | str, dict[str, Any]] = {
    400: {"description": "idempotency-key-missing"},
    401: {"description": "not-authenticated (a bearer that is broken)"},
    404: {"description": "not-found"},
    409: {"description": "session-cancelled, session-closed, idempotency-key-reused, in-progress"},
    422: {"description": "invalid (+ errors)"},
    429: {"description": "rate-limited, with Retry-After"},
}
_FILE = {"description": "An iCalendar file", "content": {"text/calendar": {"schema": {"type": "string"}}}}


@router.get("/{session_id}", response_model=EventOut, responses=_READ, summary="One event")
def get_event(request: Request, session_id: SessionId, db: Db, caller: Guest, lang: ReplyLang) -> Response:
    """With the companies that are there; the list is `GET /v1/sessions?kind=event`."""
    moment, course, session = rules.find(db, caller, session_id)
    return json_answer(request, rules.event_view(moment, course, session, lang))


@router.get(
    "/{session_id}/calendar.ics", response_class=Response, responses={**_READ, 200: _FILE}, summary="For one's calendar"
)
def get_event_calendar(request: Request, session_id: SessionId, db: Db, caller: Guest, lang: ReplyLang) -> Response:
    """One event as a file."""
    moment, course, session = rules.find(db, caller, session_id)
    file = feeds.calendar(moment, [(course, session)], course.title[lang], lang)
    return feeds_routes.answer(request, file)


@router.post(
    "/{session_id}/contact-requests",
    status_code=202,
    response_model=ContactRequestOut,
    responses=_WRITE,
    openapi_extra=ANYBODY,
    summary="Write to a company at an event",
)
def write_to_company(session_id: SessionId, wish: NewContactRequest, write: KeyedWriting) -> JSONResponse:
    """The message goes to that company by mail and a copy to the person, who asked for it (`consent: true`)."""
    return written(
        write, lambda db: rules.write_to(db, write.speaker, session_id, wish, write.lang), {"Cache-Control": "no-store"}
    )
