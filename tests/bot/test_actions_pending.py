"""More time for a hold, and a seat that was offered: taken or left by the button that says what it costs."""

from __future__ import annotations

from typing import Any

import pytest

from bot.actions.bookings import form, pending
from tests.bot.acting import FakeService, act, booking, course, entity, listed, problem

REF = "EBC-7K2M9Q"
REFERENCE = entity("booking_reference", REF)
CONTACT = {"name": "Marie Dupont", "email": "marie@exemple.be", "phone": None}
OFFERED = booking(state="offered", hold_expires_at=None, offer_expires_at="2026-11-25T10:00:00+01:00", contact=CONTACT)
EXTENDED = booking(hold_expires_at="2026-11-24T10:26:00+01:00")


@pytest.fixture(autouse=True)
def _answers(service: FakeService) -> None:
    service.says("booking", booking())
    service.says("bookings", listed())


def press(action: Any, name: str, **more: Any) -> Any:
    return act(action, f'/{name}{{"booking_reference": "{REF}"}}', name, [REFERENCE], **more)


# -- more time --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lang", "until"), [("fr", "10\u202fh\u202f26"), ("en", "10:26")])
def test_a_hold_is_extended(service: FakeService, lang: str, until: str) -> None:
    service.says("extend", EXTENDED)
    done = press(pending.ExtendHold, "extend_hold", lang=lang)
    assert done.keys == ["utter_hold_extended"]
    assert until in done.text
    assert [call["reference"] for call in service.called("extend")] == [REF]


def test_each_message_extends_once_and_the_next_again(service: FakeService) -> None:
    service.says("extend", EXTENDED)
    for message_id in ("m1", "m1", "m2"):
        press(pending.ExtendHold, "extend_hold", message_id=message_id)
    first, repeated, second = (call["key"] for call in service.called("extend"))
    assert first == repeated != second


def test_in_words_it_is_what_is_being_booked_or_the_only_hold(service: FakeService) -> None:
    service.says("extend", EXTENDED)
    service.says(
        "bookings", listed(booking(reference="EBC-AAAAAA", state="confirmed"), booking(reference="EBC-BBBBBB"))
    )
    act(pending.ExtendHold, "encore un peu de temps", "extend_hold", slots={"hold": "EBC-CCCCCC"})
    act(pending.ExtendHold, "encore un peu de temps", "extend_hold")
    assert [call["reference"] for call in service.called("extend")] == ["EBC-CCCCCC", "EBC-BBBBBB"]


def test_where_nothing_is_held_that_is_said(service: FakeService) -> None:
    service.says("courses", listed())
    assert act(pending.ExtendHold, "plus de temps", "extend_hold").keys == ["utter_nothing_held_yet"]
    service.says("courses", listed(course(score=0.6)))
    done = act(pending.ExtendHold, "real time release, inline sensors", "extend_hold")
    assert done.keys == ["utter_courses_on_subject"]


@pytest.mark.parametrize(
    ("refusal", "state", "key"),
    [
        (problem(403, "not-eligible", rule="extensions"), "held", "utter_hold_longest"),
        (problem(410, "hold-expired"), "expired", "utter_notice_hold_expired"),
        (problem(409, "wrong-state", state="confirmed"), "confirmed", "utter_already_ended"),
    ],
)
def test_why_it_is_not_extended(service: FakeService, refusal: Any, state: str, key: str) -> None:
    service.says("extend", refusal)
    service.says("booking", booking(state=state))
    assert press(pending.ExtendHold, "extend_hold").keys == [key]


def test_in_the_middle_of_a_booking_the_form_lets_the_button_through_and_takes_the_words(service: FakeService) -> None:
    service.says("extend", EXTENDED)
    slots = {"hold": REF, "session_id": "s", "seats": 1, "booking_started": "m0", "requested_slot": "contact_name"}
    pressed = press(form.ValidateBookingForm, "extend_hold", slots=slots, loop="booking_form")
    assert (pressed.events, pressed.replies) == ([], [])
    said = act(form.ValidateBookingForm, "il me faut un délai", "extend_hold", slots=slots, loop="booking_form")
    assert said.keys == ["utter_hold_extended"]
    assert said.slots["requested_slot"] == "contact_name"


