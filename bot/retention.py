"""Conversations are forgotten: what was said some time ago, and at once where a person had their data erased.

A thread of the process that runs Rasa looks at the tracker store; nothing else writes to it but Rasa itself. What is
old is counted from the business clock. A conversation that is to be forgotten now waits until nothing was said in it
for a minute, so that no turn is under way.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from bot import clock
from bot.settings import get_settings

logger = logging.getLogger(__name__)

#: Seconds between two looks, and of quiet after which a conversation is forgotten at the person's wish.
EVERY = 60.0
QUIET = 60.0
#: The slot with which an action marks a conversation that is to be forgotten.
FORGET_ME = "forget_me"


def forget_old(store: Path, before: datetime) -> int:
    """Remove all events from before a moment; how many there were. Raises sqlite3.Error."""
    with closing(_open(store)) as db, db:
        return db.execute("DELETE FROM events WHERE timestamp < ?", (before.timestamp(),)).rowcount


def forget_marked(store: Path, real_now: float) -> int:
    """Remove the conversations that are marked, once they are quiet; how many events there were.

    Args:
        real_now: seconds of the real clock, as events carry them.

    Raises:
        sqlite3.Error: the store cannot be written now.
    """
    quiet = (
        "SELECT sender_id FROM events WHERE sender_id IN "
        "(SELECT sender_id FROM events WHERE type_name = 'slot' AND action_name = ?) "
        "GROUP BY sender_id HAVING max(timestamp) < ?"
    )
    with closing(_open(store)) as db, db:
        db.execute("BEGIN IMMEDIATE")  # nothing is said between the look and the removal
        done = db.execute(f"DELETE FROM events WHERE sender_id IN ({quiet})", (FORGET_ME, real_now - QUIET))
        return done.rowcount


def _open(store: Path) -> sqlite3.Connection:
    db = sqlite3.connect(store, timeout=10)
    db.execute("PRAGMA secure_delete = ON")  # what is removed is also gone from the file
    return db


def keep_short(store: Path) -> threading.Thread:
    """Forget for as long as this process lives, in a thread that holds nobody up."""
    thread = threading.Thread(target=_loop, args=(store,), name="retention", daemon=True)
    thread.start()
    return thread


def _loop(store: Path) -> None:
    done = None
    while True:
        try:
            if store.exists():
                now = clock.now()
                if now.date() != done:
                    count = forget_old(store, now - timedelta(days=get_settings().retention_days))
                    logger.info("forgotten: %d events of old conversations", count)
                    done = now.date()
                forget_marked(store, time.time())
        except Exception as error:  # no table yet, or the store is busy: the next look does it
            logger.info("nothing forgotten: %s", type(error).__name__)
        time.sleep(EVERY)
