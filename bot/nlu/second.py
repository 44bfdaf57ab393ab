"""A second wish in the same message ("annulez ma réservation, et où puis-je me garer ?"), and one beside a greeting.

A message that is not well written, or has courtesies around it, means what it means without those.

A false second wish is worse than a missed one: it is kept only where both sides of a cut are sure, neither is only
data or polite, they are of different kinds, and the message as a whole is taken for one of them. The message then is
what its first side is, with the entities that stand there, and carries the rest in the property ``second``::

    {"text": "où puis-je me garer ?", "cut": 23, "start": 28, "intent": {"name": "ask_campus", "confidence": 0.99},
     "entities": […], "answer_key": {"key": "parking", "confidence": 0.98}}

Positions are those of the whole message, whose first wish ends at ``cut``; ``answer_key`` is None where the knowledge
base has nothing to say.
"""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.answers import ANSWER_KEY, ASKING
from bot.nlu.classifier import RANKING
from bot.nlu.clauses import PARTS, Cut, Parts
from bot.nlu.component import LANGUAGE
from bot.nlu.foreignness import OUT_OF_SCOPE
from bot.nlu.out_of_scope import SCORE
from bot.nlu.spans import fold, words_of

SECOND = "second"
#: The property with the text as the training data would write it, where that differs.
MENDED = "mended"

