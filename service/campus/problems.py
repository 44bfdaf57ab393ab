"""What goes wrong, as RFC 9457 problem documents: one class per code of the contract; the words: problems.yml."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import yaml
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from campus.languages import DEFAULT, from_accept, supported

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """Base class: `code` and `status` of the contract, extra members of the document, extra headers."""

    code: ClassVar[str] = "unavailable"
    status: ClassVar[int] = 503

    def __init__(self, *, headers: Mapping[str, str] | None = None, **extra: Any) -> None:
        super().__init__(self.code)
        self.extra = extra
        self.headers = dict(headers or {})

    def document(self, lang: str) -> dict[str, Any]:
        """The problem document in that language."""
        return document(self.code, self.status, lang, **self.extra)


class IdempotencyKeyMissing(Problem):
    code, status = "idempotency-key-missing", 400


class NotAuthenticated(Problem):
    code, status = "not-authenticated", 401

    def __init__(self, **extra: Any) -> None:
        super().__init__(headers={"WWW-Authenticate": "Bearer"}, **extra)


class Forbidden(Problem):
    code, status = "forbidden", 403


class NotEligible(Problem):
    """`rule` is the name of the rule that refuses; a person may be asked (`contact`), who may decide otherwise."""

    code, status = "not-eligible", 403

    def __init__(self, rule: str, **extra: Any) -> None:
        super().__init__(rule=rule, contact="handoff", **extra)


class NotFound(Problem):
    code, status = "not-found", 404


class SessionFull(Problem):
    code, status = "session-full", 409

    def __init__(self, sessions: Sequence[Mapping[str, Any]] = (), **extra: Any) -> None:
        super().__init__(sessions=list(sessions), **extra)


class SessionClosed(Problem):
    code, status = "session-closed", 409


class SessionCancelled(Problem):
    code, status = "session-cancelled", 409


class AlreadyBooked(Problem):
    code, status = "already-booked", 409


class WrongState(Problem):
    code, status = "wrong-state", 409

    def __init__(self, state: str, **extra: Any) -> None:
        super().__init__(state=state, **extra)


class VersionConflict(Problem):
    code, status = "version-conflict", 409


class IdempotencyKeyReused(Problem):
    code, status = "idempotency-key-reused", 409


class InProgress(Problem):
    code, status = "in-progress", 409


class HoldExpired(Problem):
    code, status = "hold-expired", 410


class OfferLapsed(Problem):
    code, status = "offer-lapsed", 410


class CodeExpired(Problem):
    code, status = "code-expired", 410


class TooLarge(Problem):
    code, status = "too-large", 413


class Invalid(Problem):
    """`Invalid(seats="too_many", email="malformed")`: field by field what does not fit."""

    code, status = "invalid", 422

    def __init__(self, errors: Sequence[Mapping[str, str]] = (), **fields: str) -> None:
        super().__init__(errors=[*errors, *({"field": name, "code": code} for name, code in fields.items())])


class RateLimited(Problem):
    """`retry_after` in seconds."""

    code, status = "rate-limited", 429

    def __init__(self, retry_after: int, **extra: Any) -> None:
        super().__init__(headers={"Retry-After": str(max(1, retry_after))}, **extra)


class Unavailable(Problem):
    code, status = "unavailable", 503


@lru_cache
def _words() -> dict[str, dict[str, Any]]:
    text = (Path(__file__).parent / "problems.yml").read_text(encoding="utf-8")
    return yaml.safe_load(text)  # type: ignore[no-any-return]


def document(code: str, status: int, lang: str, **extra: Any) -> dict[str, Any]:
    """A problem document; `lang` is `fr` or `en`. Where a rule refuses, the detail is that of the rule."""
    words = _words()[code]
    detail = words["detail"]
    if "rule" in extra:
        kind = extra.get("requirement", {}).get("rule", extra["rule"])
        detail = words.get("rules", {}).get(kind, detail)
    return {
        "type": f"urn:campus:problem:{code}",
        "title": words["title"][lang],
        "status": status,
        "code": code,
        "detail": detail[lang].format(**extra),
        **extra,
    }


def answer(problem: Problem, lang: str) -> JSONResponse:
    """The HTTP answer for a problem."""
    headers = {**problem.headers, "Content-Language": lang, "Cache-Control": "no-store"}
    return JSONResponse(problem.document(lang), problem.status, headers, MEDIA_TYPE)


async def language_of(request: Request, body: object = None) -> str:
    """The language to answer in: `lang` of the query, else of the body, else Accept-Language, else French."""
    if asked := supported(request.query_params.get("lang")):
        return asked
    if body is None and hasattr(request, "_body"):  # read before by the route: nothing is waited for
        try:
            body = json.loads(await request.body())
        except ValueError:
            body = None
    if isinstance(body, dict) and (asked := supported(body.get("lang"))):
        return asked
    return from_accept(request.headers.get("accept-language")) or DEFAULT


def _errors(exc: RequestValidationError) -> list[dict[str, str]]:
    """`[{field, code}]`; never the value itself, which may be personal."""
    places = {"query", "body", "path", "header", "cookie"}
    errors = []
    for error in exc.errors():
        where = [str(part) for part in error["loc"]]
        if where and where[0] in places:
            where = where[1:]
        if error["type"] == "json_invalid":
            where = []
        errors.append({"field": ".".join(where) or "body", "code": str(error["type"])})
    return errors


def install(app: FastAPI) -> None:
    """Answer every error of the routes with a problem document (the rest: `campus.middleware`)."""

    async def on_problem(request: Request, exc: Exception) -> JSONResponse:
        assert isinstance(exc, Problem)
        return answer(exc, await language_of(request))

    async def on_invalid(request: Request, exc: Exception) -> JSONResponse:
        assert isinstance(exc, RequestValidationError)
        return answer(Invalid(_errors(exc)), await language_of(request, exc.body))

    async def on_http(request: Request, exc: Exception) -> JSONResponse:
        assert isinstance(exc, HTTPException)
        if isinstance(exc.__cause__, Problem):  # raised while the body was read, which the framework makes a 400
            return answer(exc.__cause__, await language_of(request))
        code = _BY_STATUS.get(exc.status_code, "invalid" if exc.status_code < 500 else "unavailable")
        lang = await language_of(request)
        headers = {**(exc.headers or {}), "Content-Language": lang}
        if exc.status_code == 405:
            headers["Allow"] = ", ".join(_allowed(request)) or headers.get("allow", "")
        return JSONResponse(document(code, exc.status_code, lang), exc.status_code, headers, MEDIA_TYPE)

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)


def _allowed(request: Request) -> list[str]:
    """The methods of all routes at this path; the framework names those of the first one only.

    A path that is spelled out in the document is that one, and not the id of something.
    """
    paths = request.app.openapi()["paths"]
    if spelled := paths.get(request.url.path):
        return sorted(method.upper() for method in spelled)
    here = (methods for path, methods in paths.items() if compile_path(path)[0].match(request.url.path))
    return sorted({method.upper() for methods in here for method in methods})


_BY_STATUS = {
    401: "not-authenticated",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
    429: "rate-limited",
}
