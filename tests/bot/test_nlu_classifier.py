"""The intent classifier: what it writes, what it keeps, and what it says of its confidence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.classifier import RANKING, IntentClassifier
from bot.nlu.intent_model import IntentModel, learn, plain

SAID = {
    "book_session": ["réservez une place", "je veux réserver", "inscrivez-moi", "book a seat", "enrol me", "sign up"],
    "cancel_booking": ["annulez ma place", "je veux annuler", "annulation", "cancel my seat", "cancel it", "drop me"],
    "greet": ["bonjour", "bonsoir", "salut à vous", "hello", "good morning", "hi there"],
}
CONTEXT = ExecutionContext(GraphSchema({}), "test")
RESOURCE = Resource("classifier")


def spoken(text: str, **more: Any) -> Message:
    """A message as it leaves the encoder: a vector of its own for each text, the same each time."""
    message = Message({TEXT: text, **more})
    seed = sum(ord(character) * (place + 1) for place, character in enumerate(text))
    vector = np.random.default_rng(seed).normal(size=(1, 16)).astype(np.float32)
    message.add_features(Features(vector, FEATURE_TYPE_SENTENCE, TEXT, "encoder"))
    return message


def examples() -> TrainingData:
    return TrainingData([spoken(text, intent=intent) for intent, texts in SAID.items() for text in texts])


@pytest.fixture
def storage(tmp_path: Path) -> LocalModelStorage:
    return LocalModelStorage.create(tmp_path)


def trained(storage: LocalModelStorage, **config: Any) -> IntentClassifier:
    component = IntentClassifier.create(config, storage, RESOURCE, CONTEXT)
    component.train(examples())
    return component


def ranking(component: IntentClassifier, text: str) -> list[dict[str, Any]]:
    return list(component.process([spoken(text)])[0].get(RANKING))


def test_the_taught_is_recognised(storage: LocalModelStorage) -> None:
    message = trained(storage).process([spoken("je veux annuler")])[0]
    assert message.get(INTENT)["name"] == "cancel_booking"
    assert message.get(INTENT) == message.get(RANKING)[0]


def test_the_ranking_falls_and_adds_up_to_one(storage: LocalModelStorage) -> None:
    confidences = [one["confidence"] for one in ranking(trained(storage), "je voudrais annuler, bonjour")]
    assert len(confidences) == len(SAID)
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) == pytest.approx(1)


def test_the_ranking_is_as_long_as_configured(storage: LocalModelStorage) -> None:
    assert len(ranking(trained(storage, ranking_length=2), "bonjour")) == 2


def test_what_is_loaded_says_the_same(storage: LocalModelStorage) -> None:
    before = trained(storage)
    after = IntentClassifier.load({}, storage, RESOURCE, CONTEXT)
    for text in ("bonjour", "cancel my seat please", "réservez-moi ça"):
        once, again = ranking(before, text), ranking(after, text)
        assert [one["name"] for one in once] == [one["name"] for one in again]
        assert [one["confidence"] for one in once] == pytest.approx([one["confidence"] for one in again], abs=0.01)


def test_a_missing_model_is_an_error(storage: LocalModelStorage) -> None:
    with pytest.raises(ValueError, match="classifier"):
        IntentClassifier.load({}, storage, RESOURCE, CONTEXT)


def test_a_missing_file_is_an_error(storage: LocalModelStorage) -> None:
    with storage.write_to(RESOURCE) as directory:
        (directory / "something_else").touch()
    with pytest.raises(FileNotFoundError):
        IntentClassifier.load({}, storage, RESOURCE, CONTEXT)


def test_asking_an_untrained_one_is_an_error(storage: LocalModelStorage) -> None:
    with pytest.raises(RuntimeError):
        IntentClassifier.create({}, storage, RESOURCE, CONTEXT).process([spoken("bonjour")])


def test_it_needs_two_intents_and_an_encoder(storage: LocalModelStorage) -> None:
    component = IntentClassifier.create({}, storage, RESOURCE, CONTEXT)
    with pytest.raises(InvalidConfigException):
        component.train(TrainingData([spoken("bonjour", intent="greet"), spoken("salut", intent="greet")]))
    with pytest.raises(InvalidConfigException):
        component.train(TrainingData([Message({TEXT: "bonjour", INTENT: "greet"})]))


def test_a_message_without_text_is_left_alone(storage: LocalModelStorage) -> None:
    assert trained(storage).process([Message({})])[0].get(INTENT) is None


def test_the_model_holds_nothing_that_runs(storage: LocalModelStorage) -> None:
    trained(storage)
    with storage.read_from(RESOURCE) as directory, np.load(directory / "intents.npz", allow_pickle=False) as stored:
        assert all(stored[name].dtype != object for name in stored.files)


@pytest.mark.parametrize("intents", [["greet", "book_session"], ["greet", "book_session", "alone"]])
def test_few_intents_and_lone_examples_will_do(intents: list[str]) -> None:
    said = {**SAID, "alone": ["une phrase sans pareille"]}
    texts = [text for intent in intents for text in said[intent]]
    labels = [intent for intent in intents for _ in said[intent]]
    vectors = np.eye(len(texts), 24, dtype=np.float32)
    lesson = learn(vectors, texts, labels)
    sure = lesson.model.probabilities(vectors, texts)
    assert [lesson.model.labels[best] for best in sure.argmax(axis=1)] == labels
    assert (lesson.fold_of == -1).sum() == labels.count("alone")


def test_a_lesson_is_learnt_once() -> None:
    texts = [text for said in SAID.values() for text in said]
    labels = [intent for intent, said in SAID.items() for _ in said]
    vectors = np.eye(len(texts), dtype=np.float32)
    assert learn(vectors, texts, labels) is learn(vectors.copy(), list(texts), list(labels))
    assert learn(vectors, texts, labels) is not learn(vectors * -1, texts, labels)


def test_a_file_of_something_else_is_an_error() -> None:
    with pytest.raises(KeyError):
        IntentModel.from_arrays({"weights": np.zeros(3)})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Statut de EBC-5H2K8M", "statut de  _booking_ "),
        ("EBQ-3F7H2K d’accord", " _quote_  d'accord"),
        ("ann@biolys.example", " _address_ "),
        ("0475 12 34 56", " _phone_ "),
        ("BE 0876.543.270", " _enterprise_ "),
        ("12 places", "00 places"),
    ],
)
def test_data_are_one_word(text: str, said: str) -> None:
    assert plain(text) == said
