"""What is kept of a person: given out whole, and forgotten without a trace."""

from __future__ import annotations

import random
import shutil
import threading
from datetime import timedelta
from typing import Any

import pytest
from campus import clock
from campus.addresses import FORGOTTEN
from campus.bookings import make
from campus.bookings.schemas import NewBooking
from campus.catalogue.models import CourseSession
from campus.db import Database
from campus.outbox import queue
from campus.outbox.queue import Lane
from campus.speakers.speaker import Speaker
from sqlalchemy import text, update

from tests.support.audit import empty

from ..bookings.conftest import World, contact
from ..bookings.test_bookings_races import together
from ..bookings.test_mail_content import calendars, plain
from .conftest import code_of, token_of, traces, verify

JEANNE = "jeanne.dubois@example.com"
NAME, PHONE = "Jeanne Élodie Dubois", "+32470998877"
HER = {"name": NAME, "email": "Jeanne.Dubois@example.com", "phone": PHONE}
SECRETS = (JEANNE, NAME, "Jeanne \\u00c9lodie Dubois", PHONE, "470 99 88 77")


def erase(world: World, bearer: str | None, confirmed: bool = True, key: str | None = None, **more: Any) -> Any:
    """POST /v1/me/erase."""
    return world.post("/v1/me/erase", {"confirmed": confirmed, **more}, bearer=bearer, key=key)


def move_to_the_past(world: World, *sessions: str) -> None:
    """These sessions were given a month ago."""
    with world.database.writing() as db:
        for session in sessions:
            when = {"start": clock.now() - timedelta(days=30), "end": clock.now() - timedelta(days=29)}
            db.execute(update(CourseSession).where(CourseSession.id == session).values(**when))


def life(world: World) -> dict[str, str]:
    """Everything that Jeanne may leave behind: her references by what they are."""
    chat = world.web.bearer("jeanne")
    wish: dict[str, Any] = {"hold": False, "terms_accepted": True, "contact": HER}
    herself: dict[str, Any] = {"name": NAME, "email": JEANNE}
    past: dict[str, Any] = {"company": "Dubois & Cie SRL", "participants": [{"name": NAME}]}
    two = [herself, {"name": "Paul Petit"}]
    cancelled = world.book("gmp-1", **wish).json()["reference"]
    assert world.post(f"/v1/bookings/{cancelled}/cancel", bearer=token_of(world, JEANNE)).status_code == 200
    left = {
        "cancelled": cancelled,
        "past": world.book("gmp-2", bearer=chat, **wish, **past).json()["reference"],
        "to come": world.book("gmp-1", **wish, seats=2, participants=two).json()["reference"],
        "held": world.book("first-1", bearer=chat, contact=HER).json()["reference"],
        "theirs": world.confirmed("hr@example.com", "open-1", participants=[{"name": NAME, "email": JEANNE}])[
            "reference"
        ],
    }
    full = world.confirmed("team@example.com", "gmp-tiny", seats=2)
    waiting = world.book("gmp-tiny", hold=False, waitlist=True, contact=HER, terms_accepted=True)
    left |= {"waiting": waiting.json()["reference"], "full": full["reference"]}
    asked = {"reason": f"{NAME} voudrait une facture", "summary": f"Écrire à {JEANNE}", "contact": HER, "lang": "fr"}
    left["handoff"] = world.post("/v1/handoffs", asked, bearer=chat).json()["id"]
    world.post(f"/v1/handoffs/{left['handoff'].lower()}/messages", {"text": f"Ici {NAME}, {PHONE}"}, bearer=chat)
    unsigned = {"reason": "asked", "summary": f"C’est encore {NAME}", "lang": "fr"}
    left["unsigned"] = world.post("/v1/handoffs", unsigned, bearer=chat).json()["id"]
    again = world.book("gmp-1", hold=False, terms_accepted=True, contact=HER)
    assert again.json()["code"] == "already-booked"  # and mailed again
    world.mails()
    move_to_the_past(world, "gmp-2")
    world.post(f"/v1/bookings/{left['to come']}/send", {"what": "confirmation"}, bearer=token_of(world, JEANNE))
    return left


@pytest.fixture(autouse=True)
def _sessions_come_back(world: World) -> Any:
    """Sessions that a test moves return to where they were."""
    dates = world.rows('SELECT id, start, "end" FROM sessions')
    yield
    with world.database.writing() as db:
        for session, start, end in dates:
            db.execute(
                text('UPDATE sessions SET start = :start, "end" = :end WHERE id = :id'),
                {"start": start, "end": end, "id": session},
            )


