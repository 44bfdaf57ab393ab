"""Carrying out the rules of a course (``campus.catalogue.requirements``) when somebody books it.

A hold is free, so that nobody loses the seat while finding out; only what can be known to fail is
refused at once (`hopeless`). The whole is asked when seats are confirmed, when an offer is accepted,
and when a confirmed booking changes its people or its course (`unmet`). What a booking declares is
declared by who made it, for everybody on it. Staff may decide otherwise, which the audit log tells.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from campus import clock
from campus.audit import record
from campus.bookings.models import Booking, Participant
from campus.bookings.schemas import Person
from campus.bookings.states import State
from campus.catalogue.memory import CourseEntry, get_catalogue
from campus.catalogue.models import CourseSession
from campus.catalogue.requirements import Requirement, declared_as, requirement_view
from campus.problems import NotEligible
from campus.speakers.speaker import Speaker


def hopeless(course: CourseEntry, seats: int, customer: str | None) -> list[Requirement]:
    """The rules that this wish can never fulfil; ``customer`` is None where it was not said."""
    return [rule for rule in course.requirements if _too_many(rule, seats) or _not_a_business(rule, customer)]


def unmet(
    db: Session,
    course: CourseEntry,
    *,
    seats: int,
    customer: str,
    people: Sequence[Person],
    contact_email: str | None,
    declared: Collection[str],
) -> list[Requirement]:
    """The rules that this booking does not fulfil now. Seats whose people are named later are asked about then."""
    return [
        rule
        for rule in course.requirements
        if _too_many(rule, seats)
        or _not_a_business(rule, customer)
        or _undeclared(db, rule, seats, people, contact_email, declared)
    ]


def unmet_by(db: Session, course: CourseEntry, booking: Booking) -> list[Requirement]:
    """The rules of a course that this booking does not fulfil as it is."""
    return unmet(
        db,
        course,
        seats=booking.seats,
        customer=booking.customer,
        people=[Person.model_construct(name=one.name, email=one.email) for one in booking.participants],
        contact_email=booking.contact_email,
        declared={one["id"] for one in booking.declarations},
    )


def unmet_by_people(db: Session, course: CourseEntry, booking: Booking) -> list[Requirement]:
    """Those that speak of who sits on the seats, asked again when others do; the rest is settled by the booking."""
    return [rule for rule in unmet_by(db, course, booking) if rule["rule"] == "completed-course"]


def enforce(db: Session, speaker: Speaker, course: CourseEntry, rules: Sequence[Requirement], lang: str) -> None:
    """Refuse by the first of these rules, unless staff of its operator book. Raises NotEligible."""
    if not rules or speaker.may("bookings.write", course.operator.id):
        return
    told = requirement_view(get_catalogue(db), rules[0], lang)
    named = told["id"] if told["rule"] == "declaration" else told["rule"]
    raise NotEligible(named, requirement=told)


def record_override(db: Session, speaker: Speaker, reference: str, rules: Sequence[Requirement]) -> None:
    """Write down that staff booked although these rules refuse; nothing where there are none."""
    if rules:
        named = [rule.get("id") or rule["rule"] for rule in rules]
        record(db, speaker.principal, "override", reference, rules=named)


def declarations(before: Sequence[dict[str, str]], ids: Sequence[str], now: datetime) -> list[dict[str, str]]:
    """What was declared so far and these, each with the time it was first declared."""
    known = {one["id"]: one for one in before}
    for ident in ids:
        known.setdefault(ident, {"id": ident, "at": clock.iso(now)})
    return list(known.values())


def _too_many(rule: Requirement, seats: int) -> bool:
    return rule["rule"] == "max-seats" and seats > int(rule["seats"])


def _not_a_business(rule: Requirement, customer: str | None) -> bool:
    return rule["rule"] == "business-only" and customer is not None and customer != "business"


def _undeclared(
    db: Session,
    rule: Requirement,
    seats: int,
    people: Sequence[Person],
    contact_email: str | None,
    declared: Collection[str],
) -> bool:
    ident = declared_as(rule)
    if ident is None or ident in declared:
        return False
    if rule["rule"] == "declaration":
        return True
    alone = contact_email if seats == 1 or not people else None
    addresses = {(person.email or alone or "").lower() for person in people} or {(alone or "").lower()}
    return not addresses <= _attended(db, rule["course_id"], addresses)


def _attended(db: Session, course_id: str, addresses: Collection[str]) -> set[str]:
    """Which of these addresses sat in a session of that course: as a participant, or as the contact of one seat."""
    participant, contact = func.lower(Participant.email), func.lower(Booking.contact_email)
    found: Any = (
        select(participant, contact, Booking.seats)
        .select_from(Booking)
        .join(CourseSession, CourseSession.id == Booking.session_id)
        .outerjoin(Participant, Participant.booking_id == Booking.id)
        .where(
            Booking.state == State.ATTENDED,
            CourseSession.course_id == course_id,
            or_(participant.in_(addresses), and_(Booking.seats == 1, contact.in_(addresses))),
        )
    )
    attended: set[str] = set()
    for named, made_by, seats in db.execute(found):
        attended.add(named or (made_by if seats == 1 else ""))
    return attended - {""}
