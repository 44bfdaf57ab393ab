"""Starts the service, to be killed: `python killed.py [POINT KEY]`; prints its port once it is ready.

At POINT of the transaction that carries out the request with the idempotency key KEY the process
kills itself with SIGKILL, as the out-of-memory killer or a power cut would: nothing is flushed,
closed or rolled back by the program. The points are put in from here; the product knows none.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "service"))

import uvicorn
from campus import idempotency, startup
from campus.app import create_app
from campus.bookings import letters, make, seats

POINTS = ("key", "seats", "booking", "outbox", "commit")
"""After the key's row, the seats, the booking's row, the outbox's row; and between the commit and the answer."""

_armed = threading.local()


def arm(point: str, key: str) -> None:
    """Die after `point` in the request with that key."""

    def then_die(module: Any, name: str) -> None:
        original: Callable[..., Any] = getattr(module, name)

        def dying(*arguments: Any, **named: Any) -> Any:
            given = original(*arguments, **named)
            if getattr(_armed, "now", False):
                os.kill(os.getpid(), signal.SIGKILL)
            return given

        setattr(module, name, dying)

    where = {
        "key": (idempotency, "_claim"),
        "seats": (seats, "take"),
        "booking": (make, "_write"),
        "outbox": (letters, "send"),
        "commit": (idempotency, "_once"),
    }
    then_die(*where[point])
    carried_out = idempotency._once

    def watched(write: idempotency.Write, rule: Any) -> idempotency.Outcome:
        _armed.now = write.key == key
        return carried_out(write, rule)

    idempotency._once = watched


class Announced(uvicorn.Server):
    """Tells its port when it answers."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(self.servers[0].sockets[0].getsockname()[1], flush=True)


if __name__ == "__main__":
    startup.build_indexes = lambda *_: None  # nothing is searched here, and a start is to be short
    if len(sys.argv) > 1:
        arm(sys.argv[1], sys.argv[2])
    Announced(uvicorn.Config(create_app(), port=0, log_level="warning")).run()
