"""Names of people and companies.

Three sources, the surest first: the words around a name ("je m'appelle …", "on behalf of …", "… SRL"); spaCy's entity
recogniser of the message's language, for names that stand free in a sentence; and messages that are nothing but a name.
Each finds too much on its own, so a name is checked against lists and against the words of the training examples.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from threading import Lock, Thread
from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.language import Language

from bot.nlu.component import LANGUAGE, Before, EntityComponent
from bot.nlu.foreignness import OUT_OF_SCOPE
from bot.nlu.matching import matcher
from bot.nlu.name_phrases import PHRASES, announced, found_at
from bot.nlu.name_pipelines import pipeline
from bot.nlu.name_readers import Reader, bare_parts
from bot.nlu.name_words import NameWords, Word, common_words, name_words, words_of
from bot.nlu.spans import Found, fold, overlaps

_FILE = "words.json"
_DATA = "inform"
#: Intents under which a message may be nothing but a name.
_OPEN = frozenset({_DATA, OUT_OF_SCOPE, None})
_PERSON = frozenset({"PER", "PERSON"})
_loading = Lock()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class NameExtractor(EntityComponent):
    """Emits ``person`` and ``company``, as written."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``recognised``: the languages whose spaCy pipeline is asked; in the others only patterns find names."""
        return {"recognised": ["fr", "en"]}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage | None = None,
        resource: Resource | None = None,
        lists: NameWords | None = None,
    ) -> None:
        super().__init__(config)
        self._model_storage = model_storage
        self._resource = resource
        self._lists = lists or name_words()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> NameExtractor:
        """Creates an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn which words mean something else than a name: those of the examples, but of bare data."""
        assert self._model_storage is not None and self._resource is not None
        examples = [one for one in training_data.intent_examples if one.get(TEXT) and one.get(INTENT) != _DATA]
        common = common_words(example.get(TEXT) for example in examples)
        self._lists = replace(self._lists, common=common)
        with self._model_storage.write_to(self._resource) as directory:
            (directory / _FILE).write_text(json.dumps(sorted(common)), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> NameExtractor:
        """Loads the trained component, and spaCy's models beside it so that no message waits for them.

        Raises:
            ValueError: the model holds none.
        """
        with model_storage.read_from(resource) as directory:
            common = frozenset(json.loads((directory / _FILE).read_text(encoding="utf-8")))
        extractor = cls(config, model_storage, resource, replace(name_words(), common=common))
        Thread(target=extractor.warm_up, name="spacy", daemon=True).start()
        return extractor

    def warm_up(self) -> None:
        """Load what the first message would have to wait for."""
        matcher(PHRASES)
        for language in self._config["recognised"]:
            recogniser(language)

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the names; a message that is nothing but a person's name is in no language."""
        for message in super().process(messages):
            entities = _without_subjects_of_companies(message.get(ENTITIES) or [])
            message.set(ENTITIES, entities, add_to_output=True)
            text = message.get(TEXT) or ""
            if any(one["entity"] == "person" and one["end"] - one["start"] == len(text.strip()) for one in entities):
                message.set(ENTITIES, [one for one in entities if one["entity"] != LANGUAGE], add_to_output=True)
        return messages

    def extract(self, text: str, before: Before) -> list[Found]:
        """The people and companies of a message."""
        if text.startswith("/"):
            return []
        claimed = before.claimed
        operators = [(one["start"], one["end"]) for one in before.entities if one["entity"] == "operator"]
        reader = Reader(text, words_of(text, claimed, operators), self._lists)
        found: list[Found] = []
        for one in [*self._firms(text, before), *self._all(reader, before)]:
            if not overlaps(one.start, one.end, [(other.start, other.end) for other in found]):
                found.append(one)
        return _once(found)

    def _firms(self, text: str, before: Before) -> Iterator[Found]:
        """Companies with their legal form that are called like a subject ("Green Vials Ltd")."""
        subjects = [(one["start"], one["end"]) for one in before.entities if one["entity"] == "topic"]
        if subjects:
            reader = Reader(
                text, words_of(text, [span for span in before.claimed if span not in subjects]), self._lists
            )
            for name in reader.companies_by_form():
                if overlaps(*reader.span(name), subjects):
                    yield found_at("company", reader, name, 0.95)

    def _all(self, reader: Reader, before: Before) -> Iterator[Found]:
        """What each source finds, the surest first."""
        for name in reader.companies_by_form():
            yield found_at("company", reader, name, 0.95)
        yield from announced(reader)
        bare = list(self._bare(reader, before))
        yield from bare
        if not bare:
            yield from self._free(reader, before)

    # -- in a sentence -----------------------------------------------------------------------------------------------

    def _free(self, reader: Reader, before: Before) -> Iterator[Found]:
        """Names that spaCy sees."""
        if not any(self._may_be_name(reader, i) for i in range(len(reader.words))):
            return  # most messages: nothing in capitals that means nothing else
        language = before.language or self._lists.language(reader.words)
        for start, end, label in self._recognised(reader.text, [language] if language else ["fr", "en"]):
            at = reader.from_place(start)
            while at < len(reader.words) and reader.words[at].start < end:
                name = self._name_around(reader, at, label)
                if name and not reader.addressed(name):
                    for one in (reader.and_before(name), name, *reader.and_more(name)):
                        if one:
                            yield found_at("person", reader, one, 0.8)
                at += max(1, len(name))

    def _may_be_name(self, reader: Reader, i: int) -> bool:
        word = reader.words[i]
        return word.capital and len(word.text) > 1 and self._lists.unusual(word)

    def _name_around(self, reader: Reader, at: int, label: str) -> list[Word]:
        """The name to which a recognised word belongs; spaCy often sees half of it."""
        while at and self._may_be_name(reader, at - 1) and not _apart(reader, at - 1):
            at -= 1
        name = reader.strong_person_at(at)
        sure = name and (label in _PERSON or any(self._lists.first(word) for word in name))
        if not name and label in _PERSON and not reader.opens(reader.words[at].start):
            name = reader.strong_person_at(at, alone=True)
            sure = bool(name)
        return name if sure else []

    def _recognised(self, text: str, languages: Sequence[str]) -> Iterator[tuple[int, int, str]]:
        for language in languages:
            if language in self._config["recognised"]:
                for entity in recogniser(language)(text).ents:
                    yield entity.start_char, entity.end_char, entity.label_

    # -- nothing else ------------------------------------------------------------------------------------------------

    def _bare(self, reader: Reader, before: Before) -> Iterator[Found]:
        """The names that a message consists of."""
        parts = None if "?" in reader.text else bare_parts(reader)
        if not parts or _about_courses(before):
            return
        if [len(part) for part in parts] == [1, 1] and self._lists.first(parts[1][0]):
            parts = [parts[0] + parts[1]]  # "Dupont, Marie"
        companies = [self._bare_company(part, before) for part in parts]
        people = [self._bare_person(part, before) for part in parts]
        if all(a or b for a, b in zip(companies, people, strict=True)):
            for company, person in zip(companies, people, strict=True):
                yield found_at("company" if company else "person", reader, company or person, 0.85)

    def _bare_company(self, part: list[Word], before: Before) -> list[Word]:
        known = part[0].folded in self._lists.companies and len(part) <= 4
        return part if known and before.intent in _OPEN else []

    def _bare_person(self, part: list[Word], before: Before) -> list[Word]:
        part = part[1:] if part[0].folded in _TITLES else part
        said = [word for word in part if not self._lists.particle(word)]
        if not said or len(part) > 6 or any(self._lists.refused(word) for word in said):
            return []
        first = any(self._lists.first(word) for word in said)
        unusual = all(self._lists.unusual(word) for word in said)
        capitals = all(word.capital for word in said)
        if len(said) > 1 and first:
            usual = sum(not self._lists.unusual(word) for word in said)
            likely = capitals or unusual or (before.intent == _DATA and usual == 1)
            return part if likely and (before.intent in _OPEN or capitals) else []
        if before.intent not in _OPEN:
            return []
        if first:
            return [] if said[0].abbreviation else part
        if not unusual or (len(said) == 1 and (before.intent != _DATA or not capitals)):
            return []
        return part if self._seems_a_person(part, capitals) else []

    def _seems_a_person(self, part: list[Word], capitals: bool) -> bool:
        """Whether the recognisers take unknown words for a person; both have to where they are in small letters."""
        text = " ".join(word.text if self._lists.particle(word) else word.text.title() for word in part)
        seen = [
            any(label in _PERSON and end - start == len(text) for start, end, label in self._recognised(text, [one]))
            for one in ("fr", "en")
        ]
        return any(seen) if capitals else all(seen)


def _without_subjects_of_companies(entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    firms = [(one["start"], one["end"]) for one in entities if one["entity"] == "company"]
    return [one for one in entities if one["entity"] != "topic" or not overlaps(one["start"], one["end"], firms)]


_TITLES = frozenset(
    ["mr", "mrs", "ms", "miss", "mme", "mlle", "monsieur", "madame", "mademoiselle", "dr", "docteur", "prof", "m"]
)


def _apart(reader: Reader, i: int) -> bool:
    """Whether more than spaces stands between a word and the next."""
    return bool(reader.text[reader.words[i].end : reader.words[i + 1].start].strip())


def _about_courses(before: Before) -> bool:
    return any(entity["entity"] in ("course", "topic", "operator") for entity in before.entities)


def _once(found: list[Found]) -> list[Found]:
    """Each name once, in its fullest form ("This is Helena, Helena Mertens"); in the order of the text."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: -len(str(one.value))):
        said = set(fold(str(one.value)).split())
        if not any(one.entity == other.entity and said <= set(fold(str(other.value)).split()) for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)


def recogniser(language: str) -> Language:
    """spaCy's pipeline of a language, loaded once in a process whoever asks first."""
    with _loading:
        return pipeline(language)
