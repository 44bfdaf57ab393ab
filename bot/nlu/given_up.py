"""Criteria that a person gives up without naming them: "at Takeda or not, I don't mind", "it needn't be online"."""

from __future__ import annotations

import re
from typing import Any

from bot.nlu.negation import REFUSABLE
from bot.nlu.spans import Found

_EITHER_IS_FINE = re.compile(
    r"[ ,.;:-]*(?:(?:c'est |ca )?(?:peu (?:m')?importe|m'est egal|je m'en (?:fiche|fous|moque)|au choix)|"
    r"(?:tous|toutes) les deux|les deux (?:(?:me |nous )?(?:vont|conviennent)|c'est bon|sont bons)|"
    r"i don'?t (?:mind|care)|either (?:is|one|way|works|suits|will)|both (?:are|work|suit)|"
    r"(?:it )?doesn'?t matter|whatever)\b"
)
_OR = re.compile(r",? (?:ou|or|et|and) (?:en |au |le |a )?")
_NEED_NOT = re.compile(
    r"\b(?:(?:doesn'?t|does not|don'?t|no longer) (?:really |necessarily )?(?:have|need|has|needs)(?: to)? be|"
    r"needn'?t be|need not be|"
    r"(?:ne |n')?(?:doit|faut|a) (?:plus|pas) (?:forcement |necessairement )?(?:etre|que ce soit)|"
    r"(?:plus|pas) (?:besoin|oblige|forcement besoin)(?: que ce soit| d'etre)?)"
    r"(?: (?:at|in|on|with|by|for|from|given by|run by|chez|en|a|au|le|la|les|sur|avec|par|un|une|the|an?))* $"
)


def either_format(folded: str, found: list[Found]) -> list[Found]:
    """On site or online that are both fine are no criterion any more."""
    formats = [one for one in found if one.entity == "format"]
    given_up = next((one for one in found if (one.entity, one.value) == ("dropped_criterion", "format")), None)
    if given_up and formats and _OR.fullmatch(folded, formats[0].end, given_up.start):
        return [one for one in found if one is not formats[0]]
    if len({one.value for one in formats}) < 2 or not _EITHER_IS_FINE.match(folded[formats[-1].end :]):
        return found
    both = Found("dropped_criterion", "format", formats[0].start, formats[-1].end)
    return [*(one for one in found if one.entity not in ("format", "dropped_criterion")), both]


def free_again(folded: str, entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What need not be any more ("it doesn't have to be at Takeda") is a criterion given up."""
    kept: list[dict[str, Any]] = []
    dropped = {one["value"] for one in entities if one["entity"] == "dropped_criterion"}
    for one in entities:
        if one["entity"] in REFUSABLE and _NEED_NOT.search(folded[: one["start"]]):
            if one["entity"] not in dropped:
                kept.append({**one, "entity": "dropped_criterion", "value": one["entity"]})
                dropped.add(one["entity"])
        else:
            kept.append(one)
    return kept
