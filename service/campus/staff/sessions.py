"""Sessions as staff plan them: a new one, and changes of one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import case, delete, func, insert, select
from sqlalchemy.orm import Session

from campus import clock
from campus.audit import AuditEntry, record
from campus.bookings import letters, queue, seats
from campus.bookings.models import Booking
from campus.bookings.states import State
from campus.catalogue.audience import Visitor
from campus.catalogue.memory import get_catalogue, raise_version
from campus.catalogue.models import Course, CourseSession, Meeting
from campus.catalogue.schedule import booking_deadline
from campus.catalogue.views import look, session_view
from campus.problems import Invalid, NotFound, VersionConflict, WrongState
from campus.speakers.speaker import Speaker
from campus.staff import people, undo
from campus.staff.access import check_operator
from campus.staff.models import Undoable
from campus.staff.rights import EVERYWHERE
from campus.staff.schemas import Block, NewSession, SessionChange

READ, WRITE = "sessions.read", "sessions.write"
_KEPT = ("capacity", "minimum", "state", "place", "language", "format", "booking_deadline", "audience", "access_code")
"""Columns that `change` sets and `undo` puts back."""


def make(db: Session, speaker: Speaker, wish: NewSession) -> str:
    """A new session of a course; its id. Raises Forbidden, NotFound, Invalid."""
    course = db.get(Course, wish.course_id)
    check_operator(speaker, WRITE, course.operator_id if course else None)
    assert course is not None
    blocks = _blocks(wish)
    start, end = blocks[0][0], blocks[-1][1]
    if clock.has_come(start, clock.now()):
        raise Invalid(start="in_the_past")
    deadline = wish.booking_deadline or booking_deadline(start)
    if deadline > start:
        raise Invalid(booking_deadline="after_the_start")
    if (wish.minimum or 0) > wish.capacity:
        raise Invalid(minimum="above_the_capacity")
    session = CourseSession(
        id=_new_id(db, course.id, start),
        course_id=course.id,
        start=start,
        end=end,
        booking_deadline=deadline,
        format=wish.format or course.format,
        language=wish.language or course.languages[0],
        place=wish.place.model_dump(),
        capacity=wish.capacity,
        minimum=wish.minimum,
        taken=0,
        state=wish.state,
        audience=wish.audience or "public",
        access_code=wish.access_code or None,
        demo=False,
        meetings=[Meeting(start=begin, end=finish) for begin, finish in blocks],
    )
    db.add(session)
    db.flush()
    record(db, speaker.principal, "session", session.id, target=session.state, capacity=session.capacity)
    return session.id


def change(db: Session, speaker: Speaker, session_id: str, wish: SessionChange) -> None:
    """Change a session under its lock; seats that become free go to the queue at once.

    Another place is mailed to everybody whose seat is confirmed.

    Blocks can be changed only as long as nobody has a seat or waits for one: who booked agreed to a date. Raises
    Forbidden, NotFound, VersionConflict, Invalid, WrongState.
    """
    live, session = locked(db, speaker, session_id, WRITE)
    now = clock.now()
    if wish.version != session.version:
        raise VersionConflict(version=session.version)
    if live.state == "cancelled":
        raise WrongState("cancelled")
    queue.settle(db, live, now)
    db.refresh(session)
    before = {name: _as_json(getattr(session, name)) for name in _KEPT}
    values = {name: getattr(wish, name) for name in _KEPT if getattr(wish, name) is not None}
    if "place" in values:
        values["place"] = wish.place.model_dump() if wish.place else session.place
    for name in ("access_code", "minimum"):  # empty, or nought, takes it away
        if name in values:
            values[name] = values[name] or None
    if wish.capacity is not None and wish.capacity < session.taken:
        if not wish.override:
            raise WrongState("seats-taken", taken=session.taken, capacity=session.capacity)
        values["capacity"] = max(1, session.taken)
    if wish.meetings is not None:
        _move(db, session, wish.meetings)
    for name, value in values.items():
        setattr(session, name, value)
    if session.booking_deadline > session.start:
        raise Invalid(booking_deadline="after_the_start")
    if (session.minimum or 0) > session.capacity:
        raise Invalid(minimum="above_the_capacity")
    session.version += 1
    db.flush()
    changed = sorted({*values, *(["meetings"] if wish.meetings is not None else [])})
    record(db, speaker.principal, "session-change", session.id, fields=changed, capacity=session.capacity)
    if session.place != before["place"]:
        _tell_place(db, session.id)
    queue.settle(db, seats.lock(db, session.id)[session.id], now)
    if wish.meetings is None:  # other dates are set again, and not taken back
        undo.remember(db, speaker, undo.SESSION, session.id, before, {"version": session.version})


def take_back(db: Session, row: Undoable) -> None:
    """Put the session back as it was. Raises WrongState where it was changed since, or its seats have been offered."""
    live = seats.lock(db, row.reference)[row.reference]
    session = db.get_one(CourseSession, row.reference, populate_existing=True)
    if session.version != row.after["version"] or live.state == "cancelled":
        raise WrongState("changed-since")
    check_nothing_offered(db, row)
    if row.before["capacity"] < session.taken:
        raise WrongState("seats-taken", taken=session.taken)
    for name in _KEPT:
        if name in row.before:  # a column may be newer than the change
            setattr(session, name, _from_json(name, row.before[name]))
    session.version += 1
    db.flush()
    queue.settle(db, seats.lock(db, session.id)[session.id], clock.now())


def check_nothing_offered(db: Session, row: Undoable) -> None:
    """Raises WrongState where seats of the session were offered to somebody since that write."""
    session_id = row.after.get("session", row.reference)
    offered = (
        select(AuditEntry.seq)
        .join(Booking, Booking.reference == AuditEntry.reference)
        .where(Booking.session_id == session_id, AuditEntry.action == "offer", AuditEntry.seq > row.audit_seq)
    )
    if db.scalar(offered.limit(1)) is not None:
        raise WrongState("seats-offered")


def find(db: Session, speaker: Speaker, session_id: str, scope: str) -> CourseSession:
    """A session of an operator for whom the speaker has the scope. Raises Forbidden, NotFound."""
    found = db.execute(
        select(CourseSession, Course.operator_id)
        .join(Course, Course.id == CourseSession.course_id)
        .where(CourseSession.id == session_id)
    ).first()
    check_operator(speaker, scope, found.operator_id if found else None)
    if found is None:
        raise NotFound()
    session: CourseSession = found.CourseSession
    return session


def locked(db: Session, speaker: Speaker, session_id: str, scope: str) -> tuple[seats.LiveSession, CourseSession]:
    """The same under its lock, read again. Raises Forbidden, NotFound."""
    session = find(db, speaker, session_id, scope)
    live = seats.lock(db, session.id)[session.id]
    db.refresh(session)
    return live, session


def ids_between(
    db: Session, operators: frozenset[str], operator: str | None, first: datetime | None, last: datetime | None
) -> list[str]:
    """The sessions of these operators that begin in a half-open time, by their start."""
    chosen = select(CourseSession.id).join(Course, Course.id == CourseSession.course_id)
    if EVERYWHERE not in operators:
        chosen = chosen.where(Course.operator_id.in_(sorted(operators)))
    if operator is not None:
        chosen = chosen.where(Course.operator_id == operator)
    if first is not None:
        chosen = chosen.where(CourseSession.start >= first)
    if last is not None:
        chosen = chosen.where(CourseSession.start < last)
    return list(db.scalars(chosen.order_by(CourseSession.start, CourseSession.id)))


def views(db: Session, ids: Sequence[str], lang: str) -> list[dict[str, Any]]:
    """Sessions as staff see them, in that order."""
    moment = look(db, Visitor(operators=frozenset({EVERYWHERE})), only=set(ids))
    counted = count(db, ids, moment.now)
    rows = []
    for ident in ids:
        session = moment.catalogue.sessions[ident]
        seen = moment.seats[ident]
        here = counted[ident]
        rows.append(
            session_view(moment, moment.catalogue.courses[session.course_id], session, lang)
            | {
                "taken": seen.taken - seen.lapsed,
                "confirmed": here["confirmed"],
                "held": here["held"],
                "offered": here["offered"],
                "waiting_seats": seen.queued,
                "access_code": session.access_code,
                "minimum": session.minimum,
                "version": seen.version,
            }
        )
    return rows


def view(db: Session, session_id: str, lang: str) -> dict[str, Any]:
    """One session as staff see it."""
    return views(db, [session_id], lang)[0]


def count(db: Session, ids: Collection[str], now: datetime) -> dict[str, dict[str, int]]:
    """Seats by kind: `confirmed` (and what came of it), `held`, `offered` as long as they run, `waiting`."""
    kind = case(
        (seats.is_over(now), "over"),
        (Booking.state.in_([State.CONFIRMED, State.ATTENDED, State.NO_SHOW]), "confirmed"),
        else_=Booking.state,
    )
    rows = select(Booking.session_id, kind, func.sum(Booking.seats)).where(Booking.session_id.in_(ids))
    counted: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(("confirmed", "held", "offered"), 0))
    for session_id, what, some in db.execute(rows.group_by(Booking.session_id, kind)):
        counted[session_id][what] = int(some)
    return counted


def _blocks(wish: NewSession) -> list[tuple[datetime, datetime]]:
    if wish.meetings is not None:
        return _in_order(wish.meetings)
    assert wish.start is not None and wish.end is not None
    first, last = wish.start.date(), wish.end.date()
    if (last - first).days > 60 or wish.start.time() >= wish.end.time():
        raise Invalid(end="out_of_range")
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    begin, finish = wish.start.timetz(), wish.end.timetz()
    return [(datetime.combine(day, begin), datetime.combine(day, finish)) for day in days]


def _in_order(meetings: Sequence[Block]) -> list[tuple[datetime, datetime]]:
    """The blocks by their start. Raises Invalid where two overlap."""
    blocks = sorted((block.start, block.end) for block in meetings)
    if any(end > start for (_, end), (start, _) in pairwise(blocks)):
        raise Invalid(meetings="overlap")
    return blocks


def _move(db: Session, session: CourseSession, meetings: Sequence[Block]) -> None:
    waiting = select(func.count()).where(Booking.session_id == session.id, Booking.state == State.WAITING)
    if session.taken or db.scalar(waiting):
        raise WrongState("has-bookings", taken=session.taken)
    blocks = _in_order(meetings)
    if clock.has_come(blocks[0][0], clock.now()):
        raise Invalid(meetings="in_the_past")
    session.start, session.end = blocks[0][0], blocks[-1][1]
    session.booking_deadline = booking_deadline(session.start)
    db.execute(delete(Meeting).where(Meeting.session_id == session.id))
    db.execute(insert(Meeting), [{"session_id": session.id, "start": start, "end": end} for start, end in blocks])
    db.expire(session, ["meetings"])
    raise_version(db)


def _tell_place(db: Session, session_id: str) -> None:
    """Confirm again to everybody where they are expected; their calendars take the new place."""
    for booking in people.bookings_of(db, session_id, [State.CONFIRMED]):
        if booking.demo:
            continue
        booking.version += 1
        booking.sequence += 1
        db.flush()
        letters.send(db, booking, "confirmation", changed=True)
        for person in people.guests(booking):
            letters.send_to(db, booking, person.name, str(person.email), kind="confirmation", changed=True)


def _new_id(db: Session, course_id: str, start: datetime) -> str:
    """The course and the day, and a number where the course begins twice on one day."""
    wanted = f"{course_id}-{start.astimezone(clock.BRUSSELS):%Y%m%d}"
    known = get_catalogue(db).sessions
    number, ident = 1, wanted
    while ident in known:
        number += 1
        ident = f"{wanted}-{number}"
    return ident


def _as_json(value: Any) -> Any:
    return clock.iso(value) if isinstance(value, datetime) else value


def _from_json(name: str, value: Any) -> Any:
    return clock.parse(value) if name == "booking_deadline" else value