@pytest.mark.parametrize("path", ["/v1/me/export", "/v1/me/erase"])
def test_only_for_who_has_proved_an_address(world: World, path: str) -> None:
    made = world.confirmed(JEANNE)
    for bearer in (None, world.web.bearer("c1"), made["manage_token"]):
        assert world.post(path, {"confirmed": True}, bearer=bearer).json()["code"] == "not-authenticated"


def test_an_export_holds_every_fact(world: World) -> None:
    left = life(world)
    answer = world.post("/v1/me/export", bearer=token_of(world, JEANNE))
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert told["email"] == JEANNE and told["exported_at"] == clock.iso(clock.now())
    states = {one["reference"]: one["state"] for one in told["bookings"]}
    assert states == {
        left["past"]: "confirmed",
        left["cancelled"]: "cancelled",
        left["to come"]: "confirmed",
        left["held"]: "held",
        left["waiting"]: "waiting",
    }
    past = next(one for one in told["bookings"] if one["reference"] == left["past"])
    assert past["contact"] == HER and past["company"] == "Dubois & Cie SRL"
    assert past["total"]["gross"] == "1250.00" and past["session"]["id"] == "gmp-2"
    [participation] = told["participations"]
    assert (participation["reference"], participation["name"]) == (left["theirs"], NAME)
    assert participation["session"]["id"] == "open-1" and "hr@example.com" not in answer.text
    assert [one["id"] for one in told["handoffs"]] == [left["handoff"], left["unsigned"]]
    assert told["handoffs"][0]["summary"] == f"Écrire à {JEANNE}" and told["handoffs"][0]["contact"] == HER
    assert [said["text"] for said in told["handoffs"][0]["messages"]] == [f"Ici {NAME}, {PHONE}"]
    assert told["handoffs"][0]["messages"][0]["from"] == "visitor"
    kinds = [(one["kind"], one["reference"]) for one in told["mails"]]
    for kind, reference in (
        ("confirmation", "past"),
        ("confirmation", "to come"),
        ("cancellation", "cancelled"),
        ("waiting", "waiting"),
    ):
        assert (kind, left[reference]) in kinds
    assert "code" in {one["kind"] for one in told["mails"]}
    assert all(one["written_at"] for one in told["mails"]) and any(one["sent_at"] for one in told["mails"])
    assert {(one["action"], one["reference"]) for one in told["audit"]} >= {
        ("book", left["past"]),
        ("cancel", left["cancelled"]),
        ("handoff", left["handoff"]),
    }
    assert told["verifications"]
    audited = world.rows("SELECT reference, details FROM audit WHERE action = 'export'")
    assert [row[0] for row in audited] == [told["reference"]] and JEANNE not in str(audited)
    assert "exported_at" not in str(world.rows("SELECT body FROM idempotency_keys"))  # no copy of it is kept


def test_an_export_of_somebody_unknown_is_empty(world: World) -> None:
    life(world)
    told = world.post("/v1/me/export", bearer=token_of(world, "paul@example.com")).json()
    assert told["bookings"] == told["participations"] == told["handoffs"] == told["audit"] == []


def test_a_preview_tells_and_changes_nothing(world: World) -> None:
    left = life(world)
    token = token_of(world, JEANNE)
    watched = ("bookings", "participants", "standings", "handoffs", "handoff_messages", "outbox", "sessions", "audit")
    before = {table: world.rows(f"SELECT * FROM {table}") for table in watched}
    told = erase(world, token, confirmed=False).json()
    assert {table: sorted(map(repr, world.rows(f"SELECT * FROM {table}"))) for table in watched} == {
        table: sorted(map(repr, rows)) for table, rows in before.items()
    }
    assert (told["erased"], told["reference"], told["needs_cancel_bookings"]) == (False, None, True)
    assert told["kept"][0] == {"what": "billing", "why": "tax-law", "years": 10}
    [cancelled] = told["cancels"]
    assert cancelled["reference"] == left["to come"] and cancelled["session"]["id"] == "gmp-1"
    assert (cancelled["seats"], cancelled["total"]["gross"]) == (2, "2500.00")
    assert (cancelled["cancel_fee"], cancelled["refund"]) == ("0.00", "2500.00")
    counts = told["counts"]
    assert (counts["bookings"], counts["bookings_cancelled"], counts["bookings_left"]) == (5, 1, 2)
    assert (counts["participations"], counts["handoffs"], counts["messages"]) == (1, 2, 1)
    assert counts["mails"] > 4 and counts["codes"] == 1
    done = erase(world, token, cancel_bookings=True).json()
    assert done["counts"] == counts and done["cancels"] == told["cancels"]


