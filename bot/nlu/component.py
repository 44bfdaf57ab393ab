"""What every entity component of ours is: it reads a text and what was found before it, and adds what it finds."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, EXTRACTOR, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.spans import Found

LANGUAGE = "language"
#: The property of a message that holds the likelier language where none is sure: ``{value, confidence}``.
LIKELIER = "likelier_language"


@dataclass(frozen=True)
class Before:
    """What is known of a message before a component reads it."""

    entities: list[dict[str, Any]] = field(default_factory=list)
    #: What the classifier thinks it is, where it stands before the component.
    intent: str | None = None

    @property
    def claimed(self) -> list[tuple[int, int]]:
        """The stretches of text that are read already (the language covers none)."""
        return [(entity["start"], entity["end"]) for entity in self.entities if entity["entity"] != LANGUAGE]

    @property
    def language(self) -> str | None:
        """``fr`` or ``en`` where the language identifier was sure."""
        return next((entity["value"] for entity in self.entities if entity["entity"] == LANGUAGE), None)


class EntityComponent(GraphComponent, EntityExtractorMixin):
    """Base of the entity components that need no training: a subclass writes ``extract`` and registers itself."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = {**self.get_default_config(), **config}

    @classmethod
    def required_components(cls) -> list[type]:
        """None: the entity components read the text."""
        return []

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """No settings, unless the component says so."""
        return {}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EntityComponent:
        """Creates the component; there is nothing to train."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Add what ``extract`` finds to the entities of each message."""
        for message in messages:
            text = message.get(TEXT)
            if text:
                before = Before(message.get(ENTITIES) or [], (message.get(INTENT) or {}).get("name"))
                found = [{**one.as_rasa(), EXTRACTOR: self.name} for one in self.extract(text, before)]
                message.set(ENTITIES, before.entities + found, add_to_output=True)
        return messages

    @abstractmethod
    def extract(self, text: str, before: Before) -> list[Found]:
        """What stands in the text, given what earlier components found."""
        ...
