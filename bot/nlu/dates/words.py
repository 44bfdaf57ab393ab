"""The words of the calendar in both languages, as patterns for folded text (lower case, no accents)."""

from __future__ import annotations

from collections.abc import Iterable

from bot.nlu.number_words import numbers
from bot.nlu.spans import words_of

_MONTH_WORDS = {
    1: "janvier janv january jan",
    2: "fevrier fevr fev february feb",
    3: "mars march mar",
    4: "avril avr april apr",
    5: "mai may",
    6: "juin june jun",
    7: "juillet juil july jul",
    8: "aout august aug",
    9: "septembre september sept sep",
    10: "octobre october oct",
    11: "novembre november nov",
    12: "decembre december dec",
}
MONTHS: dict[str, int] = {word: month for month, words in _MONTH_WORDS.items() for word in words.split()}
#: Words that are something else too: taken for a month only where the sentence says so.
DOUBTFUL_MONTHS = frozenset({"may", "march", "mar", "sept", "mars", "dec", "jan"})

_WEEKDAY_WORDS = (
    "lundi monday",
    "mardi tuesday tues tue",
    "mercredi wednesday weds wed",
    "jeudi thursday thurs thur thu",
    "vendredi friday fri",
    "samedi saturday",
    "dimanche sunday",
)
WEEKDAYS: dict[str, int] = {word: day for day, words in enumerate(_WEEKDAY_WORDS) for word in words.split()}

_ORDINAL_WORDS = {
    1: "premier premiers premiere premieres 1er 1ers 1ere 1eres 1re first 1st",
    2: "deuxieme second seconde 2e 2eme 2ieme 2nd 2nde 2d latter",
    3: "troisieme 3e 3eme 3ieme third 3rd",
    4: "quatrieme 4e 4eme 4ieme fourth 4th",
    5: "cinquieme 5e 5eme 5ieme fifth 5th",
    -1: "dernier derniers derniere dernieres last final",
}
ORDINALS: dict[str, int] = {word: position for position, words in _ORDINAL_WORDS.items() for word in words.split()}

#: Days of the month in words, as somebody dictates them.
_FRENCH_DAYS = (
    "premier deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit "
    "dix-neuf vingt vingt-et-un vingt-deux vingt-trois vingt-quatre vingt-cinq vingt-six vingt-sept vingt-huit "
    "vingt-neuf trente trente-et-un"
)
_ENGLISH_DAYS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth "
    "twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"
)
DAYS: dict[str, int] = {
    word: at for words in (_FRENCH_DAYS, _ENGLISH_DAYS) for at, word in enumerate(words.split(), start=1)
}

#: First month and words of each season, of whole months as the weather services reckon them.
SEASONS: dict[int, str] = {
    3: r"(?:ce |le )?printemps|(?:in |the |this |next |during |over )+spring(?:time)?|"
    r"spring(?= 20\d\d| ?$)",
    6: r"(?:cet |l'|en |d')ete(?! (?:annul|inscrit|accept|refus|confirm|debit|factur|rembours|tres|super|bien))"
    r"|(?:in |the |this |next |during |over )*summer(?:time)?(?! (?:school|course|job))",
    9: r"(?:cet |l'|en |a l'|d')?automne|(?:in |the |this |next |during |over )*autumn|(?:in the|this|next|the) fall",
    12: r"(?:cet |l'|en |d')?hiver|(?:in |the |this |next |during |over )*winter(?:time)?",
}
SEASON_WORDS = {
    3: words_of("printemps spring springtime"),
    6: words_of("ete summer summertime"),
    9: words_of("automne autumn fall"),
    12: words_of("hiver winter wintertime"),
}


def one_of(words: Iterable[str]) -> str:
    """An alternative of all words, the longest first."""
    return "|".join(sorted(words, key=len, reverse=True))


#: Short forms may end in a full stop that is theirs.
_SHORT_MONTHS = words_of("janv jan fevr fev feb avr apr juil jul jun mar aug sept sep oct nov dec")
MONTH = rf"(?:(?:{one_of(set(MONTHS) - _SHORT_MONTHS)})\b|(?:{one_of(_SHORT_MONTHS)})\b\.?)"
WEEKDAY = rf"(?:{one_of(WEEKDAYS)})\b"
ORDINAL = rf"(?:{one_of(ORDINALS)})"
DAY_WORD = one_of(DAYS).replace("-", "[ -]")
YEAR = r"20[2-4]\d"
#: What follows a number that counts things; such a number is no date.
THINGS = (
    r"\s?(?:places?|personnes?|people|persons?|seats?|participants?|collegues|colleagues|euros?|eur|€|%|"
    r"jours?|days?|h|heures?|semaines?|weeks?|mois|months?|ans|k)(?![a-z])"
)
#: A count of days, weeks, …; see ``count``.
COUNT = (
    r"(?:\d{1,3}|une? quinzaine de|une? dizaine de|quelques|plusieurs|a few|several|some|a couple of|couple of|few|"
    r"une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|quinze|vingt|trente|"
    r"an?|one|two|three|four|five|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty)"
)
UNIT = (
    r"(?:jours?|days?|semaines?|weeks?|fortnights?|mois|months?|trimestres?|quarters?|semestres?|ans?|annees?|years?)"
)
UNIT_WORDS = words_of(
    "jour jours day days semaine semaines week weeks fortnight fortnights mois month months trimestre trimestres "
    "quarter quarters semestre semestres an ans annee annees year years"
)


def count(said: str) -> int:
    """What a ``COUNT`` says; "a few" are three."""
    said = said.strip()
    if said in ("quelques", "plusieurs", "a few", "few", "several", "some"):
        return 3
    if "couple" in said:
        return 2
    if "quinzaine" in said:
        return 15
    if "dizaine" in said:
        return 10
    if said in ("a", "an"):
        return 1
    return int(numbers(said)[0].value)


def unit(said: str) -> str:
    """``day``, ``week``, ``fortnight``, ``month``, ``quarter``, ``half`` or ``year``."""
    for begin, name in (
        ("jour", "day"), ("day", "day"), ("sem", "week"), ("week", "week"), ("fort", "fortnight"),
        ("quinz", "fortnight"), ("moi", "month"), ("month", "month"), ("trim", "quarter"), ("quarter", "quarter"),
    ):  # fmt: skip
        if said.startswith(begin):
            return "half" if said.startswith("semestre") else name
    return "year"


# ------------------------------------------------------------------------------------------- parts ("mi-mars")

#: Of "start", "end" and their like there is a part only where "of" follows ("I start in March").
PART = (
    r"(?:tout )?debut|commencement|(?:very )?early|(?:very )?(?:beginning|start)(?= of\b)|early part|"
    r"mi|milieu|mid|middle(?= of\b)|"
    r"(?:toute )?fin|(?:very )?late|(?:very )?end(?= of\b| $)|(?:late|later) part"
)
_PARTS = (("mi", "mid"), ("fin", "end"), ("late", "end"), ("end", "end"))


def part(said: str) -> str:
    """``begin``, ``mid`` or ``end``."""
    word = said.removeprefix("toute ").removeprefix("very ")
    return next((name for begin, name in _PARTS if word.startswith(begin)), "begin")


def month_number(said: str) -> int:
    """1 to 12 for a month's name, or the number itself."""
    return int(said) if said.isdigit() else MONTHS[said.rstrip(".")]


def day_number(said: str) -> int:
    """1 to 31 for a day in figures or words."""
    return int(said) if said.isdigit() else DAYS[said.replace(" ", "-")]
