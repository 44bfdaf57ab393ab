"""The right answer of the knowledge base for held-out questions, and doubt where there is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.nlu.conftest import Model

FOLDER = Path(__file__).parent
QUESTIONS: list[dict[str, str]] = yaml.safe_load((FOLDER / "quality_answers.yml").read_text("utf-8"))
SURE = 0.5


@pytest.fixture(scope="module")
def found(model: Model) -> list[tuple[dict[str, str], dict[str, Any]]]:
    """Each held-out question with what is found for it."""
    return [(question, model.parse(question["text"])["answer_key"]) for question in QUESTIONS]


@pytest.mark.parametrize(("language", "least"), [("fr", 0.90), ("en", 0.92)])
def test_held_out_questions_find_their_key(
    found: list[tuple[dict[str, str], dict[str, Any]]], language: str, least: float
) -> None:
    here = [(question, answer) for question, answer in found if question["lang"] == language]
    wrong = [
        (question["text"], question["key"], answer["key"])
        for question, answer in here
        if answer["key"] != question["key"]
    ]
    assert 1 - len(wrong) / len(here) >= least, wrong


def test_confidence_says_how_likely_an_answer_is_right(
    model: Model, found: list[tuple[dict[str, str], dict[str, Any]]]
) -> None:
    sure = [answer["key"] == question["key"] for question, answer in found if answer["confidence"] >= SURE]
    assert len(sure) / len(found) >= 0.7, "too seldom sure"
    outside = [
        sentence
        for language in ("fr", "en")
        for sentence in yaml.safe_load((FOLDER / f"quality_intents_{language}.yml").read_text("utf-8"))["out_of_scope"]
    ]
    believed = [text for text in outside if model.parse(text)["answer_key"]["confidence"] >= SURE]
    assert len(believed) / len(outside) <= 0.1, believed
    assert sum(sure) / (len(sure) + len(believed)) >= 0.93
