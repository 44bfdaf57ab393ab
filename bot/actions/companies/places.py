"""Where a company wants to be taught: at its own place, or on the campus."""

from __future__ import annotations

import re

from bot.actions.turn import Turn
from bot.nlu.spans import fold

_THEIRS = re.compile(
    r"\b(?:chez nous|(?:dans|a|sur|en) (?:nos|notre) (?:propres? )?(?:locaux|site|sites|usine|ateliers?|"
    r"batiments?|bureaux|laboratoires?|"
    r"labos?|murs|entreprise)|en intra|intra-?(?:entreprise|muros)?|sur mesure|(?:session|formation|"
    r"seance) (?:privee|fermee)|"
    r"academie privee|(?:at|on|in) our (?:own )?(?:site|sites|place|plant|premises|offices?|factory|labs?|"
    r"facility|facilities)|"
    r"in-?house|in-?company|tailor(?:ed|-?made)|custom(?:ised|ized)? (?:course|training)|bespoke|"
    r"private (?:academy|session|course)|"
    r"come to us|(?:venir|vous deplacer|deplacez) chez nous)\b"
)
_AT_CAMPUS = re.compile(
    r"\b(?:chez vous|(?:sur|au) (?:le |votre )?campus|dans vos (?:locaux|salles?)|a gosselies|(?:at|on) (?:your|"
    r"the) (?:place|campus|"
    r"site|premises)|in gosselies|in your (?:rooms?|labs?|clean ?rooms?))\b"
)


def at_their_place(text: str) -> bool:
    """Whether a course of their own is wanted, at their place or made for them."""
    return bool(_THEIRS.search(fold(text)))


#: Where a company may want to be taught.
CLIENT, CAMPUS = "client", "campus"
#: A name after a word of place.
_SOMEWHERE = re.compile(
    r"(?:\b(?:in|at|near|around|by|[àa]|en|au|vers|pr[èe]s d[e'’]|sur|dans)\s*)"
    r"(?P<place>[A-ZÀ-Ý][\w'’-]+(?:[ -][A-ZÀ-Ý][\w'’-]+){0,3})"
)
_LED = re.compile(r"^(?:in|at|near|around|by|[àa]|en|au|vers|sur|dans)\s+", re.IGNORECASE)
#: Words of a place that is told without a capital letter, at most.
_SHORT = 4


def named_place(turn: Turn, *, alone: bool) -> str | None:
    """The place that an answer names ("in Charleroi"), as it was written.

    Args:
        alone: the message tells nothing else, and is short: then a place needs no capital letter.
    """
    if turn.pressed or turn.question:
        return None
    said = [one for one in turn.entities if one.get("start") is not None and one["entity"] != "language"]
    spans = [(one["start"], one["end"]) for one in said]
    for found in _SOMEWHERE.finditer(turn.text):
        if not any(start < found.end("place") and found.start("place") < end for start, end in spans):
            return found["place"]
    words = _LED.sub("", turn.text.strip()).split()
    short = alone and 0 < len(words) <= _SHORT and any(sign.isalpha() for sign in words[0])
    return " ".join(word[0].upper() + word[1:] for word in words) if short else None


def place_of(text: str) -> str | None:
    """``client`` or ``campus``, where a message says it."""
    folded = fold(text)
    if _AT_CAMPUS.search(folded):
        return CAMPUS
    return CLIENT if _THEIRS.search(folded) else None
