"""The application: `uvicorn campus.app:application --factory`."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI

from campus import problems
from campus.catalogue.schemas import ProblemOut
from campus.db import Database, use_database
from campus.middleware import Edge
from campus.settings import Settings, get_settings, use_settings

CAPABILITIES = (
    "catalogue",
    "knowledge",
    "speakers",
    "bookings",
    "alerts",
    "events",
    "mail",
    "notices",
    "handoffs",
    "companies",
    "privacy",
    "staff",
)
"""Packages of this service. Each may have `routes.router`, and `workers.running(app)`, an async context manager
that runs for as long as the application does (outbox, sweeper)."""


def create_app(settings: Settings | None = None) -> FastAPI:
    """A new application on these settings (the environment's by default), which become those of the process."""
    settings = settings or get_settings()
    use_settings(settings)
    database = Database(settings.database_url)
    use_database(database)
    app = FastAPI(
        title="EU Biotech Campus",
        version="1",
        summary="Catalogue, seats, bookings and knowledge base of the EU Biotech Campus in Gosselies",
        docs_url="/docs",
        redoc_url=None,
        lifespan=_lifespan,
        swagger_ui_oauth2_redirect_url=None,
        redirect_slashes=False,
        responses={
            422: {"model": ProblemOut, "description": "invalid (+ errors)"},
            503: {"model": ProblemOut, "description": "unavailable"},
        },
    )
    app.state.settings = settings
    app.state.database = database
    problems.install(app)
    for name in CAPABILITIES:
        if routes := _part(name, "routes"):
            app.include_router(routes.router)
    from campus import openapi, pages, status
    from campus.admin import site

    app.include_router(status.router)
    site.install(app)
    pages.install(app)
    openapi.install(app)
    app.add_middleware(Edge)
    return app


def application() -> FastAPI:
    """What uvicorn calls."""
    return create_app()


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Bring the database up to date, fill an empty catalogue, then run the workers until the end."""
    from starlette.concurrency import run_in_threadpool

    from campus.startup import prepare

    await run_in_threadpool(prepare, app)
    async with AsyncExitStack() as stack:
        for name in CAPABILITIES:
            if workers := _part(name, "workers"):
                await stack.enter_async_context(workers.running(app))
        app.state.ready = True
        yield
        app.state.ready = False
    app.state.database.engine.dispose()


def _part(capability: str, part: str):  # type: ignore[no-untyped-def]  # a module, chosen by name
    """`campus.<capability>.<part>` if it exists; an error inside it is raised, not hidden."""
    package = f"campus.{capability}"
    if importlib.util.find_spec(package) is None:
        return None
    if getattr(importlib.import_module(package), "__path__", None) is None:
        return None
    if importlib.util.find_spec(f"{package}.{part}") is None:
        return None
    return importlib.import_module(f"{package}.{part}")
