"""The thread that lets nothing be kept too long: at the start, then looking once an hour whether a day has begun."""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from campus.db import Database
from campus.privacy import retention

log = logging.getLogger(__name__)

EVERY_SECONDS = 3600.0


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[None]:
    """Run once before the first answer, then daily for as long as the application does."""
    stop = threading.Event()
    await run_in_threadpool(_once, app.state.database)
    thread = threading.Thread(target=_run, args=(app.state.database, stop), name="retention", daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join(5)


def _run(database: Database, stop: threading.Event) -> None:
    while not stop.wait(EVERY_SECONDS):
        _once(database)


def _once(database: Database) -> None:
    try:
        if counts := retention.run_if_due(database):
            log.info("forgotten: %s", counts)
    except Exception:  # the next look tries again; nobody's booking waits for this
        log.exception("retention was not done")
