"""What the mails say, and their calendar files read back by the library."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from email.message import EmailMessage
from typing import Any

import pytest
from campus.clock import BRUSSELS
from campus.mail import formatting
from campus.mail.message import build
from campus.outbox.models import Outbox
from icalendar import Calendar, Event
from sqlalchemy import select

from .conftest import STAFF_TOKEN, World, contact

NARROW, WIDE = "\u202f", "\u00a0"


def plain(mail: EmailMessage) -> str:
    """The text part."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def html(mail: EmailMessage) -> str:
    """The HTML part."""
    body = mail.get_body(("html",))
    assert body is not None
    return str(body.get_content())


def calendars(mail: EmailMessage) -> list[Calendar]:
    """The calendar files that are attached; the first is also the part that calendars act on."""
    attached = [part.get_content() for part in mail.iter_attachments() if part.get_content_type() == "application/ics"]
    inline = [part.get_content() for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert [text.encode() for text in inline] == attached[:1]
    return [Calendar.from_ical(file) for file in attached]


def events(calendar: Calendar) -> list[dict[str, Any]]:
    """What counts of each event."""
    found = [event for event in calendar.walk("VEVENT") if isinstance(event, Event)]
    return [
        {
            "uid": str(event["uid"]),
            "sequence": event.sequence,
            "start": event.start,
            "end": event.end,
            "status": str(event["status"]),
        }
        for event in found
    ]


@pytest.mark.one_database
def test_dates_hours_and_money() -> None:
    start, end = "2027-01-12T09:00:00+01:00", "2027-01-12T17:30:00+01:00"
    assert formatting.span(start, end, "fr") == f"le mardi 12 janvier de 9{WIDE}h à 17{WIDE}h{WIDE}30"
    assert formatting.span(start, end, "en") == "Tuesday 12 January, 9:00–17:30"
    assert formatting.day("2027-02-01T09:00:00+01:00", "fr", year=True) == "lundi 1er février 2027"
    assert formatting.day("2027-02-01T09:00:00+01:00", "en", year=True) == "Monday 1 February 2027"
    assert formatting.money("1250.00", "fr") == f"1{NARROW}250,00{WIDE}€"
    assert formatting.money("1250.00", "en") == "€1,250.00"
    assert formatting.percent("21.00", "fr") == "21" and formatting.percent("5.50", "fr") == "5,5"
    assert formatting.language_name("fr", "en") == "French"


def test_a_confirmation_in_french(world: World) -> None:
    booking = world.confirmed("jeanne@example.com", seats=2, participants=[{"name": "Léa Noël"}])
    [mail] = world.mails()
    assert mail["X-Campus-Mail-Kind"] == "confirmation"
    assert mail["X-Campus-Reference"] == booking["reference"] and mail["X-Campus-Mail-Id"]
    assert mail["To"] == "Jeanne Dubois <jeanne@example.com>"
    assert mail["Subject"] == f"Les bases des BPF{WIDE}: c’est confirmé ({booking['reference']})"
    text = plain(mail)
    for told in (
        "Bonjour Jeanne Dubois,",
        f"- Référence{WIDE}: {booking['reference']}",
        f"- Jour 1{WIDE}: le mardi 12 janvier 2027 de 9{WIDE}h à 17{WIDE}h",
        f"- Jour 2{WIDE}: le mercredi 13 janvier 2027 de 9{WIDE}h à 17{WIDE}h",
        f"- Lieu{WIDE}: Salle Curie, 2e étage",
        f"- Langue{WIDE}: français",
        f"- Pour{WIDE}: Léa Noël",
        f"- Montant{WIDE}: 2{NARROW}500,00{WIDE}€ TVA comprise, dont 433,88{WIDE}€ de TVA à 21{WIDE}%",
        "Aseptia vous enverra la facture",
        f"sans frais jusqu’au mardi 5 janvier 2027 à 9{WIDE}h.",
        f"30{WIDE}% du montant restent dus, avec un minimum de 50,00{WIDE}€",
        "vous rétracter, sans motif, jusqu’au mardi 15 décembre inclus",
        f"Démonstration{WIDE}: cette session est inventée.",
    ):
        assert told in text
    assert not re.search(r" [:;!?»%€]|« \b|\{|\}|None|Undefined", text)
    assert not re.search(r"\n{3}", text)
    assert '<html lang="fr">' in html(mail) and "<strong>Lieu</strong>" in html(mail)


def test_a_confirmation_in_english(world: World) -> None:
    world.confirmed("jeanne@example.com", "open-1", lang="en")
    [mail] = world.mails()
    text = plain(mail)
    for told in (
        "Hello Jeanne Dubois,",
        "- Event: Open day",
        "- Date: Tuesday 12 January 2027, 9:00–17:00",
        "- Place: Curie room, 2nd floor",
        "- Amount: free of charge",
        "Just cancel: it is free",
        "Demonstration: this session is invented.",
    ):
        assert told in text
    assert "invoice" not in text and "withdraw" not in text
    assert mail["Content-Language"] == "en"


def test_what_a_person_wrote_stays_text(world: World) -> None:
    world.confirmed("a@example.com", contact=contact("a@example.com", '<img src=x onerror="alert(1)"> {{7*7}}'))
    [mail] = world.mails()
    assert "<img src=x" not in html(mail) and "&lt;img" in html(mail)
    assert "{{7*7}}" in plain(mail)


def test_the_calendar_of_a_booking_that_is_moved_and_cancelled(world: World) -> None:
    booking = world.confirmed("jeanne@example.com", "gmp-2", participants=[{"name": "Léa", "email": "lea@example.com"}])
    path, token, reference = f"/v1/bookings/{booking['reference']}", booking["manage_token"], booking["reference"]
    world.post(f"{path}/reschedule", {"session_id": "gmp-1"}, bearer=token)
    world.post(f"{path}/cancel", bearer=token)
    first, moved, cancelled = world.mails()
    kinds = [mail["X-Campus-Mail-Kind"] for mail in (first, moved, cancelled)]
    assert kinds == ["confirmation", "move", "cancellation"]

    [invitation] = calendars(first)
    assert invitation["method"] == "REQUEST"
    blocks = events(invitation)
    assert [block["uid"] for block in blocks] == [f"{reference}-{n}@biotech-campus.example" for n in (1, 2, 3)]
    assert blocks[0]["start"] == datetime(2027, 1, 19, 9, tzinfo=BRUSSELS)
    assert blocks[2]["end"] == datetime(2027, 1, 21, 17, tzinfo=BRUSSELS)
    assert {(block["sequence"], block["status"]) for block in blocks} == {(0, "CONFIRMED")}
    event = invitation.walk("VEVENT")[0]
    assert event["dtstart"].params["TZID"] == "Europe/Brussels"
    assert [zone["TZID"] for zone in invitation.walk("VTIMEZONE")] == ["Europe/Brussels"]
    assert event["organizer"] == "mailto:reservations@campus.example"
    invited = event["attendee"] if isinstance(event["attendee"], list) else [event["attendee"]]
    assert [str(one) for one in invited] == ["mailto:jeanne@example.com", "mailto:lea@example.com"]
    assert str(event["location"]) == "Salle Curie, 2e étage" and reference in str(event["description"])

    updated, dropped = calendars(moved)
    assert [(block["uid"], block["sequence"]) for block in events(updated)] == [
        (f"{reference}-1@biotech-campus.example", 1),
        (f"{reference}-2@biotech-campus.example", 1),
    ]
    assert events(updated)[0]["start"] == datetime(2027, 1, 12, 9, tzinfo=BRUSSELS)
    assert dropped["method"] == "CANCEL"
    assert [block["uid"] for block in events(dropped)] == [f"{reference}-3@biotech-campus.example"]

    [gone] = calendars(cancelled)
    assert gone["method"] == "CANCEL"
    assert {(block["sequence"], block["status"]) for block in events(gone)} == {(2, "CANCELLED")}
    assert "sans frais" in plain(cancelled)


def test_the_file_to_download(world: World) -> None:
    booking = world.confirmed("jeanne@example.com")
    path, token = f"/v1/bookings/{booking['reference']}", booking["manage_token"]
    answer = world.get(f"{path}/calendar.ics", bearer=token)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.content)
    assert calendar["method"] == "PUBLISH" and len(events(calendar)) == 2
    world.post(f"{path}/cancel", bearer=token)
    assert Calendar.from_ical(world.get(f"{path}/calendar.ics", bearer=token).content)["method"] == "CANCEL"
    held = world.book().json()
    refused = world.get(f"/v1/bookings/{held['reference']}/calendar.ics", bearer=held["manage_token"])
    assert refused.json()["state"] == "held"
    assert world.get(f"{path}/calendar.ics").status_code == 404


