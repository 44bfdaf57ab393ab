"""The waiting list in the situations that other booking systems were complained about."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from campus.clock import BRUSSELS

from .conftest import World, contact


def queue(world: World, email: str, session: str = "gmp-tiny", **wish: Any) -> dict[str, Any]:
    """A place in the waiting list."""
    answer = world.book(session, waitlist=True, contact=contact(email), **wish)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def verb(world: World, booking: dict[str, Any], name: str, body: Any = None) -> dict[str, Any]:
    """POST …/<verb>."""
    path = f"/v1/bookings/{booking['reference']}/{name}"
    return dict(world.post(path, body, bearer=booking["manage_token"]).json())


def states(world: World, *bookings: dict[str, Any]) -> list[str]:
    """Their states now."""
    return [
        world.get(f"/v1/bookings/{one['reference']}", bearer=one["manage_token"]).json()["state"] for one in bookings
    ]


def test_promoted_booked_cancelled_and_back_to_the_end_of_the_queue(world: World) -> None:
    """pretix #1163."""
    full = world.confirmed("full@example.com", "gmp-tiny")
    other = world.confirmed("other@example.com", "gmp-tiny")
    first, second = queue(world, "first@example.com"), queue(world, "second@example.com")
    verb(world, full, "cancel")
    assert states(world, first, second) == ["offered", "waiting"]
    assert verb(world, first, "confirm", {"terms_accepted": True})["state"] == "confirmed"
    verb(world, first, "cancel")
    assert states(world, first, second) == ["cancelled", "offered"]
    third, again = queue(world, "third@example.com"), queue(world, "first@example.com")
    verb(world, other, "cancel")
    assert states(world, first, second, third, again) == ["cancelled", "offered", "offered", "waiting"]
    assert (
        world.get(f"/v1/bookings/{again['reference']}", bearer=again["manage_token"]).json()["session"]["waiting"] == 1
    )
    world.check()


def test_a_group_that_does_not_fit_keeps_its_place_and_blocks_nobody_alone(world: World) -> None:
    """JEM #2287: the policy of queue.py. pretix #974: all or nothing."""
    one, two = world.confirmed("a@example.com", "gmp-tiny"), world.confirmed("b@example.com", "gmp-tiny")
    group, single = queue(world, "group@example.com", seats=2), queue(world, "single@example.com")
    verb(world, one, "cancel")
    assert states(world, group, single) == ["waiting", "offered"]
    verb(world, single, "cancel")
    verb(world, two, "cancel")
    assert states(world, group, single) == ["offered", "declined"]
    assert world.taken("gmp-tiny") == 2
    world.check()


def test_a_freed_seat_is_not_for_a_passer_by(world: World) -> None:
    """mod_booking #693, however the seat becomes free: cancelled, released, given up, expired."""
    booked = world.confirmed("a@example.com", "gmp-tiny")
    held = world.book("gmp-tiny").json()
    waiting = [queue(world, f"w{number}@example.com") for number in range(3)]
    verb(world, booked, "cancel")
    assert world.book("gmp-tiny").json()["code"] == "session-full"
    verb(world, held, "cancel")
    assert world.book("gmp-tiny").json()["code"] == "session-full"
    verb(world, waiting[0], "cancel")
    assert world.book("gmp-tiny").json()["code"] == "session-full"
    assert states(world, *waiting) == ["declined", "offered", "offered"]
    world.clock.forward(hours=24)  # nobody swept: the offers lapse when the passer-by asks
    assert world.book("gmp-tiny", seats=2).status_code == 201
    world.check()


def test_nobody_is_promoted_after_the_deadline(world: World) -> None:
    """mod_booking #937: promotion under the rules of a booking, and an offer ends with them."""
    world.clock.set(datetime(2026, 12, 2, 20, 0, tzinfo=BRUSSELS))  # the deadline is on the 3rd at nine
    group = world.confirmed("a@example.com", "gmp-soon", seats=11)
    single = world.confirmed("b@example.com", "gmp-soon")
    early, late = queue(world, "early@example.com", "gmp-soon"), queue(world, "late@example.com", "gmp-soon")
    verb(world, single, "cancel")
    offer = world.get(f"/v1/bookings/{early['reference']}", bearer=early["manage_token"]).json()
    assert (offer["state"], offer["offer_expires_at"]) == ("offered", "2026-12-03T09:00:00+01:00")
    world.clock.set(datetime(2026, 12, 3, 9, 0, tzinfo=BRUSSELS))
    verb(world, group, "cancel")
    world.sweep()
    assert states(world, early, late) == ["lapsed", "waiting"] and world.taken("gmp-soon") == 0
    assert [mail["To"] for mail in world.mails() if mail["X-Campus-Mail-Kind"] == "offer"] == [
        "Jeanne Dubois <early@example.com>"
    ]
    world.check()


def test_the_last_seat_is_sold_and_not_queued_for(world: World) -> None:
    """mod_booking #809: eleven of twelve taken, and the next person was put on the list."""
    world.confirmed("a@example.com", seats=11)
    last = world.book(waitlist=True, contact=contact("b@example.com"), hold=False, terms_accepted=True).json()
    assert last["state"] == "confirmed" and world.taken() == 12
    assert queue(world, "c@example.com", "gmp-1")["state"] == "waiting"


def test_a_seat_too_few_for_the_group_in_the_queue_goes_to_who_joins_after_it(world: World) -> None:
    """mod_booking #809 with a group ahead: no seat stays empty while somebody waits whom it would do."""
    world.confirmed("a@example.com", "gmp-tiny")
    group = queue(world, "group@example.com", seats=2)
    single = queue(world, "single@example.com")
    world.sweep()
    assert states(world, group, single) == ["waiting", "offered"] and world.taken("gmp-tiny") == 2
    assert world.sweep() == 0
    world.check()


def test_a_queue_that_is_left_leaves_no_trace(world: World) -> None:
    """pretix #837: who left is not offered anything, and may come back."""
    full = world.confirmed("a@example.com", "gmp-tiny", seats=2)
    first, second = queue(world, "b@example.com"), queue(world, "c@example.com")
    verb(world, first, "cancel")
    verb(world, full, "cancel")
    assert states(world, first, second) == ["left", "offered"]
    world.confirmed("b@example.com", "gmp-tiny")
    world.check()


def test_the_queue_is_bound_to_the_session(world: World) -> None:
    """pretix #2119, Hi.Events #589: a seat that is freed in another session of the course is that session's."""
    world.confirmed("a@example.com", "gmp-tiny", seats=2)
    waiting = queue(world, "b@example.com")
    other = world.confirmed("c@example.com", "gmp-2", seats=12)
    verb(world, other, "cancel")
    world.sweep()
    assert states(world, waiting) == ["waiting"]
    assert world.book("gmp-2").status_code == 201
