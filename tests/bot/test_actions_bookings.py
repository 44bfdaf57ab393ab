"""Booking in chat: what the form takes, holds and is refused; what confirming can answer."""

from __future__ import annotations

from typing import Any

import pytest

from bot.actions.bookings import choosing, confirming, digressions, form
from bot.actions.bookings.booking import FORGOTTEN
from bot.service import Unavailable
from tests.bot.acting import (
    FakeService,
    act,
    booking,
    course,
    course_shown,
    entity,
    listed,
    problem,
    ran,
    said,
    session,
    session_shown,
)

S1, S2 = "gmp-basics-202701", "gmp-basics-202702"
REF = "EBC-7K2M9Q"
#: The slots of the form after each of its steps.
CHOSEN = {"session_id": S1, "booking_started": "m0", "requested_slot": "seats"}
HELD = {**CHOSEN, "seats": 2, "hold": REF, "requested_slot": "contact_name"}
NAMED = {**HELD, "contact_name": "Marie Dupont", "requested_slot": "contact_email"}
WHOLE = {**NAMED, "contact_email": "marie@exemple.be", "requested_slot": "booking_confirmed"}


@pytest.fixture(autouse=True)
def _answers(service: FakeService) -> None:
    service.says("hold", booking())
    service.says("session", session())
    service.says("booking", booking())
    service.says("cancel", booking(state="released"))


def fill(text: str, intent: str, said: Any = (), slots: Any = None, **more: Any) -> Any:
    return act(form.ValidateBookingForm, text, intent, said, slots, loop="booking_form", **more)


# -- choosing the session ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said", "slots", "which"),
    [
        ("/book_session", [entity("session", S2)], {}, S2),
        ("la deuxième", [entity("reference", "2")], {"shown": session_shown(1, 2)}, S2),
        ("2", [entity("seats", 2)], {"shown": session_shown(1, 2), "requested_slot": "session_id"}, S2),
        ("le 13", [entity("period", "2027-01-13/2027-01-14")], {"shown": session_shown(1, 2)}, S2),
        ("réservez", [], {"shown": session_shown(2)}, S2),
        ("réservez", [], {"shown": session_shown(1, 2)}, None),
        ("9", [], {"shown": session_shown(1, 2), "requested_slot": "session_id"}, None),
    ],
    ids=str,
)
def test_which_session_is_meant(service: FakeService, text: str, said: Any, slots: Any, which: str | None) -> None:
    done = fill(text, "book_session", said, slots)
    assert done.slots.get("session_id") == which
    assert done.slots["requested_slot"] == ("session_id" if which is None else "seats")
    assert service.called("hold") == []


def test_a_position_is_not_a_number_of_seats(service: FakeService) -> None:
    slots = {"shown": session_shown(1, 2), "requested_slot": "session_id"}
    assert "seats" not in fill("2", "inform", [entity("seats", 2)], slots).slots


def test_the_only_date_with_room_is_taken(service: FakeService) -> None:
    service.says("course_sessions", listed(session(1, seats_free=0, state="full"), session(2)))
    done = fill("réservez", "book_session", slots={"course": "gmp-basics"})
    assert done.slots["session_id"] == S2


def test_the_only_course_on_a_subject_is_meant(service: FakeService) -> None:
    service.says("courses", listed(course()))
    service.says("course_sessions", listed(session(2)))
    done = fill("réservez une formation GMP", "book_session", [entity("topic", "gmp")])
    assert done.slots["session_id"] == S2


def test_a_yes_at_the_summary_searches_nothing(service: FakeService) -> None:
    fill("oui je réserve", "book_session", slots=WHOLE)
    assert service.calls == []


def test_among_several_dates_it_is_asked(service: FakeService) -> None:
    service.says("course_sessions", listed(session(1), session(2)))
    done = fill("réservez", "book_session", slots={"course": "gmp-basics"})
    assert done.slots["requested_slot"] == "session_id"


@pytest.mark.parametrize(
    ("text", "said", "slots", "key"),
    [
        ("réservez", [], {"course": "gmp-basics"}, "utter_sessions_of_course"),
        ("réservez", [entity("topic", "gmp")], {}, "utter_courses_found"),
        ("je veux réserver", [], {}, "utter_ask_which_course_to_book"),
        ("je veux réserver", [], {"shown": course_shown(1, 2)}, "utter_ask_which_shown_course"),
        ("réserver une électroporation", [], {}, "utter_courses_found"),
    ],
    ids=str,
)
def test_how_the_session_is_asked(service: FakeService, text: str, said: Any, slots: Any, key: str) -> None:
    service.says("course_sessions", listed(session(1), session(2)))
    service.says("courses", listed(course(), course(id="robots")))
    assert act(choosing.AskSession, text, "book_session", said, slots, loop="booking_form").keys == [key]


