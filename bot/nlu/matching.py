"""Reads the pattern files of ``patterns/`` into spaCy's ``Matcher``.

A pattern is a line of tokens over folded text (lower case, no accents; an apostrophe, a hyphen and any other sign are
tokens of their own). A token is a regular expression that has to match the whole token; ``(…)?`` around a token makes
it optional, ``<name>`` stands for the words listed under ``words: name:`` in the same file. Beside its patterns a value
may list ``not_before`` and ``not_after``: words that make it mean something else (a value with several such lists is a
list of groups).
"""

from __future__ import annotations

import re
import sre_parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import spacy
from spacy.matcher import Matcher
from spacy.tokens import Doc

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


class PhraseMatcher:
    """Finds the phrases of some pattern files; of those that overlap, the longest."""

    def __init__(self, *files: str) -> None:
        self._meanings: list[_Meaning] = []
        self._vocab = spacy.blank("xx").vocab
        self._matcher = Matcher(self._vocab)
        for file in files:
            self._add(file)

    def _add(self, file: str) -> None:
        read = yaml_files.read(PATTERNS / f"{file}.yml")
        words = read.get("words", {})
        for entity, values in read["entities"].items():
            for value, said, each in _values(values):
                lines = [line for language in ("fr", "en") for line in said.get(language, [])]
                self._matcher.add(str(len(self._meanings)), [_tokens(line, {**words, "each": each}) for line in lines])
                self._meanings.append(
                    _Meaning(entity, value, frozenset(said.get("not_before", [])), frozenset(said.get("not_after", [])))
                )

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
        said = [
            (int(self._vocab.strings[name]), start, end) for name, start, end in self._matcher(Doc(self._vocab, words))
        ]
        taken = [False] * len(words)
        found = []
        for at, start, end in sorted(said, key=lambda said: (said[1] - said[2], said[1], said[0])):
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


def _tokens(line: str, words: dict[str, str]) -> list[dict[str, Any]]:
    tokens = []
    for piece in str(line).split():
        optional = piece.startswith("(") and piece.endswith(")?")
        piece = piece[1:-2].removeprefix("?:") if optional else piece
        expression = re.sub(r"<(\w+)>", lambda match: f"(?:{words[match[1]]})", piece)
        token: dict[str, Any] = {"LOWER": _comparison(expression)}
        tokens.append({**token, "OP": "?"} if optional else token)
    return tokens


def _comparison(expression: str) -> str | dict[str, Any]:
    """The fastest comparison that says the same: one word, some words, or a regular expression."""
    some = _words_of(expression)
    if some is None:
        return {"REGEX": f"^(?:{expression})$"}
    return some[0] if len(some) == 1 else {"IN": some}


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
