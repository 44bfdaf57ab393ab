"""The catalogue as answers: what the contract calls course, session, operator and topic."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from campus import clock
from campus.catalogue import funding
from campus.catalogue.audience import NOBODY_SPECIAL, Visitor
from campus.catalogue.memory import CourseEntry, OperatorEntry, SessionEntry, TopicEntry, get_catalogue
from campus.catalogue.requirements import requirement_view
from campus.catalogue.seats import Seats, read_seats
from campus.catalogue.selection import Moment
from campus.db import CENT

NEXT_SESSIONS = 3
_NO_SEATS = Seats(0, 0, "closed", 0)


def money(amount: Decimal) -> str:
    """EUR with two digits."""
    return f"{amount.quantize(CENT)}"


def number(value: float) -> int | float:
    """A whole number without its `.0`."""
    return int(value) if value == int(value) else value


def price_view(course: CourseEntry) -> dict[str, Any]:
    """Per seat, VAT included where the operator is taxable."""
    taxable = course.operator.vat_regime == "taxable"
    return {
        "amount": money(course.price),
        "currency": "EUR",
        "vat_rate": money(course.operator.vat_rate if taxable else Decimal(0)),
        "vat_included": True,
    }


def operator_view(operator: OperatorEntry, lang: str, courses: int) -> dict[str, Any]:
    """An operator with its VAT regime and cancellation terms."""
    return {
        "id": operator.id,
        "name": operator.name,
        "summary": operator.summary[lang],
        "aliases": operator.aliases,
        "vat": {"regime": operator.vat_regime, "rate": money(operator.vat_rate)},
        "terms": {
            "free_working_days": operator.free_working_days,
            "fee_percent": money(operator.fee_percent),
            "fee_minimum": money(operator.fee_minimum),
            "withdrawal_days": operator.withdrawal_days,
        },
        "courses": courses,
        "demo": operator.demo,
    }


def topic_view(topic: TopicEntry, lang: str, courses: int) -> dict[str, Any]:
    """A topic with how many courses are about it."""
    return {"id": topic.id, "name": topic.name[lang], "aliases": topic.aliases, "courses": courses}


def session_view(moment: Moment, course: CourseEntry, session: SessionEntry, lang: str) -> dict[str, Any]:
    """A session with its seats as of now."""
    seats = moment.seats.get(session.id, _NO_SEATS)
    return {
        "id": session.id,
        "kind": course.kind,
        "course_id": course.id,
        "operator": {"id": course.operator.id, "name": course.operator.name},
        "title": course.title[lang],
        "start": clock.iso(session.start),
        "end": clock.iso(session.end),
        "meetings": [{"start": clock.iso(start), "end": clock.iso(end)} for start, end in session.meetings],
        "timezone": "Europe/Brussels",
        "format": session.format,
        "place": session.place[lang],
        "language": session.language,
        "capacity": seats.capacity,
        "seats_free": seats.bookable(session, moment.now),
        "waiting": seats.waiting,
        "state": seats.state(session, moment.now),
        "booking_deadline": clock.iso(session.booking_deadline),
        "audience": session.audience,
        "price": price_view(course),
        "demo": session.demo,
    }


def exhibitor_views(session: SessionEntry, lang: str) -> list[dict[str, Any]]:
    """The companies that are there; their addresses are told to nobody."""
    told = [one | {"summary": one["summary"][lang]} for one in session.exhibitors]
    return [{name: one.get(name) for name in ("id", "name", "summary", "demo")} for one in told]


def course_view(moment: Moment, course: CourseEntry, sessions: Iterable[SessionEntry], lang: str) -> dict[str, Any]:
    """A course in a list; `sessions` are the matching ones, earliest first."""
    return {
        "id": course.id,
        "kind": course.kind,
        "operator": {"id": course.operator.id, "name": course.operator.name},
        "title": course.title[lang],
        "summary": course.summary[lang],
        "topics": [{"id": topic.id, "name": topic.name[lang]} for topic in course.topics],
        "level": course.level,
        "format": course.format,
        "languages": course.languages,
        "days": number(course.days),
        "price": price_view(course),
        "certificate": course.certificate[lang],
        "audience": course.audience,
        "aliases": course.aliases,
        "next_sessions": [
            session_view(moment, course, session, lang)
            for session, _ in zip(sessions, range(NEXT_SESSIONS), strict=False)
        ],
        "demo": course.demo,
    }


def course_details(moment: Moment, course: CourseEntry, sessions: Iterable[SessionEntry], lang: str) -> dict[str, Any]:
    """A course alone, with everything that is told about it."""
    return {
        **course_view(moment, course, sessions, lang),
        "content": course.content[lang],
        "prerequisites": course.prerequisites[lang],
        "audience_text": course.audience_text[lang],
        "trainers": course.trainers[lang],
        "requirements": [requirement_view(moment.catalogue, one, lang) for one in course.requirements],
        "hours": number(course.hours),
        "funding": funding.of_course(moment.catalogue, course.funding, lang),
    }


def look(db: Session, visitor: Visitor = NOBODY_SPECIAL, only: Collection[str] | None = None) -> Moment:
    """The catalogue, the seats and the business clock as of now; `only` limits the seats to these sessions."""
    now = clock.now()
    return Moment(get_catalogue(db), read_seats(db, now, only), now, visitor)


def session_views(db: Session, ids: Collection[str], lang: str) -> dict[str, dict[str, Any]]:
    """Sessions by their ids, whoever they are for: for answers about a booking. Unknown ids are left out."""
    moment = look(db, only=set(ids))
    known = [moment.catalogue.sessions[id_] for id_ in dict.fromkeys(ids) if id_ in moment.catalogue.sessions]
    return {
        session.id: session_view(moment, moment.catalogue.courses[session.course_id], session, lang)
        for session in known
    }
