"""Reading the audit log: all of it for who may everywhere, else what belongs to one's operators and one's own rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, true

from campus import clock
from campus.audit import AuditEntry
from campus.bookings.lookup import of_operators
from campus.bookings.models import Booking
from campus.catalogue.models import Course, CourseSession
from campus.speakers.speaker import Speaker

SCOPE = "audit.read"


def of_speaker(speaker: Speaker) -> ColumnElement[bool]:
    """The rows that this member of staff may read, as a condition; without the scope their own."""
    if speaker.may_everywhere(SCOPE):
        return true()
    reach = speaker.reach(SCOPE)
    booked = select(Booking.reference).where(of_operators(reach))
    given = select(CourseSession.id).join(Course, Course.id == CourseSession.course_id)
    return or_(
        AuditEntry.reference.in_(booked),
        AuditEntry.reference.in_(given.where(Course.operator_id.in_(sorted(reach)))),
        AuditEntry.actor == speaker.principal,
    )


def entries(
    speaker: Speaker, reference: str | None, actor: str | None, first: datetime | None, last: datetime | None
) -> Select[AuditEntry]:
    """Newest first, in a half-open time."""
    found = select(AuditEntry).where(of_speaker(speaker)).order_by(AuditEntry.seq.desc())
    for column, wanted in ((AuditEntry.reference, reference), (AuditEntry.actor, actor)):
        if wanted is not None:
            found = found.where(column == wanted)
    if first is not None:
        found = found.where(AuditEntry.at >= first)
    return found.where(AuditEntry.at < last) if last is not None else found


def view(row: AuditEntry) -> dict[str, Any]:
    """As an answer."""
    return {
        "seq": row.seq,
        "at": clock.iso(row.at),
        "actor": row.actor,
        "action": row.action,
        "reference": row.reference,
        "source": row.source,
        "target": row.target,
        "details": row.details,
    }
