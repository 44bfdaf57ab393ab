"""Quotes: seats held together, taken or left together, and who may see them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from campus import clock
from campus.companies.quotes import complete, find
from campus.companies.schemas import NewLine
from campus.speakers.speaker import Speaker
from campus.staff.rights import EVERY_RIGHT

from ..bookings.conftest import NOW, STAFF_TOKEN, World, contact
from ..privacy.conftest import token_of
from .conftest import COMPANY, LINES, YES, Firm, calendars, files, words


def test_a_quote_holds_its_seats_for_72_hours(world: World, firm: Firm) -> None:
    quote = firm.quote(po_number="PO-4711")
    assert quote["reference"].startswith("EBQ-") and quote["state"] == "open"
    assert quote["valid_until"] == clock.iso(NOW + timedelta(hours=72)) and quote["version"] == 1
    assert quote["company"] == {**COMPANY, "enterprise_number": "0403170701"}
    assert quote["contact"]["email"] == "hr@example.com" and quote["po_number"] == "PO-4711"
    assert [(line["session"]["id"], line["seats"]) for line in quote["lines"]] == [
        (line["session_id"], line["seats"]) for line in LINES
    ]
    first, _second, third = quote["lines"]
    assert first["unit_price"] == "1250.00" and first["vat_rate"] == "21.00"
    assert first["total"] == {"net": "3099.17", "vat": "650.83", "gross": "3750.00", "currency": "EUR"}
    assert third["total"] == {"net": "399.96", "vat": "0.00", "gross": "399.96", "currency": "EUR"}
    assert first["operator"] == {"id": "aseptia", "name": "Aseptia"}
    total = quote["total"]
    assert (total["net"], total["vat"], total["gross"]) == ("5565.25", "1084.71", "6649.96")
    assert [(part["vat_rate"], part["gross"]) for part in total["by_rate"]] == [
        ("21.00", "6250.00"),
        ("0.00", "399.96"),
    ]
    assert [part["operator"]["id"] for part in total["by_operator"]] == ["aseptia", "campus"]
    assert (world.taken("gmp-1"), world.taken("gmp-2"), world.taken("first-1")) == (3, 2, 4)
    for booking in firm.bookings(quote):
        assert booking["state"] == "held" and booking["hold_expires_at"] == quote["valid_until"]
        assert booking["company"] == COMPANY["name"] and booking["customer"] == "business"
        assert booking["terms"]["extensions_left"] == 0
    again = firm.read(quote).json()
    assert again == {name: value for name, value in quote.items() if name != "manage_token"}
    world.check()


def test_the_same_key_gives_the_same_quote(world: World, firm: Firm) -> None:
    first, again = (firm.ask(key="a-key-of-a-company") for _ in range(2))
    assert first.json() == again.json() and first.json()["manage_token"]
    assert world.scalar("SELECT count(*) FROM quotes") == 1 and world.taken("gmp-1") == 3
    assert firm.ask(key="").json()["code"] == "idempotency-key-missing"


def test_all_lines_or_none(world: World, firm: Firm) -> None:
    world.confirmed("a@example.com", "gmp-tiny", seats=2)
    answer = firm.ask([*LINES, {"session_id": "gmp-tiny", "seats": 1}])
    problem = answer.json()
    assert answer.status_code == 409 and problem["code"] == "session-full"
    assert problem["session_id"] == "gmp-tiny" and problem["wanted"] == 1 and problem["choices"]
    assert (world.taken("gmp-1"), world.taken("gmp-2"), world.taken("first-1")) == (0, 0, 0)
    assert world.scalar("SELECT count(*) FROM quotes") == 0 and not firm.mails("quote")
    world.check()


@pytest.mark.parametrize(
    ("line", "code"),
    [("gmp-off", "session-cancelled"), ("gmp-closed", "session-closed"), ("gmp-past", "session-closed")],
)
def test_a_session_that_takes_no_bookings(firm: Firm, line: str, code: str) -> None:
    assert firm.ask([{"session_id": line, "seats": 1}]).json()["code"] == code


def test_an_unknown_session_and_one_of_staff(firm: Firm) -> None:
    assert firm.ask([{"session_id": "nowhere"}]).status_code == 404
    inside = [{"session_id": "inside-1", "seats": 2}]
    assert firm.ask(inside).json()["rule"] == "access-code"
    assert firm.ask(inside, access_code="ASEPTIA-27").status_code == 201


def test_a_quote_ends_before_one_can_no_longer_book(firm: Firm) -> None:
    quote = firm.quote([{"session_id": "gmp-soon", "seats": 1}])
    assert quote["valid_until"] == "2026-12-03T09:00:00+01:00"


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("enterprise_number", "0403.170.702"),
        ("enterprise_number", "nonsense"),
        ("vat_number", "BE0403170702"),
        ("vat_number", "XX123"),
        ("peppol_id", "0208:0403170702"),
        ("peppol_id", "208:0403170701"),
        ("peppol_id", "0208:"),
        ("peppol_id", "9925:BE0403170702"),
        ("peppol_id", "0088:5412345000014"),
    ],
)
def test_a_number_that_is_none(firm: Firm, field: str, value: str) -> None:
    answer = firm.ask(company={"name": "Bioscale", field: value})
    assert answer.status_code == 422 and answer.json()["code"] == "invalid"
    assert answer.json()["errors"] == [{"field": f"company.{field}", "code": field}]


@pytest.mark.one_database
def test_numbers_as_people_write_them(firm: Firm) -> None:
    kept = firm.quote(
        company={
            "name": "Bioscale",
            "enterprise_number": "403 170 701",
            "vat_number": "FR 40 303 265 045",
            "peppol_id": "9925:be0403170701",
        }
    )["company"]
    assert (kept["enterprise_number"], kept["vat_number"]) == ("0403170701", "FR40303265045")
    assert firm.quote(company="Bioscale", contact=contact("b@example.com"))["company"]["name"] == "Bioscale"


@pytest.mark.one_database
def test_what_a_quote_needs(firm: Firm) -> None:
    assert firm.ask(None).json()["errors"] == [{"field": "lines", "code": "missing"}]
    twice = firm.ask([LINES[0], LINES[0]]).json()
    assert twice["errors"] == [{"field": "lines.1.session_id", "code": "duplicate"}]
    assert firm.ask(company=None).json()["code"] == "invalid"
    assert firm.ask([]).json()["code"] == "invalid"


def test_needs_go_to_the_desk_which_completes_the_quote(world: World, firm: Firm) -> None:
    quote = firm.quote(None, needs="Douze personnes en mars. Compte BE68 5390 0754 7034.")
    assert quote["state"] == "requested" and quote["lines"] == [] and quote["valid_until"] is None
    assert "5390" not in quote["needs"] and quote["pdf_url"] is None
    assert world.get(f"/v1/quotes/{quote['reference']}/pdf", bearer=quote["manage_token"]).status_code == 409
    assert firm.say(quote, "accept", YES).json()["state"] == "requested"
    [to_desk], [receipt] = firm.mails("quote-request"), firm.mails("quote-receipt")
    assert to_desk["To"] == "EU Biotech Campus <desk@campus.example>" and "Douze personnes" in words(to_desk)
    assert "/company#" not in words(to_desk) and f"/company#{quote['manage_token']}" in words(receipt)
    staff = Speaker("staff", "test", rights=EVERY_RIGHT)
    with world.database.writing() as db:
        made = complete(db, staff, quote["reference"], [NewLine(session_id="gmp-1", seats=5)])
        assert find(db, staff, quote["reference"]) is made
    fresh = firm.read(quote).json()
    assert fresh["state"] == "open" and fresh["lines"][0]["seats"] == 5 and world.taken("gmp-1") == 5
    [mail] = firm.mails("quote")
    assert files(mail, "pdf")[0].startswith(b"%PDF")
    assert firm.say(quote, "accept", YES).json()["state"] == "accepted"
    world.check()


def test_who_may_see_a_quote(world: World, firm: Firm) -> None:
    mine, other = world.web.bearer("c1"), world.web.bearer("c2")
    quote = firm.quote(bearer=mine)
    path = f"/v1/quotes/{quote['reference']}"
    proved, stranger = token_of(world, "hr@example.com"), token_of(world, "else@example.com")
    for bearer in (mine, quote["manage_token"], proved, STAFF_TOKEN):
        assert world.get(path, bearer=bearer).status_code == 200
        assert world.get(f"{path}/pdf", bearer=bearer).content.startswith(b"%PDF")
    another = firm.quote([{"session_id": "gmp-2", "seats": 1}], contact=contact("x@example.com"))
    for bearer in (None, other, stranger, another["manage_token"]):
        for verb in ("accept", "decline", "invoice"):
            assert world.post(f"{path}/{verb}", YES, bearer=bearer).status_code == 404
        assert world.get(path, bearer=bearer).status_code == 404
        assert world.get(f"{path}/pdf", bearer=bearer).status_code == 404
    held = firm.bookings(quote)[0]["reference"]
    assert world.get(f"/v1/bookings/{held}", bearer=quote["manage_token"]).status_code == 200
    assert world.get(f"/v1/bookings/{held}", bearer=another["manage_token"]).status_code == 404
    assert world.get(f"/v1/quotes/{quote['reference'].lower()}", bearer=mine).status_code == 200


def test_holds_of_a_quote_are_no_holds_of_the_conversation(world: World, firm: Firm) -> None:
    mine = world.web.bearer("c1")
    firm.quote([{"session_id": "gmp-1", "seats": 8}, {"session_id": "open-1", "seats": 30}], bearer=mine)
    for _ in range(3):
        assert world.book("gmp-2", mine).status_code == 201
    assert world.book("gmp-2", mine).json()["code"] == "rate-limited"
    assert firm.ask([{"session_id": "first-1", "seats": 1}], bearer=mine).status_code == 201


def test_a_held_line_is_not_decided_by_itself(world: World, firm: Firm) -> None:
    quote = firm.quote()
    one = firm.bookings(quote)[1]
    path = f"/v1/bookings/{one['reference']}"

    def refused(verb: str, body: Any) -> None:
        answer = world.post(f"{path}/{verb}", body, bearer=quote["manage_token"])
        assert answer.status_code == 409 and answer.json()["code"] == "wrong-state", answer.text
        assert answer.json()["quote"] == quote["reference"] and answer.json()["state"] == "held"

    refused("confirm", YES)
    refused("extend", {})
    refused("reschedule", {"session_id": "gmp-2"})
    seats = world.call("PATCH", path, {"seats": 4, "version": 1}, bearer=quote["manage_token"])
    assert seats.json()["code"] == "wrong-state"
    named = {"participants": [{"name": "Ada"}], "version": 1}
    assert world.call("PATCH", path, named, bearer=quote["manage_token"]).status_code == 200
    world.check()


def test_a_line_that_is_cancelled_goes(world: World, firm: Firm) -> None:
    quote = firm.quote()
    reference = quote["lines"][0]["booking"]["reference"]
    answer = world.post(f"/v1/bookings/{reference}/cancel", bearer=quote["manage_token"])
    assert answer.json()["state"] == "released" and world.taken("gmp-1") == 0
    fresh = firm.read(quote).json()
    assert [line["session"]["id"] for line in fresh["lines"]] == ["gmp-2", "first-1"]
    assert fresh["version"] == 2 and fresh["total"]["gross"] == "2899.96"
    accepted = firm.say(quote, "accept", YES).json()
    assert [line["booking"]["state"] for line in accepted["lines"]] == ["confirmed", "confirmed"]
    world.check()


def test_with_its_last_line_the_quote_is_declined(world: World, firm: Firm) -> None:
    quote = firm.quote(LINES[:1])
    reference = quote["lines"][0]["booking"]["reference"]
    world.post(f"/v1/bookings/{reference}/cancel", bearer=quote["manage_token"])
    assert firm.read(quote).json()["state"] == "declined"
    assert firm.say(quote, "accept", YES).json()["state"] == "declined"
    world.check()


def test_accepting_confirms_everything_once(world: World, firm: Firm) -> None:
    quote = firm.quote()
    ada, bo = {"name": "Ada", "email": "ada@example.com"}, {"name": "Bo", "email": "bo@example.com"}
    wish = {**YES, "po_number": "PO-9", "participants": [[ada, bo], [], [{"name": "Cleo"}]]}
    first = firm.say(quote, "accept", wish)
    assert first.status_code == 200, first.text
    accepted = first.json()
    assert accepted["state"] == "accepted" and accepted["po_number"] == "PO-9" and accepted["version"] == 2
    assert [line["booking"]["participants"] for line in accepted["lines"]] == [2, 0, 1]
    assert firm.say(quote, "accept", YES).json() == accepted
    assert {booking["state"] for booking in firm.bookings(quote)} == {"confirmed"}
    [mail] = firm.mails("quote-accepted")
    references = sorted(line["booking"]["reference"] for line in accepted["lines"])
    assert all(one in words(mail) for one in references)
    assert sorted(file.split("UID:")[1][:10] for file in calendars(mail)) == references
    assert all("METHOD:REQUEST" in file for file in calendars(mail))
    assert not firm.mails("confirmation") and len(firm.mails("invitation")) == 2
    assert (world.taken("gmp-1"), world.taken("gmp-2"), world.taken("first-1")) == (3, 2, 4)
    world.clock.forward(hours=80)
    firm.tidy()
    assert firm.read(quote).json()["state"] == "accepted" and world.taken("gmp-1") == 3
    assert firm.say(quote, "decline").json()["code"] == "wrong-state"
    world.check()


def test_what_accepting_needs(world: World, firm: Firm) -> None:
    quote = firm.quote()
    answer = firm.say(quote, "accept", {"participants": [[{"name": "A"}] * 4], "terms_accepted": False})
    assert answer.json()["errors"] == [
        {"field": "terms_accepted", "code": "must_be_accepted"},
        {"field": "participants.0", "code": "too_many"},
    ]
    world.confirmed("ada@example.com", "gmp-2")
    sits = {**YES, "participants": [[], [{"name": "Ada", "email": "ada@example.com"}]]}
    assert firm.say(quote, "accept", sits).json()["code"] == "already-booked"
    assert firm.read(quote).json()["state"] == "open"
    assert {booking["state"] for booking in firm.bookings(quote)} == {"held"}
    world.check()


def test_declining_gives_the_seats_back(world: World, firm: Firm) -> None:
    quote = firm.quote([{"session_id": "gmp-tiny", "seats": 2}])
    world.book("gmp-tiny", waitlist=True, contact=contact("waits@example.com"))
    declined = firm.say(quote, "decline").json()
    assert declined["state"] == "declined" and [line["seats"] for line in declined["lines"]] == [2]
    assert firm.say(quote, "decline").json() == declined
    assert firm.say(quote, "accept", YES).json()["code"] == "wrong-state"
    assert len(firm.mails("quote-declined")) == 1 and len(firm.mails("offer")) == 1
    world.check()


def test_a_quote_that_is_over_counts_as_that_with_no_worker_running(world: World, firm: Firm) -> None:
    quote = firm.quote([{"session_id": "gmp-tiny", "seats": 2}])
    world.clock.forward(hours=72)
    assert firm.read(quote).json()["state"] == "expired"
    answer = firm.say(quote, "accept", YES)
    assert answer.status_code == 410 and answer.json()["code"] == "offer-lapsed"
    assert firm.say(quote, "decline").json()["code"] == "offer-lapsed"
    world.confirmed("a@example.com", "gmp-tiny", seats=2)  # the seats are free
    firm.tidy()
    assert world.scalar("SELECT state FROM quotes") == "expired"
    assert [line["booking"]["state"] for line in firm.read(quote).json()["lines"]] == ["expired"]
    world.check()


def test_a_day_before_the_end_it_is_said_once(world: World, firm: Firm) -> None:
    quote = firm.quote()
    short = firm.quote([{"session_id": "gmp-soon", "seats": 1}], contact=contact("short@example.com"))
    world.clock.forward(hours=30)
    firm.tidy()
    assert [mail["X-Campus-Reference"] for mail in firm.mails("quote-expiring")] == [short["reference"]]
    world.clock.forward(hours=18)
    firm.tidy()
    firm.tidy()
    [_other, mail] = firm.mails("quote-expiring")
    assert quote["reference"] in words(mail) and f"/company#{quote['manage_token']}" in words(mail)


def test_a_quote_made_in_its_last_day_is_not_said_to_expire(world: World, firm: Firm) -> None:
    world.clock.set(clock.parse("2026-12-02T20:00"))
    firm.quote([{"session_id": "gmp-soon", "seats": 1}])
    firm.tidy()
    assert not firm.mails("quote-expiring")


def test_one_invoice_request_for_all_operators(world: World, firm: Firm) -> None:
    quote = firm.quote()
    assert firm.say(quote, "invoice").json()["code"] == "wrong-state"
    firm.say(quote, "accept", {**YES, "po_number": "PO-1"})
    wish = {"po_number": "PO-2", "email": "books@example.com", "peppol_id": "0208:0403170701"}
    first = firm.say(quote, "invoice", wish)
    assert first.status_code == 202 and first.json() == firm.say(quote, "invoice", wish).json()
    assert [one["id"] for one in first.json()["operators"]] == ["aseptia", "campus"]
    mails = {mail["To"]: words(mail) for mail in firm.mails("invoice-request")}
    assert sorted(mails) == ["Aseptia <aseptia@example.com>", "EU Biotech Campus <campus@example.com>"]
    aseptia, campus = mails["Aseptia <aseptia@example.com>"], mails["EU Biotech Campus <campus@example.com>"]
    of = {line["session"]["id"]: line["booking"]["reference"] for line in quote["lines"]}
    assert of["gmp-1"] in aseptia and of["gmp-2"] in aseptia and of["first-1"] not in aseptia
    assert of["first-1"] in campus and "article 44" in campus and "article 44" not in aseptia
    for told in mails.values():
        assert "PO-2" in told and "books@example.com" in told and "0208:0403170701" in told
        assert "/company#" not in told and "/manage#" not in told
    [receipt] = firm.mails("invoice-receipt")
    assert "Aseptia, EU Biotech Campus" in words(receipt)
    assert firm.read(quote).json()["po_number"] == "PO-2" and firm.read(quote).json()["invoice_requested_at"]
    firm.say(quote, "invoice", {**wish, "po_number": "PO-3"})
    assert len(firm.mails("invoice-request")) == 4


def test_an_enquiry_reaches_the_desk_and_a_receipt_the_contact(world: World, firm: Firm) -> None:
    wish = {"contact": contact("hr@example.com"), "company": "Bioscale", "lang": "en", "people": 24}
    wish |= {"subject": "Academy", "needs": "Two weeks. Card 4111 1111 1111 1111.", "operator": "aseptia"}
    answer = world.post("/v1/enquiries", wish)
    assert answer.status_code == 201 and answer.json()["state"] == "received"
    assert answer.json()["reference"].startswith("ENQ-")
    [desk], [receipt] = firm.mails("enquiry"), firm.mails("enquiry-receipt")
    assert "Aseptia" in words(desk) and "24" in words(desk) and "hr@example.com" in words(desk)
    assert "4111" not in words(desk) + words(receipt) and receipt["To"] == "Jeanne Dubois <hr@example.com>"
    assert "Thank you" in words(receipt)
    nothing = world.post("/v1/enquiries", {"contact": contact()}).json()
    assert nothing["errors"] == [{"field": "needs", "code": "missing"}]
    unknown = world.post("/v1/enquiries", {"contact": contact(), "needs": "x", "operator": "nobody"}).json()
    assert unknown["errors"] == [{"field": "operator", "code": "unknown"}]
