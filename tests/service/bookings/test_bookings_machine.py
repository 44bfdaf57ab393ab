"""T16: whatever is done in whatever order, the promises hold after each step (hypothesis draws the steps)."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Collection
from typing import Any

from campus import clock
from campus.auditor.audit import audit
from campus.auditor.histories import histories, is_promised, promised_mails
from campus.bookings import cancel, change, confirm, make
from campus.bookings.models import Booking
from campus.bookings.schemas import Change, Confirmation, NewBooking, Reschedule
from campus.bookings.states import CHANGEABLE, STANDING, State
from campus.bookings.workers import sweep
from campus.idempotency import Outcome, Write, carry_out
from campus.problems import Problem
from campus.speakers.speaker import Speaker
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.support.audit import empty

from ..numbers import FULL, number
from .conftest import NOW, World

SESSIONS = ("gmp-1", "gmp-tiny", "gmp-soon", "first-1")
SMALL = {"gmp-1": 4, "gmp-tiny": 2, "gmp-soon": 3, "first-1": 5}
PEOPLE = [f"{name}@example.com" for name in ("ada", "bob", "cleo", "dan", "eve", "fay", "gus", "hal", "ida")]
EXPECTED = {
    *("session-full", "session-closed", "session-cancelled", "already-booked", "wrong-state", "version-conflict"),
    *("hold-expired", "offer-lapsed", "not-eligible", "invalid", "rate-limited"),
}
"""Refusals that a rule may give here; anything else is a fault."""
ASKED = frozenset({State.HELD, State.OFFERED})
_keys = itertools.count(1)
_EMPTIED = ("outbox", "audit", "idempotency_keys", "standings", "participants", "bookings")

sessions = st.sampled_from(SESSIONS)
people = st.sampled_from(PEOPLE)
several = st.integers(1, 3)
which = st.integers(0, 99)


class Bookings(RuleBasedStateMachine):
    """Four small sessions, nine people, and everything that can happen to a booking."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.references: list[str] = []
        self.swept = True
        with self.world.database.writing() as db:
            empty(db, *_EMPTIED)
            db.execute(text("UPDATE sessions SET taken = 0"))
            for session, seats in SMALL.items():
                self._set(db, session, capacity=seats, state="open")
        self.world.clock.set(NOW)

    @initialize(held=st.booleans(), seats=several)
    def some_are_full_already(self, held: bool, seats: int) -> None:
        """Two sessions are full from the beginning, and somebody waits for each: that is where it gets interesting."""
        for place, session in enumerate(("gmp-tiny", "gmp-soon")):
            self.book(session, f"first{place}@example.com", SMALL[session], held, False)
            self.book(session, f"second{place}@example.com", min(seats, SMALL[session]), False, True)
            self.book(session, f"third{place}@example.com", 1, False, True)

    @rule(session=sessions, who=people, seats=several, hold=st.booleans(), waitlist=st.booleans())
    def book(self, session: str, who: str, seats: int, hold: bool, waitlist: bool) -> None:
        """A hold, a booking confirmed at once, or a place in the queue."""
        wish = NewBooking.model_validate(
            {
                "session_id": session,
                "seats": seats,
                "hold": hold,
                "waitlist": waitlist,
                "terms_accepted": True,
                "contact": {"name": "N", "email": who},
                "participants": [{"name": "N", "email": who}],
            }
        )
        told = self._carry_out(lambda db, speaker: make.make(db, speaker, wish, "fr"), Speaker("anonymous", "test"))
        if told is not None:
            self.references.append(told)

    @precondition(lambda self: self.references)
    @rule(number=which)
    def confirm(self, number: int) -> None:
        """A hold or an offer is taken."""
        wish = Confirmation(terms_accepted=True)
        self._on(self._pick(number, ASKED), lambda db, who, told: confirm.confirm(db, who, told, wish))

    @precondition(lambda self: self.references)
    @rule(number=which)
    def extend(self, number: int) -> None:
        """A hold gets more time."""
        self._on(self._pick(number, {State.HELD}), confirm.extend)

    @precondition(lambda self: self.references)
    @rule(number=which)
    def cancel(self, number: int) -> None:
        """Released, declined, left or cancelled."""
        self._on(self._pick(number, STANDING), cancel.cancel)

    @precondition(lambda self: self.references)
    @rule(number=which, session=sessions)
    def reschedule(self, number: int, session: str) -> None:
        """Another session."""
        wish = Reschedule(session_id=session, terms_accepted=True)
        self._on(self._pick(number, CHANGEABLE), lambda db, who, told: change.reschedule(db, who, told, wish, "fr"))

    @precondition(lambda self: self.references)
    @rule(number=which, seats=several, stale=st.booleans())
    def change_seats(self, number: int, seats: int, stale: bool) -> None:
        """Other seats, now and then on what was read too long ago."""
        reference = self._pick(number, CHANGEABLE)
        version = int(self.world.scalar("SELECT version FROM bookings WHERE reference = :r", r=reference))
        wish = Change(seats=seats, version=version + 1 if stale else version)
        self._on(reference, lambda db, who, told: change.change(db, who, told, wish, "fr"))

    @precondition(lambda self: self.references)
    @rule(number=which, who=people)
    def change_people(self, number: int, who: str) -> None:
        """Somebody else comes."""
        reference = self._pick(number, CHANGEABLE)
        version = int(self.world.scalar("SELECT version FROM bookings WHERE reference = :r", r=reference))
        wish = Change.model_validate({"participants": [{"name": "N", "email": who}], "version": version})
        self._on(reference, lambda db, who, told: change.change(db, who, told, wish, "fr"))

    @rule(minutes=st.sampled_from([5, 16, 16, 60 * 12, 60 * 25, 60 * 24 * 2]))
    def time_passes(self, minutes: int) -> None:
        """Holds and offers end, deadlines pass."""
        self.world.clock.forward(minutes=minutes)
        self.swept = False

    @rule()
    def sweep(self) -> None:
        """One round of the sweeper."""
        sweep(self.world.database)
        self.swept = True

    @rule(session=sessions, more=st.integers(-2, 3))
    def staff_change_the_room(self, session: str, more: int) -> None:
        """More or fewer seats, never fewer than are taken."""
        with self.world.database.writing() as db:
            taken, capacity = db.execute(
                text("SELECT taken, capacity FROM sessions WHERE id = :id"), {"id": session}
            ).one()
            self._set(db, session, capacity=max(taken, capacity + more, 1))
        self.swept = False

    @rule(session=sessions, state=st.sampled_from(["open", "open", "open", "closed", "cancelled"]))
    def staff_change_the_state(self, session: str, state: str) -> None:
        """Called off, closed, or open again."""
        with self.world.database.writing() as db:
            self._set(db, session, state=state)
        self.swept = False

    @invariant()
    def the_promises_hold(self) -> None:
        """Counters, standings, histories and mails agree; and who waits could not be served."""
        passing = set() if self.swept else {"waiting-despite-room"}
        found = [finding for finding in audit(self.world.database) if finding.code not in passing]
        assert not found, "\n".join(map(str, found))

    @invariant()
    def one_mail_for_each_promise(self) -> None:
        """Neither fewer nor more."""
        with self.world.database.reading() as db:
            rows = db.execute(text("SELECT reference, kind, dedupe FROM outbox"))
            sent = Counter((row[0], row[1]) for row in rows if is_promised(row[2]))
            promised: Counter[tuple[str, str]] = Counter()
            for reference, steps in histories(db).items():
                promised.update({(reference, kind): count for kind, count in promised_mails(steps).items()})
        assert sent == promised

    @invariant()
    def nothing_free_is_withheld(self) -> None:
        """Once swept, what is over has given its seats back (who waits is the auditor's)."""
        if not self.swept:
            return
        now = clock.now()
        with self.world.database.reading() as db:
            for booking in db.query(Booking):
                assert booking.state_at(now) == booking.state, booking.state

    def teardown(self) -> None:
        """The room is as it was for the next test."""
        with self.world.database.writing() as db:
            db.execute(text("DELETE FROM standings"))
            empty(db, *_EMPTIED)
            db.execute(text("UPDATE sessions SET taken = 0"))
            for session in SMALL:
                self._set(db, session, capacity=2 if session == "gmp-tiny" else 12, state="open")

    def _pick(self, number: int, states: Collection[State]) -> str:
        """A booking: mostly one in a state where it will do what is asked, every fourth time any."""
        now = dict(self.world.rows("SELECT reference, state FROM bookings"))
        fitting = [reference for reference in self.references if now[reference] in states]
        among = self.references if number % 4 == 3 or not fitting else fitting
        return among[number // 4 % len(among)]

    def _on(self, reference: str, verb: Callable[[Session, Speaker, str], Booking]) -> None:
        """Do something to one of the bookings, as who has its link."""
        speaker = Speaker("manage", "test", reference=reference)
        self._carry_out(lambda db, speaking: verb(db, speaking, reference), speaker)

    def _carry_out(self, verb: Callable[[Session, Speaker], Booking], speaker: Speaker) -> str | None:
        """The reference; None where a rule refused."""
        key = f"machine-key-{next(_keys):08d}"

        def answer(db: Session) -> Outcome:
            booking = verb(db, speaker)
            assert booking.state in set(State)
            return Outcome({"reference": booking.reference, "state": booking.state}, 201, booking.reference)

        write = Write(self.world.database, speaker, key, key, "fr")
        try:
            told: dict[str, Any] = carry_out(write, answer).body
        except Problem as problem:
            assert problem.code in EXPECTED, problem.code
            return None
        if told["state"] == State.WAITING:
            self.swept = False  # it may fit behind a group that does not: the next sweep offers
        return str(told["reference"])

    @staticmethod
    def _set(db: Session, session: str, **values: Any) -> None:
        """What staff set, under the lock that every writer takes."""
        columns = ", ".join(f"{name} = :{name}" for name in values)
        db.execute(text(f"UPDATE sessions SET {columns} WHERE id = :id"), {"id": session, **values})


def test_any_order_of_steps_keeps_the_promises(world: World) -> None:
    machine = type("BookingsHere", (Bookings,), {"world": world})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=number("machine_runs"),
            stateful_step_count=number("machine_steps"),
            derandomize=not FULL,
            deadline=None,
            database=None,
            phases=tuple(Phase) if FULL else (Phase.generate,),  # the short form tells what it met, and soon
            suppress_health_check=list(HealthCheck),
        ),
    )
