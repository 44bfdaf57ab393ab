"""How words sound that are written by ear."""

from __future__ import annotations

import pytest

from bot.nlu.sounds import sound


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("koi", "quoi"),
        ("jumo", "jumeaux"),
        ("phormassion", "formation"),
        ("kalité", "qualité"),
        ("kombien", "combien"),
        ("asseptik", "aseptique"),
        ("robau", "robots"),
    ],
)
def test_words_written_by_ear_sound_like_what_is_meant(written: str, meant: str) -> None:
    assert sound(written) == sound(meant)


@pytest.mark.parametrize(("one", "other"), [("vaccin", "bassin"), ("culture", "couture"), ("python", "piston")])
def test_other_words_sound_otherwise(one: str, other: str) -> None:
    assert sound(one) != sound(other)