#: What a message is when it is nothing but polite.
_POLITE = words_of("greet goodbye thank chitchat")
#: What does not count beside a greeting: "oui merci" is more than a yes and a thank, or less.
_NO_WISH = _POLITE | words_of("affirm deny out_of_scope")
#: Wishes that can stand alone, by kind: two of one kind are one wish, put twice or in two steps ("I cannot come,
#: another date please").
_KINDS = {
    intent: kind
    for kind, intents in {
        "looking": "search_courses search_events",
        "booking": "book_session check_booking cancel_booking reschedule_booking change_booking join_waitlist "
        "leave_waitlist",
        "papers": "request_document",
        "company": "company_training request_quote",
        "privacy": "export_my_data erase_my_data",
        "person": "talk_to_human",
        "alert": "alert_me",
        "campus": ASKING,
    }.items()
    for intent in intents.split()
}
#: Wishes that go together in one ("a quote for eight people and a GMP course"; "I want to book and look for March").
_TOGETHER = ({"looking", "company"}, {"looking", "book_session"}, {"request_quote", "booking"})
#: Wishes that are complete enough for a practical question to follow.
_BEFORE_A_QUESTION = frozenset(_KINDS) | words_of(
    """course_details list_sessions compare_courses confirm_booking accept_offer decline_offer extend_hold
    withdraw_contract accept_quote"""
)
#: A yes or a no, after which a practical question is one of its own ("yes, and where do I park?"); what else follows
#: one is mostly part of it ("no, another date").
_BRIEF = words_of("affirm deny")
#: How a noun begins that an "and" joins to the one before ("make-up and his rings"): a thing, and no search for one.
_NOUN = re.compile(r"(?:ses|son|sa|mes|mon|ma|leurs?|vos|nos|les?|la|l'|his|her|their|my|our|the)\b")
#: Words from which on the rest is more than something the first side goes on about.
_WORDS = 3


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class SecondMeaning(GraphComponent):
    """Sets ``second`` on messages that have one, and takes the parts of all messages off the list again."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """How sure (0 to 1) both intents (``sure``) and an answer (``answer``) have to be for two wishes, and the
        intent beside courtesies for that to count (``wish``; ``instead`` where the whole seems nothing but polite).
        """
        return {"sure": 0.7, "answer": 0.5, "wish": 0.3, "instead": 0.5}

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = {**self.get_default_config(), **config}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SecondMeaning:
        """Creates the component; there is nothing to train."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """The messages without their parts, read with what those told."""
        parts = [message.get(PARTS) for message in messages]
        of_others = {id(part) for each in parts if each for part in each.all()}
        messages[:] = [message for message in messages if id(message) not in of_others]
        for message in messages:
            if message.get(PARTS) is not None:
                self._read(message, message.get(PARTS))
                message.set(PARTS, None)
        return messages

    def _read(self, message: Message, parts: Parts) -> None:
        if parts.mended is not None:
            message.set(MENDED, parts.mended.get(TEXT), add_to_output=True)
            if _mends(message, parts.mended):
                _take_meaning(message, parts.mended)
        if parts.core is not None and self._counts(message, parts.core):
            _take_meaning(message, parts.core)
        found = [(self._sureness(message, cut), cut) for cut in parts.cuts]
        text = message.get(TEXT)  # where a sentence ends is a better place than an "and", which joins also two nouns
        best = max(found, key=lambda one: (one[0] > 0 and _ends(text, one[1]), one[0]), default=None)
        sureness, cut = best or (0.0, None)
        if cut is not None and sureness > 0:
            _take_meaning(message, cut.left)
            entities = _found(message)
            kept = [one for one in entities if one["entity"] == LANGUAGE or one["start"] < cut.start]
            rest = [one for one in entities if one not in kept]
            message.set(ENTITIES, kept, add_to_output=True)
            message.set(SECOND, self._told(cut, rest), add_to_output=True)

    def _counts(self, message: Message, core: Message) -> bool:
        """Whether the message means what it means without its courtesies."""
        name, confidence = _intent(core)
        whole, sure = _intent(message)
        if not name or name in _NO_WISH:
            return False
        if whole in _POLITE:
            return confidence >= float(self._config["instead"])
        return confidence >= max(float(self._config["wish"]), 0.9 * sure)

    def _sureness(self, message: Message, cut: Cut) -> float:
        """How sure two wishes are told, 0 where there are not two."""
        if any(one["start"] < cut.end and one["end"] > cut.start for one in _spoken_of(message)):
            return 0.0  # in the middle of a course's title
        first, second = _intent(cut.left)[0], _intent(cut.right)[0]
        sureness = min(_surely(cut.left), _surely(cut.right))
        if sureness < self._config["sure"] or _intent(message)[0] not in (first, second):
            return 0.0
        if first not in _BEFORE_A_QUESTION | (_BRIEF if second == ASKING else frozenset()) or second not in _KINDS:
            return 0.0
        if second == "search_courses" and not _ends(message.get(TEXT), cut) and _NOUN.match(fold(cut.rest)):
            return 0.0
        answers = [self._answer(side) for side in (cut.left, cut.right)]
        if first == ASKING and not answers[0]:
            return 0.0
        words = len(cut.right.get(TEXT).split())
        if second == ASKING:
            another = answers[0] != answers[1] if first == ASKING else words >= _WORDS
            return sureness if answers[1] and another else 0.0
        kinds = {_KINDS.get(first), _KINDS[second]}
        together = any(one in ({first, _KINDS[second]}, {_KINDS.get(first), second}, kinds) for one in _TOGETHER)
        apart = first in _KINDS and len(kinds) == 2 and not together
        return sureness if apart and words >= _WORDS else 0.0

    def _answer(self, side: Message) -> str | None:
        """What the knowledge base would answer, where it is sure enough."""
        found = side.get(ANSWER_KEY) or {}
        return str(found["key"]) if found.get("confidence", 0.0) >= self._config["answer"] else None

    def _told(self, cut: Cut, entities: list[dict[str, Any]]) -> dict[str, Any]:
        """The second wish as the message carries it, with its entities."""
        return {
            "text": cut.rest,
            "cut": cut.end,
            "start": cut.start,
            "intent": cut.right.get(INTENT),
            "entities": entities,
            ANSWER_KEY: cut.right.get(ANSWER_KEY) if self._answer(cut.right) else None,
        }


def _found(message: Message) -> list[dict[str, Any]]:
    return message.get(ENTITIES) or []


def _spoken_of(message: Message) -> list[dict[str, Any]]:
    return [one for one in _found(message) if one["entity"] != LANGUAGE]


def _ends(text: str, cut: Cut) -> bool:
    """Whether a sentence ends where a text is cut."""
    return any(sign in ".?!;…" for sign in text[cut.end : cut.start])


def _intent(message: Message) -> tuple[str, float]:
    intent = message.get(INTENT) or {}
    return intent.get("name") or "", float(intent.get("confidence") or 0.0)


def _mends(message: Message, mended: Message) -> bool:
    """Whether a message means what it means well written: a name has its own spelling, nothing gets foreign by it."""
    before, after = _intent(message)[0], _intent(mended)[0]
    return before != "inform" and (after != OUT_OF_SCOPE or before == OUT_OF_SCOPE)


def _surely(side: Message) -> float:
    """How sure a side's meaning is; a question whose answer is known is sure."""
    name, confidence = _intent(side)
    known = (side.get(ANSWER_KEY) or {}).get("confidence", 0.0) if name == ASKING else 0.0
    return max(confidence, float(known))


def _take_meaning(message: Message, part: Message) -> None:
    """The message means what its part means; its entities stay."""
    for name in (INTENT, RANKING, ANSWER_KEY, SCORE):
        if part.get(name) is not None:
            message.set(name, part.get(name), add_to_output=True)
