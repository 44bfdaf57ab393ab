"""The outermost layer: a request id, the metrics, and a problem document for what nobody expected."""

from __future__ import annotations

import logging
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from campus import metrics
from campus.problems import Problem, TooLarge, Unavailable, answer, language_of

log = logging.getLogger("campus")

LARGEST_BODY = 1_000_000
"""Bytes of a request: the largest honest one (a hundred participants) has some 20,000."""

LARGEST_OF = {"/v1/staff/catalogue/import": 20_000_000}
"""Where more is taken: a workbook of thousands of rows."""


class Edge:
    """Pure ASGI: nothing is buffered, so that streams and large files pass as they are."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        started = time.perf_counter()
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                headers["X-Content-Type-Options"] = "nosniff"
            await send(message)

        received = 0
        largest = LARGEST_OF.get(scope["path"], LARGEST_BODY)

        async def receive_with_limit() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > largest:
                raise TooLarge()
            return message

        try:
            if int(Headers(scope=scope).get("content-length") or 0) > largest:
                raise TooLarge()
            await self.app(scope, receive_with_limit, send_with_id)
        except Exception as exc:  # the last line of defence: whatever it is, the caller gets a problem document
            if not isinstance(exc, Problem):
                log.exception("request %s failed: %s %s", request_id, scope["method"], scope["path"])
            if status:
                raise
            problem = exc if isinstance(exc, Problem) else Unavailable(request_id=request_id)
            await answer(problem, await language_of(Request(scope)))(scope, receive, send_with_id)
        finally:
            metrics.observe(scope, status, time.perf_counter() - started)
