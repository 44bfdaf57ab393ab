"""What a person wants done that takes a few questions and then a yes: one form for all of it (``task_form``).

A kind of task says what it needs, reads it out of whatever a message gives, asks for what is missing, tells in a
summary what would happen, and does it once that is confirmed. The rest is alike for all kinds and stands here: what is
said early is not asked again, a correction is taken at any time, a question is answered by its own rule and the task
goes on, "leave it" ends it, and where the service was away the same yes is sent again under the same key.

Rasa sees one form with one slot (``task_done``); the state of a task is kept in the slot ``task``.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from rasa_sdk.events import FollowupAction, SlotSet

from bot.actions.bookings.digressions import DIGRESSIONS
from bot.actions.bookings.words import only
from bot.actions.knowledge import KNOWN, SURE, answer_question, answered_surely
from bot.actions.turn import DOUBTFUL, CampusAction, Event, Turn
from bot.service import Json

#: The last step of every task: the yes to its summary.
YES = "yes"
_STOPS = frozenset({"deny", "undo", "start_over", "goodbye"})
_AGREES = frozenset({"affirm", "confirm_booking"})
#: So often in a row a question is asked before a way out is offered with it.
_STUCK = 2
#: Confidence from which a message of several words ends a task.
_PLAINLY = 0.55
#: Words of a yes at most.
_SHORT = 6
#: What is wanted instead of an answer, wherever a task stands.
_ELSE = frozenset({"book_session", "cancel_booking", "accept_offer", "decline_offer", "extend_hold", "check_booking"})


#: What a question is taken for that no rule answers in the middle of a task.
_OF_NOBODY = frozenset({"out_of_scope", "inform", "affirm"})


class Over(Exception):
    """The task ends here, and why has been said; ``events`` follow from that."""

    def __init__(self, events: Sequence[Event] = ()) -> None:
        super().__init__()
        self.events = list(events)


@dataclass
class Task:
    """A task while a turn works on it."""

    turn: Turn
    kind: Kind
    values: Json = field(default_factory=dict)
    asked: str | None = None
    times: int = 0
    #: The message that began it: part of its idempotency key.
    began: str = ""

    def missing(self) -> str:
        """The first step that has no value yet."""
        return next((step for step in self.kind.steps(self) if step not in self.values), YES)

    def aside(self) -> bool:
        """A question in the middle was answered: that the task's own comes again is nobody's fault."""
        self.times = -1
        return True

    def key(self) -> str:
        """The idempotency key of doing this with these values."""
        return self.turn.key("task", self.kind.name, self.began, json.dumps(self.values, sort_keys=True))

    def event(self) -> Event:
        """The event that keeps it."""
        kept = {"kind": self.kind.name, "values": self.values, "asked": self.asked, "times": self.times}
        event: Event = SlotSet("task", {**kept, "began": self.began})
        return event


class Kind(ABC):
    """A kind of task. Instances hold no state; a task's values do."""

    name: ClassVar[str] = ""
    #: What a person says who wants it.
    intents: ClassVar[frozenset[str]] = frozenset()
    #: Steps that a "no" leaves empty.
    optional: ClassVar[frozenset[str]] = frozenset()
    #: Whether a summary is confirmed before it is done; what changes nothing needs no yes.
    confirms: ClassVar[bool] = True
    #: What agrees to its summary as a plain yes does, and asks for no other task meanwhile.
    agreed_by: ClassVar[frozenset[str]] = frozenset()
    #: Whether it changes a booking that may be cancelled instead.
    ends_with_booking: ClassVar[bool] = False
    #: Said where the person gives it up.
    stopped: ClassVar[str] = "utter_task_stopped"

    def is_possible(self, turn: Turn) -> bool:
        """Whether there is anything that it could be done to, where another task is under way."""
        return True

    def instead(self, task: Task) -> Task | None:
        """The task that an answer makes of this one: whoever changes a booking and names another day moves it."""
        return None

    def when_stopped(self, task: Task) -> str:
        """What is said where the person gives it up."""
        return self.stopped

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.name:
            KINDS[cls.name] = cls()

    async def begin(self, task: Task) -> None:  # noqa: B027 - not every kind knows something beforehand
        """Find out what can be known without asking. Raises Over, with the reason said."""

    @abstractmethod
    def steps(self, task: Task) -> Sequence[str]:
        """What has to be known, in the order in which it is asked."""

    @abstractmethod
    async def read(self, task: Task) -> Json:
        """What the message gives, by step."""

    async def check(self, task: Task) -> None:  # noqa: B027 - nor has every kind something to check
        """Hold new values against the service; what does not fit is said and taken out. Raises Over."""

    @abstractmethod
    async def ask(self, task: Task) -> list[Event]:
        """Ask for the step ``task.asked``."""

    @abstractmethod
    async def summarise(self, task: Task) -> list[Event]:
        """Say what would happen, with the buttons of yes and no."""

    @abstractmethod
    async def do(self, task: Task) -> list[Event]:
        """Do it, and say so."""


