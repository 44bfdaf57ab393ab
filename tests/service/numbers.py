"""How many of everything: the short form of `make test` and the full form of `make test-faults` (CAMPUS_FULL=1).

One table, so that both forms are the same test. The full numbers are those at which each fault
showed every time when the protection was taken away.
"""

from __future__ import annotations

import os

FULL = os.environ.get("CAMPUS_FULL") == "1"

#: what, short, full
_TABLE = {
    "control_rounds": (10, 10),  # T1: never fewer, or it proves nothing
    "sale_rounds": (1, 10),  # T2: 200 clients, 12 seats, 40 threads each
    "http_clients": (60, 200),  # T3
    "http_seconds": (60, 15),  # the short form may share its cores with anything
    "group_rounds": (1, 10),  # T4: 60 firms, 40 seats
    "repeated_keys": (40, 200),  # T5
    "reused_keys": (50, 50),  # T6
    "pairs": (15, 50),  # T7
    "ending_holds": (40, 100),  # T8
    "promotion_rounds": (1, 5),  # T9: 4 workers, 20 seats, a queue of 60
    "cancellations": (12, 50),  # T10
    "kills_a_point": (1, 8),  # T11: at 5 points
    "restarts": (1, 3),  # T12
    "restart_bookings": (60, 500),
    "machine_runs": (40, 500),  # T16
    "machine_steps": (25, 40),
    "schema_seconds": (20, 300),
}


def number(what: str) -> int:
    """The number of that name in the form that runs."""
    return _TABLE[what][FULL]
