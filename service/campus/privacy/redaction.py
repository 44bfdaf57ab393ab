"""Takes out of free text what nobody should write to a campus: national numbers, bank accounts, payment cards.

The bot's channels do the same before anything is stored there; the service does it again, for it has other callers.
Check digits decide (python-stdnum), so that references, telephone numbers and amounts are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdnum import iban, luhn
from stdnum.be import bis, nn

REDACTED = "▮▮▮"

_ACCOUNT = re.compile(r"\b[A-Z]{2}\d{2}(?=[ .-]?[A-Z0-9])", re.IGNORECASE)
_SIGN_THAT_MAY_END = re.compile(r"[A-Z0-9](?![A-Z0-9])", re.IGNORECASE)
_LONGEST_ACCOUNT = 44
"""34 signs, and a separator after every four."""
_FIGURES = re.compile(r"(?<![\w+])\d(?:[ .\-/]?\d){10,}(?!\w)")
_GROUP = re.compile(r"\d+")
_LONGEST_NUMBER = 19
_NATIONAL_GROUPS = frozenset({(11,), (2, 2, 2, 3, 2), (6, 3, 2), (6, 5), (2, 2, 2, 5)})
"""How people group the eleven figures of a national number."""
_CARD_LENGTHS = {"2": {16}, "3": {14, 15, 16}, "4": {13, 16, 19}, "5": {16, 17, 18, 19}, "6": {16, 17, 18, 19}}
"""Lengths of card numbers by their first figure; telephone numbers begin with others or are shorter."""


def redact(text: str) -> str:
    """The text with every valid IBAN, Belgian national (or BIS) number and card number replaced by a mark."""
    return _FIGURES.sub(lambda found: _replaced(found.group(), _numbers(found.group())), _without_accounts(text))


def _without_accounts(text: str) -> str:
    """Words after an account number look like more of it, so the longest reading that is valid counts."""
    position = 0
    while found := _ACCOUNT.search(text, position):
        start, position = found.span()
        ends = [end.end() for end in _SIGN_THAT_MAY_END.finditer(text, position, start + _LONGEST_ACCOUNT)]
        for end in reversed(ends):
            if iban.is_valid(text[start:end], check_country=False):
                text = text[:start] + REDACTED + text[end:]
                position = start + len(REDACTED)
                break
    return text


def _replaced(text: str, spans: Iterator[tuple[int, int]]) -> str:
    kept, done = "", 0
    for start, end in spans:
        kept, done = kept + text[done:start] + REDACTED, end
    return kept + text[done:]


def _numbers(text: str) -> Iterator[tuple[int, int]]:
    """Where numbers to take out stand in a run of figures: the date and the code of a card may stand behind it."""
    groups = [found.span() for found in _GROUP.finditer(text)]
    first = 0
    while first < len(groups):
        for last in range(min(len(groups), first + _LONGEST_NUMBER), first, -1):
            window = [text[start:end] for start, end in groups[first:last]]
            if _is_secret(window, alone=len(window) == len(groups)):
                yield groups[first][0], groups[last - 1][1]
                first = last
                break
        else:
            first += 1


def _is_secret(groups: list[str], *, alone: bool) -> bool:
    figures = "".join(groups)
    if len(figures) == 11 and (alone or tuple(map(len, groups)) in _NATIONAL_GROUPS):
        return bool(nn.is_valid(figures) or bis.is_valid(figures))
    if len(figures) not in _CARD_LENGTHS.get(figures[0], ()):
        return False
    return (alone or min(map(len, groups[:-1] or groups)) >= 4) and bool(luhn.is_valid(figures))
