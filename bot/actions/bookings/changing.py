"""Another number of seats, or other people on them, in a booking that is made."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from bot.actions import formatting
from bot.actions.bookings import people
from bot.actions.bookings.known import known_booking
from bot.actions.bookings.own import OnBooking, booked
from bot.actions.bookings.participants import (
    RENAMES,
    announced_people,
    leaving,
    listed_people,
    may_leave,
    mentioned,
    renamed,
    replacing,
    seated,
)
from bot.actions.bookings.telling import summary
from bot.actions.bookings.words import has, only
from bot.actions.showing import booking_card
from bot.actions.tasks import KINDS, YES, Over, Task, begin, yes_and_no
from bot.actions.turn import DOUBTFUL, Event, Turn
from bot.nlu.spans import fold
from bot.service import Json, Problem

#: So many more or fewer than there are, and not so many in all.
_MORE = re.compile(
    r"(?<!any )(?<!no )\b(?:ajout\w*|rajout\w*|en plus|de plus|supplementaires?|add\w*|more|extra|another|additional)\b"
)
_FEWER = re.compile(r"\b(?:enlev\w*|retir\w*|supprim\w*|de moins|en moins|remove\w*|fewer|less|drop)\b")
_BARE = re.compile(r"(?<![\w.,/-])\d{1,2}(?![\w/-]|[.,]\d)")
#: Seats of a booking at most (the service's own limit is lower or the same).
MOST = 100
#: Somebody comes in their place.
_INSTEAD = re.compile(r"\b(?:remplac\w*|replac\w*|instead|a la place|au lieu|swap\w*)\b")
#: Codes of a change that the service refuses, with the reason in words.
_REFUSED = frozenset(
    {"invalid", "already-booked", "not-eligible", "session-closed", "session-cancelled", "rate-limited"}
)
#: Codes of a booking that is no longer as it was read.
_OTHERWISE = frozenset({"version-conflict", "wrong-state", "idempotency-key-reused"})


class Changing(OnBooking):
    """Seats or names; what it costs is said before it is done."""

    name = "change"
    ends_with_booking: ClassVar[bool] = True
    intents: ClassVar[frozenset[str]] = frozenset({"change_booking"})
    which = "utter_ask_which_to_change"
    nothing = "utter_nothing_to_change"
    stopped = "utter_not_changed"

    def more(self, task: Task) -> Sequence[str]:
        return ["to"]

    def instead(self, task: Task) -> Task | None:
        turn = task.turn
        another = bool(turn.values("period")) or has(turn.text, "another_date") or only(turn.text, "of_date", "polite")
        if task.asked != "to" or turn.pressed or not another or turn.first("seats") is not None or _named(turn):
            return None
        return Task(turn, KINDS["move"], {"reference": task.values["reference"]}, began=turn.message_id)

    async def read(self, task: Task) -> Json:
        given = await super().read(task)
        if "reference" in given:
            named = Task(task.turn, self, {**task.values, **given})
            return {**given, **(await self._seats(named))}
        return given

    async def read_more(self, task: Task) -> Json:
        turn = task.turn
        if task.asked is None and "to" in task.values:
            return {}  # what is to be changed was read before the task began
        respelt = None if turn.pressed else await self._respelt(task)
        if respelt is not None:
            return {"to": {"people": respelt}}
        leave = None if turn.pressed or _INSTEAD.search(fold(turn.text)) else await self._leaving(task)
        if leave:
            return {"to": leave}
        named = _named(turn)
        if task.asked == YES:  # where a yes is waited for, a word alone is a slip in one rather than a name
            named = [one for one in named if len(one["name"].split()) > 1]
        if named and not turn.pressed:
            booking, pending = await self.booking(task), (task.values.get("to") or {}).get("people")
            if task.asked == YES and pending:
                booking = {**booking, "participants": pending}  # the list that waits for its yes is corrected
            after = seated(named, booking, turn.text)
            if after is None:
                turn.say("utter_change_who_leaves")
                return {}
            return {"to": {"people": after}}
        return await self._seats(task)

    async def _respelt(self, task: Task) -> list[Json] | None:
        """The participants with one name spelt otherwise. Raises Over where it is that of who booked."""
        if not RENAMES.search(task.turn.text):
            return None
        booking = await self.booking(task)
        before = booking["participants"]
        names = renamed(task.turn.text, [one["name"] for one in before])
        if names is not None:
            return [
                {"name": name, **({"email": one["email"]} if one.get("email") and _is_same(name, one["name"]) else {})}
                for name, one in zip(names, before, strict=True)
            ]
        if renamed(task.turn.text, [(booking.get("contact") or {}).get("name") or ""]):
            task.turn.say("utter_contact_by_a_person")
            raise Over
        return None

    async def _leaving(self, task: Task) -> Json | None:
        """The participants without those who do not come any more, and so many seats fewer."""
        if not may_leave(task.turn.text):
            return None
        booking = await self.booking(task)
        gone = leaving(task.turn.text, [one["name"] for one in booking["participants"]])
        if gone:
            return without(booking, gone) if len(gone) < booking["seats"] else None
        unlisted = len(_named(task.turn))  # who does not come had not been named as one of them
        free = booking["seats"] - len(booking["participants"])
        return {"seats": booking["seats"] - unlisted} if 0 < unlisted <= free and unlisted < booking["seats"] else None

    async def _seats(self, task: Task) -> Json:
        """Another number of seats: a total, or more or fewer than there are."""
        said = _number(task.turn)
        if said is None:
            return {}
        seats, more, fewer = int(said), _MORE.search(fold(task.turn.text)), _FEWER.search(fold(task.turn.text))
        if bool(more) != bool(fewer):
            booking = await known_booking(task.turn, task.values["reference"])
            if booking is None:
                return {}
            seats = booking["seats"] + (seats if more else -seats)
        return {"to": {"seats": seats}} if 1 <= seats <= MOST else {}

    async def check_more(self, task: Task, booking: Json) -> None:
        to = task.values.get("to") or {}
        if to.get("seats") == booking["seats"]:
            task.values.pop("to")
            seats = formatting.plural("utter_part_seats", booking["seats"], task.turn.lang)
            task.turn.say("utter_change_same_seats", reference=booking["reference"], seats=seats)
        elif len(to.get("people") or []) > booking["seats"]:
            task.values.pop("to")
            task.turn.say("utter_change_too_many_people", **summary(task.turn, booking))

    async def ask_more(self, task: Task) -> list[Event]:
        turn, booking = task.turn, await self.booking(task)
        told = summary(turn, booking)
        move = turn.button("move_date", f'/reschedule_booking{{"booking_reference": "{booking["reference"]}"}}')
        turn.say("utter_ask_change", buttons=[move], people=_people(turn, booking["participants"]), **told)
        return []

    async def summarise(self, task: Task) -> list[Event]:
        turn, booking = task.turn, await self.booking(task)
        to, told = task.values["to"], summary(turn, booking)
        if "people" in to and "seats" not in to:
            turn.say("utter_ask_change_people", buttons=_buttons(turn), people=_people(turn, to["people"]), **told)
            return []
        cost = await turn.service.with_seats(booking["reference"], to["seats"])
        dearer = Decimal(cost["total"]["gross"]) > Decimal(booking["total"]["gross"])
        amount = formatting.money(cost["total"]["gross"], turn.lang)
        fee = turn.part("change_fee", fee=formatting.money(cost["fee"], turn.lang)) if Decimal(cost["fee"]) else ""
        key = "utter_ask_change_seats"
        gone: dict[str, Any] = {}
        if "leaving" in to:
            key = "utter_ask_change_leaving"
            gone["leaving"] = formatting.joined(to["leaving"], turn.lang)
            gone["people"] = turn.part("change_who_stays", who=_people(turn, to["people"])) if to["people"] else ""
        turn.say(
            key,
            buttons=yes_and_no(turn, "change_paid" if dearer else "change_yes", "change_no", amount=amount),
            wanted=formatting.plural("utter_part_seats", to["seats"], turn.lang),
            total=amount,
            fee=fee,
            **gone,
            **told,
        )
        return []

    async def do(self, task: Task) -> list[Event]:
        turn, to = task.turn, task.values["to"]
        before = await self.booking(task)
        reference, version = before["reference"], before["version"]
        try:
            if "people" in to:
                booking = await turn.service.change_people(task.key(), reference, to["people"], version)
                version = booking["version"]
            if "seats" in to:
                key = turn.key(task.key(), "seats")
                booking = await turn.service.change_seats(key, reference, to["seats"], version)
        except Problem as problem:
            return self._refused(turn, before, to, problem)
        if "people" in to and "seats" not in to:
            turn.say("utter_people_changed", people=_people(turn, booking["participants"]), **summary(turn, booking))
        else:
            turn.say("utter_booking_changed", cards=[booking_card(booking)], **summary(turn, booking))
        return [booked(booking)]

    def _refused(self, turn: Turn, before: Json, to: Json, problem: Problem) -> list[Event]:
        told = summary(turn, before)
        if problem.code == "idempotency-key-reused" and _is_done(before, to):  # an earlier try, whose answer was lost
            turn.say("utter_booking_changed", cards=[booking_card(before)], **told)
        elif problem.code == "session-full":
            free = formatting.plural("utter_part_seats_left", before["session"]["seats_free"], turn.lang)
            turn.say("utter_change_no_room", free=free, **told)
        elif problem.code == "invalid" and "seats" in to:
            turn.say("utter_change_fewer_than_people", people=_people(turn, before["participants"]), **told)
        elif problem.code in _REFUSED | _OTHERWISE:
            turn.say("utter_change_refused", why=problem.document.get("detail", ""), **told)
        else:
            raise problem
        return [booked(before)]


def without(booking: Json, gone: list[str]) -> Json:
    """What a booking is to be changed to where some of its participants do not come any more."""
    kept = [
        {name: one[name] for name in ("name", "email") if one.get(name)}
        for one in booking["participants"]
        if one["name"] not in gone
    ]
    return {"people": kept, "seats": booking["seats"] - len(gone), "leaving": gone}


def _is_same(name: str, before: str) -> bool:
    """Whether a name is another spelling rather than another person, whose address is another too."""
    return people.likeness(fold(name), fold(before)) >= people.LIKE


def _is_done(booking: Json, to: Json) -> bool:
    if "seats" in to and booking["seats"] != to["seats"]:
        return False
    if "people" in to:
        return sorted(one["name"] for one in booking["participants"]) == sorted(one["name"] for one in to["people"])
    return bool(booking["seats"] == to["seats"])


def _buttons(turn: Turn) -> list[dict[str, str]]:
    return yes_and_no(turn, "change_yes", "change_no")


def _named(turn: Turn) -> list[Json]:
    called = announced_people(turn.text)
    instead = replacing(turn.text)
    if instead:
        return [{"name": instead}]
    if called:
        return called
    listed = listed_people(turn.text)
    if listed and (len(listed) > 1 or people.given_name(turn.text)):
        return listed
    announced = people.announced_name(turn.text)
    found = [str(name) for name in turn.values("person")]
    return [{"name": name} for name in found] or ([{"name": announced.name}] if announced else [])


def _people(turn: Turn, listed: list[Json]) -> str:
    return formatting.joined([one["name"] for one in listed], turn.lang) if listed else turn.part("nobody_named")


def _number(turn: Turn) -> int | None:
    """How many seats a message speaks of: the number of an entity, else the only one in it."""
    if turn.first("seats") is not None:
        return int(turn.first("seats"))
    bare = _BARE.findall(turn.text)
    alone = all(entity.get("entity") in ("language", "seats") for entity in turn.entities)
    return int(bare[0]) if len(bare) == 1 and alone and not turn.pressed else None


async def other_address(turn: Turn) -> list[Event] | None:
    """Say who can write another address on a booking that is made, where a message asks for that."""
    other = turn.first("email") and str(turn.first("email")) != turn.slot("contact_email")
    if turn.pressed or not other or not turn.slot("last_booking") or not _ADDRESS.search(fold(turn.text)):
        return None
    turn.say("utter_contact_by_a_person")
    return []


#: The address that was given is said to be another one.
_ADDRESS = re.compile(
    r"\b(?:mauvais\w*|faux|fausse|erreur|trompee?|chang\w*|corrig\w*|modifi\w*|wrong|mistake|correct|update|fix)\b"
    r".{0,30}\b(?:mail|e-?mail|adresse|courriel|address)\b"
    r"|\b(?:mail|e-?mail|adresse|courriel|address)\b.{0,30}\b(?:faux|fausse|wrong|pas (?:bon|la bonne)|not right)\b"
)


async def seats_given(turn: Turn) -> list[Event] | None:
    """Another number after a booking ("make it 3 then") is that of its seats.

    Returns:
        the events that begin to change them, or None where the message is about something else.
    """
    reference = turn.slot("last_booking")
    under_way = turn.tracker.active_loop.get("name") and (turn.slot("booking_started") or turn.slot("task"))
    if not reference or turn.pressed or turn.question or under_way or _number(turn) is None:
        return None
    if turn.intent in ("reschedule_booking", "cancel_booking") and turn.confidence >= DOUBTFUL:
        return None  # "I have a seat already, but need another date"
    about_more = any(entity.get("entity") not in ("language", "seats") for entity in turn.entities)
    more = bool(_MORE.search(fold(turn.text))) and has(turn.text, "of_seats")
    if about_more or not (
        more or _WILL_BE.search(fold(turn.text)) or has(turn.text, "so_many") or has(turn.text, "meant")
    ):
        return None
    booking = await known_booking(turn, str(reference))
    if (
        booking is None
        or booking["state"] != "confirmed"
        or turn.slot("course") not in (None, booking["session"]["course_id"])
    ):
        return None
    return begin(turn, KINDS[Changing.name], reference=reference)


#: How many will come, rather than a number alone.
_WILL_BE = re.compile(r"\b(?:on|nous|we|there)\b.{0,12}\b(?:sera|serons|est|sommes|are|will be|ll be)\b")


async def name_respelt(turn: Turn) -> list[Event] | None:
    """A name to be written otherwise, with a booking talked about: that of somebody on its seats.

    Returns:
        the events that begin to change it, or None where the message is about nobody's name.
    """
    reference = turn.slot("last_booking")
    if not reference or turn.pressed or not turn.values("person") or not RENAMES.search(turn.text):
        return None
    return begin(turn, KINDS[Changing.name], reference=reference)


async def seat_given_up(turn: Turn) -> list[Event] | None:
    """One participant less on the booking that is talked about ("cancel Tom Peeters' seat"): the others stay.

    Returns:
        the events that begin to change it, or None where nobody on its seats is named.
    """
    reference = turn.first("booking_reference") or turn.slot("last_booking")
    gives_up = may_leave(turn.text) and not _INSTEAD.search(fold(turn.text))
    return await part_given_up(turn, str(reference)) if reference and not turn.pressed and gives_up else None


async def part_given_up(turn: Turn, reference: str) -> list[Event] | None:
    """The events that begin to give up the seats of those on a booking whom a message names, if it is not all."""
    booking = await known_booking(turn, reference)
    if booking is None or booking["state"] != "confirmed" or _WHOLE.search(fold(turn.text)):
        return None
    named = mentioned(turn.text, [one["name"] for one in booking["participants"]])
    if 0 < len(named) < booking["seats"]:
        return begin(turn, KINDS[Changing.name], reference=reference, to=without(booking, named))
    unlisted = len(_named(turn)) if may_leave(turn.text) and not named else 0
    counted = unlisted > 1 or turn.first("seats") == unlisted
    if counted and 0 < unlisted <= booking["seats"] - max(1, len(booking["participants"])):
        return begin(turn, KINDS[Changing.name], reference=reference, to={"seats": booking["seats"] - unlisted})
    beside = turn.asks or turn.first("course") or turn.first("topic") or has(turn.text, "books")
    unnamed = not named and not beside and booking["seats"] > max(1, len(booking["participants"]))
    if unnamed and has(turn.text, "cancelling") and _ONE_SEAT.search(fold(turn.text)):
        return begin(turn, KINDS[Changing.name], reference=reference, to={"seats": booking["seats"] - 1})
    return None


#: A booking that is called by who made it.
_WHOLE = re.compile(
    r"\b(?:au nom|in the name|under the name|ici|je suis|i'm|i am|this is|(?:toute la|notre|our|the whole) "
    r"(?:reservation|inscription|booking))\b(?<!pas toute la reservation)(?<!not the whole booking)"
)
#: One seat, be it of somebody whose name is not known.
_ONE_SEAT = re.compile(
    r"\b(?:sa|son|une|1|(?:une|la) seule|his|her|their|one|only one|a single) (?:seule )?"
    r"(?:places?|sieges?|seats?|inscription)\b"
)


def names_given(turn: Turn) -> list[Event] | None:
    """Names in the plural, with a booking talked about and nothing asked, are those of its participants.

    Returns:
        the events that begin to record them, or None where the message gives no such names.
    """
    reference = turn.slot("last_booking")
    if not reference or turn.pressed or turn.tracker.active_loop.get("name"):
        return None
    if len(_named(turn)) < 2 and not announced_people(turn.text):
        return None
    return begin(turn, KINDS[Changing.name], reference=reference)
