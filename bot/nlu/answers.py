"""Finds the answer of the knowledge base that a message asks for.

What the knowledge base holds is known only while running: staff add questions and answers. So the questions come from
the snapshot, and what is learned from them is kept under ``VAR_DIR/answers``, one file for each state of the knowledge
base. When it changes, the new state is learned beside the conversation and the old one answers meanwhile. `rasa train`
leaves in the model what the state at that time taught, so that a start does not wait for it, and sentences that ask for
something else: from them the finder learns to doubt.
"""

from __future__ import annotations

import logging
from threading import Lock, Thread
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot import snapshot
from bot.nlu.answer_model import AnswerModel, Foreign, Question
from bot.nlu.answer_states import foreign_of, state_of, store, stored
from bot.nlu.classifier import taught
from bot.nlu.component import Before, EntityComponent
from bot.nlu.encoder import shared_encoder
from bot.nlu.spans import Found, fold

logger = logging.getLogger(__name__)

#: The property of a message that holds ``{"key": …, "confidence": 0 to 1}``.
ANSWER_KEY = "answer_key"
#: The intent whose reply is an answer of the knowledge base.
ASKING = "ask_campus"

_FILE = "foreign.npz"
_LEARNED = "learned.npz"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class AnswerFinder(EntityComponent):
    """Sets ``answer_key`` on each message; emits no entity."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``encoder``: the same as the ``SentenceEncoder``'s, so that a message is encoded once."""
        return {"encoder": "use"}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage | None = None,
        resource: Resource | None = None,
        foreign: Foreign | None = None,
    ) -> None:
        super().__init__(config)
        self._model_storage = model_storage
        self._resource = resource
        self._foreign = foreign or Foreign([], np.zeros((0, 512), dtype=np.float32), np.zeros(0))
        self._encoder = shared_encoder(self._config["encoder"])
        self._snapshot: dict[str, Any] | None = None
        self._model: AnswerModel | None = None
        self._state = ""
        self._lock = Lock()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> AnswerFinder:
        """Creates an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Keep some of the sentences that ask the knowledge base nothing, and what its present state teaches."""
        assert self._model_storage is not None and self._resource is not None
        vectors, texts, intents = taught(training_data)
        at, counts = foreign_of(texts, intents)
        kept = [texts[i] for i in at]
        half = vectors[at].astype(np.float16)
        self._foreign = Foreign(kept, half.astype(np.float32), np.array(counts))
        model = self._known()
        with self._model_storage.write_to(self._resource) as directory:
            np.savez_compressed(directory / _FILE, texts=np.array(kept), vectors=half, counts=counts, state=self._state)
            if model is not None:
                model.save(directory / _LEARNED)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> AnswerFinder:
        """Loads the trained component, and what is known of the knowledge base's present state.

        Raises:
            ValueError: the model holds none.
        """
        with (
            model_storage.read_from(resource) as directory,
            np.load(directory / _FILE, allow_pickle=False) as stored,
        ):
            texts = [str(text) for text in stored["texts"]]
            foreign = Foreign(texts, stored["vectors"].astype(np.float32), stored["counts"])
            finder = cls(config, model_storage, resource, foreign)
            if (directory / _LEARNED).exists():
                finder._model, finder._state = AnswerModel.load(directory / _LEARNED), str(stored["state"])
        finder._known(wait=True)
        return finder

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the likeliest key of each message that has words; no command (``/…``) asks anything."""
        model = self._known()
        spoken = [message for message in messages if message.get(TEXT) and not message.get(TEXT).startswith("/")]
        if model is not None and spoken:
            texts = [message.get(TEXT) for message in spoken]
            for message, (key, confidence) in zip(spoken, model.find(texts, self._encoder.encode(texts)), strict=True):
                message.set(ANSWER_KEY, {"key": key, "confidence": round(confidence, 4)}, add_to_output=True)
        return messages

    def ranking(self, text: str) -> list[tuple[str, float]]:
        """All keys with what speaks for each (about 0 to 1), the likeliest first; none while nothing is known."""
        model = self._known()
        return model.ranking(text, self._encoder.encode([text])[0]) if model is not None else []

    def extract(self, text: str, before: Before) -> list[Found]:
        """Nothing: an answer is no part of a text."""
        return []

    def _known(self, wait: bool = False) -> AnswerModel | None:
        """The model of the snapshot as it is now; while a changed one is being learned, the one before.

        Args:
            wait: learn the changed one first, however long it takes (a second or two).
        """
        current = snapshot.load()
        if current is not self._snapshot:
            with self._lock:
                if current is not self._snapshot:
                    self._snapshot = current
                    self._change(_questions(current), wait)
        return self._model

    def _change(self, questions: list[Question], wait: bool) -> None:
        state = state_of(questions, self._foreign.texts, self._encoder.name)
        if state == self._state:
            return
        self._state = state
        if not questions:
            self._model = None
            return
        ready = stored(state)
        if ready is not None:
            self._model = ready
        elif wait or self._model is None:
            self._model = self._learn(state, questions)
        else:
            Thread(target=self._replace, args=(state, questions), name="answers", daemon=True).start()

    def _replace(self, state: str, questions: list[Question]) -> None:
        try:
            model = self._learn(state, questions)
        except Exception:
            logger.exception("The changed knowledge base could not be learned; the state before it stays.")
            return
        with self._lock:
            if state == self._state:  # else it has changed again meanwhile
                self._model = model

    def _learn(self, state: str, questions: list[Question]) -> AnswerModel:
        """Learn a state; only questions that the present model does not hold are encoded."""
        held = self._model
        known = dict(zip((text for text, _ in held.questions), held.vectors, strict=True)) if held else {}
        new = list(dict.fromkeys(text for text, _ in questions if text not in known))
        known.update(zip(new, self._encoder.encode(new), strict=True))
        asked = {fold(text) for text, _ in questions}
        others = [i for i, text in enumerate(self._foreign.texts) if fold(text) not in asked]
        foreign = Foreign(
            [self._foreign.texts[i] for i in others], self._foreign.vectors[others], self._foreign.counts[others]
        )
        model = AnswerModel.fit(questions, np.vstack([known[text] for text, _ in questions]), foreign)
        store(state, model)
        return model


def _questions(current: dict[str, Any]) -> list[Question]:
    return [
        (question, answer["key"])
        for answer in current.get("answers", [])
        for language in sorted(answer["questions"])
        for question in answer["questions"][language]
    ]
