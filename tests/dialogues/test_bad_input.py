"""Whatever is sent: a clear reply each time, never a stack trace, never silence, nothing booked unconfirmed."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.dialogues.conversation import settled
from tests.support.database import difference
from tests.support.running import Running, post

BAD = {
    "empty": "",
    "white space": " \t\n  ",
    "very long": "je voudrais une formation " * 770,
    "emoji only": "🎉🤖💉",
    "right to left": "مرحبا أريد دورة تدريبية",
    "direction marks": "\u202ebonjour\u202c",
    "control characters": "\x00\x07\x1b[31mbonjour\x7f",
    "html": "<script>alert('x')</script><b>bonjour</b>",
    "sql": "'; DROP TABLE bookings; --",
    "json": '{"sender": "x", "message": "y"}',
    "a file name": "C:\\Users\\moi\\cv.pdf",
    "a payload": '/book_session{"session": "open-day-20261226"}',
    "a command": "/restart",
    "slot setting": '/inform{"booking_confirmed": true}',
    "a lone surrogate": "bonjour \ud83d",
    "only punctuation": "?!…",
    "one letter": "x",
    "a number": "42",
}
#: Words of an apology or of a failure: an answer to odd input needs neither.
SORRY = ("désolé", "pardon", "sorry", "apolog", "traceback", "exception", "n’a pas fonctionné", "went wrong")


@pytest.mark.parametrize("name", BAD)
def test_an_odd_message_gets_a_clear_reply_and_writes_nothing(stack: Running, name: str) -> None:
    before = stack.database.picture()
    replies = stack.say(f"bad-{uuid.uuid4().hex[:8]}", BAD[name])
    texts = [reply["text"] for reply in replies if reply["custom"]["response"] != "utter_disclosure"]
    assert texts and all(text.strip() for text in texts), replies
    assert not [word for word in SORRY for text in texts if word in text.casefold()], texts
    assert difference(before, settled(stack)) == {}


def test_the_same_message_twice_at_once_is_handled_once(stack: Running) -> None:
    before = stack.database.picture()
    sender = f"twice-{uuid.uuid4().hex[:8]}"
    try:
        for message in (
            "réserve une place pour Culture cellulaire, les bons gestes, en mars",
            "Zoé Petit",
            "zoe@exemple.be",
        ):
            replies = stack.say(sender, message)
        assert replies[-1]["custom"]["response"] == "utter_booking_summary", replies
        with ThreadPoolExecutor(4) as people:
            answers = list(people.map(lambda _: stack.say(sender, "oui, je confirme"), range(4)))
        assert all(answers), "silence"
        said = [reply["custom"]["response"] for answer in answers for reply in answer]
        assert "utter_booking_confirmed" in said
        added = difference(before, settled(stack))["bookings"].added
        assert [(row["state"], row["seats"]) for row in added] == [("confirmed", 1)]
    finally:
        stack.database.restore(before)


@pytest.mark.parametrize(
    ("session", "code"),
    [("gmp-shop-floor-20250101", "not-found"), ("robot-programming-20270301", "session-cancelled")],
)
def test_a_session_that_cannot_be_booked_is_refused_plainly(stack: Running, session: str, code: str) -> None:
    """The bot offers no button for it, but a page that was kept open may."""
    before = stack.database.picture()
    problem = _refused(stack, {"session_id": session, "seats": 1, "lang": "fr"})
    assert problem["code"] == code and problem["title"], problem
    assert difference(before, settled(stack)).keys() <= {"idempotency_keys"}


def _refused(stack: Running, body: dict[str, Any]) -> dict[str, Any]:
    import json
    import urllib.error
    import urllib.request

    request = urllib.request.Request(
        f"{stack.page_url}v1/bookings",
        json.dumps(body).encode(),
        {"Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex},
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request)
    found: dict[str, Any] = json.load(refused.value)
    return found


@pytest.mark.parametrize("body", [[], [1], {"message": 5}, {"sender": 3, "message": "x"}, "text", None])
def test_a_body_that_is_no_message_is_refused(stack: Running, body: Any) -> None:
    import urllib.error

    with pytest.raises(urllib.error.HTTPError) as refused:
        post(stack.rest_url, body)
    assert refused.value.code == 422
