"""Tasks that are done to a booking that exists: which one is meant."""

from __future__ import annotations

import copy
from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from rasa_sdk.events import SlotSet

from bot.actions.bookings.checking import booking_line, one_booking, own_bookings
from bot.actions.bookings.known import known_booking
from bot.actions.courses.focus import named_course
from bot.actions.courses.instead import SURE, courses_instead
from bot.actions.references import by_title, within
from bot.actions.tasks import Kind, Over, Task
from bot.actions.turn import Event, Turn
from bot.service import Json


class OnBooking(Kind):
    """Base of tasks on one booking: it was named, talked about, is the only one, or is asked for."""

    #: States of a booking to which it can be done.
    states: ClassVar[tuple[str, ...]] = ("confirmed",)
    #: Asks which booking, above the list.
    which: ClassVar[str] = ""
    #: Said where no booking fits.
    nothing: ClassVar[str] = "utter_no_bookings"

    def steps(self, task: Task) -> Sequence[str]:
        return ["reference", *self.more(task)]

    def more(self, task: Task) -> Sequence[str]:
        """What has to be known beside the booking."""
        return []

    async def begin(self, task: Task) -> None:
        turn = _speaker(task)
        if turn.first("booking_reference") or "reference" in task.values:
            return
        own = await own_bookings(turn, self.states)
        if not own:
            instead = await courses_instead(turn, "utter_courses_on_subject", SURE)
            if instead is not None:  # who has booked nothing speaks of a subject rather than of a booking
                raise Over(instead)
            turn.say(self.nothing)
            raise Over([_waits(turn, self)])
        talked = [booking for booking in own if booking["reference"] == turn.slot("last_booking")]
        meant = own if len(own) == 1 else talked if turn.values("reference") == ["current"] else meant_by(turn, own)
        if len(meant) == 1:
            task.values["reference"] = meant[0]["reference"]
        elif "said" not in task.values and not turn.pressed:
            task.values["said"] = {"text": turn.text, "entities": turn.entities}

    async def read(self, task: Task) -> Json:
        turn = task.turn
        named = turn.first("booking_reference")
        if named:
            return {"reference": str(named)}
        if task.asked == "reference":
            chosen = await _chosen(turn, task.values.get("choices") or [])
            return {"reference": chosen} if chosen else {}
        if "reference" in task.values:
            return await self.read_more(task)
        return {}

    async def early(self, task: Task) -> Json:
        """What was said beside the booking before it was known which one is meant."""
        turn = _speaker(task)
        if not task.values.pop("said", None) or "reference" not in task.values or not await there(task):
            return {}
        return await self.read_more(Task(turn, self, dict(task.values)))

    async def read_more(self, task: Task) -> Json:
        """What the message gives beside the booking."""
        return {}

    async def check(self, task: Task) -> None:
        reference = task.values.get("reference")
        if not reference:
            return
        if task.values.get("said"):
            for step, value in (await self.early(task)).items():
                task.values.setdefault(step, value)
        booking = await one_booking(task.turn, reference)
        if booking is None:
            raise Over([_waits(_speaker(task), self)])
        if booking["state"] not in self.states:
            state = task.turn.part(f"booking_{booking['state']}")
            task.turn.say("utter_not_in_state", reference=reference, state=state)
            raise Over
        await self.check_more(task, booking)

    async def check_more(self, task: Task, booking: Json) -> None:
        """Hold what was given against the booking. Raises Over."""

    async def booking(self, task: Task) -> Json:
        """The booking as it is now."""
        return await task.turn.service.booking(task.values["reference"])

    async def ask(self, task: Task) -> list[Event]:
        if task.asked != "reference":
            return await self.ask_more(task)
        turn = task.turn
        own = await own_bookings(turn, self.states)
        task.values["choices"] = [booking["reference"] for booking in own]
        turn.say(
            self.which,
            buttons=[
                {"title": reference, "payload": f'/inform{{"booking_reference": "{reference}"}}'}
                for reference in task.values["choices"][:5]
            ],
            lines="\n".join(f"{place}. {booking_line(turn, booking)}" for place, booking in enumerate(own, 1)),
        )
        return [task.event()]

    async def ask_more(self, task: Task) -> list[Event]:
        """Ask for the step ``task.asked``."""
        return []

    @abstractmethod
    async def summarise(self, task: Task) -> list[Event]:
        raise NotImplementedError


def _speaker(task: Task) -> Turn:
    """The message that told what is wanted: an earlier one, where it is kept."""
    said = task.values.get("said")
    if not said:
        return task.turn
    turn = copy.copy(task.turn)
    turn.text, turn.entities = said["text"], said["entities"]
    return turn


def _waits(turn: Turn, kind: Kind) -> Event:
    from bot.actions.bookings.wishes import waiting

    return waiting(turn, kind.name)


def booked(booking: Json) -> Event:
    """The event by which later messages know which booking is talked about."""
    event: Event = SlotSet("last_booking", booking["reference"])
    return event


async def there(task: Task) -> bool:
    """Whether the booking of the task can be seen here."""
    return await known_booking(task.turn, task.values["reference"]) is not None


def meant_by(turn: Turn, bookings: list[Json]) -> list[Json]:
    """The bookings that a message means by the course or by the day; of several days the one that is a booking's."""
    course = named_course(turn)
    courses = {*map(str, turn.values("course")), *([course] if course else [])}
    meant = [booking for booking in bookings if booking["session"]["course_id"] in courses]
    if meant or courses:
        return meant
    titled = by_title(turn, _items(bookings)) if turn.first("topic") else None
    if titled:
        return [booking for booking in bookings if booking["reference"] == titled["id"]]
    days = [str(period) for period in turn.values("period")]
    return [booking for booking in bookings if any(within(booking["session"]["start"], day) for day in days)]


def _items(bookings: list[Json]) -> list[Json]:
    return [{"kind": "session", "id": one["reference"], "course": one["session"]["course_id"]} for one in bookings]


async def _chosen(turn: Turn, references: list[str]) -> str | None:
    """The booking that an answer to "which one?" chooses: by its place, its course or its day."""
    placed = _by_position(turn, references)
    if placed or not references or not any(turn.values(entity) for entity in ("course", "topic", "period")):
        return placed
    listed = [await turn.service.booking(reference) for reference in references]
    meant = meant_by(turn, listed)
    return str(meant[0]["reference"]) if len(meant) == 1 else None


def _by_position(turn: Turn, references: list[str]) -> str | None:
    for said in turn.values("reference"):
        if said == "last" and references:
            return references[-1]
        if str(said).isdigit() and 1 <= int(said) <= len(references):
            return references[int(said) - 1]
    return None
