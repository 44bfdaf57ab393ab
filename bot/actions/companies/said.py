"""The name of a company as people say it."""

from __future__ import annotations

import re

from rapidfuzz.distance import OSA

from bot.actions.bookings.words import has
from bot.actions.turn import Turn
from bot.nlu.spans import fold

_SIGNS = " .,;:!"
#: Small words from which on an answer is a sentence rather than a name.
_SENTENCE = 2
#: What leads to the name; and what follows it.
_BEFORE = re.compile(
    r"^(?:(?:c['’]est|ce serait|ce sera|it['’]?s|it is|that['’]?s|"
    r"(?:it|that)(?: would|['’]?d) be|for|pour|chez|at|ici|here is|voici|mettez|put|note[rz]?|oui|yes)"
    r"\b[ ,:]*)*"
    r"(?:(?:je|on) (?:travaille|bosse|suis|est) (?:chez|pour|avec)|(?:i|we) work (?:for|at|with)"
    r"|(?:i['’]?m|i am|we['’]?re|we are) (?:with|at|from|working for)|nous sommes|we are|we['’]re"
    r"|(?:notre|ma|la|l['’]|le|mon|our|my|the) ?(?:entreprise|société|societe|boîte|boite|employeur|firme|nom|"
    r"company|employer|firm|name|business)(?: (?:s['’]appelle|c['’]est|est|is called|is|sera))?"
    r"|(?:acting )?on (?:the )?behalf of|(?:(?:pour|sur) )?le compte de|de la part de|(?:je|nous) représent(?:e|ons)"
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


def company_given(text: str, found: str | None, written: str = "") -> str:
    """The company that a message gives where one was asked for.

    Args:
        written: the text with its slips mended.
        found: what was read as a company's name. It is the whole of it unless the message is nothing but a longer one:
            "Labo Delvigne SRL" rather than "Delvigne SRL".
    """
    said = company_said(text, written)
    if found is None or (found.islower() and any(word[0].isupper() for word in said.split())):
        return said  # "callled Labo Delvigne": what was read is a slip before the name
    if found != said and found.endswith(f" {said}") and found.removesuffix(said).islower():
        return said  # so are the small words before it
    longer = found in said and found != said and all(_LIKE_A_NAME.match(word) for word in said.split())
    return said if longer else found


def company_named(turn: Turn) -> str | None:
    """The company that was read in a message; of several the one that is written like a name."""
    found = [str(name) for name in turn.values("company")]
    written = [name for name in found if any(letter.isupper() for letter in name)]
    return next(iter(written or found), None)


#: Words of a company's name: with a capital, a figure or a sign, or a particle.
_LIKE_A_NAME = re.compile(r"[^a-zà-ÿ]|(?:de|du|des|d['’]|la|le|les|et|and|of|the|van|der|den)\b")


#: "Company: …".
_TITLE = re.compile(r"^[^:]{2,20}:\s+(?=\S)")


#: "… is called", whatever is.
_CALLED = re.compile(r"^.{0,40}?\b(?:s['’]appelle|se nomme|is called|is named)\s+(?=\S)", re.IGNORECASE)


def company_said(text: str, written: str = "") -> str:
    """The company that a message gives where one was asked for, without what stands around it.

    Args:
        written: the text with its slips mended: what leads to the name is told by it ("la socété Exelyo").
    """
    said, words, mended = _without_lead(text), text.split(), written.split()
    rest = fold(_without_lead(written)).split()
    led = len(mended) - len(rest)
    fewer = len(rest) < len(said.split()) and len(mended) == len(words) and mended[led:] == rest
    return " ".join(words[led:]).strip(_SIGNS) if rest and fewer else said


def _without_lead(text: str) -> str:
    whole = _CALLED.sub("", _TITLE.sub("", " ".join(text.split()))).strip(_SIGNS)
    bare, match = _AFTER.sub("", whole), _BEFORE.match(whole)
    if match and not _A_NAME_ITSELF.fullmatch(match[0].strip()):
        bare = bare[len(match[0]) :].strip(_SIGNS)
    return _by_its_form(bare) or _standing_out(bare) or _led_by_a_slip(bare) or bare or whole


def _by_its_form(text: str) -> str | None:
    """The words with capitals before a legal form: "caleld Labo Delvigne SRL"."""
    found = _FORM.search(text)
    slip = found and text[: found.start()].split()
    return found[0] if found and slip and len(slip) == 1 and slip[0].islower() else None


_FORM = re.compile(
    r"(?:[^\Wa-zà-ÿ_][\w'’&.-]*\s+(?:(?:&|et|and|de|du|des|la|le|of|the|van|der|den)\s+)*)+"
    r"(?:SA|S\.A\.|SRL|SPRL|NV|BV|BVBA|ASBL|VZW|Ltd|GmbH|Inc|SAS)\b\.?$"
)


def _led_by_a_slip(text: str) -> str | None:
    """What follows a slip in one of the words that lead to a name: "metez Exelyo"."""
    first, _, rest = text.partition(" ")
    slip = first.islower() and min(OSA.distance(fold(first), lead) for lead in _LEADS) == 1
    return rest if slip and rest[:1].isupper() else None


_LEADS = (
    "mettez",
    "notez",
    "facturez",
    "adressez",
    "entreprise",
    "societe",
    "employeur",
    "company",
    "employer",
    "invoice",
    "appelle",
    "s'appelle",
    "nomme",
    "called",
    "named",
    "behalf",
)


def _standing_out(text: str) -> str | None:
    """The only name that stands out by its capitals in a sentence: "the quote should be addressed to Exelyo SA"."""
    words = text.split()
    small = [word for word in words if not _LIKE_A_NAME.match(word)]
    if len(small) < _SENTENCE:
        return None
    runs: list[list[str]] = [[]]
    for word in words[1:]:
        if word[0].isupper() or (runs[-1] and word in "&"):
            runs[-1].append(word)
        elif runs[-1]:
            runs.append([])
    found = [run for run in runs if run]
    return " ".join(found[0]).strip(_SIGNS) if len(found) == 1 else None


def gives_invoice_details(turn: Turn) -> bool:
    """Whether a message says what is to stand on an invoice: a purchase order, a VAT number, whom to send it to."""
    if turn.pressed or turn.asks or "?" in turn.text:
        return False
    return bool(turn.first("po_number") or turn.first("enterprise_number") or _DETAILS.search(fold(turn.text)))


_DETAILS = re.compile(
    r"\b(?:bon de commande|purchase order|p\.?o\.? ?(?:number|n°|no)?[ :-]*(?=[a-z-]*\d)|n(?:umero|°) de commande|"
    r"(?:factur\w+|invoice\w*|bill(?:ed)?) (?:it |la |le )?(?:a|au|to|on)\b|(?:tva|vat)[ :]*(?:be)? ?\d)"
)


def means_booking(turn: Turn) -> bool:
    """Whether a message that was taken for a wish for a quote has no word of one, but those of a booking."""
    taken = turn.intent == "request_quote" or (turn.intent.startswith("staff_") and turn.first("course") is not None)
    counted = turn.first("course") is not None and turn.first("seats") is not None
    taken = taken or (turn.intent == "company_training" and counted and not _TRAINS.search(turn.plain))
    if turn.pressed or not taken or _OF_A_QUOTE.search(turn.plain):
        return False
    in_booking = turn.tracker.active_loop.get("name") == "booking_form"
    return in_booking or any(has(turn.text, key) for key in ("a_seat", "of_seats")) or turn.first("seats") is not None


#: Training that is wanted for others, at their place or not.
_TRAINS = re.compile(
    r"\b(?:train\w*|form(?:er|ez|ons|ation|ations)|upskill\w*|operat\w+|technici\w+|chez nous|our place|on site)\b"
)
_OF_A_QUOTE = re.compile(
    r"\b(?:devis|off(?:re|er)s?|purchas\w*|achats?|quot\w*|pro[- ]?forma|estimat\w*|proposals?|propositions?|cotation|"
    r"chiffr\w*|prix|price|pricing|cost\w*|cout\w*|tarif\w*|budget|bon de commande|factur\w*|invoice\w*|compan\w*|"
    r"entreprise|societe|equipe|team|staff|personnel|collaborat\w*|employ\w*)\b"
)
