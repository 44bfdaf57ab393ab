"""Entities, stretches of time and the language of messages that were never trained on, value by value."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.nlu.conftest import Model

FOLDER = Path(__file__).parent
#: Written as the person wrote them: case does not matter.
AS_WRITTEN = frozenset({"person", "company", "profile", "topic"})
#: Floors, two points under what is reached.
F1 = {"fr": 0.96, "en": 0.97}
PERIODS = {"fr": 0.98, "en": 0.98}
LANGUAGES = 0.97


def cases(name: str) -> list[dict[str, Any]]:
    """A quality set."""
    found: list[dict[str, Any]] = yaml.safe_load((FOLDER / f"quality_{name}.yml").read_text("utf-8"))
    return found


def told(entity: dict[str, Any]) -> tuple[str, str, str]:
    """What counts of an entity: name, role and value."""
    value = str(entity["value"])
    return entity["entity"], entity.get("role") or "", value.casefold() if entity["entity"] in AS_WRITTEN else value


@dataclass
class Score:
    """Hits, misses and inventions, by entity."""

    right: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    invented: Counter[str] = field(default_factory=Counter)
    mistakes: list[str] = field(default_factory=list)

    def f1(self, name: str | None = None) -> float:
        """F1 of one entity, or over all of them together."""
        right, missed, invented = (
            count[name] if name else sum(count.values()) for count in (self.right, self.missed, self.invented)
        )
        return 2 * right / max(2 * right + missed + invented, 1)

    def take(self, case: dict[str, Any], found: list[dict[str, Any]]) -> None:
        """Count one message."""
        left = [told(entity) for entity in found if entity["entity"] != "language"]
        missed = []
        for wanted in case["entities"]:
            accepted = [told({**wanted, "value": value}) for value in (wanted["value"], *wanted.get("also", []))]
            hit = next((entity for entity in left if entity in accepted), None)
            if hit is None:
                self.missed[wanted["entity"]] += 1
                missed.append(accepted[0])
            else:
                left.remove(hit)
                self.right[wanted["entity"]] += 1
        self.invented.update(entity[0] for entity in left)
        if missed or left:
            self.mistakes.append(f"{case['text']!r}: missed {missed}, invented {left}")


@cache
def score(model: Model, language: str) -> Score:
    """All messages of a language, read once for all tests."""
    seen = Score()
    for case in cases("entities"):
        if case["lang"] == language:
            seen.take(case, model.parse(case["text"])["entities"])
    return seen


@pytest.mark.parametrize("language", ["fr", "en"])
def test_entities_have_the_right_values(model: Model, language: str) -> None:
    seen = score(model, language)
    assert seen.f1() >= F1[language], f"{seen.f1():.3f} in {language}:\n" + "\n".join(seen.mistakes)


def test_no_entity_is_lost(model: Model) -> None:
    french, english = score(model, "fr"), score(model, "en")
    shares = {}
    for name in french.right | french.missed | english.right | english.missed:
        right = french.right[name] + english.right[name]
        shares[name] = right / (right + french.missed[name] + english.missed[name])
    assert {name: round(share, 2) for name, share in shares.items() if share < 0.9} == {}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_stretches_of_time_are_exact(model: Model, language: str) -> None:
    here = [case for case in cases("periods") if case["lang"] == language]
    wrong = []
    for case in here:
        found = model.entities(case["text"], "period")
        if len(found) != 1 or found[0] not in (case["period"], *case.get("also", [])):
            wrong.append(f"{case['text']!r}: {found}, not {case['period']}")
    right = 1 - len(wrong) / len(here)
    assert right >= PERIODS[language], f"{right:.3f} in {language}:\n" + "\n".join(wrong)


def test_the_language_of_short_messages(model: Model) -> None:
    said = [(case["text"], case["lang"], model.entities(case["text"], "language")) for case in cases("language")]
    other = [case for case in said if case[2] and case[2] != [case[1]]]
    assert len(other) / len(said) <= 1 - LANGUAGES, other
    assert sum(bool(found) for _, _, found in said) / len(said) >= 0.6, [case for case in said if not case[2]]
