"""Days as people say them."""

from __future__ import annotations

import re
from datetime import date

WEEKDAYS = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS = {
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
ORDINALS = {
    "fr": ("la première", "la deuxième", "la troisième", "la quatrième", "la cinquième"),
    "en": ("the first one", "the second one", "the third one", "the fourth one", "the fifth one"),
}
NUMBERS = {
    "fr": ("un", "deux", "trois", "quatre", "cinq", "six"),
    "en": ("one", "two", "three", "four", "five", "six"),
}


def day_in_words(day: date, lang: str, weekday: bool = True) -> str:
    """« mardi 12 janvier », "Tuesday 12 January"."""
    number = "1er" if lang == "fr" and day.day == 1 else str(day.day)
    said = f"{number} {MONTHS[lang][day.month - 1]}"
    return f"{WEEKDAYS[lang][day.weekday()]} {said}" if weekday else said


def is_named(day: date, text: str, lang: str) -> bool:
    """Whether a day is named in a text that was read (the month may stand further on: "mardi 12 au jeudi 14 mai")."""
    number = "1er" if lang == "fr" and day.day == 1 else str(day.day)
    named = f"{WEEKDAYS[lang][day.weekday()]} {number} ".casefold()
    _, *after = f"{text} ".casefold().replace(",", " ,").split(named)  # what comes after each time that it is said
    months = [month.casefold() for month in MONTHS[lang]]
    this = months[day.month - 1]
    return any(next((word for word in re.findall(r"\w+", one) if word in months), this) == this for one in after)
