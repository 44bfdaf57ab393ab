"""Numbers in digits and in French or English words, as they are written in Belgium and elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_UNITS: dict[str, int] = {
    word: value
    for value, said in enumerate(
        [
            "zero",
            "un une one",
            "deux two",
            "trois three",
            "quatre four",
            "cinq five",
            "six",
            "sept seven",
            "huit eight",
            "neuf nine",
            "dix ten",
            "onze eleven",
            "douze twelve",
            "treize thirteen",
            "quatorze fourteen",
            "quinze fifteen",
            "seize sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
    for word in said.split()
}
_TENS: dict[str, int] = {
    word: 10 * value
    for value, said in {
        2: "vingt vingts twenty",
        3: "trente thirty",
        4: "quarante forty fourty",
        5: "cinquante fifty",
        6: "soixante sixty",
        7: "septante seventy",
        8: "huitante octante eighty",
        9: "nonante ninety",
    }.items()
    for word in said.split()
}
_SCALES = {"cent": 100, "cents": 100, "hundred": 100, "mille": 1000, "thousand": 1000}
#: About so many; a person who says so wants a figure to go on with.
_GROUPS = {
    "couple": 2,
    "paire": 2,
    "demi-douzaine": 6,
    "dizaine": 10,
    "douzaine": 12,
    "dozen": 12,
    "quinzaine": 15,
    "vingtaine": 20,
    "trentaine": 30,
    "quarantaine": 40,
    "cinquantaine": 50,
    "centaine": 100,
}

#: As they sound, too ("une douzène").
_GROUP_SPELLINGS = {
    spelled: group
    for group in sorted(_GROUPS, key=len, reverse=True)
    for spelled in (group, group.replace("aine", "ene"), group.replace("aine", "eine"))
}

_GROUP = re.compile(
    r"\b(?:(?P<half>half a|une demi[- ]|une demie[- ])\s*(?:dozen|douzaine)|"
    rf"(?:une?|a|an)\s+(?P<group>{'|'.join(_GROUP_SPELLINGS)}))\b"
)
_DIGITS = re.compile(
    r"(?<![\w.,/])(?P<whole>\d{1,3}(?:[ .,']\d{3})+|"
    r"\d+)(?:[.,](?P<part>\d{1,2}))?(?!\d)(?P<kilo>\s?k(?![a-z]))?(?![\w]*@)"
)
_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True)
class Number:
    """A number between two positions of the folded text."""

    value: float
    start: int
    end: int
    #: A bare "un", "une", "one" or "a": more often an article than a count.
    article: bool = False


def numbers(folded: str) -> list[Number]:
    """All numbers of a folded text, in its order."""
    found = [*_groups(folded), *_digits(folded)]
    taken = [range(one.start, one.end) for one in found]
    found += [one for one in _words(folded) if not any(one.start in span for span in taken)]
    return sorted(found, key=lambda one: one.start)


def _groups(folded: str) -> Iterator[Number]:
    for match in _GROUP.finditer(folded):
        yield Number(6 if match["half"] else _GROUPS[_GROUP_SPELLINGS[match["group"]]], match.start(), match.end())


def _digits(folded: str) -> Iterator[Number]:
    for match in _DIGITS.finditer(folded):
        value = float(re.sub(r"\D", "", match["whole"]) + "." + (match["part"] or "0"))
        yield Number(value * 1000 if match["kilo"] else value, match.start(), match.end())


def _words(folded: str) -> Iterator[Number]:
    """Runs of number words, as long as they add up ("deux trois" are two numbers)."""
    words = list(_WORD.finditer(folded))
    at = 0
    while at < len(words):
        run = _Run()
        last = at
        while last < len(words) and (last == at or _joined(folded, words[last - 1], words[last])):
            if not run.take(words[last].group(), _next_word(words, last)):
                break
            last += 1
        if run.value is None:
            at += 1
            continue
        first, end = words[at], words[last - 1]
        article = last == at + 1 and first.group() in ("un", "une", "one")
        yield Number(float(run.value), first.start(), end.end(), article)
        at = last


def _next_word(words: list[re.Match[str]], at: int) -> str:
    """The word after this one, or nothing."""
    return words[at + 1].group() if at + 1 < len(words) else ""


def _joined(folded: str, left: re.Match[str], right: re.Match[str]) -> bool:
    return folded[left.end() : right.start()] in (" ", "-")


class _Run:
    """Adds number words up while they still make one number."""

    def __init__(self) -> None:
        self._thousands = 0
        self._below = 0
        self._any = False

    @property
    def value(self) -> int | None:
        """The number so far, or nothing."""
        return self._thousands + self._below if self._any else None

    def take(self, word: str, following: str) -> bool:
        """Add a word; false where it does not belong to the same number."""
        if word in ("et", "and"):
            rest = self._below % 100
            if word == "et":
                return self._any and rest >= 20 and rest % 10 == 0 and following in ("un", "une", "onze")
            return self._any and rest == 0 and (following in _UNITS or following in _TENS)
        if word in _SCALES:
            return self._scale(_SCALES[word])
        if word in ("vingt", "vingts") and self._any and self._below % 100 == 4:
            self._below += 76
            return True
        value = _UNITS.get(word, _TENS.get(word))
        if value is None or not self._fits(value):
            return False
        self._below += value
        self._any = True
        return True

    def _scale(self, scale: int) -> bool:
        if scale == 1000:
            if self._thousands:
                return False
            self._thousands, self._below = 1000 * (self._below or 1), 0
        elif self._below > 99:
            return False
        else:
            self._below = 100 * (self._below or 1)
        self._any = True
        return True

    def _fits(self, value: int) -> bool:
        rest = self._below % 100
        if not self._any or (rest == 0 and (self._below or self._thousands)):
            return True
        if rest == 10 and 7 <= value <= 9:  # dix-sept, dix-huit, dix-neuf
            return True
        return (value < 10 and rest >= 20 and rest % 10 == 0) or (10 <= value < 20 and rest in (60, 80))
