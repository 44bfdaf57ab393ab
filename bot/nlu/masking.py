"""What in a message says nothing about its language is taken out before the language is looked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bot.nlu.spans import fold, words_of

#: Entities whose words are names or codes, the same in both languages.
_NEUTRAL_ENTITIES = frozenset(
    {
        "course",
        "topic",
        "operator",
        "email",
        "phone",
        "booking_reference",
        "quote_reference",
        "po_number",
        "code",
        "access_code",
        "enterprise_number",
        "person",
        "company",
    }
)

#: Words that people write in either language.
_NEUTRAL_WORDS = words_of(
    """ok okay okey oki okido k ko cool super top stop info infos email e-mail mail mails gsm sms chat bot chatbot menu
    test parking wifi wi-fi bus taxi train metro hotel lunch sandwich badge budget session sessions formation formations
    service services contact site web pdf faq hr rh it qa qc bpf gmp gxp capa csv mes pat oos euro euros eur tva vat
    covid slack teams telegram zoom online workshop webinar meetup job dating mini-mba mba python excel biotech campus
    takeda siemens staubli cespe biopark gosselies charleroi brussels bruxelles belgium covalent forem leforem
    a i o y pm am"""
)
#: … except these, which lean to one language in a sentence: they stay, the statistics know how much they say.
_LEANING = frozenset({"a", "i", "y", "formation", "formations", "info", "infos", "online"})

_CODE = re.compile(r"\S*(?:@|://|www\.)\S*|\S*\d\S*")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def mask(text: str, entities: Sequence[dict[str, Any]] = ()) -> str:
    """The folded text with names, codes, numbers, abbreviations and shared words blanked out."""
    characters = list(text)
    for entity in entities:
        if entity["entity"] in _NEUTRAL_ENTITIES:
            _blank(characters, entity["start"], entity["end"])
    for match in _CODE.finditer(text):
        _blank(characters, match.start(), match.end())
    shouting = text.upper() == text
    for match in _WORD.finditer(text):
        word = match.group()
        abbreviation = len(word) > 1 and word.isupper() and not shouting
        neutral = fold(word)
        if abbreviation or (neutral in _NEUTRAL_WORDS and neutral not in _LEANING):
            _blank(characters, match.start(), match.end())
    return " ".join("".join(characters).split())


def _blank(characters: list[str], start: int, end: int) -> None:
    characters[start:end] = " " * (end - start)
