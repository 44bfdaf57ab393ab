"""What the service tells without having been asked, in words, with what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot import responses
from bot.actions import formatting
from bot.actions.bookings.telling import offer, summary
from bot.actions.showing import booking_card
from bot.actions.turn import Words
from bot.channels.base import Json, Reply


def words(notice: Json) -> Reply | None:
    """The notice as it is said, in its language; None for a kind that is not known here.

    ``data`` is a booking as the service spells it, or what a person wrote.
    """
    lang = notice.get("lang") if notice.get("lang") in responses.LANGUAGES else responses.DEFAULT
    say = _SAID.get(str(notice.get("kind")))
    return say(notice.get("data") or {}, Words(str(lang))) if say else None


def _hold_lapsing(booking: Json, words: Words) -> Reply:
    until = formatting.hour(formatting.moment(booking["hold_expires_at"]), words.lang)
    return _reply("utter_notice_hold_lapsing", booking, words, until=until)


def _hold_expired(booking: Json, words: Words) -> Reply:
    return _reply("utter_notice_hold_expired", booking, words)


def _offer(booking: Json, words: Words) -> Reply:
    told, buttons = offer(words, booking)
    reply = _reply("utter_notice_offer", booking, words, **told)
    return replace(reply, buttons=buttons)


def _offer_lapsed(booking: Json, words: Words) -> Reply:
    return _reply("utter_notice_offer_lapsed", booking, words)


def _session_cancelled(booking: Json, words: Words) -> Reply:
    return _reply("utter_notice_session_cancelled", booking, words)


def _person(message: Json, words: Words) -> Reply:
    return Reply(str(message.get("text") or ""), words.lang)


def _told(key: str) -> Callable[[Json, Words], Reply]:
    return lambda data, words: Reply(
        responses.text(key, words.lang), words.lang, responses.buttons(key, words.lang), key=key
    )


_SAID: dict[str, Callable[[Json, Words], Reply]] = {
    "hold-lapsing": _hold_lapsing,
    "hold-expired": _hold_expired,
    "offer": _offer,
    "offer-lapsed": _offer_lapsed,
    "session-cancelled": _session_cancelled,
    "handoff-message": _person,
    "handoff-taken": _told("utter_notice_handoff_taken"),
    "handoff-released": _told("utter_notice_handoff_released"),
    "handoff-closed": _told("utter_notice_handoff_closed"),
}


def _reply(key: str, booking: Json, words: Words, **more: str) -> Reply:
    session = booking["session"]
    told = {**summary(words, booking), "session": session["id"], "course": session["course_id"], **more}
    buttons = responses.buttons(key, words.lang, **told)
    return Reply(responses.text(key, words.lang, **told).rstrip(), words.lang, buttons, [booking_card(booking)], key)
