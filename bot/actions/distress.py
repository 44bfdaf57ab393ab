"""Anger, despair and urgency: a person is offered at once, whatever was being asked."""

from __future__ import annotations

import re

from rasa_sdk.events import SlotSet

from bot.actions.turn import Event, Turn
from bot.nlu.spans import fold

#: Whoever is angry is offered a person, not another guess.
_ANGRY = re.compile(
    r"\b(?:marre|ras le bol|nuls?|nulles?|idiote?s?|incapables?|stupides?|imbeciles?|debiles?|merde|putain|"
    r"bordel|foutre|foutue?s?|damn|"
    r"inutiles?|sers a rien|servez a rien|foutez|moquez|honteux|scandal\w*|stupid|useless|dumb|idiots?|morons?|"
    r"rubbish|crap|shit|fuck\w*|ridiculous|pathetic|fed up|waste of time|hopeless|annoying|enerv\w*)\b"
)
_DESPERATE = re.compile(
    r"\b(?:desespere\w*|je craque|(?:n'?en |en )peux plus|au secours|suis a bout|desperate|in despair|"
    r"(?:can'?t|cannot) (?:take|stand|cope)\b.{0,12}|at my wits'? end|help me now)\b"
)
#: Who was charged what they do not owe.
_CHARGED = re.compile(
    r"\b(?:factur\w*|invoice[sd]?|billed|charged|debite\w*|preleve\w*)\b.{0,40}\b(?:au lieu d\w* (?=\d)|"
    r"instead of (?=\D?\d)|"
    r"deux fois|twice|en double|too much|fausse?s?|wrong|erreur|mistake|incorrecte?)"
)
_URGENT = re.compile(
    r"\b(?:(?:c'est|c est|tres|vraiment|tout a fait) urgente?|urgence|urgemment|aide tout de suite|"
    r"(?:it'?s|is|very|really) urgent|urgently|emergency|"
    r"prevenez quelqu'un|(?:tell|call|warn) (?:someone|somebody)|help (?:right )?now|need help (?:right )?now|asap)\b"
)
_LEAVES = re.compile(r"\b(?:veux (?:pas|plus)|don'?t want|laisse[zr]?|stop|annule[zr]?|cancel|forget it)\b")
#: What a message gives to a form: then it is an answer first, however it is said.
_DATA = frozenset(["reference", "period", "seats", "email", "phone", "course", "topic", "booking_reference", "session"])


def angry(turn: Turn) -> bool:
    """Whether somebody is angry."""
    return bool(_ANGRY.search(fold(turn.text)))


def distressed(turn: Turn) -> bool:
    """Whether somebody is angry, desperate or pressed, and says nothing else that could be acted on."""
    if turn.pressed or turn.question or any(entity.get("entity") in _DATA for entity in turn.entities):
        return False
    text = fold(turn.text)
    return any(pattern.search(text) for pattern in (_ANGRY, _DESPERATE, _CHARGED, _URGENT))


async def wrongly_charged(turn: Turn) -> list[Event] | None:
    """Offer a person to whoever was charged what they do not owe, whatever the message was taken for."""
    if turn.pressed or turn.asks or "?" in turn.text or not _CHARGED.search(fold(turn.text)):
        return None
    offer_person(turn)
    return []


def offer_person(turn: Turn) -> None:
    """Offer a person now."""
    turn.say("utter_person_at_once")


def in_form(turn: Turn) -> list[Event] | None:
    """Offer a person in the middle of a form, which then asks again; None where nobody is distressed.

    A value is set again as it is: without one Rasa takes the form for rejected and would answer a second time.
    """
    asked = turn.slot("requested_slot")
    if _LEAVES.search(fold(turn.text)):
        return None  # who wants out is let out first
    if not (turn.fresh and asked and turn.tracker.active_loop.get("name") and distressed(turn)):
        return None
    offer_person(turn)
    return [SlotSet("second_wish", turn.slot("second_wish")), SlotSet("requested_slot", asked)]
