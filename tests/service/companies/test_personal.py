"""What is kept of a person who asked for a company: told, forgotten, and not kept too long."""

from __future__ import annotations

from datetime import timedelta

from campus.privacy import retention

from ..bookings.conftest import World, contact
from ..privacy.conftest import token_of, traces
from .conftest import YES, Firm

SECRETS = ("hr@example.com", "Zoë Peeters", "0475123456")


def test_the_export_tells_quotes_and_enquiries(world: World, firm: Firm) -> None:
    quote = firm.quote()
    asked = world.post("/v1/enquiries", {"contact": contact("hr@example.com"), "needs": "Une académie"}).json()
    told = world.post("/v1/me/export", {}, bearer=token_of(world, "hr@example.com")).json()
    assert [one["reference"] for one in told["quotes"]] == [quote["reference"]]
    assert [(one["reference"], one["needs"]) for one in told["enquiries"]] == [(asked["reference"], "Une académie")]
    assert len(told["bookings"]) == 3 and any(row["reference"] == quote["reference"] for row in told["audit"])
    stranger = world.post("/v1/me/export", {}, bearer=token_of(world, "else@example.com")).json()
    assert stranger["quotes"] == [] and stranger["enquiries"] == []


def test_erasing_declines_what_is_open_and_forgets_the_person(world: World, firm: Firm) -> None:
    person = {"name": "Zoë Peeters", "email": "hr@example.com", "phone": "0475 12 34 56"}
    quote = firm.quote(contact=person)
    waiting = firm.quote(None, needs="Pour Zoë Peeters", contact=person)
    world.post("/v1/enquiries", {"contact": person, "needs": "De Zoë Peeters"})
    firm.mails("quote")
    done = world.post("/v1/me/erase", {"confirmed": True}, bearer=token_of(world, "hr@example.com"))
    assert done.status_code == 200 and done.json()["counts"]["quotes"] == 2, done.text
    assert world.rows("SELECT state FROM quotes") == [("declined",)] * 2 and world.taken("gmp-1") == 0
    assert world.scalar("SELECT count(*) FROM enquiries") == 0
    assert world.rows("SELECT company, enterprise_number FROM quotes") == [(None, None)] * 2
    world.mails()
    assert traces(world, *SECRETS) == []
    for one in (quote, waiting):
        assert firm.read(one).json()["contact"] is None
    assert firm.say(quote, "accept", YES).json()["code"] == "wrong-state"
    world.check()


def test_of_an_accepted_quote_the_company_is_kept(world: World, firm: Firm) -> None:
    quote = firm.quote()
    firm.say(quote, "accept", YES)
    wish = {"confirmed": True, "cancel_bookings": True}
    assert world.post("/v1/me/erase", wish, bearer=token_of(world, "hr@example.com")).status_code == 200
    world.mails()
    assert traces(world, *SECRETS[:2]) == []
    assert world.scalar("SELECT enterprise_number FROM quotes") == "0403170701"
    assert firm.say(quote, "invoice").json()["code"] == "wrong-state"
    world.check()


def test_nothing_is_kept_too_long(world: World, firm: Firm) -> None:
    firm.quote([{"session_id": "gmp-1", "seats": 1}])
    accepted = firm.quote([{"session_id": "gmp-2", "seats": 1}], contact=contact("kept@example.com"))
    firm.say(accepted, "accept", YES)
    world.post("/v1/enquiries", {"contact": contact("e@example.com"), "needs": "x"})
    world.clock.forward(hours=73)
    firm.tidy()
    retention.run(world.database)
    assert world.scalar("SELECT count(*) FROM quotes WHERE contact_email IS NULL") == 0
    world.clock.set(world.clock.now + timedelta(days=60))
    counts = retention.run(world.database)
    assert counts["quotes"] == 1 and counts["enquiries"] == 1
    kept = world.rows("SELECT state, contact_email, company FROM quotes ORDER BY id")
    assert kept[0] == ("expired", None, None) and kept[1][:2] == ("accepted", "kept@example.com")
    world.clock.set(world.clock.now.replace(year=2031))
    retention.run(world.database)
    rows = world.rows("SELECT contact_email, company FROM quotes ORDER BY id")
    assert rows[1][0] is None and rows[1][1] is not None
    world.clock.set(world.clock.now.replace(year=2039))
    retention.run(world.database)
    assert world.rows("SELECT company FROM quotes") == [(None,), (None,)]
