"""E-mail addresses that are not sure: a mistyped provider, words that may belong, another spelling of a known one."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from bot.nlu.spans import fold, words_of

#: Providers that many people in Belgium write from; an address one slip away from one of them is asked about.
PROVIDERS = words_of(
    "gmail.com googlemail.com hotmail.com hotmail.be hotmail.fr outlook.com outlook.be outlook.fr live.be live.com "
    "live.fr msn.com yahoo.com yahoo.fr yahoo.be yahoo.co.uk ymail.com icloud.com me.com mac.com aol.com mail.com "
    "email.com proton.me protonmail.com pm.me gmx.com gmx.net gmx.de gmx.fr skynet.be proximus.be telenet.be voo.be "
    "scarlet.be base.be orange.be orange.fr free.fr sfr.fr wanadoo.fr laposte.net web.de hotmail.co.uk hotmail.nl"
)
#: Endings that are none, and what was meant.
ENDINGS = {
    **dict.fromkeys(words_of("con cmo ocm vom comm cim xom cm om coom ccom cpm coml conm vcom cok"), "com"),
    **dict.fromkeys(words_of("bee ne eb b beb bel vbe"), "be"),
    **dict.fromkeys(words_of("frr rf fe fr0"), "fr"),
}
_SAME = 0.7
_TOKEN = re.compile(r"[a-z0-9][a-z0-9._+-]*")


def meant(address: str) -> str | None:
    """The address that was probably meant where this one is a slip away from it, else None."""
    local, _, domain = address.partition("@")
    if domain in PROVIDERS:
        return None
    stem, _, ending = domain.rpartition(".")
    mended = f"{stem}.{ENDINGS[ending]}" if ending in ENDINGS else domain
    near = [known for known in PROVIDERS if slips(mended, known) <= 1 and len(known) > 6]
    if mended in PROVIDERS:
        near = [mended]
    best = min(near, key=lambda known: (slips(domain, known), known != "gmail.com", known), default=mended)
    return f"{local}@{best}" if best != domain else None


def slips(one: str, other: str) -> int:
    """How many letters were missed, doubled, taken for others or exchanged with the next."""
    if abs(len(one) - len(other)) > 2:
        return 3
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


def respelled(address: str, text: str) -> str | None:
    """A known address whose part before the @ is written otherwise in the message ("maes2, pas maes")."""
    local, _, domain = address.partition("@")
    said = [token.strip(".-+_") for token in _TOKEN.findall(fold(text))]
    tried: list[tuple[float, str]] = []
    for token in said:
        if token == local or len(token) < 3:
            continue
        whole = SequenceMatcher(None, token, local).ratio()
        tried.append((whole, token))
        for wrong in said:
            part = wrong != token and re.search(rf"(?<![a-z0-9]){re.escape(wrong)}(?![a-z0-9])", local)
            if part and len(wrong) > 1 and SequenceMatcher(None, token, wrong).ratio() >= _SAME:
                changed = local[: part.start()] + token + local[part.end() :]
                tried.append((SequenceMatcher(None, changed, local).ratio(), changed))
    score, best = max(tried, default=(0.0, ""))
    return f"{best}@{domain}" if score >= _SAME and best != local else None


def marked(text: str) -> bool:
    """Whether a message has a word that is none of a language: with a dot, a digit or a dash inside."""
    return bool(re.search(r"\w[._]\w|[a-z]\d|\d[a-z]", fold(text)))
