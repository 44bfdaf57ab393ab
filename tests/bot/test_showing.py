"""Courses and sessions as lines, buttons, and what a later message may point at."""

from __future__ import annotations

from typing import Any

import pytest

from bot.actions import showing
from bot.actions.turn import Turn
from tests.bot.acting import booking, course, session, turn


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.fixture
def french() -> Turn:
    return turn()


@pytest.fixture
def english() -> Turn:
    return turn(lang="en")


def test_a_course_in_a_line(french: Turn, english: Turn) -> None:
    line = plain(showing.course_line(french, course(), 2))
    assert line.startswith("2. Les BPF en pratique (Takeda Academy)")
    assert "2 jours" in line
    assert "1 210,00 €" in line
    assert "mardi 12 janvier" in line
    assert "€1,210.00" in showing.course_line(english, course(), 2)


def test_a_course_without_a_date_says_so(french: Turn) -> None:
    assert "pas de date" in showing.course_line(french, course(next_sessions=[]), 1)


@pytest.mark.parametrize("titled", [True, False])
def test_a_session_in_a_line(french: Turn, titled: bool) -> None:
    line = plain(showing.session_line(french, session(), 1, with_title=titled))
    assert ("Les BPF en pratique" in line) is titled
    for words in ("1. ", "mardi 12 janvier", "en français", "sur place", "5 places"):
        assert words in line


@pytest.mark.parametrize(
    ("changes", "words", "free"),
    [
        ({}, "il reste 5 places", True),
        ({"seats_free": 1}, "il reste 1 place", True),
        ({"seats_free": 0, "state": "full"}, "complet", False),
        ({"seats_free": 0}, "complet", False),
        ({"seats_free": -1}, "complet", False),
        ({"state": "cancelled"}, "annulée", False),
        ({"state": "closed"}, "inscriptions closes", False),
        ({"state": "full", "seats_free": 3}, "complet", False),  # what is free is offered to those who wait
    ],
)
def test_how_much_room_there_is(french: Turn, changes: dict[str, Any], words: str, free: bool) -> None:
    assert plain(showing.room(french, session(**changes))) == words
    assert showing.bookable(session(**changes)) is free


def test_only_sessions_with_room_have_a_button(french: Turn) -> None:
    buttons = showing.session_buttons(french, [session(1), session(2, seats_free=0), session(3, state="cancelled")])
    assert [button["payload"] for button in buttons] == ['/book_session{"session": "gmp-basics-202701"}']


def test_no_two_buttons_have_the_same_title(french: Turn) -> None:
    """What is typed presses by title: two alike would press the wrong one."""
    same_day = [session(1), session(1, id="robots-1", course_id="robots", title="Robots en salle blanche")]
    titles = [button["title"] for button in showing.session_buttons(french, same_day)]
    assert len(set(titles)) == 2
    long = "Bonnes pratiques de fabrication pour les débutants, "
    pair = [course(id="a", title=f"{long}partie un"), course(id="b", title=f"{long}partie deux")]
    titles = [button["title"] for button in showing.course_buttons(pair)]
    assert len(set(titles)) == 2


def test_two_sessions_of_one_course_on_one_day_can_be_told_apart(french: Turn) -> None:
    morning, evening = session(1), session(1, id="gmp-basics-evening")
    evening["start"] = evening["meetings"][0]["start"].replace("T09", "T18")
    evening["meetings"] = [{"start": evening["start"], "end": evening["end"].replace("T17", "T21")}]
    titles = [button["title"] for button in showing.session_buttons(french, [morning, evening])]
    assert len(set(titles)) == 2


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("Court", "Court"),
        ("a" * 40, "a" * 40),
        ("Introduction à la fabrication aseptique en isolateur", "Introduction à la fabrication aseptique…"),
        ("a" * 50, "a" * 40 + "…"),
    ],
)
def test_a_title_on_a_button(title: str, short: str) -> None:
    assert showing.short_title(title) == short


def test_what_is_remembered_can_be_compared_and_booked() -> None:
    kept = showing.course_item(course())
    assert kept["kind"] == "course"
    assert (kept["id"], kept["operator"], kept["price"], kept["days"]) == ("gmp-basics", "takeda", "1210.00", 2)
    assert kept["start"] == session()["start"]
    assert showing.course_item(course(next_sessions=[]))["start"] is None
    kept = showing.session_item(session())
    assert (kept["kind"], kept["id"], kept["course"]) == ("session", "gmp-basics-202701", "gmp-basics")
    assert (kept["language"], kept["format"], kept["days"]) == ("fr", "onsite", 1)


def test_cards_hold_what_the_text_says() -> None:
    assert showing.course_card(course())["next_sessions"][0]["seats_free"] == 5
    assert showing.session_card(session())["place"] == "Salle Sambre"
    card = showing.booking_card(booking())
    assert card["reference"] == "EBC-7K2M9Q"
    assert card["total"]["gross"] == "2420.00"
    assert "contact" not in card
