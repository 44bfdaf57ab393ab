"""Naming people by a list: all or nothing, each invited in a mail of their own, and kept up to date."""

from __future__ import annotations

from typing import Any

import pytest

from ..bookings.conftest import World
from .conftest import YES, Firm, calendars, words
from .test_rosters import TWELVE

TEXT = "\n".join(f"{name} <{email}>" for name, email in TWELVE)


def paste(world: World, booking: dict[str, Any], text: str, query: str = "", **more: Any) -> Any:
    """POST …/participants with pasted lines, by who has the link."""
    path = f"/v1/bookings/{booking['reference']}/participants{query}"
    return world.post(path, {"text": text, **more}, bearer=booking["manage_token"])


def upload(world: World, booking: dict[str, Any], body: bytes, kind: str = "text/csv") -> Any:
    """POST …/participants with a file."""
    headers = {"Authorization": f"Bearer {booking['manage_token']}", "Content-Type": kind, "Accept-Language": "fr"}
    path = f"/v1/bookings/{booking['reference']}/participants"
    return world.http.post(path, content=body, headers=headers)


def invited(firm: Firm, kind: str = "invitation") -> list[str]:
    """To whom mails of that kind went, in their order."""
    return [str(mail["To"]) for mail in firm.mails(kind)]


def test_twelve_people_are_named_and_invited(world: World, firm: Firm) -> None:
    booking = world.confirmed("boss@example.com", "first-1", seats=12, company="Bioscale")
    answer = paste(world, booking, TEXT)
    assert answer.status_code == 200, answer.text
    assert [(one["name"], one["email"]) for one in answer.json()["participants"]] == TWELVE
    assert answer.json()["version"] == 2
    mails = firm.mails("invitation")
    assert len(mails) == 12
    for mail, (name, email) in zip(mails, TWELVE, strict=True):
        said = words(mail)
        assert mail["To"].addresses[0].addr_spec == email and mail["To"].addresses[0].display_name == name
        assert "Bioscale" in said and "Jeanne Dubois" in said and "€" not in said and "/manage#" not in said
        assert not [other for other, _email in TWELVE[1:] if other != name and len(other) > 4 and other in said]
        [file] = calendars(mail)
        assert "METHOD:REQUEST" in file and file.count("ATTENDEE") == 1 and f"mailto:{email}" in file
        assert f"UID:{booking['reference']}-1@" in file and "/manage#" not in file and "SEQUENCE:1" in file
    again = paste(world, booking, TEXT)
    assert again.json()["version"] == 3 and len(firm.mails("invitation")) == 12
    world.check()


@pytest.mark.parametrize("dry", ["", "?dry_run=true"])
def test_one_wrong_address_and_nothing_is_written(world: World, firm: Firm, dry: str) -> None:
    booking = world.confirmed("boss@example.com", "first-1", seats=12)
    answer = paste(world, booking, TEXT.replace("<jan@example.com>", "<jan@example>"), dry)
    assert answer.status_code == 422 and answer.json()["code"] == "invalid"
    assert answer.json()["errors"] == [{"field": "lines.5.email", "code": "email"}]
    assert world.scalar("SELECT count(*) FROM participants") == 0 and not firm.mails("invitation")
    assert world.scalar("SELECT version FROM bookings") == 1


def test_a_dry_run_only_tells(world: World, firm: Firm) -> None:
    booking = world.confirmed("boss@example.com", "first-1", seats=12)
    path, key = f"/v1/bookings/{booking['reference']}/participants", "one-key-for-the-list"
    for wish, query in (({"text": TEXT}, "?dry_run=true"), ({"text": TEXT, "dry_run": True}, "")):
        answer = world.post(path + query, wish, bearer=booking["manage_token"], key=key)
        assert answer.status_code == 200 and len(answer.json()["participants"]) == 12
    assert world.scalar("SELECT count(*) FROM participants") == 0 and not firm.mails("invitation")
    real = world.post(path, {"text": TEXT}, bearer=booking["manage_token"], key=key)
    assert real.status_code == 200 and world.scalar("SELECT count(*) FROM participants") == 12
    world.check()


def test_more_people_than_seats_and_an_empty_list(world: World) -> None:
    booking = world.confirmed("boss@example.com", "first-1", seats=10)
    errors = paste(world, booking, TEXT).json()["errors"]
    assert errors == [{"field": f"lines.{number}.name", "code": "too_many"} for number in (11, 12)]
    assert paste(world, booking, " \n").json()["errors"] == [{"field": "text", "code": "missing"}]
    assert paste(world, booking, "Ada", version=7).json()["code"] == "version-conflict"


