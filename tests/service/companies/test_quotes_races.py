"""Many at once on one quote: accepted by forty, accepted while it ends, and against everybody else who wants seats."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
from campus.companies import decide, quotes
from campus.companies.schemas import Acceptance, NewQuote
from campus.companies.workers import tidy_up
from campus.idempotency import Outcome, Write, carry_out
from campus.problems import Problem
from campus.speakers.speaker import Speaker

from ..bookings.conftest import World, contact
from ..bookings.racing import ANYBODY, IN_FLIGHT, booking_job, codes, serving, together
from .conftest import YES, Firm


def accept_job(world: World, reference: str) -> Callable[[], str]:
    """Accepting as the route carries it out, by who has the link."""
    speaker = Speaker("manage", "test", reference=reference)
    write = Write(world.database, speaker, None, "", "fr")
    wish = Acceptance(terms_accepted=True)

    def rule(db: Any) -> Outcome:
        quote = decide.accept(db, speaker, reference, wish, "fr")
        return Outcome({"state": quote.state}, 200, reference)

    return lambda: str(carry_out(write, rule).body["state"])


def quote_job(world: World, number: int, lines: list[dict[str, Any]]) -> Callable[[], str]:
    """Asking for a quote as the route carries it out."""
    told = {"lines": lines, "company": f"Firm {number}", "contact": contact(f"f{number}@example.com")}
    wish = NewQuote.model_validate(told)
    write = Write(world.database, ANYBODY, f"quote-key-{number:020d}", str(number), "fr")

    def rule(db: Any) -> Outcome:
        quote = quotes.make(db, ANYBODY, wish, "fr")
        return Outcome({"reference": quote.reference}, 201, quote.reference)

    return lambda: str(carry_out(write, rule).body["reference"])


def test_forty_clients_accept_one_quote(world: World, firm: Firm) -> None:
    """Over real connections, each with a key of its own: one set of bookings, and one answer for all."""
    quote = firm.quote()
    answers: list[httpx.Response] = []
    gate = threading.Barrier(IN_FLIGHT)

    with serving(world.app) as address:

        def press(number: int) -> None:
            headers = {"Authorization": f"Bearer {quote['manage_token']}", "Idempotency-Key": f"forty-{number:020d}"}
            gate.wait(30)
            path = f"{address}/v1/quotes/{quote['reference']}/accept"
            answers.append(httpx.post(path, json=YES, headers=headers, timeout=60))

        threads = [threading.Thread(target=press, args=(number,)) for number in range(IN_FLIGHT)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(90)
    assert Counter(answer.status_code for answer in answers) == {200: IN_FLIGHT}
    assert len({answer.text for answer in answers}) == 1 and answers[0].json()["state"] == "accepted"
    assert world.scalar("SELECT count(*) FROM bookings") == 3
    assert world.rows("SELECT action, count(*) FROM audit WHERE action = 'confirm' GROUP BY action") == [("confirm", 3)]
    assert (world.taken("gmp-1"), world.taken("gmp-2"), world.taken("first-1")) == (3, 2, 4)
    assert len(firm.mails("quote-accepted")) == 1
    world.check()


def test_accepting_against_its_end(world: World, firm: Firm) -> None:
    """Ten quotes at the last instant, with sweepers at work: told accepted, and confirmed; or told lapsed, and free."""
    made = [
        firm.quote([{"session_id": "open-1", "seats": 2}, {"session_id": "first-1", "seats": 1}], contact=contact(mail))
        for mail in (f"q{number}@example.com" for number in range(10))
    ]
    world.clock.forward(hours=71, minutes=59, seconds=59)

    def end() -> str:
        world.clock.forward(seconds=1)
        return "moved"

    def sweep() -> str:
        tidy_up(world.database)
        world.sweep()
        return "swept"

    jobs: list[Callable[[], Any]] = [accept_job(world, quote["reference"]) for quote in made]
    jobs[5:5] = [end]
    results = together([*jobs, sweep, sweep])
    told = [result for result in results if result not in ("moved", "swept")]
    lapsed = [one for one in told if isinstance(one, Problem)]
    assert {one.code for one in lapsed} <= {"offer-lapsed"}
    accepted = len(told) - len(lapsed)
    firm.tidy()
    assert (world.taken("open-1"), world.taken("first-1")) == (2 * accepted, accepted)
    states = Counter(row[0] for row in world.rows("SELECT state FROM quotes"))
    assert (states["accepted"], states["expired"]) == (accepted, len(lapsed))
    world.check()


def test_quotes_against_bookings_for_the_last_seats(world: World) -> None:
    """Crossed sessions in both orders, so that a wrong order of locks would show as a deadlock; nothing oversold."""
    there = [{"session_id": "gmp-1", "seats": 2}, {"session_id": "gmp-2", "seats": 2}]
    jobs: list[Callable[[], Any]] = []
    for number in range(12):
        jobs.append(quote_job(world, number, there if number % 2 else there[::-1]))
        jobs.append(booking_job(world, number, session_id="gmp-1" if number % 2 else "gmp-2"))
    counted = codes(together(jobs))
    assert set(counted) <= {"booked", "session-full"}
    for session in ("gmp-1", "gmp-2"):
        held = world.scalar("SELECT sum(seats) FROM bookings WHERE session_id = :id", id=session)
        assert world.taken(session) == held and held in (11, 12)
    assert world.scalar("SELECT count(*) FROM bookings WHERE quote_reference IS NOT NULL") % 2 == 0
    world.check()


def test_accept_against_decline_and_a_single_cancel(world: World, firm: Firm) -> None:
    for number in range(5):
        quote = firm.quote(contact=contact(f"d{number}@example.com"), lines=[{"session_id": "open-1", "seats": 2}])
        speaker = Speaker("manage", "test", reference=quote["reference"])
        write = Write(world.database, speaker, None, "", "fr")

        def decline(write: Write = write, speaker: Speaker = speaker, reference: str = quote["reference"]) -> str:
            def rule(db: Any) -> Outcome:
                return Outcome({"state": decide.decline(db, speaker, reference).state})

            return str(carry_out(write, rule).body["state"])

        accept, other = together([accept_job(world, quote["reference"]), decline])
        assert sum(isinstance(one, Problem) for one in (accept, other)) == 1, (accept, other)
        world.check()
