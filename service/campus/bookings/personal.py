"""A person's bookings: as an export, forgotten at their wish, and not kept too long.

A booking is the person's own where its contact has their address. What they are in somebody else's booking is one
participant. Amounts, dates and the company are kept: they are on an invoice.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from campus import addresses, clock
from campus.addresses import FORGOTTEN
from campus.audit import AuditEntry, record
from campus.bookings import letters, queue, seats
from campus.bookings.cancel import give_up
from campus.bookings.models import Booking, Participant, Standing
from campus.bookings.seats import LiveSession
from campus.bookings.states import State
from campus.bookings.views import booking_views, fee_now, total_of
from campus.catalogue.models import CourseSession
from campus.catalogue.views import session_views
from campus.privacy.parts import Limits, Who
from campus.problems import Unavailable
from campus.speakers.speaker import own_mark

UNDECIDED = frozenset({State.HELD, State.OFFERED, State.WAITING})
CAME_TO_NOTHING = frozenset({State.EXPIRED, State.RELEASED, State.DECLINED, State.LAPSED, State.LEFT})


def export(db: Session, who: Who, lang: str) -> dict[str, Any]:
    """`bookings` whole, and `participations`: who the person is in the bookings of others."""
    own = db.scalars(select(Booking).where(_is_own(who)).order_by(Booking.id)).all()
    _learn(db, who, own)
    others = db.execute(
        select(Booking, Participant)
        .join(Participant, Participant.booking_id == Booking.id)
        .where(addresses.is_of(Participant.email, who.email), ~_is_own(who))
        .order_by(Booking.id)
    ).all()
    sessions = session_views(db, [row.Booking.session_id for row in others], lang)
    now = clock.now()
    return {
        "bookings": booking_views(db, own, lang),
        "participations": [
            {
                "reference": row.Booking.reference,
                "state": row.Booking.state_at(now).value,
                "session": sessions[row.Booking.session_id],
                "name": row.Participant.name,
                "email": row.Participant.email,
            }
            for row in others
        ],
    }


def upcoming(db: Session, who: Who, lang: str) -> list[dict[str, Any]]:
    """The confirmed bookings that are still to come, with what cancelling each costs now (EUR)."""
    own = [one for one in db.scalars(select(Booking).where(_is_own(who)).order_by(Booking.id)) if _is_to_come(one)]
    sessions = session_views(db, [one.session_id for one in own], lang)
    return [_cost(one, sessions[one.session_id]) for one in own]


def erase(db: Session, who: Who, actor: str) -> dict[str, int]:
    """Give up what is to come, then forget the person in their own bookings and in those of others."""
    live, own, others = _locked(db, who)
    _learn(db, who, own)
    now = clock.now()
    for session in live.values():
        queue.settle(db, session, now)
    counts = dict.fromkeys(("bookings_left", "bookings_cancelled"), 0)
    for booking in own:
        db.refresh(booking)
        if _is_to_come(booking):
            counts["bookings_cancelled"] += 1
        elif booking.state_at(now) in UNDECIDED:
            counts["bookings_left"] += 1
        else:
            continue
        give_up(db, booking, actor)  # its mail is blanked with the others: the receipt tells
    ids = [booking.id for booking in own]
    _forget_contacts(db, ids)
    theirs = _participants_of(db, who, ids)
    _forget_participants(db, [one.id for one in theirs])
    db.execute(delete(Standing).where(or_(Standing.person == who.email, Standing.booking_id.in_(ids))))
    touched = [booking.id for booking in others]
    if touched:
        db.execute(update(Booking).where(Booking.id.in_(touched)).values(version=Booking.version + 1))
    for booking in (*own, *others):
        record(db, actor, "erase", booking.reference)
    db.expire_all()
    return counts | {"bookings": len(ids), "participations": len(touched)}


def letters_of(db: Session, who: Who) -> list[dict[str, Any]]:
    """What the mail about the erasure needs to take the bookings to come out of a calendar; to be read before."""
    own = db.scalars(select(Booking).where(_is_own(who)).order_by(Booking.id))
    return [
        {"booking": letters.snapshot(db, one)["booking"], "sequence": one.sequence + 1}
        for one in own
        if _is_to_come(one)
    ]


def expire(db: Session, limits: Limits) -> dict[str, int]:
    """Forget who asked for a seat that came to nothing, who took part long ago, and last the company billed."""
    nothing = select(Booking.id).where(
        Booking.state.in_(CAME_TO_NOTHING),
        Booking.created_at < limits.brief,
        ~exists().where(
            AuditEntry.reference == Booking.reference,
            AuditEntry.target.in_(CAME_TO_NOTHING),
            AuditEntry.at >= limits.brief,
        ),
    )
    over = select(Booking.id).join(CourseSession, CourseSession.id == Booking.session_id)
    return {
        "contacts": _forget_all(db, nothing.where(_is_known())),
        "bookings": _forget_all(db, over.where(CourseSession.end < limits.took_part, _is_known())),
        "companies": _count(
            db,
            update(Booking)
            .where(Booking.id.in_(over.where(CourseSession.end < limits.billed)), Booking.company.is_not(None))
            .values(company=None),
        ),
    }


def _is_own(who: Who) -> ColumnElement[bool]:
    made = func.coalesce(Booking.owner, "") == own_mark(who.person)
    return or_(addresses.is_of(Booking.contact_email, who.email), made)


def _is_named(who: Who) -> ColumnElement[bool]:
    return exists().where(Participant.booking_id == Booking.id, addresses.is_of(Participant.email, who.email))


def _is_known() -> ColumnElement[bool]:
    """Whether a booking still tells who somebody is."""
    named = and_(
        Participant.booking_id == Booking.id, or_(Participant.email.is_not(None), Participant.name != FORGOTTEN)
    )
    return or_(
        Booking.contact_email.is_not(None),
        Booking.contact_phone.is_not(None),
        Booking.owner.is_not(None),
        and_(Booking.contact_name.is_not(None), Booking.contact_name != FORGOTTEN),
        exists().where(named),
    )


def _is_to_come(booking: Booking) -> bool:
    return booking.state == State.CONFIRMED and booking.session.start > clock.now()


def _cost(booking: Booking, session: dict[str, Any]) -> dict[str, Any]:
    gross = total_of(booking).gross
    fee = fee_now(booking, gross, booking.session.start, booking.session.state == "cancelled", clock.now())
    return {
        "reference": booking.reference,
        "session": {name: session[name] for name in ("id", "title", "start", "end")},
        "seats": booking.seats,
        "total": total_of(booking).as_json(),
        "cancel_fee": str(fee),
        "refund": str(gross - fee),
    }


def _locked(db: Session, who: Who) -> tuple[dict[str, LiveSession], list[Booking], list[Booking]]:
    """The sessions under their locks, the person's bookings, and those of others in which they are named.

    A booking may move to another session while we wait for its lock. Raises Unavailable.
    """
    wanted = select(Booking).where(or_(_is_own(who), _is_named(who))).order_by(Booking.id)
    live: dict[str, LiveSession] = {}
    for _ in range(4):
        found = db.scalars(wanted.execution_options(populate_existing=True)).all()
        if all(booking.session_id in live for booking in found):
            own = set(db.scalars(select(Booking.id).where(_is_own(who))))
            return live, [one for one in found if one.id in own], [one for one in found if one.id not in own]
        live = seats.lock(db, *{booking.session_id for booking in found}, *live)
    raise Unavailable(headers={"Retry-After": "1"})


def _learn(db: Session, who: Who, own: Sequence[Booking]) -> None:
    """What the person's bookings tell about them: references, names, and the conversations that are theirs alone."""
    who.own |= {booking.reference for booking in own}
    who.names |= {booking.contact_name.casefold() for booking in own if booking.contact_name}
    named = select(Participant.name).where(addresses.is_of(Participant.email, who.email))
    who.names |= {name.casefold() for name in db.scalars(named)} - {FORGOTTEN}
    owners = {booking.owner for booking in own if booking.owner}
    shared = select(Booking.owner).where(
        Booking.owner.in_(owners),
        Booking.contact_email.is_not(None),
        ~addresses.is_of(Booking.contact_email, who.email),
    )
    who.conversations |= owners - set(db.scalars(shared))


