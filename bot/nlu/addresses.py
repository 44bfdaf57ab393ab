"""E-mail addresses and telephone numbers, as people type or dictate them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from bot.nlu.name_words import name_words
from bot.nlu.spans import Found, fold, words_of

# ------------------------------------------------------------------------------------------------------- e-mail

_LOCAL = r"[a-z0-9][a-z0-9._%+'-]*"
_PLAIN = re.compile(rf"(?<![\w.+-]){_LOCAL}\s*@\s*(?:[a-z0-9-]+\s?\.\s?)+[a-z]{{2,}}(?![\w@])")

_AT = r"(?:@|[(\[{<]\s?(?:at|arobase)\s?[)\]}>]|\b(?:arobase?s?|arrobase|at|a commercial)\b)"
_DOT = r"(?:\.|[(\[{]\s?(?:dot|point)\s?[)\]}]|\bpoint\b|\bdot\b)"
_DASH = r"(?:-|_|\+|\b(?:tiret du bas|underscore|tiret|trait d'union|dash|hyphen|moins|minus|plus)\b)"
_WORD = r"[a-z0-9]+"
#: Dictated: words joined by "point" and "tiret", "arobase", and a domain that ends in a known kind of ending.
_DICTATED = re.compile(
    rf"\b{_WORD}(?:\s*(?:{_DOT}|{_DASH})\s*{_WORD})*\s*{_AT}\s*"
    rf"{_WORD}(?:\s*{_DASH}\s*{_WORD})*(?:\s*{_DOT}\s*{_WORD}(?:\s*{_DASH}\s*{_WORD})*)*"
    rf"\s*{_DOT}\s*(?:com|be|fr|org|net|eu|lu|nl|de|uk|co|io|brussels|vlaanderen|wallonie|info|biz|example|test|"
    rf"cz|pl|es|pt|ch|ro|bg|hu|gr|se|dk|fi|ie|sk|si|hr|lt|lv|ee|ma|tn|dz|tr|ua|ca|eus|cat|dev|app)\b"
)
_SPOKEN = (
    (re.compile(rf"\s*{_AT}\s*"), "@"),
    (re.compile(rf"\s*{_DOT}\s*"), "."),
    (re.compile(r"\s*(?:\btiret du bas\b|\bunderscore\b)\s*"), "_"),
    (re.compile(r"\s*\bplus\b\s*"), "+"),
    (re.compile(r"\s*(?:\btiret\b|\btrait d'union\b|\bdash\b|\bhyphen\b|\bmoins\b|\bminus\b)\s*"), "-"),
    (re.compile(r"\s+"), ""),
)


def emails(text: str) -> Iterator[Found]:
    """Addresses in lower case; "jean point dupont arobase gmail point com" and spaces around the signs included.

    Where a word before the first one may belong to it ("sophie maes @ gmail.com") there is none: see `unsure`.
    """
    for match, address in _addresses(fold(text)):
        if not _before(fold(text), match):
            yield Found("email", address, match.start(), match.end())


def unsure(text: str) -> list[str]:
    """What an address may be before which a word stands that may belong to it, the likeliest first."""
    folded = fold(text)
    for match, address in _addresses(folded):
        words = _before(folded, match)
        if words:
            local, _, domain = address.partition("@")
            return [f"{'.'.join([*words, local])}@{domain}", address]
    return []


#: Words that lead up to an address and are no part of it, beside those of grammar.
_LEADING = words_of(
    "mail mails email adresse address courriel mel is est cest voici here at a sur to via use utilisez notez note "
    "merci svp please thanks oui yes non no ok et and ou or confirmation envoyez send it's privee perso work prive "
    "personal bonjour hello hi the my mon ma l' plutot rather pas not but mais sorry pardon then alors"
)
_WORD_BEFORE = re.compile(r"([a-z0-9][a-z0-9'-]*)\s+$")


def _before(folded: str, match: re.Match[str]) -> list[str]:
    """The words before an address with a space around its sign that may belong to it, two at most."""
    spaced = re.match(r"[a-z0-9._%+'-]+\s", match.group())
    words: list[str] = []
    end = match.start()
    while spaced and len(words) < 2:
        word = _WORD_BEFORE.search(folded[:end])
        if not word or {word[1], word[1].rpartition("'")[2]} & _leading():
            break
        words.insert(0, word[1])
        end = word.start()
    return words


@lru_cache(maxsize=1)
def _leading() -> frozenset[str]:
    lists = name_words()
    return _LEADING | lists.function_fr | lists.function_en


def _addresses(folded: str) -> Iterator[tuple[re.Match[str], str]]:
    """Each stretch of a folded text that is an address, and the address."""
    taken: list[re.Match[str]] = []
    for pattern in (_PLAIN, _DICTATED):
        for match in pattern.finditer(folded):
            if any(match.start() < other.end() and other.start() < match.end() for other in taken):
                continue
            address = match.group()
            for spoken, written in _SPOKEN:
                address = spoken.sub(written, address)
            if _is_address(address):
                taken.append(match)
                yield match, address


#: "je suis at takeda dot com" tells where somebody works.
_NOT_LOCAL = frozenset(
    {"suis", "am", "is", "est", "me", "us", "work", "works", "we", "you", "are", "mail", "email", "adresse"}
)


def _is_address(address: str) -> bool:
    local, _, domain = address.partition("@")
    return (
        local not in _NOT_LOCAL | {""}
        and "." in domain
        and len(address) <= 254
        and len(local) <= 64
        and ".." not in address
        and not local.endswith(".")
        and not any(label.startswith("-") or label.endswith("-") for label in domain.split("."))
    )


# -------------------------------------------------------------------------------------------------------- phone

_SEPARATOR = r"[ ./\-]?"
#: A country code, or a leading 0 as inside Belgium; then enough digits in groups.
_PHONE = re.compile(
    rf"(?<![\w/-])(?:(?:\+|00)\s?(?P<country>[1-9]\d{{0,2}}){_SEPARATOR}(?:\(0\){_SEPARATOR})?|(?P<home>\(?0))"
    rf"(?P<rest>\d{_SEPARATOR}(?:[\d)]{_SEPARATOR}){{4,12}}\d)(?![\w-])"
)
#: The Belgian number without its 0: a mobile, or a land line; elsewhere only the limits of E.164 hold.
_BELGIAN = re.compile(r"4[5-9]\d{7}|[1-9]\d{7}")
_DATE = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}")


def international(text: str) -> Iterator[Found]:
    """Numbers with a plus sign, in E.164: nothing else is written so."""
    return (one for one in phones(text) if text[one.start] == "+")


def phones(text: str) -> Iterator[Found]:
    """Numbers in E.164; without a country code they are Belgian (source: the BIPT's numbering plan)."""
    for match in _PHONE.finditer(fold(text)):
        rest = re.sub(r"\D", "", match["rest"])
        country = match["country"]
        if country is None or country.startswith("32"):
            number = (country[2:] if country else "") + rest
            if _BELGIAN.fullmatch(number) and not _DATE.match(match.group()):
                yield Found("phone", f"+32{number}", match.start(), match.end())
        elif 7 <= len(country + rest) <= 15:
            yield Found("phone", f"+{country}{rest}", match.start(), match.end())
