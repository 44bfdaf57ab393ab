"""Starts Rasa's action server, once it has read what its first answers need.

``python -m bot.action_server --actions bot.actions --port 5055``: the first person who writes waits for no file.
"""

from __future__ import annotations

from rasa_sdk.__main__ import main

from bot import responses, snapshot
from bot.actions import subjects
from bot.actions.bookings import words


def warm() -> None:
    """Read the responses, the words of every day, those of bookings and the catalogue's names."""
    responses.text("utter_disclosure", responses.DEFAULT)
    words.has("", "yes")
    subjects.everyday_words()
    if snapshot.load()["courses"]:
        subjects.vocabulary()


if __name__ == "__main__":
    warm()
    main()