def test_bookings_to_come_stand_in_the_way_until_they_may_be_cancelled(world: World) -> None:
    left = life(world)
    world.clock.set(clock.parse("2027-01-08T09:00"))  # free cancelling is over
    token = token_of(world, JEANNE)
    refused = erase(world, token)
    assert refused.status_code == 409
    told = refused.json()
    assert (told["code"], told["state"], told["needs"]) == ("wrong-state", "confirmed", "cancel_bookings")
    assert [(one["reference"], one["cancel_fee"]) for one in told["cancels"]] == [(left["to come"], "750.00")]
    assert traces(world, JEANNE) != []


def test_nothing_is_left_of_who_had_themselves_erased(world: World) -> None:
    left = life(world)
    assert len({trace[0] for trace in traces(world, *SECRETS)}) >= 7  # the search finds what is there
    token = token_of(world, JEANNE)
    before = world.taken("gmp-1")
    done = erase(world, token, cancel_bookings=True)
    assert done.status_code == 200 and done.json()["erased"] is True
    receipt = world.scalar("SELECT count(*) FROM outbox WHERE kind = 'erasure'")
    assert receipt == 1
    assert {trace[0] for trace in traces(world, *SECRETS)} == {"outbox"}  # the receipt, which has not left
    world.check()
    assert world.taken("gmp-1") == before - 2
    sent = [mail for mail in world.mails() if mail["X-Campus-Mail-Kind"] == "erasure"]
    assert [mail["To"].lower() for mail in sent] == [JEANNE]
    assert traces(world, *SECRETS) == []
    states = dict(world.rows("SELECT reference, state FROM bookings"))
    assert states[left["past"]] == "confirmed" and states[left["to come"]] == "cancelled"
    assert (states[left["held"]], states[left["waiting"]]) == ("released", "left")
    kept = world.rows(
        "SELECT company, seats, contact_name, contact_email, contact_phone, owner FROM bookings WHERE reference = :r",
        r=left["past"],
    )
    assert kept == [("Dubois & Cie SRL", 1, FORGOTTEN, None, None, None)]
    assert world.scalar("SELECT unit_price FROM bookings WHERE reference = :r", r=left["past"]) > 0
    people = world.rows(
        "SELECT p.name, p.email FROM participants p JOIN bookings b ON b.id = p.booking_id "
        "WHERE b.reference IN (:a, :b) ORDER BY p.id",
        a=left["to come"],
        b=left["theirs"],
    )
    assert people == [(FORGOTTEN, None), ("Paul Petit", None), (FORGOTTEN, None)]
    assert world.rows("SELECT id FROM handoffs") == world.rows("SELECT id FROM handoff_messages") == []
    others = world.rows("SELECT contact_email FROM bookings WHERE contact_email IS NOT NULL ORDER BY contact_email")
    assert others == [("hr@example.com",), ("team@example.com",)]
    [(reference, details)] = world.rows("SELECT reference, details FROM audit WHERE reference LIKE 'ERA-%'")
    assert reference == done.json()["reference"] and '"bookings": 5' in str(details).replace("'", '"')


def test_the_receipt_takes_the_dates_out_of_the_calendar(world: World) -> None:
    left = life(world)
    world.clock.set(clock.parse("2027-01-08T09:00"))
    erase(world, token_of(world, JEANNE), cancel_bookings=True)
    [mail] = [mail for mail in world.mails() if mail["X-Campus-Mail-Kind"] == "erasure"]
    assert left["to come"] in plain(mail) and "750,00" in plain(mail) and "10 ans" in plain(mail)
    [calendar] = calendars(mail)
    assert calendar["method"] == "CANCEL"
    assert [mail["X-Campus-Mail-Kind"] for mail in world.mails()].count("cancellation") == 1  # the one of before


