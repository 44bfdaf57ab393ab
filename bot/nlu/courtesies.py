"""What people put around what they want: greetings, thanks, "please", "a quick question".

Only set phrases count, and only where something else is left: a message that is nothing but polite stays as it is.
"""

from __future__ import annotations

import re

from bot.nlu.spans import fold

_THEM = (
    r"(?:a (?:toutes et (?:a )?tous|tous|vous|toi|toute l'equipe)|tout le monde|l'equipe|(?:le |cher )?campus|madame|"
    r"monsieur|mesdames|messieurs|there|all|everyone|everybody|team|sir|madam|again|you|to you|to the|to all|et|ou|or|"
    r"and|biotech)\b"
)
_GREETING = (
    r"(?:re-?)?bonjour|bonsoir|salut|coucou|hello|hallo|hi|hey|bjr|bsr|slt|cc|yo|"
    r"good (?:morning|afternoon|evening|day)|morning|evening|dear (?:team|all|sir|madam)|madame|monsieur"
)
_HOW = (
    r"(?:comment )?ca va(?: bien)?|comment (?:allez[- ]vous|vas[- ]tu)|vous allez bien|j'espere que vous allez bien|"
    r"how are you(?: doing)?(?: today)?|how's it going|(?:i )?hope you(?: are|'re) well|(?:il )?y a quelqu'un|"
    r"(?:is )?(?:anyone|anybody) there"
)
_THANKS = (
    r"(?:un (?:tout )?grand |super |mille |ok |parfait |great )?merci(?: (?:beaucoup|bcp|bien|a vous|infiniment|"
    r"d'avance|par avance|pour (?:votre|ta) (?:reponse|aide)|pour tout))*|"
    r"(?:many |great |ok |perfect )?thanks(?: (?:a lot|so much|very much|in advance|again))*|"
    r"thank you(?: (?:so|very) much| in advance)*|thx|ty|cheers"
)
_ASKING = (
    r"(?:j'ai |j'aurais |encore )?(?:une |juste une )?(?:petite |autre )?question|(?:a |one |just a |i have a )?"
    r"(?:quick |little |small )?question|excusez[- ]moi|excuse[- ]moi|excuse me|pardon|(?:i'm )?sorry to bother you|"
    r"desolee? de (?:vous|te) deranger"
)
_PLEASE = r"svp|stp|s'il (?:vous|te) plait|sil (?:vous|te) plait|please|pls|plz"
_CLOSING = (
    r"(?:tres |passez une |have a )?(?:bonne (?:journee|soiree|fin de journee|apres-midi)|bon week-?end|"
    r"(?:nice|good|great|lovely) (?:day|evening|weekend))|cordialement|bien a vous|(?:kind|best) regards|regards"
)
_GAP = r"[\s,.;:!?…-]"
_STOP = rf"{_GAP}*[,.;:!?…-]{_GAP}*"
_BEFORE = re.compile(
    rf"{_GAP}*(?:(?:{_GREETING})(?: {_THEM})*(?:{_STOP}|\s+(?!{_THEM}))|"
    rf"(?:{_HOW}|{_THANKS}|{_ASKING}|{_PLEASE}){_STOP})"
)
_ONLY_THEM = re.compile(rf"(?:{_GAP}*(?:{_GREETING}|{_THEM}))+{_GAP}*")
_AFTER = re.compile(rf"(?:^|[\s,;.:…-]+)(?:{_THANKS}|{_PLEASE}|{_CLOSING})[\s,.;:!…]*$")


def without(text: str) -> tuple[int, int]:
    """Where what is wanted begins and ends in a text: the whole of it where it is nothing but polite."""
    folded = fold(text)
    start, end = 0, len(folded)
    while (before := _BEFORE.match(folded, start, end)) and before.end() > start:
        start = before.end()
    while (after := _AFTER.search(folded, start, end)) and after.start() < end:
        end = after.start()
    left = folded[start:end]
    said = any(character.isalnum() for character in left) and not _ONLY_THEM.fullmatch(left)
    return (start, end) if said else (0, len(text))
