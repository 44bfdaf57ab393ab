"""Which words of a message are a subject, and which everybody says."""

from __future__ import annotations

import pytest

from bot.actions import subjects
from tests.bot.acting import entity, turn


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("cest quoi comme formations ici", ""),
        ("ok je reserve pour moi", ""),
        ("en fait je ne sais pas", ""),
        ("I just want a list of trainings", ""),
        ("quelque chose sur la boulangerie pour mon équipe", "boulangerie"),
        ("do you have something on cooking?", "cooking"),
        ("python", "python"),
        ("ya une formation GMP", "GMP"),
        ("qqch en boulangerie pr moi svp", "boulangerie"),
        ("jcherche koi comme formasion", ""),
        ("less than three days only", ""),
        ("instead of that something cheaper", ""),
        ("je suis pâtissier et je cherche une formation en soudure", "soudure"),
        ("my boss the baker wants a course on welding", "welding"),
    ],
)
def test_what_everybody_says_is_no_subject(text: str, left: str) -> None:
    assert subjects.said(turn(text, "search_courses"), booking=True) == left


def test_a_problem_is_kept_whole() -> None:
    text = "mes opérateurs oublient toujours de signer les dossiers de lot"
    assert subjects.said(turn(text, "search_courses")) == text


def test_people_who_type_no_apostrophe_say_the_same() -> None:
    everyday = subjects.everyday_words()
    assert {"cest", "est", "jaimerais", "aimerais"} <= everyday.keys()


def test_a_name_of_the_catalogue_is_kept_whole() -> None:
    said = turn("use flow cytometry", "search_courses", [entity("topic", "flow-cytometry", at=(4, 18))])
    assert subjects.said(said, keep=("topic",)) == "flow cytometry"
