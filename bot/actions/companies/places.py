"""Where a company wants to be taught: at its own place, or on the campus."""

from __future__ import annotations

import re

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
_CAMPUS = re.compile(
    r"\b(?:chez vous|(?:sur|au) (?:le |votre )?campus|dans vos (?:locaux|salles?)|a gosselies|(?:at|on) (?:your|"
    r"the) (?:place|campus|"
    r"site|premises)|in gosselies|in your (?:rooms?|labs?|clean ?rooms?))\b"
)


def at_their_place(text: str) -> bool:
    """Whether a course of their own is wanted, at their place or made for them."""
    return bool(_THEIRS.search(fold(text)))


def place_of(text: str) -> str | None:
    """``client`` or ``campus``, where a message says it."""
    folded = fold(text)
    if _CAMPUS.search(folded):
        return "campus"
    return "client" if _THEIRS.search(folded) else None
