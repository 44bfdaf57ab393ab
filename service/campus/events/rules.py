"""Writing to a company that is at an event: a message of one person to one company, which both get by mail.

Only because that person wants it, and says so (`consent`). Nobody is matched, ranked or proposed to anybody.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from campus import addresses, clock
from campus.audit import record
from campus.bookings.references import new_reference
from campus.catalogue.audience import Visitor
from campus.catalogue.memory import CourseEntry, SessionEntry
from campus.catalogue.selection import Moment
from campus.catalogue.views import exhibitor_views, look, session_view
from campus.events.models import ContactRequest
from campus.events.schemas import NewContactRequest
from campus.idempotency import Outcome
from campus.languages import supported
from campus.outbox import queue
from campus.problems import Invalid, NotFound, SessionCancelled, SessionClosed
from campus.speakers import limits
from campus.speakers.speaker import Speaker

PREFIX = "CTR"
TO_COMPANY, COPY = "contact-request", "contact-copy"


def find(db: Session, speaker: Speaker, session_id: str) -> tuple[Moment, CourseEntry, SessionEntry]:
    """An event that exists for this caller. Raises NotFound."""
    moment = look(db, Visitor.of(domains=speaker.domains, operators=speaker.reach("bookings.read")), only={session_id})
    session = moment.catalogue.sessions.get(session_id)
    course = moment.catalogue.courses.get(session.course_id) if session else None
    if session is None or course is None or course.kind != "event" or not moment.visitor.may_book(course, session):
        raise NotFound()
    return moment, course, session


def event_view(moment: Moment, course: CourseEntry, session: SessionEntry, lang: str) -> dict[str, Any]:
    """An event as an answer."""
    return {
        "session": session_view(moment, course, session, lang),
        "summary": course.summary[lang],
        "content": course.content[lang],
        "prerequisites": course.prerequisites[lang],
        "audience_text": course.audience_text[lang],
        "exhibitors": exhibitor_views(session, lang),
    }


def write_to(db: Session, speaker: Speaker, session_id: str, wish: NewContactRequest, lang: str) -> Outcome:
    """Keep the message and mail it. Raises NotFound, Invalid, SessionCancelled, SessionClosed, RateLimited."""
    email = addresses.normal(wish.contact.email)
    limits.count_email(email)
    addresses.use(db, email)
    moment, course, session = find(db, speaker, session_id)
    company = next((one for one in session.exhibitors if one["id"] == wish.exhibitor_id), None)
    if company is None:
        raise Invalid(exhibitor_id="unknown")
    if moment.seats[session.id].staff_state == "cancelled":
        raise SessionCancelled()
    if clock.has_come(session.end, moment.now):
        raise SessionClosed()
    spoken = supported(wish.lang) or lang
    request = ContactRequest(
        id=new_reference(PREFIX),
        session_id=session.id,
        exhibitor_id=company["id"],
        name=wish.contact.name,
        email=email,
        phone=wish.contact.phone,
        message=wish.message,
        lang=spoken,
        owner=speaker.owner,
        created_at=moment.now,
    )
    db.add(request)
    db.flush()
    record(db, speaker.principal, "contact-request", request.id, session=session.id, exhibitor=company["id"])
    contact = {"name": request.name, "email": email, "phone": request.phone}
    told = {
        "contact": contact,
        "company": company["name"],
        "message": request.message,
        "session": session_view(moment, course, session, spoken),
        "demo": bool(company.get("demo")) or session.demo,
        "written_at": clock.iso(moment.now),
    }
    readers = {TO_COMPANY: {"name": company["name"], "email": company["contact_email"]}, COPY: contact}
    for kind, to in readers.items():
        queue.put(
            db,
            kind=kind,
            reference=request.id,
            lang=spoken,
            dedupe=f"{kind}:{request.id}",
            payload={"to": {"name": to["name"], "email": to["email"]}, **told},
        )
    return Outcome({"reference": request.id, "state": "queued", "exhibitor_id": company["id"]}, 202, request.id)
