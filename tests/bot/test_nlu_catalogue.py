"""Mentions of what stands in the catalogue."""

from __future__ import annotations

from typing import Any

import pytest

from bot.nlu.mentions import Mentions

SNAPSHOT: dict[str, Any] = {
    "operators": [
        {"id": "siemens", "name": "Siemens", "aliases": {"fr": ["formations siemens"], "en": ["siemens training"]}},
        {"id": "staubli", "name": "Stäubli Robotics", "aliases": {"fr": ["stäubli"], "en": ["staubli"]}},
    ],
    "topics": [
        {"id": "gmp", "name": {"fr": "Bonnes pratiques (BPF)", "en": "Good manufacturing practice (GMP)"},
         "aliases": {"fr": ["bpf"], "en": ["cgmp"]}},
        {"id": "mes", "name": {"fr": "MES", "en": "MES"}, "aliases": {"fr": ["système mes"], "en": ["mes software"]}},
        {"id": "process-analytical-technology", "name": {"fr": "PAT", "en": "PAT"}, "aliases": {"fr": [], "en": []}},
        {"id": "data-integrity", "name": {"fr": "Intégrité des données", "en": "Data integrity"},
         "aliases": {"fr": [], "en": []}},
        {"id": "single-use-bioreactors", "name": {"fr": "Bioréacteurs à usage unique", "en": "Single-use bioreactors"},
         "aliases": {"fr": ["bioréacteurs"], "en": ["bioreactor"]}},
        {"id": "flow-cytometry", "name": {"fr": "Cytométrie en flux", "en": "Flow cytometry"},
         "aliases": {"fr": ["facs"], "en": ["fluorescence activated cell sorting"]}},
        {"id": "cleanroom", "name": {"fr": "Salle blanche", "en": "Clean room"},
         "aliases": {"fr": ["habillage stérile", "stérille"], "en": ["sterile gowning"]}},
        {"id": "audits", "name": {"fr": "Audit des fournisseurs", "en": "Supplier audits"},
         "aliases": {"fr": [], "en": []}},
    ],
    "courses": [
        {"id": "gmp-shop-floor", "kind": "course",
         "title": {"fr": "Les BPF sur le terrain", "en": "GMP on the shop floor"},
         "operator": "takeda", "topics": ["gmp"],
         "aliases": {"fr": ["formation GMP", "nos dossiers sont refusés"], "en": ["gmp course"]}},
        {"id": "data-integrity-alcoa", "kind": "course",
         "title": {"fr": "Intégrité des données : ALCOA+ en pratique", "en": "Data integrity: ALCOA+ in practice"},
         "operator": "validor", "topics": ["data-integrity"], "aliases": {"fr": ["alcoa"], "en": ["alcoa"]}},
        {"id": "python-biologists", "kind": "course",
         "title": {"fr": "Python pour biologistes", "en": "Python for biologists"}, "operator": "codevia",
         "topics": [], "aliases": {"fr": ["Python débutant", "pandas"], "en": ["evening Python course"]}},
        {"id": "open-day", "kind": "event", "title": {"fr": "Journée portes ouvertes", "en": "Open day"},
         "operator": "campus", "topics": [], "aliases": {"fr": ["portes ouvertes"], "en": ["open house"]}},
        {"id": "aseptic-gowning", "kind": "course", "operator": "aseptia", "topics": ["cleanroom"],
         "title": {"fr": "L'habillage stérile, geste après geste", "en": "Sterile gowning, step by step"},
         "aliases": {"fr": ["habillage stérile"], "en": ["sterile gowning"]}},
        {"id": "cell-banking", "kind": "course", "operator": "aseptia", "topics": [],
         "title": {"fr": "Préparer des banques cellulaires pour la production", "en": "Preparing cell banks"},
         "aliases": {"fr": [], "en": []}},
        {"id": "data-integrity-basics", "kind": "course", "operator": "validor", "topics": ["data-integrity"],
         "title": {"fr": "Audit des fournisseurs", "en": "Supplier audits"}, "aliases": {"fr": [], "en": []}},
        {"id": "one", "kind": "course", "title": {"fr": "Un", "en": "One of two"}, "operator": "campus", "topics": [],
         "aliases": {"fr": ["nom partagé"], "en": []}},
        {"id": "two", "kind": "course", "title": {"fr": "Deux", "en": "Two of two"}, "operator": "campus", "topics": [],
         "aliases": {"fr": ["nom partagé"], "en": []}},
    ],
}  # fmt: skip

