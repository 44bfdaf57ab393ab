"""Questions about the booking that was just made, and about another course after it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.actions.bookings import checking
from bot.actions.courses.searching import RefineSearch
from bot.actions.courses.sessions import ListSessions
from tests.bot.acting import FakeService, act, booking, entity, listed, session, session_shown

MADE = {"last_booking": "EBC-7K2M9Q", "course": "gmp-basics"}


@pytest.fixture(autouse=True)
def _answers(service: FakeService) -> None:
    contact = {"name": "Marie Dupont", "email": "marie@exemple.be"}
    service.says("booking", booking(state="confirmed", contact=contact))
    service.says("send", {})
    service.says("course_sessions", listed(session(1), session(2)))
    service.says("bookings", listed(booking(state="confirmed", contact=contact)))


@pytest.mark.parametrize(
    ("text", "key", "piece"),
    [
        ("c'est quand encore ?", "utter_about_session", "12 janvier"),
        ("what time is it again", "utter_about_session", "Sambre"),
        ("et la salle ?", "utter_about_session", "Sambre"),
        ("is it in English?", "utter_about_session", "12"),
        ("ça fait combien ?", "utter_about_price", "420,00"),
        ("je peux avoir le fichier ics", "utter_calendar_sent", "marie@exemple.be"),
        ("et la facture ?", "utter_about_invoice", "EBC-7K2M9Q"),
        ("combien ça coûterait d'annuler ?", "utter_about_cancelling", "EBC-7K2M9Q"),
    ],
)
def test_after_booking_a_question_is_about_it(service: FakeService, text: str, key: str, piece: str) -> None:
    done = act(ListSessions, text, "list_sessions", slots=MADE)
    assert done.keys == [key]
    assert piece in done.text.replace("\u00a0", " ").replace("\u202f", " ")


def test_a_cancelled_booking_is_said_to_be_so(service: FakeService) -> None:
    service.says("booking", booking(state="cancelled"))
    done = act(checking.CheckBooking, "c'est bien annulé alors ?", "check_booking", slots=MADE)
    assert done.keys == ["utter_about_state"]
    assert "annulée" in done.text


@pytest.mark.parametrize(
    ("text", "said", "slots"),
    [
        ("quelles sont les autres dates ?", [], MADE),
        ("c'est quand ?", [entity("course", "robots")], MADE),
        ("c'est quand ?", [], {**MADE, "course": "robots"}),
        ("c'est quand ?", [], {"course": "gmp-basics"}),
    ],
)
def test_a_question_about_something_else_is_not(service: FakeService, text: str, said: Any, slots: Any) -> None:
    assert act(ListSessions, text, "list_sessions", said, slots).keys == ["utter_sessions_of_course"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 personne pour le 13 janvier", [entity("seats", 1), entity("period", "2027-01-13/2027-01-14")]),
        ("yes the one on the 13th", [entity("period", "2027-01-13/2027-01-14")]),
    ],
)
def test_a_date_that_was_shown_is_chosen_in_plain_words(service: FakeService, text: str, said: Any) -> None:
    shown = {"course": "gmp-basics", "shown": session_shown(1, 2)}
    assert act(ListSessions, text, "list_sessions", said, shown).next_action == "booking_form"
    assert act(RefineSearch, text, "refine_search", said, shown).next_action == "booking_form"
    asked = act(ListSessions, f"{text} ?", "list_sessions", said, shown)
    assert asked.keys == ["utter_sessions_of_course"], "a question books nothing"