def _participants_of(db: Session, who: Who, own: Collection[int]) -> list[Participant]:
    """Where the person is a participant: by the address, and in their own bookings by the name."""
    mine = select(Participant).where(
        or_(addresses.is_of(Participant.email, who.email), Participant.booking_id.in_(own))
    )
    return [
        one
        for one in db.scalars(mine)
        if (one.email or "").lower() == who.email or (one.email is None and one.name.casefold() in who.names)
    ]


def _forget_all(db: Session, chosen: Any) -> int:
    """Forget everybody in these bookings (a select of ids); how many bookings."""
    ids = list(db.scalars(chosen))
    _forget_contacts(db, ids)
    for part in _parts(ids):
        _forget_participants(db, list(db.scalars(select(Participant.id).where(Participant.booking_id.in_(part)))))
        db.execute(delete(Standing).where(Standing.booking_id.in_(part)))
    return len(ids)


def _forget_contacts(db: Session, ids: Sequence[int]) -> None:
    for part in _parts(ids):
        db.execute(
            update(Booking)
            .where(Booking.id.in_(part))
            .values(contact_email=None, contact_phone=None, owner=None, version=Booking.version + 1)
            .execution_options(synchronize_session=False)
        )
        named = update(Booking).where(Booking.id.in_(part), Booking.contact_name.is_not(None))
        db.execute(named.values(contact_name=FORGOTTEN).execution_options(synchronize_session=False))


def _forget_participants(db: Session, ids: Sequence[int]) -> None:
    for part in _parts(ids):
        forgotten = update(Participant).where(Participant.id.in_(part)).values(name=FORGOTTEN, email=None)
        db.execute(forgotten.execution_options(synchronize_session=False))


def _parts(ids: Sequence[int], size: int = 1000) -> list[Sequence[int]]:
    """No statement with more parameters than a database takes."""
    return [ids[start : start + size] for start in range(0, len(ids), size)]


def _count(db: Session, statement: Any) -> int:
    done = db.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(done, CursorResult)
    return done.rowcount
