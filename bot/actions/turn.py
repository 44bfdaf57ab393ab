"""One turn of a conversation, as an action sees it: what was said, by whom, in which language, and how to answer."""

from __future__ import annotations

import asyncio
import logging
import re
import uuid
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from bot import responses
from bot.channels.assertion import Refused, verify
from bot.nlu.number_words import numbers
from bot.nlu.spans import fold
from bot.responses import FIXED
from bot.service import Json, Service, Unavailable, idempotency_key

logger = logging.getLogger(__name__)

#: Seconds after which an action gives up and says so.
ACTION_SECONDS = 10.0
#: Confidence below which a reading gives way to another that is better founded.
DOUBTFUL = 0.6
#: Confidence from which a message in a form wants everything forgotten.
STARTS_OVER = 0.8

Event = dict[str, Any]
Button = dict[str, str]


class Words:
    """The pieces of sentences, in one language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def part(self, key: str, **variables: Any) -> str:
        """A piece of a sentence."""
        return responses.text(f"utter_part_{key}", self.lang, **variables)

    def button(self, name: str, payload: str, **variables: Any) -> Button:
        """A button whose title is the response ``utter_button_<name>``."""
        return {"title": responses.text(f"utter_button_{name}", self.lang, **variables), "payload": payload}


class Turn(Words):
    """The message being answered and the means to answer it."""

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        self.dispatcher = dispatcher
        self.tracker = tracker
        self.conversation: str = tracker.sender_id
        message = tracker.latest_message or {}
        self.whole: str = message.get("text") or ""
        #: A second wish in the message (`bot.nlu.second`); the turn is about the first.
        self.second: Json | None = message.get("second")
        self.text: str = self.whole[: self.second["cut"]] if self.second else self.whole
        #: The text folded, its slips mended: for the words of a wish. Names, numbers and addresses are read in `text`.
        self.plain: str = fold(self.text if self.second else message.get("mended") or self.text)
        self.intent: str = (message.get("intent") or {}).get("name") or ""
        self.confidence: float = (message.get("intent") or {}).get("confidence") or 0.0
        self.ranking: list[Json] = message.get("intent_ranking") or []
        self.answer_key: Json = message.get("answer_key") or {}
        self.entities: list[Json] = message.get("entities") or []
        self.message_id: str = str(message.get("message_id") or _last_message_id(tracker))
        super().__init__((self.slot("language") or responses.DEFAULT).rstrip(FIXED))
        metadata = message.get("metadata") or {}
        self._assertion: str | None = metadata.get("auth")

    @property
    def service(self) -> Service:
        """The service, spoken to as the person whom the channel vouches for.

        Raises:
            Refused: nobody vouches for this conversation.
        """
        verify(self._assertion, self.conversation)
        return Service(self._assertion, self.lang)

    # -- what was said -----------------------------------------------------------------------------------------------

    def slot(self, name: str) -> Any:
        """A slot's value."""
        return self.tracker.slots.get(name)

    def values(self, entity: str, role: str | None = None) -> list[Any]:
        """All values of an entity in the message, with exactly this role."""
        return [e["value"] for e in self.entities if e.get("entity") == entity and (e.get("role") or None) == role]

    def first(self, entity: str) -> Any:
        """The first value of an entity in the message, or None."""
        found = self.values(entity)
        return found[0] if found else None

    def without(self, *entities: str, by: str = " ") -> str:
        """The text with the words of these entities blanked out; every other character keeps its place."""
        text = list(self.text)
        for entity in self.entities:
            if entity.get("entity") in entities and entity.get("start") is not None:
                start, end = entity["start"], min(entity["end"], len(text))
                text[start:end] = by * max(0, end - start)
        return "".join(text)

    @property
    def pressed(self) -> bool:
        """Whether a button was pressed: its payload is no language of anybody's."""
        return self.text.startswith("/")

    @property
    def answered(self) -> bool:
        """Whether something was said to the message already, by an action before this one."""
        for event in reversed(self.tracker.events):
            if event.get("event") in ("user", "bot"):
                return bool(event["event"] == "bot")
        return False

    @property
    def doubtful(self) -> bool:
        """Whether the message may mean something else than its intent says, and no form waits for an answer."""
        return self.confidence < DOUBTFUL and not self.pressed and not self.tracker.active_loop.get("name")

    @property
    def outshone(self) -> bool:
        """Whether it is doubtful, or taken for what titles are, since one makes up half of it and more.

        Its intent then tells less than its words do.
        """
        words = self.intent == "talk_to_human" and self.first("course") and not self.pressed
        if words and not _SOMEBODY.search(fold(self.without("course"))):
            return True  # "sign up for better communication in a production team"
        return self.doubtful or (self.intent in _OF_TITLES and self.titled)

    @property
    def titled(self) -> bool:
        """Whether a course's title makes up half of the message and more, outside of forms."""
        titles = [one for one in self.entities if one.get("entity") == "course" and one.get("start") is not None]
        said = sum(one["end"] - one["start"] for one in titles)
        return not self.pressed and not self.tracker.active_loop.get("name") and 2 * said > len(self.text)

    @property
    def fresh(self) -> bool:
        """Whether the message still waits for its first answer: no action but a form has run since it came."""
        for event in reversed(self.tracker.events):
            if event.get("event") == "user":
                return True
            if event.get("event") == "action" and not _is_form_or_internal(str(event.get("name"))):
                return False
        return True

    def said(self, key: str) -> bool:
        """Whether this message has been answered with a response already."""
        for event in reversed(self.tracker.events):
            if event.get("event") == "user":
                return False
            if event.get("event") == "bot" and (event.get("metadata") or {}).get("utter_action") == key:
                return True
        return False

    @property
    def told_last(self) -> frozenset[str]:
        """The responses that were said before this message, to the one before it."""
        told: set[str] = set()
        users = 0
        for event in reversed(self.tracker.events):
            users += event.get("event") == "user"
            if users == 2:
                break
            if users == 1 and event.get("event") == "bot":
                told.add(str((event.get("metadata") or {}).get("utter_action")))
        return frozenset(told)

    @property
    def question(self) -> bool:
        """Whether the message is put as a question."""
        return self.text.rstrip().endswith("?") or bool(_QUESTION.match(self.text))

    @property
    def asks(self) -> bool:
        """The same, or words that begin like one, as people write it without its sign: "can you cancel for free"."""
        return self.question or bool(_ASKING.match(fold(self.text)))

    @property
    def hesitates(self) -> bool:
        """Whether it says "but" or "first": whatever yes stands beside that agrees to nothing yet."""
        return not self.pressed and bool(_BUT.search(fold(self.whole)))

    @property
    def only_number(self) -> int | None:
        """The number of a message that has just one, and no date: an answer to "how many?"."""
        found = [number for number in numbers(fold(self.text)) if not number.article]
        one = found[0].value if len(found) == 1 and not self.values("period") else None
        return int(one) if one is not None and one == int(one) else None

    def key(self, *purpose: str) -> str:
        """An idempotency key for this conversation and purpose."""
        return idempotency_key(self.conversation, *purpose)

    # -- how to answer -----------------------------------------------------------------------------------------------

    def say(
        self,
        key: str,
        buttons: Sequence[Button] | None = None,
        cards: Sequence[Json] | None = None,
        handoff: str | None = None,
        **variables: Any,
    ) -> None:
        """Say a response of `data/responses` in the language of the turn, its own buttons after the given ones.

        ``handoff`` tells the channel which request for a person was made; an empty one, that there is none any more.
        """
        custom: Json = {"cards": list(cards)} if cards else {}
        if handoff is not None:
            custom["handoff"] = handoff
        self.dispatcher.utter_message(
            text=responses.text(key, self.lang, **variables),
            buttons=[*(buttons or []), *responses.buttons(key, self.lang, **variables)],
            json_message=custom,
            utter_action=key,
            lang=self.lang,
        )


