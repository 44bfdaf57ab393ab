"""Keeps a copy of what people may mention: titles, aliases and questions, as the service has them now.

The language components match against this file and never call the service, so a message is parsed at the same speed
whether the service is up or not. A new course is understood within `EVERY` seconds, without training.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from pathlib import Path
from typing import Any

import requests

from bot.settings import get_settings

logger = logging.getLogger(__name__)

#: Seconds between two looks; a look that finds nothing new costs a 304.
EVERY = 20.0
#: The same until the service has answered once: at the start both come up together.
FIRST_EVERY = 0.5


def refresh(target: Path, etag: str | None = None) -> str | None:
    """Write the snapshot to ``target`` if it has changed; return its ETag.

    Raises:
        requests.RequestException: the service is not there or refuses.
    """
    headers = {"If-None-Match": etag} if etag and target.exists() else {}
    session = requests.Session()
    session.trust_env = False
    response = session.get(f"{get_settings().campus_url}/v1/snapshot", headers=headers, timeout=5)
    if response.status_code == 304:
        return etag
    response.raise_for_status()
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_suffix(f".{os.getpid()}.tmp")
    half.write_text(json.dumps(response.json(), ensure_ascii=False), encoding="utf-8")
    half.replace(target)  # appears whole: a reader never sees half a file
    return response.headers.get("ETag")


def keep_fresh() -> threading.Thread:
    """Refresh for as long as this process lives, in a thread that holds nobody up."""
    thread = threading.Thread(target=_loop, name="snapshot", daemon=True)
    thread.start()
    return thread


def _loop() -> None:
    etag: str | None = None
    while True:
        try:
            etag = refresh(get_settings().snapshot, etag)
        except Exception as error:  # the service away, a full disk, …: the last one serves, and the next look may do
            logger.info("snapshot not refreshed: %s", type(error).__name__)
        time.sleep(EVERY if etag else FIRST_EVERY)


_read: tuple[Path, float, dict[str, Any]] | None = None


def load() -> dict[str, Any]:
    """The last snapshot, else the demonstration's, else an empty one; read again only when the file has changed."""
    global _read
    settings = get_settings()
    for path in (settings.snapshot, settings.demo_snapshot):
        try:
            changed = path.stat().st_mtime
            if _read is None or _read[:2] != (path, changed):
                _read = (path, changed, json.loads(path.read_text(encoding="utf-8")))
            return _read[2]
        except (OSError, ValueError):
            continue
    return {"operators": [], "topics": [], "courses": [], "answers": []}


def names(lang: str) -> dict[str, dict[str, str]]:
    """What topics and operators are called: ``{"topic": {id: name}, "operator": {id: name}}``."""
    snapshot = load()
    return {
        "topic": {topic["id"]: topic["name"][lang] for topic in snapshot["topics"]},
        "operator": {operator["id"]: operator["name"] for operator in snapshot["operators"]},
    }