def test_the_first_answer_is_given_again_and_the_token_opens_nothing_more(world: World) -> None:
    left = life(world)
    token = token_of(world, JEANNE)
    first = erase(world, token, cancel_bookings=True, key="one-key-for-one-erasure")
    again = erase(world, token, cancel_bookings=True, key="one-key-for-one-erasure")
    assert first.status_code == 200 and first.json() == again.json()
    assert world.rows("SELECT email FROM verifications") == [(None,)]  # of several that there were
    assert erase(world, token).json()["code"] == "not-authenticated"
    assert world.post("/v1/me/export", bearer=token).status_code == 401
    assert world.get(f"/v1/bookings/{left['past']}", bearer=token).status_code == 404
    assert world.get("/v1/bookings", bearer=token).json()["total"] == 0
    fresh = token_of(world, JEANNE)
    assert world.get("/v1/bookings", bearer=fresh).json()["total"] == 0


def test_a_late_delivery_neither_books_again_nor_tells(world: World) -> None:
    wish: dict[str, Any] = {"hold": False, "terms_accepted": True, "contact": HER}
    made = world.book(key="a-key-that-comes-late", **wish).json()
    hr: dict[str, Any] = {"contact": contact("hr@example.com"), "participants": [{"name": NAME, "email": JEANNE}]}
    world.book("open-1", key="a-key-of-somebody-else", **(wish | hr))
    erase(world, token_of(world, JEANNE), cancel_bookings=True)
    late = world.book(key="a-key-that-comes-late", **wish)
    assert late.status_code == 404 and made["reference"] not in late.text
    assert world.scalar("SELECT count(*) FROM bookings") == 2
    theirs = world.book("open-1", key="a-key-of-somebody-else", **(wish | hr))
    assert theirs.status_code == 201 and theirs.json()["contact"]["email"] == "hr@example.com"
    assert theirs.json()["participants"] == [{"name": FORGOTTEN, "email": None}]


def test_a_linked_conversation_may_do_it(world: World) -> None:
    life(world)
    chat = world.web.bearer("jeanne")
    verify(world, JEANNE, code_of(world, JEANNE), world.web.bearer("jeanne"))
    assert world.post("/v1/me/export", bearer=chat).json()["email"] == JEANNE
    first = erase(world, chat, cancel_bookings=True, key="one-key-for-one-erasure")
    assert first.status_code == 200, first.text
    assert (
        erase(world, world.web.bearer("jeanne"), cancel_bookings=True, key="one-key-for-one-erasure").json()
        == first.json()
    )
    assert world.post("/v1/me/export", bearer=world.web.bearer("jeanne")).status_code == 401
    world.mails()
    assert traces(world, *SECRETS) == []
    assert world.rows("SELECT * FROM verifications") == [] and world.rows("SELECT * FROM codes") == []


def test_what_others_share_with_the_person_stays_theirs(world: World) -> None:
    """A conversation in which several people booked is nobody's alone; a similar address is somebody else's."""
    chat = world.web.bearer("shared")
    wish: dict[str, Any] = {"hold": False, "terms_accepted": True}
    world.book(bearer=chat, contact=HER, **wish)
    world.book(bearer=chat, contact=contact("paul@example.com", "Paul"), **wish)
    world.book(bearer=chat, contact=contact(f"not-{JEANNE}", "Noémie"), **wish)
    world.post("/v1/handoffs", {"reason": "asked", "summary": "Pour l’équipe", "lang": "fr"}, bearer=chat)
    erase(world, token_of(world, JEANNE), cancel_bookings=True)
    left = world.rows("SELECT contact_name, contact_email FROM bookings ORDER BY id")
    assert left[1:] == [("Paul", "paul@example.com"), ("Noémie", f"not-{JEANNE}")]
    assert world.rows("SELECT summary FROM handoffs") == [("Pour l’équipe",)]
    told = world.rows("SELECT payload FROM outbox WHERE kind = 'confirmation' ORDER BY seq")
    assert f"not-{JEANNE}" in str(told) and "paul@example.com" in str(told)


def test_a_mail_that_has_not_left_does_not_leave(world: World) -> None:
    world.confirmed(JEANNE)
    token = token_of(world, JEANNE)
    before = len(world.mails())
    world.post("/v1/bookings", {"session_id": "first-1", "hold": False, "terms_accepted": True, "contact": HER})
    erase(world, token, cancel_bookings=True)
    assert [mail["X-Campus-Mail-Kind"] for mail in world.mails()][before:] == ["erasure"]
    assert traces(world, *SECRETS) == []


def test_a_mail_under_way_is_given_up_for_good(world: World) -> None:
    token = token_of(world, JEANNE)
    world.confirmed(JEANNE)
    with world.database.writing() as db:
        [under_way] = queue.claim(db, Lane())
    erase(world, token, cancel_bookings=True)
    with world.database.writing() as db:
        queue.mark_failed(db, under_way, "ConnectionError")
    given_up = world.rows("SELECT failed_at IS NOT NULL, last_error FROM outbox WHERE kind = 'confirmation'")
    assert [(bool(failed), error) for failed, error in given_up] == [(True, "erased")]
    assert [mail["X-Campus-Mail-Kind"] for mail in world.mails()] == ["code", "erasure"]