# -- seats and the hold -----------------------------------------------------------------------------------------------


def test_seats_are_held_before_anything_personal_is_asked(service: FakeService) -> None:
    done = fill("deux places", "inform", [entity("seats", 2)], CHOSEN)
    (asked,) = service.called("hold")
    assert (asked["session_id"], asked["seats"], asked["access_code"]) == (S1, 2, None)
    assert done.keys == ["utter_held"]
    assert "10" in done.text, "until when"
    assert done.slots["hold"] == REF
    assert done.slots["requested_slot"] == "contact_name"


def test_the_same_turn_again_holds_under_the_same_key(service: FakeService) -> None:
    fill("deux places", "inform", [entity("seats", 2)], CHOSEN)
    fill("deux places", "inform", [entity("seats", 2)], CHOSEN, message_id="m9")
    first, second = service.called("hold")
    assert first["key"] == second["key"]
    assert len(first["key"]) >= 16


@pytest.mark.parametrize(
    "other",
    [
        {"slots": {**CHOSEN, "booking_started": "m5"}},
        {"slots": {**CHOSEN, "session_id": S2}},
        {"said": [entity("seats", 3)]},
        {"sender": "rest:bob"},
    ],
    ids=str,
)
def test_another_booking_holds_under_another_key(service: FakeService, other: dict[str, Any]) -> None:
    fill("…", "inform", [entity("seats", 2)], CHOSEN)
    fill("…", "inform", **{"said": [entity("seats", 2)], "slots": CHOSEN, **other})
    first, second = service.called("hold")
    assert first["key"] != second["key"]


def test_the_answer_of_a_lapsed_hold_is_not_taken_for_a_new_one(service: FakeService) -> None:
    """The key of an earlier try gives the earlier answer again, whose hold may have lapsed."""
    service.says("hold", booking(state="expired"), booking(reference="EBC-NEW"))
    done = fill("deux", "inform", [entity("seats", 2)], CHOSEN)
    first, second = service.called("hold")
    assert first["key"] != second["key"]
    assert done.slots["hold"] == "EBC-NEW"


@pytest.mark.parametrize(
    ("seats", "key"),
    [
        (0, "utter_invalid_seats"),
        (-1, "utter_invalid_seats"),
        (13, "utter_too_many_seats"),
        (101, "utter_too_many_seats"),
    ],
)
def test_a_number_that_cannot_be_is_refused_without_a_call(service: FakeService, seats: int, key: str) -> None:
    done = fill(str(seats), "inform", [entity("seats", seats)], CHOSEN)
    assert done.keys == [key]
    assert "12" in done.text, "the same limit in both"
    assert done.slots["requested_slot"] == "seats"
    assert service.called("hold") == []


def test_yes_to_how_many_is_no_number(service: FakeService) -> None:
    done = fill("oui allez-y", "affirm", slots=CHOSEN)
    assert service.called("hold") == []
    assert done.slots["requested_slot"] == "seats"


def test_yes_to_the_only_seat_takes_it(service: FakeService) -> None:
    service.says("session", session(seats_free=1))
    asked = act(confirming.AskSeats, "…", slots=CHOSEN)
    assert asked.keys == ["utter_ask_only_seat"]
    assert asked.payloads == ['/inform{"seats": 1}'], "no button offers more than are left"
    fill("oui merci", "affirm", slots=CHOSEN)
    assert service.called("hold")[0]["seats"] == 1


@pytest.mark.parametrize(
    ("state", "key"),
    [("full", "utter_session_full"), ("closed", "utter_session_closed"), ("cancelled", "utter_session_cancelled")],
)
def test_a_session_without_room_is_said_to_be_so_before_how_many(service: FakeService, state: str, key: str) -> None:
    service.says("session", session(2, seats_free=0, state=state))
    done = fill("/book_session", "book_session", [entity("session", S2)])
    assert done.keys == [key]
    assert done.slots["requested_slot"] == "session_id"


def test_what_is_no_number_is_asked_again(service: FakeService) -> None:
    done = fill("plein", "inform", slots=CHOSEN)
    assert done.keys == [], "the question itself says what is needed"
    assert done.slots["requested_slot"] == "seats"


def test_all_at_once_goes_straight_to_the_summary(service: FakeService) -> None:
    said = [
        entity("session", S1),
        entity("seats", 2),
        entity("person", "Marie Dupont"),
        entity("email", "marie@exemple.be"),
    ]
    done = fill("réservez la première pour 2, Marie Dupont, marie@exemple.be", "book_session", said)
    assert done.keys == ["utter_held"]
    assert done.slots["requested_slot"] == "booking_confirmed"
    assert (done.slots["contact_name"], done.slots["contact_email"]) == ("Marie Dupont", "marie@exemple.be")


