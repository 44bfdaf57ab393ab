"""Reads lengths out of folded text: "maximum 2 jours", "une demi-journée", "a week"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.nlu.counted import plain
from bot.nlu.number_words import Number, numbers
from bot.nlu.spans import Found

_DAY = r"(?:jours?|j(?![a-z'])|journees?|days?)(?![a-z])"
_WEEK = r"(?:semaines?|weeks?)(?![a-z])"
_HALF_DAY = re.compile(
    r"\b(?:(?:une |la )?demi(?:e)?[- ]?(?:journee|jour)s?|(?:a |one )?half[- ](?:a )?day|1/2 (?:journee|jour|day)|"
    r"0[.,]5 (?:jour|day))\b"
)
_NOT_A_LENGTH = re.compile(
    r"(?:il y a|dans|d'ici|avant|after|apres|within|depuis|since|ago|prochaine?s|next|last|derniere?s?|chaque|"
    r"every|each|per|par|"
    r"encore|the|these|those|ces|mes|my|toutes les|tous les|in the|endeans|sous|les|in|lundi|mardi|jeudi)\s?$"
)
#: What it has to last at least is no limit from above.
_AT_LEAST = re.compile(
    r"\b(?:plus (?:long(?:ue)?s? )?(?:de|que|d')|au moins|minimum|min\.?|longer than|more than|over|at least|"
    r"(?<!not )above|superieure?s? a)\s?$"
)
_NO_MORE = re.compile(
    r"\b(?:pas|jamais|not|no|never|don't want|"
    r"(?:can't|cannot|mustn't|shouldn't|won't|(?:can|must|should) not) (?:be|last|take|go on for)|"
    r"(?:pas|jamais|plus) (?:durer|prendre|depasser))"
    r"\s(?:more than|longer than|over|plus (?:de|que|long(?:ue)? que))\s?$"
)
_AT_LEAST_AFTER = re.compile(r"^ (?:au moins|minimum|min|at least|or (?:more|longer)|ou plus|et plus)\b")
_NOT_A_LENGTH_AFTER = re.compile(
    r"^ (?:avant|apres|before|after|ago|plus tard|later|ouvrables|working|d'avance|in advance|a l'avance|de conge|"
    r"off|de preavis|notice|"
    r"prochaine?s?|derniere?s?|from|par semaine|a week|per week|qui)\b"
)

_A_DAY = re.compile(
    r"\b(?:a|one) (?:(?:full|whole|single) )?(?P<unit>day|week)\b(?! (?:later|ago|before|after|from|on))"
)


def lengths(folded: str) -> Iterator[Found]:
    """How many days it may last; a week is five."""
    for match in _HALF_DAY.finditer(folded):
        yield Found("max_days", 0.5, match.start(), match.end())
    for number in numbers(folded):
        for pattern, factor in ((_DAY, 1), (_WEEK, 5)):
            unit = re.match(rf"[\s-]?(?:full |whole |seul(?:e)? )?{pattern}", folded[number.end :])
            end = number.end + (unit.end() if unit else 0)
            if unit and number.value <= 60 and _is_length(folded, number, end):
                value = number.value * factor + _and_a_half(folded[end:], factor)
                yield Found("max_days", plain(value), number.start, end)
    for match in _A_DAY.finditer(folded):
        if not _NOT_A_LENGTH.search(folded[: match.start()]):
            yield Found("max_days", 5 if match["unit"] == "week" else 1, match.start(), match.end())


def _and_a_half(after: str, factor: int) -> float:
    return factor / 2 if re.match(r" (?:et demie?|and a half)\b", after) else 0


def _is_length(folded: str, number: Number, end: int) -> bool:
    before = folded[: number.start]
    if _NOT_A_LENGTH_AFTER.match(folded[end:]) or _AT_LEAST_AFTER.match(folded[end:]):
        return False
    if _AT_LEAST.search(before) and not _NO_MORE.search(before):
        return False
    if re.search(r"\b(?:en|sur)\s?$", before):  # "en 2 jours"; "in 2 days" is a date
        return True
    return not _NOT_A_LENGTH.search(before)
