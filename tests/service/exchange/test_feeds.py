"""Calendars to subscribe to: the raw lines, and field by field what the API says, read by two other readers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import icalendar
import pytest
from campus.catalogue.models import CourseSession
from fastapi import FastAPI
from fastapi.testclient import TestClient

from ..conftest import Clock, Reader
from . import ics
from .conftest import COURSE, SESSION, as_csv, done

FEEDS = ["/v1/operators/takeda/calendar.ics", "/v1/courses/gmp-basics/calendar.ics", "/v1/events/calendar.ics"]


def events(client: Any, path: str) -> dict[str, ics.Component]:
    """The events of a feed by their UIDs."""
    answer = client.get(path)
    assert answer.status_code == 200 and answer.headers["content-type"] == "text/calendar; charset=utf-8"
    found = ics.read(answer.content).all("VEVENT")
    by_uid = {one.one("UID"): one for one in found}
    assert len(by_uid) == len(found)
    return by_uid


def library(content: bytes) -> dict[str, Any]:
    """The same as `icalendar` reads it."""
    return {str(one["uid"]): one for one in icalendar.Calendar.from_ical(content).walk("VEVENT")}


@pytest.mark.parametrize("path", FEEDS)
def test_the_file_is_strictly_right(catalogue: Reader, path: str) -> None:
    answer = catalogue.client.get(path)
    calendar = ics.read(answer.content)
    assert (calendar.one("VERSION"), calendar.one("METHOD")) == ("2.0", "PUBLISH")
    assert calendar.one("REFRESH-INTERVAL") == "PT1H" and calendar.parameters("REFRESH-INTERVAL") == {
        "VALUE": "DURATION"
    }
    zones = {zone.one("TZID") for zone in calendar.all("VTIMEZONE")}
    for event in calendar.all("VEVENT"):
        assert event.parameters("DTSTART")["TZID"] in zones
    again = catalogue.client.get(path)
    assert again.content == answer.content
    known = catalogue.client.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    assert catalogue.client.get(path + "?lang=en").headers["etag"] != answer.headers["etag"]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_field_by_field(catalogue: Reader, lang: str) -> None:
    for path, wanted in (
        (FEEDS[0], {"operator": "takeda"}),
        (FEEDS[1], {}),
        (FEEDS[2], {"kind": "event"}),
    ):
        source = "/v1/courses/gmp-basics/sessions" if path == FEEDS[1] else "/v1/sessions"
        sessions = catalogue.get(source, lang=lang, limit=100, **wanted)["items"]
        answer = catalogue.client.get(f"{path}?lang={lang}")
        own = {one.one("UID"): one for one in ics.read(answer.content).all("VEVENT")}
        other = library(answer.content)
        assert set(own) == set(other) and sessions
        assert len(own) == sum(len(session["meetings"]) for session in sessions)
        for session in sessions:
            for number, meeting in enumerate(session["meetings"], 1):
                uid = f"{session['id']}-{number}@biotech-campus.example"
                event, read = own[uid], other[uid]
                assert read["dtstart"].dt.isoformat() == meeting["start"]
                assert read["dtend"].dt.isoformat() == meeting["end"]
                assert event.one("DTSTART") == meeting["start"][:16].replace("-", "").replace(":", "") + "00"
                count = len(session["meetings"])
                title = session["title"] + (f" ({number}/{count})" if count > 1 else "")
                assert event.one("SUMMARY") == str(read["summary"]) == title
                assert event.one("LOCATION") == str(read["location"]) == session["place"]
                status = "CANCELLED" if session["state"] == "cancelled" else "CONFIRMED"
                assert event.one("STATUS") == status
                assert event.one("SEQUENCE") == "0" and event.one("LAST-MODIFIED") == "20261123T080000Z"
                page = (
                    f"https://campus.example/events/{session['id']}"
                    if session["kind"] == "event"
                    else "https://campus.example/"
                )
                assert event.one("URL") == page and session["operator"]["name"] in event.one("DESCRIPTION")


def test_what_is_not_public_is_in_no_calendar(catalogue: Reader) -> None:
    for path in FEEDS:
        text = catalogue.client.get(path).text
        assert "onboarding" not in text and "gmp-basics-20270119" not in text
    for path in ("/v1/courses/takeda-onboarding/calendar.ics", "/v1/operators/nobody/calendar.ics"):
        assert catalogue.client.get(path).status_code == 404


def test_a_change_keeps_the_uid_and_raises_the_sequence(client: TestClient, app: FastAPI, clock: Clock) -> None:
    done(client, as_csv([COURSE, SESSION]))
    path = "/v1/courses/takeda-bpf-1/calendar.ics"
    [(uid, first)] = events(client, path).items()
    tag = client.get(path).headers["etag"]
    clock.forward(hours=3)
    assert client.get(path).headers["etag"] == tag, "nothing changed, so nothing is new"
    done(client, as_csv([{**SESSION, "start": "19/01/2027 9h30", "end": "19/01/2027 17h"}]))
    moved = events(client, path)[uid]
    assert (first.one("SEQUENCE"), moved.one("SEQUENCE")) == ("0", "1")
    assert moved.one("DTSTART") == "20270119T093000" and moved.one("LAST-MODIFIED") == "20261123T110000Z"
    with app.state.database.writing() as db:  # as staff do it
        db.get_one(CourseSession, uid.partition("@")[0].removesuffix("-1")).state = "cancelled"
    cancelled = events(client, path)[uid]
    assert (cancelled.one("STATUS"), cancelled.one("SEQUENCE")) == ("CANCELLED", "2")
    clock.set("2027-02-10T09:00")
    assert uid in events(client, path), "for a while after its end"
    clock.set("2027-02-20T09:00")
    assert events(client, path) == {}


def test_booking_does_not_change_the_calendar(client: TestClient) -> None:
    before = client.get(FEEDS[2]).headers["etag"]
    session = client.get("/v1/sessions?kind=event").json()["items"][0]["id"]
    key = {"Idempotency-Key": "a-key-of-sixteen-signs"}
    assert client.post("/v1/bookings", json={"session_id": session}, headers=key).status_code == 201
    assert client.get(FEEDS[2]).headers["etag"] == before


def test_one_event_as_a_file(catalogue: Reader) -> None:
    [session] = catalogue.get("/v1/sessions", kind="event")["items"]
    [event] = events(catalogue.client, f"/v1/events/{session['id']}/calendar.ics").values()
    assert event.one("SUMMARY") == session["title"]
    assert catalogue.client.get("/v1/events/gmp-basics-20261214/calendar.ics").status_code == 404
    answer = catalogue.client.get(f"/v1/events/{session['id']}/calendar.ics")
    [read] = library(answer.content).values()
    assert read["dtend"].dt - read["dtstart"].dt == timedelta(hours=6)