def test_an_access_code_is_used_and_kept(service: FakeService) -> None:
    done = fill("TAKEDA-2027, 2 places", "inform", [entity("access_code", "TAKEDA-2027"), entity("seats", 2)], CHOSEN)
    assert service.called("hold")[0]["access_code"] == "TAKEDA-2027"
    assert done.slots["access_code"] == "TAKEDA-2027"


@pytest.mark.parametrize(
    ("status", "code", "more", "key", "slot"),
    [
        (409, "session-closed", {}, "utter_session_closed", "session_id"),
        (409, "session-cancelled", {}, "utter_session_cancelled", "session_id"),
        (403, "not-eligible", {"rule": "access-code"}, "utter_needs_access_code", "session_id"),
        (403, "not-eligible", {"requirement": {"rule": "max-seats"}}, "utter_not_eligible", "session_id"),
        (409, "already-booked", {}, "utter_already_booked", "session_id"),
        (404, "not-found", {}, "utter_session_unknown", "session_id"),
        (422, "invalid", {"errors": [{"field": "seats", "code": "le"}]}, "utter_invalid_seats", "seats"),
        (422, "invalid", {"errors": [{"field": "session_id", "code": "x"}]}, "utter_session_unknown", "session_id"),
    ],
)
def test_a_hold_that_is_refused(service: FakeService, status: int, code: str, more: Any, key: str, slot: str) -> None:
    service.says("hold", problem(status, code, **more))
    done = fill("2", "inform", [entity("seats", 2)], CHOSEN)
    assert done.keys == [key]
    assert done.slots[slot] is None
    assert done.slots["requested_slot"] == slot
    assert "hold" not in done.slots


def test_a_full_session_offers_others(service: FakeService) -> None:
    service.says("hold", problem(409, "session-full", sessions=[session(2), session(3)]))
    service.says("session", session(1, seats_free=0, state="full"))
    done = fill("2", "inform", [entity("seats", 2)], CHOSEN)
    assert done.keys == ["utter_session_full"]
    assert [item["id"] for item in done.slots["shown"]["items"]] == [S2, "gmp-basics-202703"]
    assert done.slots["course"] == "gmp-basics"


def test_too_few_seats_are_said_with_their_number(service: FakeService) -> None:
    service.says("hold", problem(409, "session-full", sessions=[]))
    service.says("session", session(1, seats_free=1))
    done = fill("4", "inform", [entity("seats", 4)], CHOSEN)
    assert done.keys == ["utter_only_some_seats"]
    assert "1" in done.text
    assert "4" in done.text


def test_more_seats_than_can_be_held_are_said_to_be(service: FakeService) -> None:
    """A person without any hold who asks for 20 has not "several seats on hold already"."""
    service.says("hold", problem(429, "rate-limited"))
    done = fill("20", "inform", [entity("seats", 20)], CHOSEN)
    assert done.keys == ["utter_too_many_seats"]
    assert done.slots["requested_slot"] == "seats"
    service.says("change_seats", problem(429, "rate-limited"))
    done = fill("plutôt 20", "inform", [entity("seats", 20)], WHOLE)
    assert done.keys == ["utter_too_many_seats"]
    assert done.slots["seats"] == 2


def test_too_many_holds_end_the_form_without_a_second_word(service: FakeService) -> None:
    service.says("hold", problem(429, "rate-limited"))
    done = fill("2", "inform", [entity("seats", 2)], CHOSEN)
    assert done.keys == ["utter_too_many_holds"]
    assert done.slots["requested_slot"] is None
    slots = {**CHOSEN, "booking_confirmed": False}
    end = act(confirming.SubmitBooking, "2", slots=slots, after=[ran("validate"), said("utter_too_many_holds")])
    assert end.keys == [], "seats are held, so it must not say that none are"


@pytest.mark.parametrize("status", [400, 401, 500])
def test_a_fault_of_ours_is_not_blamed_on_the_session(service: FakeService, status: int) -> None:
    service.says("hold", problem(status, "not-authenticated"))
    assert fill("2", "inform", [entity("seats", 2)], CHOSEN).keys == ["utter_turn_failed"]


# -- the service away -------------------------------------------------------------------------------------------------


def test_nothing_is_lost_while_the_service_is_away(service: FakeService) -> None:
    service.says("hold", Unavailable("down"))
    said = [entity("seats", 2), entity("email", "marie@exemple.be")]
    done = fill("2 places, marie@exemple.be", "inform", said, CHOSEN)
    assert done.keys == ["utter_service_unavailable"]
    assert (done.slots["seats"], done.slots["contact_email"]) == (2, "marie@exemple.be")
    service.says("hold", booking())
    slots = {**CHOSEN, **done.slots}
    again = fill("réessayez", "inform", slots=slots)
    assert again.keys == ["utter_held"]
    assert again.slots["requested_slot"] == "contact_name"
    assert len({asked["key"] for asked in service.called("hold")}) == 1


