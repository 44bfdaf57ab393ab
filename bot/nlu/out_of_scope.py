"""Tells a message that no intent fits from one that the classifier is merely unsure of.

The classifier's probability together with the distance to the training examples beats either alone. How much each
counts, and from where on a message is refused, is found by cross-validation when training (the log tells how well it
does): the examples of ``out_of_scope`` show what is foreign. They stay a class of the classifier too, since many
resemble each other.

What carries something only this campus knows (a course, a booking's reference, …) or is nothing but data (a name, an
address, a number) is never refused here, and what the knowledge base surely answers only where it looks certainly
foreign; so the component comes after the classifier, the entities and the answers.
"""

from __future__ import annotations

import json
import logging
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.answers import ANSWER_KEY, ASKING
from bot.nlu.classifier import RANKING, sentence_vector, taught
from bot.nlu.foreignness import OUT_OF_SCOPE, Foreignness
from bot.nlu.spans import fold, in_another_script, words_of

logger = logging.getLogger(__name__)

#: The property of a message that holds ``{"score": 0 to 1, "threshold": …}``: how foreign it is, and from where on it
#: is refused.
SCORE = "out_of_scope"

_FILE = "out_of_scope.npz"
_EXAMPLES = "examples.json"

#: Entities that only somebody talking to this campus would mention.
_OURS = frozenset({"course", "booking_reference", "quote_reference", "access_code", "operator", "topic"})
#: Of these, the ones that settle it even where the classifier itself takes the message for foreign.
_SURELY_OURS = frozenset({"course", "booking_reference", "quote_reference"})
#: … and where it is certain of that. A course's name is not enough then: some are plain words ("sterile gowning").
_ONLY_OURS = frozenset({"booking_reference", "quote_reference"})
_CERTAIN = 0.9
#: From this confidence on the knowledge base surely has an answer.
_ANSWERED = 0.9
#: Entities that may be a whole answer ("Sophie Dubois", "12", "le 3 mars").
_DATA = _OURS | words_of(
    """email phone person company enterprise_number code po_number seats period max_price max_days level format
    course_language day_part reference profile comparative"""
)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class OutOfScopeDetector(IntentClassifier, GraphComponent):
    """Puts ``out_of_scope`` first where no intent fits; the ranking keeps what the classifier thought."""

    @classmethod
    def required_components(cls) -> list[type]:
        """The vectors. (It corrects a classifier too, but Rasa's training graph does not tie the two together.)"""
        return [DenseFeaturizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``refused``: the share of good messages that may be refused; the threshold follows from it, by
        cross-validation. ``neighbours``: so many of the nearest examples tell how near a message is.
        """
        return {"refused": 0.02, "neighbours": 3}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        foreignness: Foreignness | None = None,
        examples: list[tuple[str, str]] | None = None,
    ) -> None:
        self._config = {**self.get_default_config(), **config}
        self._model_storage = model_storage
        self._resource = resource
        self._foreignness = foreignness
        self._examples = examples or []

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> OutOfScopeDetector:
        """Creates an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Calibrate on the training examples.

        Raises:
            InvalidConfigException: the training data has no examples of ``out_of_scope``.
        """
        vectors, texts, labels = taught(training_data)
        if labels.count(OUT_OF_SCOPE) < 2 or len(set(labels)) < 2:
            raise InvalidConfigException(
                f"OutOfScopeDetector needs two examples of `{OUT_OF_SCOPE}`, and other intents."
            )
        self._foreignness, measured = Foreignness.fit(vectors, texts, np.array(labels), self._config)
        logger.info(
            "Out of scope, cross-validated on %d examples: AUROC %.3f; the threshold %.2f refuses %.1f %% of what is "
            "ours and catches %.1f %% of what is not.",
            measured.examples,
            measured.auroc,
            self._foreignness.threshold,
            100 * measured.refused,
            100 * measured.caught,
        )
        told = list(zip(texts, labels, strict=True))
        self._examples = sorted(told, key=lambda example: example[1] == OUT_OF_SCOPE)  # in the order of the vectors
        with self._model_storage.write_to(self._resource) as directory:
            np.savez_compressed(directory / _FILE, **self._foreignness.as_arrays())
            (directory / _EXAMPLES).write_text(json.dumps(self._examples, ensure_ascii=False), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> OutOfScopeDetector:
        """Loads the trained component.

        Raises:
            ValueError: the model holds none.
        """
        with (
            model_storage.read_from(resource) as directory,
            np.load(directory / _FILE, allow_pickle=False) as stored,
        ):
            examples = json.loads((directory / _EXAMPLES).read_text(encoding="utf-8"))
            foreignness = Foreignness.from_arrays(dict(stored))
            return cls(config, model_storage, resource, foreignness, [(text, intent) for text, intent in examples])

    def process(self, messages: list[Message]) -> list[Message]:
        """Put ``out_of_scope`` first where it belongs.

        Raises:
            RuntimeError: the component was neither trained nor loaded.
        """
        if self._foreignness is None:
            raise RuntimeError("OutOfScopeDetector was asked before it was trained.")
        ranked = [message for message in messages if message.get(TEXT) and message.get(RANKING)]
        if ranked:
            rankings = [message.get(RANKING) for message in ranked]
            vectors = np.stack([sentence_vector(message) for message in ranked])
            for message, ranking, foreign in zip(
                ranked, rankings, self._foreignness.of(vectors, rankings), strict=True
            ):
                self._decide(message, ranking, float(foreign))
        return messages

    def nearest(self, vector: np.ndarray, count: int) -> list[tuple[str, str]]:
        """The training examples nearest to a vector of length 1: text and intent, the nearest first."""
        if self._foreignness is None:
            return []
        return [self._examples[place] for place in self._foreignness.nearest(vector, count)]

    def _decide(self, message: Message, ranking: list[dict[str, Any]], foreign: float) -> None:
        """Write intent and ranking, given how likely it is that no intent fits (0 to 1)."""
        assert self._foreignness is not None
        threshold = self._foreignness.threshold
        others = [one for one in ranking if one["name"] != OUT_OF_SCOPE]
        kept = _mentions(message, _telling(ranking[0])) or _is_data(message)
        if in_another_script(message.get(TEXT)):
            foreign, kept = 1.0, False
        if _is_answered(message) and not kept:
            if threshold <= foreign < self._foreignness.certain:
                others = _asking_first(others)  # kept for its answer, so it asks for that
            threshold = self._foreignness.certain
        if not others or (foreign >= threshold and not kept):
            decided = [{"name": OUT_OF_SCOPE, "confidence": foreign}, *others][: len(ranking)]
        else:
            outside = {"name": OUT_OF_SCOPE, "confidence": min(foreign, others[0]["confidence"])}
            decided = sorted([*others[: len(ranking) - 1], outside], key=lambda one: -float(one["confidence"]))
        message.set(SCORE, {"score": foreign, "threshold": threshold}, add_to_output=True)
        message.set(INTENT, decided[0], add_to_output=True)
        message.set(RANKING, decided, add_to_output=True)


def _telling(best: dict[str, Any]) -> frozenset[str]:
    """The entities that keep a message from being refused, given what the classifier takes it for."""
    if best["name"] != OUT_OF_SCOPE:
        return _OURS
    return _SURELY_OURS if best["confidence"] < _CERTAIN else _ONLY_OURS


def _mentions(message: Message, entities: frozenset[str]) -> bool:
    return any(entity["entity"] in entities for entity in message.get(ENTITIES) or [])


def _is_answered(message: Message) -> bool:
    return bool((message.get(ANSWER_KEY) or {}).get("confidence", 0.0) >= _ANSWERED)


def _asking_first(ranking: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The ranking with the question in front, as sure as what stood there, if the classifier knows of questions."""
    asking = [{**one, "confidence": ranking[0]["confidence"]} for one in ranking if one["name"] == ASKING]
    return [*asking, *(one for one in ranking if one["name"] != ASKING)]


def _is_data(message: Message) -> bool:
    """Whether entities cover the message, but for a few letters ("le", "on est")."""
    covered = list(fold(message.get(TEXT)))
    for entity in message.get(ENTITIES) or []:
        if entity["entity"] in _DATA:
            covered[entity["start"] : entity["end"]] = " " * (entity["end"] - entity["start"])
    left = sum(character.isalnum() for character in covered)
    return left <= 6 and left < sum(character.isalnum() for character in message.get(TEXT)) / 2
