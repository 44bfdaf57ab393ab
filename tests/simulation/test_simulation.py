"""The short form of ``make simulate``; and that it would find what it is there to find: faults are planted for it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation import planting, reporting
from tests.simulation.planting import Between, between
from tests.simulation.simulating import Outcome, Simulation, Task, each_goal
from tests.support.running import free_port, running

#: Conversations of the short form: each goal at least once, most in both languages.
NUMBER, SEED = 30, 4
#: The share of goals that they must reach; `make simulate` measures it on many more.
REACHED = 0.8


@pytest.fixture(scope="module")
def passing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Simulation, Between]]:
    """The whole assistant; all that its bot asks of the service can be tampered with."""
    port = free_port()
    folder = Path(tmp_path_factory.mktemp("simulation"))
    with (
        between(f"http://127.0.0.1:{port}") as standing,
        running(folder, CAMPUS_PORT=port, CAMPUS_URL=standing.url) as started,
    ):
        yield Simulation(started), standing


@pytest.fixture(scope="module")
def outcomes(passing: tuple[Simulation, Between]) -> list[Outcome]:
    return [passing[0].hold(task) for task in each_goal(NUMBER, SEED)]


def test_nobody_finds_anything_written_that_they_did_not_want(outcomes: list[Outcome]) -> None:
    wrong = [one.told() for one in outcomes if one.verdict.wrong or one.false]
    assert not wrong, "\n\n".join(wrong)


def test_most_people_get_what_they_came_for(outcomes: list[Outcome]) -> None:
    failed = [one.told() for one in outcomes if not one.reached]
    assert 1 - len(failed) / len(outcomes) >= REACHED, "\n\n".join(failed)


@pytest.fixture(scope="module")
def sound(passing: tuple[Simulation, Between]) -> dict[str, Outcome]:
    """A conversation in each language in which nothing is planted."""
    found = {lang: passing[0].hold(Task("book", lang, 11, 11)) for lang in ("fr", "en")}
    assert all(one.reached for one in found.values()), "nothing is proved by what fails without a fault"
    return found


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("fault", [planting.wrong_session, planting.wrong_seats, planting.written_twice])
def test_a_planted_fault_is_found(
    passing: tuple[Simulation, Between], sound: dict[str, Outcome], fault: planting.Fault, lang: str
) -> None:
    simulation, standing = passing
    standing.fault, standing.planted = fault, 0
    try:
        outcome = simulation.hold(sound[lang].task)
    finally:
        standing.fault = None
    assert standing.planted == 1
    assert outcome.verdict.wrong and not outcome.reached, outcome.told()


def test_the_same_task_is_the_same_conversation(passing: tuple[Simulation, Between], sound: dict[str, Outcome]) -> None:
    again = passing[0].hold(sound["fr"].task)
    typed = [[one.text for one in outcome.transcript if one.by == "visitor"] for outcome in (sound["fr"], again)]
    assert typed[0] == typed[1]
    assert again.verdict == sound["fr"].verdict


def test_the_figures_count_what_failed(outcomes: list[Outcome]) -> None:
    one = dataclasses.replace(outcomes[0], reached=True, verdict=dataclasses.replace(outcomes[0].verdict, wrong=[]))
    bad = dataclasses.replace(one, reached=False, verdict=dataclasses.replace(one.verdict, wrong=["a booking"]))
    found = reporting.figures([one, one, one, bad])
    assert (found["reached"], found["wrong_writes"]) == (0.75, 1)


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("trouble", planting.TROUBLES)
def test_who_books_through_trouble_is_told_what_is_there(
    passing: tuple[Simulation, Between], sound: dict[str, Outcome], trouble: str, lang: str
) -> None:
    """The seats are held, and then every try to confirm them is met: no booking is claimed that is not there, and none
    is hidden that is."""
    simulation, standing = passing
    standing.begin(trouble, spared=1)
    try:
        outcome = simulation.hold(sound[lang].task)
    finally:
        left = standing.left
        standing.begin(None, 0)
    assert left < planting.TRIES, "the trouble met nobody"
    assert outcome.reached, outcome.told()