def test_a_position_given_while_the_service_was_away_is_no_number_of_seats(service: FakeService) -> None:
    service.says("course_sessions", Unavailable("down"))
    slots = {"shown": course_shown(1), "course": "gmp-basics", "requested_slot": "session_id", "booking_started": "m0"}
    done = fill("1", "inform", [entity("seats", 1)], slots)
    assert done.keys == ["utter_service_unavailable"]
    service.says("course_sessions", listed(session(1), session(2)))
    again = fill("1", "inform", [entity("seats", 1)], {**slots, **done.slots, "shown": session_shown(1, 2)})
    assert again.slots.get("session_id") == S1
    assert again.slots.get("seats") is None


# -- corrections ------------------------------------------------------------------------------------------------------


def test_another_number_changes_the_hold(service: FakeService) -> None:
    service.says("change_seats", booking(seats=3))
    done = fill("plutôt 3", "inform", [entity("seats", 3)], WHOLE)
    (asked,) = service.called("change_seats")
    assert (asked["reference"], asked["seats"], asked["version"]) == (REF, 3, 3)
    assert done.keys == ["utter_seats_changed"]
    assert done.slots["requested_slot"] == "booking_confirmed"


def test_more_than_there_are_leaves_the_hold(service: FakeService) -> None:
    service.says("change_seats", problem(409, "session-full"))
    done = fill("plutôt 9", "inform", [entity("seats", 9)], WHOLE)
    assert done.keys == ["utter_not_enough_seats"]
    assert done.slots["seats"] == 2
    assert "7" in done.text, "five free and the two that are held"


@pytest.mark.parametrize("code", ["hold-expired", "wrong-state"])
def test_a_lapsed_hold_is_taken_again_with_the_new_number(service: FakeService, code: str) -> None:
    service.says("change_seats", problem(410, code))
    service.says("hold", booking(reference="EBC-NEW", seats=3))
    done = fill("plutôt 3", "inform", [entity("seats", 3)], WHOLE)
    assert service.called("hold")[0]["seats"] == 3
    assert done.slots["hold"] == "EBC-NEW"


def test_another_session_is_held_before_the_first_is_let_go(service: FakeService) -> None:
    service.says("hold", booking(reference="EBC-NEW", session=session(2)))
    done = fill("/book_session", "book_session", [entity("session", S2)], WHOLE)
    assert [name for name, _ in service.calls] == ["hold", "cancel"]
    assert service.called("cancel")[0]["reference"] == REF
    assert done.keys == ["utter_held_instead"]
    assert done.slots["hold"] == "EBC-NEW"
    assert done.slots["requested_slot"] == "booking_confirmed"


@pytest.mark.parametrize("code", ["session-full", "session-closed", "rate-limited"])
def test_where_the_other_session_is_refused_the_first_stays_held(service: FakeService, code: str) -> None:
    service.says("hold", problem(429 if code == "rate-limited" else 409, code))
    done = fill("/book_session", "book_session", [entity("session", S2)], WHOLE)
    assert service.called("cancel") == []
    assert "12 janvier" in done.text.replace("\u00a0", " "), "which one is kept is said"
    assert done.slots.get("hold", REF) == REF
    assert done.slots.get("session_id", S1) == S1


def test_a_date_that_is_to_be_changed_is_asked_while_the_first_stays_held(service: FakeService) -> None:
    service.says("course_sessions", listed(session(1), session(2)))
    done = fill("je peux changer de date ?", "reschedule_booking", slots={**NAMED, "course": "gmp-basics"})
    assert done.keys == ["utter_other_date"]
    assert done.slots["requested_slot"] == "session_id"
    assert service.called("cancel") == []
    slots = {**NAMED, "course": "gmp-basics", **done.slots, "shown": session_shown(1, 2)}
    service.says("hold", booking(reference="EBC-NEW", session=session(2)))
    then = fill("la suivante", "show_more", slots=slots)
    assert service.called("hold")[0]["session_id"] == S2
    assert then.slots["requested_slot"] == "contact_email"
    kept = fill("non finalement non", "deny", slots=slots)
    assert kept.keys == ["utter_stays"]
    assert kept.slots["requested_slot"] == "contact_email"


def test_stopping_lets_go(service: FakeService) -> None:
    act(confirming.SubmitBooking, "non", "deny", slots={**WHOLE, "booking_confirmed": False})
    assert [asked["reference"] for asked in service.called("cancel")] == [REF]


def test_another_name_is_taken_at_the_summary(service: FakeService) -> None:
    done = fill("non, au nom de Luc Petit", "deny", [entity("person", "Luc Petit")], WHOLE)
    assert done.slots["contact_name"] == "Luc Petit"
    assert done.slots["requested_slot"] == "booking_confirmed"
    assert "booking_confirmed" not in done.slots


