"""What stands before every page of the site: nothing is there unless somebody could sign in, strict headers, and no
write that another site could have caused."""

from __future__ import annotations

import hmac
from urllib.parse import parse_qs, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from campus.admin import identity, texts
from campus.db import Database
from campus.languages import DEFAULT, from_accept
from campus.problems import NotFound, answer, language_of
from campus.settings import get_settings

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_FORM = "application/x-www-form-urlencoded"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""The pages have no script at all, so that none is allowed."""


class Door:
    """404 while nobody could sign in; else the language of the request, and the headers of every answer."""

    def __init__(self, app: ASGIApp, database: Database) -> None:
        self.app = app
        self.database = database

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if not await run_in_threadpool(identity.is_open, self.database):
            await answer(NotFound(), await language_of(request))(scope, receive, send)
            return
        texts.use(from_accept(request.headers.get("accept-language")) or DEFAULT)

        async def send_strictly(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_HEADERS)
                if not headers.get("content-type", "").startswith(("text/css", "font/", "image/")):
                    headers["Cache-Control"] = "no-store"
                    headers["Vary"] = "Accept-Language, Cookie"
            await send(message)

        await self.app(scope, receive, send_strictly)


class Known:
    """Looks up, once for each request and off the event loop, who is signed in. Wants the session."""

    def __init__(self, app: ASGIApp, database: Database) -> None:
        self.app = app
        self.database = database

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        who = await run_in_threadpool(identity.look_up, self.database, scope["session"])
        scope["state"] = {**scope.get("state", {}), "who": who}
        await self.app(scope, receive, send)


class SameSite:
    """Refuses (403) every request that could write and does not come from a page of this site.

    Asked are the browser's own words (`Origin`, `Sec-Fetch-Site`), which a page cannot forge, and the secret of the
    session, in the form or in `X-CSRF-Token`. Wants the session.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] in SAFE:
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        body = await request.body()
        if not (_is_ours(request) and _knows_the_secret(request, body)):
            page = f"<!doctype html><title>403</title><p>{texts.say('errors', 'csrf')}"
            await HTMLResponse(page, 403)(scope, receive, send)
            return

        async def again() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        await self.app(scope, again, send)


def _is_ours(request: Request) -> bool:
    """Whether the browser says nothing else than that one of our pages asked."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return True
    return origin == get_settings().public_url or urlsplit(origin).netloc == request.headers.get("host")


def _knows_the_secret(request: Request, body: bytes) -> bool:
    secret = str(request.session.get("csrf", ""))
    given = request.headers.get("x-csrf-token", "")
    if not given and request.headers.get("content-type", "").startswith(_FORM):
        try:
            given = parse_qs(body.decode()).get("csrf", [""])[0]
        except ValueError:  # not text, or too many fields
            return False
    return bool(secret) and hmac.compare_digest(secret.encode(), given.encode())
