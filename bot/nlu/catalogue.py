"""Courses, events, topics and operators, matched against the catalogue as it is now.

The names come from the bot's snapshot of the service's catalogue, so a new course is understood without training, and
no request is made while a message is parsed. Training only collects the everyday words of the examples: a word that
people use is not taken for a slip in a word of the catalogue.
"""

from __future__ import annotations

import json
from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot import snapshot
from bot.nlu.component import Before, EntityComponent
from bot.nlu.everyday import everyday_words
from bot.nlu.mentions import Mentions
from bot.nlu.spans import Found

_FILE = "words.json"
#: Intents that speak of no subject ("are you a robot?").
_NO_SUBJECT = frozenset({"bot_challenge"})


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class CatalogueExtractor(EntityComponent):
    """Emits ``course`` (events too), ``topic`` and ``operator``, each with its id."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``everyday``: in how many training examples a word has to stand to be no slip."""
        return {"everyday": 3}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        everyday: frozenset[str] | None = None,
    ) -> None:
        super().__init__(config)
        self._model_storage = model_storage
        self._resource = resource
        self._everyday = everyday
        self._index: tuple[dict[str, Any], Mentions] | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CatalogueExtractor:
        """Creates an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Collect the everyday words."""
        self._everyday = everyday_words(training_data.nlu_examples, self._config["everyday"])
        with self._model_storage.write_to(self._resource) as directory:
            (directory / _FILE).write_text(json.dumps(sorted(self._everyday)), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> CatalogueExtractor:
        """Loads the trained component.

        Raises:
            ValueError: the model holds none.
        """
        with model_storage.read_from(resource) as directory:
            everyday = frozenset(json.loads((directory / _FILE).read_text(encoding="utf-8")))
        return cls(config, model_storage, resource, everyday)

    def extract(self, text: str, before: Before) -> list[Found]:
        """What is mentioned; a subject that the catalogue does not know is left to the service's search.

        Raises:
            RuntimeError: the component was neither trained nor loaded.
        """
        if self._everyday is None:
            raise RuntimeError("CatalogueExtractor was asked before it was trained.")
        current = snapshot.load()
        if self._index is None or self._index[0] is not current:
            self._index = (current, Mentions(current, self._everyday))
        found = self._index[1].find(text, before.claimed, before.intent)
        return [one for one in found if one.entity != "topic" or before.intent not in _NO_SUBJECT]
