"""Whether what stands at a place of a text is refused: "pas en anglais", "anything but Fridays", "sauf Siemens"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bot.nlu.spans import NOT, fold

#: Criteria of a search that can be refused.
REFUSABLE = frozenset({"operator", "topic", "course", "level", "format", "course_language", "period", "day_part"})

_FILLERS = (
    r"(?:(?:qu'|de|d'|du|des|en|le|la|les|l'|un|une|au|aux|a|chez|par|avec|pour|sur|dans|the|on|in|at|with|by|from|any|"
    r"an|of|for|"
    r"cours|formations?|sessions?|trucs?|choses?|celles?|ceux|ce qui est|courses?|trainings?|ones?|those|stuff|"
    r"seances?|"
    r"donnee?s?|organisee?s?|given|run|dans la langue|niveau|level|trop|too|most|avec l') ?)*"
)
_REFUSAL = (
    r"(?:(?:veux|voudrais|souhaite|peux) pas (?:(?:le|la) )?(?:faire|suivre|prendre)(?: cela| ca)?|"
    r"surtout pas|sauf|excepte|hormis|hors|autre (?:chose )?que|autres? que|tout sauf|n'importe quoi sauf|"
    r"pas(?! (?:seulement|que|uniquement|"
    r"forcement|necessairement|encore|avant|apres|plus))|jamais|sans|ni|plutot qu(?:e|(?='))|au lieu d[eu']|non "
    r"aux?|plus "
    r"(?=de |d'|en |chez )|"
    r"any ?th?ing but|any (?:day|time|date|one|language|course) (?:but|except)|everything but|all but|"
    r"nothing(?! (?:else|but|available|left|planned|is|on)\b)|neither|"
    r"other than|except(?: for)?|apart from|but not|not(?! (?:only|just|"
    r"necessarily|before|after|yet|sure|later|too sure))|"
    r"without|nor|never|rather than|instead of|excluding|no(?! (?:problem|worries|later|more than|earlier|idea))|"
    r"(?:don't|do not) (?:want|like|need)(?: to (?:do|take|follow|have) (?:it|this|that))?|dont want|"
    r"avoid|evite[rz]?|exclu(?:re|s|ez|ant)|exclude)"
)
_BEFORE = re.compile(rf"(?:^|[\s,.;:!?(]|n')(?P<refusal>{_REFUSAL}) ?{_FILLERS}$")
#: A question or a statement about what there is refuses nothing ("vous n'avez pas de formation en mars ?").
_ASKED = re.compile(
    r"(?:\bn'?(?:avez|auriez|as|aurais|aurait|y a|y aurait|a|ont|existe|est|donnez|proposez|faites)\b.{0,40}\bpas|"
    r"\b(?:avez|auriez|as|aurais|y a(?:urait)?|est|donnez|proposez|faites)[- ](?:vous|tu|t-il|il|ce)? ?pas|"
    r"\b(?:vous|tu|il|y) (?:avez|auriez|as|aurais|a|aurait|proposez|faites|donnez) (?:vraiment )?pas|"
    r"pourquoi pas|why not|(?:don't|do) (?:you|they) (?:not )?have|(?:is|are)n't there|is there no(?:thing)?|"
    r"are there no|there(?:'s| is| was) nothing|"
    r"haven't you|can't (?:i|we)|"
    r"\b(?:peux|peut|pouvez|pourrai[st]?|sais|comprends|parle|vois|trouve|recu|can|could|do|did|is|was|am|are)(?:n't|"
    r" not)? (?:pas |plus )?(?:come |speak |understand |find |see )?(?:it )?)"
    r"\s?(?:de |d'|en |le |the |any )?$"
)
#: "trop avancé", "too basic": another level is wanted.
_TOO = re.compile(r"\b(?:trop|too) $")
_OR = re.compile(r"^,? ?(?:ni|ou|or|nor|et|and)(?: (?:non plus|neither))? (?!pas\b|not\b)" + _FILLERS + r"$")


def mark_refused(text: str, entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entities in order, with role ``not`` on those that are refused; what is joined by "ni", "or" shares it."""
    folded = fold(text)
    ordered = sorted(entities, key=lambda entity: (entity["start"], entity["end"]))
    refused: list[tuple[int, int]] = []
    for entity in ordered:
        if entity["entity"] not in REFUSABLE or entity.get("role"):
            continue
        start, end = entity["start"], entity["end"]
        too = entity["entity"] == "level" and _TOO.search(folded[:start])
        if too or is_refused(folded, start) or _joined(folded, start, refused):
            entity["role"] = NOT
            refused.append((start, end))
    return entities


def is_refused(folded: str, start: int) -> bool:
    """Whether what begins there is refused by the words before it."""
    before = folded[:start]
    match = _BEFORE.search(before)
    if match is None:
        return False
    upto = before[: match.end("refusal")]
    return not _ASKED.search(upto) and not _ASKED.search(before[: match.start("refusal")] + " ")


def _joined(folded: str, start: int, refused: Sequence[tuple[int, int]]) -> bool:
    return any(end <= start and _OR.match(folded[end:start]) for _, end in refused)
