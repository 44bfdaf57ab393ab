"""The intents of sentences that were never trained on, through the whole pipeline."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import yaml
from sklearn.metrics import roc_auc_score

from tests.nlu.conftest import Model, letters, trained_on

FOLDER = Path(__file__).parent
OUT_OF_SCOPE = "out_of_scope"

#: Two points under what is reached (fr .958, en .967); one intent has some twenty-five sentences a language.
RIGHT = {"fr": 0.935, "en": 0.945}
RIGHT_OF_EACH = 0.5
FOREIGN_REFUSED = 0.9
OURS_REFUSED = 0.04
#: How likely a foreign message looks more foreign than one of ours.
TOLD_APART = 0.98
#: Of the messages with a confidence of at least .8 so many are right: the dialogue asks back below that.
SURE, RIGHT_WHERE_SURE = 0.8, 0.95


class Outcome:
    """What the sentences of a language were taken for."""

    def __init__(self, model: Model, language: str) -> None:
        sentences = yaml.safe_load((FOLDER / f"quality_intents_{language}.yml").read_text("utf-8"))
        self.asked: list[tuple[str, str]] = [
            (intent, str(text))
            for intent in sentences
            for text in sentences[intent]
            if letters(str(text)) not in trained_on()
        ]
        read = [model.parse(text) for _, text in self.asked]
        said = [one["intent"] for one in read]
        self.foreign = [float(one["out_of_scope"]["score"]) for one in read]
        self.second = [one.get("second") for one in read]
        self.taken_for = [str(intent["name"]) for intent in said]
        self.confidence = [float(intent["confidence"]) for intent in said]

    @property
    def right(self) -> list[bool]:
        """Whether each is right."""
        return [intent == taken for (intent, _), taken in zip(self.asked, self.taken_for, strict=True)]

    def confusions(self) -> str:
        """Every mistake on a line, for whoever has to mend it."""
        return "\n".join(
            f"{intent} taken for {taken} ({confidence:.2f}): {text}"
            for (intent, text), taken, confidence in zip(self.asked, self.taken_for, self.confidence, strict=True)
            if intent != taken
        )


@cache
def outcome(model: Model, language: str) -> Outcome:
    """Read once for all tests."""
    return Outcome(model, language)


@pytest.fixture(params=["fr", "en"])
def language(request: pytest.FixtureRequest) -> str:
    """Each language in turn."""
    return str(request.param)


def test_most_sentences_are_understood(model: Model, language: str) -> None:
    seen = outcome(model, language)
    share = sum(seen.right) / len(seen.right)
    assert share >= RIGHT[language], f"{share:.3f} right in {language}:\n{seen.confusions()}"


def test_no_intent_is_lost(model: Model, language: str) -> None:
    seen = outcome(model, language)
    right = Counter(intent for (intent, _), good in zip(seen.asked, seen.right, strict=True) if good)
    shares = {intent: right[intent] / count for intent, count in Counter(intent for intent, _ in seen.asked).items()}
    lost = {intent: round(share, 2) for intent, share in shares.items() if share < RIGHT_OF_EACH}
    assert not lost, f"{lost} in {language}:\n{seen.confusions()}"


def test_what_is_foreign_is_refused_and_little_else(model: Model, language: str) -> None:
    seen = outcome(model, language)
    refused = Counter(
        intent == OUT_OF_SCOPE
        for (intent, _), taken in zip(seen.asked, seen.taken_for, strict=True)
        if taken == OUT_OF_SCOPE
    )
    foreign = sum(intent == OUT_OF_SCOPE for intent, _ in seen.asked)
    assert refused[True] / foreign >= FOREIGN_REFUSED, seen.confusions()
    assert refused[False] / (len(seen.asked) - foreign) <= OURS_REFUSED, seen.confusions()


def test_what_is_foreign_looks_more_foreign(model: Model, language: str) -> None:
    seen = outcome(model, language)
    auroc = roc_auc_score([intent == OUT_OF_SCOPE for intent, _ in seen.asked], seen.foreign)
    assert auroc >= TOLD_APART, f"{auroc:.3f}"


def test_confidence_means_something(model: Model, language: str) -> None:
    seen = outcome(model, language)
    sure = [good for good, confidence in zip(seen.right, seen.confidence, strict=True) if confidence >= SURE]
    assert len(sure) >= 0.6 * len(seen.asked), "it is hardly ever sure"
    assert sum(sure) / len(sure) >= RIGHT_WHERE_SURE, seen.confusions()


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("cours de boulangerie", "search_courses"),
        ("do you have a training in welding", "search_courses"),
        ("I am looking for a course on data integrity", "search_courses"),
        ("Élodie Marchal", "inform"),
        ("EBC-5H2K8M", "inform"),
        ("la météo de demain à Namur ?", OUT_OF_SCOPE),
    ],
)
def test_what_is_ours_is_told_from_what_is_not(model: Model, text: str, intent: str) -> None:
    assert model.intent(text) == intent
