"""Is it alive, is it ready, how is it doing."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from campus.db import Db
from campus.problems import Unavailable

router = APIRouter(tags=["status"])


@router.get("/healthz", summary="Is the process alive")
def healthz() -> dict[str, str]:
    """Answers as long as the process does; asks nothing of the database."""
    return {"status": "ok"}


@router.get("/readyz", summary="Would a request be answered now")
def readyz(request: Request, db: Db) -> dict[str, str]:
    """200 when the database answers and the catalogue is loaded, else 503."""
    if not getattr(request.app.state, "ready", False):
        raise Unavailable()
    db.execute(text("SELECT 1 FROM catalogue_state"))
    return {"status": "ready"}


@router.get("/metrics", summary="Prometheus metrics", response_class=Response)
def metrics() -> Response:
    """Counters and durations in Prometheus' text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