class CampusAction(Action, ABC):
    """Base of every action: whatever goes wrong in it is said, in the person's language, and nothing is lost."""

    action = ""
    #: The response with which a doubtful reading gives way to a subject of the catalogue that the message is about.
    yields: str | None = None

    #: Confidence from which a question whose answer the knowledge base has is answered from there, whatever its intent.
    asks_first: float | None = None

    #: Whether whoever is angry, desperate or pressed is offered a person before the message is read as an answer.
    offers_person = False

    def name(self) -> str:
        return self.action

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Json) -> list[Event]:
        turn = Turn(dispatcher, tracker)
        try:
            events = await asyncio.wait_for(self._answered(turn), ACTION_SECONDS)
        except (Unavailable, asyncio.TimeoutError) as error:
            logger.warning("%s: %s", self.name(), error or "took too long")
            key = "utter_service_unavailable"
        except Refused as error:
            logger.error("%s: %s", self.name(), error)
            key = "utter_turn_failed"
        except Exception:
            logger.exception("%s failed, request %s", self.name(), uuid.uuid4().hex[:8])
            key = "utter_turn_failed"
        else:
            return [*events, *(await self._after(turn, events))]
        dispatcher.messages.clear()
        turn.say(key, again=turn.whole)
        return self.after_failure(turn)

    async def _answered(self, turn: Turn) -> list[Event]:
        if self.action.startswith("validate_") and starts_over(turn):
            return []  # no form answers that: everything is forgotten at once
        if self.offers_person:
            from bot.actions.distress import in_form

            offered = in_form(turn)
            if offered is not None:
                return offered
        if self._is_first and turn.fresh and not turn.tracker.active_loop.get("name"):
            from bot.actions.matters import taken_up

            events = await taken_up(turn)
            if events is not None:
                return events
        if self.asks_first is not None:
            from bot.actions.knowledge import answered_surely

            if await answered_surely(turn, self.asks_first):
                return []
        if self._is_first and turn.outshone and turn.fresh:
            from bot.actions.bookings.picking import wants_seat

            if wants_seat(turn):
                return [FollowupAction("booking_form")]
        if self.yields and turn.doubtful and not self.stands(turn):
            from bot.actions.courses.instead import SURE, courses_instead

            instead = await courses_instead(turn, self.yields, SURE)
            if instead is not None:
                return instead
        return await self.act(turn)

    def stands(self, turn: Turn) -> bool:
        """Whether a doubtful reading of a message is right all the same, by what the message names."""
        return False

    @property
    def _is_first(self) -> bool:
        """Whether this action is what a message leads to, rather than a part of a form."""
        return "_form" not in self.action and not self.action.startswith("action_submit_")

    async def _after(self, turn: Turn, events: list[Event]) -> list[Event]:
        """Take up what else the message wants; where that fails, what was done and said before stands."""
        from bot.actions.second import take_up

        try:
            return await asyncio.wait_for(take_up(turn, self.name(), events), ACTION_SECONDS)
        except Exception as error:
            logger.warning("%s: the second wish is left out: %s", self.name(), error or type(error).__name__)
            return []

    @abstractmethod
    async def act(self, turn: Turn) -> list[Event]:
        """Answer the turn; return the events that follow."""
        raise NotImplementedError

    def after_failure(self, turn: Turn) -> list[Event]:
        """Events that keep the conversation whole when `act` could not finish."""
        return []


