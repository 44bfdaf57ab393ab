"""Whether a message asks for a quote, or after one that there is."""

from __future__ import annotations

import re

from rasa_sdk.events import SlotSet

from bot.actions.tasks import KINDS, Over, begin
from bot.actions.turn import Event, Turn
from bot.nlu.spans import fold

#: Somebody asks after a quote that there is, or has not got it.
_ASKS_AFTER = re.compile(
    r"\b(?:ou (?:est|en est|se trouve)|en est|pas (?:encore )?(?:recu|eu|trouve)|rien recu|where(?: is|'?s)|"
    r"(?:haven'?t|have not|"
    r"didn'?t|never|not) (?:yet )?(?:received?|got|get|seen)|status|statut|renvo\w*|resend|re-send|"
    r"send .{0,40}again|toujours "
    r"(?:valable|bon|valide)|encore valable|still (?:valid|good|open)|valable jusqu|valid until|until when|"
    r"jusqu'a quand|pdf|lien|"
    r"link|download|telecharg\w*)\b"
)
_BY_THAT_WORD = re.compile(r"\b(?:devis|offre de prix|quote|quotation|price offer|pro[- ]?forma)\b")
_NO_QUOTE = re.compile(
    r"\b(?:pas|sans|no|not|without|don'?t|inutile)\b.{0,25}\b(?:devis|offre de prix|quote|quotation|pro[- ]?forma)\b"
)
#: It is one that they have, or should have.
_THEIR_QUOTE = re.compile(r"\b(?:mon|notre|le|ce|my|our|the|that) (?:devis|offre|quote|quotation|offer|estimate)\b")


def by_that_word(turn: Turn) -> bool:
    """Whether a message asks for a quote by that word."""
    return not turn.pressed and bool(_BY_THAT_WORD.search(turn.plain)) and not _NO_QUOTE.search(turn.plain)


def is_wanted(turn: Turn) -> bool:
    """Whether a message that was taken for a booking asks for a quote by that word."""
    return by_that_word(turn) and not turn.asks and turn.intent not in _OF_A_QUOTE - {"request_quote"}


async def asked_after(turn: Turn) -> list[Event] | None:
    """How a quote stands that was made, where a message asks after it and was taken for what is none of ours."""
    beside = turn.doubtful or turn.intent == "out_of_scope"
    folded = fold(turn.text)
    if turn.pressed or not turn.slot("last_quote") or not beside:
        return None
    if not (_THEIR_QUOTE.search(folded) and _ASKS_AFTER.search(folded)):
        return None
    try:
        await existing(turn)
    except Over as over:
        return over.events
    return None


async def named(turn: Turn) -> list[Event] | None:
    """Begin a quote where a message asks for one by that word and was taken, unsurely, for something else."""
    anew = turn.intent == "accept_quote" and not turn.slot("last_quote") and turn.first("course")
    if (turn.intent in _OF_A_QUOTE and not anew) or turn.first("quote_reference") or not by_that_word(turn):
        return None
    for_seats = turn.intent in _OF_SEATS and not (turn.asks or turn.slot("last_quote"))
    if not (turn.doubtful or turn.titled or for_seats or anew):
        return None
    return begin(turn, KINDS["quote"])


#: What a message is taken for that speaks of a quote and asks for none, or whose own rule begins one.
_OF_A_QUOTE = frozenset(
    {"request_quote", "accept_quote", "decline_offer", "ask_campus", "deny", "talk_to_human", "request_document"}
)
#: What a message is taken for that names seats, a date or who asks, and with them a quote.
_OF_SEATS = frozenset({"inform", "book_session", "search_courses", "list_sessions", "course_details", "refine_search"})


async def existing(turn: Turn) -> None:
    """Whoever asks after a quote that there is, is told how it stands. Raises Over."""
    from bot.actions.companies.accepting import one_quote, tell_state

    named, asks = turn.first("quote_reference"), _ASKS_AFTER.search(fold(turn.text))
    if turn.pressed or not (named or asks):
        return
    if not (named or turn.slot("last_quote")):
        if _THEIR_QUOTE.search(fold(turn.text)):
            turn.say("utter_quote_none")
            raise Over
        return
    quote = await one_quote(turn, str(named or turn.slot("last_quote")))
    if quote is not None:
        tell_state(turn, quote)
    raise Over([SlotSet("last_quote", quote["reference"])] if quote else [])