def test_bookings_made_meanwhile_leave_no_trace_of_before(world: World) -> None:
    """What is begun before the erasure is erased with the rest; what comes after it is a new life."""
    for number in range(4):
        with world.database.writing() as db:
            empty(db, "standings", "participants", "bookings", "outbox", "handoffs", "audit", "idempotency_keys")
            db.execute(text("UPDATE sessions SET taken = 0"))
        shutil.rmtree(world.settings.var_dir / "outbox", ignore_errors=True)
        _race(world, number)


def _race(world: World, number: int) -> None:
    sessions = ["gmp-1", "gmp-2", "first-1", "open-1", "gmp-closed"]
    token = token_of(world, JEANNE)
    hr: dict[str, Any] = {"contact": contact("hr@example.com"), "participants": [{"name": NAME, "email": JEANNE}]}
    wish: dict[str, Any] = {"hold": False, "terms_accepted": True}
    jobs: list[Any] = [lambda s=s: world.book(s, contact=HER, **wish) for s in sessions for _ in range(2)]
    jobs += [lambda s=s: world.book(s, **wish, **hr) for s in sessions[:4]]
    jobs += [lambda: world.post("/v1/handoffs", {"reason": "asked", "contact": HER}) for _ in range(2)]
    jobs.append(lambda: erase(world, token, cancel_bookings=True))
    random.Random(number).shuffle(jobs)
    answers = together(jobs, len(jobs))
    assert not [answer.text for answer in answers if answer.status_code >= 500]
    erased_at = world.scalar("SELECT seq FROM audit WHERE reference LIKE 'ERA-%'")
    early = {row[0] for row in world.rows("SELECT reference FROM audit WHERE seq < :s", s=erased_at)}
    late = {row[0] for row in world.rows("SELECT reference FROM audit WHERE seq > :s", s=erased_at)} - early
    for table, column in (("bookings", "reference"), ("handoffs", "id")):
        known = world.rows(f"SELECT {column} FROM {table} WHERE lower(contact_email) = :e", e=JEANNE)
        assert {row[0] for row in known} <= late
    named = world.rows(
        "SELECT b.reference FROM participants p JOIN bookings b ON b.id = p.booking_id WHERE p.email = :e", e=JEANNE
    )
    assert {row[0] for row in named} <= late
    for reference, payload in world.rows("SELECT reference, payload FROM outbox WHERE kind <> 'erasure'"):
        assert JEANNE not in str(payload).lower() or reference in late
    for reference, body in world.rows("SELECT reference, body FROM idempotency_keys"):
        assert JEANNE not in str(body).lower() or reference in late
    world.check()


def test_an_erasure_waits_for_a_booking_that_has_begun(world: World) -> None:
    """The lock of the address, seen at work: the booking is written and not committed while the erasure begins."""
    database: Database = world.database
    token = token_of(world, JEANNE)
    wish = NewBooking.model_validate(
        {"session_id": "gmp-1", "hold": False, "terms_accepted": True, "contact": HER, "lang": "fr"}
    )
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(erase(world, token, cancel_bookings=True)))
    with database.writing() as db:
        make.make(db, Speaker("anonymous", "test"), wish, "fr")
        thread.start()
        thread.join(0.7)
        assert thread.is_alive()
    thread.join(20)
    assert answers[0].status_code == 200 and answers[0].json()["counts"]["bookings"] == 1
    world.mails()
    assert traces(world, *SECRETS) == []


def test_the_export_is_also_mailed_once_where_that_is_asked(world: World) -> None:
    life(world)
    bearer = token_of(world, JEANNE)
    told = [
        world.post("/v1/me/export", {"mail": True}, bearer=bearer, key="the-same-request-1").json() for _ in range(2)
    ]
    assert "bookings" in told[0]
    mails = [mail for mail in world.mails() if mail["X-Campus-Mail-Kind"] == "export"]
    assert len(mails) == 1
    assert mails[0]["To"] == JEANNE
    (attached,) = [part for part in mails[0].iter_attachments() if part.get_content_type() == "application/json"]
    assert attached.get_content()
    assert JEANNE in str(attached.get_content())