KINDS: dict[str, Kind] = {}


def kind_of(intent: str) -> Kind | None:
    """The kind of task that an intent asks for."""
    return next((kind for kind in KINDS.values() if intent in kind.intents), None)


def current(turn: Turn) -> Task | None:
    """The task that is under way."""
    kept = turn.slot("task")
    if not kept or kept["kind"] not in KINDS:
        return None
    return Task(turn, KINDS[kept["kind"]], dict(kept["values"]), kept["asked"], kept["times"], kept["began"])


def begin(turn: Turn, kind: Kind, **values: Any) -> list[Event]:
    """The events that begin a task, for an action that has read it out of a message of another intent."""
    return [Task(turn, kind, values, began=turn.message_id).event(), FollowupAction("task_form")]


class ValidateTaskForm(CampusAction):
    """Takes what the message gives, and says what to ask next."""

    action = "validate_task_form"
    offers_person = True

    async def act(self, turn: Turn) -> list[Event]:
        task = current(turn)
        try:
            if task is None:
                return _ended()
            kind = await _another(task)
            if kind is not None:
                return await self._begun(Task(turn, kind, began=turn.message_id))
            if task.asked is None:
                return await self._begun(task)
            instead = task.kind.instead(task) if turn.fresh else None
            if instead is not None:
                return await self._begun(instead)
            if turn.fresh and not await self._took(task):
                return []
        except Over as over:
            return [*over.events, *_ended()]
        return _next(task)

    @staticmethod
    async def _begun(task: Task) -> list[Event]:
        await task.kind.begin(task)
        task.values.update(await task.kind.read(task))
        await task.kind.check(task)
        return _next(task)

    async def _took(self, task: Task) -> bool:
        """Whether the message was for the task. Raises Over."""
        turn, kind = task.turn, task.kind
        if turn.pressed and turn.intent not in {"inform", "affirm", "deny", *kind.intents}:
            return False
        if task.asked == YES and (agrees(turn) or _agrees_by_name(task)):
            task.values[YES] = True
            return True
        read = await kind.read(task)
        given = {step: value for step, value in read.items() if task.values.get(step) != value}
        if given or (read and task.asked == YES):  # what is known already was said again
            task.values.update(given)
            task.times = 0
            await kind.check(task)
            return True
        if kind.ends_with_booking and turn.intent == "cancel_booking" and _WHOLE.search(turn.plain):
            return False  # the booking itself is to be cancelled, and not only its change
        if _stops(turn):
            not_now = only(turn.text, "not_now", "no", "polite", all_of=("not_now",))
            if task.asked in kind.optional and (turn.intent == "deny" or not_now):
                task.values[task.asked] = ""
                return True
            turn.say(kind.when_stopped(task))
            raise Over
        if turn.question and turn.intent in kind.intents:
            await answer_question(turn)  # asked about this very task, it begins no second time
            return task.aside()
        if turn.question and turn.intent in _OF_NOBODY:
            if not await answered_surely(turn, SURE):
                turn.say("utter_no_answer")
            return task.aside()
        if turn.question or turn.intent in DIGRESSIONS or (turn.intent in _ELSE and turn.confidence >= DOUBTFUL):
            return False
        if await answered_surely(turn, KNOWN):  # a question without its sign
            return task.aside()
        return task.asked != YES or turn.confidence <= DOUBTFUL or turn.intent in {"inform", *_AGREES, *kind.intents}


