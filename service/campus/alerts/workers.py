"""The worker that looks for what is new."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI

from campus.alerts.telling import tell_due
from campus.db import Database
from campus.outbox.workers import repeating

EVERY_SECONDS = 30.0


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[None]:
    """Look for as long as the application runs."""
    database: Database = app.state.database

    def look(stopping: Callable[[], bool]) -> bool:
        tell_due(database, stopping)
        return False

    with repeating("alerts", look, EVERY_SECONDS):
        yield