def test_a_late_cancellation_tells_the_fee(world: World) -> None:
    booking = world.confirmed("jeanne@example.com", lang="en")
    world.clock.set(datetime(2027, 1, 6, 9, 0, tzinfo=BRUSSELS))
    world.post(f"/v1/bookings/{booking['reference']}/cancel", bearer=booking["manage_token"])
    text = plain(world.mails()[-1])
    assert "Cancellation fee, by the terms of Aseptia: €375.00. The rest, €875.00," in text
    assert "- Date" not in text and "Day 1: Tuesday 12 January, 9:00–17:00" in text  # the year is this one now


def test_the_waiting_list_writes_twice(world: World) -> None:
    first = world.confirmed("a@example.com", "gmp-tiny", seats=2)
    world.book("gmp-tiny", waitlist=True, contact=contact("b@example.com"), lang="fr")
    world.post(f"/v1/bookings/{first['reference']}/cancel", bearer=first["manage_token"])
    waiting, offer = [mail for mail in world.mails() if "b@example.com" in mail["To"]]
    assert (waiting["X-Campus-Mail-Kind"], offer["X-Campus-Mail-Kind"]) == ("waiting", "offer")
    assert "liste d’attente" in plain(waiting)
    assert f"jusqu’au mercredi 2 décembre à 10{WIDE}h pour accepter" in plain(offer)


