"""A way to a person: what is asked for reaches the desk of the campus."""

from __future__ import annotations

import re

from rasa_sdk.events import FollowupAction, SlotSet

from bot.actions import callbacks, contacting
from bot.actions.bookings import people
from bot.actions.bookings.words import only
from bot.actions.distress import angry, distressed, offer_person
from bot.actions.turn import Button, CampusAction, Event, Turn
from bot.nlu.spans import fold
from bot.service import Json

#: Channels on which a person can answer in the conversation itself.
LIVE = ("web:",)
#: Stands in the slot of the contact where the answer is wanted in the conversation.
HERE = "here"


class TalkToHuman(CampusAction):
    """A person is asked for: of the campus, of the operator that is named, or of a company that is at an event.

    Who has asked already is told how that stands, and what they add is kept with it.
    """

    action = "action_talk_to_human"

    async def act(self, turn: Turn) -> list[Event]:
        if turn.pressed and turn.first("handoff") == "end":
            return await callbacks.withdraw(turn)
        to_a_company = await contacting.wanted(turn)
        if to_a_company is not None:
            return to_a_company
        waiting = await callbacks.waiting(turn)
        if waiting is None:
            forgotten = [SlotSet(callbacks.SLOT, None)] if turn.slot(callbacks.SLOT) else []
            return [*forgotten, SlotSet("handoff_operator", turn.first("operator")), FollowupAction("handoff_form")]
        if waiting["state"] in callbacks.WAITING and (turn.first("phone") or callbacks.said_time(turn)):
            phone = str(turn.first("phone")) if turn.first("phone") else None
            return await callbacks.call(turn, waiting, callbacks.said_time(turn), phone)
        key = "utter_handoff_active" if waiting["state"] == "active" else "utter_handoff_waiting"
        turn.say(key, buttons=[turn.button("handoff_end", '/talk_to_human{"handoff": "end"}')])
        return []


class ValidateHandoffForm(CampusAction):
    """Takes an address or a number to call back; those of a booking only where the person says so."""

    action = "validate_handoff_form"

    async def act(self, turn: Turn) -> list[Event]:
        asked = turn.slot("requested_slot") == "handoff_contact"  # not what another form asked
        contact = turn.first("email") or turn.first("phone") or turn.slot("handoff_contact")
        known = turn.slot("contact_email")
        reason = [] if turn.slot("handoff_reason") else [SlotSet("handoff_reason", _reason(turn))]
        when = callbacks.said_time(turn)
        if when and not turn.pressed:
            reason.append(SlotSet("handoff_when", when))
        if asked and not contact and turn.fresh and turn.pressed and turn.intent == "talk_to_human" and _live(turn):
            contact = HERE
        if asked and not contact and known and turn.fresh and _agrees(turn):
            contact = known
        if contact:
            return [*reason, SlotSet("handoff_contact", contact), SlotSet("requested_slot", None)]
        if asked and turn.fresh:
            if not turn.pressed and _MONEY.search(fold(turn.whole)):
                turn.say("utter_handoff_also")  # what was said last goes with the request
                return [*reason, SlotSet("handoff_contact", None), SlotSet("requested_slot", "handoff_contact")]
            ends = turn.intent in ("deny", "undo", "start_over", "goodbye", "cancel_booking")
            if ends or only(turn.text, "go_on", "polite", "yes", all_of=("go_on",)):
                return [*reason, SlotSet("handoff_contact", None), SlotSet("requested_slot", None)]
            if turn.intent not in ("inform", "affirm", "out_of_scope", "talk_to_human"):
                return []
            name = people.given_name(turn.text) if turn.first("person") else None
            if name and not turn.slot("contact_name"):
                turn.say("utter_noted", what=name)
                reason.append(SlotSet("contact_name", name))
            else:
                turn.say("utter_invalid_contact")
            return [*reason, SlotSet("handoff_contact", None), SlotSet("requested_slot", "handoff_contact")]
        return [*reason, SlotSet("requested_slot", "handoff_contact")]


#: Money that is asked back is a matter for the person who was asked for.
_MONEY = re.compile(r"\b(?:rembours\w*|refund\w*|money back|mon argent|my money|debite\w*|charged (?:me )?twice)\b")


def _agrees(turn: Turn) -> bool:
    return turn.intent == "affirm" if turn.pressed else only(turn.text, "yes", "polite", all_of=("yes",))


class Feedback(CampusAction):
    """Praise or a complaint is taken up; a problem that a course solves is no complaint about the campus."""

    action = "action_feedback"
    yields = "utter_courses_on_subject"

    async def act(self, turn: Turn) -> list[Event]:
        text = fold(turn.text)
        if distressed(turn) and not angry(turn):
            offer_person(turn)
        elif _PRAISE.search(text) and not _BUT.search(text):
            turn.say("utter_praise")
        else:
            turn.say("utter_feedback")
        return []


