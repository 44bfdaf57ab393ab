"""One turn: what an action is told, who speaks, and that whatever goes wrong is said."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

import pytest

from bot import responses
from bot.actions import turn as turns
from bot.actions.turn import CampusAction, Event, Turn
from bot.channels.assertion import Refused, signer
from bot.service import Unavailable
from bot.settings import Settings
from tests.bot.acting import FakeService, act, entity, problem, ran, said, turn, user


class Failing(CampusAction):
    """Says something, then fails as it is told to."""

    error: Exception = RuntimeError("a fault")

    def name(self) -> str:
        return "action_failing"

    async def act(self, turn: Turn) -> list[Event]:
        turn.say("utter_glad")
        raise self.error

    def after_failure(self, turn: Turn) -> list[Event]:
        return [{"event": "slot", "name": "kept", "value": True}]


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (Unavailable("down"), "utter_service_unavailable"),
        (asyncio.TimeoutError(), "utter_service_unavailable"),
        (Refused("no assertion"), "utter_turn_failed"),
        (problem(500, ""), "utter_turn_failed"),
        (KeyError("x"), "utter_turn_failed"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value,
)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_failure_is_said_in_the_person_s_language(
    error: Exception, key: str, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Failing, "error", error)
    done = act(Failing, "réservez", "book_session", lang=lang)
    assert done.keys == [key], "what was said before is taken back"
    assert done.text == responses.text(key, lang)
    assert "réservez" in done.payloads, "trying again sends the same"
    assert done.slots == {"kept": True}


def test_an_action_that_takes_too_long_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(Failing):
        async def act(self, turn: Turn) -> list[Event]:
            await asyncio.sleep(5)
            return []

    monkeypatch.setattr(turns, "ACTION_SECONDS", 0.05)
    assert act(Slow).keys == ["utter_service_unavailable"]


def test_every_action_waits_for_nothing_in_the_event_loop() -> None:
    """A `requests` call in an action would hold everybody up; the client alone has a pool."""
    from rasa_sdk.executor import ActionExecutor

    executor = ActionExecutor()
    executor.register_package("bot.actions")
    for name, run in executor.actions.items():
        assert inspect.iscoroutinefunction(run), f"{name} is not asynchronous"


# -- who speaks -------------------------------------------------------------------------------------------------------


def test_the_service_is_spoken_to_as_the_person_vouched_for(settings: Settings) -> None:
    token = signer("rest").sign("rest:local:alice", "rest:alice")
    service = turn(auth=token, lang="en").service
    assert (service._assertion, service._lang) == (token, "en")


@pytest.mark.parametrize("sender", ["rest:bob", "default"])
def test_nobody_speaks_in_another_conversation(settings: Settings, sender: str) -> None:
    token = signer("rest").sign("rest:local:alice", "rest:alice")
    with pytest.raises(Refused):
        _ = turn(auth=token, sender=sender).service
    with pytest.raises(Refused):
        _ = turn(auth=None).service


# -- what was said ----------------------------------------------------------------------------------------------------


def test_values_are_told_apart_by_role() -> None:
    heard = turn(entities=[entity("format", "online"), entity("format", "onsite", "not"), entity("format", "hybrid")])
    assert heard.values("format") == ["online", "hybrid"]
    assert heard.values("format", "not") == ["onsite"]
    assert heard.first("format") == "online"
    assert heard.first("level") is None


def test_the_language_is_said_without_its_mark() -> None:
    assert turn(lang="en!").lang == "en"
    assert turn(slots={"language": None}).lang == "fr"


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("je peux annuler ?", True),
        ("Comment annuler", True),
        ("what is it", True),
        ("how much", True),
        ("annulez", False),
        ("quelqu’un", False),
        ("when ", True),
        ("whenever you like", False),
        ("", False),
    ],
)
def test_a_question_is_told_from_a_request(text: str, question: bool) -> None:
    assert turn(text).question is question


@pytest.mark.parametrize(
    ("after", "fresh"),
    [
        ([], True),
        ([ran("booking_form")], True),
        ([ran("action_extract_slots")], True),
        ([ran("action_answer")], False),
        ([ran("action_answer"), ran("booking_form")], False),
        ([ran("utter_help")], False),
    ],
)
def test_a_message_is_fresh_until_it_is_answered(after: list[dict[str, Any]], fresh: bool) -> None:
    assert turn("oui", before=[user("avant"), ran("action_answer")], after=after).fresh is fresh


def test_what_was_said_already_is_known_for_this_message_only() -> None:
    heard = turn("oui", before=[user("avant"), said("utter_glad")], after=[said("utter_help")])
    assert heard.said("utter_help")
    assert not heard.said("utter_glad")


def test_a_key_is_of_one_conversation_and_one_purpose() -> None:
    assert turn().key("hold", "m1") == turn("autre").key("hold", "m1")
    keys = {turn().key("hold", "m1"), turn().key("hold", "m2"), turn(sender="rest:bob").key("hold", "m1")}
    assert len(keys) == 3


def test_a_message_without_an_id_of_its_own_has_its_event_s() -> None:
    heard = turn("oui", before=[user("avant", "m0")], message_id="m7")
    assert heard.message_id == "m7"
    heard.tracker.latest_message.pop("message_id")
    assert Turn(heard.dispatcher, heard.tracker).message_id == "m7"


# -- how it is answered -----------------------------------------------------------------------------------------------


def test_a_reply_names_itself_its_language_and_its_cards() -> None:
    heard = turn(lang="en")
    heard.say("utter_help", buttons=[{"title": "More", "payload": "/show_more"}], cards=[{"type": "course"}])
    (reply,) = heard.dispatcher.messages
    assert reply["utter_action"] == "utter_help"
    assert reply["lang"] == "en"
    assert reply["custom"] == {"cards": [{"type": "course"}]}
    assert [button["payload"] for button in reply["buttons"]][:2] == ["/show_more", "/search_courses"]
    assert reply["text"] == responses.text("utter_help", "en")


def test_the_fake_service_is_as_strict_as_the_real_one(service: FakeService) -> None:
    with pytest.raises(TypeError):
        asyncio.run(_coroutine(service.hold("key", "session")))
    with pytest.raises(AttributeError):
        _ = service.nothing_like_it


async def _coroutine(awaitable: Any) -> Any:
    return await awaitable