@pytest.mark.parametrize("kind", ["text/csv", "text/csv; charset=windows-1252"])
def test_a_file_as_excel_writes_it(world: World, firm: Firm, kind: str) -> None:
    booking = world.confirmed("boss@example.com", "first-1", seats=3)
    body = "Prénom;Nom;Adresse e-mail\r\nLéa;Noël;lea@example.com\r\nÉlodie;Garçon;e@example.com\r\n".encode("cp1252")
    answer = upload(world, booking, body, kind)
    assert answer.status_code == 200, answer.text
    assert [one["name"] for one in answer.json()["participants"]] == ["Léa Noël", "Élodie Garçon"]
    assert invited(firm) == ["Léa Noël <lea@example.com>", "Élodie Garçon <e@example.com>"]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("body", "kind"), [(b"{", "application/json"), (b"[]", "application/json"), (b"\xff\x00", "image/png")]
)
def test_what_is_no_list(world: World, body: bytes, kind: str) -> None:
    booking = world.confirmed("boss@example.com", "first-1", seats=3)
    answer = upload(world, booking, body, kind)
    assert answer.status_code == 422 and answer.json()["code"] == "invalid" and answer.json()["errors"]


def test_who_is_taken_off_gets_a_cancel_and_who_comes_an_invitation(world: World, firm: Firm) -> None:
    booking = world.confirmed("boss@example.com", seats=2)
    paste(world, booking, "Ada <ada@example.com>\nBo <bo@example.com>")
    paste(world, booking, "Ada <ada@example.com>\nCy <cy@example.com>")
    assert invited(firm) == ["Ada <ada@example.com>", "Bo <bo@example.com>", "Cy <cy@example.com>"]
    [gone] = firm.mails("invitation-cancelled")
    assert gone["To"] == "Bo <bo@example.com>" and "a changé la liste" in words(gone) and "€" not in words(gone)
    [file] = calendars(gone)
    assert "METHOD:CANCEL" in file and "SEQUENCE:2" in file and file.count("ATTENDEE") == file.count("BEGIN:VEVENT")
    change = {"participants": [{"name": "Cy", "email": "cy@example.com"}], "version": 3}
    path = f"/v1/bookings/{booking['reference']}"
    assert world.call("PATCH", path, change, bearer=booking["manage_token"]).status_code == 200
    assert invited(firm, "invitation-cancelled") == ["Bo <bo@example.com>", "Ada <ada@example.com>"]
    world.check()


def test_a_move_and_a_cancelled_booking_reach_everybody_invited(world: World, firm: Firm) -> None:
    booking = world.confirmed("boss@example.com", "gmp-2", seats=3)
    paste(world, booking, "Ada <ada@example.com>\nBo")
    path = f"/v1/bookings/{booking['reference']}"
    world.post(f"{path}/reschedule", {"session_id": "gmp-1"}, bearer=booking["manage_token"])
    first, moved = firm.mails("invitation")
    assert "nouvelle date" in moved["Subject"] and "L’ancienne date" in words(moved)
    update, surplus = calendars(moved)  # three days became two
    assert "METHOD:REQUEST" in update and "METHOD:CANCEL" in surplus and f"UID:{booking['reference']}-3@" in surplus
    assert "SEQUENCE:1" in calendars(first)[0] and "SEQUENCE:2" in update
    world.post(f"{path}/cancel", bearer=booking["manage_token"])
    [gone] = firm.mails("invitation-cancelled")
    assert gone["To"] == "Ada <ada@example.com>" and "METHOD:CANCEL" in calendars(gone)[0]
    world.check()


def test_a_withdrawn_booking_calls_its_people_off(world: World, firm: Firm) -> None:
    booking = world.confirmed("boss@example.com", "gmp-2", seats=2)
    paste(world, booking, "Ada <ada@example.com>")
    path = f"/v1/bookings/{booking['reference']}/withdraw"
    assert world.post(path, {"confirmed": True}, bearer=booking["manage_token"]).json()["state"] == "withdrawn"
    assert invited(firm, "invitation-cancelled") == ["Ada <ada@example.com>"]


def test_people_of_a_held_line_are_invited_when_the_quote_is_taken(world: World, firm: Firm) -> None:
    quote = firm.quote()
    line = {**firm.bookings(quote)[1], "manage_token": quote["manage_token"]}
    assert paste(world, line, "Ada <ada@example.com>\nZoë <hr@example.com>").status_code == 200
    assert not firm.mails("invitation")
    firm.say(quote, "accept", YES)
    assert invited(firm) == ["Ada <ada@example.com>"]  # the contact has all of it already
    [mail] = firm.mails("invitation")
    assert "Zoë Peeters" in words(mail)
    world.check()


def test_who_sits_in_the_session_already(world: World) -> None:
    world.confirmed("ada@example.com")
    booking = world.confirmed("boss@example.com", seats=2)
    answer = paste(world, booking, "Ada <ada@example.com>")
    assert answer.json()["code"] == "already-booked" and world.scalar("SELECT count(*) FROM participants") == 0
    world.check()


def test_nobody_else_names_people(world: World) -> None:
    booking = world.confirmed("boss@example.com", seats=2)
    path = f"/v1/bookings/{booking['reference']}/participants"
    assert world.post(path, {"text": "Ada"}).status_code == 404
    assert world.post(path, {"text": "Ada"}, bearer=world.web.bearer("c9")).status_code == 404
    world.post(f"/v1/bookings/{booking['reference']}/cancel", bearer=booking["manage_token"])
    assert paste(world, booking, "Ada").json()["code"] == "wrong-state"