FOUND = [
    ("formation GMP", [("topic", "gmp")]),
    ("GMP on the shop floor", [("course", "gmp-shop-floor")]),
    ("les bioréacteurs à usage unique", [("topic", "single-use-bioreactors")]),
    ("bioreacteur", [("topic", "single-use-bioreactors")]),
    ("biorecteurs", [("topic", "single-use-bioreactors")]),
    ("integrite de donnees", [("topic", "data-integrity")]),
    ("Intégrité des données : ALCOA+ en pratique", [("course", "data-integrity-alcoa")]),
    ("python for biologists", [("course", "python-biologists")]),
    ("fluorescence activated cell sorting", [("topic", "flow-cytometry")]),
    ("chez Siemens", [("operator", "siemens")]),
    ("chez siemmens", [("operator", "siemens")]),
    ("Staubli", [("operator", "staubli")]),
    ("les portes ouvertes", [("course", "open-day")]),
    ("GMP chez Siemens", [("topic", "gmp"), ("operator", "siemens")]),
    ("GMP, gmp et BPF", [("topic", "gmp")]),
    ("le MES", [("topic", "mes")]),
    ("intégriter dé donnez", [("topic", "data-integrity")]),
    ("biauréacteurs", [("topic", "single-use-bioreactors")]),
    ("mes collègues", []),
    ("Pat est mon chef", []),
    ("PAT", [("topic", "process-analytical-technology")]),
    ("nos dossiers sont refusés", []),
    ("nom partagé", []),
    ("une formation en apiculture", []),
    ("je voudrais annuler", []),
]


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_mentions(text: str, expected: list[tuple[str, str]]) -> None:
    found = Mentions(SNAPSHOT, common=["annuler", "dossiers"]).find(text)
    assert [(one.entity, one.value) for one in found] == expected


@pytest.mark.parametrize(
    ("text", "intent", "expected"),
    [
        ("l'habillage stérile, c'est combien ?", "course_details", ("course", "aseptic-gowning")),
        ("quelque chose sur l'habillage stérile", "search_courses", ("topic", "cleanroom")),
        ("la salle blanche, c'est combien ?", "course_details", ("topic", "cleanroom")),
        ("inscrivez-moi à Audit des fournisseurs", "book_session", ("course", "data-integrity-basics")),
        ("je cherche en audit des fournisseurs", "search_courses", ("course", "data-integrity-basics")),
        ("la préparation de banques cellulaires pour la production", "list_sessions", ("course", "cell-banking")),
    ],
)
def test_the_intent_decides_between_a_course_and_a_topic(text: str, intent: str, expected: tuple[str, str]) -> None:
    found = Mentions(SNAPSHOT).find(text, intent=intent)
    assert [(one.entity, one.value) for one in found] == [expected]


def test_small_words_of_a_title_may_be_long() -> None:
    (found,) = Mentions(SNAPSHOT).find("Préparer des banques cellulaires pour les productions")
    assert found.value == "cell-banking"


def test_a_word_that_is_listed_with_a_slip_is_also_the_right_one() -> None:
    (found,) = Mentions(SNAPSHOT).find("l'habillage stérille, geste après geste")
    assert (found.entity, found.value) == ("course", "aseptic-gowning")


def test_a_further_word_of_a_title_is_no_topic_beside_the_course() -> None:
    found = Mentions(SNAPSHOT).find("Intégrité des données : ALCOA+ en pratique data integrity")
    assert [(one.entity, one.value) for one in found] == [("course", "data-integrity-alcoa")]


def test_an_everyday_word_is_no_slip() -> None:
    assert Mentions(SNAPSHOT).find("siemans")
    assert not Mentions(SNAPSHOT, common=["siemans"]).find("siemans")


def test_a_slip_is_less_sure() -> None:
    mentions = Mentions(SNAPSHOT)
    assert mentions.find("bioreactors")[0].confidence > mentions.find("bioraectors")[0].confidence


def test_the_place_is_that_of_the_words() -> None:
    text = "Bonjour, l’intégrité des données m’intéresse"
    (found,) = Mentions(SNAPSHOT).find(text)
    assert text[found.start : found.end] == "intégrité des données"


def test_claimed_stretches_are_left_out() -> None:
    assert Mentions(SNAPSHOT).find("sophie@siemens.be", [(0, 17)]) == []


def test_an_empty_catalogue_knows_nothing() -> None:
    assert Mentions({}).find("GMP chez Siemens") == []
