"""The criteria of a search, what is pointed at, what is asked about a course, who somebody is; and what is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.component import LANGUAGE, Before, EntityComponent
from bot.nlu.dates.words import ORDINAL, ORDINALS
from bot.nlu.given_up import either_format, free_again
from bot.nlu.matching import matcher
from bot.nlu.negation import mark_refused
from bot.nlu.slips import meant
from bot.nlu.spans import Found, fold, overlaps

_I_AM = re.compile(
    r"\b(?:je suis|i'?m|i am|en tant que|comme|as)(?: (?:une?|an?|the))?(?: (?:junior|senior|jeune|future?))? $"
)
#: What leads up to somebody's trade, and what may follow it, in the patterns of profiles.
_LEADS_UP = re.compile(r"(?:(?:je suis|i ?' ?m|i am|en tant que?|as|comme|we are|nous sommes|un|une|an?) )*")
_TRAILS = re.compile(
    r"(?: (?:de (?:metier|formation|profession)|by (?:trade|training|profession|background)|de|du|d'?|en|in))+$"
)
_LANGUAGES = frozenset({"course_language", "requested_language"})
#: A language asked for without a word of speaking: in a message about a course it is the course's.
_BARE_LANGUAGE = re.compile(r"(?:(?:en|in) )?(?:francais|anglais|french|english)\b")
_WORD = re.compile(r"[a-z]+")
_POLITE = re.compile(r"\bs'il (?:vous|te) plait\b|\b(?:svp|stp|please|pls|merci|thanks)\b")
#: A message of fewer words is nothing but the name of a language.
_SOME_WORDS = 3
#: What makes a message one about a course.
_ABOUT_A_COURSE = frozenset(
    {"course", "topic", "operator", "format", "level", "max_price", "max_days", "seats", "comparative"}
)
#: Of these a message has one of each kind.
_ONCE = frozenset({"comparative", "course_attribute", "course_language", "day_part", "document", "format", "level"})
_ORDINAL = re.compile(rf"\b(?:{ORDINAL})\b")
_ORDINALS_ALONE = re.compile(
    rf"\W*(?:(?:the|rather|plutot|le|la) )?(?:{ORDINAL})(?: one)?"
    rf"(?:,? (?:or|and|ou|et) (?:the |le |la )?(?:{ORDINAL})(?: one)?)*"
    r"(?=\s*(?:[,.?!]|$|(?:please|pls|svp|stp|s'il|thanks|merci|then|alors)\b))"
)
#: "Where does … take place": the course stands between the words.
_WHERE = re.compile(
    r"\bwhere (?:is|does|do|will|are)\b(?=[^.?!]{1,80}\b(?:take place|taking place|held|given|taught|happen)\b)"
)
_FILES = ("criteria", "languages", "dropped", "comparatives", "references", "documents", "profiles", "attributes")
#: Intents whose message is about the language of the conversation, not of a course.
_ABOUT_SPEAKING = frozenset({"switch_language"})
#: Intents whose message is about courses.
_ABOUT_COURSES = frozenset(
    {"search_courses", "refine_search", "ask_advice", "compare_courses", "course_details", "list_sessions", "alert_me"}
)
#: Intents that ask for somebody, and in which no trade is the person's own.
_ABOUT_WHO_ANSWERS = frozenset({"bot_challenge", "talk_to_human"})
#: Intents whose message is about one's own papers: there a certificate is none that a course gives.
_ABOUT_PAPERS = frozenset({"request_document", "check_booking"})


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class CriteriaExtractor(EntityComponent):
    """Emits ``level format course_language day_part comparative dropped_criterion reference course_attribute document
    requested_language profile``, and marks with role ``not`` what is refused, also what earlier components found."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the criteria, then mark what is refused."""
        for message in super().process(messages):
            if message.get(TEXT) and message.get(ENTITIES):
                entities = _without_subjects_of_profiles(message.get(ENTITIES))
                entities = free_again(fold(message.get(TEXT)), entities)
                entities = _once_each(mark_refused(message.get(TEXT), entities))
                message.set(ENTITIES, entities, add_to_output=True)
        return messages

    def extract(self, text: str, before: Before) -> list[Found]:
        """What the pattern files know, but for stretches that are read already."""
        folded = fold(text)
        said = matcher(*_FILES).find(text, meant, _is_or)
        said += [
            one for one in (*_ordinals(folded), *_where(folded)) if not overlaps(one.start, one.end, _places(said))
        ]
        kinds = {*(one["entity"] for one in before.entities), *(one.entity for one in said)}
        bare = len(_WORD.findall(_POLITE.sub("", folded))) < _SOME_WORDS
        about_course = not _ABOUT_A_COURSE.isdisjoint(kinds) or (before.intent in _ABOUT_COURSES and not bare)
        found = [_meant(one, text, folded, before, about_course) for one in said]
        found = [
            one for one in found if not overlaps(one.start, one.end, before.claimed) or _tells_who(one, folded, before)
        ]
        return [one for one in either_format(folded, found) if not _beside_the_point(one, before)]


