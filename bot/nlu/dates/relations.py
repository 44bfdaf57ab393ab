"""What stands around expressions of time: parts ("mi-mars"), ranges ("de mars à mai"), open ends ("avant Pâques")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.nlu.dates.atoms import Atom, atoms
from bot.nlu.dates.day_rules import DAYS_ALONE
from bot.nlu.dates.heads import ARTICLE, Head, head
from bot.nlu.dates.intervals import Interval
from bot.nlu.dates.relative_rules import PLAIN_WEEKDAY
from bot.nlu.dates.typos import mended
from bot.nlu.dates.unit_rules import BARE_YEAR, UNIT_END
from bot.nlu.spans import fold


@dataclass(frozen=True)
class Period:
    """A stretch of time said between two positions of a text."""

    interval: Interval
    start: int
    end: int


_NOTHING = Interval(date.min, date.min)
#: The words before an expression that may belong to it are looked for in so many characters.
_LOOK_BACK = 60

_BEFORE = r"avant|before|prior to|ahead of|plus tot que|earlier than"
_NOT_BEFORE = r"(?:pas|not|jamais|never|no) (?:avant|before|earlier than|plus tot que)|au plus tot|at the earliest"
_AFTER = r"apres|after|later than|plus tard que|au[- ]dela d[eu']?"
_NOT_AFTER = (
    r"(?:pas|not|no) (?:apres|after|later than|plus tard que)|au plus tard|at the latest|jusqu'?(?:e|a|en|aux?)?|"
    r"until|untill|till|up to|through"
)
_FROM = (
    r"a partir d[eu']?|a compter d[eu']?|des|depuis|from|since|starting(?: from| in| on)?|as of|as from|"
    r"beginning(?: in| on)?|commencant|(?<!pour )(?<!pour un )(?<!pour une )(?<!niveau )(?<!grand )(?<!suis )debutant"
)
_BY = r"d'ici(?: a)?|by"
_RELATIONS = {
    "not_before": _NOT_BEFORE,
    "not_after": _NOT_AFTER,
    "before": _BEFORE,
    "after": _AFTER,
    "from": _FROM,
    "by": _BY,
}
_PREFIX = re.compile(
    "(?<![\\w-])(?:"
    + "|".join(f"(?P<{name}>{words})" for name, words in _RELATIONS.items())
    + rf") ?(?:(?:a|en|on|de|about|around|environ) )?{ARTICLE}$"
)
_SUFFIXES = [
    (name, re.compile(rf"^,? (?:{words})(?!\w| ?(?:de |of |a )?[\d€])"))  # "in March, max 800": of the price
    for name, words in {
        "not_after": r"au plus tard|at the latest|maximum|max|ou avant|or (?:before|earlier|sooner)",
        "from": r"au plus tot|at the earliest|onwards?|"
        r"on(?= ?(?:$|[.,;!?)])| (?:please|pls|if|is|would|works|suits)\b)|"
        r"et apres|ou (?:apres|plus tard)|or (?:after|later)|"
        r"et au-dela|and (?:after|beyond)",
    }.items()
]

_BETWEEN = re.compile(rf"\b(?:entre|between) {ARTICLE}$")
_OUT_OF = re.compile(rf"\b(?:du|de|from|d') ?{ARTICLE}$")
_TO = re.compile(
    rf"^ ?(?:-|(?:a|au|aux|to|until|till|jusqu'?(?:a|au|en|aux)?|through|thru|up to) )\s?(?:the end of )?{ARTICLE}$"
)
_AND = re.compile(rf"^,? ?(?:(?:et|and) )?{ARTICLE}$")
_OR = re.compile(
    rf"^(?:, ?(?:(?:ou|or|et|and|voire|puis) )?| ?(?:ou|or|et|and|et/ou|and/or|voire|puis|,|/|&) ?){ARTICLE}$"
)
_IN = re.compile(rf"^,? (?:in|en|de|of|during|au|d'|pendant|courant) ?{ARTICLE}$")
_SENTENCE_ENDS = re.compile(r"[.?!;]\s")
#: What a year is said after where it is meant as a time of its own; else it may be said in passing.
_YEAR_FOLLOWS = re.compile(
    r"(?:\b(?:en|in|of|for|pour|avant|before|d'ici|by|debut|fin|mi|until|till|jusqu'en|depuis|since|courant|from|after|"
    r"apres|des|through|during|early|late|mid|l'annee|year|or|ou|et|and|to|a)|-|/)\s?$"
)


def periods(text: str, today: date, claimed: Sequence[tuple[int, int]] = ()) -> list[Period]:
    """The stretches of time that a text speaks of, counted forward from a day; ``claimed`` stretches are left out."""
    folded, places = mended(fold(text))
    capitals = "".join(text[place] for place in places[:-1])
    claimed = [(places.index(start), places.index(end)) for start, end in claimed if {start, end} <= set(places)]
    parts = _parts(atoms(folded, capitals, today, claimed), folded, today)
    found: list[Period] = []
    at = 0
    while at < len(parts):
        period, taken = _joined(parts, at, folded)
        found += [period] if period is not None else []
        at += taken
    return [replace(one, start=places[one.start], end=places[one.end - 1] + 1) for one in found]


@dataclass(frozen=True)
class _Part:
    """An atom, and what of it is meant."""

    atom: Atom
    start: int
    interval: Interval
    head: Head | None = None

    @property
    def weak(self) -> bool:
        """Whether it counts only beside another word."""
        return self.atom.rule.weak and self.head is None

    @property
    def to_its_end(self) -> bool:
        """Whether it is the end of something: "d'ici fin mars" lets all of March be."""
        return self.atom.rule is UNIT_END or (self.head is not None and self.head.part == "end")

    def again(self, from_day: date) -> Interval:
        """The same, read from another day on."""
        interval = self.atom.counted_from(from_day) or self.atom.interval
        return (self.head.narrow(interval) if self.head else interval) or interval


def _parts(found: Sequence[Atom], folded: str, today: date) -> list[_Part]:
    """The atoms with the words that narrow them; what stands inside those words is no time of its own."""
    parts: list[_Part] = []
    for atom in found:
        part = _narrowed(atom, folded, today)
        if part is not None:
            while parts and (parts[-1].atom.end > part.start or _kind_of_day(parts[-1], part, folded)):
                parts.pop()
            parts.append(_of_same_month(parts[-1], part, folded) if parts else part)
    return [one for at, one in enumerate(parts) if len(parts) == 1 or not _in_passing(parts, at, folded)]


def _narrowed(atom: Atom, folded: str, today: date) -> _Part | None:
    before = folded[max(0, atom.start - _LOOK_BACK) : atom.start]
    words = head(before, atom.interval, folded[atom.start : atom.end])
    if words is None:
        return None if atom.rule.headed else _Part(atom, atom.start, atom.interval)
    words = replace(words, start=words.start + atom.start - len(before))
    part = _Part(atom, words.start, words.narrow(atom.interval) or _NOTHING, words)
    if atom.rule.headed and part.interval.end is not None and part.interval.end <= today and atom.interval.end:
        part = replace(part, interval=part.again(atom.interval.end))  # "début du mois", at its end: of the next one
    return part if part.interval else None


def _kind_of_day(left: _Part, right: _Part, folded: str) -> bool:
    """Whether a weekday only says which days of a longer stretch are meant ("a Tuesday or Thursday in March")."""
    between = folded[left.atom.end : right.start]
    return left.atom.rule is PLAIN_WEEKDAY and right.interval.days >= 28 and _IN.match(between) is not None


def _of_same_month(left: _Part, right: _Part, folded: str) -> _Part:
    """A bare day after a date in the same sentence is read from there on ("le 12 janvier ou le 19")."""
    between = folded[left.atom.end : right.start]
    bare, date_said = right.atom.rule in DAYS_ALONE, left.interval.days == 1 and left.atom.rule not in DAYS_ALONE
    if not bare or not date_said or left.interval.start is None or _SENTENCE_ENDS.search(between):
        return right
    return replace(right, interval=right.again(left.interval.start))


def _in_passing(parts: Sequence[_Part], at: int, folded: str) -> bool:
    """Whether a year is only an aside beside other times ("next year, our 2026 money is gone")."""
    one = parts[at]
    if one.atom.rule is not BARE_YEAR or one.head is not None or _YEAR_FOLLOWS.search(folded[: one.start]):
        return False
    after = folded[one.atom.end : parts[at + 1].start] if at + 1 < len(parts) else ""
    return not (_TO.match(after) or _OR.match(after))


def _joined(parts: Sequence[_Part], at: int, folded: str) -> tuple[Period | None, int]:
    """The period that begins with a part, and how many parts it takes."""
    if at + 1 < len(parts) and (whole := _range(parts[at], parts[at + 1], folded)):
        return whole, 2
    period, taken = None, 1
    while at + taken < len(parts) and (longer := _neighbours(parts[at + taken - 1], parts[at + taken], period, folded)):
        period, taken = longer, taken + 1
    return (period, taken) if period else (_related(parts[at], folded), 1)


def _range(left: _Part, right: _Part, folded: str) -> Period | None:
    """Both as one stretch, where the words between them (and before them) say so."""
    before, between = folded[max(0, left.start - _LOOK_BACK) : left.start], folded[left.atom.end : right.start]
    opening = _BETWEEN.search(before)
    if opening is None or not _AND.match(between):
        opening = _OUT_OF.search(before)
        if not _TO.match(between):
            return None
    first, last = left.interval, right.interval
    if last.fixed and not first.fixed and last.start is not None:
        first = left.again(last.start - timedelta(days=364))
    elif not last.fixed and first.start is not None and last.end is not None and last.end <= first.start:
        last = right.again(first.start)
    whole = Interval(first.start, last.end, first.fixed or last.fixed)
    start = left.start - len(before) + opening.start() if opening else left.start
    return Period(whole, start, right.atom.end) if whole else None


def _neighbours(left: _Part, right: _Part, sofar: Period | None, folded: str) -> Period | None:
    """ "mars ou avril", "fin mars, début avril": one stretch where the second follows the first."""
    between = folded[left.atom.end : right.start]
    both_narrowed = left.head is not None and right.head is not None and not between.strip()
    if left.weak or right.weak or not (both_narrowed or _OR.match(between)):
        return None
    first, last = sofar.interval if sofar else left.interval, right.interval
    if last.start is not None and last.end is not None and first.start is not None and last.end <= first.start:
        last = right.again(first.start)
    if first.start is None or first.end is None or last.start is None or last.end is None:
        return None
    if not first.start <= last.start <= first.end:
        return None
    return Period(Interval(first.start, max(first.end, last.end)), sofar.start if sofar else left.start, right.atom.end)


def _related(one: _Part, folded: str) -> Period | None:
    """With its open end, where a word before or after it says so; a weak expression only counts with one."""
    after = next(((name, match) for name, words in _SUFFIXES if (match := words.match(folded[one.atom.end :]))), None)
    begin = max(0, one.start - _LOOK_BACK)
    before = _PREFIX.search(folded[begin : one.start])
    period = Period(one.interval, one.start, one.atom.end)
    if before is not None and before.lastgroup is not None:
        period = replace(period, interval=_opened(before.lastgroup, one), start=begin + before.start())
    elif after is not None and not one.weak:
        period = replace(period, interval=_opened(after[0], one), end=one.atom.end + after[1].end())
    elif one.weak:
        return None
    return period if period.interval else None


def _opened(relation: str, one: _Part) -> Interval:
    start, end = one.interval.start, one.interval.end
    if relation in ("from", "not_before"):
        return Interval(start, None)
    if relation == "after":
        return Interval(end, None)
    if relation == "not_after" or (relation in ("before", "by") and one.to_its_end):
        return Interval(None, end)
    if relation == "by" and one.interval.days <= 1:
        return Interval(None, end)
    return Interval(None, start)
