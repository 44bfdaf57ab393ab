"""Which intent a message has: its sentence vector, its words and its letters together."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier as RasaIntentClassifier
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.intent_model import IntentModel, learn

RANKING = "intent_ranking"
_FILE = "intents.npz"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(RasaIntentClassifier, GraphComponent):
    """Writes ``intent`` and ``intent_ranking``, as Rasa's own classifiers do."""

    @classmethod
    def required_components(cls) -> list[type]:
        """The sentence vectors."""
        return [DenseFeaturizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``ranking_length``: how many intents are passed on."""
        return {"ranking_length": 10}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: IntentModel | None = None,
    ) -> None:
        self._config = {**self.get_default_config(), **config}
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentClassifier:
        """Creates an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the training examples.

        Raises:
            InvalidConfigException: there are examples of fewer than two intents.
        """
        vectors, texts, labels = taught(training_data)
        if len(set(labels)) < 2:
            raise InvalidConfigException("IntentClassifier needs examples of at least two intents.")
        self._model = learn(vectors, texts, labels).model
        with self._model_storage.write_to(self._resource) as directory:
            np.savez_compressed(directory / _FILE, **self._model.as_arrays())
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IntentClassifier:
        """Loads the trained component.

        Raises:
            ValueError: the model holds none.
            FileNotFoundError: its file is missing.
        """
        with model_storage.read_from(resource) as directory, np.load(directory / _FILE, allow_pickle=False) as stored:
            return cls(config, model_storage, resource, IntentModel.from_arrays(dict(stored)))

    def process(self, messages: list[Message]) -> list[Message]:
        """Write intent and ranking of each message that has a text.

        Raises:
            RuntimeError: the component was neither trained nor loaded.
        """
        if self._model is None:
            raise RuntimeError("IntentClassifier was asked before it was trained.")
        spoken = [message for message in messages if message.get(TEXT)]
        if spoken:
            vectors = np.vstack([sentence_vector(message) for message in spoken])
            probabilities = self._model.probabilities(vectors, [message.get(TEXT) for message in spoken])
            for message, row in zip(spoken, probabilities, strict=True):
                best = np.argsort(-row, kind="stable")[: self._config["ranking_length"]]
                ranking = [{"name": self._model.labels[i], "confidence": float(row[i])} for i in best]
                message.set(INTENT, ranking[0], add_to_output=True)
                message.set(RANKING, ranking, add_to_output=True)
        return messages


def sentence_vector(message: Message) -> np.ndarray:
    """The message's sentence vector, of length 1.

    Raises:
        InvalidConfigException: no component before this one wrote sentence features.
    """
    _, sentence = message.get_dense_features(attribute=TEXT)
    if sentence is None:
        raise InvalidConfigException("A sentence encoder has to stand before this component in the pipeline.")
    vector = np.asarray(sentence.features, dtype=np.float32)[-1]
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9))


def taught(training_data: TrainingData) -> tuple[np.ndarray, list[str], list[str]]:
    """The examples of intents: their vectors, texts and intents.

    By text, since Rasa gives them in the order in which a folder lists its files, which differs from copy to copy: the
    same data trains the same model everywhere.
    """
    examples = [example for example in training_data.intent_examples if example.get(TEXT) and example.get(INTENT)]
    examples.sort(key=lambda example: (example.get(TEXT), example.get(INTENT)))
    vectors = np.vstack([sentence_vector(example) for example in examples]) if examples else np.zeros((0, 1))
    return vectors, [example.get(TEXT) for example in examples], [example.get(INTENT) for example in examples]
