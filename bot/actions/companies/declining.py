"""Declining a quote that was typed about: told what would happen, and done after one yes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from bot.actions.callbacks import last_key
from bot.actions.companies.accepting import decline, one_quote, tell_state
from bot.actions.tasks import KINDS, Kind, Over, Task, begin, yes_and_no
from bot.actions.turn import Event, Turn
from bot.nlu.spans import fold
from bot.service import Json

#: Words with which an offer is refused. Alone they count right after the quote; else it has to be named.
_REFUSES = re.compile(
    r"\b(?:declin\w*|refus\w*|reject\w*|turn(?:ing)? (?:it |this |your \w+ )?down|renonc\w*|non merci|"
    r"no,? thanks?|no,? thank you|"
    r"(?:trop|bien trop|beaucoup trop) (?:cher|chere|eleve|haut)|too (?:expensive|dear|pricey|much|high)|"
    r"hors (?:de )?(?:notre )?budget|"
    r"(?:over|above|beyond|out of) (?:our |the )?budget|(?:can'?t|cannot|can not) afford|pas les moyens|"
    r"(?:ne |n'? ?)?(?:donn\w+|donnerons) pas (?:de )?suite|sans suite|pas retenu\w*|(?:ne |n'? ?)?(?:le |"
    r"la )?(?:prenons|prend|"
    r"prends|retenons|retiens|veux|voulons|acceptons|accepte) (?:pas|plus)|(?:don'?t|do not|won'?t|will not|"
    r"not) (?:want|take|taking|"
    r"accept|accepting|going ahead|proceed\w*|go ahead)|pas (?:interesse\w*|pour nous)|not interested|"
    r"we'?ll pass|pass on|"
    r"laiss\w* tomber|oubli\w* (?:ca|le devis|cela)|forget (?:it|the quote|about it)|never ?mind|drop (?:it|"
    r"the quote))\b"
)
_OF_IT = re.compile(r"\b(?:devis|quote|quotation|offre|offer|estimate|proposition|proposal|pro ?forma|ebq)\b")
_OF_A_SEAT = re.compile(r"\b(?:liste d'attente|waiting list|waitlist|place (?:proposee|liberee|offerte)|seat)\b")
#: After these a bare refusal is about the quote.
_SHOWN = frozenset({"utter_quote_made", "utter_quote_stands"})


def refuses(turn: Turn) -> bool:
    """Whether a message has the words of a refusal."""
    return not turn.pressed and not turn.question and bool(_REFUSES.search(fold(turn.text)))


async def decided(turn: Turn) -> list[Event] | None:
    """Begin to decline the quote that a message refuses, or None where it refuses none."""
    named, last = turn.first("quote_reference"), turn.slot("last_quote")
    if not (named or last) and turn.intent == "decline_offer" and refuses(turn) and _of_a_quote(turn):
        turn.say("utter_quote_none")
        return []
    if not (named or last) or not (refuses(turn) or _bare_no(turn)):
        return None
    meant = named or _of_a_quote(turn) or last_key(turn) in _SHOWN
    return begin(turn, KINDS[Declining.name], quote=str(named or last)) if meant else None


def _of_a_quote(turn: Turn) -> bool:
    folded = fold(turn.text)
    return bool(_OF_IT.search(folded)) and not _OF_A_SEAT.search(folded)


def _bare_no(turn: Turn) -> bool:
    """A "no" and nothing else, which right after a quote may be one to it; it is asked before it is done."""
    short = turn.intent == "deny" and not turn.pressed and len(turn.text.split()) < 3
    return short and last_key(turn) == "utter_quote_made"


class Declining(Kind):
    """Gives a quote and its seats back."""

    name = "decline_quote"
    intents: ClassVar[frozenset[str]] = frozenset()
    stopped = "utter_quote_stands"

    def steps(self, task: Task) -> Sequence[str]:
        return ["quote"]

    async def read(self, task: Task) -> Json:
        return {}

    async def check(self, task: Task) -> None:
        quote = await one_quote(task.turn, task.values["quote"])
        if quote is None:
            raise Over
        if quote["state"] not in ("open", "requested"):
            tell_state(task.turn, quote)
            raise Over

    async def ask(self, task: Task) -> list[Event]:
        return []

    async def summarise(self, task: Task) -> list[Event]:
        turn, buttons = task.turn, yes_and_no(task.turn, "quote_decline_yes", "quote_keep")
        turn.say("utter_ask_decline_quote", buttons=buttons, reference=task.values["quote"])
        return []

    async def do(self, task: Task) -> list[Event]:
        return await decline(task.turn, task.values["quote"])
