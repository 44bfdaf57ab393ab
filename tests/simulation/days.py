"""Days as people say them."""

from __future__ import annotations

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
    """Whether a day is named in a text that was read (the month may stand further on: "mardi 12 au jeudi 14")."""
    number = "1er" if lang == "fr" and day.day == 1 else str(day.day)
    return f"{WEEKDAYS[lang][day.weekday()]} {number} ".casefold() in f"{text} ".casefold().replace(",", " ,")
