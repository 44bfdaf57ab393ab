"""Looking bookings up, sending a confirmation again, and cancelling: a yes first, and what it costs."""

from __future__ import annotations

from typing import Any

import pytest

from bot.actions.bookings import cancelling, checking
from bot.service import Unavailable
from tests.bot.acting import FakeService, act, booking, entity, listed, problem, ran

REF, OTHER = "EBC-7K2M9Q", "EBC-AAAAAA"
CONFIRMED = booking(state="confirmed", contact={"name": "Marie Dupont", "email": "marie@exemple.be", "phone": None})
REFERENCE = entity("booking_reference", REF)


@pytest.fixture(autouse=True)
def _answers(service: FakeService) -> None:
    service.says("booking", CONFIRMED)


def check(text: str = "mes réservations", said: Any = (), **more: Any) -> Any:
    return act(checking.CheckBooking, text, "check_booking", said, **more)


def validate(text: str, intent: str, said: Any = (), slots: Any = None, **more: Any) -> Any:
    return act(cancelling.ValidateCancelForm, text, intent, said, slots, loop="cancel_form", **more)


# -- looking up -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_is_booked_is_told(service: FakeService, lang: str) -> None:
    service.says(
        "bookings", listed(CONFIRMED, booking(reference=OTHER), booking(reference="EBC-OLD", state="cancelled"))
    )
    done = check(lang=lang)
    assert done.keys == ["utter_bookings"]
    assert REF in done.text
    assert OTHER in done.text
    assert "EBC-OLD" not in done.text
    assert f'/cancel_booking{{"booking_reference": "{REF}"}}' in done.payloads
    assert f'/check_booking{{"booking_reference": "{REF}", "document": "confirmation"}}' in done.payloads
    titles = [button["title"] for button in done.replies[0]["buttons"]]
    assert len(set(titles)) == len(titles), "typed, a title presses its button"
    assert done.slots["last_booking"] == REF
    assert len(done.replies[0]["custom"]["cards"]) == 2


def test_nothing_is_booked(service: FakeService) -> None:
    service.says("bookings", listed(booking(state="expired")))
    assert check().keys == ["utter_no_bookings"]


@pytest.mark.parametrize("state", ["held", "confirmed", "cancelled", "expired", "released", "waiting", "no_show"])
def test_one_booking_by_its_reference(service: FakeService, state: str) -> None:
    service.says("booking", booking(state=state))
    done = check(REF, [REFERENCE])
    assert done.keys == ["utter_bookings"]
    assert service.called("booking")[0]["reference"] == REF


@pytest.mark.parametrize("status", [404, 422])
def test_a_reference_of_somebody_else_s_does_not_exist(service: FakeService, status: int) -> None:
    service.says("booking", problem(status, "not-found"))
    done = check(REF, [REFERENCE])
    assert done.keys == ["utter_booking_unknown"]
    assert REF in done.text


def test_what_is_over_has_no_button_to_cancel_it(service: FakeService) -> None:
    service.says("booking", booking(state="cancelled"))
    assert not [payload for payload in check(REF, [REFERENCE]).payloads if payload.startswith("/cancel_booking")]


DOCUMENT = entity("document", "confirmation")


def test_a_confirmation_is_sent_again(service: FakeService) -> None:
    service.says("booking", CONFIRMED)
    service.says("send", {})
    done = check("/check_booking", [REFERENCE, DOCUMENT])
    (asked,) = service.called("send")
    assert (asked["reference"], asked["what"]) == (REF, "confirmation")
    assert done.keys == ["utter_confirmation_sent"]
    assert "marie@exemple.be" in done.text


def test_what_is_not_confirmed_has_no_confirmation(service: FakeService) -> None:
    service.says("booking", booking())
    done = check("/check_booking", [REFERENCE, DOCUMENT])
    assert done.keys == ["utter_nothing_to_send"]
    assert service.called("send") == []


# -- which one to cancel ----------------------------------------------------------------------------------------------


def test_the_only_one_is_meant_and_a_yes_is_asked(service: FakeService) -> None:
    service.says("bookings", listed(CONFIRMED))
    done = validate("annulez", "cancel_booking")
    assert done.slots == {"cancel_reference": REF, "requested_slot": "cancel_confirmed"}
    assert service.called("cancel") == []


