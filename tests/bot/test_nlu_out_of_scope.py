"""What is refused as nothing of ours, and what is never refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import ENTITIES, FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.answers import ANSWER_KEY
from bot.nlu.classifier import RANKING, IntentClassifier
from bot.nlu.foreignness import OUT_OF_SCOPE, Foreignness
from bot.nlu.out_of_scope import SCORE, OutOfScopeDetector
from bot.nlu.spans import in_another_script

CONTEXT = ExecutionContext(GraphSchema({}), "test")
RESOURCE = Resource("out_of_scope")
AXES = {"book_session": 0, "greet": 1, OUT_OF_SCOPE: 2}
WORDS = {"book_session": "réserver une place", "greet": "bonjour à vous", OUT_OF_SCOPE: "une pizza quatre fromages"}


def vector(intent: str | None, seed: int) -> np.ndarray:
    """Near the others of its intent; without an intent, far from all."""
    noise = np.random.default_rng(seed).normal(size=16) * 0.15
    noise[AXES[intent] if intent else 7] += 1
    return np.asarray(noise / np.linalg.norm(noise), dtype=np.float32)


def message(text: str, at: np.ndarray, entities: list[dict[str, Any]] | None = None, **more: Any) -> Message:
    made = Message({TEXT: text, ENTITIES: entities or [], **more})
    made.add_features(Features(at[np.newaxis, :], FEATURE_TYPE_SENTENCE, TEXT, "encoder"))
    return made


def examples(*intents: str) -> TrainingData:
    taught = [(intent, seed) for intent in intents for seed in range(20)]
    return TrainingData(
        [message(f"{WORDS[intent]} {seed}", vector(intent, seed), intent=intent) for intent, seed in taught]
    )


def entity(name: str, text: str, said: str) -> dict[str, Any]:
    start = text.index(said)
    return {"entity": name, "value": said, "start": start, "end": start + len(said)}


@pytest.fixture
def storage(tmp_path: Path) -> LocalModelStorage:
    return LocalModelStorage.create(tmp_path)


class Pipeline:
    """The classifier and the detector after it."""

    def __init__(self, storage: LocalModelStorage) -> None:
        self.classifier = IntentClassifier.create({}, storage, Resource("classifier"), CONTEXT)
        self.detector = OutOfScopeDetector.create({}, storage, RESOURCE, CONTEXT)
        self.classifier.train(examples(*AXES))
        self.detector.train(examples(*AXES))

    def read(self, text: str, at: np.ndarray, *entities: dict[str, Any], **more: Any) -> Message:
        return self.detector.process(self.classifier.process([message(text, at, list(entities), **more)]))[0]


@pytest.fixture
def pipeline(storage: LocalModelStorage) -> Pipeline:
    return Pipeline(storage)


def test_what_was_taught_as_ours_stays(pipeline: Pipeline) -> None:
    read = pipeline.read("je veux réserver une place", vector("book_session", 99))
    assert read.get(INTENT)["name"] == "book_session"
    assert OUT_OF_SCOPE in [one["name"] for one in read.get(RANKING)[1:]]


def test_what_was_taught_as_foreign_is_refused(pipeline: Pipeline) -> None:
    read = pipeline.read("commander une pizza", vector(OUT_OF_SCOPE, 99))
    assert read.get(INTENT)["name"] == OUT_OF_SCOPE
    assert read.get(RANKING)[0] == read.get(INTENT)
    assert len({one["name"] for one in read.get(RANKING)}) == len(AXES)


def test_how_foreign_a_message_is_stands_on_it_and_in_the_ranking(pipeline: Pipeline) -> None:
    ours = pipeline.read("je veux réserver une place", vector("book_session", 99))
    theirs = pipeline.read("commander une pizza", vector(OUT_OF_SCOPE, 99))
    assert ours.get(SCORE)["score"] < ours.get(SCORE)["threshold"] <= theirs.get(SCORE)["score"]
    for read in (ours, theirs):
        (confidence,) = [one["confidence"] for one in read.get(RANKING) if one["name"] == OUT_OF_SCOPE]
        assert confidence == pytest.approx(read.get(SCORE)["score"])
        confidences = [one["confidence"] for one in read.get(RANKING)]
        assert confidences == sorted(confidences, reverse=True)


def test_what_surely_has_an_answer_is_refused_only_where_it_looks_certainly_foreign(pipeline: Pipeline) -> None:
    foreignness = pipeline.detector._foreignness
    assert foreignness is not None
    answered = {ANSWER_KEY: {"key": "parking", "confidence": 0.97}}
    foreignness.threshold, foreignness.certain = 0.0, 2.0
    assert pipeline.read("la pizza ?", vector("greet", 99)).get(INTENT)["name"] == OUT_OF_SCOPE
    assert pipeline.read("la pizza ?", vector("greet", 99), **answered).get(INTENT)["name"] == "greet"
    ranking = [{"name": "greet", "confidence": 0.5}, {"name": "ask_campus", "confidence": 0.2}]
    asked = message("la pizza ?", vector("greet", 99), **answered, **{RANKING: ranking})
    assert pipeline.detector.process([asked])[0].get(INTENT) == {"name": "ask_campus", "confidence": 0.5}
    foreignness.certain = 0.0
    assert pipeline.read("la pizza ?", vector("greet", 99), **answered).get(INTENT)["name"] == OUT_OF_SCOPE


def taught_noisily() -> tuple[np.ndarray, list[str], np.ndarray]:
    """Examples whose vectors overlap, so that no threshold parts them."""
    labels = np.array([intent for intent in AXES for _ in range(60)])
    noise = np.random.default_rng(7).normal(size=(len(labels), 16)) * 0.6
    noise[np.arange(len(labels)), [AXES[intent] for intent in labels]] += 1
    vectors = (noise / np.linalg.norm(noise, axis=1, keepdims=True)).astype(np.float32)
    return vectors, [f"message {i % 7}" for i in range(len(labels))], labels


@pytest.mark.parametrize("refused", [0.02, 0.1, 0.25])
def test_the_threshold_refuses_the_share_that_it_may(refused: float) -> None:
    foreignness, measured = Foreignness.fit(*taught_noisily(), {"refused": refused, "neighbours": 3})
    assert measured.refused == pytest.approx(refused, abs=0.02)
    assert measured.examples == 180
    assert 0.6 < measured.auroc < 1.0
    assert foreignness.threshold < foreignness.certain


def test_a_larger_share_catches_more() -> None:
    shares = [Foreignness.fit(*taught_noisily(), {"refused": r, "neighbours": 3})[1].caught for r in (0.02, 0.3)]
    assert shares[0] < shares[1]


def test_training_tells_how_well_it_does(storage: LocalModelStorage, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "bot.nlu.out_of_scope"):
        Pipeline(storage)
    assert any("AUROC" in line and "threshold" in line for line in caplog.messages), caplog.messages


def test_data_alone_are_never_refused(pipeline: Pipeline) -> None:
    text = "le fromages"
    read = pipeline.read(text, vector(OUT_OF_SCOPE, 99), entity("person", text, "fromages"))
    assert read.get(INTENT)["name"] != OUT_OF_SCOPE


def test_what_names_something_of_ours_is_refused_only_where_the_classifier_says_so(pipeline: Pipeline) -> None:
    text = "je veux réserver Annexe 1 en zzz"
    stranger = vector(None, 3)
    without = pipeline.read(text, stranger)
    named = pipeline.read(text, stranger, entity("course", text, "Annexe 1"))
    if without.get(RANKING)[0]["name"] == OUT_OF_SCOPE:
        assert named.get(INTENT)["name"] == "book_session"
    foreign = "une pizza quatre fromages chez Takeda"
    refused = pipeline.read(foreign, vector(OUT_OF_SCOPE, 98), entity("operator", foreign, "Takeda"))
    assert refused.get(INTENT)["name"] == OUT_OF_SCOPE


def test_what_is_loaded_decides_the_same(storage: LocalModelStorage, pipeline: Pipeline) -> None:
    loaded = OutOfScopeDetector.load({}, storage, RESOURCE, CONTEXT)
    for intent in (*AXES, None):
        for seed in range(100, 105):
            read = pipeline.classifier.process([message("une place ?", vector(intent, seed))])[0]
            again = pipeline.classifier.process([message("une place ?", vector(intent, seed))])[0]
            once, twice = pipeline.detector.process([read])[0], loaded.process([again])[0]
            assert once.get(INTENT)["name"] == twice.get(INTENT)["name"]
            assert once.get(INTENT)["confidence"] == pytest.approx(twice.get(INTENT)["confidence"], abs=0.02)


def test_a_missing_model_is_an_error(storage: LocalModelStorage) -> None:
    with pytest.raises(ValueError, match="out_of_scope"):
        OutOfScopeDetector.load({}, storage, RESOURCE, CONTEXT)


def test_a_missing_file_is_an_error(storage: LocalModelStorage) -> None:
    with storage.write_to(RESOURCE) as directory:
        (directory / "something_else").touch()
    with pytest.raises(FileNotFoundError):
        OutOfScopeDetector.load({}, storage, RESOURCE, CONTEXT)


def test_asking_an_untrained_one_is_an_error(storage: LocalModelStorage) -> None:
    with pytest.raises(RuntimeError):
        OutOfScopeDetector.create({}, storage, RESOURCE, CONTEXT).process([message("bonjour", vector("greet", 1))])


@pytest.mark.parametrize("intents", [("greet", "book_session"), (OUT_OF_SCOPE,)])
def test_it_needs_both_what_is_foreign_and_what_is_not(storage: LocalModelStorage, intents: tuple[str, ...]) -> None:
    with pytest.raises(InvalidConfigException):
        OutOfScopeDetector.create({}, storage, RESOURCE, CONTEXT).train(examples(*intents))


def test_one_intent_beside_the_foreign_will_do(storage: LocalModelStorage) -> None:
    OutOfScopeDetector.create({}, storage, RESOURCE, CONTEXT).train(examples("greet", OUT_OF_SCOPE))
    OutOfScopeDetector.load({}, storage, RESOURCE, CONTEXT)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("مرحبا", True),
        ("привет, 2", True),
        ("你好", True),
        ("bonjour", False),
        ("🎉", False),
        ("42", False),
        ("µg DNA", False),
    ],
)
def test_a_script_that_is_not_read_is_told_from_signs(text: str, other: bool) -> None:
    assert in_another_script(text) is other
