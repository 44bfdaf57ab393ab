"""Who was there: marked a booking or a seat at a time, from the day on which the session begins, and correctable."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from campus import clock
from campus.audit import record
from campus.bookings import moves
from campus.bookings.models import Booking
from campus.bookings.references import normalise
from campus.bookings.states import State, Verb
from campus.problems import Invalid, WrongState
from campus.speakers.speaker import Speaker
from campus.staff import people, sessions, undo
from campus.staff.models import Attendance, Undoable
from campus.staff.schemas import AttendanceIn

Marks = dict[int, dict[int, bool]]
"""By booking and seat: whether somebody was there."""


def mark(db: Session, speaker: Speaker, session_id: str, wish: AttendanceIn) -> None:
    """A booking has attended once anybody of it was there, and is a no-show once all its seats are marked absent.

    Raises Forbidden, NotFound, Invalid for who is not enrolled or named twice, and WrongState before that day or in
    a session that was called off.
    """
    live, _session = sessions.locked(db, speaker, session_id, sessions.WRITE)
    now = clock.now()
    if live.state == "cancelled":
        raise WrongState("cancelled")
    if now.date() < live.start.date():
        raise WrongState("not-begun")
    bookings = {one.reference: one for one in people.bookings_of(db, session_id)}
    before = {booking.id: marks_of(db, booking.id) for booking in bookings.values()}
    wanted = _read(wish, bookings)
    kept: dict[str, Any] = {}
    versions: dict[str, int] = {}
    for booking in bookings.values():
        if booking.id not in wanted:
            continue
        kept[booking.reference] = {"state": booking.state, "marks": _as_json(before[booking.id])}
        marks = before[booking.id] | wanted[booking.id]
        _write(db, booking, marks)
        _follow(db, speaker, booking, marks)
        versions[booking.reference] = booking.version
    present = sum(one for marks in wanted.values() for one in marks.values())
    marked = sum(len(marks) for marks in wanted.values())
    record(db, speaker.principal, "attendance", session_id, present=present, absent=marked - present)
    undo.remember(db, speaker, undo.ATTENDANCE, session_id, kept, {"versions": versions})


def take_back(db: Session, speaker: Speaker, row: Undoable) -> None:
    """Put the marks and states back as they were. Raises WrongState where one was changed since."""
    sessions.locked(db, speaker, row.reference, sessions.WRITE)
    now = clock.now()
    for reference, before in row.before.items():
        booking = db.scalar(select(Booking).where(Booking.reference == reference))
        if booking is None or booking.version != row.after["versions"][reference]:
            raise WrongState("changed-since")
        _write(db, booking, {int(seat): was for seat, was in before["marks"].items()})
        verb = {State.CONFIRMED: Verb.UNDO, State.ATTENDED: Verb.ATTEND, State.NO_SHOW: Verb.MISS}[before["state"]]
        if booking.state != before["state"]:
            moves.move(db, booking, verb, speaker.principal, now)


def marks_of(db: Session, booking_id: int) -> dict[int, bool]:
    """What is marked of a booking, by seat."""
    rows = db.execute(select(Attendance.seat, Attendance.present).where(Attendance.booking_id == booking_id))
    return {row.seat: row.present for row in rows}


def _read(wish: AttendanceIn, bookings: dict[str, Booking]) -> Marks:
    """What is said, seat by seat. Raises Invalid for what is not enrolled here, or said twice."""
    marks: Marks = defaultdict(dict)
    for field, present in (("present", True), ("absent", False)):
        for index, text in enumerate(getattr(wish, field)):
            said, _, seat = text.partition("/")
            booking = bookings.get(normalise(said) or "")
            if booking is None or (seat and not (re.fullmatch("[0-9]{1,3}", seat) and 1 <= int(seat) <= booking.seats)):
                raise Invalid(errors=[{"field": f"{field}.{index}", "code": "not_enrolled"}])
            for number in [int(seat)] if seat else range(1, booking.seats + 1):
                if number in marks[booking.id]:
                    raise Invalid(errors=[{"field": f"{field}.{index}", "code": "duplicate"}])
                marks[booking.id][number] = present
    return marks


def _write(db: Session, booking: Booking, marks: dict[int, bool]) -> None:
    db.execute(delete(Attendance).where(Attendance.booking_id == booking.id))
    if marks:
        rows = [{"booking_id": booking.id, "seat": seat, "present": here} for seat, here in sorted(marks.items())]
        db.execute(insert(Attendance), rows)


def _follow(db: Session, speaker: Speaker, booking: Booking, marks: dict[int, bool]) -> None:
    """Let the state of the booking follow its marks."""
    if any(marks.values()):
        verb, target = Verb.ATTEND, State.ATTENDED
    elif len(marks) == booking.seats:
        verb, target = Verb.MISS, State.NO_SHOW
    else:  # nobody yet, and some seats are still open
        verb, target = Verb.UNDO, State.CONFIRMED
    if booking.state != target:
        moves.move(db, booking, verb, speaker.principal, clock.now())


def _as_json(marks: dict[int, bool]) -> dict[str, bool]:
    return {str(seat): here for seat, here in marks.items()}
