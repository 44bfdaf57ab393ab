"""What the simulated people say is new to the assistant; and their fingers slip as fingers do."""

from __future__ import annotations

import random

import pytest

from tests.simulation.disjoint import known_sentences, leaked
from tests.simulation.phrases import LANGUAGES, phrases, say, slipped


@pytest.fixture(scope="module")
def known() -> str:
    return known_sentences()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_phrase_was_trained_or_measured_on(known: str, lang: str) -> None:
    found = {act: same for act, some in phrases(lang).items() if (same := leaked(some, known))}
    assert not found


def test_what_was_trained_on_would_be_noticed(known: str) -> None:
    """Case, accents and punctuation make no other sentence, and a placeholder stands for any words."""
    some = next(line for line in known.splitlines() if len(line.split()) == 6)
    words = some.split()
    assert leaked([some.upper() + " !"], known)
    assert leaked([" ".join(["{topic}", *words[2:]])], known)
    assert not leaked([f"{some} zygomatique"], known)
    assert not leaked(["{n}"], known)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_act_can_be_said_in_several_ways(lang: str) -> None:
    assert min(len(some) for some in phrases(lang).values()) >= 3
    assert phrases(lang).keys() == phrases("fr").keys()


def test_a_slip_changes_one_place_and_never_what_was_filled_in() -> None:
    dice = random.Random(3)
    for _ in range(200):
        slip = slipped("je voudrais réserver cette formation", "fr", dice)
        assert abs(len(slip) - len("je voudrais réserver cette formation")) <= 1
        assert "anne.petit@exemple.be" in say("email", "fr", dice, slips=1.0, email="anne.petit@exemple.be")