# -- name and e-mail --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Marie Dupont", "Jean-Pierre d’Arc", "marie dupont", "Nguyễn Văn Bình"])
def test_a_bare_name_is_taken(service: FakeService, name: str) -> None:
    taken = fill(name, "inform", slots=HELD).slots["contact_name"]
    assert taken == ("Marie Dupont" if name.islower() else name)


def test_a_first_name_alone_is_asked_once_for_the_rest(service: FakeService) -> None:
    done = fill("Paul", "inform", slots=HELD)
    assert done.slots.get("contact_name") is None
    assert done.slots["requested_slot"] == "contact_name"
    slots = {**HELD, **done.slots}
    assert act(confirming.AskName, "Paul", slots=slots).keys == ["utter_ask_rest_of_name"]
    assert fill("Triest", "inform", slots=slots).slots["contact_name"] == "Paul Triest"
    assert fill("Paul Triest", "inform", slots=slots).slots["contact_name"] == "Paul Triest"
    assert fill("non", "deny", slots=slots).slots["contact_name"] == "Paul", "asked once, not twice"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("1234", "inform"),
        ("<b>x</b>", "inform"),
        ("c'est compliqué", "inform"),
        ("'; DROP TABLE x; --", "inform"),
        ("👩‍🔬", "inform"),
        ("un deux trois quatre cinq six sept", "inform"),
    ],
)
def test_what_is_no_name_is_not_taken(service: FakeService, text: str, intent: str) -> None:
    done = fill(text, intent, slots=HELD)
    assert done.slots.get("contact_name") is None
    assert done.keys == ["utter_invalid_name"]


@pytest.mark.parametrize("text", ["marie@", "marie at exemple", "rien"])
def test_what_is_no_address_is_not_taken(service: FakeService, text: str) -> None:
    done = fill(text, "inform", slots=NAMED)
    assert done.keys == ["utter_invalid_email"]
    assert done.slots["requested_slot"] == "contact_email"


# -- what is not for the form -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("intent", sorted(digressions.DIGRESSIONS - {"out_of_scope"}))
def test_a_digression_is_left_to_its_own_rule(service: FakeService, intent: str) -> None:
    said = "il me faut d'abord un devis" if intent == "request_quote" else "où puis-je me garer ?"
    done = fill(said, intent, slots={**NAMED, "last_quote": "EBQ-7K2M9Q"})
    assert (done.events, done.keys) == ([], [])
    assert service.calls == []


def test_without_a_quote_none_is_accepted_in_the_middle(service: FakeService) -> None:
    done = fill("yes go ahead, our PO is 77-3321", "accept_quote", slots=NAMED)
    assert (done.slots["requested_slot"], done.keys) == ("contact_email", [])


def test_after_a_digression_the_form_asks_again(service: FakeService) -> None:
    done = fill("où puis-je me garer ?", "ask_campus", slots=NAMED, after=[ran("action_answer")])
    assert done.slots["requested_slot"] == "contact_email"
    assert done.keys == []


@pytest.mark.parametrize("text", ["oui", "ok", "parfait", "/affirm"])
def test_a_yes_where_a_name_is_asked_is_asked_again_without_reproach(service: FakeService, text: str) -> None:
    done = fill(text, "affirm", slots=HELD)
    assert done.keys == []
    assert done.slots["requested_slot"] == "contact_name"


def test_a_question_where_a_name_is_asked_is_answered(service: FakeService) -> None:
    service.says("answers", listed({"key": "x", "text": "Oui.", "source": None, "score": 0.9}))
    done = fill("Marie Dupont ?", "inform", slots=HELD)
    assert done.keys == ["utter_answer"]
    assert done.slots.get("contact_name") is None


def test_the_same_question_does_not_come_a_third_time_in_the_same_words(service: FakeService) -> None:
    said: list[str] = []
    slots = dict(HELD)
    for _ in range(3):
        done = act(confirming.AskName, "ok", slots=slots)
        said += done.keys
        slots.update(done.slots)
    assert said == ["utter_ask_booking_form_contact_name", "utter_ask_name_again", "utter_ask_name_stuck"]
    assert done.payloads == ["/talk_to_human", "/deny"]


@pytest.mark.parametrize("intent", ["company_training", "ask_campus", "inform"])
def test_who_is_invoiced_is_answered_in_the_middle(service: FakeService, intent: str) -> None:
    service.says("answer", {"key": "invoice", "text": "La facture…", "source": None, "score": 1.0})
    done = fill("la facture peut aller à ma boîte ?", intent, slots=NAMED)
    assert done.keys == ["utter_answer"]
    assert service.called("answer")[0]["key"] == "invoice"


