"""What simulated people say: phrases by act, filled in, and the slips of their fingers."""

from __future__ import annotations

import random
import re
from functools import cache
from pathlib import Path

import yaml

FOLDER = Path(__file__).parent
LANGUAGES = ("fr", "en")
Phrases = list[str]
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_ONE_PLACE = re.compile(r"\b(une|ma|a|one|my) (place|seat|spot)\b", re.I)
#: Keys beside each other on the keyboards of Belgium and of the English-speaking world.
ROWS = {"fr": ("azertyuiop", "qsdfghjklm", "wxcvbn"), "en": ("qwertyuiop", "asdfghjkl", "zxcvbnm")}


@cache
def phrases(lang: str) -> dict[str, Phrases]:
    """The phrases of a language by act."""
    found: dict[str, Phrases] = yaml.safe_load((FOLDER / f"phrases_{lang}.yml").read_text(encoding="utf-8"))
    return found


def say(act: str, lang: str, dice: random.Random, slips: float = 0.0, **values: str) -> str:
    """A phrase of an act, filled in; with a slip as often as ``slips`` says, never in what was filled in."""
    fitting = [one for one in _of(act, lang) if set(_PLACEHOLDER.findall(one)) <= values.keys()]
    pieces = _PLACEHOLDER.split(dice.choice(fitting))
    if dice.random() < slips:
        longest = max(range(0, len(pieces), 2), key=lambda index: len(pieces[index]))
        pieces[longest] = slipped(pieces[longest], lang, dice)
    return "".join(values[piece] if index % 2 else piece for index, piece in enumerate(pieces))


def _of(act: str, lang: str) -> Phrases:
    """The phrases of an act; ``book_more`` is ``book`` without those that name one place."""
    if act == "book_more":
        return [one for one in phrases(lang)["book"] if not _ONE_PLACE.search(one)]
    return phrases(lang)[act]


def slipped(text: str, lang: str, dice: random.Random) -> str:
    """The text with one slip of the fingers in one of its longer words, not at the beginning of it."""
    places = [match.start() + 1 for match in re.finditer(r"[^\W\d_]{5,}", text)]
    if not places:
        return text
    start = dice.choice(places)
    at = start + dice.randrange(3)
    letter, following = text[at], text[at + 1 : at + 2]
    kind = dice.choice(("swapped", "missing", "doubled", "beside"))
    if kind == "swapped" and following.isalpha():
        return text[:at] + following + letter + text[at + 2 :]
    if kind == "missing":
        return text[:at] + text[at + 1 :]
    if kind == "doubled":
        return text[:at] + letter + text[at:]
    return text[:at] + _beside(letter, lang, dice) + text[at + 1 :]


def _beside(letter: str, lang: str, dice: random.Random) -> str:
    for row in ROWS[lang]:
        at = row.find(letter)
        if at >= 0:
            return dice.choice([row[near] for near in (at - 1, at + 1) if 0 <= near < len(row)])
    return letter
