"""Reads the pattern files of ``patterns/`` and finds what they list.

A pattern is a line of tokens over folded text (lower case, no accents; an apostrophe, a hyphen and any other sign are
tokens of their own). A token is a regular expression that has to match the whole token; ``(…)?`` around a token makes
it optional, ``<name>`` stands for the words listed under ``words: name:`` in the same file. Beside its patterns a value
may list ``not_before`` and ``not_after``: words that make it mean something else (a value with several such lists is a
list of groups).

spaCy's ``Matcher`` does the same, but asks every pattern again about every word of every message: a third of the time
of a long one. Here a word is compared once, then remembered, and only the patterns that may begin with it are followed.
"""

from __future__ import annotations

import re
import sre_parse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from bot import yaml_files
from bot.nlu.spans import Found, fold

PATTERNS = Path(__file__).parent / "patterns"
_TOKEN = re.compile(r"[^\W_]+|[^\w\s]|_")
Value = str | int


@dataclass
class _Meaning:
    """What a pattern stands for."""

    entity: str
    value: Value
    not_before: frozenset[str] = field(default_factory=frozenset)
    not_after: frozenset[str] = field(default_factory=frozenset)


@dataclass
class _Pattern:
    """A line of tokens, each the number of an expression."""

    meaning: int
    tokens: tuple[int, ...]
    #: For each place in the line, and its end: the places where it may go on, optional tokens left out.
    onward: tuple[tuple[int, ...], ...]

    def ends(self, at: int, place: int, words: Sequence[frozenset[int]]) -> Iterator[int]:
        """Where it may end (half-open) if its token at ``place`` is compared with the word at ``at`` next."""
        places = set(self.onward[place])
        while True:
            if len(self.tokens) in places:
                yield at
            if at == len(words):
                return
            fitting = [one for one in places if one < len(self.tokens) and self.tokens[one] in words[at]]
            places = {after for one in fitting for after in self.onward[one + 1]}
            if not places:
                return
            at += 1


