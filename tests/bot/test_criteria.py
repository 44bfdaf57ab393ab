"""The search as a state: what a message names, how it changes the last search, and how the criteria read."""

from __future__ import annotations

from typing import Any

import pytest

from bot.actions import criteria as crit
from bot.actions.criteria import Criteria
from tests.bot.acting import entity, turn

NAMES = {"topic": {"gmp": "Bonnes pratiques"}, "operator": {"takeda": "Takeda Academy"}}


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def read(*entities: dict[str, Any], text: str = "…") -> Criteria:
    return crit.read(turn(text, "search_courses", entities))


def changed(before: Criteria, *entities: dict[str, Any]) -> Criteria:
    return crit.changed(before, turn("…", "refine_search", entities))


# -- what a message names ---------------------------------------------------------------------------------------------


def test_every_entity_becomes_its_criterion() -> None:
    found = read(
        entity("topic", "gmp"),
        entity("operator", "takeda"),
        entity("level", "beginner"),
        entity("format", "online"),
        entity("course_language", "en"),
        entity("period", "2027-03-01/2027-04-01"),
        entity("max_price", 500),
        entity("max_days", 2),
        entity("seats", 3),
        entity("day_part", "evening"),
        entity("access_code", "TAKEDA-2027"),
        entity("language", "fr"),
        entity("course", "gmp-basics"),
        entity("person", "Marie"),
    )
    assert found == {
        "topic": ["gmp"],
        "operator": ["takeda"],
        "level": ["beginner"],
        "format": ["online"],
        "language": ["en"],
        "period": ["2027-03-01/2027-04-01"],
        "max_price": [500],
        "max_days": [2],
        "seats": [3],
        "day_part": ["evening"],
        "access_code": ["TAKEDA-2027"],
    }


def test_lists_keep_all_values_once_and_others_the_last() -> None:
    found = read(
        entity("operator", "takeda"),
        entity("operator", "siemens"),
        entity("operator", "takeda"),
        entity("max_price", 500),
        entity("max_price", 300),
    )
    assert found == {"operator": ["takeda", "siemens"], "max_price": [300]}


def test_what_is_refused_is_excluded() -> None:
    assert read(entity("course_language", "en", "not"), entity("operator", "siemens", "not")) == {
        "language": ["!en"],
        "operator": ["!siemens"],
    }
    assert read(entity("max_price", 500, "not"), entity("period", "2027-03-01/..", "not")) == {}
    assert read(entity("period", "2027-03-01/2027-04-01", "not")) == {"period": ["!2027-03-01/2027-04-01"]}
    assert crit.query({"period": ["!2027-03-01/2027-04-01"]}) == {"from": "!2027-03-01", "to": "!2027-04-01"}


def test_words_that_are_no_topic_of_the_catalogue_are_searched() -> None:
    assert read(entity("topic", "jumeau numérique")) == {"q": ["jumeau numérique"]}


# -- how a message changes the search ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "said", "after"),
    [
        ({}, [entity("level", "beginner")], {"level": ["beginner"]}),
        ({"topic": ["gmp"]}, [entity("level", "beginner")], {"topic": ["gmp"], "level": ["beginner"]}),
        ({"language": ["fr"]}, [entity("course_language", "en")], {"language": ["en"]}),
        ({"period": ["2027-03-01/2027-04-01"]}, [entity("period", "2027-05-01/..")], {"period": ["2027-05-01/.."]}),
        ({"max_price": [500]}, [entity("max_price", 300)], {"max_price": [300]}),
        # refused beside what was wanted, or refused itself
        ({"operator": ["takeda"]}, [entity("operator", "siemens", "not")], {"operator": ["takeda", "!siemens"]}),
        ({"language": ["en"]}, [entity("course_language", "en", "not")], {"language": ["!en"]}),
        ({"language": ["!en"]}, [entity("course_language", "en", "not")], {"language": ["!en"]}),
        ({"operator": ["!siemens"]}, [entity("operator", "takeda")], {"operator": ["takeda", "!siemens"]}),
        # wanted after all
        ({"language": ["!en"]}, [entity("course_language", "en")], {"language": ["en"]}),
        ({"operator": ["!siemens", "!takeda"]}, [entity("operator", "takeda")], {"operator": ["takeda", "!siemens"]}),
        # another subject
        (
            {"topic": ["gmp"], "level": ["beginner"]},
            [entity("topic", "mes")],
            {"level": ["beginner"], "topic": ["mes"]},
        ),
        ({"q": ["jumeau"]}, [entity("topic", "mes")], {"topic": ["mes"]}),
        ({"topic": ["gmp"]}, [entity("topic", "jumeau numérique")], {"q": ["jumeau numérique"]}),
        (
            {"topic": ["gmp"]},
            [entity("topic", "mes"), entity("topic", "jumeau numérique")],
            {"topic": ["mes"], "q": ["jumeau numérique"]},
        ),
        # a subject that is refused takes nothing from the one that is wanted
        ({"q": ["bioréacteur"]}, [entity("topic", "gmp", "not")], {"q": ["bioréacteur"], "topic": ["!gmp"]}),
        ({"topic": ["mes"]}, [entity("topic", "gmp", "not")], {"topic": ["mes", "!gmp"]}),
    ],
    ids=str,
)
def test_a_message_changes_the_search(before: Criteria, said: list[dict[str, Any]], after: Criteria) -> None:
    kept = {name: list(values) for name, values in before.items()}
    assert changed(before, *said) == after
    assert before == kept, "the slot's own value is left as it was"