# -- an offer ---------------------------------------------------------------------------------------------------------


def test_the_button_takes_the_offer(service: FakeService) -> None:
    service.says("confirm", booking(state="confirmed", contact=CONTACT))
    done = press(pending.AcceptOffer, "accept_offer")
    assert done.keys == ["utter_booking_confirmed"]
    assert CONTACT["email"] in done.text
    assert service.called("confirm")[0]["reference"] == REF
    assert "contact" not in service.called("confirm")[0], "the booking has it"
    assert done.slots == {"last_booking": REF}, "another booking that is being made goes on"


def test_the_button_leaves_the_offer(service: FakeService) -> None:
    service.says("booking", booking(state="offered"))
    service.says("cancel", booking(state="declined"))
    done = press(pending.DeclineOffer, "decline_offer")
    assert done.keys == ["utter_offer_declined"]
    assert service.called("cancel")[0]["reference"] == REF


@pytest.mark.parametrize(
    ("state", "key"), [("confirmed", "utter_booking_confirmed"), ("lapsed", "utter_notice_offer_lapsed")]
)
def test_an_old_button_gives_back_no_seat(service: FakeService, state: str, key: str) -> None:
    """Accepted meanwhile by the link of a mail: cancelling would cost a fee."""
    service.says("booking", booking(state=state, contact=CONTACT))
    assert press(pending.DeclineOffer, "decline_offer").keys == [key]
    assert not service.called("cancel")


@pytest.mark.parametrize(
    ("action", "text", "said"),
    [
        (pending.AcceptOffer, "j'accepte", []),
        (pending.AcceptOffer, f"j'accepte {REF}", [REFERENCE]),
        (pending.DeclineOffer, "je laisse la place", []),
        (pending.DeclineOffer, f"je laisse {REF}", [REFERENCE]),
    ],
)
def test_a_word_decides_nothing_and_brings_the_buttons(
    service: FakeService, action: Any, text: str, said: list[Any]
) -> None:
    service.says("bookings", listed(booking(state="confirmed"), OFFERED))
    done = act(action, text, "accept_offer", said)
    assert done.keys == ["utter_notice_offer"]
    assert [payload.partition("{")[0] for payload in done.payloads] == ["/accept_offer", "/decline_offer"]
    assert "obligation de paiement" in done.replies[0]["buttons"][0]["title"]
    assert not service.called("confirm")
    assert not service.called("cancel")


def test_where_nothing_is_offered_that_is_said(service: FakeService) -> None:
    assert act(pending.AcceptOffer, "j'accepte", "accept_offer").keys == ["utter_no_offer"]


@pytest.mark.parametrize(
    ("refusal", "state", "key"),
    [
        (problem(410, "offer-lapsed"), "lapsed", "utter_notice_offer_lapsed"),
        (problem(409, "wrong-state", state="confirmed"), "confirmed", "utter_booking_confirmed"),
        (problem(409, "wrong-state", state="declined"), "declined", "utter_already_ended"),
        (problem(409, "idempotency-key-reused"), "confirmed", "utter_booking_confirmed"),
        (problem(409, "session-closed"), "offered", "utter_session_closed"),
        (problem(403, "not-eligible", detail="Réservé aux entreprises."), "offered", "utter_not_eligible"),
        (problem(422, "invalid"), "offered", "utter_turn_failed"),
    ],
)
def test_why_an_offer_is_not_taken(service: FakeService, refusal: Any, state: str, key: str) -> None:
    service.says("confirm", refusal)
    service.says("booking", booking(state=state, contact=CONTACT))
    assert press(pending.AcceptOffer, "accept_offer").keys == [key]
