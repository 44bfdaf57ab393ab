"""The business clock: what "next week" is counted from.

``CAMPUS_NOW`` moves it (an ISO 8601 time, or ``@file``, which is read at every look so that a test can move it).
Signatures, tokens, retries and rate limits keep the real clock.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.settings import get_settings

BRUSSELS = ZoneInfo("Europe/Brussels")


def now() -> datetime:
    """The present moment, aware, in Europe/Brussels."""
    said = get_settings().campus_now
    if said.startswith("@"):
        said = Path(said[1:]).read_text(encoding="utf-8").strip()
    if not said:
        return datetime.now(BRUSSELS)
    moment = datetime.fromisoformat(said.replace("Z", "+00:00"))
    return moment.replace(tzinfo=BRUSSELS) if moment.tzinfo is None else moment.astimezone(BRUSSELS)
