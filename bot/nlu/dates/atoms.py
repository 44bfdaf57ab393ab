"""Finds the smallest expressions of time in a text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.nlu.dates import day_rules, relative_rules, unit_rules
from bot.nlu.dates.intervals import Interval
from bot.nlu.dates.rules import Rule, words_in
from bot.nlu.dates.words import DOUBTFUL_MONTHS, MONTH, PART
from bot.nlu.spans import overlaps

RULES: list[Rule] = [*day_rules.RULES, *unit_rules.RULES, *relative_rules.RULES]

_NONE = Interval(date.min, date.min)
#: Before a word like "may", "sept" or "march": only there is it a month.
_MONTH_FOLLOWS = re.compile(
    r"(?:\b(?:in|by|before|after|until|till|from|since|during|this|next|last|early|late|mid|of|to|and|or|between|"
    r"through|thru|until|till|"
    r"for|end|beginning|en|fin|debut|mi|milieu|avant|apres|des|depuis|courant|de|a|au|ou|et|entre|mois|jusqu'en|"
    r"d'ici|jusque|mi|milieu|middle|around|about|vers|pour)|-|/|,)\s?$"
)
_NO_MONTH = re.compile(r"^ (?:i|we|you|be|have|not|also|need|places?|personnes?|people|seats?|jours?|days?)\b")
#: "The march one", "may dates": pointed at.
_POINTED_AT = re.compile(r"^ (?:ones?|dates?|sessions?)\b")
#: "March to May", "may or june", "jan-mid March".
_BEFORE_MONTH = re.compile(
    rf"^(?: (?:to|or|and|ou|et|a|until|till|through|thru) |\s?[-/,&]\s?)(?:(?:{PART})[ -](?:of )?)?{MONTH}"
)
#: "March would suit us": at the beginning of a message, before what is said of a month.
_SAID_OF_A_MONTH = re.compile(
    r"^(?: (?:is|would|works?|suits?|looks|sounds|seems|could|maybe|perhaps|ideally|please|pls|only|then|if|"
    r"s'il|svp|stp|c'est|c|ca|serait|me|nous|ou|or|for (?:me|us))\b|\s?[?!,.;:]|$)"
)


@dataclass(frozen=True)
class Atom:
    """One expression between two positions, and how to read it again from another day on."""

    start: int
    end: int
    match: re.Match[str]
    rule: Rule
    interval: Interval

    def counted_from(self, other_day: date) -> Interval | None:
        """What it means from another day on."""
        return self.rule.meaning(self.match, other_day)


def atoms(folded: str, text: str, today: date, claimed: Sequence[tuple[int, int]]) -> list[Atom]:
    """All expressions, in order; where two overlap, the longer. ``claimed``: stretches read as something else."""
    found: list[Atom] = []
    words = words_in(folded)
    for rule in RULES:
        if rule.needs.isdisjoint(words):
            continue
        for match in rule.pattern.finditer(folded):
            if overlaps(*match.span(), claimed) or _no_month(match, folded, text):
                continue
            found.append(Atom(*match.span(), match, rule, rule.meaning(match, today) or _NONE))
    kept: list[Atom] = []
    for atom in sorted(found, key=lambda one: (one.rule.weak, one.start - one.end)):
        if not overlaps(atom.start, atom.end, [(other.start, other.end) for other in kept]):
            kept.append(atom)  # also what means nothing ("le 31 février"): no part of it does either
    return sorted((one for one in kept if one.interval), key=lambda one: one.start)


def _no_month(match: re.Match[str], folded: str, text: str) -> bool:
    """Whether the match is a word like "may" or "sept" that the sentence does not use as a month."""
    if match.group() not in DOUBTFUL_MONTHS:
        return False
    if match.group() == "mars" or (match.start() == 0 and match.end() == len(folded.rstrip(" ?!."))):
        return False
    if _NO_MONTH.match(folded[match.end() :]):
        return True
    if _BEFORE_MONTH.match(folded[match.end() :]) or _POINTED_AT.match(folded[match.end() :]):
        return False
    if match.start() == 0 and _SAID_OF_A_MONTH.match(folded[match.end() :]):
        return False
    capital = text[match.start()].isupper() and match.start() > 0 and not text.isupper()
    return not capital and not _MONTH_FOLLOWS.search(folded[: match.start()])
