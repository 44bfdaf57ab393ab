"""Many at once: jobs that begin together, wishes as the routes carry them out, servers that take them."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import uvicorn
from campus.bookings import cancel, make
from campus.bookings.models import Booking
from campus.bookings.schemas import NewBooking
from campus.idempotency import Outcome, Write, carry_out
from campus.problems import Problem
from campus.speakers.speaker import Speaker
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.orm import Session

from .conftest import World, contact

ANYBODY = Speaker("anonymous", "test")
IN_FLIGHT = 40


def together(jobs: Sequence[Callable[[], Any]], threads: int = IN_FLIGHT) -> list[Any]:
    """Run the jobs at once; what they give, or the Problem they raise. Any other error is raised here."""
    gate = threading.Barrier(min(threads, len(jobs)))
    begun = threading.local()

    def run(job: Callable[[], Any]) -> Any:
        if not getattr(begun, "yes", False):
            begun.yes = True
            gate.wait(10)
        try:
            return job()
        except Problem as problem:
            return problem

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, jobs))


def booking_job(world: World, number: int, key: str | None = None, **wish: Any) -> Callable[[], str]:
    """A wish as the route carries it out; gives the reference."""
    told = {"session_id": "gmp-1", "hold": False, "terms_accepted": True, "contact": contact(f"p{number}@example.com")}
    parsed = NewBooking.model_validate(told | wish)
    write = Write(world.database, ANYBODY, key or f"race-key-{time.monotonic_ns()}-{number}", str(number), "fr")
    return lambda: rule(write, lambda db: make.make(db, ANYBODY, parsed, "fr"))


def cancel_job(world: World, reference: str) -> Callable[[], str]:
    """Giving up as the route carries it out, by who has the link to the booking."""
    speaker = Speaker("manage", "test", reference=reference)
    write = Write(world.database, speaker, None, "", "fr")
    return lambda: rule(write, lambda db: cancel.cancel(db, speaker, reference))


def rule(write: Write, made: Callable[[Session], Booking]) -> str:
    """Carry a rule out; gives the reference."""

    def answer(db: Session) -> Outcome:
        booking = made(db)
        return Outcome({"reference": booking.reference}, 201, booking.reference)

    return str(carry_out(write, answer).body["reference"])


def codes(results: Sequence[Any]) -> Counter[str]:
    """How many were booked, and how many refused with which code."""
    return Counter(result.code if isinstance(result, Problem) else "booked" for result in results)


@contextmanager
def room_for(world: World, session: str, seats: int) -> Iterator[None]:
    """So many seats in that session for a while."""
    set_capacity(world, session, seats)
    before = 40 if session == "open-1" else 12
    try:
        yield
    finally:
        with world.database.writing() as db:
            db.execute(
                text("UPDATE sessions SET taken = 0, capacity = :n WHERE id = :id"), {"n": before, "id": session}
            )


def set_capacity(world: World, session: str, seats: int) -> None:
    """As staff would."""
    with world.database.writing() as db:
        db.execute(text("UPDATE sessions SET capacity = :n WHERE id = :id"), {"n": seats, "id": session})


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The address of a real server for the application, without its workers."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, lifespan="off", log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