@pytest.mark.parametrize("text", ["laissez tomber", "annulez", "stop", "no thanks", "forget it", "/deny"])
def test_stopping_ends_the_form(service: FakeService, text: str) -> None:
    done = fill(text, "deny", slots=WHOLE)
    assert done.slots["booking_confirmed"] is False
    assert done.slots["requested_slot"] is None


@pytest.mark.parametrize("text", ["non", "no", "c est pas juste", "je veux plus venir à cette heure"])
def test_a_no_that_says_no_more_lets_nothing_go(service: FakeService, text: str) -> None:
    done = fill(text, "deny", slots=WHOLE)
    assert done.keys == ["utter_ask_what_to_change"]
    assert "booking_confirmed" not in done.slots
    assert '/inform{"booking_field": "date"}' in done.payloads
    assert "/deny" in done.payloads
    then = fill("oui", "affirm", slots={**WHOLE, **done.slots})
    assert then.slots.get("booking_confirmed") is None, "a yes to that is no yes to the booking"


@pytest.mark.parametrize("text", ["attendez", "hmm", "je demande à ma cheffe", "let me check with my team"])
def test_who_wants_to_think_is_told_until_when(service: FakeService, text: str) -> None:
    done = fill(text, "chitchat", slots=WHOLE)
    assert done.keys == ["utter_time_to_think"]
    assert "10" in done.text
    assert service.called("cancel") == []
    after = act(confirming.AskConfirmation, text, slots=WHOLE, after=[said("utter_time_to_think")])
    assert after.keys == [], "nothing is asked on top of it"


def test_goodbye_leaves_the_seat_held_and_says_so(service: FakeService) -> None:
    done = fill("merci au revoir", "goodbye", slots=NAMED)
    assert done.keys == ["utter_booking_paused"]
    after = [said("utter_booking_paused")]
    end = act(confirming.SubmitBooking, "…", slots={**NAMED, "booking_confirmed": False}, after=after)
    assert (end.keys, service.called("cancel")) == ([], [])
    assert "hold" not in end.slots, "a word takes it up again"


def test_thinking_about_it_begins_no_booking(service: FakeService) -> None:
    done = fill("ok je vais y réfléchir", "affirm", slots={"shown": session_shown(1)})
    assert done.keys == ["utter_no_hurry"]
    assert done.slots["requested_slot"] is None
    end = act(confirming.SubmitBooking, "…", slots={"booking_confirmed": False}, after=[said("utter_no_hurry")])
    assert end.keys == []


def test_data_that_comes_early_is_kept_and_acknowledged(service: FakeService) -> None:
    service.says("course_sessions", listed(session(1), session(2)))
    slots = {
        "shown": session_shown(1, 2),
        "course": "gmp-basics",
        "requested_slot": "session_id",
        "booking_started": "m0",
    }
    done = fill("Li Wei", "inform", slots=slots)
    assert done.keys == ["utter_noted"]
    assert done.slots["contact_name"] == "Li Wei"
    slots.update(done.slots)
    done = fill("juste moi", "inform", [entity("seats", 1)], slots)
    assert done.keys == ["utter_noted"]
    slots.update(done.slots)
    done = fill("la deuxième", "inform", [entity("reference", "2")], slots)
    assert done.keys == ["utter_held"]
    assert done.slots["requested_slot"] == "contact_email"


@pytest.mark.parametrize(
    ("text", "asked", "meant"),
    [
        ("marie@gmial.com", "utter_ask_email_meant", "marie@gmail.com"),
        ("marie dupont @ gmail .com", "utter_ask_email_meant_words", "marie.dupont@gmail.com"),
    ],
)
def test_an_address_that_may_be_wrong_is_asked_about_once(
    service: FakeService, text: str, asked: str, meant: str
) -> None:
    found = [entity("email", text)] if " " not in text else []
    done = fill(text, "inform", found, NAMED)
    assert done.keys == [asked]
    assert meant in done.text
    assert done.slots.get("contact_email") is None
    slots = {**NAMED, **done.slots}
    assert fill("oui", "affirm", slots=slots).slots["contact_email"] == meant
    pressed = fill("/inform", "inform", [entity("email", "marie@gmial.com")], slots)
    assert pressed.slots["contact_email"] == "marie@gmial.com", "who says so twice means it"


def test_the_summary_is_repeated_only_where_something_changed(service: FakeService) -> None:
    done = act(confirming.AskConfirmation, "…", slots=WHOLE)
    slots = {**WHOLE, **done.slots}
    again = act(confirming.AskConfirmation, "…", slots=slots)
    assert again.keys == ["utter_ask_confirm"]
    assert again.payloads == done.payloads
    other = act(confirming.AskConfirmation, "…", slots={**slots, "contact_name": "Luc Petit"})
    assert other.keys == ["utter_booking_summary"]


