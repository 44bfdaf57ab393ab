"""How a word sounds, so that one written by ear is known ("jumo", "koi", "automatisassion").

French spells one sound in many ways; what sounds alike gets the same key. It is a rough key, made to be compared with
other keys only.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bot.nlu.spans import fold

_RULES = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"[^a-z]", ""),
        (r"ph", "f"),
        (r"(?:eau|au)[xst]?(?![a-z])|eau|au", "o"),
        (r"oi", "wa"),
        (r"qu|q|ck|c(?![eiyh])|ch(?=[lr])", "k"),
        (r"sch|ch|sh", "§"),
        (r"th", "t"),
        (r"h", ""),
        (r"ti(?=on|al|el)", "si"),
        (r"c|z|x", "s"),
        (r"gu(?=[eiy])", "k"),
        (r"g(?=[eiy])|j", "j"),
        (r"y", "i"),
        (r"e[nm](?![aeiounm])|a[nm](?![aeiounm])", "an"),
        (r"ai|ei|er(?![a-z])|ez(?![a-z])", "e"),
        (r"(.)\1+", r"\1"),
        (r"[estdx]+$", ""),
    )
]


@lru_cache(maxsize=20_000)
def sound(word: str) -> str:
    """The key of what a word sounds like."""
    key = fold(word)
    for pattern, replacement in _RULES:
        key = pattern.sub(replacement, key)
    return key
