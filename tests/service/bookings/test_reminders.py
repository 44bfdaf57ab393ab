"""The reminder before a session."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from campus.bookings import reminders
from campus.bookings import workers as booking_workers
from campus.bookings.models import Booking
from campus.catalogue.models import CourseSession
from campus.clock import BRUSSELS
from campus.knowledge.models import Answer
from campus.mail import workers as mailer
from sqlalchemy import delete, text, update

from .conftest import MakeWorld, World, _session

START = datetime(2027, 1, 12, 9, 0, tzinfo=BRUSSELS)
DUE = START - timedelta(days=2)


@pytest.fixture
def answers(world: World) -> Iterator[None]:
    """A knowledge base that knows the way."""
    none: dict[str, list[str]] = {"fr": [], "en": []}
    known = {
        "public_transport": ("Prenez la ligne A1. Horaires : https://www.letec.be.", "Take line A1. It is easy."),
        "what_to_bring": (
            "De quoi noter suffit. Dans le doute, dites « parler à une personne ».",
            "Something to write with. If in doubt, say ‘talk to a person’.",
        ),
        "dress_code": ("Venez à l’aise.", "Come as you are."),
    }
    with world.database.writing() as db:
        for key, (fr, en) in known.items():
            db.add(Answer(key=key, group="x", questions=none, text={"fr": fr, "en": en}, checked_on=date(2026, 11, 20)))
    yield
    with world.database.writing() as db:
        db.execute(delete(Answer))


def sent(world: World) -> list[EmailMessage]:
    """Write what is due and deliver it: the reminders so far."""
    reminders.write_due(world.database)
    return [mail for mail in world.mails() if mail["X-Campus-Mail-Kind"] == "reminder"]


def plain(mail: EmailMessage) -> str:
    """The text part, with plain spaces."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\u00a0", " ").replace("\u202f", " ")


def add_session(world: World, ident: str, start: datetime, **more: Any) -> None:
    """A session of one day, unless an earlier test made it."""
    with world.database.writing() as db:
        if db.get(CourseSession, ident) is None:
            db.add(_session(ident, "gmp", start, 1, **more))


def call(world: World, booking: dict[str, Any], verb: str, body: Any = None) -> int:
    """A verb of a booking, by its link."""
    answer = world.post(f"/v1/bookings/{booking['reference']}/{verb}", body, bearer=booking["manage_token"])
    return int(answer.status_code)


@pytest.mark.parametrize(
    ("start", "booked", "due"),
    [
        ("2027-01-12T09:00:00+01:00", "2026-12-01T10:00:00+01:00", "2027-01-10T09:00:00+01:00"),
        ("2026-10-26T09:00:00+01:00", "2026-09-01T10:00:00+02:00", "2026-10-24T10:00:00+02:00"),
        ("2026-03-30T09:00:00+02:00", "2026-02-02T10:00:00+01:00", "2026-03-28T08:00:00+01:00"),
        ("2026-03-29T14:00:00+02:00", "2026-02-02T10:00:00+01:00", "2026-03-27T13:00:00+01:00"),
    ],
)
def test_it_comes_48_hours_before_and_once(world: World, start: str, booked: str, due: str) -> None:
    starts, moment = datetime.fromisoformat(start), datetime.fromisoformat(due)
    assert starts - moment == timedelta(hours=48)
    session = f"on-{start[:10]}"
    add_session(world, session, starts.astimezone(BRUSSELS))
    world.clock.set(datetime.fromisoformat(booked))
    booking = world.confirmed("jeanne@example.com", session)
    world.clock.set(moment - timedelta(seconds=1))
    assert sent(world) == []
    world.clock.set(moment)
    [mail] = sent(world)
    assert mail["X-Campus-Reference"] == booking["reference"] and mail["To"] == "Jeanne Dubois <jeanne@example.com>"
    assert reminders.write_due(world.database) == 0
    world.clock.set(starts - timedelta(minutes=1))
    assert len(sent(world)) == 1


@pytest.mark.usefixtures("answers")
def test_what_it_says(world: World) -> None:
    french = world.confirmed("a@example.com")
    world.confirmed("b@example.com", "open-1", lang="en")
    world.clock.set(DUE)
    mails = {mail["X-Campus-Reference"]: mail for mail in sent(world)}
    mail = mails.pop(french["reference"])
    assert (
        mail["Subject"].replace("\u00a0", " ") == f"Les bases des BPF : c’est mardi 12 janvier ({french['reference']})"
    )
    words = plain(mail)
    for told in (
        "elle commence le mardi 12 janvier à 9 h.",
        "- Jour 2 : le mercredi 13 janvier de 9 h à 17 h",
        "- Lieu : Salle Curie, 2e étage",
        "Venir en bus ou en train\nPrenez la ligne A1. Horaires : https://www.letec.be.",
        "À prévoir\nDe quoi noter suffit. Venez à l’aise.",
        "Le délai d’annulation gratuite est passé : 375,00 € resteraient dus.\n",
        f"https://campus.example/manage#{french['manage_token']}",
    ):
        assert told in words, (told, words)
    assert "parler à une personne" not in words
    html = mail.get_body(("html",))
    assert html is not None and f'href="https://campus.example/manage#{french["manage_token"]}"' in html.get_content()
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    [english] = mails.values()
    words = plain(english)
    for told in ("it starts on Tuesday 12 January at 9:00", "Take line A1. It is easy.", "Come as you are."):
        assert told in words
    assert "talk to a person" not in words and "would remain due" not in words  # it is free of charge