def test_among_several_it_is_asked(service: FakeService) -> None:
    service.says("bookings", listed(CONFIRMED, booking(reference=OTHER)))
    assert validate("annulez", "cancel_booking").slots == {"requested_slot": "cancel_reference"}
    done = act(cancelling.AskWhichBooking, "annulez", "cancel_booking")
    assert done.keys == ["utter_ask_which_booking"]
    assert done.slots["cancel_choices"] == [REF, OTHER]
    assert done.payloads[1] == f'/inform{{"booking_reference": "{OTHER}"}}'


@pytest.mark.parametrize(
    ("said", "which"),
    [
        ([entity("reference", "2")], OTHER),
        ([entity("reference", "last")], OTHER),
        ([entity("reference", "1")], REF),
        ([REFERENCE], REF),
        ([entity("reference", "5")], None),
    ],
)
def test_one_of_those_listed(service: FakeService, said: Any, which: str | None) -> None:
    service.says("bookings", listed(CONFIRMED, booking(reference=OTHER)))
    service.says("booking", lambda asked: booking(reference=asked["reference"]))
    slots = {"cancel_choices": [REF, OTHER], "requested_slot": "cancel_reference"}
    done = validate("la deuxième", "inform", said, slots)
    assert done.slots.get("cancel_reference") == which


def test_there_is_nothing_to_cancel(service: FakeService) -> None:
    service.says("bookings", listed())
    done = validate("annulez", "cancel_booking")
    assert done.keys == ["utter_nothing_to_cancel"]
    assert done.slots["requested_slot"] is None
    assert act(cancelling.SubmitCancel, "annulez", slots=done.slots).keys == [], "said already"


# -- a yes first ------------------------------------------------------------------------------------------------------

ASKED = {"cancel_reference": REF, "requested_slot": "cancel_confirmed"}


@pytest.mark.parametrize("intent", ["affirm", "cancel_booking", "confirm_booking"])
def test_yes(service: FakeService, intent: str) -> None:
    done = validate("oui", intent, slots=ASKED)
    assert done.slots == {"cancel_confirmed": True, "requested_slot": None}


def test_beginning_again_is_no_answer_to_the_form(service: FakeService) -> None:
    done = validate("on recommence tout", "start_over", slots=ASKED)
    assert (done.events, done.keys, service.calls) == ([], [], [])


@pytest.mark.parametrize("intent", ["deny", "undo", "goodbye"])
def test_no(service: FakeService, intent: str) -> None:
    done = validate("non", intent, slots=ASKED)
    assert done.slots == {"cancel_confirmed": False, "requested_slot": None}


@pytest.mark.parametrize("intent", ["inform", "thank", "ask_campus", "book_session", "out_of_scope", "greet"])
def test_anything_else_is_no_yes(service: FakeService, intent: str) -> None:
    done = validate("mmh", intent, slots=ASKED)
    assert done.slots.get("cancel_confirmed") is None


def test_a_question_in_between_cancels_nothing(service: FakeService) -> None:
    done = validate("ça coûte combien ?", "ask_campus", slots=ASKED)
    assert done.events == []
    then = validate("ça coûte combien ?", "ask_campus", slots=ASKED, after=[ran("action_answer")])
    assert then.slots == {"requested_slot": "cancel_confirmed"}


def test_a_question_that_sounds_like_cancelling_is_no_yes(service: FakeService) -> None:
    """ "Can I still cancel for free?", asked while the yes is waited for, must not cancel."""
    service.says("answers", listed({"key": "cancellation_policy", "text": "Oui.", "source": None, "score": 0.9}))
    done = validate("je peux encore annuler sans frais ?", "cancel_booking", slots=ASKED)
    assert done.slots.get("cancel_confirmed") is None


def test_the_costs_are_said_before_the_yes(service: FakeService) -> None:
    service.says("booking", {**CONFIRMED, "terms": {"free_until": None, "cancel_fee": "605.00"}})
    done = act(cancelling.AskCancelConfirmation, "annulez", "cancel_booking", slots=ASKED)
    assert done.keys == ["utter_ask_cancel"]
    assert "605" in done.text
    assert done.payloads == ["/affirm", "/deny"]
    assert "605" in done.replies[0]["buttons"][0]["title"]


@pytest.mark.parametrize("fee", ["0.00", None])
def test_it_may_cost_nothing(service: FakeService, fee: str | None) -> None:
    service.says("booking", {**CONFIRMED, "terms": {"cancel_fee": fee}})
    done = act(cancelling.AskCancelConfirmation, "annulez", "cancel_booking", slots=ASKED)
    assert "sans frais" in done.text