def _without_subjects_of_profiles(entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    profiles = [(one["start"], one["end"]) for one in entities if one["entity"] == "profile"]
    return [one for one in entities if one["entity"] != "topic" or not overlaps(one["start"], one["end"], profiles)]


def _is_or(one: Found, text: str) -> bool:
    """Whether a "where" is an "or": without its accent it counts only in a longer phrase ("ou ca se passe")."""
    said = text[one.start : one.end].lower().split()
    return one.value == "place" and "ou" in said and len(said) < 3 and len(text.split()) > len(said)


def _tells_who(one: Found, folded: str, before: Before) -> bool:
    """Whether somebody says what they are: that is no subject they look for ("I work as a quality manager"), nor is
    the one that only stands inside a trade ("QA officer")."""
    if one.entity != "profile":
        return False
    read = [
        other
        for other in before.entities
        if other["entity"] != LANGUAGE and overlaps(one.start, one.end, [(other["start"], other["end"])])
    ]
    inside = all(
        other["entity"] == "topic"
        and one.start <= other["start"] < other["end"] <= one.end
        and other["end"] - other["start"] < one.end - one.start
        for other in read
    )
    return inside or _I_AM.search(folded[: one.start]) is not None


def _meant(one: Found, text: str, folded: str, before: Before, about_course: bool) -> Found:
    """The value or entity that depends on more than the words."""
    if one.entity == "profile":
        start = one.start + len(_LEADS_UP.match(folded[one.start : one.end])[0])  # type: ignore[index]
        end = start + len(_TRAILS.sub("", folded[start : one.end]))
        return replace(one, value=text[start:end], start=start, end=end)
    if one.entity in ("course_attribute", "document") and one.value == "certificate":
        return replace(one, entity="document" if before.intent in _ABOUT_PAPERS else "course_attribute")
    asked = one.entity == "requested_language" and not _BARE_LANGUAGE.match(folded[one.start : one.end])
    if one.entity in _LANGUAGES and one.value in ("fr", "en"):
        speaking = asked or (
            not about_course and (one.entity == "requested_language" or before.intent in _ABOUT_SPEAKING)
        )
        return replace(one, entity="requested_language" if speaking else "course_language")
    return one


def _beside_the_point(one: Found, before: Before) -> bool:
    """Whether the message speaks of it without asking for it ("send the invoice to …", "are you a secretary?")."""
    if (one.entity, one.value) == ("document", "invoice"):
        return before.intent not in _ABOUT_PAPERS
    return one.entity == "profile" and before.intent in _ABOUT_WHO_ANSWERS


def _places(found: list[Found]) -> list[tuple[int, int]]:
    return [(one.start, one.end) for one in found]


def _ordinals(folded: str) -> Iterator[Found]:
    """Ordinals that a message begins with and that stand alone ("first", "second or third, which is better?")."""
    match = _ORDINALS_ALONE.match(folded)
    for one in _ORDINAL.finditer(folded, 0, match.end()) if match else ():
        position = ORDINALS[one.group()]
        yield Found("reference", "last" if position < 0 else position, one.start(), one.end())


def _where(folded: str) -> Iterator[Found]:
    for match in _WHERE.finditer(folded):
        yield Found("course_attribute", "place", match.start(), match.end())


def _once_each(entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is said twice counts once."""
    seen: set[tuple[str, str, str]] = set()
    kept = []
    for one in entities:
        key = (one["entity"], str(one["value"]), one.get("role") or "")
        if one["entity"] not in _ONCE or key not in seen:
            kept.append(one)
        seen.add(key)
    return kept