def starts_over(turn: Turn) -> bool:
    """Whether a message in the middle of a form wants everything forgotten."""
    sure = turn.pressed or turn.confidence >= STARTS_OVER
    return turn.intent == "start_over" and sure and turn.fresh and bool(turn.slot("requested_slot"))


_QUESTION = re.compile(
    r"^(est-ce|c'est quoi|quel|quelle|quels|quelles|comment|pourquoi|combien|où|ou est|ou se|puis-je|peut-on|"
    r"faut-il|y a-t-il|qui |what|which|how|why|where|when|who|can i|may i|do i|is there|are there|does|is it)\b",
    re.IGNORECASE,
)


_ASKING = re.compile(
    r"(?:can|could|do|does|did|will|would|is|are|may|should|what|how|peut|peux|pouvez|est|avez|vous avez|y a|ya|faut)\b"
)


#: Who is asked for where a person is wanted.
_SOMEBODY = re.compile(
    r"\b(?:personne|person|quelqu'un|someone|somebody|human\w*|humain\w*|agent|conseill\w+|adviser|advisor|operator|"
    r"equipe|team|staff|secretari\w*|collegue|responsable|manager|appel\w*|call\w*|telephon\w*|phone|speak|talk|parle\w*|rappel\w*|joindre|"
    r"contact\w*|reach)\b"
)
#: What comes after a yes that is none yet.
_BUT = re.compile(
    r"\b(?:mais(?! (?:oui|bien sur|si|certainement))|but|wait|attend[sz]?|attendez|d'abord|dabord|"
    r"first|avant|before|sauf|except|unless|seulement si|"
    r"only if|peur|afraid|worried)\b"
)


#: What a message is taken for that is little more than the title of a course.
_OF_TITLES = frozenset(
    {
        "search_courses",
        "refine_search",
        "course_details",
        "list_sessions",
        "compare_courses",
        "inform",
        "ask_campus",
        "alert_me",
        "out_of_scope",
    }
)


def _is_form_or_internal(name: str) -> bool:
    silent = (
        "action_listen",
        "action_extract_slots",
        "action_session_start",
        "action_switch_language",
    )
    return name.endswith("_form") or name in silent


def _last_message_id(tracker: Tracker) -> str:
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return str(event.get("message_id"))
    return ""
