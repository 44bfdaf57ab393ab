"""Writing to everybody in a session, in staff's own words."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from campus import addresses
from campus.audit import record
from campus.bookings.references import new_reference
from campus.catalogue.views import session_views
from campus.outbox import queue
from campus.speakers.speaker import Speaker
from campus.staff import people, sessions
from campus.staff.schemas import SessionMessage

KIND = "session-message"
SCOPE = "messages.write"


def send(db: Session, speaker: Speaker, session_id: str, wish: SessionMessage) -> dict[str, Any]:
    """Contacts and participants of the bookings that are confirmed, each address once; or only tell who they are.

    Raises Forbidden, NotFound.
    """
    session = sessions.find(db, speaker, session_id, SCOPE)
    bookings = people.bookings_of(db, session.id)
    found = people.addressees(bookings)
    silent = sum(not one.demo and one.contact_email is None for one in bookings)
    told: dict[str, Any] = {
        "confirmed": wish.confirmed,
        "recipients": len(found),
        "names": sorted(name for _booking, _position, name, _email in found.values()),
        "without_address": silent,
        "id": None,
    }
    if not wish.confirmed:
        return told
    addresses.use(db, *found)
    ident = new_reference("MSG")
    views: dict[str, dict[str, Any]] = {}
    for booking, position, name, email in found.values():
        if booking.lang not in views:
            views[booking.lang] = session_views(db, [session.id], booking.lang)[session.id]
        queue.put(
            db,
            kind=KIND,
            reference=booking.reference,
            lang=booking.lang,
            dedupe=f"{KIND}:{ident}:{booking.reference}:{position}",
            payload={
                "to": {"name": name, "email": email},
                "subject": wish.subject,
                "text": wish.text,
                "session": views[booking.lang],
            },
        )
    record(db, speaker.principal, KIND, session.id, message=ident, recipients=len(found))
    return told | {"id": ident}
