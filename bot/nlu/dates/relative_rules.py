"""What is counted from today: "dans deux semaines", "the next three months", "mardi prochain", "demain"."""

from __future__ import annotations

import re
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from bot.nlu.dates import feasts
from bot.nlu.dates.intervals import Interval, coming_weekday, day, days_from, week
from bot.nlu.dates.rules import Meaning, Rule, rule
from bot.nlu.dates.unit_rules import this
from bot.nlu.dates.words import COUNT, UNIT, UNIT_WORDS, WEEKDAY, WEEKDAYS, YEAR, count, unit
from bot.nlu.spans import words_of


def _in_so_many(match: re.Match[str], today: date) -> Interval:
    """ "dans deux semaines": that week; "dans deux mois": that month; "dans trois jours": that day."""
    name, many = unit(match["u"]), count(match["n"]) if match["n"] else 1
    if "upto" in match.re.groupindex and match["upto"]:  # "dans deux à trois semaines"
        return Interval(this(name, today, many).start, this(name, today, count(match["upto"])).end)
    if name == "day" and many in (8, 15):  # "huit jours" and "quinze jours" are one week and two
        name, many = "week", many // 7
    if name == "week" and "w" in match.re.groupindex and match["w"]:  # "lundi dans deux semaines"
        return _of_week(match["w"], today, many)
    return this(name, today, many)


def _window(match: re.Match[str], today: date) -> Interval:
    """ "les trois prochains mois": from today on. Without a number: some four weeks, three months, seven days."""
    name = unit(match["u"])
    said = (match["upto"] if "upto" in match.re.groupindex else None) or match["n"]
    many = count(said) if said else {"week": 4, "month": 3}.get(name, 7)
    return _from_today(today, name, many)


def _one(match: re.Match[str], today: date) -> Interval:
    """ "dans le mois": one of them from today on."""
    return _from_today(today, unit(_either(match, "u", "v")), 1)


def _from_today(today: date, name: str, many: int) -> Interval:
    days, months = {
        "day": (1, 0), "week": (7, 0), "fortnight": (14, 0), "month": (0, 1), "quarter": (0, 3), "half": (0, 6),
        "year": (0, 12),
    }[name]  # fmt: skip
    return Interval(today, today + relativedelta(days=days * many, months=months * many))


def _either(match: re.Match[str], name: str, other: str) -> str:
    """What stands in the one of two groups that took part in the match."""
    return match[name] or match[other] if other in match.re.groupindex else match[name]


def _ahead(days: int) -> Meaning:
    return lambda match, today: day(today + timedelta(days=days))


def _weekend(weeks: int) -> Meaning:
    def meaning(match: re.Match[str], today: date) -> Interval | None:
        monday = week(today).start
        return days_from(monday + timedelta(days=5, weeks=weeks), 2) if monday else None

    return meaning


def _weekday(weeks: int = 0) -> Meaning:
    return lambda match, today: coming_weekday(today, WEEKDAYS[_either(match, "w", "v")], weeks)


def _weekday_of_week(weeks: int) -> Meaning:
    return lambda match, today: _of_week(match["w"], today, weeks)


def _of_week(weekday: str, today: date, weeks: int) -> Interval:
    monday = today - timedelta(days=today.weekday())
    return day(monday + timedelta(days=WEEKDAYS[weekday], weeks=weeks))


def _feast(name: str) -> Meaning:
    def meaning(match: re.Match[str], today: date) -> Interval | None:
        return feasts.feast_of_year(name, int(match["y"])) if match["y"] else feasts.feast(name, today)

    return meaning


def _rest(match: re.Match[str], today: date) -> Interval:
    return Interval(today, this(unit(match["u"]), today).end)


def _school_holiday(name: str) -> Meaning:
    return lambda match, today: feasts.school_holiday(name, today)


_N = rf"(?P<n>{COUNT})"
_U = rf"(?P<u>{UNIT})"
_OR_MORE = rf"(?:(?: ?- ?| (?:a|ou|or|to) )(?P<upto>{COUNT}))?"
_W = rf"(?P<w>{WEEKDAY})"
_ABOUT = r"(?:environ |about |around |a peu pres |roughly )?"
_COMING = r"(?:prochaine?s?|qui viennent|qui arrivent|a venir|suivante?s)"
_IN = r"(?:(?:dans|d'ici|endeans|sous|au cours de|durant|pendant|sur) )?"
_WITHIN = r"(?:(?:within|in|over|during|for|any time in) )?(?:the |these )?"
#: "le mardi", "every Friday", "pas lundi": a day that comes back, not the next one.
_RETURNING = "".join(
    rf"(?<!\b{word} )"
    for word in sorted(words_of("le les un une du au de chaque a any every each the pas not no sauf except but only"))
)
#: "Merry Christmas" names no day.
_NO_WISH = "".join(
    rf"(?<!\b{word} )" for word in sorted(words_of("happy merry joyeux joyeuses joyeuse bon bonne bonnes"))
)
_WEEKEND = words_of("week weekend we")
_TODAY = words_of("aujourd soir matin midi today tonight morning afternoon evening")

#: A weekday by its name alone: before a longer stretch it is a kind of day ("a Tuesday or Thursday in March").
PLAIN_WEEKDAY = rule(rf"(?:on )?{_RETURNING}{_W}", _weekday(), WEEKDAYS)

