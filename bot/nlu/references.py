"""References, codes and numbers of an office: of a booking, a quote, an order, an enterprise, a sign-in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.nlu.spans import Found, fold

#: References carry no I, L, O, U, so that nobody has to guess; who types O or I for 0 or 1 is understood.
_MEANT = str.maketrans({"o": "0", "i": "1", "l": "1"})
_REFERENCE = re.compile(r"\b(?P<kind>eb\s?[cq])(?P<gap>\s?[-_./: ]?\s?)(?P<code>(?:[0-9a-z][ -]?){5}[0-9a-z])\b")
_REFERENCE_CODE = re.compile(r"[0-9a-hjkmnp-tv-z]{6}")

_CODE = re.compile(r"(?<![\w.,€+/-])(?P<code>\d{3}[ -]?\d{3})(?![\w,€/-]|\.\d|\s?(?:euros?|eur|€))")
_MONEY = re.compile(r"€|\beur(?:os?)?\b|\bbudget\b")
_AFTER_CODE = re.compile(r"\bcode\b[^\d\n]{0,25}?(?P<code>\d(?:[ -]?\d){5})(?!\d)")

_ACCESS_WORDS = r"(?:code d[' ]?acces|code acces|access ?code|acces|access)"
#: "Le code d'accès de la session fermée est …": what it opens may be said before the code.
_ACCESS = re.compile(
    rf"\b{_ACCESS_WORDS}\b(?:[^\d.?!:;]{{1,40}}?(?=\s(?:est|is)\b|\s?[:=]))?(?:\s*(?:est|is|:|=|de|pour|for|c'est|"
    rf"it's))*\s*[\"«'“]?\s?(?P<code>[a-z0-9]+(?:[-_][a-z0-9]+)*)"
)
_ACCESS_SHAPE = re.compile(r"(?<![\w-])(?P<code>[A-Z][A-Z0-9]{2,}(?:-[A-Z0-9]+)*-20\d\d)(?![\w-])")

_PO = re.compile(
    r"\b(?:commande (?=[a-z]{1,4}[-/]?\d{3})|po|p\.o\.|bon de commande|b\.?d\.?c\.?|purchase order|"
    r"numero de commande|order (?:number|no|nr))\b"
    r"(?:\s*(?:number|numero|nr|no|n°|num|est|le|is|the|:|#|=|qui|porte|bears|has|a|notre|our|reference|ref))*"
    r"\s*(?P<code>[a-z]{0,6}[-/]?\d[a-z0-9]*(?:[-/.][a-z0-9]+)*)\b"
)
_PO_SHAPE = re.compile(r"(?<![\w-])(?P<code>PO[-/#]?\d[\w]*(?:[-/.]\w+)*)(?![\w-])")

_ENTERPRISE = re.compile(
    r"(?<![\w+.])(?:(?P<be>be)\s?)?(?P<number>[01]?\d{3}[. ]\d{3}[. ]\d{3}|[01]\d{9})(?![\w-]|"
    r"\.\d)"
)
_ENTERPRISE_WORDS = re.compile(r"\b(?:tva|vat|bce|kbo|entreprise|enterprise|numero d'entreprise|company number)\b")


def references(text: str) -> Iterator[Found]:
    """Booking and quote references, access codes, order numbers, enterprise numbers, one-time codes, in this order."""
    folded = fold(text)
    for match in _REFERENCE.finditer(folded):
        code = re.sub(r"[ -]", "", match["code"]).translate(_MEANT)
        plain = not match["gap"].strip(" ") and not re.search(r"\d", code) and " " in match["code"]
        if _REFERENCE_CODE.fullmatch(code) and not plain:
            prefix, entity = ("EBQ", "quote_reference") if "q" in match["kind"] else ("EBC", "booking_reference")
            yield Found(entity, f"{prefix}-{code.upper()}", match.start(), match.end())
    yield from _access_codes(text, folded)
    for pattern, where in ((_PO_SHAPE, text), (_PO, folded)):
        for match in pattern.finditer(where):
            if len(match["code"]) > 2:
                yield Found("po_number", text[slice(*match.span("code"))], *match.span("code"))
    for match in _ENTERPRISE.finditer(folded):
        number = re.sub(r"\D", "", match["number"]).rjust(10, "0")
        mobile = re.match(r"04[5-9]", number) and not re.search(r"\d{4}\.\d{3}\.\d{3}", match["number"])
        if match["be"] or _ENTERPRISE_WORDS.search(folded) or (_is_enterprise(number) and not mobile):
            yield Found("enterprise_number", number, match.start(), match.end())
    for pattern in (_AFTER_CODE,) if _MONEY.search(folded) else (_AFTER_CODE, _CODE):
        for match in pattern.finditer(folded):
            yield Found("code", re.sub(r"\D", "", match["code"]), *match.span("code"))


def _access_codes(text: str, folded: str) -> Iterator[Found]:
    for match in _ACCESS.finditer(folded):
        said = text[slice(*match.span("code"))]
        if any(character.isdigit() for character in said) or (said.isupper() and len(said) > 2):
            yield Found("access_code", said, *match.span("code"))
    for match in _ACCESS_SHAPE.finditer(text):
        yield Found("access_code", match["code"], *match.span("code"))


def _is_enterprise(number: str) -> bool:
    """Whether ten digits end in their check number: 97 less the rest of the first eight (Crossroads Bank)."""
    return 97 - int(number[:8]) % 97 == int(number[8:])
