"""Sentences of the quality set as people write them: with slips, without accents, in capitals, with polite words."""

from __future__ import annotations

import random
from functools import cache

import pytest
from robustness import CHANGES, LANGUAGES, Fall, falls, sentences, table, together

from tests.nlu.conftest import Model, letters, trained_on

#: Sentences changed in each way and language, and how many fewer may be understood: in all ways together, and in one.
MOST = 120
FALL, FALL_OF_A_KIND = 0.04, 0.08


@cache
def measured(model: Model, language: str) -> list[Fall]:
    """What each kind of change costs; each text is read once."""
    asked = [one for one in sentences(language) if letters(one[1]) not in trained_on()]
    return falls(cache(model.intent), language, asked, MOST)


@pytest.mark.parametrize("language", LANGUAGES)
def test_little_is_lost_when_sentences_are_written_as_people_write(model: Model, language: str) -> None:
    found = measured(model, language)
    clean, changed = together(found)
    assert clean - changed <= FALL, table(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_way_to_write_is_hardly_understood(model: Model, language: str) -> None:
    found = measured(model, language)
    assert {one.kind for one in found} >= set(CHANGES) - {"tu and vous"}
    told = [one.clean - one.changed for one in found if one.sentences >= MOST // 2]
    assert max(told) <= FALL_OF_A_KIND, table(found)


@pytest.mark.parametrize(
    ("kind", "language", "text", "expected"),
    [
        ("no accents", "fr", "où êtes-vous situés ?", {"ou etes-vous situes ?"}),
        ("no apostrophes", "fr", "c'est où", {"cest où", "c est où"}),
        ("capitals", "en", "where are you?", {"WHERE ARE YOU?"}),
        ("tu and vous", "fr", "Pouvez-vous me donner votre adresse svp", {"peux-tu me donner ton adresse stp"}),
        ("tu and vous", "fr", "peux-tu m'aider", {"pouvez-vous m'aider"}),
        ("tu and vous", "en", "can you help", {"can you help"}),
    ],
)
def test_what_a_change_does(kind: str, language: str, text: str, expected: set[str]) -> None:
    assert CHANGES[kind](text, language, random.Random(1)) in expected


@pytest.mark.parametrize("kind", ["typos", "slips of the keyboard"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_slip_changes_a_letter_or_two_and_the_seed_decides_which(kind: str, language: str) -> None:
    text = "when does the next course start"
    changed = CHANGES[kind](text, language, random.Random(3))
    assert changed != text
    assert abs(len(changed) - len(text)) <= 2
    assert CHANGES[kind](text, language, random.Random(3)) == changed


def test_polite_words_stand_around_the_sentence() -> None:
    said = {CHANGES["polite words around"]("Où êtes-vous ?", "fr", random.Random(seed)) for seed in range(9)}
    assert all("êtes-vous ?" in one and len(one) > 20 for one in said)
    assert len(said) > 3
