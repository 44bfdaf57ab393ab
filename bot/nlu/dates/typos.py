"""Mends slips in the words of the calendar ("setpembre", "febuary"), spells short forms out, and keeps positions."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from bot.nlu.spans import words_of

#: Long words that hardly any other word is one slip away from.
_WORDS = sorted(
    words_of(
        """janvier fevrier avril juillet septembre octobre novembre decembre january february april august september
        october november december lundi mardi mercredi jeudi vendredi samedi dimanche monday tuesday wednesday thursday
        friday saturday sunday semaine prochaine prochain trimestre semestre printemps automne vacances carnaval quarter
        autumn summer easter christmas tomorrow before between weekend fortnight pentecote pentecost ascension toussaint
        beginning aujourd"""
    )
)
_KNOWN = (
    frozenset(_WORDS)
    | {f"{word}s" for word in _WORDS}
    # Other words that are a slip away from one of them.
    | words_of(
        "carnival easier eastern quartier quartiers quartet vacance vacancies vacancy auguste summers ascensions"
    )
)
#: As people abbreviate them.
_SHORT = {
    "nxt": "next", "wk": "week", "wks": "weeks", "mth": "month", "mths": "months", "mnth": "month", "qtr": "quarter",
    "yr": "year", "tmr": "tomorrow", "tmrw": "tomorrow", "tmw": "tomorrow", "tomo": "tomorrow", "wknd": "weekend",
    "wkend": "weekend", "bfr": "before", "btwn": "between", "proch": "prochaine", "auj": "aujourd'hui",
    "ajd": "aujourd'hui", "sem": "semaine", "xmas": "christmas", "comming": "coming", "aftr": "after",
}  # fmt: skip
_WORD = re.compile(rf"[a-z]{{5,}}|(?<![a-z])(?:{'|'.join(_SHORT)})(?![a-z])")


def mended(folded: str) -> tuple[str, list[int]]:
    """The text with slips mended, and for each of its positions (and its end) the position in the original."""
    pieces: list[str] = []
    places: list[int] = []
    at = 0
    for match in _WORD.finditer(folded):
        meant = _meant(match.group())
        if meant is None:
            continue
        pieces += [folded[at : match.start()], meant]
        places += [*range(at, match.start()), *(min(match.start() + i, match.end() - 1) for i in range(len(meant)))]
        places[-1] = match.end() - 1
        at = match.end()
    return "".join(pieces) + folded[at:], [*places, *range(at, len(folded) + 1)]


@lru_cache(maxsize=20_000)
def _meant(word: str) -> str | None:
    """The word of the calendar that a word stands for, where it is not one itself; a slip keeps the first letter."""
    if word in _SHORT or word in _KNOWN:
        return _SHORT.get(word)
    near = extract(word, _WORDS, scorer=OSA.distance, score_cutoff=1, limit=3)
    return next((one[0] for one in near if one[0][0] == word[0]), None)
