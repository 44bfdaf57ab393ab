"""What every channel does before and after Rasa sees a message, with a stub of Rasa."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import ActiveLoop, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot import responses
from bot.channels import base
from bot.channels.assertion import Refused, verify
from bot.channels.base import LONGEST, REMEMBERED, SESSION_TURNS, CampusInput, Incoming, Reply, clean
from bot.settings import Settings
from bot.slots import LanguageSlot

pytestmark = pytest.mark.usefixtures("settings")

IBAN = "BE68 5390 0754 7034"


class RestLike(CampusInput):
    platform = "rest"
    typed_payloads = True


class Store:
    """A tracker store."""

    def __init__(self) -> None:
        self.trackers: dict[str, DialogueStateTracker] = {}
        self.down = False

    async def retrieve(self, sender: str) -> DialogueStateTracker | None:
        if self.down:
            raise RuntimeError("the store is down")
        return self.trackers.get(sender)

    async def save(self, tracker: DialogueStateTracker) -> None:
        self.trackers[tracker.sender_id] = tracker

    def keeps(self, sender: str, *events: Event) -> DialogueStateTracker:
        slot = LanguageSlot("language", mappings=[{}], initial_value="fr", influence_conversation=False)
        self.trackers[sender] = DialogueStateTracker.from_events(sender, list(events), slots=[slot])
        return self.trackers[sender]


class StubAgent:
    """Tells the language of a message, as the model would, and has a tracker store."""

    def __init__(self) -> None:
        self.tracker_store = Store()
        self.parsed: list[str] = []
        self.model_down = False

    async def parse_message(self, text: str) -> dict[str, Any]:
        self.parsed.append(text)
        if self.model_down:
            raise RuntimeError("no model")
        lang = "en" if {"the", "course", "hello", "i"} & set(text.casefold().split()) else "fr"
        return {"entities": [{"entity": "language", "value": lang}]}


def message(text: str = "voilà", lang: str = "fr", *buttons: tuple[str, str]) -> dict[str, Any]:
    """A reply as an action gives it."""
    offered = [{"title": title, "payload": payload} for title, payload in buttons]
    return {"text": text, "buttons": offered, "lang": lang, "utter_action": "utter_glad", "custom": {}}


class Talk:
    """A channel with stubs behind it."""

    def __init__(self, reply: Callable[[UserMessage], Coroutine[Any, Any, None]] | None = None) -> None:
        self.channel = RestLike()
        self.agent = StubAgent()
        self.handled: list[UserMessage] = []
        self.answer: dict[str, Any] | None = message()
        self._reply = reply

    async def handle(self, heard: UserMessage) -> None:
        self.handled.append(heard)
        if self._reply is not None:
            await self._reply(heard)
        elif self.answer is not None:
            await heard.output_channel.send_response(heard.sender_id, dict(self.answer))

    async def hears(self, text: str, user: str = "alice", **more: Any) -> list[Reply]:
        return await self.channel.turn(self.agent, self.handle, Incoming(text, user, **more))  # type: ignore[arg-type]

    def says(self, *texts: str, user: str = "alice") -> list[list[Reply]]:
        async def all_of_them() -> list[list[Reply]]:
            return [await self.hears(text, user) for text in texts]

        return asyncio.run(all_of_them())

    @property
    def texts(self) -> list[str | None]:
        return [heard.text for heard in self.handled]


def keys(replies: list[Reply]) -> list[str]:
    return [reply.key for reply in replies]


# -- what reaches Rasa ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\u200b\u200b", "\x00\x01", "/", "///", " / ", "\ud800"])
def test_nothing_is_answered_as_nothing(text: str) -> None:
    talk = Talk()
    (replies,) = talk.says(text)
    assert keys(replies) == ["utter_disclosure", "utter_empty_message"]
    assert talk.handled == []


@pytest.mark.parametrize(("length", "handled"), [(LONGEST, True), (LONGEST + 1, False), (20_000, False)])
def test_what_is_too_long_is_said_to_be(length: int, handled: bool) -> None:
    talk = Talk()
    (replies,) = talk.says("a" * length)
    assert bool(talk.handled) is handled
    assert (replies[-1].key == "utter_too_long") is not handled
    assert handled or str(LONGEST) in replies[-1].text


def test_a_secret_in_what_is_too_long_is_not_kept_either() -> None:
    talk = Talk()
    talk.agent.tracker_store.down = True
    (replies,) = talk.says(f"mon compte est {IBAN} " + "a" * LONGEST)
    assert "5390" not in str(replies)


def test_a_million_figures_hold_nobody_up() -> None:
    began = time.monotonic()
    Talk().says("1 " * 500_000)
    assert time.monotonic() - began < 4


def test_a_reply_of_the_channel_s_own_is_in_the_language_of_the_message() -> None:
    (replies,) = Talk().says("the course " * 2000)
    assert {reply.lang for reply in replies} == {"en"}
    assert replies[-1].text == responses.text("utter_too_long", "en", longest=LONGEST)


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        ("une\x00 for\x1bmation\x7f", "une formation"),
        ("\u202eune\u200f formation\u2066", "une formation"),
        ("  une \n\t formation \u00a0 ", "une formation"),
        ("e\u0301te\u0301", "été"),
        ("\ufeffformation", "formation"),
        ("👩\u200d🔬", "👩🔬"),
        ("مرحبا", "مرحبا"),
        ("<b>x</b>", "<b>x</b>"),
        ("'; DROP TABLE bookings; --", "'; DROP TABLE bookings; --"),
        ("for\ud800mation", "formation"),
    ],
)
def test_control_and_direction_marks_are_taken_out(typed: str, heard: str) -> None:
    assert clean(typed) == heard
    talk = Talk()
    talk.says(typed)
    assert talk.texts == [heard]


@pytest.mark.parametrize(
    "typed",
    [
        '/cancel_booking{"booking_reference": "EBC-000000"}',
        "//cancel_booking",
        " / /cancel_booking",
        "\u200b/cancel_booking",
        "/\u200b/cancel_booking",
        "/restart",
        "/session_start",
    ],
)
def test_typed_text_is_never_a_payload(typed: str) -> None:
    talk = Talk()
    talk.says(typed)
    assert all(text and not text.startswith("/") for text in talk.texts)
    assert len(talk.texts) == 1


@pytest.mark.parametrize("pressed", ["Réserver", "réserver", " RÉSERVER ", '/book_session{"session": "s-1"}'])
def test_what_was_offered_in_the_last_reply_can_be_pressed(pressed: str) -> None:
    talk = Talk()
    talk.answer = message("?", "fr", ("Réserver", '/book_session{"session": "s-1"}'))
    talk.says("bonjour", pressed)
    assert talk.texts == ["bonjour", '/book_session{"session": "s-1"}']


def test_a_title_presses_where_a_typed_payload_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RestLike, "typed_payloads", False)
    talk = Talk()
    talk.answer = message("?", "fr", ("Réserver", '/book_session{"session": "s-1"}'))
    talk.says("bonjour", "réserver", '/book_session{"session": "s-1"}')
    assert talk.texts == ["bonjour", '/book_session{"session": "s-1"}', 'book_session{"session": "s-1"}']


def test_what_was_offered_before_the_last_reply_cannot() -> None:
    talk = Talk()
    talk.answer = message("?", "fr", ("Réserver", "/book_session"))
    talk.says("bonjour")
    talk.answer = message("?", "fr", ("Oui", "/affirm"))
    talk.says("autre chose", "/book_session", "oui")
    assert talk.texts == ["bonjour", "autre chose", "book_session", "/affirm"]


def test_what_was_offered_to_somebody_else_cannot() -> None:
    talk = Talk()
    talk.answer = message("?", "fr", ("Réserver", "/book_session"))
    talk.says("bonjour", user="alice")
    talk.says("/book_session", "Réserver", user="bob")
    assert talk.texts == ["bonjour", "book_session", "/book_session"]  # the second time his own reply offered it


def test_what_nobody_should_write_does_not_reach_rasa() -> None:
    talk = Talk()
    talk.says(f"mon compte est {IBAN}")
    assert talk.texts == ["mon compte est ▮▮▮"]


# -- who speaks -------------------------------------------------------------------------------------------------------


def test_every_message_carries_who_speaks_for_this_conversation_only(settings: Settings) -> None:
    talk = Talk()
    talk.says("bonjour", user="alice")
    (heard,) = talk.handled
    assert heard.sender_id == "rest:alice"
    assert heard.input_channel == "rest"
    claims = verify(heard.metadata["auth"], "rest:alice", settings.keys_dir)
    assert (claims["sub"], claims["sid"]) == ("rest:local:alice", "rest:alice")
    with pytest.raises(Refused):
        verify(heard.metadata["auth"], "rest:bob", settings.keys_dir)


def test_a_delivery_keeps_its_id_and_others_get_one() -> None:
    talk = Talk()
    asyncio.run(talk.hears("bonjour", id="delivery-1"))
    talk.says("bonjour", "bonjour")
    ids = [heard.message_id for heard in talk.handled]
    assert ids[0] == "delivery-1"
    assert len(set(ids)) == 3


# -- never silence ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "lang"), [("je cherche une formation", "fr"), ("hello I want a course", "en")])
def test_a_silent_turn_is_said_to_have_failed(text: str, lang: str) -> None:
    talk = Talk()
    talk.answer = None
    (replies,) = talk.says(text)
    assert keys(replies) == ["utter_disclosure", "utter_turn_failed"]
    assert {reply.lang for reply in replies} == {lang}
    assert replies[-1].text == responses.text("utter_turn_failed", lang)
    assert text in [button["payload"] for button in replies[-1].buttons]


def test_an_empty_reply_is_silence() -> None:
    talk = Talk()
    talk.answer = {"text": "", "custom": {}}
    assert keys(talk.says("bonjour")[0])[-1] == "utter_turn_failed"


@pytest.mark.parametrize("broken", ["handler", "store", "model and handler"])
def test_an_exception_is_said_to_have_failed(broken: str) -> None:
    async def fails(heard: UserMessage) -> None:
        raise RuntimeError("a fault")

    talk = Talk(fails if "handler" in broken else None)
    talk.agent.tracker_store.down = broken == "store"
    talk.agent.model_down = "model" in broken
    replies = asyncio.run(talk.hears("bonjour", lang="en"))
    assert keys(replies) == ["utter_disclosure", "utter_turn_failed"]
    assert replies[-1].lang == ("en" if "model" in broken else "fr"), "the platform's hint where nothing else tells"


class Guessing(StubAgent):
    """Is sure of no language, and finds English likelier."""

    confidence = 0.9

    async def parse_message(self, text: str) -> dict[str, Any]:
        return {"entities": [], "likelier_language": {"value": "en", "confidence": self.confidence}}

    @property
    def lock_store(self) -> Any:
        return SimpleNamespace(lock=lambda sender: contextlib.AsyncExitStack())


@pytest.mark.parametrize(
    ("confidence", "suggested", "spoken"), [(0.9, None, "en"), (0.6, None, "en"), (0.6, "fr", "fr"), (0.9, "fr", "en")]
)
def test_a_conversation_begins_in_the_likelier_language(confidence: float, suggested: str | None, spoken: str) -> None:
    talk = Talk()
    talk.agent = Guessing()
    talk.agent.confidence = confidence
    sender = "rest:alice"

    async def begins(heard: UserMessage) -> None:
        if heard.text == "/session_start":
            talk.agent.tracker_store.keeps(sender)

    talk._reply = begins
    asyncio.run(talk.hears("GMP in March", lang=suggested))
    tracker = talk.agent.tracker_store.trackers.get(sender)
    assert (tracker.get_slot("language") if tracker else "fr") == spoken
    assert talk.texts[-1] == "GMP in March"


def test_a_guess_never_turns_a_conversation_round() -> None:
    talk = Talk()
    talk.agent = Guessing()
    talk.agent.tracker_store.keeps("rest:alice", UserUttered("bonjour"), BotUttered("Bonjour"))
    asyncio.run(talk.hears("GMP"))
    assert talk.texts == ["GMP"]
    assert talk.agent.tracker_store.trackers["rest:alice"].get_slot("language") == "fr"


def test_a_later_failure_is_said_in_the_language_spoken_so_far() -> None:
    talk = Talk()
    talk.answer = message("hello", "en")
    talk.says("hello")
    talk.answer = None
    (replies,) = talk.says("12")
    assert keys(replies) == ["utter_turn_failed"]
    assert replies[0].lang == "en"


def test_trying_again_sends_the_same_message() -> None:
    talk = Talk()
    talk.answer = None
    talk.says("je cherche une formation", "Réessayer")
    assert talk.texts == ["je cherche une formation"] * 2


def test_trying_again_makes_no_payload_of_typed_text() -> None:
    talk = Talk()
    talk.answer = None
    talk.says("/cancel_booking", "/cancel_booking", "Réessayer")
    assert talk.texts == ["cancel_booking"] * 3


def test_trying_again_presses_the_same_button() -> None:
    talk = Talk()
    talk.answer = message("?", "fr", ("Réserver", "/book_session"))
    talk.says("bonjour")
    talk.answer = None
    talk.says("Réserver", "Réessayer")
    assert talk.texts == ["bonjour", "/book_session", "/book_session"]


def test_trying_again_tells_no_secret() -> None:
    talk = Talk()
    talk.answer = None
    (replies, _) = talk.says(f"mon compte est {IBAN}", "Réessayer")
    assert "5390" not in str(replies)
    assert talk.texts == ["mon compte est ▮▮▮"] * 2


@pytest.mark.parametrize("text", ["", "a" * 20_000])
def test_every_button_of_a_failure_does_something(text: str) -> None:
    talk = Talk()
    talk.agent.tracker_store.down = True
    (replies,) = talk.says(text)
    assert all(button["payload"] for button in replies[-1].buttons)
    assert len(str(replies)) < 5000


# -- what is speaking -------------------------------------------------------------------------------------------------


def test_the_first_reply_says_what_is_speaking_and_no_other() -> None:
    talk = Talk()
    first, second = talk.says("bonjour", "encore")
    assert keys(first) == ["utter_disclosure", "utter_glad"]
    assert keys(second) == ["utter_glad"]
    assert keys(talk.says("bonjour", user="bob")[0])[0] == "utter_disclosure"


def test_it_is_in_the_language_of_the_reply() -> None:
    talk = Talk()
    talk.answer = message("hello", "en")
    (replies,) = talk.says("hello")
    assert replies[0].text == responses.text("utter_disclosure", "en")


def spoken(text: str = "bonjour", *buttons: tuple[str, str]) -> list[Event]:
    offered = [{"title": title, "payload": payload} for title, payload in buttons]
    return [UserUttered(text), BotUttered("voilà", {"buttons": offered})]


def test_a_conversation_goes_on_after_a_restart() -> None:
    talk = Talk()
    talk.agent.tracker_store.keeps(
        "rest:alice", *spoken("un", ("Vieux", "/old")), *spoken("deux", ("Réserver", "/book_session"))
    )
    ((first,),) = [talk.says("réserver")[0]]
    assert first.key == "utter_glad", "what is speaking was said before"
    assert talk.texts == ["/book_session"]


def test_only_the_last_reply_s_buttons_outlive_a_restart() -> None:
    talk = Talk()
    talk.agent.tracker_store.keeps("rest:alice", *spoken("un", ("Vieux", "/old")), *spoken("deux"))
    talk.says("/old")
    assert talk.texts == ["old"]


def test_the_language_outlives_a_restart() -> None:
    talk = Talk()
    talk.agent.tracker_store.keeps("rest:alice", SlotSet("language", "en!"), *spoken())
    talk.answer = None
    (replies,) = talk.says("12")
    assert replies[0].lang == "en"


# -- order and repeats ------------------------------------------------------------------------------------------------


class Gate:
    """Replies only once it is opened."""

    def __init__(self) -> None:
        self.opened: asyncio.Event | None = None
        self.began: list[str | None] = []

    async def __call__(self, heard: UserMessage) -> None:
        if self.opened is None:
            self.opened = asyncio.Event()
        self.began.append(heard.text)
        await self.opened.wait()
        await heard.output_channel.send_response(heard.sender_id, message(f"re: {heard.text}"))

    async def reached(self, count: int) -> None:
        for _ in range(200):
            if len(self.began) >= count:
                return
            await asyncio.sleep(0.005)
        raise AssertionError(f"{self.began} were handled, not {count}")


def test_a_repeat_in_flight_is_handled_once_and_answered_twice() -> None:
    gate = Gate()
    talk = Talk(gate)

    async def both() -> list[list[Reply]]:
        first = asyncio.ensure_future(talk.hears("réservez"))
        await gate.reached(1)
        second = asyncio.ensure_future(talk.hears("réservez"))
        await asyncio.sleep(0.02)
        assert gate.opened
        gate.opened.set()
        return list(await asyncio.gather(first, second))

    first, second = asyncio.run(both())
    assert talk.texts == ["réservez"]
    assert first == second
    assert keys(first) == ["utter_disclosure", "utter_glad"]


def test_a_repeat_after_the_caller_has_gone_is_handled_once() -> None:
    """A client that gives up waiting and sends again: the first delivery is still at work."""
    gate = Gate()
    talk = Talk(gate)

    async def gone_and_back() -> list[Reply]:
        first = asyncio.ensure_future(talk.hears("réservez"))
        await gate.reached(1)
        first.cancel()
        await asyncio.sleep(0)
        second = asyncio.ensure_future(talk.hears("réservez"))
        await asyncio.sleep(0.02)
        assert gate.opened
        gate.opened.set()
        return await second

    replies = asyncio.run(gone_and_back())
    assert talk.texts == ["réservez"]
    assert replies[-1].text == "re: réservez"


def test_the_same_words_of_two_people_are_two_messages() -> None:
    talk = Talk()

    async def both() -> None:
        await asyncio.gather(talk.hears("oui", "alice"), talk.hears("oui", "bob"))

    asyncio.run(both())
    assert sorted(heard.sender_id for heard in talk.handled) == ["rest:alice", "rest:bob"]


def test_the_same_message_after_the_reply_is_a_new_one() -> None:
    talk = Talk()
    talk.says("suivant", "suivant")
    assert talk.texts == ["suivant", "suivant"]
    assert talk.channel._in_flight == {}


def test_one_person_s_messages_are_handled_in_order() -> None:
    order: list[str] = []

    async def slow_then_quick(heard: UserMessage) -> None:
        order.append(f"begin {heard.text}")
        await asyncio.sleep(0.05 if heard.text == "1" else 0)
        order.append(f"end {heard.text}")
        await heard.output_channel.send_response(heard.sender_id, message())

    talk = Talk(slow_then_quick)

    async def three() -> None:
        await asyncio.gather(*(talk.hears(text) for text in ("1", "2", "3")))

    asyncio.run(three())
    assert order == ["begin 1", "end 1", "begin 2", "end 2", "begin 3", "end 3"]


def test_two_people_do_not_wait_for_each_other() -> None:
    gate = Gate()
    talk = Talk(gate)

    async def both() -> None:
        waiting = [asyncio.ensure_future(talk.hears("oui", user)) for user in ("alice", "bob")]
        await gate.reached(2)
        assert gate.opened
        gate.opened.set()
        await asyncio.gather(*waiting)

    asyncio.run(both())


def test_only_so_many_conversations_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    assert REMEMBERED >= 1000
    monkeypatch.setattr(base, "REMEMBERED", 3)
    talk = Talk()
    for user in "abcde":
        talk.says("bonjour", user=user)
    assert list(talk.channel._conversations) == ["rest:c", "rest:d", "rest:e"]


# -- long conversations -----------------------------------------------------------------------------------------------


def long_talk(*events: Event) -> Talk:
    talk = Talk()
    talk.agent.tracker_store.keeps("rest:alice", *events, *(SESSION_TURNS * spoken()))
    return talk


def test_a_long_conversation_gets_a_new_session() -> None:
    talk = long_talk()
    talk.says("encore", "et encore")
    assert talk.texts == ["/session_start", "encore", "et encore"]
    assert talk.handled[0].sender_id == "rest:alice"


def test_a_short_one_does_not() -> None:
    talk = Talk()
    talk.agent.tracker_store.keeps("rest:alice", *((SESSION_TURNS - 2) * spoken()))
    talk.says("encore")
    assert talk.texts == ["encore"]


def test_not_in_the_middle_of_a_form() -> None:
    talk = long_talk(ActiveLoop("booking_form"))
    talk.says("encore", "et encore")
    assert talk.texts == ["encore", "et encore"]
    talk.agent.tracker_store.trackers["rest:alice"].update(ActiveLoop(None))
    talk.says("fini")
    assert talk.texts[2:] == ["/session_start", "fini"]


def test_nothing_that_the_new_session_says_is_heard() -> None:
    talk = long_talk()
    talk.answer = message("une fois")
    (replies,) = talk.says("encore")
    assert [reply.text for reply in replies] == ["une fois"]


def test_a_chosen_language_holds_in_the_new_session() -> None:
    """Rasa carries the value over, not the choice: the messages of the new session would change it."""
    talk = long_talk(SlotSet("language", "en!"))

    async def as_rasa_does(heard: UserMessage) -> None:
        if heard.text == "/session_start":
            talk.agent.tracker_store.keeps("rest:alice", SlotSet("language", "en"))
        await heard.output_channel.send_response(heard.sender_id, message())

    talk._reply = as_rasa_does
    talk.says("encore")
    tracker = talk.agent.tracker_store.trackers["rest:alice"]
    tracker.update(SlotSet("language", "fr"))
    assert tracker.get_slot("language") == "en"
    replayed = talk.agent.tracker_store.keeps("rest:alice", *tracker.events)
    assert replayed.get_slot("language") == "en"


# -- how Rasa's replies are read --------------------------------------------------------------------------------------


def test_a_reply_of_rasa_s_own_has_the_language_of_its_variation() -> None:
    condition = [{"type": "slot", "name": "language", "value": "en"}]
    talk = Talk()
    talk.answer = {"text": "Hello", "condition": condition, "utter_action": "utter_greet"}
    assert talk.says("hello")[0][-1] == Reply("Hello", "en", key="utter_greet")


def test_cards_come_through() -> None:
    talk = Talk()
    talk.answer = {"text": "x", "custom": {"cards": [{"type": "course"}]}, "lang": "fr"}
    assert talk.says("bonjour")[0][-1].cards == [{"type": "course"}]
