"""Parts of a message that are read beside it: the message well written, without courtesies, and the two sides of a cut.

Well written is what the training data would write: without slips, and with a short name for a course's title, which
they cannot all hold (`bot.nlu.spelling`, `bot.nlu.titles`). For training, examples that name a course are there twice,
as they are and so.

A list of messages goes through the pipeline. ``ClauseSplitter``, at its beginning, puts the parts of a message behind
it on that list, so that every component reads them as it reads the message itself; ``SecondMeaning``
(`bot.nlu.second`), at its end, takes them off again and keeps what they mean. What stands in a message (names, dates,
…) is read from the message itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.courtesies import without
from bot.nlu.foreignness import OUT_OF_SCOPE
from bot.nlu.language import LANGUAGES, examples_of
from bot.nlu.spans import fold
from bot.nlu.spelling import Spelling
from bot.nlu.titles import Titles
from bot.settings import ROOT

#: The property of a message that holds its parts while it goes through the pipeline.
PARTS = "parts"
_FILE = "spelling.json"

#: Where a message may be cut: after a sentence, or where something is added. (Not at a comma: what stands on its two
#: sides is mostly one wish.)
_ADDED = (
    r"(?:et|and|mais|but)(?:,? (?:aussi|puis|ensuite|egalement|sinon|also|then))?|ainsi que|as well as|puis|ensuite|"
    r"aussi|also|then|sinon"
)
#: What opens a question inside a sentence is no part of it.
_LEAD = (
    r"(?:(?:(?:j'aimerais|j'aurais aime|je voudrais|je veux|je souhaite|i(?:'d| would) like to|i want to) )?(?:bien )?"
    r"(?:(?:aussi|egalement|also) )?(?:savoir|demander|know|ask) (?:(?:si|if|whether) )?)?"
)
_PLACES = (
    re.compile(rf"(?<=[.?!;…])[\s.?!;…]*\s(?:(?:{_ADDED}),? )?{_LEAD}"),
    re.compile(rf"[,;]? (?:{_ADDED}),? {_LEAD}"),
)


@dataclass(frozen=True)
class Cut:
    """One way to read a message as two: its beginning up to ``end``, and ``rest``, from ``start`` on."""

    left: Message
    right: Message
    end: int
    start: int
    rest: str


@dataclass(frozen=True)
class Parts:
    """What a message is made of.

    Attributes:
        mended: the message as the training data would write it, where that differs.
        core: the same without courtesies, where it has any.
        cuts: the ways to read it as two.
    """

    mended: Message | None
    core: Message | None
    cuts: list[Cut]

    def all(self) -> list[Message]:
        """Each of them once."""
        whole = [part for part in (self.mended, self.core) if part is not None]
        return [*whole, *(side for cut in self.cuts for side in (cut.left, cut.right))]


def places(text: str, most: int) -> list[tuple[int, int]]:
    """Where a text may be cut, at most so many times: the end of what stands before, the beginning of the rest."""
    folded = fold(text)
    found: dict[int, int] = {}
    for place in _PLACES:
        for match in place.finditer(folded):
            if any(character.isalnum() for character in folded[: match.start()]):
                found.setdefault(match.end(), match.start())
    kept = [(end, start) for start, end in found.items() if any(character.isalnum() for character in folded[start:])]
    return sorted(kept[:most])


#: In how many examples a word stands that is no slip in a title.
_EVERYDAY = 3


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class ClauseSplitter(GraphComponent):
    """Puts the parts of each message behind it."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``most``: cuts of one message, each costs as much time as two short messages; ``data``: the folder with
        ``fr/`` and ``en/``, from whose examples the spelling is learned.
        """
        return {"most": 3, "data": "data/nlu"}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        spelling: Spelling | None = None,
    ) -> None:
        self._config = {**self.get_default_config(), **config}
        self._model_storage = model_storage
        self._resource = resource
        self._spelling = spelling
        self._titles = Titles(spelling.everyday(_EVERYDAY)) if spelling is not None else None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ClauseSplitter:
        """Creates an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn how words are spelt, from those examples of both folders that are in the training data.

        Raises:
            InvalidConfigException: the folder has no example that is in the training data.
        """
        given = {example.get(TEXT) for example in training_data.nlu_examples if example.get(INTENT)}
        folder = ROOT / self._config["data"]
        texts = {language: [text for text in examples_of(folder / language) if text in given] for language in LANGUAGES}
        if not any(texts.values()):
            raise InvalidConfigException(f"ClauseSplitter found no example of the training data under {folder}.")
        self._spelling = Spelling.learn(texts)
        self._titles = Titles(self._spelling.everyday(_EVERYDAY))
        with self._model_storage.write_to(self._resource) as directory:
            (directory / _FILE).write_text(json.dumps(self._spelling.as_dict(), ensure_ascii=False), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ClauseSplitter:
        """Loads the trained component.

        Raises:
            ValueError: the model holds none.
        """
        with model_storage.read_from(resource) as directory:
            words = json.loads((directory / _FILE).read_text(encoding="utf-8"))
        return cls(config, model_storage, resource, Spelling(words))

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The training data with one more example for each that names a course: with a short name for its title.

        Raises:
            RuntimeError: the component was neither trained nor loaded.
        """
        if self._titles is None:
            raise RuntimeError("ClauseSplitter was asked before it was trained.")
        known = {example.get(TEXT) for example in training_data.training_examples}
        more: dict[str, Message] = {}
        for example in training_data.intent_examples:
            short = self._titles.short(example.get(TEXT) or "")
            if short not in known and example.get(INTENT) != OUT_OF_SCOPE:
                more.setdefault(short, Message({TEXT: short, INTENT: example.get(INTENT)}))
        return training_data.merge(TrainingData(list(more.values())))

    def process(self, messages: list[Message]) -> list[Message]:
        """The messages with their parts behind them; no command (``/…``) has any.

        Raises:
            RuntimeError: the component was neither trained nor loaded.
        """
        if self._spelling is None or self._titles is None:
            raise RuntimeError("ClauseSplitter was asked before it was trained.")
        for message in list(messages):
            text = message.get(TEXT) or ""
            if text and not text.startswith("/"):
                parts = _parts(text, self._config["most"], self._written)
                message.set(PARTS, parts)
                messages += parts.all()
        return messages

    def _written(self, text: str) -> str:
        """The text as the training data would write it."""
        assert self._spelling is not None and self._titles is not None
        return self._spelling.mended(self._titles.short(text))


def _parts(text: str, most: int, written: Callable[[str], str]) -> Parts:
    start, end = without(text)
    core = text[start:end]

    def mended(part: str) -> Message:
        return Message({TEXT: written(part)})

    cuts = [
        Cut(mended(core[:left]), mended(core[right:]), start + left, start + right, core[right:])
        for left, right in places(core, most)
    ]
    whole = mended(text)
    return Parts(whole if whole.get(TEXT) != text else None, mended(core) if core != text else None, cuts)
