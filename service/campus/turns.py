"""A lock that is given in the order of asking: nobody waits for more than those who came before."""

from __future__ import annotations

import threading
from collections import deque


class Turns:
    """A fair, re-entrant lock. `threading.Lock` may be taken again at once by who just released it."""

    def __init__(self) -> None:
        self._inside = threading.Lock()
        self._holder: int | None = None
        self._depth = 0
        self._waiting: deque[tuple[int, threading.Event]] = deque()

    def acquire(self, seconds: float) -> bool:
        """Wait for one's turn; False where it did not come in time."""
        me = threading.get_ident()
        with self._inside:
            if self._holder is None or self._holder == me:
                self._holder = me
                self._depth += 1
                return True
            turn = threading.Event()
            self._waiting.append((me, turn))
        if turn.wait(seconds):
            return True
        with self._inside:
            if turn.is_set():  # it came just now
                return True
            self._waiting.remove((me, turn))
            return False

    def release(self) -> None:
        """Hand the lock to who has waited longest."""
        with self._inside:
            self._depth -= 1
            if self._depth:
                return
            self._holder = None
            if self._waiting:
                self._holder, turn = self._waiting.popleft()
                self._depth = 1
                turn.set()
