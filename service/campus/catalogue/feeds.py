"""Calendars to subscribe to (RFC 5545): what is public of an operator, of a course, or all events.

Each block of a session is an event whose UID never changes. `SEQUENCE` and `LAST-MODIFIED` are those of the session,
so a file changes only when the catalogue does. What is called off stays as CANCELLED until it would have been over for
a while, so that every subscriber takes it out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from campus.catalogue.memory import CourseEntry, SessionEntry
from campus.catalogue.selection import Moment
from campus.settings import get_settings

PRODUCT = "-//EU Biotech Campus//Catalogue//FR"
KEPT_FOR = timedelta(days=30)
"""How long after its end a session stays in the file."""
READ_AGAIN = timedelta(hours=1)

Planned = tuple[CourseEntry, SessionEntry]


def planned(moment: Moment, wanted: Callable[[CourseEntry], bool]) -> list[Planned]:
    """The public sessions of these courses that are to come or not long over, in their order."""
    since = moment.now - KEPT_FOR
    found = [
        (course, session)
        for course in moment.catalogue.courses.values()
        if wanted(course) and moment.visitor.may_see(course)
        for session in course.sessions
        if session.end > since and moment.visitor.may_book(course, session)
    ]
    return sorted(found, key=lambda pair: (pair[1].start, pair[1].id))


def calendar(moment: Moment, found: Iterable[Planned], name: str, lang: str) -> bytes:
    """The file of these sessions."""
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("name", name)
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", "Europe/Brussels")
    made.add("refresh-interval", READ_AGAIN, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    years = set()
    for course, session in found:
        for number, block in enumerate(session.meetings, 1):
            years.add(block[0].year)
            made.add_component(_event(moment, course, session, number, block, lang))
    if years:
        first, last = min(years), max(years)
        made.add_missing_timezones(first_date=datetime(first, 1, 1).date(), last_date=datetime(last + 2, 1, 1).date())
    return bytes(made.to_ical())


def uid(session_id: str, number: int) -> str:
    """The UID of the n-th block of a session."""
    return f"{session_id}-{number}@biotech-campus.example"


def address(course: CourseEntry, session: SessionEntry) -> str:
    """Where a person reads more: an event has its page."""
    public_url = get_settings().public_url
    return f"{public_url}/events/{session.id}" if course.kind == "event" else f"{public_url}/"


def _event(
    moment: Moment,
    course: CourseEntry,
    session: SessionEntry,
    number: int,
    block: tuple[datetime, datetime],
    lang: str,
) -> Event:
    seats = moment.seats[session.id]
    blocks = len(session.meetings)
    event = Event()
    event.add("uid", uid(session.id, number))
    event.add("sequence", seats.version - 1)
    event.add("dtstamp", session.changed_at)  # and not now: the file of an unchanged catalogue is the same file
    event.add("last-modified", session.changed_at)
    event.add("dtstart", block[0])
    event.add("dtend", block[1])
    event.add("summary", course.title[lang] + (f" ({number}/{blocks})" if blocks > 1 else ""))
    event.add("location", session.place[lang])
    event.add("description", f"{course.summary[lang]}\n\n{course.operator.name}\n{address(course, session)}")
    event.add("url", address(course, session))
    event.add("categories", [topic.name[lang] for topic in course.topics])
    event.add("status", "CANCELLED" if seats.staff_state == "cancelled" else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event
