"""The calendar files of a booking, read back by another library than the one that wrote them, field by field."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from typing import Any

import pytest
import vobject

from .conftest import World

FIELDS = ("summary", "location")


def files(mail: EmailMessage) -> list[str]:
    """The calendar files that are attached."""
    attached = [part.get_content() for part in mail.iter_attachments() if part.get_content_type() == "application/ics"]
    return [file.decode() if isinstance(file, bytes) else str(file) for file in attached]


def read(file: str) -> tuple[str, list[dict[str, Any]]]:
    """The method, and what each event says; times with their zone."""
    calendar = vobject.readOne(file)
    events = []
    for event in calendar.vevent_list:
        told = {name: str(getattr(event, name).value) for name in ("uid", "sequence", "status", *FIELDS)}
        told |= {"start": event.dtstart.value, "end": event.dtend.value, "description": event.description.value}
        told["organizer"] = event.organizer.value
        told["attendees"] = [attendee.value for attendee in getattr(event, "attendee_list", [])]
        events.append(told)
    return str(calendar.method.value), events


def expected(booking: dict[str, Any], sequence: int, status: str, first: int = 1) -> list[dict[str, Any]]:
    """What the events of a booking must say, out of the API's answer."""
    session, reference = booking["session"], booking["reference"]
    count = len(session["meetings"])
    return [
        {
            "uid": f"{reference}-{number}@biotech-campus.example",
            "sequence": str(sequence),
            "status": status,
            "summary": session["title"] + (f" ({number}/{count})" if count > 1 else ""),
            "location": session["place"],
            "start": datetime.fromisoformat(meeting["start"]),
            "end": datetime.fromisoformat(meeting["end"]),
            "organizer": "mailto:reservations@campus.example",
        }
        for number, meeting in enumerate(session["meetings"], first)
    ]


def without(events: list[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    """The events without these fields."""
    return [{name: value for name, value in event.items() if name not in names} for event in events]


def test_each_file_says_what_the_booking_says(world: World) -> None:
    people = [{"name": "Léa Noël", "email": "lea@example.com"}]
    made = world.confirmed("jeanne@example.com", "gmp-2", participants=people)
    path, token = f"/v1/bookings/{made['reference']}", made["manage_token"]
    moved = world.post(f"{path}/reschedule", {"session_id": "gmp-1"}, bearer=token).json()
    world.post(f"{path}/cancel", bearer=token)
    mails = {str(mail["X-Campus-Mail-Kind"]): mail for mail in world.mails() if "jeanne@" in str(mail["To"])}

    [invitation] = files(mails["confirmation"])
    method, events = read(invitation)
    assert method == "REQUEST"
    assert without(events, "description", "attendees") == expected(made, 0, "CONFIRMED")
    assert all(made["reference"] in event["description"] for event in events)
    assert all(event["attendees"] == ["mailto:jeanne@example.com", "mailto:lea@example.com"] for event in events)

    update, dropped = files(mails["move"])
    method, events = read(update)
    assert (method, without(events, "description", "attendees")) == ("REQUEST", expected(moved, 1, "CONFIRMED"))
    method, events = read(dropped)
    third = made["session"]["meetings"][2]
    assert (method, [(event["uid"], event["status"], event["start"]) for event in events]) == (
        "CANCEL",
        [(f"{made['reference']}-3@biotech-campus.example", "CANCELLED", datetime.fromisoformat(third["start"]))],
    )

    [gone] = files(mails["cancellation"])
    method, events = read(gone)
    assert (method, without(events, "description", "attendees")) == ("CANCEL", expected(moved, 2, "CANCELLED"))


@pytest.mark.parametrize("session", ["gmp-1", "gmp-2", "open-1"])
def test_the_file_to_download_says_it_too(world: World, session: str) -> None:
    made = world.confirmed("jeanne@example.com", session)
    answer = world.get(f"/v1/bookings/{made['reference']}/calendar.ics", bearer=made["manage_token"])
    method, events = read(answer.text)
    assert method == "PUBLISH"
    assert without(events, "description", "attendees") == expected(made, 0, "CONFIRMED")
    assert all(event["attendees"] == [] for event in events)