@pytest.mark.parametrize(
    ("dropped", "name"),
    [
        ("max_price", "max_price"),
        ("course_language", "language"),
        ("period", "period"),
        ("level", "level"),
        ("operator", "operator"),
    ],
)
def test_a_criterion_is_dropped(dropped: str, name: str) -> None:
    before = {"topic": ["gmp"], name: ["x"]}
    assert changed(before, entity("dropped_criterion", dropped)) == {"topic": ["gmp"]}
    assert changed({"topic": ["gmp"]}, entity("dropped_criterion", dropped)) == {"topic": ["gmp"]}


def test_a_criterion_is_dropped_and_another_added() -> None:
    said = (entity("dropped_criterion", "max_price"), entity("level", "advanced"))
    assert changed({"max_price": [300]}, *said) == {"level": ["advanced"]}


SHOWN = [
    {"price": "1210.00", "days": 2, "start": "2027-02-10T09:00:00+01:00"},
    {"price": "450.00", "days": 1, "start": "2027-01-12T09:00:00+01:00"},
    {"price": "600.00", "days": 3, "start": None},
]


@pytest.mark.parametrize(
    ("comparative", "found", "sort"),
    [
        ("cheaper", {"max_price": [449.99]}, "price"),
        ("shorter", {"max_days": [0.5]}, "days"),
        ("earlier", {"period": ["../2027-01-12"]}, "start"),
        ("later", {"period": ["2027-02-11/.."]}, "start"),
    ],
)
def test_comparatives_are_beside_what_was_shown(comparative: str, found: Criteria, sort: str) -> None:
    said = turn("…", "refine_search", [entity("comparative", comparative)])
    assert crit.compared(said, SHOWN) == (found, sort)
    assert crit.compared(said, []) == ({}, sort)


def test_nothing_is_cheaper_than_free_or_shorter_than_half_a_day() -> None:
    said = turn("…", "refine_search", [entity("comparative", "cheaper"), entity("comparative", "shorter")])
    assert crit.compared(said, [{"price": "0.00", "days": 0.5, "start": None}]) == ({}, "days")


# -- what is asked of the service -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("interval", "parameters"),
    [
        ("2027-03-01/2027-04-01", {"from": "2027-03-01", "to": "2027-04-01"}),
        ("../2027-04-01", {"from": None, "to": "2027-04-01"}),
        ("2027-03-01/..", {"from": "2027-03-01", "to": None}),
    ],
)
def test_a_period_is_asked_for_half_open(interval: str, parameters: dict[str, Any]) -> None:
    assert crit.query({"topic": ["gmp"], "period": [interval]}) == {"topic": ["gmp"], **parameters}


def test_empty_criteria_are_not_asked_for() -> None:
    assert crit.query({"topic": [], "period": []}) == {}


