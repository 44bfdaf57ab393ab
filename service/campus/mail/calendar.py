"""Calendar files (RFC 5545, 5546): an event for each block of a session, each with a UID that never changes.

``SEQUENCE`` rises with every change, so that a calendar updates what it has; CANCEL takes it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from icalendar import Calendar, Event, vCalAddress, vText

from campus import clock
from campus.mail.formatting import moment_of
from campus.mail.settings import get_mail_settings
from campus.mail.words import text
from campus.speakers.links import manage_url

PRODUCT = "-//EU Biotech Campus//Bookings//FR"


def request(booking: dict[str, Any], sequence: int, lang: str, *, link: bool = True) -> bytes:
    """The invitation of a confirmation or of a move; ``link`` opens the booking, so it is for its contact only."""
    return _calendar(booking, booking["session"]["meetings"], 1, sequence, lang, method="REQUEST", link=link)


def cancellation(
    booking: dict[str, Any], sequence: int, lang: str, *, first: int = 1, meetings: Any = None, link: bool = True
) -> bytes:
    """Takes blocks out of the calendar: all of them, or ``meetings`` numbered from ``first`` on."""
    blocks = booking["session"]["meetings"] if meetings is None else meetings
    return _calendar(booking, blocks, first, sequence, lang, method="CANCEL", link=link)


def published(booking: dict[str, Any], sequence: int, lang: str, *, cancelled: bool, link: bool = True) -> bytes:
    """The file to download: PUBLISH, or CANCEL for a booking that was given up; ``link`` where its holder asks."""
    method = "CANCEL" if cancelled else "PUBLISH"
    return _calendar(booking, booking["session"]["meetings"], 1, sequence, lang, method=method, link=link)


def uid(reference: str, number: int) -> str:
    """The UID of the n-th block of a booking."""
    return f"{reference}-{number}@biotech-campus.example"


def _calendar(
    booking: dict[str, Any],
    meetings: Sequence[dict[str, str]],
    first: int,
    sequence: int,
    lang: str,
    *,
    method: str,
    link: bool = True,
) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    url = manage_url(booking["reference"]) if link else ""
    description = text("calendar", lang, booking=booking, session=booking["session"], manage_url=url).strip()
    for number, meeting in enumerate(meetings, first):
        calendar.add_component(_event(booking, meeting, number, sequence, description, method))
    year = _local(meetings[0]["start"]).year
    calendar.add_missing_timezones(first_date=date(year, 1, 1), last_date=date(year + 2, 1, 1))
    return bytes(calendar.to_ical())


def _event(
    booking: dict[str, Any], meeting: dict[str, str], number: int, sequence: int, description: str, method: str
) -> Event:
    session = booking["session"]
    blocks = len(session["meetings"])
    event = Event()
    event.add("uid", uid(booking["reference"], number))
    event.add("sequence", sequence)
    event.add("dtstamp", clock.real_now())
    event.add("dtstart", _local(meeting["start"]))
    event.add("dtend", _local(meeting["end"]))
    event.add("summary", session["title"] + (f" ({number}/{blocks})" if blocks > 1 and number <= blocks else ""))
    event.add("location", session["place"])
    event.add("description", description)
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("transp", "OPAQUE")
    event.add("organizer", _address(get_mail_settings().mail_from_name, get_mail_settings().mail_from))
    if method != "PUBLISH":
        for name, email in _attendees(booking):
            event.add("attendee", _attendee(name, email), encode=False)
    return event


def _attendees(booking: dict[str, Any]) -> list[tuple[str, str]]:
    """The contact, then the participants with an address, each once."""
    people = [booking["contact"], *booking["participants"]]
    found: dict[str, tuple[str, str]] = {}
    for person in people:
        if person and person["email"]:
            found.setdefault(person["email"].lower(), (person["name"], person["email"]))
    return list(found.values())


def _attendee(name: str, email: str) -> vCalAddress:
    address = _address(name, email)
    address.params["ROLE"] = vText("REQ-PARTICIPANT")
    address.params["PARTSTAT"] = vText("ACCEPTED")
    address.params["RSVP"] = vText("FALSE")
    return address


def _address(name: str, email: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    address.params["CN"] = vText(name.replace('"', "'"))
    return address


def _local(moment: str) -> datetime:
    """A time with TZID Europe/Brussels, which is what a calendar shows whatever the season."""
    return moment_of(moment)
