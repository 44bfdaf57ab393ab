"""The lock that is given in the order of asking."""

from __future__ import annotations

import threading
import time

from campus.turns import Turns

from .conftest import until


def test_it_is_given_in_the_order_of_asking_and_never_to_two() -> None:
    turns = Turns()
    assert turns.acquire(1)
    order: list[int] = []
    inside: list[int] = []

    def wait(number: int) -> None:
        assert turns.acquire(10)
        inside.append(number)
        order.append(number)
        time.sleep(0.002)
        assert inside == [number]
        inside.remove(number)
        turns.release()

    threads = []
    for number in range(20):
        threads.append(threading.Thread(target=wait, args=(number,)))
        threads[-1].start()
        until(lambda number=number: len(turns._waiting) == number + 1)  # type: ignore[misc]
    turns.release()
    for thread in threads:
        thread.join(10)
    assert order == list(range(20))


def test_the_same_thread_may_take_it_again() -> None:
    turns = Turns()
    assert turns.acquire(1) and turns.acquire(1)
    turns.release()
    got: list[bool] = []
    other = threading.Thread(target=lambda: got.append(turns.acquire(0.05)))
    other.start()
    other.join()
    assert got == [False]
    turns.release()
    assert turns.acquire(0)


def test_who_gave_up_waiting_is_passed_over() -> None:
    turns = Turns()
    assert turns.acquire(1)
    got: list[bool] = []
    threads = [
        threading.Thread(target=lambda seconds=seconds: got.append(turns.acquire(seconds))) for seconds in (0.02, 5)
    ]
    threads[0].start()
    until(lambda: len(turns._waiting) == 1)
    threads[1].start()
    threads[0].join()
    turns.release()
    threads[1].join()
    assert got == [False, True]
