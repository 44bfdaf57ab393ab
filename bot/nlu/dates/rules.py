"""What a rule of the grammar of time is: a pattern over folded text, and what a match means from a given day on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from bot.nlu.dates.intervals import Interval

#: The interval that a match means, counted from a day; nothing where there is no such day (31 February).
Meaning = Callable[["re.Match[str]", date], Interval | None]

#: Stands among the words of a text that holds a digit.
DIGIT = "#"
_WORD = re.compile(r"[a-z]+")
_ANY_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Rule:
    """One way to name a time. A ``weak`` one ("le 3") counts only beside a word like "après", in a range or after the
    words that take a part of it; a ``headed`` one ("le mois") only after such words ("le premier lundi du mois")."""

    pattern: re.Pattern[str]
    meaning: Meaning
    #: The rule is tried only on a text that holds one of these words (`DIGIT`: any digit), which keeps reading fast.
    needs: frozenset[str]
    weak: bool = False
    headed: bool = False


def rule(pattern: str, meaning: Meaning, needs: Iterable[str], weak: bool = False, headed: bool = False) -> Rule:
    """A rule whose match neither begins nor ends inside a word."""
    return Rule(re.compile(rf"(?<![\w@.])(?:{pattern})(?![\w@])"), meaning, frozenset(needs), weak, headed)


def words_in(folded: str) -> frozenset[str]:
    """What `Rule.needs` is compared with."""
    return frozenset(_WORD.findall(folded)) | ({DIGIT} if _ANY_DIGIT.search(folded) else set())
