"""The name of a company as people say it."""

from __future__ import annotations

import re

_SIGNS = " .,;:!"
#: What leads to the name; and what follows it.
_BEFORE = re.compile(
    r"^(?:(?:c['’]est|it['’]?s|it is|that['’]?s|for|pour|chez|at|ici|here is|voici|mettez|put|note[rz]?|oui|yes)"
    r"\b[ ,:]*)*"
    r"(?:(?:je|on) (?:travaille|bosse|suis|est) (?:chez|pour|avec)|(?:i|we) work (?:for|at|with)"
    r"|(?:i['’]?m|i am|we['’]?re|we are) (?:with|at|from|working for)|nous sommes|we are|we['’]re"
    r"|(?:notre|ma|la|l['’]|le|mon|our|my|the) ?(?:entreprise|société|societe|boîte|boite|employeur|firme|nom|"
    r"company|employer|firm|name|business)(?: (?:s['’]appelle|c['’]est|est|is called|is|sera))?"
    r"|(?:acting )?on (?:the )?behalf of|(?:pour|sur) le compte de|de la part de|(?:je|nous) représent(?:e|ons)"
    r"|au nom de|in the name of|made out to|(?:la )?(?:société|societe|entreprise|boîte|boite)|(?:the )?company)?[ :,]*"
    r"(?:(?:c['’]est|pour|for|is|est|chez) )?",
    re.IGNORECASE,
)
#: "Société Générale": with its capital it is a part of the name.
_A_NAME_ITSELF = re.compile(r"(?:(?:The|La|L['’]) ?)?(?:Company|Soci[ée]t[ée]|Entreprise|Bo[îi]te)")
_AFTER = re.compile(
    r"[ ,]+(?:qui (?:paie|paye|paiera)|(?:is|are) paying|who pays?|(?:svp|stp|please|pls|merci|thanks?)"
    r"|s['’]il (?:vous|te) plaît)$",
    re.IGNORECASE,
)


def company_said(text: str) -> str:
    """The company that a message gives where one was asked for, without what stands around it."""
    whole = " ".join(text.split()).strip(_SIGNS)
    bare, match = _AFTER.sub("", whole), _BEFORE.match(whole)
    if match and not _A_NAME_ITSELF.fullmatch(match[0].strip()):
        bare = bare[len(match[0]) :].strip(_SIGNS)
    return bare or whole
