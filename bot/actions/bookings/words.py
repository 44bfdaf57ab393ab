"""What people say inside a booking, as lists of phrases (``said.yml``) and two ways to look for them.

`only` asks whether a message consists of such phrases and of nothing else: what is asked before anything is booked or
let go, so that a word that nobody knows keeps both from happening. `has` asks whether one stands in it.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

from bot import yaml_files
from bot.nlu.spans import fold

#: Words up to which a message may be nothing but set phrases.
LONGEST = 14
#: A word or a sign that says something: pictures do, commas do not.
_TOKEN = re.compile(r"[^\W_]+|[\U0001F300-\U0001FAFF\u2600-\u27BF]")


def plain(text: str) -> str:
    """The words of a text, folded, with one space between."""
    return " ".join(_TOKEN.findall(fold(text)))


def only(text: str, *keys: str, all_of: tuple[str, ...] = ()) -> bool:
    """Whether a text consists of phrases of the lists ``keys`` and nothing else.

    Args:
        all_of: lists of which at least one phrase each has to be there.
    """
    words = plain(text)
    if not words or len(words.split()) > LONGEST:
        return False
    found = _covering(keys + all_of).fullmatch(f"{words} ")
    return bool(found) and all(has(text, key) for key in all_of)


def has(text: str, key: str) -> bool:
    """Whether a phrase of a list stands in a text."""
    return bool(_within(key).search(f" {plain(text)} "))


@cache
def _covering(keys: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("(?:(?:" + "|".join(_phrases(key) for key in keys) + ") )+")


@cache
def _within(key: str) -> re.Pattern[str]:
    return re.compile(f" (?:{_phrases(key)})(?= )")


def _phrases(key: str) -> str:
    phrases = sorted((phrase.strip() for phrase in _lists()[key].split(" | ")), key=len, reverse=True)
    return "|".join(phrases)


@lru_cache(maxsize=1)
def _lists() -> dict[str, str]:
    lists: dict[str, str] = yaml_files.read(Path(__file__).with_name("said.yml"))
    return {key: " ".join(value.split()) for key, value in lists.items()}


#: Words of these lists that people are called too ("I don't want it", "it won't be needed", "grand, go ahead").
_NAMES = frozenset({"don", "won", "desire", "grand"})


@lru_cache(maxsize=1)
def reserved() -> frozenset[str]:
    """Words that mean something here, so that none is anybody's name."""
    keys = ("yes", "polite", "no", "end", "go_on", "nothing", "change", "of_name", "of_email", "of_date", "of_seats")
    found: set[str] = set()
    for key in keys:
        found.update(re.findall(r"[a-z]{2,}", re.sub(r"\\w[*+]?|\[[^\]]*\]|\?:", " ", _lists()[key])))
    return frozenset(found) - _NAMES
