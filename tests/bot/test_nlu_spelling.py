"""Messages written as the training data would, from the training data's own words."""

from __future__ import annotations

import json

import pytest

from bot.nlu.spelling import Spelling

EXAMPLES = {
    "fr": [
        "je voudrais réserver une place pour la formation",
        "je voudrais annuler ma réservation",
        "c'est où l'attestation de présence ?",
        "où est-ce que c'est, et à quelle heure",
        "j'aimerais déplacer ma réservation",
        "je ne peux pas",
    ]
    * 2,
    "en": [
        "I would like to cancel my booking",
        "where is the place of the course",
        "please move my booking to March",
    ]
    * 2,
}


@pytest.fixture(scope="module")
def spelling() -> Spelling:
    """As it comes back from a model's file."""
    return Spelling(json.loads(json.dumps(Spelling.learn(EXAMPLES).as_dict())))


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("JE VOUDRAIS ANNULER", "je voudrais annuler"),
        ("je voudrais reserver une place", "je voudrais réserver une place"),
        ("je voidrais annuker ma reservztion", "je voudrais annuler ma réservation"),
        ("cest ou lattestation", "c'est où l'attestation"),
        ("jaimerais deplacer", "j'aimerais déplacer"),
        ("I woudl like to cancle my bokking", "I would like to cancel my booking"),
        ("je voudrais annuler ma réservation", "je voudrais annuler ma réservation"),
        ("un prélèvement xylophone", "un prélèvement xylophone"),
        ("EBC-7K2M9Q", "EBC-7K2M9Q"),
        ("12/03", "12/03"),
        ("", ""),
    ],
)
def test_mended(spelling: Spelling, text: str, mended: str) -> None:
    assert spelling.mended(text) == mended


def test_the_words_of_the_message_s_language_come_first(spelling: Spelling) -> None:
    assert spelling.mended("where is the plade") == "where is the place"
    assert spelling.mended("je voudrais une plade") == "je voudrais une place"


def test_short_and_rare_words_are_left_alone(spelling: Spelling) -> None:
    assert spelling.mended("je ne pex") == "je ne pex"
    assert Spelling.learn({"fr": ["formation"]}).mended("formatoin") == "formatoin"


def test_nothing_learned_mends_nothing_but_capitals() -> None:
    assert Spelling({}).mended("OÙ ÊTES-VOUS") == "où êtes-vous"
