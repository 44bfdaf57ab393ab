"""Seats: who takes them and who gives them back. Never one too many, never one withheld.

Whatever changes the seats of a session takes the lock of its row first (`lock`), so that all of
it happens one after the other; the condition of each UPDATE and the CHECK of the table stand
behind that. Locks are taken in the order key, conversation, sessions by id, which leaves no
circle to wait in.

A hold or an offer that is over counts as free whenever somebody looks: `settle` releases it in
the very transaction that wants the seat, so a sweeper that is dead blocks no sale. What becomes
free goes to the waiting list before the public.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import ColumnElement, CursorResult, and_, delete, func, or_, select, text, update
from sqlalchemy.orm import Session

from campus.audit import SERVICE, record
from campus.bookings.models import Booking, Standing
from campus.bookings.states import State, Verb
from campus.catalogue.models import CourseSession


@dataclass(frozen=True, slots=True)
class LiveSession:
    """What changes from minute to minute in a session, read under its lock."""

    id: str
    capacity: int
    taken: int
    state: str
    start: datetime
    booking_deadline: datetime


@dataclass(frozen=True, slots=True)
class Pending:
    """A booking that is over, or that waits."""

    id: int
    reference: str
    state: str
    seats: int


def lock(db: Session, *session_ids: str) -> dict[str, LiveSession]:
    """Take the locks of these sessions, in the order of their ids, and read them."""
    columns = (
        CourseSession.id,
        CourseSession.capacity,
        CourseSession.taken,
        CourseSession.state,
        CourseSession.start,
        CourseSession.booking_deadline,
    )
    wanted = select(*columns).where(CourseSession.id.in_(session_ids)).order_by(CourseSession.id).with_for_update()
    return {row.id: LiveSession(*row) for row in db.execute(wanted)}


def lock_conversation(db: Session, owner: str) -> None:
    """Let one conversation make its bookings one after the other, so that its limits hold."""
    if db.get_bind().dialect.name == "postgresql":
        number = int.from_bytes(sha256(owner.encode()).digest()[:8], "big", signed=True)
        db.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def take(db: Session, session_id: str, seats: int, *, from_queue: bool = False) -> bool:
    """Take seats if the session is open and has them; the public gets none that the queue waits for."""
    wanted = CourseSession.taken + seats
    if not from_queue:
        wanted = wanted + waiting_seats(session_id)
    return _changed_one(
        db,
        update(CourseSession)
        .where(CourseSession.id == session_id, CourseSession.state == "open", wanted <= CourseSession.capacity)
        .values(taken=CourseSession.taken + seats),
    )


def give_back(db: Session, session_id: str, seats: int) -> None:
    """Give seats back; what was never taken cannot be (RuntimeError: the counter is corrupt)."""
    statement = (
        update(CourseSession)
        .where(CourseSession.id == session_id, CourseSession.taken >= seats)
        .values(taken=CourseSession.taken - seats)
    )
    if not _changed_one(db, statement):
        raise RuntimeError(f"session {session_id} gives back {seats} seats that were not taken")


def waiting_seats(session_id: str) -> ColumnElement[int]:
    """How many seats the queue of a session waits for, as an expression for a statement."""
    queue = select(func.coalesce(func.sum(Booking.seats), 0))
    return queue.where(Booking.session_id == session_id, Booking.state == State.WAITING).scalar_subquery()


def is_over(now: datetime) -> ColumnElement[bool]:
    """The holds and offers whose time is over, whether a sweeper saw them or not."""
    return or_(
        and_(Booking.state == State.HELD, Booking.hold_expires_at <= now),
        and_(Booking.state == State.OFFERED, Booking.offer_expires_at <= now),
    )


def pending(db: Session, session_id: str, now: datetime) -> tuple[list[Pending], list[Pending]]:
    """What is over in a session, and who waits for it, in the order of arrival. Wants the lock."""
    columns = (Booking.id, Booking.reference, Booking.state, Booking.seats)
    wanted = select(*columns).where(Booking.session_id == session_id, or_(Booking.state == State.WAITING, is_over(now)))
    rows = [Pending(*row) for row in db.execute(wanted.order_by(Booking.id))]
    return [row for row in rows if row.state != State.WAITING], [row for row in rows if row.state == State.WAITING]


def release(db: Session, session_id: str, overdue: Sequence[Pending]) -> list[Pending]:
    """End these holds and offers and give their seats back; those that somebody else moved first are not among them.

    Wants the lock.
    """
    released: list[Pending] = []
    ended = {State.HELD: (State.EXPIRED, Verb.EXPIRE), State.OFFERED: (State.LAPSED, Verb.LAPSE)}
    for row in overdue:
        target, verb = ended[State(row.state)]
        moved = _changed_one(
            db,
            update(Booking)
            .where(Booking.id == row.id, Booking.state == row.state)
            .values(state=target, version=Booking.version + 1),
        )
        if not moved:
            continue
        db.execute(delete(Standing).where(Standing.booking_id == row.id))
        record(db, SERVICE, verb, row.reference, source=row.state, target=target)
        released.append(row)
    if released:
        give_back(db, session_id, sum(row.seats for row in released))
    return released


def _changed_one(db: Session, statement: object) -> bool:
    done = db.execute(statement.execution_options(synchronize_session=False))  # type: ignore[attr-defined]
    assert isinstance(done, CursorResult)
    return done.rowcount == 1