#: Praise is thanked for, and nobody is sorry about it; any word of a complaint makes it one.
_PRAISE = re.compile(
    r"\b(?:bravo|super|genial\w*|excellent\w*|parfait\w*|top|felicitations?|chouette|formidable|impeccable|nickel|ador\w+|"
    r"clair|utile|brilliant|great|amazing|awesome|fantastic|wonderful|well done|good job|loved|helpful|clear|perfect|"
    r"congratulations|enjoyed|impressed|merci|thanks|thank you)\b"
)
_BUT = re.compile(
    r"\b(?:mais|sauf|pas|rien|plus|nuls?|nulles?|mauvais\w*|decev\w*|decu\w*|dommage|probleme\w*|lent\w*|but|except|not|"
    r"isn't|wasn't|didn't|don't|too|trop|bad|poor\w*|disappoint\w*|slow\w*|problems?|nobody|personne|never|jamais)\b"
)


class AskHandoffContact(CampusAction):
    """Ask how a person can answer; an address that is known is offered, never passed on unasked."""

    action = "action_ask_handoff_form_handoff_contact"

    async def act(self, turn: Turn) -> list[Event]:
        known = turn.slot("contact_email")
        here: list[Button] = [turn.button("answer_here", "/talk_to_human")] if _live(turn) else []
        if known:
            buttons = [{"title": known, "payload": "/affirm"}, *here]
            turn.say("utter_ask_handoff_known_contact", buttons=buttons, email=known)
        else:
            turn.say("utter_ask_handoff_form_handoff_contact", buttons=here)
        return []


class SubmitHandoff(CampusAction):
    """Hand the question to the desk, with how to reach the person."""

    action = "action_submit_handoff"

    async def act(self, turn: Turn) -> list[Event]:
        asked = ("handoff_contact", "handoff_reason", "handoff_when", "handoff_operator")
        forgotten = [SlotSet(name, None) for name in asked]
        if turn.slot("booking_started"):  # asked for in the middle of a booking, which goes on where it was
            forgotten.append(FollowupAction("booking_form"))
        contact = turn.slot("handoff_contact")
        if not contact:
            turn.say("utter_handoff_stopped")
            return forgotten
        reason, when = str(turn.slot("handoff_reason") or turn.text), turn.slot("handoff_when")
        if when and when not in reason:
            reason = f"{when} · {reason}"
        handoff = await turn.service.hand_off(
            turn.key("handoff", turn.message_id),
            " ".join(reason.split())[:200],
            _summary(turn),
            _way(turn, str(contact)),
            turn.slot("handoff_operator"),
        )
        phone = str(contact) if contact != HERE and "@" not in str(contact) else None
        self._told(turn, handoff, str(contact), when)
        return [*forgotten, callbacks.kept(handoff, contact=contact, phone=phone, when=when)]

    @staticmethod
    def _told(turn: Turn, handoff: Json, contact: str, when: str | None) -> None:
        """Who answers where; when the desk is closed, also when it opens, and a time for a call is offered."""
        offline = handoff["state"] == "offline"
        if contact == HERE:
            turn.say("utter_handoff_here_offline" if offline else "utter_handoff_here", handoff=handoff["id"])
            return
        wish = turn.part("callback_wish", when=when) if when else ""
        if not offline:
            turn.say("utter_handoff_queued", contact=contact, wish=wish, handoff=handoff["id"])
            return
        times = [] if when else [turn.button(f"callback_{part}", _at(part)) for part in ("morning", "afternoon")]
        turn.say(
            "utter_handoff_offline",
            buttons=times,
            contact=contact,
            opens=callbacks.opening(turn, handoff),
            wish=wish or turn.part("callback_offer"),
            handoff=handoff["id"],
        )


def _at(part: str) -> str:
    return f'/inform{{"day_part": "{part}"}}'


def _live(turn: Turn) -> bool:
    """Whether a person can answer in the conversation."""
    return turn.conversation.startswith(LIVE)


def _way(turn: Turn, contact: str) -> Json | None:
    """How a person can answer elsewhere."""
    if contact == HERE:
        return None
    return {"name": turn.slot("contact_name"), **({"email": contact} if "@" in contact else {"phone": contact})}


def _reason(turn: Turn) -> str:
    return turn.text if not turn.pressed else _last_words(turn, 1)


def _summary(turn: Turn) -> str:
    """The person's last words, for whoever takes over, after what their company needs."""
    needs = (turn.slot("company_needs") or {}).get("text")
    said = _last_words(turn, 5)
    return f"{needs}\n{said}" if needs else said


def _last_words(turn: Turn, count: int) -> str:
    said = [
        str(event.get("text"))
        for event in turn.tracker.events
        if event.get("event") == "user" and not str(event.get("text")).startswith("/")
    ]
    return "\n".join(said[-count:]) or "-"
