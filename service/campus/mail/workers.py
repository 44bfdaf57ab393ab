"""The worker that sends the mails of the outbox."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from prometheus_client import Counter

from campus.db import Database
from campus.mail import message
from campus.mail.transport import Transport, make_transport
from campus.outbox import workers
from campus.outbox.queue import Lane

MAILS = Counter("campus_mails_total", "Mails by kind and what became of them", ("kind", "result"))


def deliver_due(database: Database, transport: Transport, stopping: Callable[[], bool] = lambda: False) -> int:
    """Send the mails that are due now; how many rows were claimed."""
    return workers.deliver_due(database, Lane(), lambda row: transport.send(message.build(row)), MAILS, stopping)


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[None]:
    """Run one worker for as long as the application does."""
    database, transport = app.state.database, make_transport(app.state.settings)
    with workers.repeating("mail", lambda stopping: deliver_due(database, transport, stopping) > 0):
        yield