def test_a_hold_or_a_released_hold_mails_nobody(world: World) -> None:
    held = world.book(contact=contact()).json()
    world.post(f"/v1/bookings/{held['reference']}/cancel", bearer=held["manage_token"])
    assert world.mails() == []


def test_a_changed_booking_is_confirmed_anew(world: World) -> None:
    booking = world.confirmed("jeanne@example.com")
    path = f"/v1/bookings/{booking['reference']}"
    world.call("PATCH", path, {"seats": 2, "version": 1}, bearer=booking["manage_token"])
    first, second = world.mails()
    assert "C’est modifié." in plain(second) and events(calendars(second)[0])[0]["sequence"] == 1
    assert events(calendars(first)[0])[0]["uid"] == events(calendars(second)[0])[0]["uid"]


def test_sending_it_again(world: World) -> None:
    booking = world.confirmed("jeanne@example.com")
    path = f"/v1/bookings/{booking['reference']}/send"
    answer = world.post(path, {"what": "confirmation"}, bearer=booking["manage_token"])
    assert answer.json() == {"reference": booking["reference"], "what": "confirmation", "state": "queued"}
    first, second = world.mails()
    assert first["X-Campus-Mail-Id"] != second["X-Campus-Mail-Id"]
    assert "Voici à nouveau" in plain(second)


def test_the_right_to_withdraw_ends_with_the_start(world: World) -> None:
    world.confirmed("jeanne@example.com", "gmp-soon")
    assert "sans motif, jusqu’au début de la session." in plain(world.mails()[0])