@pytest.mark.usefixtures("answers")
def test_online_there_is_no_way_to_tell(world: World) -> None:
    add_session(world, "online-1", START)
    with world.database.writing() as db:
        online = db.get_one(CourseSession, "online-1")
        online.format = "online"
    world.confirmed("a@example.com", "online-1")
    world.clock.set(DUE)
    [mail] = sent(world)
    assert "ligne A1" not in plain(mail) and "À prévoir" not in plain(mail)


def test_a_moved_booking_is_reminded_of_its_new_session(world: World) -> None:
    moved, stays = world.confirmed("a@example.com"), world.confirmed("b@example.com")
    assert call(world, moved, "reschedule", {"session_id": "gmp-2"}) == 200
    world.clock.set(DUE)
    assert [mail["X-Campus-Reference"] for mail in sent(world)] == [stays["reference"]]
    world.clock.set(DUE + timedelta(days=7))
    assert [mail["X-Campus-Reference"] for mail in sent(world)] == [stays["reference"], moved["reference"]]


def test_moved_after_its_reminder_it_gets_another(world: World) -> None:
    booking = world.confirmed("a@example.com")
    world.clock.set(DUE)
    assert len(sent(world)) == 1
    assert call(world, booking, "reschedule", {"session_id": "gmp-2"}) == 200
    world.clock.set(DUE + timedelta(days=7))
    assert "19 janvier" in str(sent(world)[-1]["Subject"]) and len(sent(world)) == 2


def test_moved_before_its_reminder_left(world: World) -> None:
    booking = world.confirmed("a@example.com")
    world.clock.set(DUE)
    assert reminders.write_due(world.database) == 1
    assert call(world, booking, "reschedule", {"session_id": "gmp-2"}) == 200
    assert sent(world) == []


@pytest.mark.parametrize("hours", [47.9, 30, 25])
def test_who_books_or_moves_late_has_just_been_told(world: World, hours: float) -> None:
    early = world.confirmed("b@example.com")
    soon = datetime(2026, 12, 4, 9, 0, tzinfo=BRUSSELS)
    world.clock.set(soon - timedelta(hours=hours))
    world.confirmed("a@example.com", "gmp-soon")
    assert call(world, early, "reschedule", {"session_id": "gmp-soon"}) == 200
    assert sent(world) == []
    world.clock.set(soon - timedelta(hours=1))
    assert sent(world) == []


def test_none_for_what_was_given_up(world: World) -> None:
    before, between = world.confirmed("a@example.com"), world.confirmed("b@example.com")
    world.book()  # a hold, with nobody to write to
    assert call(world, before, "cancel") == 200
    world.clock.set(DUE)
    assert reminders.write_due(world.database) == 1
    assert call(world, between, "cancel") == 200
    assert sent(world) == []
    kinds = [mail["X-Campus-Mail-Kind"] for mail in world.mails() if mail["X-Campus-Reference"] == between["reference"]]
    assert kinds == ["confirmation", "cancellation"]
    assert world.scalar("SELECT COUNT(*) FROM outbox WHERE kind = 'reminder'") == 0


def test_none_for_a_session_that_was_called_off(world: World) -> None:
    for email in ("a@example.com", "b@example.com"):
        world.confirmed(email)
    world.clock.set(DUE)
    try:
        assert reminders.write_due(world.database) == 2
        with world.database.writing() as db:
            db.execute(text("UPDATE sessions SET state = 'cancelled' WHERE id = 'gmp-1'"))
        assert sent(world) == [] and reminders.write_due(world.database) == 0
    finally:
        with world.database.writing() as db:
            db.execute(text("UPDATE sessions SET state = 'open' WHERE id = 'gmp-1'"))


def test_it_catches_up_and_never_comes_after_the_start(world: World) -> None:
    world.confirmed("a@example.com")
    world.confirmed("b@example.com", "gmp-2")
    world.clock.set(START - timedelta(minutes=1))
    assert len(sent(world)) == 1
    world.clock.set(START + timedelta(days=7))
    assert reminders.write_due(world.database) == 0
    world.clock.set(START + timedelta(days=7) - timedelta(minutes=1))
    assert reminders.write_due(world.database) == 1  # and no mail server until it has begun
    world.clock.set(START + timedelta(days=7))
    assert len(sent(world)) == 1


def test_the_people_of_the_demonstration_get_none(world: World) -> None:
    world.confirmed("a@example.com")
    with world.database.writing() as db:
        db.execute(update(Booking).values(demo=True))
    world.clock.set(DUE)
    assert sent(world) == []


def test_the_running_workers_send_it(world: World, make_world: MakeWorld) -> None:
    started = make_world()
    started.confirmed("a@example.com")
    started.clock.set(DUE)

    async def run() -> None:
        async with booking_workers.running(started.app), mailer.running(started.app):
            folder, began = started.settings.var_dir / "outbox", time.monotonic()
            while not any(b"Mail-Kind: reminder" in file.read_bytes() for file in folder.glob("*.eml")):
                assert time.monotonic() - began < 10
                await asyncio.sleep(0.02)

    asyncio.run(run())