class _Expressions:
    """The expressions of all tokens, each with a number, and which of them a word matches."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._of_word: dict[str, set[int]] = {}
        self._others: list[tuple[int, re.Pattern[str]]] = []
        self.matched = lru_cache(maxsize=20_000)(self._matched)

    def number(self, expression: str) -> int:
        """The number of an expression, the same each time."""
        if expression not in self._numbers:
            number = self._numbers[expression] = len(self._numbers)
            some = _words_of(expression)
            if some is None:
                self._others.append((number, re.compile(expression)))
            for word in some or ():
                self._of_word.setdefault(word, set()).add(number)
        return self._numbers[expression]

    def _matched(self, word: str) -> frozenset[int]:
        return frozenset(
            [
                *self._of_word.get(word, ()),
                *(number for number, expression in self._others if expression.fullmatch(word)),
            ]
        )


class PhraseMatcher:
    """Finds the phrases of some pattern files; of those that overlap, the longest."""

    def __init__(self, *files: str) -> None:
        self._meanings: list[_Meaning] = []
        self._expressions = _Expressions()
        #: By the number of an expression: the patterns that may begin with it, and at which of their places it stands.
        self._beginning: dict[int, list[tuple[_Pattern, int]]] = {}
        for file in files:
            self._add(file)

    def _add(self, file: str) -> None:
        read = yaml_files.read(PATTERNS / f"{file}.yml")
        words = read.get("words", {})
        for entity, values in read["entities"].items():
            for value, said, each in _values(values):
                for line in (line for language in ("fr", "en") for line in said.get(language, [])):
                    self._add_line(_tokens(line, {**words, "each": each}))
                self._meanings.append(
                    _Meaning(entity, value, frozenset(said.get("not_before", [])), frozenset(said.get("not_after", [])))
                )

    def _add_line(self, tokens: list[tuple[str, bool]]) -> None:
        """A line of expressions, each with whether it is optional, for the meaning that is added next."""
        onward: list[tuple[int, ...]] = [(len(tokens),)]
        for place in range(len(tokens) - 1, -1, -1):
            onward.insert(0, (place, *onward[0]) if tokens[place][1] else (place,))
        numbers = tuple(self._expressions.number(expression) for expression, _ in tokens)
        pattern = _Pattern(len(self._meanings), numbers, tuple(onward))
        for place in onward[0]:
            if place < len(tokens):
                self._beginning.setdefault(numbers[place], []).append((pattern, place))

    def _said(self, words: Sequence[str]) -> set[tuple[int, int, int]]:
        """Every way in which the words say something: the meaning, and where it starts and ends (half-open)."""
        matched = [self._expressions.matched(word) for word in words]
        return {
            (pattern.meaning, start, end)
            for start, numbers in enumerate(matched)
            for number in numbers
            for pattern, place in self._beginning.get(number, ())
            for end in pattern.ends(start + 1, place + 1, matched)
        }

    def find(
        self,
        text: str,
        meant: Callable[[str], str] = str,
        doubtful: Callable[[Found, str], bool] = lambda one, text: False,
    ) -> list[Found]:
        """What the text says, in its order. Of two phrases that are equally long the one that begins first wins, then
        the one that is listed first.

        ``meant`` mends single words before they are compared; what is ``doubtful`` in its text stands in nobody's way.
        """
        folded = fold(text)
        places = [match.span() for match in _TOKEN.finditer(folded)]
        words = [meant(folded[start:end]) for start, end in places]
        taken = [False] * len(words)
        found = []
        for at, start, end in sorted(self._said(words), key=lambda said: (said[1] - said[2], said[1], said[0])):
            meaning = self._meanings[at]
            one = Found(meaning.entity, meaning.value, places[start][0], places[end - 1][1])
            if any(taken[start:end]) or doubtful(one, text):
                continue
            taken[start:end] = [True] * (end - start)
            if _word(words, end) not in meaning.not_before and _word(words, start - 1) not in meaning.not_after:
                found.append(one)
        return sorted(found, key=lambda one: one.start)


def _values(values: dict[Any, Any]) -> Iterator[tuple[Value, dict[str, Any], str]]:
    """Each value with its lines; under ``each`` several values share them, ``<each>`` standing for the words of one."""
    if "each" in values:
        for value, words in values["each"].items():
            yield value, values, words
    else:
        for value, groups in values.items():
            for said in groups if isinstance(groups, list) else [groups]:
                yield value, said, ""


def _word(words: list[str], at: int) -> str:
    return words[at] if 0 <= at < len(words) else ""


def _tokens(line: str, words: dict[str, str]) -> list[tuple[str, bool]]:
    """The expressions of a line, each with whether it is optional."""
    tokens = []
    for piece in str(line).split():
        optional = piece.startswith("(") and piece.endswith(")?")
        piece = piece[1:-2].removeprefix("?:") if optional else piece
        tokens.append((re.sub(r"<(\w+)>", lambda match: f"(?:{words[match[1]]})", piece), optional))
    return tokens


def _words_of(expression: str) -> list[str] | None:
    """All the words that an expression of plain letters, groups, alternatives and ``?`` matches."""
    if re.search(r"[\[\].*+{}\\^$]", expression):
        return None
    return sorted(set(_spelled(sre_parse.parse(expression))))


def _spelled(parsed: Any) -> list[str]:
    """Every way to spell a parsed expression."""
    words = [""]
    for operator, argument in parsed:
        name = str(operator)
        if name == "LITERAL":
            ways = [chr(argument)]
        elif name == "IN":  # a|b of single letters
            ways = [chr(code) for kind, code in argument]
        elif name == "BRANCH":
            ways = [way for branch in argument[1] for way in _spelled(branch)]
        elif name == "SUBPATTERN":
            ways = _spelled(argument[3])
        else:  # MAX_REPEAT: ``?``
            ways = ["", *_spelled(argument[2])]
        words = [word + way for word in words for way in ways]
    return words


@cache
def matcher(*files: str) -> PhraseMatcher:
    """The matcher of some pattern files, read once in a process."""
    return PhraseMatcher(*files)
