"""Reads single messages with a trained model, without a running program: for ``make parse``, tests and measurements."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT

from bot.nlu.answers import ANSWER_KEY, ASKING
from bot.nlu.classifier import RANKING
from bot.nlu.component import LANGUAGE
from bot.nlu.encoder import Encoder, SentenceEncoder, shared_encoder
from bot.nlu.second import SECOND

#: Beside another intent an answer is named only where the question is as good as the same.
_SAME_QUESTION = 0.8


_Component = TypeVar("_Component")


class Parser:
    """One trained model, ready to read."""

    def __init__(self, model: Path) -> None:
        """``model``: a model archive, or the folder whose newest archive is meant.

        Raises:
            FileNotFoundError: there is no model.
        """
        archive = newest(model) if model.is_dir() else model
        if archive is None or not archive.exists():
            raise FileNotFoundError(f"There is no trained model in {model}.")
        processor = Agent.load(str(archive)).processor
        if processor is None:
            raise FileNotFoundError(f"{archive} cannot be loaded.")
        self._runner = processor.graph_runner
        self._target = processor.model_metadata.nlu_target

    def component(self, kind: type[_Component]) -> _Component:
        """The component of the model that is of this class.

        Raises:
            LookupError: the pipeline has none.
        """
        for node in self._runner._instantiated_nodes.values():
            if isinstance(node._component, kind):
                return node._component
        raise LookupError(f"The pipeline has no {kind.__name__}.")

    @property
    def encoder(self) -> Encoder:
        """The encoder that the model was trained with."""
        return shared_encoder(str(self.component(SentenceEncoder)._config["encoder"]))

    def raw(self, text: str) -> dict[str, Any]:
        """All that the pipeline wrote about a text."""
        said = " " + text[1:] if text.startswith("/") else text  # a slash is a letter here, not a command of Rasa's
        inputs = {
            PLACEHOLDER_MESSAGE: [UserMessage(said)],
            PLACEHOLDER_TRACKER: DialogueStateTracker("parse", slots=[]),
        }
        message = self._runner.run(inputs=inputs, targets=[self._target])[self._target][0]
        return dict(message.as_dict(only_output_properties=True))

    def parse(self, text: str) -> dict[str, Any]:
        """What was understood: ``{text, language, intent, ranking, entities, answer_key, second}``.

        ``second`` is None or a second wish: ``{text, intent, entities, answer_key}``.
        """
        read = self.raw(text) if text.strip() else {}
        entities: list[dict[str, Any]] = read.get(ENTITIES) or []
        intent = read.get(INTENT) or {"name": None, "confidence": 0.0}
        second = read.get(SECOND)
        return {
            "text": text,
            "language": next((one["value"] for one in entities if one["entity"] == LANGUAGE), None),
            "intent": _intent(intent),
            "ranking": [_intent(one) for one in read.get(RANKING) or []],
            "entities": [_entity(one) for one in entities if one["entity"] != LANGUAGE],
            "answer_key": _answer(intent["name"], read.get(ANSWER_KEY)),
            "second": second
            and {
                "text": second["text"],
                "intent": _intent(second["intent"]),
                "entities": [_entity(one) for one in second["entities"]],
                "answer_key": _answer(second["intent"]["name"], second["answer_key"]),
            },
        }


def _intent(found: dict[str, Any]) -> dict[str, Any]:
    return {"name": found["name"], "confidence": round(float(found["confidence"]), 4)}


def _answer(intent: str | None, found: dict[str, Any] | None) -> str | None:
    if found is None or (intent != ASKING and found["confidence"] < _SAME_QUESTION):
        return None
    return str(found["key"])


def _entity(found: dict[str, Any]) -> dict[str, Any]:
    return {
        "entity": found["entity"],
        "value": found["value"],
        "role": found.get("role"),
        "start": found["start"],
        "end": found["end"],
    }


def newest(folder: Path) -> Path | None:
    """The model archive of a folder that was written last."""
    archives = sorted(folder.glob("*.tar.gz"), key=lambda archive: archive.stat().st_mtime)
    return archives[-1] if archives else None
