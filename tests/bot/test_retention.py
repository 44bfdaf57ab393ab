"""Rasa's own store forgets: what is old by the business clock, and whom it is asked to forget."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.clock import BRUSSELS
from bot.retention import FORGET_ME, QUIET, forget_marked, forget_old

NOW = datetime(2026, 12, 31, 12, tzinfo=BRUSSELS)
DAYS = 30


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """What Rasa itself writes: somebody of 31 days ago, of 29, and one who wants to be forgotten."""
    path = tmp_path / "tracker.db"
    kept = SQLTrackerStore(Domain.empty(), dialect="sqlite", db=str(path))
    for sender, age, forget in (("old", 31, False), ("young", 29, False), ("asked", 0, True)):
        at = (NOW - timedelta(days=age)).timestamp()
        events = [UserUttered(f"said by {sender}", timestamp=at), ActionExecuted("action_listen", timestamp=at)]
        if forget:
            events.append(SlotSet(FORGET_ME, True, timestamp=at))
        tracker = DialogueStateTracker(sender, [])
        for event in events:
            tracker.update(event)
        asyncio.run(kept.save(tracker))
    return path


def senders(store: Path) -> set[str]:
    with sqlite3.connect(store) as db:
        return {row[0] for row in db.execute("SELECT sender_id FROM events")}


def test_what_is_older_than_thirty_days_is_gone(store: Path) -> None:
    assert forget_old(store, NOW - timedelta(days=DAYS)) == 2
    assert senders(store) == {"young", "asked"}
    assert b"said by old" not in store.read_bytes()


def test_whoever_asks_is_forgotten_once_quiet(store: Path) -> None:
    assert forget_marked(store, NOW.timestamp() + QUIET / 2) == 0
    assert senders(store) == {"old", "young", "asked"}
    assert forget_marked(store, NOW.timestamp() + QUIET + 1) == 3
    assert senders(store) == {"old", "young"}
