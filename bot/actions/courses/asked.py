"""What a message asks of a course: attributes ("how long?"), and what it wants confirmed ("is it free?")."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from bot.actions import criteria as crit
from bot.actions.turn import Turn
from bot.nlu.spans import fold

#: The attribute that a criterion asks about when it is put as a question.
_ASKED_BY = {"language": "language", "format": "format", "level": "level", "max_price": "price", "day_part": "times"}
#: "Is it …?": about what is on screen, not a wish of the search ("do you have something online?").
_IS_IT = re.compile(
    r"^(?:et |and |ok |mais |but |euh |oh |ah |donc |so )*"
    r"(?:c'est|cest|c est|ce sera|est-ce|est ce|elle est|il est|il y a|y a|ya|ca se|elle se|il se|ils|elles|"
    r"(?:la|cette|le|ce) (?:formation|cours) est|is it|is this|is that|is the course|it's|its|are they|do they|does it|"
    r"(?:cette formation(?: ?-? ?l?a)?,? |celle-la,? )?"
    r"(?:on peut|je peux|peut-on|puis-je) (?:la |le )?(?:suivre|faire|prendre)|"
    r"can (?:it|this|that|the|this course|that course|the course) be|can i (?:take|do|follow) (?:it|this|that)|"
    r"will it|can (?:you|they|it) (?:do|give|be|teach)|could (?:you|they) (?:do|give|teach))\b"
)
_FREE = re.compile(r"\b(?:gratuite?s?|gratis|gratos|free|payante?s?)\b")
_FREE_OF_SEATS = re.compile(r"\bfree (?:seats?|places?|spots?)|places? (?:de )?libres?\b")
_LEVEL = re.compile(r"\b(?:(?:quel|what|which|le|the) (?:est le |is the )?(?:niveau|level)|(?:niveau|level) ?\?)")
_TIMES = re.compile(
    r"\b(?:quels? horaires?|quelles? heures?|a quelle heure|(?:what|which) (?:hours|times?)|what time)\b"
)
#: What a message may begin with and joins nothing: "et c'est où ?", "merci, et …".
_OPENING = re.compile(
    r"^(?:(?:et|and|ok|oui|yes|merci|thanks|sorry|pardon|desolee?|excuse[sz]?[- ]moi|excuse me|bonjour|hello|hi|super|"
    r"ah|euh|donc|so|alors|puis|aussi|also)[ ,.!]+)+"
)
_AND = re.compile(r"\b(?:et|and|puis|aussi|also|plus)\b|[,;?] ?\w")


@dataclass
class Asked:
    """The attributes in the order in which they are asked, and the values that are supposed, by criterion."""

    attributes: list[str] = field(default_factory=list)
    supposed: dict[str, list[Any]] = field(default_factory=dict)


def asked_of_course(turn: Turn) -> Asked:
    """What the message asks of the course that it is about."""
    folded = fold(turn.text).strip()
    attributes = [str(attribute) for attribute in turn.values("course_attribute")]
    supposed: dict[str, list[Any]] = {}
    question = is_it(turn)
    if question:
        named = crit.read(turn)
        for name, attribute in _ASKED_BY.items():
            values = [value for value in named.get(name, []) if not str(value).startswith("!")]
            if values and attribute not in attributes and (name != "max_price" or not float(values[0])):
                attributes.append(attribute)
                supposed[name] = values
        if _FREE.search(folded) and not _FREE_OF_SEATS.search(folded) and "price" not in attributes:
            attributes.append("price")
            supposed["max_price"] = [0]
    if not turn.pressed and _LEVEL.search(folded) and "level" not in attributes:
        attributes.append("level")
    if not turn.pressed and _TIMES.search(folded) and "times" not in attributes:
        attributes.append("times")
    if "prerequisites" in attributes and "certificate" in attributes:
        attributes.remove("certificate")  # "do I need a diploma": one to come with, not one to be given
    return Asked(list(dict.fromkeys(attributes)), supposed)


def is_it(turn: Turn) -> bool:
    """Whether the message asks if something is so of what is on screen."""
    if turn.pressed:
        return False
    folded = fold(turn.text).strip()
    return bool(_IS_IT.match(folded)) and (folded.endswith("?") or not re.match(r"(?:c'est|il y a|ya?) ", folded))


def two_wishes(turn: Turn) -> bool:
    """Whether the message joins two questions."""
    said = turn.without("course", "topic", by="x")  # "biotech and its jobs"
    text = _OPENING.sub("", fold(said).strip(" ?!."))
    return not turn.pressed and bool(_AND.search(text))