@pytest.mark.parametrize(
    ("text", "intent", "key"),
    [
        ("ça reste bloqué jusqu'à quand ?", "extend_hold", "utter_about_hold"),
        ("c'est en ligne ou sur place ?", "course_details", "utter_about_session"),
        ("c'était quel jour déjà", "list_sessions", "utter_about_session"),
        ("ça fait combien au total ?", "course_details", "utter_about_price"),
        ("je préfère ne pas donner mon mail", "deny", "utter_why_email"),
        ("why do you need my email?", "ask_campus", "utter_why_email"),
    ],
)
def test_questions_about_what_is_held_are_answered_from_the_service(
    service: FakeService, text: str, intent: str, key: str
) -> None:
    done = fill(text, intent, slots=NAMED)
    assert done.keys == [key]
    assert done.slots["requested_slot"] == "contact_email"


def test_a_question_about_cancelling_gives_nothing_up(service: FakeService) -> None:
    service.says("answers", listed({"key": "cancellation_policy", "text": "Oui.", "source": None, "score": 0.9}))
    done = fill("je peux annuler sans frais ?", "cancel_booking", slots=WHOLE)
    assert done.keys == ["utter_answer"]
    assert done.slots["requested_slot"] == "booking_confirmed"


@pytest.mark.parametrize("intent", ["affirm", "confirm_booking", "book_session"])
def test_yes_to_the_summary(service: FakeService, intent: str) -> None:
    done = fill("oui", intent, slots=WHOLE)
    assert done.slots["booking_confirmed"] is True
    assert done.slots["requested_slot"] is None


@pytest.mark.parametrize(
    "text",
    [
        "oui mais attendez",
        "oui, avec un h à la fin",
        "oui et la facture ?",
        "ok pour deux alors, plutôt le 20",
        "yes but my name is wrong",
        "yes for the other date",
        "merci",
        "super",
        "oui oui blablabla",
    ],
)
def test_a_yes_that_says_more_does_not_book(service: FakeService, text: str) -> None:
    service.says("answers", listed())
    assert fill(text, "affirm", slots=WHOLE).slots.get("booking_confirmed") is None


@pytest.mark.parametrize("intent", ["thank", "inform", "chitchat", "ask_campus", "out_of_scope"])
def test_anything_else_is_no_yes(service: FakeService, intent: str) -> None:
    assert fill("mmh", intent, slots=WHOLE).slots.get("booking_confirmed") is None


# -- asking -----------------------------------------------------------------------------------------------------------


def test_how_many_is_asked_with_how_much_room_there_is(service: FakeService) -> None:
    done = act(confirming.AskSeats, "…", slots=CHOSEN)
    assert done.keys == ["utter_ask_seats"]
    assert "5" in done.text
    assert done.payloads[0] == '/inform{"seats": 1}'


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_summary_holds_all_that_must_be_known(service: FakeService, lang: str) -> None:
    done = act(confirming.AskConfirmation, "…", slots=WHOLE, lang=lang)
    text = done.text.replace("\u202f", " ").replace("\u00a0", " ")
    for words in ("Les BPF en pratique", "12", "Salle Sambre", "Marie Dupont", "marie@exemple.be", "420,00", "14"):
        assert words in text or words.replace(",", ".") in text
    assert done.payloads == ["/confirm_booking", "/deny"]
    title = done.replies[0]["buttons"][0]["title"]
    assert ("obligation de paiement" in title) or ("obligation to pay" in title)
    assert "2" in title


def test_what_is_free_names_no_duty_to_pay(service: FakeService) -> None:
    service.says("booking", booking(total={"net": "0.00", "vat": "0.00", "gross": "0.00", "currency": "EUR"}))
    done = act(confirming.AskConfirmation, "…", slots=WHOLE)
    assert "paiement" not in str(done.replies[0]["buttons"])
    assert "gratuit" in done.text


@pytest.mark.parametrize(
    "terms", [{"free_until": None, "cancel_fee": "605.00"}, {"free_until": None, "cancel_fee": None}, {}], ids=str
)
def test_terms_that_are_already_over_are_said(service: FakeService, terms: Any) -> None:
    service.says("booking", booking(terms=terms))
    done = act(confirming.AskConfirmation, "…", slots=WHOLE)
    assert done.keys == ["utter_booking_summary"]
    assert "None" not in done.text


# -- confirming -------------------------------------------------------------------------------------------------------

AGREED = {**WHOLE, "booking_confirmed": True, "requested_slot": None}


def submit(**more: Any) -> Any:
    return act(confirming.SubmitBooking, "/confirm_booking", "confirm_booking", slots=AGREED, **more)


def test_a_booking_is_confirmed_and_the_form_cleared(service: FakeService) -> None:
    service.says("confirm", booking(state="confirmed", contact={"name": "Marie Dupont", "email": "marie@exemple.be"}))
    done = submit()
    (asked,) = service.called("confirm")
    assert asked["reference"] == REF
    assert asked["contact"] == {"name": "Marie Dupont", "email": "marie@exemple.be"}
    assert done.keys == ["utter_booking_confirmed"]
    assert REF in done.text
    assert done.slots["last_booking"] == REF
    assert all(done.slots[name] is None for name in FORGOTTEN)


