"""The page with the chat at `/`, its script at `/chat.js`, one booking at `/manage`, a quote at `/company`, one alert
at `/alerts`, events at `/events`, and the other files of `web/`."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from campus import clock
from campus.problems import NotFound, answer, language_of
from campus.settings import get_settings

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}

_CLEAN = {name: f"{name[1:]}.html" for name in ("/manage", "/company", "/alerts", "/events")}
_ONE_EVENT = re.compile(r"/events/[\w.-]{1,120}")
"""The page of one event, where no file of that name is: the same page, which reads its address."""
_WITH_TOKEN = frozenset({"manage.html", "company.html", "alerts.html"})
"""The pages that a link with a token opens."""

_PRIVATE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "connect-src 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    "Referrer-Policy": "no-referrer",
}
"""Headers of the pages that a link with a token opens: nothing foreign, nothing inline, nothing kept, nothing told."""


def install(app: FastAPI) -> None:
    """Serve the files of `web_dir` where no route matches, so that a file never hides one."""
    root: Path = app.state.settings.web_dir

    async def otherwise(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        found = find(root, scope["path"]) if scope["method"] in {"GET", "HEAD"} else None
        response: Response
        if found is None:
            response = answer(NotFound(), await language_of(request))
        elif found.parent == root.resolve() and found.name in _WITH_TOKEN:
            response = HTMLResponse(_with_time(found), headers=_PRIVATE)
        elif found == root.resolve() / "events.html":
            response = HTMLResponse(_with_time(found), headers={**_PRIVATE, "Cache-Control": "no-cache"})
        elif found.name == "index.html":
            response = HTMLResponse(_with_endpoint(found, request), headers={"Cache-Control": "no-cache"})
        else:
            response = FileResponse(found, media_type=_TYPES[found.suffix], headers={"Cache-Control": "no-cache"})
        await response(scope, receive, send)

    app.router.default = otherwise


def _with_endpoint(page: Path, request: Request) -> str:
    """The page with the address that its chat talks to: `BOT_URL`, else this host at `BOT_PORT`."""
    settings = get_settings()
    bot = settings.bot_url or f"{request.url.scheme}://{request.url.hostname}:{settings.bot_port}"
    address = escape(f"{bot}/webhooks/web")
    return page.read_text(encoding="utf-8").replace('data-endpoint=""', f'data-endpoint="{address}"')


def _with_time(page: Path) -> str:
    """The page with the time it is for the business, from which it tells how long an offer still runs."""
    return page.read_text(encoding="utf-8").replace('data-now=""', f'data-now="{clock.iso(clock.now())}"')


def find(root: Path, path: str) -> Path | None:
    """The file of a kind we know that `path` names below `root`; nothing hidden, nothing outside."""
    name = _CLEAN.get(path, path.lstrip("/")) or "index.html"
    if "\0" in name or any(part.startswith(".") for part in name.split("/")):
        return None
    try:
        wanted = (root / name).resolve()
        known = wanted.suffix in _TYPES and wanted.is_relative_to(root.resolve()) and wanted.is_file()
    except (OSError, ValueError):  # a name that no file system takes
        return None
    if not known and _ONE_EVENT.fullmatch(path) and Path(name).suffix not in _TYPES:
        return find(root, "/events")
    return wanted if known else None
