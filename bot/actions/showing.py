"""Courses and sessions as lines of text, as cards, and as what a later message may point at."""

from __future__ import annotations

from typing import Any

from bot.actions import formatting
from bot.actions.turn import Button, Event, Turn
from bot.service import Json

#: Letters of a title on a button; longer ones are cut at a word.
BUTTON_LETTERS = 40


def shown(items: list[Json]) -> Event:
    """The event that remembers what was shown."""
    from rasa_sdk.events import SlotSet

    event: Event = SlotSet("shown", {"items": items})
    return event


def course_item(course: Json) -> Json:
    """What is remembered of a course that was shown."""
    sessions = course.get("next_sessions") or []
    return {
        "kind": "course",
        "id": course["id"],
        "topics": [topic["id"] for topic in course["topics"]],
        "operator": course["operator"]["id"],
        "price": course["price"]["amount"],
        "days": course["days"],
        "start": sessions[0]["start"] if sessions else None,
    }


def session_item(session: Json) -> Json:
    """What is remembered of a session that was shown."""
    return {
        "kind": "session",
        "id": session["id"],
        "course": session["course_id"],
        "price": session["price"]["amount"],
        "start": session["start"],
        "language": session["language"],
        "format": session["format"],
        "days": len(session["meetings"]),
        "bookable": bookable(session),
    }


def course_line(turn: Turn, course: Json, position: int) -> str:
    """``1. Title (operator) : 2 jours, 450,00 €, prochaine date le mardi 12 janvier``."""
    sessions = course.get("next_sessions") or []
    if sessions:
        when = turn.part("next_date", day=formatting.day(formatting.moment(sessions[0]["start"]).date(), turn.lang))
    else:
        when = turn.part("no_date")
    return turn.part(
        "course_line",
        position=position,
        title=course["title"],
        operator=course["operator"]["name"],
        days=formatting.days(course["days"], turn.lang),
        price=formatting.price(course["price"]["amount"], turn.lang),
        when=when,
    )


def session_line(turn: Turn, session: Json, position: int, with_title: bool) -> str:
    """``1. le mardi 12 janvier de 9 h à 17 h, en français, sur place : il reste 3 places``."""
    return turn.part(
        "session_line_titled" if with_title else "session_line",
        position=position,
        title=session["title"],
        when=formatting.when(session["meetings"], turn.lang),
        language=formatting.language_name(session["language"], turn.lang),
        format=turn.part(f"format_{session['format']}"),
        room=room(turn, session),
    )


def room(turn: Turn, session: Json) -> str:
    """How much room there is, or why there is none."""
    if session["state"] in ("cancelled", "closed"):
        return turn.part(f"state_{session['state']}")
    if not bookable(session):
        return turn.part("state_full")
    return formatting.plural("utter_part_seats_left", session["seats_free"], turn.lang)


def bookable(session: Json) -> bool:
    """Whether a seat could be held now."""
    return session["state"] == "open" and session["seats_free"] > 0


def short_title(title: str) -> str:
    """A title that fits on a button."""
    if len(title) <= BUTTON_LETTERS:
        return title
    return title[:BUTTON_LETTERS].rsplit(" ", 1)[0].rstrip(" ,:;-") + "…"


def course_buttons(courses: list[Json]) -> list[Button]:
    """A button a course, which tells more about it."""
    titles = [short_title(course["title"]) for course in courses]
    return [
        {
            "title": title if titles.count(title) == 1 else course["title"],  # typed, a title presses its button
            "payload": f'/course_details{{"course": "{course["id"]}"}}',
        }
        for title, course in zip(titles, courses, strict=True)
    ]


def session_buttons(turn: Turn, sessions: list[Json]) -> list[Button]:
    """A button a session with room, which books it."""
    buttons: list[Button] = []
    for session in filter(bookable, sessions):
        start = formatting.moment(session["start"])
        title = turn.part("button_session", day=formatting.day(start.date(), turn.lang))
        if any(button["title"] == title for button in buttons):
            title = turn.part(
                "button_session_titled",
                title=short_title(session["title"]),
                day=formatting.day(start.date(), turn.lang),
            )
        buttons.append({"title": title, "payload": f'/book_session{{"session": "{session["id"]}"}}'})
    return buttons


def alert_button(turn: Turn, course: str) -> Button:
    """The button with which somebody is told of new dates of a course."""
    return turn.button("alert_dates", f'/alert_me{{"course": "{course}"}}')


def item_buttons(turn: Turn, items: list[Json]) -> list[Button]:
    """The buttons of sessions that were shown, from what is remembered of them."""
    return [
        {
            "title": turn.part(
                "button_session", day=formatting.day(formatting.moment(item["start"]).date(), turn.lang)
            ),
            "payload": f'/book_session{{"session": "{item["id"]}"}}',
        }
        for item in items
        if item.get("bookable")
    ]


def course_card(course: Json) -> Json:
    """A course in the neutral message format."""
    return {
        "type": "course",
        "id": course["id"],
        "title": course["title"],
        "operator": course["operator"]["name"],
        "summary": course["summary"],
        "level": course["level"],
        "days": course["days"],
        "price": course["price"],
        "next_sessions": [
            {"id": session["id"], "start": session["start"], "end": session["end"], "seats_free": session["seats_free"]}
            for session in course.get("next_sessions") or []
        ],
        "demo": course["demo"],
    }


def session_card(session: Json) -> Json:
    """A session in the neutral message format."""
    kept = ("id", "title", "meetings", "format", "place", "language", "seats_free", "state", "price", "demo")
    return {"type": "session", **{name: session.get(name) for name in kept}}


def booking_card(booking: Json) -> Json:
    """A booking in the neutral message format."""
    kept = ("reference", "state", "seats", "total", "hold_expires_at", "offer_expires_at")
    return {"type": "booking", **{name: booking.get(name) for name in kept}, "session": _bare(booking["session"])}


def _bare(session: Json) -> dict[str, Any]:
    card = session_card(session)
    del card["type"]
    return card
