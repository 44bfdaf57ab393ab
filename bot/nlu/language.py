"""The language a message is written in, where it shows.

Character n-grams (1 to 4, inside words) with a multinomial naive Bayes learn it from the assistant's own examples:
on messages of one or two words this beats the packaged detectors. It is sure or silent: a word both languages share
("ok", "parking"), an abbreviation, a name, a number, an address or the bare title of a course says nothing about it.

Rasa's training data does not say from which file an example came, so the component reads the folders ``fr/`` and
``en/`` under its setting ``data`` itself, and learns from those examples that are in the training data it is given
(all of them in ``rasa train``; only the training part when cross-validating).
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import yaml
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.entities_parser import replace_entities
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import LANGUAGE, LIKELIER, Before, EntityComponent
from bot.nlu.language_model import WORD, NgramModel, words
from bot.nlu.masking import mask
from bot.nlu.spans import Found, fold
from bot.settings import ROOT

LANGUAGES = ("fr", "en")
_FILE = "language.json"
#: Examples in which a word stands before it is one of its language alone, and how sure such words are.
_OWN, _BY_WORDS = 10, 0.95
#: Intents whose whole examples belong to a language, however short they are ("hi", "oui").
_COURTESIES = frozenset({"greet", "goodbye", "thank", "affirm", "deny"})
_YamlLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class LanguageIdentifier(EntityComponent):
    """Emits the entity ``language`` (``fr`` or ``en``) over the whole message, or nothing."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``data``: the folder with ``fr/`` and ``en/``; ``precision``: how often it is right where it speaks."""
        return {"data": "data/nlu", "precision": 0.995}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: NgramModel | None = None,
        courtesies: dict[str, str] | None = None,
        own_words: dict[str, str] | None = None,
    ) -> None:
        super().__init__(config)
        self._courtesies = courtesies or {}
        self._own_words = own_words or {}
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
    ) -> LanguageIdentifier:
        """Creates an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples of both folders.

        Raises:
            InvalidConfigException: the folder has no example, of either language, that is in the training data.
        """
        given = {
            example.get(TEXT) for example in training_data.nlu_examples if example.get(TEXT) and example.get(INTENT)
        }
        texts: list[str] = []
        languages: list[str] = []
        said_by_all = {
            fold(example.get(TEXT)) for example in training_data.nlu_examples if example.get(INTENT) in _COURTESIES
        }
        courtesies: dict[str, set[str]] = {}
        folder = ROOT / self._config["data"]
        for language in LANGUAGES:
            here = [text for text in examples_of(folder / language) if text in given]
            if not here:
                raise InvalidConfigException(
                    f"LanguageIdentifier found no example of the training data under {folder / language}: "
                    "its setting `data` has to name the folder that holds fr/ and en/."
                )
            courtesies[language] = said_by_all & {fold(text) for text in here}
            texts += [mask(text) for text in here]
            languages += [language] * len(here)
        texts = without_names(texts)
        self._model = NgramModel.fit(texts, languages, self._config["precision"])
        shared = courtesies["fr"] & courtesies["en"]
        self._courtesies = {text: language for language in LANGUAGES for text in courtesies[language] - shared}
        self._own_words = _own_words(texts, languages)
        stored = {
            "model": self._model.as_dict(),
            "courtesies": self._courtesies,
            "own_words": self._own_words,
        }
        with self._model_storage.write_to(self._resource) as directory:
            (directory / _FILE).write_text(json.dumps(stored), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LanguageIdentifier:
        """Loads the trained component.

        Raises:
            ValueError: the model holds none (better than one that stays silent for ever).
        """
        with model_storage.read_from(resource) as directory:
            stored = json.loads((directory / _FILE).read_text(encoding="utf-8"))
        model = NgramModel.from_dict(stored["model"])
        return cls(config, model_storage, resource, model, stored["courtesies"], stored["own_words"])

    def extract(self, text: str, before: Before) -> list[Found]:
        """The language of the message, where the model is sure.

        Raises:
            RuntimeError: the component was neither trained nor loaded.
        """
        if self._model is None:
            raise RuntimeError("LanguageIdentifier was asked before it was trained.")
        if fold(text).strip(" .!") in _SHARED:
            return []
        courtesy = self._courtesies.get(fold(text).strip(" !.?"))
        if courtesy:
            return [Found(LANGUAGE, courtesy, 0, len(text), 1.0)]
        masked = mask(text, before.entities)
        if self._is_name(masked):
            return []
        said = _by_date(text) or self._model.sure(masked) or self._by_words(masked)
        return [Found(LANGUAGE, said[0], 0, len(text), said[1])] if said else []

    def process(self, messages: list[Message]) -> list[Message]:
        """The language where it is sure; else, beside the entities, the likelier one (`LIKELIER`).

        A guess must never turn a conversation round, but one that only begins has to begin in some language.
        """
        super().process(messages)
        for message in messages:
            entities, text = message.get(ENTITIES) or [], message.get(TEXT)
            if text and self._model is not None and all(one["entity"] != LANGUAGE for one in entities):
                guess = self._model.likelier(mask(text, entities)) or self._model.likelier(mask(text))
                if guess:
                    message.set(LIKELIER, {"value": guess[0], "confidence": guess[1]}, add_to_output=True)
        return messages

    def _is_name(self, text: str) -> bool:
        """Whether it is nothing but capitalised words, few of which a language is known for ("Labo Vésale SRL")."""
        said = WORD.findall(text)
        known = sum(fold(word) in self._own_words for word in said)
        return len(said) > 1 and all(map(_capital, said)) and not text.isupper() and 3 * known <= len(said)

    def _by_words(self, masked: str) -> tuple[str, float] | None:
        """The language of a few words that only one of the two has ("statistics course": the subject is masked)."""
        told = {self._own_words.get(word) for word in words(masked) if len(word) > 1}
        language = told.pop() if len(told) == 1 else None
        return (language, _BY_WORDS) if language else None


def _by_date(text: str) -> tuple[str, float] | None:
    """The language of a few words that name a month or a weekday as only one of the two does ("12 seats in April")."""
    said = WORD.findall(text)
    beside = [word for word in said if fold(word) not in _OF_DATES]
    if len(said) > _FEW or not (beside or any(map(str.isdigit, text))) or any(map(_capital, beside)):
        return None  # "April Jones" is somebody's name
    told = {_OF_DATES[fold(word)] for word in said if fold(word) in _OF_DATES}
    return (told.pop(), _BY_WORDS) if len(told) == 1 else None


def _capital(word: str) -> bool:
    return word[0].isupper()


#: What is said alike in both languages.
_SHARED = frozenset({"stop", "ok", "pause"})
#: Words up to which a date tells the language of a message.
_FEW = 5
_OF_DATES = {
    word: language
    for language, words_of_it in {
        "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche janvier fevrier avril juin juillet aout septembre "
        "octobre novembre decembre",
        "en": "monday tuesday wednesday thursday friday saturday sunday january february april june july august "
        "september october november december",
    }.items()
    for word in words_of_it.split()
}


def without_names(texts: list[str]) -> list[str]:
    """The texts without what is always written with a capital, also inside a sentence: a name is of no language."""
    small = {word for text in texts for word in WORD.findall(text) if word[0].islower()}
    names = {
        word
        for text in texts
        for word in WORD.findall(text)[1:]
        if word[0].isupper() and len(word) > 1 and word.lower() not in small
    }
    return [WORD.sub(lambda found: " " if found[0] in names else found[0], text) for text in texts]


def _own_words(texts: list[str], languages: list[str]) -> dict[str, str]:
    """The words that stand often in the examples of one language and never in those of the other."""
    counts = {language: Counter[str]() for language in LANGUAGES}
    for text, language in zip(texts, languages, strict=True):
        counts[language].update(set(words(text)))
    return {
        word: language
        for language, other in (LANGUAGES, LANGUAGES[::-1])
        for word, count in counts[language].items()
        if count >= _OWN and not counts[other][word]
    }


def examples_of(folder: Path) -> list[str]:
    """The texts of all examples of intents under a folder, annotations taken out.

    Rasa's own reader takes seconds for what is read here in a tenth of one.
    """
    texts: list[str] = []
    for path in sorted(folder.glob("**/*.yml")):
        read = yaml.load(path.read_text(encoding="utf-8"), Loader=_YamlLoader) or {}
        for entry in read.get("nlu") or []:
            lines = str(entry.get("examples", "")).splitlines() if "intent" in entry else []
            said = [line[1:].strip() for line in lines if line.startswith("-")]
            texts += [replace_entities(example) for example in said if example]
    return texts
