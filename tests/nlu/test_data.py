"""The training data have no gap, lean to neither language, and hold nothing that they are measured by."""

from __future__ import annotations

from collections import Counter

import yaml
from data_report import (
    LEAST,
    LEAST_OF_MANY,
    Example,
    coinciding,
    counts,
    examples,
    gaps,
    leaked,
    letters,
    quality,
    questions,
    uneven,
)

from tests.nlu.conftest import ROOT

TAUGHT = examples()
DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
INTENTS = [name for entry in DOMAIN["intents"] for name in entry]


def test_every_intent_has_enough_examples_in_both_languages() -> None:
    assert gaps(TAUGHT, INTENTS) == []


def test_no_intent_leans_to_one_language() -> None:
    assert uneven(TAUGHT) == []


def test_no_language_has_a_quarter_more_than_the_other() -> None:
    french, english = (sum(one.language == language for one in TAUGHT) for language in ("fr", "en"))
    assert abs(french - english) <= 0.25 * max(french, english)


def test_no_held_out_sentence_is_trained_on() -> None:
    held_out = quality()
    assert len(held_out) > 1000
    assert leaked([*TAUGHT, *questions()], held_out) == []


def test_what_both_say_by_chance_is_little_of_any_set() -> None:
    sets = Counter(name for name, _ in quality())
    both = Counter(name for name, _ in coinciding([*TAUGHT, *questions()], quality()))
    shares = {name: both[name] / count for name, count in sets.items() if name != "quality_language.yml"}
    assert max(shares.values()) <= 0.12, shares  # the language set is of a few words each


def test_gaps_and_leanings_are_seen() -> None:
    few = [Example(f"salut {i}", "greet", "fr") for i in range(LEAST)]
    assert gaps(few, ["greet"]) == [f"greet has 0 examples in en, {LEAST} are the least"]
    assert uneven(few) == [f"greet: {LEAST} in fr, 0 in en"]
    some = [Example(f"reserve {i}", "book_session", language) for i in range(LEAST) for language in ("fr", "en")]
    assert len(gaps(some, ["book_session"])) == 2
    assert uneven(some) == []
    assert counts(some) == {"book_session": Counter(fr=LEAST, en=LEAST)}
    assert LEAST < LEAST_OF_MANY


def test_leaks_are_seen_through_capitals_accents_signs_and_a_letter() -> None:
    text = "où est-ce que je peux garer ma voiture le soir"
    taught = [Example(text, "ask_campus", "fr")]
    assert letters("Bonjour, où puis-je … garer ?") == "ou puis je garer"
    assert len(leaked(taught, [("q", f"Bonjour ! {text.upper()} !")])) == 1
    assert len(leaked(taught, [("q", f"{text}s")])) == 1
    assert leaked(taught, [("q", "où est la voiture que je gare le soir ?")]) == []
    assert coinciding(taught, [("q", f"{text} ?"), ("q", f"{text}s")]) == [("q", f"{text} ?")]
