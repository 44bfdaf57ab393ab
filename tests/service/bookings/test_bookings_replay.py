"""The same key and body give the first answer again."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from .conftest import MakeWorld, World, contact


def test_the_first_answer_again_with_its_token_and_after_a_restart(make_world: MakeWorld) -> None:
    world = make_world()
    key = "one-key-for-one-wish"
    first = world.book(seats=2, key=key)
    world.clock.forward(minutes=20)
    world.sweep()
    again = world.book(seats=2, key=key)
    assert again.status_code == 201 and again.json() == first.json()
    restarted = make_world()
    third = restarted.book(seats=2, key=key)
    assert third.json() == first.json() and third.json()["manage_token"]
    assert restarted.scalar("SELECT COUNT(*) FROM bookings") == 1


def test_spacing_and_order_are_no_other_body(world: World) -> None:
    headers = {"Idempotency-Key": "one-key-for-one-wish", "Content-Type": "application/json"}
    first = world.http.post("/v1/bookings", content='{"session_id":"gmp-1","seats":2}', headers=headers)
    again = world.http.post("/v1/bookings", content='{ "seats": 2, "session_id": "gmp-1" }', headers=headers)
    assert first.json() == again.json()


def test_the_same_key_for_another_body(world: World) -> None:
    """T6."""
    for number in range(10):
        key = f"key-of-a-wish-{number:04d}"
        assert world.book("open-1", key=key).status_code == 201
        other = world.book("open-1", key=key, seats=2)
        assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")
    assert world.taken("open-1") == 10 and world.scalar("SELECT COUNT(*) FROM bookings") == 10


def test_a_refusal_is_repeated_too(world: World) -> None:
    first = world.confirmed("a@example.com", "gmp-tiny", seats=2)
    key = "one-key-for-one-wish"
    refused = world.book("gmp-tiny", key=key)
    world.post(f"/v1/bookings/{first['reference']}/cancel", bearer=first["manage_token"])
    again = world.book("gmp-tiny", key=key)
    assert again.status_code == 409 and again.json() == refused.json()
    assert world.book("gmp-tiny").status_code == 201


def test_a_mistake_in_the_wish_uses_up_no_key(world: World) -> None:
    key = "one-key-for-one-wish"
    assert world.book(seats=0, key=key).status_code == 422
    assert world.book(seats=1, key=key).status_code == 201


def test_a_key_belongs_to_its_conversation(world: World) -> None:
    key = "one-key-for-one-wish"
    mine = world.book(bearer=world.web.bearer("c1"), key=key).json()
    again = world.book(bearer=world.web.bearer("c1"), key=key).json()
    other = world.book(bearer=world.web.bearer("c2"), key=key).json()
    assert mine == again and other["reference"] != mine["reference"]


def test_verbs_take_keys_too(world: World) -> None:
    booking = world.confirmed("a@example.com")
    path, token = f"/v1/bookings/{booking['reference']}/cancel", booking["manage_token"]
    first = world.post(path, bearer=token, key="cancel-it-just-once")
    again = world.post(path, bearer=token, key="cancel-it-just-once")
    assert first.json() == again.json() and first.status_code == again.status_code == 200
    assert world.post(path, bearer=token).json()["code"] == "wrong-state"
    assert len([mail for mail in world.mails() if mail["X-Campus-Mail-Kind"] == "cancellation"]) == 1


def test_every_wish_delivered_three_times(world: World) -> None:
    """T5, short: 40 keys for 12 seats, three deliveries each, shuffled, 12 at a time."""
    deliveries = [number for number in range(40) for _ in range(3)]
    random.Random(7).shuffle(deliveries)

    def deliver(number: int) -> tuple[int, int, str]:
        wish: dict[str, Any] = {"hold": False, "contact": contact(f"p{number}@example.com"), "terms_accepted": True}
        answer = world.book(key=f"key-of-a-wish-{number:04d}", **wish)
        return number, answer.status_code, answer.text

    with ThreadPoolExecutor(12) as pool:
        told = list(pool.map(deliver, deliveries))
    assert len({(number, status, body) for number, status, body in told}) == 40
    assert len({number for number, status, _ in told if status == 201}) == 12
    assert {status for _, status, _ in told} == {201, 409}
    mails = world.mails()
    assert len(mails) == 12 and len({mail["X-Campus-Reference"] for mail in mails}) == 12
    world.check()
