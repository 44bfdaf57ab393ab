"""Takes out what nobody should write to a campus: national numbers, bank accounts, payment cards.

Done in the channel, before Rasa stores or logs anything. Check digits decide (python-stdnum), so that a reference or a
telephone number is left alone.
"""

from __future__ import annotations

import re

from stdnum import iban, luhn
from stdnum.be import bis, nn

_IBAN_START = re.compile(r"\b[A-Z]{2}\d{2}(?=[ .-]?[A-Z0-9])", re.IGNORECASE)
_IBAN_END = re.compile(r"[A-Z0-9](?![A-Z0-9])", re.IGNORECASE)
#: Characters that an account number may take up, separators included (34 and a separator each four).
_IBAN_SPAN = 44
_DIGITS = re.compile(r"(?<![\w+])\d(?:[ .\-/]?\d){10,}(?!\w)")
_GROUP = re.compile(r"\d+")
#: How the figures of a national number are grouped where others stand beside it.
_NATIONAL_GROUPS = frozenset({(11,), (2, 2, 2, 3, 2), (6, 3, 2), (6, 5), (2, 2, 2, 5)})
#: Lengths of card numbers by their first figure; telephone numbers begin with others or are shorter.
_CARD_LENGTHS = {"2": {16}, "3": {14, 15, 16}, "4": {13, 16, 19}, "5": {16, 17, 18, 19}, "6": {16, 17, 18, 19}}

REDACTED = "▮▮▮"


def redact(text: str) -> str:
    """The text with every valid IBAN, Belgian national number and card number replaced by a mark."""
    return _DIGITS.sub(_number, _without_ibans(text))


def _without_ibans(text: str) -> str:
    position = 0
    while match := _IBAN_START.search(text, position):
        start, position = match.start(), match.end()
        ends = [end.end() for end in _IBAN_END.finditer(text, match.end(), start + _IBAN_SPAN)]
        for end in reversed(ends):  # the words after a number look like more of it: the longest that is valid
            if iban.is_valid(text[start:end], check_country=False):
                text = text[:start] + REDACTED + text[end:]
                position = start + len(REDACTED)
                break
    return text


def _number(match: re.Match[str]) -> str:
    """A run of figures without the numbers in it: people write the date and the code of a card behind it."""
    text = match.group()
    groups = [(group.start(), group.end()) for group in _GROUP.finditer(text)]
    kept, done, first = "", 0, 0
    while first < len(groups):
        for last in range(min(len(groups), first + 19), first, -1):  # the longest that is valid
            window = [text[start:end] for start, end in groups[first:last]]
            if _secret(window, alone=len(window) == len(groups)):
                kept += text[done : groups[first][0]] + REDACTED
                done, first = groups[last - 1][1], last
                break
        else:
            first += 1
    return kept + text[done:]


def _secret(groups: list[str], alone: bool) -> bool:
    digits = "".join(groups)
    if len(digits) == 11 and (alone or tuple(map(len, groups)) in _NATIONAL_GROUPS):
        return bool(nn.is_valid(digits) or bis.is_valid(digits))
    if len(digits) not in _CARD_LENGTHS.get(digits[0], ()):
        return False
    return (alone or min(map(len, groups[:-1] or groups)) >= 4) and bool(luhn.is_valid(digits))
