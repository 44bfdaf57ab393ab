"""What every input channel does before and after Rasa sees a message.

Before: size, control characters, the leading "/" (typed text is never a payload), redaction, repeats, and a signed
assertion of who speaks. After: the first reply of a conversation says what is speaking, and no turn is silent.
A channel adds only how its platform is authenticated and how a reply looks there.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
import unicodedata
import uuid
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.core.events import BotUttered, SlotSet, UserUttered

from bot import responses
from bot.channels.assertion import Signer, signer
from bot.channels.redaction import redact
from bot.nlu.component import LANGUAGE, LIKELIER
from bot.responses import FIXED

logger = logging.getLogger(__name__)

#: Characters of one message; more is answered with a request to shorten it.
LONGEST = 2000
#: Turns after which a new session of the tracker begins (a turn costs 0.9 ms for each earlier one of its session).
SESSION_TURNS = 40
#: Confidence from which a guess at the language of a message outweighs what the platform suggests.
_RATHER = 0.8
#: Conversations whose last reply is remembered; the tracker store has the rest.
REMEMBERED = 5000

Handler = Callable[[UserMessage], Awaitable[Any]]
Json = dict[str, Any]


@dataclass
class Reply:
    """One message to the person, in no platform's format. ``text`` is complete without the cards."""

    text: str
    lang: str = responses.DEFAULT
    buttons: list[dict[str, str]] = field(default_factory=list)
    cards: list[dict[str, Any]] = field(default_factory=list)
    key: str = ""
    handoff: str | None = None  # the request for a person that it tells of; empty where it ends one


@dataclass(frozen=True)
class Incoming:
    """One message from the person, as the platform's request said it.

    Attributes:
        text: what was typed, or the title of what was pressed.
        user: the user's or visitor's id on the platform.
        tenant: the workspace, team or site that the user belongs to.
        id: the platform's id of this delivery, where it has one; a second delivery is not handled again.
        lang: the language that the platform suggests, for when the message itself does not tell.
        payload: what a button that was pressed stands for, where the channel knows that it offered it.
        page: path of the page that the visitor is on.
    """

    text: str
    user: str
    tenant: str = "local"
    id: str | None = None
    lang: str | None = None
    payload: str | None = None
    page: str | None = None