async def _another(task: Task) -> Kind | None:
    """The kind of another task that the message asks for, where it gives nothing to the one under way."""
    turn = task.turn
    other = kind_of(turn.intent)
    if (
        other is None
        or task.asked is None
        or not turn.fresh
        or other == task.kind
        or (turn.confidence < DOUBTFUL and not turn.pressed)
    ):
        return None
    if not turn.pressed and (not other.is_possible(turn) or turn.intent in task.kind.agreed_by):
        return None
    return other if not await task.kind.read(task) else None


def _agrees_by_name(task: Task) -> bool:
    """Whether a message agrees by the name of what is to be made ("yes, the quote", "I accept the quote")."""
    turn = task.turn
    more = any(entity.get("entity") != "language" for entity in turn.entities)
    surely = turn.intent in task.kind.agreed_by and turn.confidence >= DOUBTFUL
    return surely and not (turn.pressed or turn.question or turn.hesitates or more)


#: A whole booking, and whatever else there is.
_WHOLE = re.compile(r"\b(?:reservations?|inscriptions?|tout|bookings?|everything|all of it)\b")


def agrees(turn: Turn) -> bool:
    """Whether a message says yes and nothing else: what it adds may be a correction that was not understood."""
    if turn.pressed:
        return turn.intent == "affirm"
    if turn.hesitates:
        return False  # "yes but is it free?"
    if only(turn.text, "yes", "polite", "end", all_of=("yes",)):  # "that's it, all good" too
        return True
    plain = not turn.question and not any(entity.get("entity") != "language" for entity in turn.entities)
    return turn.intent in _AGREES and turn.confidence >= DOUBTFUL and plain and len(turn.text.split()) <= _SHORT


def _stops(turn: Turn) -> bool:
    ends = only(turn.text, "end", "polite", "no", all_of=("end",))
    surely = turn.intent in _STOPS and (turn.pressed or turn.confidence >= _PLAINLY or len(turn.text.split()) <= 2)
    return surely or ends or only(turn.text, "stop", "stopping_filler", "polite", all_of=("stop",))


def _next(task: Task) -> list[Event]:
    if task.values.get(YES) or (not task.kind.confirms and task.missing() == YES):
        return [task.event(), SlotSet("task_done", True), SlotSet("requested_slot", None)]
    missing = task.missing()
    task.times = task.times + 1 if missing == task.asked and task.turn.fresh else 0
    task.asked = missing
    return [task.event(), SlotSet("task_done", None), SlotSet("requested_slot", "task_done")]


def _ended() -> list[Event]:
    return [SlotSet("task", None), SlotSet("task_done", False), SlotSet("requested_slot", None)]


class AskTask(CampusAction):
    """Asks for the next step, or for the yes."""

    action = "action_ask_task_form_task_done"

    async def act(self, turn: Turn) -> list[Event]:
        task = current(turn)
        if task is None:
            return []
        if task.times >= _STUCK:
            turn.say("utter_task_stuck")
        return await (task.kind.summarise(task) if task.asked == YES else task.kind.ask(task))


class SubmitTask(CampusAction):
    """Does it once it was confirmed; a booking that was under way goes on."""

    action = "action_submit_task"

    async def act(self, turn: Turn) -> list[Event]:
        events: list[Event] = [SlotSet("task", None), SlotSet("task_done", None)]
        task = current(turn)
        if task is not None and turn.slot("task_done") is True:
            events = [*events, *(await task.kind.do(task))]
        ended = any(event.get("name") == "booking_started" or event["event"] == "reset_slots" for event in events)
        if turn.slot("booking_started") and not ended:
            events.append(FollowupAction("booking_form"))
        return events

    def after_failure(self, turn: Turn) -> list[Event]:
        """Nobody knows whether it was done: the same yes asks again under the same key."""
        task = current(turn)
        if task is None:
            return []
        task.values.pop(YES, None)
        return [
            task.event(),
            SlotSet("task_done", None),
            SlotSet("requested_slot", "task_done"),
            {"event": "active_loop", "name": "task_form", "timestamp": None},
        ]


def yes_and_no(turn: Turn, yes: str, no: str = "task_no", **variables: Any) -> list[dict[str, str]]:
    """The buttons below a summary."""
    return [turn.button(yes, "/affirm", **variables), turn.button(no, "/deny")]
