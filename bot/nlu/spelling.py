"""Writes a message as the training data would: capitals that nobody meant, accents left out, keys beside the right one.

The sentence encoder knows words by their spelling; "CANCEL MY SEAT" and "annuker ma reservztion" are strange to it.
Only what a message means is read from the text that is mended here: names, dates and all else are read as written.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.nlu.spans import fold

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
#: Words that only some examples have may be slips themselves; shorter words have too many neighbours.
_SEEN, _SHORTEST = 2, 4
#: Letters from which on a word may hold two slips.
_LONG = 8
#: From this share of capitals on a message of some words is shouted.
_SHOUTED = 0.7
#: A French word that lost its apostrophe to the one before it.
_ELIDED = re.compile(r"(qu|[cdjlmnst])([aeiouyh].{2,})")
#: "je", as it is typed on telephones: "jveux", "jreserve".
_I = re.compile(r"j([^aeiouyh].{3,})")
_KEYBOARDS = (("azertyuiop", "qsdfghjklm", "wxcvbn"), ("qwertyuiop", "asdfghjkl", "zxcvbnm"))


def _beside() -> frozenset[tuple[str, str]]:
    """Pairs of letters whose keys touch on one of the keyboards."""
    pairs = set()
    for rows in _KEYBOARDS:
        place = {letter: (y, x) for y, row in enumerate(rows) for x, letter in enumerate(row)}
        for one, (y, x) in place.items():
            for other, (b, a) in place.items():
                if (b, a) in ((y, x + 1), (y + 1, x), (y + 1, x - 1)):
                    pairs |= {(one, other), (other, one)}
    return frozenset(pairs)


_BESIDE = _beside()


class Spelling:
    """The words of each language as the training data write them, by their folded letters without apostrophes."""

    def __init__(self, words: Mapping[str, Mapping[str, Mapping[str, int]]]) -> None:
        """``words``: language → folded letters → each spelling with how often it stands."""
        self.words = {language: {key: dict(spelt) for key, spelt in known.items()} for language, known in words.items()}
        self._counts = {
            language: {key: sum(spelt.values()) for key, spelt in known.items()}
            for language, known in self.words.items()
        }
        self._choices = {
            language: [key for key, count in known.items() if count >= _SEEN and len(key) >= _SHORTEST - 1]
            for language, known in self._counts.items()
        }

    @classmethod
    def learn(cls, texts: Mapping[str, Iterable[str]]) -> Spelling:
        """From the examples of each language."""
        words: dict[str, dict[str, Counter[str]]] = {language: defaultdict(Counter) for language in texts}
        for language, said in texts.items():
            for text in said:
                for word in _WORD.findall(_plain(text)):
                    words[language][_key(word)][word] += 1
                    for part in word.split("'") if "'" in word else []:
                        if len(part) > 1:
                            words[language][_key(part)][part] += 1
        return cls(words)

    def everyday(self, least: int) -> frozenset[str]:
        """The words that stand at least so often in the training data."""
        return frozenset(
            word
            for known in self.words.values()
            for spelt in known.values()
            for word, count in spelt.items()
            if count >= least
        )

    def mended(self, text: str) -> str:
        """The text as the training data would write it; the same where nothing is strange in it."""
        letters = [character for character in text if character.isalpha()]
        if len(text.split()) > 1 and sum(letter.isupper() for letter in letters) > _SHOUTED * len(letters):
            text = text.lower()
        found = _WORD.findall(text)
        known = {language: sum(_key(word) in keys for word in found) for language, keys in self._counts.items()}
        most = max(known.values(), default=0)
        languages = [language for language, count in known.items() if count == most]
        return _WORD.sub(lambda word: self._word(word[0], languages), text)

    def _word(self, word: str, languages: list[str]) -> str:
        plain = _plain(word)
        key = _key(plain)
        knowing = [known[key] for known in self.words.values() if key in known]
        if knowing:
            right = any(plain in spelt for spelt in knowing)
            here = next(
                (self.words[language][key] for language in languages if key in self.words[language]), knowing[0]
            )
            return word if right else _commonest(here)
        if "'" in plain:
            return "'".join(part if len(part) < 2 else self._word(part, languages) for part in plain.split("'"))
        if len(key) < _SHORTEST:
            return word
        elided = _ELIDED.fullmatch(key)
        french = self.words.get("fr", {})
        if elided and "fr" in languages and elided[2] in french:
            return f"{elided[1]}'{_commonest(french[elided[2]])}"
        own = _I.fullmatch(key)
        if own and "fr" in languages and own[1] in french:
            return f"je {_commonest(french[own[1]])}"
        return self._nearest(key, languages) or word

    def _nearest(self, key: str, languages: list[str]) -> str | None:
        """The commonest of the words nearest to unknown letters; keys beside each other are nearer."""
        most = 1 if len(key) < _LONG else 2
        found = [
            (distance + _strangeness(key, near), -self._counts[language][near], near, language)
            for language in languages
            for near, distance, _ in process.extract(
                key, self._choices[language], scorer=OSA.distance, score_cutoff=most, limit=20
            )
        ]
        if not found:
            return None
        *_, near, language = min(found)
        return _commonest(self.words[language][near])

    def as_dict(self) -> dict[str, Any]:
        """For a JSON file."""
        return self.words


def _strangeness(key: str, near: str) -> float:
    """What speaks against a slip: another letter that is not beside the right one, or another beginning."""
    if len(key) == len(near):
        differ = [i for i in range(len(key)) if key[i] != near[i]]
        if len(differ) == 1:
            return 0.0 if (key[differ[0]], near[differ[0]]) in _BESIDE else 0.5
    return 0.0 if key[0] == near[0] else 0.5


def _commonest(spelt: Mapping[str, int]) -> str:
    return max(spelt, key=lambda word: (spelt[word], word))


def _plain(text: str) -> str:
    return text.lower().replace("’", "'")


def _key(word: str) -> str:
    return fold(word).replace("'", "")