# -- how it reads -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("criteria", "french", "english"),
    [
        ({"topic": ["gmp"]}, ["Bonnes pratiques"], ["Bonnes pratiques"]),
        ({"topic": ["gone"]}, ["gone"], ["gone"]),
        ({"operator": ["takeda", "!siemens"]}, ["chez Takeda Academy", "sauf chez siemens"], None),
        ({"language": ["!en"]}, ["sauf en anglais"], ["not in English"]),
        ({"level": ["beginner"]}, ["niveau débutant"], ["beginner level"]),
        ({"format": ["online"]}, ["en ligne"], ["online"]),
        ({"day_part": ["evening", "tuesday"]}, ["en soirée ou le mardi"], ["in the evening or on Tuesdays"]),
        ({"max_price": [500]}, ["au plus 500,00 €"], ["at most €500.00"]),
        ({"max_price": [0]}, ["gratuit"], ["free"]),
        ({"max_days": [0.5]}, ["au plus une demi-journée"], ["at most half a day"]),
        ({"max_days": [2]}, ["au plus 2 jours"], ["at most 2 days"]),
        ({"seats": [3]}, ["pour 3 personnes"], ["for 3 people"]),
        ({"q": ["jumeau"]}, ["« jumeau »"], ["“jumeau”"]),
        ({"access_code": ["TAKEDA-2027"], "kind": ["course"]}, [], []),
        ({"level": []}, [], []),
    ],
)
def test_criteria_in_words(criteria: Criteria, french: list[str], english: list[str] | None) -> None:
    assert [plain(part) for part in crit.spoken(criteria, "fr", NAMES)] == french
    if english is not None:
        assert [plain(part) for part in crit.spoken(criteria, "en", NAMES)] == english


@pytest.mark.parametrize(
    ("interval", "french", "english"),
    [
        ("2027-03-10/2027-03-11", "le mercredi 10 mars", "on Wednesday 10 March"),
        ("2027-03-01/2027-04-01", "en mars 2027", "in March 2027"),
        ("2027-02-01/2027-03-01", "en février 2027", "in February 2027"),
        ("2027-03-01/2027-03-11", "du lundi 1er mars au mercredi 10 mars", "from Monday 1 March to Wednesday 10 March"),
        ("../2027-03-10", "avant le mercredi 10 mars", "before Wednesday 10 March"),
        ("2027-03-10/..", "à partir du mercredi 10 mars", "from Wednesday 10 March"),
        ("2027-01-01/2027-03-01", "du vendredi 1er janvier au dimanche 28 février", None),
        ("2027-03-10T09:00/2027-03-10T12:00", "le mercredi 10 mars", "on Wednesday 10 March"),
    ],
)
def test_periods_in_words(interval: str, french: str, english: str | None) -> None:
    assert plain(crit.period(interval, "fr")) == french
    if english is not None:
        assert plain(crit.period(interval, "en")).replace("day, ", "day ") == english


def test_the_words_that_nothing_explains_are_left() -> None:
    text = "je cherche une formation sur l’électroporation chez Takeda"
    start = text.index("Takeda")
    said = turn(text, "search_courses", [entity("operator", "takeda", at=(start, len(text))), entity("language", "fr")])
    assert crit.words_left(said, {"je", "cherche", "une", "formation", "sur", "l", "chez"}) == "électroporation"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("que proposez-vous ?", ""),
        ("y a-t-il du single-use ?", "single-use"),
        ("-- …", ""),
        ("R&D et C++", "R&D C++"),
    ],
)
def test_joined_words_are_looked_at_apart(text: str, left: str) -> None:
    from bot.actions.subjects import request_words

    assert crit.words_left(turn(text, "search_courses"), request_words()) == left


def test_an_entity_without_a_place_in_the_text_explains_nothing() -> None:
    said = turn("électroporation", "search_courses", [entity("topic", "gmp")])
    assert crit.words_left(said, set()) == "électroporation"


def test_another_month_is_wanted_too() -> None:
    march, april = "2027-03-01/2027-04-01", "2027-04-01/2027-05-01"
    before = {"period": [march]}
    assert crit.changed(before, turn("april works too", "refine_search", [entity("period", april)])) == {
        "period": [march, april]
    }
    assert crit.changed(before, turn("plutôt avril", "refine_search", [entity("period", april)])) == {"period": [april]}
    asked = crit.query({"period": [march, april]})
    assert (asked["from"], asked["to"]) == (["2027-03-01", "2027-04-01"], ["2027-04-01", "2027-05-01"])


def test_criteria_are_said_in_the_order_of_a_person() -> None:
    criteria = {"seats": [7], "language": ["fr"], "period": ["2027-04-01/2027-05-01"]}
    assert crit.spoken(criteria, "fr", {}) == ["en avril 2027", "en français", "pour 7\u00a0personnes"]
    assert crit.spoken({"period": ["../2027-02-01"]}, "en", {}) == ["until the end of January 2027"]
