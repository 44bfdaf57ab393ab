"""The OpenAPI document: what is alike for every route is said here once, so that no route has to remember it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from campus.idempotency import KEY_PATTERN, LONGEST, SHORTEST, needs_key
from campus.speakers.speaker import guest, speaker
from campus.staff.access import Only

SCHEME = "bearer"
BEARER: dict[str, Any] = {"security": [{SCHEME: []}]}
"""For a route that finds out by itself who speaks."""
ANYBODY: dict[str, Any] = {"security": [{}, {SCHEME: []}]}
"""For a route that writes for anybody, such as a wish or an address that is left: nothing of anybody else's is changed,
and nothing of theirs is told."""
PROBLEM: dict[str, Any] = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": "A personal token of the staff, whose scopes an operation names; the assertion of a channel; the "
    "token of a one-time code; the token of a booking's, a quote's or an alert's link.",
}
_KEY = {"type": "string", "minLength": SHORTEST, "maxLength": LONGEST, "pattern": KEY_PATTERN}


def install(app: FastAPI) -> None:
    """Complete the document that FastAPI makes; it is made once, when it is first asked for."""
    generated = app.openapi

    def complete() -> dict[str, Any]:
        made = app.openapi_schema is not None
        document = generated()
        if not made:
            document["components"]["securitySchemes"] = {SCHEME: _BEARER}
            routes = {(one.path_format, method.lower()): one for one in _routes(app) for method in one.methods or ()}
            for path, methods in document["paths"].items():
                for method, operation in methods.items():
                    route = routes[path, method]
                    _a_body_may_be_too_large(operation)
                    _errors_are_problems(operation)
                    _describe_key(operation, required=needs_key(route.dependant))
                    _parameters_are_there_or_not(operation)
                    operation.setdefault("security", _security(route.dependant, reads=method == "get"))
        return document

    app.openapi = complete  # type: ignore[method-assign]


def _routes(app: FastAPI) -> Iterator[APIRoute]:
    """The routes of the application and of the routers it includes, which newer FastAPI keeps as they are."""
    waiting = list(app.routes)
    while waiting:
        route = waiting.pop()
        included = getattr(route, "original_router", None)
        if included is not None:  # and what that one includes
            waiting += included.routes
        elif isinstance(route, APIRoute):
            yield route


def _security(dependant: Dependant, *, reads: bool) -> list[dict[str, list[str]]]:
    """Who may call a route, by what it depends on: staff with one of some scopes, whoever says who they are, anybody.

    What writes is for anybody only where it says so itself (`ANYBODY`).
    """
    calls = list(_calls(dependant))
    for call in calls:
        if isinstance(call, Only):
            return [{SCHEME: [scope]} for scope in call.scopes] or [{SCHEME: []}]
    if speaker in calls or not reads:
        return [{SCHEME: []}]
    return [{}, {SCHEME: []}] if guest in calls else []


def _calls(dependant: Dependant) -> Iterator[Any]:
    for part in dependant.dependencies:
        yield part.call
        yield from _calls(part)


def _a_body_may_be_too_large(operation: dict[str, Any]) -> None:
    """Wherever a body is taken, it is taken up to a size (`campus.middleware`)."""
    if "requestBody" in operation:
        operation.setdefault("responses", {}).setdefault("413", {"description": "too-large"})


def _errors_are_problems(operation: dict[str, Any]) -> None:
    """Whatever goes wrong is answered with a problem document, and with no other type of content."""
    for status, response in operation.get("responses", {}).items():
        if status.startswith(("4", "5")):
            response["content"] = PROBLEM


def _describe_key(operation: dict[str, Any], *, required: bool) -> None:
    """The idempotency key's grammar, which is not checked by the framework: a bad one is a 400 and not a 422."""
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "header" and parameter["name"].lower() == "idempotency-key":
            parameter["schema"] = _KEY
            parameter["required"] = required
            parameter["example"] = "5f1d3a9e-6c0b-4d9a-9a58-0f5b7f3c2e11"


def _parameters_are_there_or_not(operation: dict[str, Any]) -> None:
    """A parameter of an address or a header is left out or is text: it has no `null`, as the generated one says."""
    for parameter in operation.get("parameters", []):
        schema = parameter["schema"]
        rest = [choice for choice in schema.get("anyOf", []) if choice != {"type": "null"}]
        if len(rest) == 1:
            del schema["anyOf"]
            parameter["schema"] = {**rest[0], **schema}
