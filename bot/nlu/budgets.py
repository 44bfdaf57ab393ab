"""Reads budgets out of folded text: "moins de 500 euros", "€1,200 max", "gratuit"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.nlu.counted import PEOPLE, TIME_UNIT, plain
from bot.nlu.number_words import Number, numbers
from bot.nlu.spans import Found

_CURRENCY = r"(?:euros?|eur|€|balles|boules)(?![a-z])"
_EURO_AFTER = re.compile(rf"^\s?(?:k\s?)?{_CURRENCY}")
_EURO_BEFORE = re.compile(r"(?:€|\beur(?:os?)?)\s?$")
_AT_MOST = (
    r"moins (?:de|que|cher que)|maximum(?: de)?|max\.?|au maximum|au plus|pas plus (?:de|que)|jusqu'?a|inferieure? a|"
    r"en dessous de|sous(?: les)?|under|below|less than|up to|at most|no more than|not more than|maximum of|"
    r"cheaper than|"
    r"within|plafond(?: de)?|ne (?:pas )?depasse(?:r|nt)? (?:pas )?"
)
_AT_MOST_BEFORE = re.compile(rf"(?:{_AT_MOST})\s?(?:de |d'|des |the )?(?:€|eur )?\s?$")
_BUDGET_BEFORE = re.compile(r"\b(?:budget)\b[^.?!\d]{0,25}$")
_AT_MOST_AFTER = re.compile(
    rf"^\s?(?:{_CURRENCY})?\s?,?\s?(?:max(?:imum|i)?\b|au plus|au maximum|at most|or less|ou moins|tops|grand max)"
)
_BUDGET_AFTER = re.compile(rf"^\s?(?:{_CURRENCY})?\s(?:de |of )?budget\b")
_MONEY_WORDS = re.compile(r"\b(?:budget|prix|price|cher|chere|cheap|cheaper|cout\w*|cost\w*|tarif\w*)\b")
_FREE = re.compile(
    r"(?<!\w)(?:gratuit(?:e|es|s|ement)?|gratos|sans frais|"
    r"rien a payer|sans rien payer|nothing to pay|without paying(?: anything)?|free of charge|for free|no cost|"
    r"free(?= (?:course|training|session|event|workshop|formation|one|stuff|of charge)s?)|(?:anything|something|is "
    r"it|are they|(?<!first )(?<!second )(?<!third )(?<!last )(?<!that )(?<!this )(?<!the )one|ones) free)\b"
)
_FREE_ALONE = re.compile(r"^\W*free\W*$|(?<=\bbe )free(?! (?:on|in|at|next|seats?|places?|time))\b")
#: "c'est gratuit ?", "is parking free?": asked, not wished.
_ASKED_FREE = re.compile(
    r"(?:(?<!qui )\b(?:est|sont|soit)(?:-ce|-il|-elle)?(?: que)?(?: c'est| ca est)?(?: vraiment| aussi| "
    r"totalement)?|is it|are they|is this|is that|"
    r"\b(?:parking|wifi|wi-fi|navette|bus|annul\w*|cancel\w*|repas|lunch|cafe|coffee|entree|report\w*)\b.{0,30})\s?$"
)
_CENT_KILO = re.compile(r"\d\s?k(?![a-z])")


def prices(folded: str) -> Iterator[Found]:
    """The most that may be paid for a seat, in EUR; "gratuit" is 0."""
    for match in [*_FREE.finditer(folded), *_FREE_ALONE.finditer(folded)]:
        if _ASKED_FREE.search(folded[: match.start()]):
            continue
        yield Found("max_price", 0, match.start(), match.end())
    for number in numbers(folded):
        before, after = folded[: number.start], folded[number.end :]
        if number.article or re.match(rf"\s?{PEOPLE}", after) or TIME_UNIT.match(after):
            continue
        in_euro = bool(_EURO_AFTER.match(after) or _EURO_BEFORE.search(before))
        at_most = _AT_MOST_BEFORE.search(before)
        limited = at_most or _AT_MOST_AFTER.match(after)
        budget = _BUDGET_BEFORE.search(before) or _BUDGET_AFTER.match(after)
        kilo = _CENT_KILO.search(folded[number.start : number.end])
        large = number.value >= 40
        if in_euro or (budget and number.value >= 10) or (limited and (kilo or (large and _money(folded, number)))):
            start, end = _with_currency(folded, number)
            start = at_most.start() if at_most else start  # "cheaper than 450" compares with nothing else
            yield Found("max_price", plain(number.value), start, end)


def _money(folded: str, number: Number) -> bool:
    """Whether a limit without currency is one of money: a price is spoken of, or it is too much for days or seats."""
    return bool(_MONEY_WORDS.search(folded)) or number.value >= 100


def _with_currency(folded: str, number: Number) -> tuple[int, int]:
    before, after = _EURO_BEFORE.search(folded[: number.start]), _EURO_AFTER.match(folded[number.end :])
    return before.start() if before else number.start, number.end + (after.end() if after else 0)
