"""What is wanted of a quote that was made, beside taking it or leaving it: other seats, more time, or just "we book".

A quote is a document that does not change: for other seats another one takes its place, and its day is its day.
"""

from __future__ import annotations

import re

from bot.actions import formatting
from bot.actions.companies.accepting import one_quote, tell_state
from bot.actions.companies.quoting import Quoting
from bot.actions.tasks import KINDS, begin
from bot.actions.turn import Event, Turn
from bot.nlu.spans import fold
from bot.service import Json

#: After these a message without the word may be about the quote.
_SHOWN = frozenset({"utter_quote_made", "utter_quote_stands", "utter_quote_lasts"})
_OF_IT = re.compile(r"\b(?:devis|quote|quotation|offre de prix|pro ?forma|ebq)\b")
_LONGER = re.compile(
    r"\b(?:prolong\w*|rallong\w*|exten\w*|(?:plus|more) (?:de temps|longtemps|time)|longer|valable plus)\b"
)
_OTHERWISE = re.compile(
    r"\b(?:finalement|finally|(?:we|i)(?:'ll| will)? take|on (?:en )?prend|au lieu|"
    r"plutot|instead|actually|chang(?:er|ez|e)|modifi(?:er|ez|e)|corrig(?:er|ez|e)|make it|"
    r"that should be|plus que|ne (?:sera|serons|sommes|est)\w* (?:plus )?que|mett(?:ez|re)|"
    r"passe[rz]?|update|revise[rd]?|rather)\b"
)
#: A quote beside the one that was made.
_BESIDE = re.compile(r"\b(?:autre|second|deuxieme|aussi|en plus|also|another|too)\b")
#: People of one quote, at most.
_MOST = 100
_OF_A_BOOKING = re.compile(r"\b(?:ebc|reservation|booking)\b")
_BOOKS = frozenset({"book_session", "confirm_booking"})


async def decided(turn: Turn) -> list[Event] | None:
    """The events of what a message wants of the quote that was made last, or None where it wants nothing of it."""
    reference = turn.first("quote_reference") or turn.slot("last_quote")
    folded = fold(turn.text)
    if not reference or turn.pressed or _OF_A_BOOKING.search(folded):
        return None
    shown = bool(turn.told_last & _SHOWN)
    if not (shown or _OF_IT.search(folded)):
        return None
    longer = bool(_LONGER.search(folded)) or turn.intent == "extend_hold"
    seats = _seats(turn)
    other = seats is not None and bool(_OTHERWISE.search(folded)) and not _BESIDE.search(folded)
    books = takes(turn)
    if not (longer or other or books):
        return None
    quote = await one_quote(turn, str(reference))
    if quote is None or quote["state"] != "open":
        return None if quote else []
    if longer:
        ends = formatting.moment(quote["valid_until"])
        until = turn.part("day_and_hour", day=formatting.day(ends, turn.lang), hour=formatting.hour(ends, turn.lang))
        turn.say("utter_quote_lasts", reference=quote["reference"], until=until)
        return []
    if other and seats and len(quote["lines"]) == 1:
        return _another(turn, quote, seats)
    return begin(turn, KINDS["accept_quote"]) if books else None


def _seats(turn: Turn) -> int | None:
    """How many people a message says the quote is to be for, and nothing else beside."""
    others = any(entity.get("entity") not in ("language", "seats") for entity in turn.entities)
    asks = (turn.asks or "?" in turn.text) and not _OTHERWISE.search(fold(turn.text))
    if asks or others:
        return None
    said = turn.first("seats") if turn.first("seats") is not None else turn.only_number
    return int(said) if said is not None and 1 <= int(said) <= _MOST else None


def takes(turn: Turn) -> bool:
    """Whether "we book" means the quote that was just shown."""
    others = any(turn.values(one) for one in ("course", "topic", "period", "seats", "session"))
    standing = turn.slot("last_quote") and turn.told_last & _SHOWN
    return bool(standing) and not (turn.pressed or others) and turn.intent in _BOOKS


def _another(turn: Turn, quote: Json, seats: int) -> list[Event]:
    """Begin a quote for other seats on the same date; it takes the place of the one that was made."""
    (line,) = quote["lines"]
    if line["seats"] == seats:
        tell_state(turn, quote)
        return []
    turn.say("utter_quote_replaced", reference=quote["reference"])
    return begin(
        turn,
        KINDS[Quoting.name],
        session=line["session"]["id"],
        course=line["session"]["course_id"],
        seats=seats,
        company=quote["company"]["name"],
        name=quote["contact"]["name"],
        email=quote["contact"]["email"],
        po=quote["po_number"] or "",
        instead_of=quote["reference"],
    )
