"""The service is down: said plainly, nothing is lost, and the next try works."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from tests.support.running import running


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """A stack of its own, for it is taken apart here."""
    with running(Path(tmp_path_factory.mktemp("away"))) as started:
        yield started


def test_a_booking_outlives_a_service_that_goes_away(alone) -> None:  # type: ignore[no-untyped-def]
    sender = f"away-{uuid.uuid4().hex[:6]}"
    keys = lambda replies: [reply["custom"]["response"] for reply in replies]  # noqa: E731
    assert "utter_sessions_of_course" in keys(alone.say(sender, "c'est quand la formation Python pour biologistes ?"))
    assert keys(alone.say(sender, "la quatrième"))[-1] == "utter_ask_seats"
    alone.stack.stop(only=("service",))
    assert keys(alone.say(sender, "2"))[0] == "utter_service_unavailable"
    assert "utter_service_unavailable" in keys(alone.say(sender, "vous avez des formations en robotique ?"))
    alone.stack.restart("service")
    alone.stack.wait(only=("service",))
    assert "utter_held" in keys(alone.say(sender, "Réessayer"))
    assert keys(alone.say(sender, "Léa Simon"))[-1] == "utter_ask_booking_form_contact_email"
    assert keys(alone.say(sender, "lea.simon@exemple.be"))[-1] == "utter_booking_summary"
    alone.stack.stop(only=("service",))
    assert keys(alone.say(sender, "oui"))[0] == "utter_service_unavailable"
    assert not [
        row for row in alone.database.picture()["bookings"].values() if row["state"] == "confirmed" and not row["demo"]
    ]
    alone.stack.restart("service")
    alone.stack.wait(only=("service",))
    assert keys(alone.say(sender, "Réessayer"))[0] == "utter_booking_confirmed"
    own = [row for row in alone.database.picture()["bookings"].values() if not row["demo"]]
    assert [(row["state"], row["seats"], row["contact_email"]) for row in own] == [
        ("confirmed", 2, "lea.simon@exemple.be")
    ]


def test_a_conversation_outlives_a_restart_of_the_bot(alone) -> None:  # type: ignore[no-untyped-def]
    sender = f"again-{uuid.uuid4().hex[:6]}"
    alone.say(sender, "dates for robot programming please")
    alone.stack.stop(only=("rasa",))
    alone.stack.restart("rasa")
    alone.stack.wait(only=("rasa",))
    replies = alone.say(sender, "Book: Monday 5 April")  # a button of the reply before the restart
    assert [reply["custom"]["response"] for reply in replies] == ["utter_ask_seats"], replies
