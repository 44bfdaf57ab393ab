"""The language of a message: sure or silent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.component import LANGUAGE, LIKELIER, Before
from bot.nlu.language import LanguageIdentifier, _own_words, examples_of, without_names
from bot.nlu.language_model import NgramModel
from bot.nlu.masking import mask
from bot.settings import ROOT

SURE = [
    ("bonjour", "fr"),
    ("hello there", "en"),
    ("merci beaucoup", "fr"),
    ("thanks a lot", "en"),
    ("c'est quand ?", "fr"),
    ("when is it?", "en"),
    ("combien ca coute", "fr"),
    ("how much is it", "en"),
    ("je voudrais une formation GMP en mars", "fr"),
    ("I'd like a GMP course in March", "en"),
    ("où se garer ?", "fr"),
    ("where can I park", "en"),
    ("BONJOUR JE VOUDRAIS RESERVER", "fr"),
    ("jvoudrai anuler ma resa", "fr"),
    ("i wanna cancle my booking", "en"),
]
SILENT = [
    "ok",
    "OK !",
    "GMP",
    "Siemens",
    "4",
    "0470 12 34 56",
    "sophie@example.be",
    "EBC-7K2M9P",
    "12/01/2027",
    "👍",
    "",
    "   ",
    "?!",
    "Sophie Dubois",
    "Kowalski",
]


@pytest.fixture(scope="module")
def identifier() -> LanguageIdentifier:
    """Trained on all examples."""
    texts: list[str] = []
    languages: list[str] = []
    for language in ("fr", "en"):
        examples = [mask(text) for text in examples_of(ROOT / "data" / "nlu" / language)]
        texts += examples
        languages += [language] * len(examples)
    texts = without_names(texts)
    model = NgramModel.fit(texts, languages, precision=0.995)
    stored = NgramModel.from_dict(json.loads(json.dumps(model.as_dict())))
    own = _own_words(texts, languages)
    return LanguageIdentifier({}, None, None, stored, own_words=own)  # type: ignore[arg-type]


def test_a_word_that_only_english_has_is_enough_beside_a_subject(identifier: LanguageIdentifier) -> None:
    topic: dict[str, Any] = {"entity": "topic", "value": "x", "start": 0, "end": 8}
    (found,) = identifier.extract("robotics course", Before([topic]))
    assert found.value == "en"


@pytest.mark.parametrize(("text", "language"), SURE)
def test_is_sure(identifier: LanguageIdentifier, text: str, language: str) -> None:
    (found,) = identifier.extract(text, Before())
    assert (found.entity, found.value, found.start, found.end) == ("language", language, 0, len(text))
    assert found.confidence > 0.9


@pytest.mark.parametrize("text", SILENT)
def test_is_silent(identifier: LanguageIdentifier, text: str) -> None:
    assert identifier.extract(text, Before()) == []


@pytest.mark.parametrize("text", ["Introduction aux bonnes pratiques", "Designing and interpreting a media fill"])
def test_the_bare_title_of_a_course_says_nothing(identifier: LanguageIdentifier, text: str) -> None:
    course: dict[str, Any] = {"entity": "course", "value": "x", "start": 0, "end": len(text)}
    assert identifier.extract(text, Before([course])) == []


def test_the_words_around_a_title_do(identifier: LanguageIdentifier) -> None:
    text = "quand a lieu Designing and interpreting a media fill ?"
    course: dict[str, Any] = {"entity": "course", "value": "x", "start": 13, "end": 52}
    (found,) = identifier.extract(text, Before([course]))
    assert found.value == "fr"


def test_an_untrained_component_refuses() -> None:
    with pytest.raises(RuntimeError):
        LanguageIdentifier({}, None, None).extract("bonjour", Before())  # type: ignore[arg-type]


def test_annotations_are_no_words(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text(
        'version: "3.1"\nnlu:\n- intent: a\n  examples: |\n    - formation [GMP]{"entity": "topic"}\n', encoding="utf-8"
    )
    assert examples_of(tmp_path) == ["formation GMP"]
    assert examples_of(tmp_path / "nothing") == []


@pytest.mark.parametrize(("text", "language"), [("GMP in March", "en"), ("BPF en mars", "fr")])
def test_of_a_few_words_the_likelier_language_is_told_beside_the_entities(
    identifier: LanguageIdentifier, text: str, language: str
) -> None:
    message = Message({"text": text, "entities": [{"entity": "topic", "value": "gmp", "start": 0, "end": 3}]})
    identifier.process([message])
    sure = [one["value"] for one in message.get("entities") if one["entity"] == LANGUAGE]
    assert sure == [language] or message.get(LIKELIER)["value"] == language


def test_where_no_letter_tells_nothing_is_guessed(identifier: LanguageIdentifier) -> None:
    message = Message({"text": "0470 12 34 56"})
    identifier.process([message])
    assert message.get(LIKELIER) is None
