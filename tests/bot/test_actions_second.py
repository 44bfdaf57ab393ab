"""The second wish of a message: answered after the first, before a form's question, or offered."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from rasa_sdk.events import FollowupAction, SlotSet

from bot.actions import knowledge
from bot.actions.second import SLOT, take_up
from bot.actions.turn import CampusAction, Event, Turn
from bot.service import Unavailable
from tests.bot.acting import FakeService, Outcome, act, problem, ran, said, turn, user

PARKING = {"key": "parking", "text": "Le parking est gratuit.", "source": None, "checked_on": None, "score": 0.9}
TEXT = "annulez ma place, et où est le parking ?"
QUESTION = {
    "text": "où est le parking ?",
    "cut": 16,
    "start": 21,
    "intent": {"name": "ask_campus", "confidence": 0.99},
    "entities": [],
    "answer_key": {"key": "parking", "confidence": 0.98},
}
WISH = {**QUESTION, "text": "montrez-moi les cours en mars", "intent": {"name": "search_courses"}, "answer_key": None}


class Says(CampusAction):
    """An action that answers the first wish."""

    action = "action_of_the_first"

    async def act(self, turn: Turn) -> list[Event]:
        turn.say("utter_chitchat")
        return [SlotSet("seen", turn.text)]


class Silent(Says):
    """An action that says nothing."""

    async def act(self, turn: Turn) -> list[Event]:
        return []


class GoesOn(Says):
    """An action that leaves the rest to another one."""

    async def act(self, turn: Turn) -> list[Event]:
        turn.say("utter_chitchat")
        return [FollowupAction("booking_form")]


class Fails(Says):
    """An action that does not get through."""

    async def act(self, turn: Turn) -> list[Event]:
        raise Unavailable("down")


def after(action: str, events: list[Event], **message: Any) -> Outcome:
    """What follows an action of that name that returned these events and said nothing."""
    here = turn(TEXT, **message)
    return Outcome(asyncio.run(take_up(here, action, events)), here.dispatcher.messages)


def asks(slot: str | None) -> list[Event]:
    """What the validation of a form returns that asks for a slot then; None: that is done."""
    return [SlotSet("requested_slot", slot)]


def test_the_turn_is_about_the_first_wish(service: FakeService) -> None:
    service.says("answer", PARKING)
    assert act(Says, TEXT, second=QUESTION).slots["seen"] == "annulez ma place"


def test_a_question_is_answered_after_the_first_wish(service: FakeService) -> None:
    service.says("answer", PARKING)
    done = act(Says, TEXT, second=QUESTION)
    assert done.keys == ["utter_chitchat", "utter_answer"]
    assert "Le parking est gratuit." in done.text
    assert service.called("answer")[0]["key"] == "parking"


def test_the_same_is_not_said_twice(service: FakeService) -> None:
    service.says("answer", PARKING)
    first = {"key": "parking", "confidence": 0.9}
    done = act(knowledge.Answer, "…", "ask_campus", answer_key=first, second={**QUESTION, "cut": 1})
    assert done.keys == ["utter_answer"]


def test_another_wish_is_offered_in_the_persons_words(service: FakeService) -> None:
    done = act(Says, TEXT, second=WISH, lang="en")
    assert done.keys == ["utter_chitchat", "utter_second_wish"]
    assert done.replies[1]["buttons"] == [
        {"title": "Montrez-moi les cours en mars", "payload": "montrez-moi les cours en mars"}
    ]
    assert done.replies[1]["lang"] == "en"


def test_a_long_wish_has_a_short_title(service: FakeService) -> None:
    words = "montrez-moi s’il vous plaît " + "tous les cours de biotechnologie " * 3
    (button,) = act(Says, TEXT, second={**WISH, "text": words}).replies[1]["buttons"]
    assert len(button["title"]) <= 60
    assert button["title"].endswith("…")
    assert button["payload"] == words


@pytest.mark.parametrize("action", [Silent, GoesOn])
@pytest.mark.parametrize("second", [QUESTION, WISH])
def test_it_waits_for_an_answer_to_the_first(service: FakeService, action: Any, second: Any) -> None:
    done = act(action, TEXT, second=second)
    assert "utter_answer" not in done.keys
    assert "utter_second_wish" not in done.keys
    assert SLOT not in done.slots


@pytest.mark.parametrize("second", [QUESTION, WISH])
@pytest.mark.parametrize(
    ("action", "events"),
    [
        ("validate_booking_form", []),  # the message is not for the form
        ("validate_booking_form", asks(None)),  # the form is done
        ("action_ask_booking_form_seats", [SlotSet("course", "gmp-basics")]),
    ],
)
def test_a_form_leaves_it_to_the_action_that_answers(
    service: FakeService, action: str, events: list[Event], second: Any
) -> None:
    done = after(action, events, second=second, loop="booking_form")
    assert done.keys == []
    assert done.slots == {}


def test_a_form_answers_a_question_before_its_own(service: FakeService) -> None:
    service.says("answer", PARKING)
    done = after("validate_booking_form", asks("seats"), second=QUESTION, loop="booking_form")
    assert done.keys == ["utter_answer"]


def test_a_form_that_ends_with_an_answer_goes_on_to_the_second(service: FakeService) -> None:
    service.says("answer", PARKING)
    here = turn(TEXT, second=QUESTION, loop="cancel_form")
    here.say("utter_nothing_to_cancel")
    asyncio.run(take_up(here, "validate_cancel_form", asks(None)))
    assert [one["utter_action"] for one in here.dispatcher.messages] == ["utter_nothing_to_cancel", "utter_answer"]


def test_a_form_keeps_another_wish_for_later_and_it_is_offered_then(service: FakeService) -> None:
    done = after("validate_booking_form", asks("seats"), second=WISH, loop="booking_form")
    assert done.keys == []
    assert done.slots == {SLOT: WISH["text"]}
    in_between = act(Says, "où ?", slots={SLOT: WISH["text"]}, loop="booking_form")
    assert in_between.keys == ["utter_chitchat"]
    then = act(Says, "oui", slots={SLOT: WISH["text"]})
    assert then.keys == ["utter_chitchat", "utter_second_wish"]
    assert then.slots[SLOT] is None


def test_it_is_taken_up_once(service: FakeService) -> None:
    before = [ran("booking_form"), said("utter_answer"), ran("action_listen")]
    assert act(Says, TEXT, second=QUESTION, after=before[:2]).keys == ["utter_chitchat"]
    service.says("answer", PARKING)
    again = act(Says, TEXT, second=QUESTION, before=[user("…", "m0"), *before])
    assert again.keys == ["utter_chitchat", "utter_answer"]


@pytest.mark.parametrize("error", [Unavailable("down"), problem(404, "not-found"), RuntimeError("a fault")])
def test_what_was_done_first_stands_when_the_second_fails(service: FakeService, error: Exception) -> None:
    service.says("answer", error)
    done = act(Says, TEXT, second=QUESTION)
    assert done.keys == ["utter_chitchat"]
    assert done.slots["seen"] == "annulez ma place"


def test_a_failed_turn_is_offered_again_whole(service: FakeService) -> None:
    done = act(Fails, TEXT, second=QUESTION)
    assert done.keys == ["utter_service_unavailable"]
    assert TEXT in str(done.replies[0])
