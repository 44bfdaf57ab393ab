"""Addresses of the sessions as staff plan and run them, of how full they are, and of taking back one's last write."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from campus import clock
from campus.audit import record
from campus.bookings.views import booking_view
from campus.db import Db
from campus.idempotency import Outcome, Write, Writing
from campus.languages import ReplyLang
from campus.paging import Page, Paging, page_of
from campus.responses import written
from campus.speakers.speaker import Caller
from campus.staff import attendance, bookings, call_off, messages, occupancy, roster, sessions, undo
from campus.staff.access import LIST, READ, WRITE, only
from campus.staff.schemas import (
    AttendanceIn,
    CalledOffOut,
    CallOff,
    MessageSentOut,
    NewSession,
    OccupancyOut,
    RosterOut,
    SessionChange,
    SessionMessage,
    StaffSessionOut,
    TodayOut,
    UndoneOut,
)
from campus.staff.times import From, To

router = APIRouter(prefix="/v1/staff", tags=["staff"])

SessionId = Annotated[str, Path(max_length=120)]
Operator = Annotated[str | None, Query(max_length=64, description="Only of this operator.")]
_READS, _WRITES = [only(sessions.READ)], [only(sessions.WRITE)]
_FILE: dict[int | str, dict[str, Any]] = {
    **READ,
    **LIST,
    200: {"content": {"application/json": {}, "text/csv": {}, "application/pdf": {}}},
}


@router.get("/sessions", response_model=Page[StaffSessionOut], responses=LIST, dependencies=_READS, summary="Sessions")
def list_sessions(
    db: Db, caller: Caller, lang: ReplyLang, part: Paging, from_: From, to: To, operator: Operator = None
) -> dict[str, Any]:
    """By their start, whatever their state; from today on where no time is said."""
    first = from_ if from_ is not None or to is not None else clock.at(clock.now().date(), 0)
    page = page_of(sessions.ids_between(db, caller.reach(sessions.READ), operator, first, to), part)
    page["items"] = sessions.views(db, page["items"], lang)
    return page


@router.post(
    "/sessions",
    status_code=201,
    response_model=StaffSessionOut,
    responses=WRITE,
    dependencies=_WRITES,
    summary="A new session of a course",
)
def create_session(wish: NewSession, write: Writing) -> JSONResponse:
    """Can be found and booked at once."""
    return _session(write, lambda db: sessions.make(db, write.speaker, wish), 201)


@router.get(
    "/sessions/{session_id}", response_model=StaffSessionOut, responses=READ, dependencies=_READS, summary="One"
)
def get_session(session_id: SessionId, db: Db, caller: Caller, lang: ReplyLang) -> dict[str, Any]:
    """With its seats by kind, and the version that a change needs."""
    return sessions.view(db, sessions.find(db, caller, session_id, sessions.READ).id, lang)


@router.patch(
    "/sessions/{session_id}", response_model=StaffSessionOut, responses=WRITE, dependencies=_WRITES, summary="Change it"
)
def change_session(session_id: SessionId, wish: SessionChange, write: Writing) -> JSONResponse:
    """More seats go to the queue at once. Fewer than are taken: 409 wrong-state `seats-taken` (see `override`)."""

    def rule(db: Session) -> str:
        sessions.change(db, write.speaker, session_id, wish)
        return session_id

    return _session(write, rule)


@router.get(
    "/sessions/{session_id}/roster", response_model=RosterOut, responses=_FILE, dependencies=_READS, summary="Who comes"
)
def get_roster(
    session_id: SessionId,
    db: Db,
    caller: Caller,
    lang: ReplyLang,
    format: Annotated[Literal["json", "csv", "pdf"], Query()] = "json",
    sheet: Annotated[bool, Query(description="With `pdf`: the sheet to sign.")] = False,
) -> Response:
    """Everybody enrolled, by name. In the table, what a spreadsheet would calculate begins with an apostrophe."""
    told = roster.roster(db, sessions.find(db, caller, session_id, sessions.READ).id, lang)
    if format == "json":
        return JSONResponse(told, headers={"Cache-Control": "no-store"})
    if format == "csv":
        return _file(
            roster.as_csv(told, lang), "text/csv; charset=utf-8", roster.file_name(session_id, "roster", "csv")
        )
    if sheet:
        return _sheet(told, lang)
    return _file(roster.as_pdf(told, lang), "application/pdf", roster.file_name(session_id, "roster", "pdf"))


@router.get(
    "/sessions/{session_id}/attendance",
    response_model=RosterOut,
    responses=READ,
    dependencies=_READS,
    summary="Who was there",
)
def get_attendance(session_id: SessionId, db: Db, caller: Caller, lang: ReplyLang) -> dict[str, Any]:
    """The roster with what is marked of each seat."""
    return roster.roster(db, sessions.find(db, caller, session_id, sessions.READ).id, lang)


@router.put(
    "/sessions/{session_id}/attendance",
    response_model=RosterOut,
    responses=WRITE,
    dependencies=_WRITES,
    summary="Mark who was there",
)
def mark_attendance(session_id: SessionId, wish: AttendanceIn, write: Writing) -> JSONResponse:
    """confirmed → attended or no_show, from the day of the start on; marked again, it is corrected."""

    def rule(db: Session) -> Outcome:
        attendance.mark(db, write.speaker, session_id, wish)
        return Outcome(roster.roster(db, session_id, write.lang))

    return written(write, rule)


@router.get(
    "/sessions/{session_id}/attendance.pdf",
    response_class=Response,
    responses={**READ, 200: {"content": {"application/pdf": {}}}},
    dependencies=_READS,
    summary="The sheet to sign",
)
def get_sheet(session_id: SessionId, db: Db, caller: Caller, lang: ReplyLang) -> Response:
    """A row a participant, a column a block."""
    return _sheet(roster.roster(db, sessions.find(db, caller, session_id, sessions.READ).id, lang), lang)


@router.post(
    "/sessions/{session_id}/cancel",
    response_model=CalledOffOut,
    responses=WRITE,
    dependencies=_WRITES,
    summary="Call it off",
)
def cancel_session(session_id: SessionId, wish: CallOff, write: Writing) -> JSONResponse:
    """`confirmed: true` does it, in one transaction with every mail; anything else tells what would happen."""

    def rule(db: Session) -> Outcome:
        if not wish.confirmed:
            return Outcome(call_off.preview(db, write.speaker, session_id, write.lang))
        return Outcome(call_off.call_off(db, write.speaker, session_id, wish, write.lang))

    return written(write, rule)


@router.post(
    "/sessions/{session_id}/messages",
    response_model=MessageSentOut,
    responses=WRITE,
    dependencies=[only(messages.SCOPE)],
    summary="Write to everybody in it",
)
def send_message(session_id: SessionId, wish: SessionMessage, write: Writing) -> JSONResponse:
    """`confirmed: true` sends it; anything else tells to whom it would go."""
    return written(write, lambda db: Outcome(messages.send(db, write.speaker, session_id, wish)))


@router.get(
    "/occupancy", response_model=OccupancyOut, responses=LIST, dependencies=_READS, summary="How full the sessions are"
)
def get_occupancy(
    db: Db, caller: Caller, lang: ReplyLang, part: Paging, from_: From, to: To, operator: Operator = None
) -> dict[str, Any]:
    """By the start of the session, from today on where no time is said; totals are those of the whole."""
    first = from_ if from_ is not None or to is not None else clock.at(clock.now().date(), 0)
    rows = occupancy.rows(db, sessions.ids_between(db, caller.reach(sessions.READ), operator, first, to), lang)
    return {**page_of(rows, part), "totals": occupancy.totals(rows)}


@router.get("/today", response_model=TodayOut, responses=LIST, dependencies=[only()], summary="What is on today")
def get_today(db: Db, caller: Caller, lang: ReplyLang) -> dict[str, Any]:
    """Of the operators that the caller serves."""
    return occupancy.today(db, caller, lang)


@router.post(
    "/undo", response_model=UndoneOut, responses=WRITE, dependencies=[only()], summary="Take back one's last write"
)
def undo_last(write: Writing) -> JSONResponse:
    """Within ten minutes, for a change of a session, attendance, and seats or participants of a booking.

    409 wrong-state with `state`: `nothing-to-undo`, `undone`, `not-undoable` (another write came after it, or this
    one cannot be taken back), `too-late`, `sent` (a mail or notice has left), `changed-since`, `seats-offered`,
    `seats-taken`.
    """
    speaker = write.speaker

    def rule(db: Session) -> Outcome:
        row = undo.claim(db, speaker)
        told: dict[str, Any] = {"what": row.kind, "reference": row.reference, "session": None, "booking": None}
        if row.kind == undo.BOOKING:
            told["booking"] = booking_view(db, bookings.take_back(db, speaker, row), write.lang)
        else:
            sessions.find(db, speaker, row.reference, sessions.WRITE)
            if row.kind == undo.SESSION:
                sessions.take_back(db, row)
            else:
                attendance.take_back(db, speaker, row)
            record(db, speaker.principal, "undo", row.reference, what=row.kind)
            told["session"] = sessions.view(db, row.reference, write.lang)
        return Outcome(told, 200, row.reference if row.kind == undo.BOOKING else None)

    return written(write, rule)


def _session(write: Write, rule: Any, status: int = 200) -> JSONResponse:
    return written(write, lambda db: Outcome(sessions.view(db, rule(db), write.lang), status))


def _sheet(told: dict[str, Any], lang: str) -> Response:
    return _file(roster.sheet(told, lang), "application/pdf", roster.file_name(told["session"]["id"], "sheet", "pdf"))


def _file(content: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=kind, headers=headers)
