"""Criteria, references and attributes by patterns, and what is refused."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.criteria import CriteriaExtractor
from bot.nlu.matching import PATTERNS, _words_of

FOUND: list[tuple[str, list[tuple[str, Any]]]] = [
    ("débutant", [("level", "beginner")]),
    ("for beginners", [("level", "beginner")]),
    ("niveau avancé", [("level", "advanced")]),
    ("intermédiaire", [("level", "intermediate")]),
    ("en ligne svp", [("format", "online")]),
    ("on site", [("format", "onsite")]),
    ("en présentiel", [("format", "onsite")]),
    ("hybride", [("format", "hybrid")]),
    ("une formation en anglais", [("course_language", "en")]),
    ("taught in French", [("course_language", "fr")]),
    ("le soir", [("day_part", "evening")]),
    ("after work", [("day_part", "evening")]),
    ("le week-end", [("day_part", "weekend")]),
    ("en semaine", [("day_part", "weekday")]),
    ("le mardi", [("day_part", "tuesday")]),
    ("on Fridays", [("day_part", "friday")]),
    ("moins cher", [("comparative", "cheaper")]),
    ("something shorter", [("comparative", "shorter")]),
    ("plus tôt", [("comparative", "earlier")]),
    ("later", [("comparative", "later")]),
    ("see you later", []),
    ("oublie le budget", [("dropped_criterion", "max_price")]),
    ("peu importe la date", [("dropped_criterion", "period")]),
    ("any language will do", [("dropped_criterion", "course_language")]),
    ("the price doesn't matter", [("dropped_criterion", "max_price")]),
    ("n'importe quel niveau", [("dropped_criterion", "level")]),
    ("la deuxième", [("reference", 2)]),
    ("the 2nd", [("reference", 2)]),
    ("numéro 3", [("reference", 3)]),
    ("la dernière", [("reference", "last")]),
    ("the last one", [("reference", "last")]),
    ("la moins chère", [("reference", "cheapest")]),
    ("the cheapest", [("reference", "cheapest")]),
    ("celle-là", [("reference", "current")]),
    ("the next one", [("reference", "earliest")]),
    ("le premier trimestre", []),
    ("pour la première fois", []),
    ("c'est combien ?", [("course_attribute", "price")]),
    ("how long is it", [("course_attribute", "duration")]),
    ("quels sont les prérequis", [("course_attribute", "prerequisites")]),
    ("who teaches it", [("course_attribute", "trainer")]),
    ("en quelle langue", [("course_attribute", "language")]),
    ("y a-t-il un certificat", [("course_attribute", "certificate")]),
    ("c'est pour qui", [("course_attribute", "audience")]),
    ("parlez-vous anglais ?", [("requested_language", "en")]),
    ("en français s'il vous plaît", [("requested_language", "fr")]),
    ("je suis laborantine", [("profile", "laborantine")]),
    ("PhD in chemistry", [("profile", "PhD in chemistry")]),
    ("cours d'anglais", []),
    ("numéro anglais", []),
    ("je confirme", []),
    ("on a un niveau confirmé", [("level", "advanced")]),
    ("du distanciell", [("format", "online")]),
    ("niveau intermédaire", [("level", "intermediate")]),
    ("the scond option", [("reference", 2)]),
    ("anything sherter", [("comparative", "shorter")]),
    ("anything cheeper", [("comparative", "cheaper")]),
    ("oublie le budjet", [("dropped_criterion", "max_price")]),
    ("dans cette attente", []),
    ("finalement avant midi", []),
    ("cette formation vous derriere la cellule", [("reference", "current")]),
    ("third", [("reference", 3)]),
    ("second or fourth, which is better?", [("reference", 2), ("reference", 4)]),
    ("first time here", []),
    ("second half", []),
    ("celuici", [("reference", "current")]),
    ("a later session", [("comparative", "later")]),
    ("later today", []),
    ("à plus tard", []),
    ("online or on site, either works", [("dropped_criterion", "format")]),
    ("sur site ou à distance, les deux me vont", [("dropped_criterion", "format")]),
    ("en présentiel ou en ligne, peu importe", [("dropped_criterion", "format")]),
    ("any months are fine", [("dropped_criterion", "period")]),
    ("it needn't be online", [("dropped_criterion", "format")]),
    ("pas besoin que ce soit en français", [("dropped_criterion", "course_language")]),
    ("combien de jours ça dure", [("course_attribute", "duration")]),
    ("à qui est destiné ce cours", [("course_attribute", "audience"), ("reference", "current")]),
    ("c'est quoi le programme", [("course_attribute", "content")]),
    ("what do people really learn there", [("course_attribute", "content")]),
    ("je suis très content", []),
    ("where do the sessions take place?", [("course_attribute", "place")]),
    ("my address is", []),
    ("une demande de prix", []),
    ("je suis soudeur de métier", [("profile", "soudeur")]),
    ("ancienne coiffeuse", [("profile", "ancienne coiffeuse")]),
    ("former bus driver", [("profile", "former bus driver")]),
    ("chimiste en agroalimentaire", [("profile", "chimiste en agroalimentaire")]),
    ("chemist in microbiology", [("profile", "chemist in microbiology")]),
    ("a welder by trade", [("profile", "welder")]),
    ("for our technicians", [("profile", "technicians")]),
    ("the confirmation please", [("document", "confirmation")]),
    ("add it to the invoice", []),
    ("réservation confirmée", []),
]
REFUSED = [
    ("pas en anglais", "course_language", "en"),
    ("anything but Fridays", "day_part", "friday"),
    ("surtout pas en ligne", "format", "online"),
    ("je ne veux pas de formation en ligne", "format", "online"),
    ("not in English or Dutch", "course_language", "nl"),
    ("ni en ligne ni en anglais", "course_language", "en"),
    ("except weekends", "day_part", "weekend"),
    ("pas le vendredi", "day_part", "friday"),
    ("nothing on site please", "format", "onsite"),
    ("neither on Mondays nor on Fridays", "day_part", "friday"),
    ("anyting but online", "format", "online"),
]
NOT_REFUSED = [
    ("vous n'avez pas de formation en anglais ?", "course_language", "en"),
    ("il n'y a rien en anglais ?", "course_language", "en"),
    ("why not in English", "course_language", "en"),
    ("pas en anglais, en français", "course_language", "fr"),
    ("don't you have anything in English", "course_language", "en"),
    ("not only in English", "course_language", "en"),
    ("is there nothing in English?", "course_language", "en"),
    ("il n'y a rien en ligne ?", "format", "online"),
]


def _read(
    text: str, before: list[dict[str, Any]] | None = None, intent: str = "search_courses"
) -> list[dict[str, Any]]:
    message = Message({"text": text, "entities": before or [], "intent": {"name": intent}})
    entities: list[dict[str, Any]] = CriteriaExtractor({}).process([message])[0].get("entities")
    return entities


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_criteria(text: str, expected: list[tuple[str, Any]]) -> None:
    assert [(one["entity"], one["value"]) for one in _read(text)] == expected


@pytest.mark.parametrize(("text", "entity", "value"), REFUSED)
def test_is_refused(text: str, entity: str, value: str) -> None:
    assert (entity, value, "not") in [(one["entity"], one["value"], one.get("role")) for one in _read(text)]


@pytest.mark.parametrize(("text", "entity", "value"), NOT_REFUSED)
def test_is_not_refused(text: str, entity: str, value: str) -> None:
    assert (entity, value, None) in [(one["entity"], one["value"], one.get("role")) for one in _read(text)]


def test_what_earlier_components_found_is_refused_too() -> None:
    operator = {"entity": "operator", "value": "siemens", "start": 5, "end": 12}
    assert _read("sauf Siemens", [operator]) == [{**operator, "role": "not"}]


def test_a_stretch_that_is_read_already_is_left_alone() -> None:
    period = {"entity": "period", "value": "2026-12-01/2026-12-02", "start": 0, "end": 14}
    assert [one["entity"] for one in _read("mardi prochain", [period])] == ["period"]


def test_a_language_is_the_courses_where_courses_are_spoken_of() -> None:
    assert [one["entity"] for one in _read("formation en anglais svp")] == ["course_language"]
    assert [one["entity"] for one in _read("en anglais svp")] == ["requested_language"]
    assert [one["entity"] for one in _read("parlez anglais svp")] == ["requested_language"]
    found = _read("en anglais et sur place", intent="switch_language")
    assert [one["entity"] for one in found] == ["course_language", "format"]


def test_a_certificate_is_ones_own_where_papers_are_asked_for() -> None:
    assert [one["entity"] for one in _read("le certificat", intent="request_document")] == ["document"]
    assert [one["entity"] for one in _read("mon attestation de présence", intent="request_document")] == ["document"]
    assert [one["entity"] for one in _read("le certificat", intent="course_details")] == ["course_attribute"]
    assert [one["value"] for one in _read("the invoice please", intent="request_document")] == ["invoice"]
    assert _read("the invoice goes to our office", intent="inform") == []


def test_a_trade_is_nobodys_where_somebody_is_asked_for() -> None:
    assert _read("êtes-vous une secrétaire ?", intent="bot_challenge") == []
    assert [one["entity"] for one in _read("I'm a teacher", intent="ask_advice")] == ["profile"]


def test_a_trade_takes_the_subject_that_stands_inside_it() -> None:
    topic = {"entity": "topic", "value": "quality-control", "start": 8, "end": 10}
    assert [(one["entity"], one["value"]) for one in _read("for our QC officer", [topic])] == [
        ("profile", "QC officer")
    ]


def test_english_is_asked_for_where_the_message_is_about_speaking() -> None:
    assert [one["entity"] for one in _read("anglais", intent="switch_language")] == ["requested_language"]
    assert [one["entity"] for one in _read("anglais", intent="refine_search")] == ["course_language"]


@pytest.mark.parametrize("file", sorted(PATTERNS.glob("*.yml")), ids=lambda file: file.stem)
def test_every_value_has_french_and_english_patterns(file: Any) -> None:
    for entity, values in (yaml.safe_load(file.read_text(encoding="utf-8")).get("entities") or {}).items():
        for value, groups in {"each": values}.items() if "each" in values else values.items():
            for said in groups if isinstance(groups, list) else [groups]:
                assert said.get("fr") and said.get("en"), (entity, value)


@pytest.mark.parametrize("expression", ["debutant(?:e|s)?", "a|b", "premiere?", "(?:la|le)", "formations?"])
def test_an_expression_spelled_out_matches_the_same_words(expression: str) -> None:
    words = _words_of(expression)
    assert words and all(re.fullmatch(expression, word) for word in words)
    assert _words_of("[a-z]+") is None


def test_a_weekday_is_refused_after_a_wish() -> None:
    found = _read("en semaine mais pas le jeudi")
    assert [(one["value"], one.get("role")) for one in found] == [("weekday", None), ("thursday", "not")]
