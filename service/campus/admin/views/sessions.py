"""Sessions with their meetings. One that exists is changed by the rules of `campus.staff.sessions`, like over HTTP:
the queue is asked before free seats are sold, and who has a seat is told of another place."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from campus import clock
from campus.admin import shown, texts
from campus.admin.base import Deed, Values, View
from campus.admin.changes import Refused, wish
from campus.admin.choosing import LANGUAGES, codes, courses
from campus.admin.fields import Blocks, Both, Choice, Field, Ident, Number, Text, Time
from campus.bookings.models import Booking
from campus.catalogue.models import AUDIENCES, FORMATS, Course, CourseSession, Meeting
from campus.catalogue.schedule import booking_deadline
from campus.problems import WrongState
from campus.speakers.speaker import Speaker
from campus.staff import call_off, sessions
from campus.staff.schemas import CallOff, SessionChange

MOST_SEATS = 1000


def _set_state(state: str) -> Any:
    """Opens or closes: one no longer takes bookings, and the other does again."""

    def does(db: Session, speaker: Speaker, row: CourseSession, _values: Values) -> None:
        sessions.change(db, speaker, row.id, wish(SessionChange, state=state, version=row.version))

    return does


def _call_off(db: Session, speaker: Speaker, row: CourseSession, values: Values) -> None:
    told = wish(CallOff, confirmed=True, reason=values["reason"], message=values["message"])
    call_off.call_off(db, speaker, row.id, told, texts.lang())


def _may_call_off(_speaker: Speaker, row: CourseSession) -> bool:
    return row.state != "cancelled" and not clock.has_come(row.start, clock.now())


class SessionView(View, model=CourseSession):
    key = "session"
    order = 30
    reads, writes = sessions.READ, sessions.WRITE
    can_create = True
    removable = True
    column_list = ("start", "course", "state", "taken", "capacity", "language", "format", "audience")
    column_details_list = (
        *("id", "course", "meetings", "booking_deadline", "place", "format", "language"),
        *("capacity", "minimum", "taken", "state", "audience", "access_code", "version", "demo"),
    )
    column_searchable_list = ("id", "place")
    column_sortable_list = ("start", "state", "taken", "capacity", "language", "format", "audience")
    column_default_sort = "start"
    fields = (
        Ident(name="id", longest=100),
        Choice(name="course_id", options=courses(sessions.WRITE), fixed=True),
        Blocks(name="meetings"),
        Time(name="booking_deadline", required=False),
        Both(name="place", longest=200, rows=1),
        Choice(name="format", options=codes("format", FORMATS)),
        Choice(name="language", options=codes("language", LANGUAGES)),
        Number(name="capacity", least=1, most=MOST_SEATS),
        Number(name="minimum", required=False, least=1, most=MOST_SEATS),
        Choice(name="audience", options=codes("audience", AUDIENCES)),
        Field(name="access_code", required=False, longest=64, secret=True),
    )
    deeds = (
        Deed("open", sessions.WRITE, lambda _speaker, row: row.state == "closed", _set_state("open"), asks=False),
        Deed("close", sessions.WRITE, lambda _speaker, row: row.state == "open", _set_state("closed"), asks=False),
        Deed(
            "call-off",
            sessions.WRITE,
            _may_call_off,
            _call_off,
            ends=True,
            fields=(Field(name="reason", longest=500), Text(name="message", required=False)),
        ),
    )

    def title_of(self, row: CourseSession) -> str:
        return f"{shown.name_of(row.course)}, {shown.moment(row.start)}"

    def current(self, row: CourseSession, field: Field) -> Any:
        if field.name == "meetings":
            return [(one.start, one.end) for one in row.meetings] or [(row.start, row.end)]
        return super().current(row, field)

    def full(self, row: CourseSession, name: str) -> list[tuple[str, str]]:
        if name == "meetings":
            return [("", "\n".join(shown.span(one.start, one.end) for one in row.meetings))]
        return super().full(row, name)

    def of_operators(self, operators: frozenset[str]) -> ColumnElement[bool]:
        return CourseSession.course_id.in_(select(Course.id).where(Course.operator_id.in_(sorted(operators))))

    def apply(self, db: Session, speaker: Speaker, row: CourseSession, values: Values) -> None:
        if row.id is None:
            _fill(row, values)
        elif values:
            _change(db, speaker, row, values)

    def why_not_remove(self, db: Session, row: CourseSession) -> str | None:
        booked = select(Booking.id).where(Booking.session_id == row.id).limit(1)
        return "session_in_use" if db.scalar(booked) is not None else None


def _fill(row: CourseSession, values: Values) -> None:
    """A new session: nobody can have been promised anything."""
    plain = dict(values)
    blocks = plain.pop("meetings")
    row.meetings = [Meeting(start=start, end=end) for start, end in blocks]
    row.start, row.end = blocks[0][0], max((end for _, end in blocks), key=lambda end: end.timestamp())
    if clock.has_come(row.start, clock.now()):
        raise Refused.because("meetings", "in_the_past")
    plain["booking_deadline"] = plain["booking_deadline"] or booking_deadline(row.start)
    if plain["booking_deadline"].timestamp() > row.start.timestamp():
        raise Refused.because("booking_deadline", "after_the_start")
    if (plain["minimum"] or 0) > plain["capacity"]:
        raise Refused.because("minimum", "above_the_capacity")
    for name, value in plain.items():
        setattr(row, name, value)


def _change(db: Session, speaker: Speaker, row: CourseSession, values: Values) -> None:
    """What was changed, and nothing else. Raises Refused, Problem."""
    plain: dict[str, Any] = dict(values)
    if "meetings" in plain:
        plain["meetings"] = [{"start": start, "end": end} for start, end in plain["meetings"]]
    elif plain.get("booking_deadline", row.booking_deadline) is None:
        plain["booking_deadline"] = booking_deadline(row.start)
    if "access_code" in plain:  # left out, it would stay
        plain["access_code"] = plain["access_code"] or ""
    if "minimum" in plain:
        plain["minimum"] = plain["minimum"] or 0
        if plain["minimum"] > plain.get("capacity", row.capacity):
            raise Refused.because("minimum", "above_the_capacity")
    try:
        sessions.change(db, speaker, row.id, wish(SessionChange, version=row.version, **plain))
    except WrongState as refused:
        match refused.extra["state"]:
            case "seats-taken":
                raise Refused.because("capacity", "below_taken", taken=refused.extra["taken"]) from None
            case "has-bookings":
                raise Refused.because("meetings", "dates_with_bookings") from None
        raise
