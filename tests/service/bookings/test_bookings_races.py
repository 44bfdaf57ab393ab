"""Many at once, on both databases; and the control: the same race without protection must oversell."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
from campus.auditor.audit import audit
from campus.bookings import confirm
from campus.bookings.schemas import Confirmation
from campus.bookings.workers import sweep
from campus.idempotency import Write
from campus.problems import Problem
from campus.speakers.speaker import Speaker
from sqlalchemy import create_engine, text

from tests.support.audit import empty

from ..numbers import number
from .conftest import World, contact
from .racing import booking_job, cancel_job, codes, room_for, rule, serving, set_capacity, together


def test_control_without_protection_two_get_the_last_seat(world: World) -> None:
    """T1: the naive way lives here only. Where it does not oversell, the tests below prove nothing."""
    oversold = 0
    naive = create_engine(world.settings.database_url)  # without the service's BEGIN and its conditions
    with naive.begin() as setup:
        setup.execute(text("CREATE TABLE IF NOT EXISTS naive (seats INTEGER, taken INTEGER)"))

    def check_then_insert() -> bool:
        with naive.connect() as connection:
            seats, taken = connection.execute(text("SELECT seats, taken FROM naive")).one()
            connection.rollback()
            time.sleep(0.05)
            if taken >= seats:
                return False
            connection.execute(text("UPDATE naive SET taken = taken + 1"))
            connection.commit()
            return True

    rounds = number("control_rounds")
    for _ in range(rounds):
        with naive.begin() as setup:
            setup.execute(text("DELETE FROM naive"))
            setup.execute(text("INSERT INTO naive VALUES (1, 0)"))
        oversold += sum(together([check_then_insert] * 2, threads=2)) > 1
    with naive.begin() as setup:
        setup.execute(text("DROP TABLE naive"))
    naive.dispose()
    assert oversold >= 0.9 * rounds


def test_exactly_twelve_of_two_hundred(world: World) -> None:
    """T2: every second wish is a hold, and somebody audits all the while."""
    over = threading.Event()
    audits: list[int] = []

    def keep_auditing() -> None:
        while not over.is_set():
            audits.append(len(audit(world.database)))

    auditor = threading.Thread(target=keep_auditing)
    auditor.start()
    for turn in range(number("sale_rounds")):
        begin_again(world)
        results = together([booking_job(world, turn * 1000 + n, hold=n % 2 == 0) for n in range(200)])
        assert codes(results) == {"booked": 12, "session-full": 188}
        assert world.taken() == 12
        world.check()
    over.set()
    auditor.join()
    assert audits and not any(audits)


def test_groups_get_all_or_nothing(world: World) -> None:
    """T4: 60 firms, 1 to 5 seats each, 40 seats; who finds no room waits, and nobody waits for what is free."""
    for turn in range(number("group_rounds")):
        begin_again(world)
        drawn = random.Random(turn)
        wanted = [drawn.randint(1, 5) for _ in range(60)]
        jobs = [
            booking_job(world, turn * 1000 + n, session_id="open-1", seats=seats, waitlist=drawn.random() < 0.8)
            for n, seats in enumerate(wanted)
        ]
        results = together(jobs)
        assert set(codes(results)) <= {"booked", "session-full"}
        booked = [result for result in results if not isinstance(result, Problem)]
        for reference in drawn.sample(booked, 10):
            cancel_job(world, reference)()
        sweep(world.database)
        got = dict(world.rows("SELECT reference, seats FROM bookings WHERE state NOT IN ('cancelled', 'left')"))
        for seats, result in zip(wanted, results, strict=True):
            assert isinstance(result, Problem) or got.get(result, seats) == seats
        taken = world.taken("open-1")
        assert taken <= 40
        waiting = [row[0] for row in world.rows("SELECT seats FROM bookings WHERE state = 'waiting'")]
        assert all(seats > 40 - taken for seats in waiting)
        world.check()


def test_every_delivery_of_a_request_is_told_the_same(world: World) -> None:
    """T5: each request arrives three times, in any order; there is one booking, one answer and one mail for each."""
    keys = number("repeated_keys")
    with room_for(world, "open-1", keys), serving(world.app) as address, httpx.Client(timeout=30) as client:
        deliveries = [n for n in range(keys) for _ in range(3)]
        random.Random(5).shuffle(deliveries)
        answers = together([posting(client, address, n, "open-1") for n in deliveries], threads=20)
        assert {status for _, status, _ in answers} == {201}
        assert len({text for _, _, text in answers}) == len({(n, text) for n, _, text in answers}) == keys
        assert world.scalar("SELECT COUNT(*) FROM bookings") == world.taken("open-1") == keys
        assert world.rows("SELECT MAX(n), SUM(n) FROM (SELECT COUNT(*) AS n FROM outbox GROUP BY reference) AS m") == [
            (1, keys)
        ]
        world.check()


def test_the_same_key_with_another_body_writes_nothing(world: World) -> None:
    """T6."""
    count = number("reused_keys")
    with room_for(world, "open-1", count):
        for n in range(count):
            assert world.book("open-1", key=f"reused-key-{n:08d}", seats=1).status_code == 201
        before = everything(world)
        for n in range(count):
            answer = world.book("open-1", key=f"reused-key-{n:08d}", seats=2)
            assert (answer.status_code, answer.json()["code"]) == (409, "idempotency-key-reused")
        assert everything(world) == before
        world.check()


def test_the_same_person_with_two_keys(world: World) -> None:
    """T7: one booking for each pair, and the other is told nothing about it."""
    pairs = number("pairs")
    with room_for(world, "open-1", 2 * pairs):
        jobs = [booking_job(world, n // 2, key=f"pair-of-keys-{n:06d}", session_id="open-1") for n in range(2 * pairs)]
        results = together(jobs)
        assert codes(results) == {"booked": pairs, "already-booked": pairs}
        told = [result.document("fr") for result in results if isinstance(result, Problem)]
        assert not any("example.com" in str(one) or "EBC-" in str(one) for one in told)
        world.check()


def test_the_same_key_at_the_same_time(world: World) -> None:
    """T5 at its hardest: all deliveries of one request at once."""
    jobs = [booking_job(world, 1, key="the-very-same-key-1") for _ in range(20)]
    assert len(set(together(jobs))) == 1
    assert world.taken() == 1
    world.check()


def test_expiry_against_confirmation(world: World) -> None:
    """T8: holds end at the instant in which they are confirmed."""
    holds = number("ending_holds")
    with room_for(world, "open-1", holds):
        references = [booking_job(world, n, session_id="open-1", hold=True)() for n in range(holds)]
        world.clock.forward(minutes=14, seconds=59)

        def sure(reference: str) -> Callable[[], str]:
            speaker = Speaker("manage", "test", reference=reference)
            write = Write(world.database, speaker, None, "", "fr")
            wish = Confirmation(terms_accepted=True)
            return lambda: rule(write, lambda db: confirm.confirm(db, speaker, reference, wish))

        def swept() -> str:
            world.clock.forward(seconds=1)
            for _ in range(20):
                sweep(world.database)
            return "swept"

        jobs = [sure(reference) for reference in references]
        results = together([*jobs[: holds // 2], swept, *jobs[holds // 2 :]])
        told = sum(isinstance(result, str) and result.startswith("EBC-") for result in results)
        assert set(codes(results)) <= {"booked", "hold-expired"}
        sweep(world.database)
        assert told == world.taken("open-1") == world.scalar("SELECT COUNT(*) FROM bookings WHERE state = 'confirmed'")
        world.check()


def test_promotion_by_four_sweepers(world: World) -> None:
    """T9: 20 seats become free at once, 60 wait: the first 20 are asked, once each; declines pass on to the next."""
    for _ in range(number("promotion_rounds")):
        begin_again(world)
        with room_for(world, "open-1", 20):
            for n in range(20):
                booking_job(world, n, session_id="open-1", hold=True)()
            queue = [booking_job(world, 100 + n, session_id="open-1", waitlist=True)() for n in range(60)]
            world.clock.forward(minutes=15)
            together([lambda: sweep(world.database)] * 4, threads=4)
            assert states(world, queue) == ["offered"] * 20 + ["waiting"] * 40
            assert world.scalar("SELECT COUNT(*) FROM outbox WHERE kind = 'offer'") == 20
            world.check()

            together([cancel_job(world, reference) for reference in queue[:5]] + [lambda: sweep(world.database)] * 4)
            assert states(world, queue) == ["declined"] * 5 + ["offered"] * 20 + ["waiting"] * 35
            assert world.scalar("SELECT COUNT(*) FROM outbox WHERE kind = 'offer'") == 25
            world.check()

            world.clock.forward(days=60)
            together([lambda: sweep(world.database)] * 4, threads=4)
            assert states(world, queue) == ["declined"] * 5 + ["lapsed"] * 20 + ["waiting"] * 35
            assert world.scalar("SELECT COUNT(*) FROM outbox WHERE kind = 'offer'") == 25
            assert world.taken("open-1") == 0
            world.check()
            world.clock.forward(days=-60, minutes=-15)


def test_freed_seats_go_to_the_queue_first_and_in_order(world: World) -> None:
    """T10: everybody cancels while as many newcomers try; the queue gets every seat, in its order."""
    count = number("cancellations")
    with room_for(world, "open-1", count):
        booked = [booking_job(world, n, session_id="open-1")() for n in range(count)]
        queue = [booking_job(world, 100 + n, session_id="open-1", waitlist=True)() for n in range(count + 8)]
        newcomers = [booking_job(world, 300 + n, session_id="open-1") for n in range(count)]
        jobs = [job for pair in zip((cancel_job(world, one) for one in booked), newcomers, strict=True) for job in pair]
        results = together([*jobs, lambda: sweep(world.database)])
        assert codes(results) == {"booked": count + 1, "session-full": count}
        assert states(world, queue) == ["offered"] * count + ["waiting"] * 8
        world.check()


def test_more_seats_by_staff_go_to_the_queue_too(world: World) -> None:
    """The room grows while newcomers try: who waits is asked first."""
    for n in range(12):
        booking_job(world, n)()
    queue = [booking_job(world, 100 + n, waitlist=True)() for n in range(10)]
    with room_for(world, "gmp-1", 12):
        jobs: list[Callable[[], Any]] = [booking_job(world, 200 + n) for n in range(20)]
        results = together([*jobs[:10], lambda: set_capacity(world, "gmp-1", 17), *jobs[10:]])
        sweep(world.database)
        assert codes(results)["session-full"] == 20
        assert states(world, queue) == ["offered"] * 5 + ["waiting"] * 5
        world.check()


def test_moving_both_ways_at_once(world: World) -> None:
    """Twelve go from one full session to another and twelve back: no deadlock is told, no seat is lost."""
    there = [world.confirmed(f"a{n}@example.com", "gmp-1") for n in range(10)]
    back = [world.confirmed(f"b{n}@example.com", "gmp-2") for n in range(10)]

    def move(booking: dict[str, Any], target: str) -> Callable[[], int]:
        path = f"/v1/bookings/{booking['reference']}/reschedule"
        return lambda: world.post(path, {"session_id": target}, bearer=booking["manage_token"]).status_code

    jobs = [move(one, "gmp-2") for one in there] + [move(one, "gmp-1") for one in back]
    assert set(together(jobs, threads=10)) <= {200, 409}
    assert world.taken("gmp-1") + world.taken("gmp-2") == 20
    world.check()


def posting(client: httpx.Client, address: str, n: int, session: str) -> Callable[[], tuple[int, int, str]]:
    """One delivery of the n-th request; gives n, the status and the answer."""
    wish = {"session_id": session, "hold": False, "terms_accepted": True}
    body = wish | {"contact": contact(f"h{n}@example.com")}
    headers = {"Idempotency-Key": f"http-key-of-{n:06d}"}

    def send() -> tuple[int, int, str]:
        answer = client.post(f"{address}/v1/bookings", json=body, headers=headers)
        return n, answer.status_code, answer.text

    return send


def begin_again(world: World) -> None:
    """No bookings."""
    with world.database.writing() as db:
        empty(db, "outbox", "audit", "idempotency_keys", "standings", "participants", "bookings")
        db.execute(text("UPDATE sessions SET taken = 0"))


def states(world: World, references: list[str]) -> list[str]:
    """The states of these bookings."""
    rows = dict(world.rows("SELECT reference, state FROM bookings"))
    return [rows[reference] for reference in references]


def everything(world: World) -> Counter[str]:
    """How many rows there are of everything, and every counter."""
    tables = ("outbox", "audit", "idempotency_keys", "standings", "participants", "bookings")
    counted = {table: int(world.scalar(f"SELECT COUNT(*) FROM {table}")) for table in tables}
    return Counter(counted | {row[0]: int(row[1]) for row in world.rows("SELECT id, taken FROM sessions")})