@dataclass
class _Conversation:
    """What the channel remembers of a conversation between two messages."""

    known: bool = False  # whether there was an earlier reply, which said what is speaking
    lang: str | None = None
    offered: dict[str, str] = field(default_factory=dict)  # what presses a button when typed, folded → payload
    turns: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Collected(OutputChannel):
    """Keeps the replies of one turn, whole."""

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self.replies: list[Reply] = []

    @classmethod
    def name(cls) -> str:
        return "campus"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Take a reply of Rasa's or of an action's as it is."""
        custom = message.get("custom") or {}
        text = message.get("text") or ""
        if not text and not custom:
            return
        self.replies.append(
            Reply(
                text=text,
                lang=message.get("lang") or responses.language_of(message),
                buttons=list(message.get("buttons") or []),
                cards=list(custom.get("cards") or []),
                key=message.get("utter_action") or "",
                handoff=custom.get("handoff"),
            )
        )


class CampusInput(InputChannel):
    """Base of every input channel.

    Attributes:
        platform: first part of the speaker's name and name of the signing key.
        typed_payloads: whether a payload that was offered presses its button when it is typed; its title always does.
        alone: whether this process handles every message of a conversation, and so may remember where it stands.
    """

    platform = ""
    typed_payloads = False
    alone = True

    def __init__(self) -> None:
        self.signer: Signer = signer(self.platform)
        self._conversations: OrderedDict[str, _Conversation] = OrderedDict()
        self._in_flight: dict[tuple[str, str], asyncio.Future[list[Reply]]] = {}

    @classmethod
    def name(cls) -> str:
        return cls.platform

    async def turn(self, agent: Agent, handle: Handler, incoming: Incoming) -> list[Reply]:
        """Handle one message and return what is said to the person; never nothing, never an exception.

        The same message delivered again while the first delivery is at work gets the first one's replies.
        """
        sender = f"{self.platform}:{incoming.user}"
        repeat = (sender, incoming.id or hashlib.sha256(incoming.text.encode(errors="replace")).hexdigest())
        at_work = self._in_flight.get(repeat)
        if at_work is not None:
            return await asyncio.shield(at_work)
        task = asyncio.ensure_future(self._turn(agent, handle, incoming, sender))
        self._in_flight[repeat] = task
        task.add_done_callback(lambda done: self._in_flight.pop(repeat, None))  # not when the caller has gone
        return await asyncio.shield(task)

    async def _turn(self, agent: Agent, handle: Handler, incoming: Incoming, sender: str) -> list[Reply]:
        conversation = self._conversation(sender)
        async with conversation.lock:  # one person's messages are handled in the order they came
            try:
                replies = await self._answer(agent, handle, incoming, sender, conversation)
            except Exception:
                logger.exception("a turn failed")
                replies = []
            if not replies:
                lang = conversation.lang or await _language(agent, incoming)
                replies = [_own("utter_turn_failed", lang, again=_heard(incoming, conversation))]
            if not conversation.known:
                replies.insert(0, _own("utter_disclosure", replies[0].lang))
                conversation.known = True
            conversation.lang = replies[-1].lang
            conversation.offered = self._offered(reply.buttons for reply in replies)
            conversation.turns += 1
        return replies

    async def hear(self, agent: Agent, notice: Json) -> bool:
        """Say a notice of the service's in its conversation; whether anybody is there to read it.

        A channel that only answers cannot, and somebody else must.
        """
        return False

    async def said(self, agent: Agent, sender: str, replies: Sequence[Reply], slots: Mapping[str, Any]) -> None:
        """Let the conversation know what was said without a question, so that an answer to it is understood."""
        conversation = self._conversation(sender)
        async with conversation.lock, agent.lock_store.lock(sender):
            tracker = await agent.tracker_store.retrieve(sender)
            if tracker is None:
                return
            for name, value in slots.items():
                tracker.update(SlotSet(name, value))
            for reply in replies:
                data = {"buttons": reply.buttons, "custom": {"cards": reply.cards}}
                tracker.update(BotUttered(reply.text, data, {"utter_action": reply.key}))
            await agent.tracker_store.save(tracker)
            conversation.offered |= self._offered(reply.buttons for reply in replies)

    async def _answer(
        self, agent: Agent, handle: Handler, incoming: Incoming, sender: str, conversation: _Conversation
    ) -> list[Reply]:
        begins = not (conversation.known and self.alone) and not await self._remember(agent, sender, conversation)
        text = _heard(incoming, conversation)
        key = "utter_empty_message" if not text else "utter_too_long" if len(clean(incoming.text)) > LONGEST else None
        if key:
            return [_own(key, conversation.lang or await _language(agent, incoming), longest=LONGEST)]
        if begins:
            await self._begin(agent, handle, sender, incoming)
        await self._new_session_if_long(agent, handle, sender, conversation)
        collected = Collected(self.platform)
        await handle(
            UserMessage(
                text=text,
                output_channel=collected,
                sender_id=sender,
                input_channel=self.platform,
                message_id=incoming.id or uuid.uuid4().hex,
                metadata={
                    "auth": self.signer.sign(f"{self.platform}:{incoming.tenant}:{incoming.user}", sender),
                    **{name: value for name in ("lang", "page") if (value := getattr(incoming, name))},
                },
            )
        )
        return collected.replies

    async def _begin(self, agent: Agent, handle: Handler, sender: str, incoming: Incoming) -> None:
        """Begin in the likelier language where the first message is not sure to be in one ("GMP in March")."""
        lang, sure = await _told(agent, incoming)
        if sure or lang == responses.DEFAULT:
            return
        await handle(UserMessage("/session_start", Collected(self.platform), sender, input_channel=self.platform))
        async with agent.lock_store.lock(sender):
            tracker = await agent.tracker_store.retrieve(sender)
            if tracker is not None:
                tracker.update(SlotSet("language", lang))
                await agent.tracker_store.save(tracker)

    async def _new_session_if_long(
        self, agent: Agent, handle: Handler, sender: str, conversation: _Conversation
    ) -> None:
        if conversation.turns < SESSION_TURNS:
            return
        tracker = await agent.tracker_store.retrieve(sender)
        if tracker is not None and tracker.active_loop is None:
            chosen = tracker.slots["language"].choice
            await handle(UserMessage("/session_start", Collected(self.platform), sender, input_channel=self.platform))
            conversation.turns = 0
            tracker = await agent.tracker_store.retrieve(sender)
            if tracker is not None:  # Rasa carries the slot's value over, but not that it was chosen
                tracker.update(SlotSet("language", chosen))
                await agent.tracker_store.save(tracker)

    def _conversation(self, sender: str) -> _Conversation:
        conversation = self._conversations.pop(sender, None) or _Conversation()
        self._conversations[sender] = conversation
        while len(self._conversations) > REMEMBERED:
            oldest = next(iter(self._conversations))
            if self._conversations[oldest].lock.locked():
                break
            del self._conversations[oldest]
        return conversation

    def _offered(self, groups: Iterable[list[dict[str, str]]]) -> dict[str, str]:
        """What presses which button when it is typed."""
        offered: dict[str, str] = {}
        for button in chain.from_iterable(groups):
            payload = button.get("payload") or button["title"]
            offered[clean(button["title"]).casefold()] = payload
            if self.typed_payloads:
                offered[clean(payload).casefold()] = payload
        return offered

    async def _remember(self, agent: Agent, sender: str, conversation: _Conversation) -> bool:
        """Take up a conversation that began before this process did, or went on in another one; whether it did."""
        tracker = await agent.tracker_store.retrieve(sender)
        if tracker is None:
            return False
        last: list[BotUttered] = []
        for event in reversed(tracker.events):
            if isinstance(event, UserUttered) and last:
                break
            if isinstance(event, BotUttered):
                last.append(event)
        conversation.known = bool(last)
        conversation.offered = self._offered((event.data or {}).get("buttons") or [] for event in last)
        conversation.turns = sum(isinstance(event, UserUttered) for event in tracker.events)
        spoken = tracker.get_slot("language")
        conversation.lang = spoken.rstrip(FIXED) if spoken else None
        return True


#: From so many lines on a text is a list.
LIST_LINES = 3
_LINE_BREAKS = re.compile(r"\r\n?|\v|\f|\u2028|\u2029")
_CLOSING = frozenset(".,:;!?…-–")


def clean(text: str) -> str:
    """The text without control and formatting characters, white space folded; composed (NFC).

    A list that was pasted a line each keeps its places apart.
    """
    text = unicodedata.normalize("NFC", _LINE_BREAKS.sub("\n", text))
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if len(lines) >= LIST_LINES or (len(lines) > 1 and all(line[0].isupper() for line in lines)):
        text = " ".join(line if line[-1] in _CLOSING else f"{line}," for line in lines[:-1]) + f" {lines[-1]}"
    kept = (
        " " if character.isspace() else "" if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co") else character
        for character in text
    )
    return " ".join("".join(kept).split())


def _heard(incoming: Incoming, conversation: _Conversation) -> str:
    """What Rasa is to hear: the payload of what was pressed, else the text, which is never a payload."""
    if incoming.payload is not None:
        return incoming.payload
    text = clean(incoming.text)
    payload = conversation.offered.get(text.casefold())
    return redact(text.lstrip("/ ")[:LONGEST]) if payload is None else payload


def _own(key: str, lang: str, **variables: Any) -> Reply:
    """A reply of the channel itself."""
    buttons = [button for button in responses.buttons(key, lang, **variables) if button["payload"]]
    return Reply(responses.text(key, lang, **variables), lang, buttons, key=key)


async def _language(agent: Agent, incoming: Incoming) -> str:
    """The language of a message that Rasa will not see, or has failed on."""
    return (await _told(agent, incoming))[0]


async def _told(agent: Agent, incoming: Incoming) -> tuple[str, bool]:
    """The language to answer a message in where nothing was said before, and whether the message surely tells it."""
    suggested = incoming.lang if incoming.lang in responses.LANGUAGES else None
    try:
        parsed = await agent.parse_message(clean(incoming.text)[:300].lstrip("/ ") or "-")
        for entity in parsed.get("entities", []):
            if entity.get("entity") == LANGUAGE:
                return str(entity["value"]), True
        guess = parsed.get(LIKELIER)
        if guess and (suggested is None or guess["confidence"] >= _RATHER):
            return str(guess["value"]), False
    except Exception:
        logger.exception("the language of a message could not be told")
    return suggested or responses.DEFAULT, False
