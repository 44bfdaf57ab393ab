"""Runs inside the service's environment: bookings a second with 40 in flight, ours against check-then-insert.

The naive way is ours with the protection taken out and nothing else: the seats are read before the transaction and
without a lock, and written without a condition. It writes the same rows through the same code, at the same level (the
rule and its answer, without HTTP). Both sell in turn, on the same database, so that a busy machine slows both.
Usage: `bench_selling.py ADDRESS ROUNDS`; writes `{"ours": […], "naive": […], "oversold": {"ours": n, "naive": n}}`.
"""

from __future__ import annotations

import itertools
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any
from unittest.mock import patch

from campus.bookings import make, seats
from campus.bookings.schemas import NewBooking
from campus.bookings.views import booking_view
from campus.catalogue.models import CourseSession
from campus.db import Database
from campus.idempotency import Outcome, Write, carry_out
from campus.problems import SessionFull
from campus.settings import REPO_ROOT, Settings, use_settings
from campus.speakers.speaker import Speaker
from campus.startup import migrate_and_seed
from sqlalchemy import create_engine, event, select, text, update
from sqlalchemy.orm import Session, sessionmaker

IN_FLIGHT = 40
WISHES = 120
ANYBODY = Speaker("anonymous", "bench")
_numbers = itertools.count(1)


class Naive(Database):
    """The database as SQLAlchemy gives it: on SQLite nothing is begun before the first write."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        sqlite = url.startswith("sqlite")
        patience = {"timeout": 60} if sqlite else {}
        self.engine = create_engine(url, pool_size=10, max_overflow=40, connect_args=patience)
        if sqlite:
            event.listen(
                self.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = NORMAL")
            )
        self._read = self._write = sessionmaker(self.engine, expire_on_commit=False)
        self._turns = None


def wish_of(database: Database, session_id: str) -> Callable[[], bool]:
    """One booking confirmed at once; False where the session is full."""
    number = next(_numbers)
    wish = NewBooking.model_validate(
        {
            "session_id": session_id,
            "hold": False,
            "terms_accepted": True,
            "contact": {"name": "Marie Dupont", "email": f"bench-{number}@example.com"},
            "participants": [{"name": "Marie Dupont", "email": f"bench-{number}@example.com"}],
        }
    )
    write = Write(database, ANYBODY, f"bench-selling-{number:08d}", str(number), "fr")

    def answer(db: Session) -> Outcome:
        booking = make.make(db, ANYBODY, wish, "fr")
        return Outcome(booking_view(db, booking, "fr"), 201, booking.reference)

    def send() -> bool:
        try:
            carry_out(write, answer)
        except SessionFull:
            return False
        return True

    return send


def checked_first(database: Database, session_id: str, book: Callable[[], bool]) -> Callable[[], bool]:
    """The naive way: look, then book what was seen."""

    def send() -> bool:
        with database.reading() as db:
            _seen.live = seats.LiveSession(*db.execute(_LOOK.where(CourseSession.id == session_id)).one())
        return book()

    return send


_LOOK = select(
    CourseSession.id,
    CourseSession.capacity,
    CourseSession.taken,
    CourseSession.state,
    CourseSession.start,
    CourseSession.booking_deadline,
)


_seen = threading.local()
"""What the naive way saw when it looked."""


@contextmanager
def unprotected() -> Iterator[None]:
    """Without the lock, and without the condition."""

    def look(_db: Session, session_id: str) -> dict[str, seats.LiveSession]:
        return {session_id: _seen.live}

    def take(db: Session, session_id: str, wanted: int, *, from_queue: bool = False) -> bool:
        if _seen.live.taken + wanted > _seen.live.capacity:
            return False
        taken = {"taken": min(_seen.live.taken + wanted, _seen.live.capacity)}
        db.execute(update(CourseSession).where(CourseSession.id == session_id).values(**taken))
        return True

    with patch.object(seats, "lock", look), patch.object(seats, "take", take):
        yield


def sell(database: Database, session_id: str, wishes: int, capacity: int, *, naive: bool) -> tuple[float, int]:
    """Seconds, and how many were told that they have a seat."""
    with database.engine.begin() as setup:
        for table in ("outbox", "idempotency_keys"):  # the audit log cannot be emptied, and costs nothing
            setup.execute(text(f"DELETE FROM {table}"))
        for table in ("standings", "participants"):
            setup.execute(text(f"DELETE FROM {table} WHERE booking_id IN (SELECT id FROM bookings WHERE NOT demo)"))
        setup.execute(text("DELETE FROM bookings WHERE NOT demo"))
        values: dict[str, Any] = {"id": session_id, "n": capacity}
        setup.execute(text("UPDATE sessions SET taken = 0, capacity = :n, state = 'open' WHERE id = :id"), values)
    jobs = [wish_of(database, session_id) for _ in range(wishes)]
    if naive:
        jobs = [checked_first(database, session_id, job) for job in jobs]
    began = time.perf_counter()
    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        told = sum(pool.map(lambda job: job(), jobs))
    return time.perf_counter() - began, told


def main() -> None:
    """Sell in turn, both ways."""
    url, rounds = sys.argv[1], int(sys.argv[2])
    folder = Path(tempfile.mkdtemp())
    use_settings(
        Settings(
            database_url=url, var_dir=folder, campus_now="2026-11-24T10:00:00+01:00", rate_limits="off", smtp_url=None
        )
    )
    databases = {"ours": Database(url), "naive": Naive(url)}
    migrate_and_seed(databases["ours"], REPO_ROOT / "service" / "demo")
    with databases["ours"].reading() as db:
        session_id = db.scalars(
            select(CourseSession.id).where(CourseSession.audience == "public").order_by(CourseSession.start.desc())
        ).first()
    assert session_id
    found: dict[str, Any] = {"ours": [], "naive": [], "oversold": {"ours": 0, "naive": 0}}
    for turn in range(rounds + 1):
        for way, database in databases.items():
            with unprotected() if way == "naive" else nullcontext():
                seconds, told = sell(database, session_id, WISHES, WISHES, naive=way == "naive")
                _, sold = sell(database, session_id, 60, 12, naive=way == "naive")
            if turn:  # the first one warms up
                found[way].append(told / seconds)
                found["oversold"][way] += max(0, sold - 12)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