def test_confirming_twice_has_one_key(service: FakeService) -> None:
    service.says("confirm", booking(state="confirmed"))
    submit()
    submit(message_id="m9")
    assert len({asked["key"] for asked in service.called("confirm")}) == 1


@pytest.mark.parametrize(
    ("refused", "key", "cleared", "goes_on"),
    [
        (problem(422, "invalid", errors=[{"field": "contact.name"}]), "utter_invalid_name", ["contact_name"], True),
        (problem(422, "invalid", errors=[{"field": "contact.email"}]), "utter_invalid_email", ["contact_email"], True),
        (problem(410, "hold-expired"), "utter_hold_expired", ["hold", "booking_started"], True),
        (problem(409, "wrong-state", state="expired"), "utter_hold_expired", ["hold"], True),
        (problem(409, "wrong-state", state="released"), "utter_hold_expired", ["hold"], True),
        (problem(409, "session-closed"), "utter_session_closed", ["session_id", "hold"], True),
        (problem(409, "session-cancelled"), "utter_session_cancelled", ["session_id", "hold"], True),
        (problem(409, "session-full"), "utter_session_full", ["session_id", "hold"], True),
        (problem(409, "already-booked"), "utter_already_booked", list(FORGOTTEN), False),
        (problem(403, "not-eligible", rule="x"), "utter_not_eligible", list(FORGOTTEN), False),
    ],
    ids=lambda value: str(value) if isinstance(value, Exception) else None,
)
def test_a_refusal_goes_back_to_what_can_be_mended(
    service: FakeService, refused: Exception, key: str, cleared: list[str], goes_on: bool
) -> None:
    service.says("confirm", refused)
    done = submit()
    assert done.keys == [key]
    assert all(name in done.slots and done.slots[name] is None for name in cleared)
    assert done.next_action == ("booking_form" if goes_on else None)
    assert done.slots["booking_confirmed"] is None


def test_a_seat_of_somebody_already_booked_is_let_go(service: FakeService) -> None:
    service.says("confirm", problem(409, "already-booked"))
    submit()
    assert service.called("cancel")[0]["reference"] == REF


def test_a_confirmation_whose_answer_was_lost_is_told_as_done(service: FakeService) -> None:
    service.says("confirm", problem(409, "wrong-state", state="confirmed"))
    service.says("booking", booking(state="confirmed"))
    assert submit().keys == ["utter_booking_confirmed"]


@pytest.mark.parametrize(
    ("refused", "key"),
    [
        (problem(401, "not-authenticated"), "utter_turn_failed"),
        (problem(404, "not-found"), "utter_turn_failed"),
        (problem(409, "wrong-state", state="cancelled"), "utter_turn_failed"),
        (Unavailable("down"), "utter_service_unavailable"),
    ],
    ids=str,
)
def test_a_failure_asks_again_and_forgets_nothing(service: FakeService, refused: Exception, key: str) -> None:
    service.says("confirm", refused)
    done = submit()
    assert done.keys == [key]
    assert done.slots == {"booking_confirmed": None, "requested_slot": "booking_confirmed"}
    assert {"event": "active_loop", "name": "booking_form", "timestamp": None} in done.events
    assert "/confirm_booking" in done.payloads


def test_no_lets_the_seats_go_and_says_so(service: FakeService) -> None:
    slots = {**WHOLE, "booking_confirmed": False}
    done = act(confirming.SubmitBooking, "non", "deny", slots=slots)
    assert service.called("cancel")[0]["reference"] == REF
    assert service.called("confirm") == []
    assert done.keys == ["utter_booking_stopped"]
    assert done.slots["hold"] is None


def test_no_before_anything_is_held_calls_nobody(service: FakeService) -> None:
    done = act(confirming.SubmitBooking, "non", "deny", slots={**CHOSEN, "booking_confirmed": False})
    assert service.calls == []
    assert done.keys == ["utter_booking_stopped"]


def test_a_hold_that_has_lapsed_is_let_go_without_a_word(service: FakeService) -> None:
    service.says("cancel", problem(409, "wrong-state", state="expired"))
    done = act(confirming.SubmitBooking, "non", "deny", slots={**WHOLE, "booking_confirmed": False})
    assert done.keys == ["utter_booking_stopped"]


def test_confirming_outside_the_form(service: FakeService) -> None:
    assert act(confirming.ConfirmBooking, "je confirme", "confirm_booking", slots=HELD).next_action == "booking_form"
    assert act(confirming.ConfirmBooking, "je confirme", "confirm_booking").keys == ["utter_nothing_to_confirm"]
