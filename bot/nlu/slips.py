"""Slips in the words that name a criterion or point at something ("begginers", "buget", "the secnd one")."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from bot.nlu.sounds import sound
from bot.nlu.spans import words_of

#: Words that say much and that hardly any other word is like.
_WORDS = sorted(
    words_of(
        """advanced affordable anglais anglaise attestation avancee beginner beginners budget
        certificat certificate cheaper cheapest cinquieme debutant debutante debutants dernier derniere
        deuxieme distance distanciel duration earlier earliest english evening evenings expensive experience fifth
        financement formateur formateurs fourth francais funding hybrid hybride hybrides initiation intermediaire
        intermediate introduction longest neerlandais premiere prerequis prerequisites presentiel programme quatrieme
        second seconde shorter shortest soiree soonest third troisieme weekday weekdays weekend weekends"""
    )
)
_LONG = 5
_DOUBLED = re.compile(r"(.)\1+")
#: Words of every day that are as near to one of them as a slip is.
_OTHERS = words_of(
    """abordable abordables advance advances affordably anglaises attestations avance avancees avancer avances avancez
    begin beginning budgets celleci cellela celles cellule cellules celuici celuila certificates certificats certifie
    certified cheap cheapen cheaply cheater confirm confirme confirmer confirmez confirms dernieres derniers
    derriere distances distant distante durations earliness early evenement evenements expansive experienced
    experiences experiment extensive financements finding format formation formations formatrice formats
    francaise francaises francois francoise funded hybridation initiations instance introductions longer premier
    premieres premiers prerequisite presente presenter presentes presentez program programmed programmee
    programmees programmer programmes programmeur programs seconder secondes seconds shorted shorten soirees
    soon sooner thirdly"""
)
_KNOWN = frozenset(_WORDS) | _OTHERS


@lru_cache(maxsize=20_000)
def meant(word: str) -> str:
    """The word that a folded word is a slip away from, or sounds like; the word itself where there is none."""
    if len(word) < _LONG or word in _KNOWN or not word.isalpha():
        return word
    single = _DOUBLED.sub(r"\1", word)
    near = extractOne(single, _singles(word[0]), scorer=OSA.distance, score_cutoff=1)
    if near and (len(word) > _LONG or len(near[2]) > len(word)):  # of a short word at most a letter is missing
        return str(near[2])
    return _sounds().get(sound(word), word) if len(word) > _LONG else word


@lru_cache(maxsize=32)
def _singles(first: str) -> dict[str, str]:
    """The words that begin with a letter, doubled letters written once (many slips are one more or less)."""
    return {word: _DOUBLED.sub(r"\1", word) for word in _WORDS if word[0] == first}


@lru_cache(maxsize=1)
def _sounds() -> dict[str, str]:
    return {sound(word): word for word in reversed(_WORDS) if len(sound(word)) >= _LONG - 1}