RULES: list[Rule] = [
    rule(
        r"now(?= (?:and|until|till|to) )|maintenant(?= (?:et|jusqu))",
        lambda match, today: day(today),
        words_of("now maintenant"),
        weak=True,
    ),
    rule(rf"(?:dans|in) {_ABOUT}{_N}{_OR_MORE} {_U}(?! {_COMING})", _in_so_many, UNIT_WORDS),
    rule(rf"(?:dans|in) {_ABOUT}(?:une?|a) (?P<u>quinzaine)(?P<n>)(?! de)", _in_so_many, {"quinzaine"}),
    rule(rf"{_W},? (?:dans|in) {_N} (?P<u>semaines?|weeks?)", _in_so_many, WEEKDAYS),
    rule(rf"{_N} {_U} from (?:now|today)", _in_so_many, {"from"}),
    rule(rf"{_IN}l[ea]s {_N} (?:{_COMING} )?{_U}(?: {_COMING})?", _window, UNIT_WORDS),
    rule(rf"{_IN}[lc]es {_COMING} (?:{_N} )?{_U}", _window, UNIT_WORDS),
    rule(rf"{_IN}les (?P<n>)(?P<u>jours|semaines|mois) {_COMING}", _window, UNIT_WORDS),
    rule(rf"(?:d'ici|endeans|sous) {_ABOUT}{_N}{_OR_MORE} {_U}", _window, UNIT_WORDS),
    rule(rf"{_WITHIN}(?:next|coming|following) {_N} {_U}", _window, UNIT_WORDS),
    rule(rf"{_WITHIN}(?:next|coming) (?P<n>)(?P<u>days|weeks|months)", _window, UNIT_WORDS),
    rule(rf"(?:within|in under|in less than|inside) {_N}{_OR_MORE} {_U}", _window, UNIT_WORDS),
    rule(
        r"(?:dans (?:le|la|l')|endeans (?:le|la|l')|within the|inside the) ?"
        r"(?P<u>semaine|quinzaine|mois|trimestre|week|fortnight|month|quarter|year)(?! (?:de|du|of|prochain|qui))",
        _one,
        UNIT_WORDS | {"quinzaine"},
    ),
    rule(rf"{_WITHIN}(?:next|coming) (?P<u>fortnight)", _one, {"fortnight"}),
    rule(rf"{_IN}la (?:prochaine (?P<u>quinzaine)|(?P<v>quinzaine) (?:prochaine|qui vient))", _one, {"quinzaine"}),
    rule(r"apres[- ]demain|(?:the )?day after tomorrow", _ahead(2), words_of("demain tomorrow")),
    rule(r"demain|tomorrow", _ahead(1), words_of("demain tomorrow")),
    rule(
        r"aujourd'?hui|ce soir|ce matin|cet apres[- ]midi|"
        r"today|tonight|this (?:morning|afternoon|evening)",
        _ahead(0),
        _TODAY | {"aujourdhui"},
    ),
    rule(r"(?:avant-)?hier|(?:the day before )?yesterday", _ahead(-1), words_of("hier yesterday")),
    rule(r"(?:ce |this |the coming )(?:week-? ?end|we)(?:-ci)?", _weekend(0), _WEEKEND),
    rule(
        r"(?:le )?(?:week-? ?end|we) prochain|(?:le )?prochain (?:week-? ?end|we)|next week-? ?end",
        _weekend(1),
        _WEEKEND,
    ),
    rule(r"(?:the )?week-? ?end after next", _weekend(2), _WEEKEND),
    rule(rf"{_W} (?:en (?:huit|8)|week(?! \d))", _weekday(1), WEEKDAYS),
    rule(rf"(?:a )?week on {_W}", _weekday(1), WEEKDAYS),
    rule(rf"{_W} (?:en (?:quinze|15)|fortnight)|(?:a )?fortnight on {_W.replace('<w>', '<v>')}", _weekday(2), WEEKDAYS),
    rule(
        rf"(?:le |on )?{_W},? (?:(?:de )?la semaine (?:prochaine|suivante)|(?:of )?next week)",
        _weekday_of_week(1),
        WEEKDAYS,
    ),
    rule(rf"(?:la semaine prochaine,?|next week,?(?: on)?) (?:le )?{_W}", _weekday_of_week(1), WEEKDAYS),
    rule(rf"(?:le |on )?{_W},? (?:de )?(?:cette semaine|this week)", _weekday_of_week(0), WEEKDAYS),
    rule(rf"(?:this week,?(?: on)?|cette semaine,?) (?:le )?{_W}", _weekday_of_week(0), WEEKDAYS),
    rule(rf"(?:le )?{_W} (?:prochain|qui vient|suivant)", _weekday(), WEEKDAYS),
    rule(rf"(?:le )?prochain {_W}", _weekday(), WEEKDAYS),
    rule(rf"(?:le )?{_W} (?:dernier|passe)|last {_W.replace('<w>', '<v>')}", _weekday(-1), WEEKDAYS),
    rule(rf"(?:on )?(?:ce |this |next |the next |the coming |coming ){_W}(?:-ci)?", _weekday(), WEEKDAYS),
    PLAIN_WEEKDAY,
    rule(
        rf"(?:(?:le|the|pour le|for the) )?(?:reste|rest|remainder) (?:du |de la |de l'|de cette |de ce |of the |"
        rf"of this )(?P<u>{UNIT})",
        _rest,
        words_of("reste rest remainder"),
    ),
    *[
        rule(rf"{_NO_WISH}(?:{said})(?: (?P<y>{YEAR}))?", _feast(name), needs)
        for name, (said, needs) in feasts.FEASTS.items()
    ],
    *[rule(said, _school_holiday(name), feasts.HOLIDAY_NEEDS) for name, said in feasts.HOLIDAY_WORDS.items()],
]