@pytest.mark.parametrize("state", ["cancelled", "released", "expired", "attended", "withdrawn"])
def test_what_has_ended_is_not_asked_about(service: FakeService, state: str) -> None:
    service.says("booking", booking(state=state))
    done = validate("annulez", "cancel_booking", [REFERENCE])
    assert done.keys == ["utter_already_ended"]
    assert done.slots == {"cancel_reference": None, "requested_slot": None}


def test_an_unknown_reference_ends_the_form(service: FakeService) -> None:
    service.says("booking", problem(404, "not-found"))
    done = validate("annulez", "cancel_booking", [REFERENCE])
    assert done.keys == ["utter_booking_unknown"]
    waiting = done.slots.pop("waiting_wish")  # goes on once a code has opened the booking
    assert (waiting["wish"], waiting["said"]["text"]) == ("cancel", "annulez")
    assert done.slots == {"cancel_reference": None, "requested_slot": None}


# -- cancelling -------------------------------------------------------------------------------------------------------

AGREED = {**ASKED, "cancel_confirmed": True, "requested_slot": None}


def test_it_is_cancelled_once(service: FakeService) -> None:
    service.says("cancel", {**CONFIRMED, "state": "cancelled"})
    done = act(cancelling.SubmitCancel, "oui", "affirm", slots=AGREED)
    act(cancelling.SubmitCancel, "oui", "affirm", slots=AGREED, message_id="m9")
    first, second = service.called("cancel")
    assert first["key"] == second["key"]
    assert first["reference"] == REF
    assert done.keys == ["utter_cancelled"]
    assert done.slots["cancel_reference"] is None


def test_what_was_only_held_is_released(service: FakeService) -> None:
    service.says("cancel", booking(state="released"))
    assert act(cancelling.SubmitCancel, "oui", "affirm", slots=AGREED).keys == ["utter_released"]


def test_a_cancellation_whose_answer_was_lost_is_told_as_done(service: FakeService) -> None:
    service.says("cancel", problem(409, "wrong-state", state="cancelled"))
    service.says("booking", {**CONFIRMED, "state": "cancelled"})
    assert act(cancelling.SubmitCancel, "oui", "affirm", slots=AGREED).keys == ["utter_cancelled"]


def test_what_cannot_be_cancelled_is_not_told_as_cancelled(service: FakeService) -> None:
    """The course has begun meanwhile, or the seat was used: the service says no, and so must the reply."""
    service.says("cancel", problem(409, "wrong-state", state="attended"))
    service.says("booking", {**CONFIRMED, "state": "attended"})
    assert act(cancelling.SubmitCancel, "oui", "affirm", slots=AGREED).keys == ["utter_already_ended"]
    service.says("cancel", problem(410, "hold-expired"))
    service.says("booking", booking(state="expired"))
    assert act(cancelling.SubmitCancel, "oui", "affirm", slots=AGREED).keys == ["utter_already_ended"]
    service.says("cancel", problem(409, "session-closed"))
    assert act(cancelling.SubmitCancel, "oui", "affirm", slots=AGREED).keys == ["utter_too_late_to_cancel"]


def test_an_unknown_one_is_said_to_be(service: FakeService) -> None:
    service.says("cancel", problem(404, "not-found"))
    assert act(cancelling.SubmitCancel, "oui", "affirm", slots=AGREED).keys == ["utter_booking_unknown"]


def test_no_cancels_nothing_and_says_so(service: FakeService) -> None:
    done = act(cancelling.SubmitCancel, "non", "deny", slots={**ASKED, "cancel_confirmed": False})
    assert service.calls == []
    assert done.keys == ["utter_not_cancelled"]


@pytest.mark.parametrize("error", [Unavailable("down"), problem(401, "not-authenticated")], ids=str)
def test_a_failure_asks_again_under_the_same_key(service: FakeService, error: Exception) -> None:
    service.says("cancel", error)
    done = act(cancelling.SubmitCancel, "oui", "affirm", slots=AGREED)
    assert done.slots == {"cancel_confirmed": None, "requested_slot": "cancel_confirmed"}
    assert "cancel_reference" not in done.slots, "what it is about is kept"
    assert {"event": "active_loop", "name": "cancel_form", "timestamp": None} in done.events


@pytest.mark.parametrize("text", ["non finalement je garde ma place", "I'll keep my seat after all", "on la garde"])
@pytest.mark.parametrize("intent", ["confirm_booking", "cancel_booking", "affirm"])
def test_who_keeps_the_seat_cancels_nothing(text: str, intent: str) -> None:
    done = validate(text, intent, slots={"cancel_reference": REF, "requested_slot": "cancel_confirmed"})
    assert done.slots["cancel_confirmed"] is False
