"""Reads numbers of people out of folded text: "12 personnes", "on sera quatre", "me and my boss"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from bot.nlu.counted import PEOPLE, PROFESSIONS, TIME_UNIT
from bot.nlu.number_words import Number, numbers
from bot.nlu.spans import Found

_COUNTED = re.compile(
    rf"^\s?(?:(?:autres?|other|more|additional|de mes|de nos|of my|of our|of the|new|nouveaux?|seules?|extra|free|"
    rf"de|libres?) |d')*{PEOPLE}"
)
_TRADE = re.compile(rf"{PROFESSIONS}$")
_WE_ARE_BEFORE = re.compile(
    r"\b(?:on (?:sera(?:it)?|est|serait|vient|viendra|viendrait a|sera(?:it)? a|va (?:y )?etre|va venir)|"
    r"nous (?:sommes|serons|serions|allons etre|viendrons|venons)|"
    r"we(?:'re| are|'ll be| will be| would be|(?:'re| are) going to be| come)|"
    r"(?:ca|cela) (?:fait|fera|ferait)|that makes|there (?:are|will be|'ll be)(?: going to be)?|il y "
    r"aura(?:it)?|a party of|party of|group of|groupe de|equipe de|team of|"
    r"seats? for|places? pour|table for|book(?: for)?|reserver? pour|(?:nous )?a|pour|for|en tout|plutot|make "
    r"(?:it|that)|change to|"
    r"finalement|actually|only|seulement|juste)\s(?:(?:a|about|around|environ|que|just|seulement|plutot|deja|en "
    r"tout|toujours|encore) )*$"
)
_SURE_BEFORE = re.compile(
    r"\b(?:on (?:ne )?(?:sera(?:it)?|est|vient|va (?:y )?etre)|nous (?:ne )?(?:sommes|serons|serions|allons etre)|"
    r"we(?:'re| are|'ll be| will be| would be|(?:'re| are) going to be)|"
    r"it(?:'ll| will) be|ce sera|ca sera|there (?:are|will be|'ll be)|"
    r"il y aura(?:it)?|a party of|party of|group of|groupe de|equipe de|team of|seats? for|places? pour|book "
    r"for)\s(?:(?:a|about|around|environ|plus que|que|just|juste|only|seulement|deja|now|encore) )*$"
)
#: All of them counted: nothing else that is said of how many counts beside it.
_ALTOGETHER = re.compile(
    r"^\s?(?:(?:personnes?|people|persons?|places?|seats?|of us)\s)?(?:en tout(?: et pour tout)?|au total|en total|"
    r"altogether|all together|in total|in all|all told)\b"
)
_TIMES = re.compile(r"^\s?(?:x|×|\*)\s")
_ENDS = re.compile(r"^\s?(?:$|[.,;!?)]|(?:en tout|in total|total|s'il|svp|stp|please|merci|thanks|max)\b)")
_COLLEAGUE = (
    r"(?:collegues?|colleagues?|collaborateurs?|collaboratrices?|amie?s?|friends?|boss|chef(?:fe)?|manager|"
    r"patronn?e?|femme|mari|wife|"
    r"husband|epouse|epoux|conjointe?|partner|compagn(?:e|on)|copine?|copain|frere|soeur|brother|sister|fils|fille|"
    r"son|daughter|assistante?|"
    r"associee?s?|stagiaires?|intern|coworkers?|personnes?|people|others?|autres?|employees?|employes?|operators?|"
    r"operateurs?|techniciens?|technicians?)"
)
_I = r"(?:pour )?(?:moi(?:-meme)?|me|myself|i)"
_ME_AND = re.compile(
    rf"\b{_I} (?:et|and|plus|\+|avec|with|as well as|ainsi que) (?:(?P<one>mon|ma|my|un|une|a|an|the|le|la|l')\s?|"
    rf"(?P<some>mes|my|nos|our)?\s?)"
    rf"(?P<middle>(?:[a-z0-9-]+ ){{0,2}}?){_COLLEAGUE}\b"
)
_AND_ME = re.compile(
    rf"\b(?:(?:mon|ma|my|un|une|a)\s(?P<one>)|(?P<many>[a-z0-9-]+) (?:de mes |of my )?)(?P<who>{_COLLEAGUE}) (?:et|"
    rf"and|plus|\+) (?:moi(?:-meme)?|me|myself|i)\b"
)
#: Alone with itself "pour moi" counts one; in a sentence it does where a seat is spoken of ("c'est bon pour moi").
_FOR_ME = re.compile(r"\b(?:pour|for) (?:moi|me|myself)\b")
_A_SEAT_FOR = re.compile(
    r"\b(?:places?|seats?|spots?|sieges?|tickets?|reserv\w*|inscri\w*|book\w*|enroll?\w*|regist\w*|sign\w*|prend\w*|"
    r"prenez|take|devis|quote|session|cours|course|formation|training)\b[^.?!]{0,40}$|^\W*(?:(?:non|no|oui|yes|ok|alors|et|and|c'est|"
    r"it's|that's|ce sera|plutot|just)\W+)*$"
)
#: "Pour moi la première": what I like best.
_PREFERRED = re.compile(r"\s?,?\s?(?:la |le |l'|celle|celui|the |that |this |ce |cette )")
_ALONE = re.compile(
    r"\b(?:(?:juste |just |only |rien que |seulement )(?:pour |for )(?:moi|me|myself|moi-meme)(?: (?:seule?|alone|"
    r"only|uniquement))?|"
    r"(?:pour |for )(?:moi|me|myself|moi-meme)(?: (?:seule?|alone|only|uniquement|seulement|exclusivement)\b|-meme\b)|"
    r"(?:il )?(?:n'y|y) a que moi\b|(?:there's|there is|it's) only me\b|"
    r"(?:(?:je |j ?)(?:viens|serai|suis)|chuis|i'?m|i am|i'll be|coming|venir) (?:toute? |tt )?(?:seule?|alone)|"
    r"(?:just|only|rien que|juste|seulement) (?:moi|me|myself))\b"
)
#: "not for me", "est-ce fait pour moi ?", "too basic for me".
_NOT_FOR_ME = re.compile(
    r"(?:\b(?:pas|not|is it|is this|fait|right|suitable|good|adapte|adaptee|est-ce|c'est|trop \w+|too \w+|ok|fine))\s?$"
)
_BOTH = re.compile(
    r"\b(?:tou(?:te)?s les deux|nous deux|both of us|the two of us|us two|a deux|ma femme et moi|"
    r"mon mari et moi)\b"
)
_ONE_SEAT = re.compile(
    r"\b(?:une|un|one|a|1) (?:seule? |single )?(?:place|siege|seat|spot|ticket|personne|person|participante?|"
    r"(?<!pour une )inscription)\b(?! de parking| (?:qui )?"
    r"(?:se (?:liber|desist)|(?:opens?|comes?|frees?) |becomes? |gets? free))"
)
#: "Are you a person?", "let me talk to a person": nobody's seat.
_NOT_A_SEAT = re.compile(
    r"\b(?:you|u|it|that|this|to|with|reach|get|vous|tu|a|avec|etes|es|c'est|est-ce)"
    r"(?: (?:really|actually|just|vraiment|bien))? (?:une|un|a|1) "
    r"(?:(?:real|human|vraie|actual|live) )?person(?:ne)?\b"
)
#: "Une seule", "un seul svp": nothing else is said.
_ONLY_ONE = re.compile(
    r"^\W*(?:(?:juste|seulement|just|only) )?(?P<one>(?:une?|1) seule?|a single one)"
    r"(?:,? (?:s'il (?:vous|te) plait|svp|stp|please|merci|thanks))?\W*$"
)
_ONLY_NUMBER = re.compile(
    r"^\W*(?:(?:on (?:sera|est)|nous (?:sommes|serons)|we are|euh+|um+|alors|disons|say|just|juste|only|seulement|"
    r"oui|yes|ok|"
    r"plutot|make it|non|no|wait|attend[sz]?|attendez|oops|oups|pour|for|environ|about|il y en a|"
    r"en fait|actually|finalement)[ ,]*)*$"
)

_ONLY_POLITE = re.compile(
    r"^\W*(?:s'il (?:vous|te) plait|svp|stp|please|pls|plz|merci|thanks|ca suffi\w+|suffi\w+|"
    r"actually|in fact|after all|instead|en fait|finalement|plutot|alors|then)?\W*$"
)
#: A number after one of these is a name ("annexe 1", "salle 3").
_NUMBERED = re.compile(
    r"(?:[\w.]@|#|n°|numero|number|annexe?|iso|cfr|part|gamp|module|etape|step|niveau|level|batiment|building|room|"
    r"salle|option)\s?$"
)


def seats(folded: str) -> Iterator[Found]:
    """For how many people; a message that holds nothing but a number is taken for one, with little confidence."""
    counted: list[Number] = [number for number in numbers(folded) if number.value == int(number.value)]
    for number in counted:
        if number.value and not number.article and _ALTOGETHER.match(folded[number.end :]):
            yield Found("seats", int(number.value), number.start, number.end)
            return
    mended = _mended(folded, counted)
    if mended:
        yield mended
        return
    added = _added(folded, counted)
    if added:
        yield added
        return
    yield from _with_me(folded)
    for match in _ONE_SEAT.finditer(folded):
        if not any(match.start() < other.end() <= match.end() for other in _NOT_A_SEAT.finditer(folded)):
            yield Found("seats", 1, match.start(), match.end())
    for number in counted:
        before, after = folded[: number.start], folded[number.end :]
        if TIME_UNIT.match(after) or _NUMBERED.search(before):
            continue
        people = _COUNTED.match(after)
        if number.article or (not number.value and not folded[number.start].isdigit()):
            continue  # "une collègue", "de zéro"; "une place" is read above
        if people and not re.match(r"^\s?(?:tickets? de|places? de parking)", after):
            trade = _TRADE.search(people.group())  # whose word is left to be read as what they do
            yield Found("seats", int(number.value), number.start, number.end + (0 if trade else people.end()))
        elif _TIMES.match(after) or (_SURE_BEFORE.search(before) and not number.article):
            yield Found("seats", int(number.value), number.start, number.end)
        elif _WE_ARE_BEFORE.search(before) and not number.article and _ENDS.match(after):
            yield Found("seats", int(number.value), number.start, number.end, 0.7)
    one_seat = _ONE_SEAT.search(folded)
    of_me = [one for one in _FOR_ME.finditer(folded) if not one_seat and _A_SEAT_FOR.search(folded[: one.start()])]
    of_me = [one for one in of_me if not _NOT_FOR_ME.search(folded[: one.start()])]
    of_me = [one for one in of_me if folded[: one.start()].strip() or not _PREFERRED.match(folded[one.end() :])]
    for match in [*_ALONE.finditer(folded), *of_me]:
        if not re.match(r"\s?(?:et|and|plus|\+|avec|with|,)\s", folded[match.end() :]):
            yield Found("seats", 1, match.start(), match.end(), 0.8)
    only_one = _ONLY_ONE.match(folded)
    if only_one:
        yield Found("seats", 1, *only_one.span("one"), 0.5)
    bare = _bare(folded, counted)
    if bare:
        yield bare


#: Between a number and the one that is meant: "10, no wait, 12", "dix, pardon, douze", "10 ou plutôt 12".
_OR_RATHER = re.compile(
    rf"(?:\s{PEOPLE})?\s?[,.;:–-]*\s?"
    r"(?:(?:euh+|um+|uh+|er+|ah|oh|mais|but|et|and)\b[ ,.]*)*"
    r"(?:no|nope|non|pardon|sorry|oups|oops|enfin|wait|attend[sz]?|attendez|ou plutot|or rather|or better|"
    r"correction|je veux dire|i mean|i meant|make (?:it|that))\b[ ,.!:]*"
    r"(?:(?:no|non|wait|attend[sz]?|attendez|pardon|sorry|make (?:it|that)|disons|say|plutot|rather|en fait|actually|"
    r"finalement|je voulais dire|je veux dire|i mean|i meant|pour|for|on sera|on est|we are|nous serons|c'est|it's)\b"
    r"[ ,.!:]*)*"
)


def _mended(folded: str, counted: list[Number]) -> Found | None:
    """A number that takes back the one before it: "make it 10, no, 12" are twelve."""
    for first, second in pairwise(counted):
        before, between, after = folded[: first.start], folded[first.end : second.start], folded[second.end :]
        if first.article or second.article or not second.value or _NUMBERED.search(before) or TIME_UNIT.match(after):
            continue
        people = _COUNTED.match(after)
        if re.search(r"\b(?:the|le|la|du|au)\s$", before) or not _OR_RATHER.fullmatch(between):
            continue
        if people or _ENDS.match(after):
            sure = people or _COUNTED.match(between) or not _ONLY_NUMBER.match(before)
            end = second.end + (people.end() if people else 0)
            return Found("seats", int(second.value), first.start, end, 1.0 if sure else 0.5)
    return None


def _added(folded: str, counted: list[Number]) -> Found | None:
    """Groups that are counted one by one and come together: "8 operators and 4 technicians" are twelve."""
    for at, first in enumerate(counted):
        chain = [first]
        for number in counted[at + 1 :]:
            if not _GROUP_AND.fullmatch(folded[chain[-1].end : number.start]):
                break
            chain.append(number)
        last = _GROUP.match(folded[chain[-1].end :])
        if len(chain) > 1 and last:
            end = chain[-1].end + (last.end() if last["speak"] else 0)
            return Found("seats", sum(int(number.value) for number in chain), first.start, end)
    return None


#: A group by what they do, or by what they speak.
_GROUP = re.compile(
    rf"\s(?:{PROFESSIONS}|(?P<speak>francophones?|anglophones?|neerlandophones?|"
    r"(?:french|english|dutch)(?:[ -]?speak\w+)?|(?:fr|en|nl)\b))"
)
_GROUP_AND = re.compile(
    rf"\s(?:{PROFESSIONS}|francophones?|anglophones?|neerlandophones?|"
    r"(?:french|english|dutch)(?:[ -]?speak\w+)?|fr|en|nl)"
    r"(?: (?:de |of |en |in )?\w+)?\s?(?:,|et|and|\+|plus|&|puis)\s(?:(?:et|and) )?"
)


def _bare(folded: str, counted: list[Number]) -> Found | None:
    if len(counted) != 1 or not 0 <= counted[0].value <= 9999:
        return None
    number = counted[0]
    if _ONLY_NUMBER.match(folded[: number.start]) and _ONLY_POLITE.match(folded[number.end :]):
        return Found("seats", int(number.value), number.start, number.end, 0.5)
    return None


def _with_me(folded: str) -> Iterator[Found]:
    """ "pour moi et deux collègues" are three, "me and my boss" two."""
    for match in _BOTH.finditer(folded):
        yield Found("seats", 2, match.start(), match.end())
    for match in _ME_AND.finditer(folded):
        counted = numbers(match["middle"])
        if counted:
            yield Found("seats", 1 + int(counted[0].value), match.start(), match.end())
        elif match["one"]:
            yield Found("seats", 2, match.start(), match.end())
    for match in _AND_ME.finditer(folded):
        counted = numbers(match["many"] or "un")
        if counted:
            yield Found("seats", 1 + int(counted[0].value), match.start(), match.end())
