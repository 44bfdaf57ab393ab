"""Seats, budgets and lengths, in digits and in words."""

from __future__ import annotations

from typing import Any

import pytest

from bot.nlu.component import Before
from bot.nlu.number_words import numbers
from bot.nlu.numbers import NumberExtractor

WORDS = [
    ("quatre-vingt-douze", 92),
    ("nonante-deux", 92),
    ("septante et un", 71),
    ("soixante-quinze", 75),
    ("dix-sept", 17),
    ("quatre-vingts", 80),
    ("mille deux cents", 1200),
    ("deux cent cinquante", 250),
    ("two hundred and fifty", 250),
    ("twenty-one", 21),
    ("a dozen", 12),
    ("une demi-douzaine", 6),
    ("une vingtaine", 20),
    ("1.200,50", 1200.5),
    ("1 200", 1200),
    ("1,200", 1200),
    ("1,5k", 1500),
    ("2k", 2000),
]
FOUND: list[tuple[str, dict[str, Any]]] = [
    ("on sera quatre", {"seats": 4}),
    ("pour moi et deux collègues", {"seats": 3}),
    ("une place", {"seats": 1}),
    ("me and my boss", {"seats": 2}),
    ("my colleague and I", {"seats": 2}),
    ("mes trois collègues et moi", {"seats": 4}),
    ("12 personnes", {"seats": 12}),
    ("nonante personnes", {"seats": 90}),
    ("une dizaine de personnes", {"seats": 10}),
    ("a team of 8 operators", {"seats": 8}),
    ("nous serons 8 en tout", {"seats": 8}),
    ("non, plutôt 3 places", {"seats": 3}),
    ("make it 6", {"seats": 6}),
    ("just me", {"seats": 1}),
    ("three of us", {"seats": 3}),
    ("une vingtaine d'opérateurs", {"seats": 20}),
    ("for 12 technicians", {"seats": 12}),
    ("8 operators and 4 technicians", {"seats": 12}),
    ("10 francophones et 2 anglophones", {"seats": 12}),
    ("5 opérateurs, 3 techniciens et 2 laborantins", {"seats": 10}),
    ("book it for four ppl", {"seats": 4}),
    ("quinze intérimaires", {"seats": 15}),
    ("nous serons une quinzène", {"seats": 15}),
    ("on ne sera plus que deux", {"seats": 2}),
    ("my colleagues and me, 3 altogether", {"seats": 3}),
    ("deux en tout et pour tout", {"seats": 2}),
    ("make it 10, no wait, 12", {"seats": 12}),
    ("10, no 12", {"seats": 12}),
    ("pour dix personnes, pardon, douze", {"seats": 12}),
    ("quatre euh non cinq places", {"seats": 5}),
    ("for 8 people, or rather 9", {"seats": 9}),
    ("3 places, non merci", {"seats": 3}),
    ("un devis : 2 x salle blanche", {"seats": 2}),
    ("tout compte fait on va être trois", {"seats": 3}),
    ("2 pls", {"seats": 2}),
    ("wait, 1 actually", {"seats": 1}),
    ("non attendez, deux plutôt", {"seats": 2}),
    ("it'll be 2 after all", {"seats": 2}),
    ("ce sera trois en fait", {"seats": 3}),
    ("ce sera 15 h", {}),
    ("c'est pour moi uniquement", {"seats": 1}),
    ("il n'y a que moi", {"seats": 1}),
    ("are you a person or a program", {}),
    ("je préfère parler à une personne", {}),
    ("je veux attendre qu'une place se libère", {}),
    ("if a seat opens up", {}),
    ("pour moi", {"seats": 1}),
    ("réservez pour moi", {"seats": 1}),
    ("c'est parfait pour moi", {}),
    ("that works for me", {}),
    ("trop loin pour moi", {}),
    ("moins cher que 400 €", {"max_price": 400}),
    ("it must not last longer than 3 days", {"max_days": 3}),
    ("ça ne peut pas durer plus de 2 jours", {"max_days": 2}),
    ("4", {"seats": 4}),
    ("quatre", {"seats": 4}),
    ("0 places", {"seats": 0}),
    ("9999 seats", {"seats": 9999}),
    ("moins de 500 euros", {"max_price": 500}),
    ("€1,200 max", {"max_price": 1200}),
    ("budget de mille", {"max_price": 1000}),
    ("gratuit", {"max_price": 0}),
    ("une formation gratuite", {"max_price": 0}),
    ("free courses", {"max_price": 0}),
    ("under 1k", {"max_price": 1000}),
    ("mon budget est de 450€", {"max_price": 450}),
    ("septante euros maximum", {"max_price": 70}),
    ("no more than three hundred", {"max_price": 300}),
    ("1 200 € par personne", {"max_price": 1200}),
    ("maximum 2 jours", {"max_days": 2}),
    ("one day only", {"max_days": 1}),
    ("une demi-journée", {"max_days": 0.5}),
    ("a half-day", {"max_days": 0.5}),
    ("un jour et demi", {"max_days": 1.5}),
    ("a week", {"max_days": 5}),
    ("two weeks", {"max_days": 10}),
    ("a two-day course", {"max_days": 2}),
    ("3 places, maximum 800 euros, 2 jours", {"seats": 3, "max_price": 800, "max_days": 2}),
    ("c'est gratuit ?", {}),
    ("is the parking free?", {}),
    ("i'm free on Monday", {}),
    ("is there a free seat?", {}),
    ("dans 2 jours", {}),
    ("2 jours avant", {}),
    ("annexe 1", {}),
    ("ISO 9001", {}),
    ("21 CFR 11", {}),
    ("le numéro 3", {}),
    ("GAMP 5", {}),
]


@pytest.mark.parametrize(("text", "value"), WORDS)
def test_number(text: str, value: float) -> None:
    assert [number.value for number in numbers(text)] == [value]


def test_a_trade_is_counted_and_left_to_be_read_as_what_people_do() -> None:
    text = "pour 12 techniciennes"
    (found,) = NumberExtractor({}).extract(text, Before())
    assert (found.value, text[found.start : found.end]) == (12, "12")


def test_a_price_takes_the_comparison_with_it() -> None:
    text = "cheaper than 300 euros"
    (found,) = NumberExtractor({}).extract(text, Before())
    assert text[found.start : found.end] == text


def test_numbers_that_do_not_add_up_are_two() -> None:
    assert [number.value for number in numbers("deux trois places")] == [2, 3]


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_amounts(text: str, expected: dict[str, Any]) -> None:
    found = NumberExtractor({}).extract(text, Before())
    assert {one.entity: one.value for one in found} == expected


def test_a_bare_number_is_said_with_little_confidence() -> None:
    (bare,) = NumberExtractor({}).extract("4", Before())
    (said,) = NumberExtractor({}).extract("4 places", Before())
    assert bare.confidence < said.confidence


def test_a_number_that_is_read_already_counts_nobody() -> None:
    code = {"entity": "code", "value": "483920", "start": 0, "end": 6}
    assert NumberExtractor({}).extract("483920", Before([code])) == []


@pytest.mark.parametrize("text", ["plus de 2 jours", "longer than 2 days", "au moins 3 jours", "2 days or more"])
def test_what_it_has_to_last_at_least_is_no_limit(text: str) -> None:
    assert NumberExtractor({}).extract(text, Before()) == []


@pytest.mark.parametrize("text", ["pas plus de 2 jours", "not longer than 2 days", "no more than 2 days"])
def test_what_it_may_last_at_most_is_one(text: str) -> None:
    assert [(one.entity, one.value) for one in NumberExtractor({}).extract(text, Before())] == [("max_days", 2)]
