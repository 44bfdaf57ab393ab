"""The hub of one process, kept on disk: a restart loses nothing that a person would miss.

What was said, the requests for a person and the ids that were handled stand in SQLite; what is of a minute's worth
(who is there, how often somebody called) stays in memory. One thread does all of it, in order, so that no message waits
for the disk of another one's making; an operation takes some tenths of a millisecond.
"""

from __future__ import annotations

import asyncio
import functools
import json
import logging
import os
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from bot.channels import hub
from bot.channels.hub import AT_WORK, Away, Json, MemoryHub, order_of

logger = logging.getLogger(__name__)

#: First words of the names of notes that outlive the process.
LASTING = ("handoff", "message", "notice")
#: Seconds between two removals of what is over.
TIDY_SECONDS = 600

_T = TypeVar("_T")
_TABLES = """
CREATE TABLE IF NOT EXISTS said (
    conversation TEXT, moment INTEGER, number INTEGER, event TEXT, PRIMARY KEY (conversation, moment, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT, until REAL) WITHOUT ROWID;
"""


class KeptHub(MemoryHub):
    """For one process, which may end at any moment. The file is its own: no two processes may share it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._thread = ThreadPoolExecutor(1, "hub")
        self._file: sqlite3.Connection | None = None
        self._tidied_at = 0.0

    async def say(self, conversation: str, *events: Json) -> None:
        await self._do(self._say, conversation, events)
        self._ring(conversation)

    async def since(self, conversation: str, after: str = "") -> list[Json]:
        return await self._do(self._since, conversation, after)

    async def note(self, name: str, value: str, seconds: float) -> None:
        await (self._do(self._note, name, value, seconds) if _lasts(name) else super().note(name, value, seconds))

    async def noted(self, name: str) -> str | None:
        return await (self._do(self._noted, name) if _lasts(name) else super().noted(name))

    async def forget(self, name: str) -> None:
        await (self._do(self._forget, name) if _lasts(name) else super().forget(name))

    async def claim(self, name: str, value: str, seconds: float) -> bool:
        return await (
            self._do(self._claim, name, value, seconds) if _lasts(name) else super().claim(name, value, seconds)
        )

    # -- in the thread -----------------------------------------------------------------------------------------------

    async def _do(self, work: Callable[..., _T], *arguments: Any) -> _T:
        """Do something with the file. Raises Away where the disk is full or broken."""
        step = functools.partial(self._step, work, *arguments)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, step)
        except (sqlite3.Error, OSError) as error:
            raise Away(str(error)) from error

    def _step(self, work: Callable[..., _T], *arguments: Any) -> _T:
        file = self._file or self._open()
        with file:  # one transaction
            self._tidy(file)
            return work(file, *arguments)

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            file = self._connect()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):  # locked, or no room: the file itself is sound
                raise
            logger.exception("%s cannot be read; it is set aside", self._path)
            self._path.replace(self._path.with_suffix(".broken"))
            file = self._connect()
        self._file = file
        return file

    def _connect(self) -> sqlite3.Connection:
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))  # for its owner only, from the first moment
        file = sqlite3.connect(self._path, check_same_thread=False)
        file.execute("PRAGMA journal_mode=WAL")
        file.execute("PRAGMA synchronous=NORMAL")
        file.execute("PRAGMA secure_delete=ON")
        file.executescript(_TABLES)
        with file:
            file.execute("DELETE FROM notes WHERE value = ?", (AT_WORK,))  # what was at work has ended with its process
        return file

    def _tidy(self, file: sqlite3.Connection) -> None:
        now = time.time()
        if now - self._tidied_at < TIDY_SECONDS:
            return
        self._tidied_at = now
        over = "SELECT conversation FROM said GROUP BY conversation HAVING max(moment) <= ?"
        file.execute(f"DELETE FROM said WHERE conversation IN ({over})", (_earliest(),))
        file.execute("DELETE FROM notes WHERE until <= ?", (now,))

    def _say(self, file: sqlite3.Connection, conversation: str, events: tuple[Json, ...]) -> None:
        last = file.execute(
            "SELECT moment, number FROM said WHERE conversation = ? ORDER BY moment DESC, number DESC LIMIT 1",
            (conversation,),
        ).fetchone() or (0, 0)
        for event in events:
            last = max((int(time.time() * 1000), 0), (last[0], last[1] + 1))
            row = (conversation, *last, json.dumps(event))
            file.execute("INSERT INTO said VALUES (?, ?, ?, ?)", row)
        first_over = file.execute(
            "SELECT moment, number FROM said WHERE conversation = ? ORDER BY moment DESC, number DESC LIMIT 1 OFFSET ?",
            (conversation, hub.HISTORY),
        ).fetchone()
        if first_over:
            file.execute(
                "DELETE FROM said WHERE conversation = ? AND (moment, number) <= (?, ?)", (conversation, *first_over)
            )

    def _since(self, file: sqlite3.Connection, conversation: str, after: str) -> list[Json]:
        found = file.execute(
            "SELECT moment, number, event FROM said WHERE conversation = ? AND (moment, number) > (?, ?) ORDER BY 1, 2",
            (conversation, *order_of(after)),
        ).fetchall()
        if not found or found[-1][0] <= _earliest():
            return []
        return [{"id": f"{moment}-{number}", **json.loads(event)} for moment, number, event in found]

    def _note(self, file: sqlite3.Connection, name: str, value: str, seconds: float) -> None:
        file.execute("INSERT OR REPLACE INTO notes VALUES (?, ?, ?)", (name, value, time.time() + seconds))

    def _noted(self, file: sqlite3.Connection, name: str) -> str | None:
        row = file.execute("SELECT value FROM notes WHERE name = ? AND until > ?", (name, time.time())).fetchone()
        return row[0] if row else None

    def _forget(self, file: sqlite3.Connection, name: str) -> None:
        file.execute("DELETE FROM notes WHERE name = ?", (name,))

    def _claim(self, file: sqlite3.Connection, name: str, value: str, seconds: float) -> bool:
        if self._noted(file, name) is not None:
            return False
        self._note(file, name, value, seconds)
        return True


def _lasts(name: str) -> bool:
    return name.partition(":")[0] in LASTING


def _earliest() -> int:
    """A conversation whose last word is as old as this (milliseconds) is over."""
    return int((time.time() - hub.KEPT_SECONDS) * 1000)