def links(mail: EmailMessage) -> set[str]:
    """The addresses of the page of a booking in a mail: text, HTML (as told and as pressed) and calendar."""
    said = set(re.findall(r"https://\S+/manage#[\w-]+", plain(mail)))
    shown = html(mail)
    assert set(re.findall(r'href="(https://[^"]+/manage#[^"]+)"', shown)) == said
    assert set(re.findall(r">(https://[^<]+/manage#[^<]+)</a>", shown)) == said
    for calendar in calendars(mail):
        for event in calendar.walk("VEVENT"):
            assert set(re.findall(r"https://\S+/manage#\S+", str(event["description"]))) == said
    return said


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_mail_holds_the_link_of_its_own_booking(world: World, lang: str) -> None:
    first = world.confirmed("a@example.com", "gmp-tiny", seats=2, lang=lang)
    second = world.book("gmp-tiny", waitlist=True, contact=contact("b@example.com"), lang=lang).json()
    third = world.confirmed("c@example.com", "gmp-2", lang=lang)
    for made, verb, body in (
        (first, "cancel", {}),
        (third, "reschedule", {"session_id": "gmp-1"}),
        (third, "send", {"what": "confirmation"}),
    ):
        answer = world.post(f"/v1/bookings/{made['reference']}/{verb}", body, bearer=made["manage_token"])
        assert answer.status_code == 200, answer.text
    changed = world.get("/v1/bookings", bearer=third["manage_token"]).json()["items"][0]
    more = {"seats": 2, "version": changed["version"]}
    assert world.call("PATCH", f"/v1/bookings/{third['reference']}", more, bearer=third["manage_token"]).is_success
    tokens = {made["reference"]: made["manage_token"] for made in (first, second, third)}
    mails = world.mails()
    kinds = Counter(mail["X-Campus-Mail-Kind"] for mail in mails)
    assert kinds == {"confirmation": 4, "cancellation": 1, "move": 1, "offer": 1, "waiting": 1}
    for mail in mails:
        assert links(mail) == {f"https://campus.example/manage#{tokens[mail['X-Campus-Reference']]}"}, mail["Subject"]
    assert not [row for row in world.rows("SELECT payload FROM outbox") if "manage#" in str(row)]


def test_who_is_booked_already_gets_no_link_of_somebody_elses(world: World) -> None:
    """The confirmation that is mailed again goes to who sits there, and opens nothing that somebody else booked."""
    boss = world.confirmed("boss@example.com", seats=2, participants=[{"name": "Léa", "email": "lea@example.com"}])
    again = world.book(hold=False, contact=contact("lea@example.com"), terms_accepted=True)
    assert again.json()["code"] == "already-booked" and "manage_token" not in again.json()
    first, second = world.mails()
    assert [str(mail["To"]) for mail in (first, second)] == [
        "Jeanne Dubois <boss@example.com>",
        "Léa <lea@example.com>",
    ]
    assert links(first) == {f"https://campus.example/manage#{boss['manage_token']}"}
    assert not links(second)


def test_a_calendar_file_for_the_desk_holds_no_link(world: World) -> None:
    booking = world.confirmed("jeanne@example.com")
    path = f"/v1/bookings/{booking['reference']}/calendar.ics"
    own, desk = (world.get(path, bearer=bearer).content for bearer in (booking["manage_token"], STAFF_TOKEN))
    told = [str(Calendar.from_ical(file).walk("VEVENT")[0]["description"]) for file in (own, desk)]
    assert booking["manage_token"] in told[0] and "manage" not in told[1] and booking["reference"] in told[1]


def test_a_mail_to_somebody_else_than_the_contact_holds_no_link(world: World) -> None:
    world.confirmed("boss@example.com", seats=2, participants=[{"name": "Léa", "email": "lea@example.com"}])
    with world.database.reading() as db:
        row = db.scalars(select(Outbox)).one()
        own = build(row)
        row.payload = row.payload | {"to": {"name": "Léa", "email": "lea@example.com"}}
        other = build(row)
    assert len(links(own)) == 1 and links(other) == set()
    assert b"manage#" not in other.as_bytes() and "m1_" not in plain(other)
