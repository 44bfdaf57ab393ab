"""The channel of the page: messages come in by POST, and what is said goes out as server-sent events.

``POST session`` opens a conversation and gives a token for it, which each message and each stream of events renews.
Whoever has the token is the visitor, and nobody else; no visitor can be linked to a member of staff. What a visitor
types is never a payload; a button counts if its payload bears the mark that this conversation was given with it.
The service's notices and a person's answers come on the same stream.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import hmac
import json as jsonlib
import logging
import re
import time
import unicodedata
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import jwt
from rasa.core.agent import Agent
from rasa.shared.exceptions import RasaException
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, empty, json

from bot import responses
from bot.channels import notices
from bot.channels.addresses import Streams, address_of
from bot.channels.base import CampusInput, Handler, Incoming, Json, Reply
from bot.channels.handoffs import ACTIVE, CLOSED, Handoffs
from bot.channels.hub import AT_WORK, Away, Hub, get_hub, is_event_id
from bot.channels.problems import Problem, answer, language_of
from bot.channels.redaction import redact
from bot.channels.secrets import WEB, mark, secret
from bot.service import Service, Unavailable
from bot.settings import get_settings

logger = logging.getLogger(__name__)

#: Seconds that a token is good for; an open chat renews it every minute.
TOKEN_SECONDS = 3600
#: The header of a stream that brings the next token; a message's answer has it in its body.
RENEWED = "Campus-Token"
#: Seconds of one stream of events, and of silence on it before a sign of life. Rasa's server ends an answer at 60.
STREAM_SECONDS = 55.0
PING_SECONDS = 15.0
#: Seconds that a visitor counts as there after a sign of their stream, and after its end by time: the page opens the
#: next one at once. A stream that the page itself has ended says that nobody is there.
HERE_SECONDS, AGAIN_SECONDS = 2 * PING_SECONDS, 10.0
#: Seconds without a sign of work after which a message may be delivered again (its process may have died).
LEASE_SECONDS = 45.0
#: Seconds that a message's id is known.
REPEAT_SECONDS = 24 * 3600
#: Bytes of a request, and seconds until all of them must have come.
LARGEST = 16 * 1024
BODY_SECONDS = 10.0
#: Characters of a message that a person gets, as many as the service takes; the assistant reads fewer, and says so.
SHOWN = 4000
#: A minute's messages of a session; sessions and messages of an address, which may be that of a whole classroom.
MESSAGES, ADDRESS_SESSIONS, ADDRESS_MESSAGES = 20, 60, 300
#: Streams that a session (one a tab) and an address may have open in one process.
STREAMS, ADDRESS_STREAMS = 6, 300
#: Seconds that a browser may remember what it may ask from another site.
PREFLIGHT_SECONDS = 7200

_AUDIENCE = "campus-web"
_VISITOR = re.compile(r"web:(?P<id>[0-9a-f-]{36})")
_MESSAGE_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)

Route = Callable[[Request], Awaitable[HTTPResponse | None]]


@dataclass(frozen=True)
class Visitor:
    """Whom a token speaks for, and what the page said of itself."""

    id: str
    lang: str = responses.DEFAULT
    page: str | None = None

    @property
    def conversation(self) -> str:
        """The conversation's name, here and in Rasa's tracker."""
        return f"web:{self.id}"


class WebInput(CampusInput):
    """Channel of the page."""

    platform = "web"

    def __init__(self, hub: Hub | None = None) -> None:
        super().__init__()
        self.hub = hub or get_hub()
        self.alone = not get_settings().redis_url
        self.handoffs = Handoffs(self.hub)
        self._streams = Streams()
        self._at_work: set[asyncio.Future[Any]] = set()
        self._stopping = False

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> WebInput:
        """The channel.

        Raises:
            RasaException: several processes are to share conversations, and nothing to share them in.
        """
        settings = get_settings()
        if settings.sanic_workers > 1 and not settings.redis_url:
            raise RasaException("With SANIC_WORKERS above 1 the web channel needs REDIS_URL")
        return cls()

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """The routes of this channel."""
        routes = Blueprint("campus_web")

        @routes.listener("before_server_stop")
        async def stop(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
            self._stopping = True
            self.hub.ring_all()  # the server would wait for the streams

        @routes.route("/session", methods=["POST", "OPTIONS"], stream=True)
        @_guarded
        async def session(request: Request) -> HTTPResponse:
            return await self._session(request)

        @routes.route("/message", methods=["POST", "OPTIONS"], stream=True)
        @_guarded
        async def message(request: Request) -> HTTPResponse:
            return await self._message(request, request.app.ctx.agent, on_new_message)

        @routes.route("/events", methods=["GET", "OPTIONS"])
        @_guarded
        async def events(request: Request) -> None:
            await self._events(request)

        return routes

    # -- requests ----------------------------------------------------------------------------------------------------

    async def _session(self, request: Request) -> HTTPResponse:
        body = await _body(request)
        wrong = [name for name in ("lang", "page") if not isinstance(body.get(name) or "", str)]
        if wrong:
            raise Problem(422, "invalid", wrong)
        await self._limit(f"sessions:{address_of(request)}", ADDRESS_SESSIONS)
        visitor = Visitor(str(uuid.uuid4()), _spoken(body.get("lang")) or language_of(request), _path(body.get("page")))
        token, expires_at = _token(visitor)
        return json({"token": token, "conversation": visitor.conversation, "expires_at": expires_at}, 201, _PRIVATE)

    async def _message(self, request: Request, agent: Agent, handle: Handler) -> HTTPResponse:
        visitor = _visitor(request)
        body = await _body(request)
        message_id, payload = body.get("id"), body.get("payload")
        said = body.get("text") if payload is None else payload
        if not isinstance(message_id, str) or not _MESSAGE_ID.fullmatch(message_id):
            raise Problem(422, "invalid", ["id"])
        if not isinstance(said, str):
            raise Problem(422, "invalid", ["text" if payload is None else "payload"])
        if payload is not None and not _is_marked(visitor, payload, body.get("signature")):
            raise Problem(400, "unsigned")
        visitor = replace(visitor, lang=_spoken(body.get("lang")) or visitor.lang)
        note = _note(visitor, message_id)
        if await self.hub.claim(note, AT_WORK, LEASE_SECONDS):  # a repeat is told the same, and nothing more happens
            try:
                await self._limit(f"messages:{visitor.id}", MESSAGES)
                await self._limit(f"messages:{address_of(request)}", ADDRESS_MESSAGES)
                await self._accept(visitor, message_id, said, payload, agent, handle)
            except BaseException:
                await self.hub.forget(note)
                raise
        by = "person" if await self.hub.noted(note) == "person" else "assistant"
        token, expires_at = _token(visitor)
        told = {"id": message_id, "answered_by": by, "token": token, "expires_at": expires_at}
        return json(told, 202, _PRIVATE)

    async def _events(self, request: Request) -> None:
        visitor = _visitor(request)
        after = request.args.get("after") or request.headers.get("Last-Event-ID") or ""
        if after and not is_event_id(after):
            raise Problem(422, "invalid", ["after"])
        address = address_of(request)
        many = self.hub.listeners(visitor.conversation) >= STREAMS or self._streams.of(address) >= ADDRESS_STREAMS
        if get_settings().rate_limits and many:
            raise Problem(429, "rate-limited", retry_after=int(STREAM_SECONDS))
        headers = {**_PRIVATE, **_allowed(request), "X-Accel-Buffering": "no", RENEWED: _token(visitor)[0]}
        with self._streams.opened(address):
            await self._stream(request, visitor.conversation, after, headers)

    async def _stream(self, request: Request, conversation: str, after: str, headers: dict[str, str]) -> None:
        ended = False
        try:
            await self._send(request, conversation, after, headers)
            ended = True
        finally:  # cancelled as soon as the page has gone
            if not self.hub.listeners(conversation):  # in another process, its stream says so again soon
                with contextlib.suppress(Away):
                    await self._note_presence(conversation, AGAIN_SECONDS if ended else 0)

    async def _send(self, request: Request, conversation: str, after: str, headers: dict[str, str]) -> None:
        with self.hub.listening(conversation) as bell:
            await self._note_presence(conversation)
            stream = await request.respond(headers=headers, content_type="text/event-stream; charset=utf-8")
            await stream.send(": ok\n\n")  # the first bytes bring the head of the answer, for which the page waits
            with contextlib.suppress(Away):  # the page comes back
                await self._tell(stream, conversation, after, bell)
            await stream.eof()

    async def _tell(self, stream: Any, conversation: str, after: str, bell: asyncio.Event) -> None:
        """Send what is said after that event, for as long as a stream lasts."""
        ends, live = time.monotonic() + STREAM_SECONDS, False
        while (left := ends - time.monotonic()) > 0 and not self._stopping:
            bell.clear()
            for event in await self.hub.since(conversation, after):
                after = event["id"]
                await stream.send(_frame(event))
            if not live:
                live = True
                await stream.send(": live\n\n")  # what comes from here on is new
            try:
                await asyncio.wait_for(bell.wait(), min(PING_SECONDS, left))
            except asyncio.TimeoutError:
                await self._note_presence(conversation)
                await stream.send(": still here\n\n")

    # -- a message ---------------------------------------------------------------------------------------------------

    async def _accept(
        self, visitor: Visitor, message_id: str, said: str, payload: str | None, agent: Agent, handle: Handler
    ) -> None:
        """Let everybody who listens see the message, and give it to who answers."""
        conversation = visitor.conversation
        shown = _shown(said) if payload is None else await self._title(conversation, payload)
        service = Service(self.signer.sign(f"{self.platform}:local:{visitor.id}", conversation), visitor.lang)
        try:
            state = await self.handoffs.deliver(conversation, service, message_id, shown or "…")
        except Unavailable:
            raise Problem(503, "unavailable", retry_after=5) from None
        before = {event["from"] for event in await self.hub.since(conversation) if event.get("message") == message_id}
        if "visitor" not in before:  # else an earlier delivery came so far, and no further
            await self.hub.say(conversation, _event("visitor", Reply(shown, visitor.lang), message=message_id))
        if "bot" in before:  # all that is said to a message is said at once
            await self.hub.note(_note(visitor, message_id), "assistant", REPEAT_SECONDS)
            return
        if state == ACTIVE:
            await self.hub.note(_note(visitor, message_id), "person", REPEAT_SECONDS)
            return
        if state == CLOSED:
            closed = notices.words({"kind": "handoff-closed", "lang": visitor.lang})
            assert closed is not None
            await self.hub.say(conversation, self._said_event("notice", visitor.conversation, closed))
        incoming = Incoming(said, visitor.id, id=message_id, lang=visitor.lang, payload=payload, page=visitor.page)
        self._in_background(self._answer_it(visitor, incoming, agent, handle))

    async def _answer_it(self, visitor: Visitor, incoming: Incoming, agent: Agent, handle: Handler) -> None:
        note = _note(visitor, str(incoming.id))
        try:
            async with self._leased(note):
                replies = await self.turn(agent, handle, incoming)
            events = [self._said_event("bot", visitor.conversation, reply, incoming.id) for reply in replies]
            for event in events[:-1]:
                event["more"] = True  # the reply goes on in the next one
            for reply in replies:
                if reply.handoff:
                    await self.handoffs.opened(visitor.conversation, reply.handoff)
                elif reply.handoff is not None:  # taken back by the visitor
                    await self.handoffs.closed(visitor.conversation)
            await self.hub.say(visitor.conversation, *events)
            await self.hub.note(note, "assistant", REPEAT_SECONDS)
        except BaseException:  # the server stops, or Redis is away: the page sends it again
            with contextlib.suppress(Away):
                await self.hub.forget(note)
            raise

    @contextlib.asynccontextmanager
    async def _leased(self, note: str) -> AsyncIterator[None]:
        """Let nobody else answer the message for as long as this takes."""
        over = asyncio.Event()

        async def renew() -> None:
            while not over.is_set():
                try:
                    await asyncio.wait_for(over.wait(), LEASE_SECONDS / 3)
                except asyncio.TimeoutError:
                    with contextlib.suppress(Away):
                        await self.hub.note(note, AT_WORK, LEASE_SECONDS)

        renewing = asyncio.ensure_future(renew())
        try:
            yield
        finally:
            over.set()
            await renewing

    async def _title(self, conversation: str, payload: str) -> str:
        """What stands on the button that was pressed."""
        for event in reversed(await self.hub.since(conversation)):
            for button in event["buttons"]:
                if button["payload"] == payload:
                    return str(button["title"])
        return ""

    # -- notices -----------------------------------------------------------------------------------------------------

    async def hear(self, agent: Agent, notice: Json) -> bool:
        """Say a notice in its conversation; whether its visitor is there to read it.

        Where nobody is, it is kept all the same, for when the chat is opened again.
        """
        conversation = str(notice["conversation"]).split(":", 2)[-1]
        if not _VISITOR.fullmatch(conversation):
            return False
        kind = str(notice.get("kind"))
        if kind.startswith("handoff-"):
            await self._follow(conversation, notice.get("data") or {})
        reply = notices.words(notice)
        if reply is None:
            logger.warning("a notice of a kind that is not known here: %s", kind)
            return True
        by = "person" if kind == "handoff-message" else "notice"
        await self.hub.say(conversation, self._said_event(by, conversation, reply))
        if reply.key:
            reference = (notice.get("data") or {}).get("reference")
            slots = {"last_booking": reference} if reference else {}
            self._in_background(self.said(agent, conversation, [reply], slots))
        return await self.hub.noted(f"here:{conversation}") is not None

    async def _follow(self, conversation: str, told: Json) -> None:
        """Keep up with a request for a person, also one that was made before this process began."""
        if told.get("state") == CLOSED:
            await self.handoffs.closed(conversation, str(told.get("handoff")))
        elif told.get("handoff") and told.get("state"):
            await self.handoffs.opened(conversation, str(told["handoff"]), str(told["state"]))

    # -- the rest ----------------------------------------------------------------------------------------------------

    def _said_event(self, by: str, conversation: str, reply: Reply, message: str | None = None) -> Json:
        """What was said to a visitor, its buttons marked as offered in this conversation."""
        event = _event(by, reply, message)
        for button in event["buttons"]:
            button["signature"] = mark("button", conversation, button["payload"])
        return event

    async def _note_presence(self, conversation: str, seconds: float | None = None) -> None:
        """Somebody is there to read, and will be so for these seconds; with 0, nobody any more."""
        seconds = HERE_SECONDS if seconds is None else seconds
        if seconds:
            await self.hub.note(f"here:{conversation}", "1", seconds)
        else:
            await self.hub.forget(f"here:{conversation}")

    async def _limit(self, name: str, most: int) -> None:
        if not get_settings().rate_limits:
            return
        counted, seconds = await self.hub.count(name, 60)
        if counted > most:
            raise Problem(429, "rate-limited", retry_after=seconds)

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        """Go on with something after the request; what fails there is logged."""
        task = asyncio.ensure_future(work)
        self._at_work.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Future[Any]) -> None:
        self._at_work.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.error("what followed a request failed", exc_info=error)


# -- who may call ------------------------------------------------------------------------------------------------------

_PRIVATE = {"Cache-Control": "no-store"}


def _guarded(route: Route) -> Route:
    """Answer preflights, refuse foreign pages, and word what is refused."""

    @functools.wraps(route)
    async def guarded(request: Request) -> HTTPResponse | None:
        allowed = _allowed(request)
        try:
            if request.headers.get("Origin") and "Access-Control-Allow-Origin" not in allowed:
                raise Problem(403, "forbidden")
            if request.method == "OPTIONS":
                return empty(204, {**allowed, **_PREFLIGHT})
            response = await route(request)
        except Problem as problem:
            response = answer(problem, language_of(request))
        except Away:
            logger.exception("what is remembered cannot be reached")
            response = answer(Problem(503, "unavailable", retry_after=5), language_of(request))
        if response is not None:
            response.headers.update(allowed)
        return response

    return guarded


_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Accept-Language, Last-Event-ID",
    "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
}


def _allowed(request: Request) -> dict[str, str]:
    """The headers that let the page of an allowed site read the answer."""
    origin = request.headers.get("Origin")
    if origin not in get_settings().origins:
        return {"Vary": "Origin"}
    return {
        "Vary": "Origin",
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": f"Retry-After, {RENEWED}",
    }


# -- tokens and marks --------------------------------------------------------------------------------------------------


def _token(visitor: Visitor) -> tuple[str, str]:
    """A token for the visitor, and when it ends (UTC)."""
    now = int(time.time())
    claims = {
        "iss": _AUDIENCE,
        "aud": _AUDIENCE,
        "sub": visitor.conversation,
        "lang": visitor.lang,
        "page": visitor.page,
        "iat": now,
        "exp": now + TOKEN_SECONDS,
    }
    expires_at = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(now + TOKEN_SECONDS))
    return jwt.encode(claims, secret(WEB), algorithm="HS256"), expires_at


def _visitor(request: Request) -> Visitor:
    """Whom the request's token speaks for. Raises Problem 401."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    try:
        claims = jwt.decode(
            token.strip() if scheme.lower() == "bearer" else "",
            secret(WEB),
            algorithms=["HS256"],
            audience=_AUDIENCE,
            issuer=_AUDIENCE,
            options={"require": ["exp", "sub", "aud", "iss"]},
        )
    except (jwt.PyJWTError, ValueError):
        raise Problem(401, "not-authenticated") from None
    found = _VISITOR.fullmatch(str(claims["sub"]))
    if not found:
        raise Problem(401, "not-authenticated")
    return Visitor(found["id"], claims.get("lang") or responses.DEFAULT, claims.get("page"))


def _is_marked(visitor: Visitor, payload: str, signature: Any) -> bool:
    """Whether the button was offered in this very conversation."""
    expected = mark("button", visitor.conversation, payload)
    return isinstance(signature, str) and hmac.compare_digest(signature.encode(errors="replace"), expected.encode())


def _note(visitor: Visitor, message_id: str) -> str:
    return f"message:{visitor.id}:{message_id}"


# -- what is read and written ------------------------------------------------------------------------------------------


async def _body(request: Request) -> Json:
    """The JSON object of a request. Raises Problem 415, 413, 408, 400."""
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
        raise Problem(415, "unsupported-media-type")
    try:
        read = await asyncio.wait_for(_read(request), BODY_SECONDS)
    except asyncio.TimeoutError:
        raise Problem(408, "invalid") from None
    try:
        body = jsonlib.loads(read)
    except (ValueError, RecursionError):
        raise Problem(400, "invalid") from None
    if not isinstance(body, dict):
        raise Problem(400, "invalid")
    return body


async def _read(request: Request) -> bytes:
    read = bytearray()
    while request.stream is not None and (part := await request.stream.read()):
        read += part
        if len(read) > LARGEST:
            raise Problem(413, "too-large")
    return bytes(read)


def _spoken(lang: Any) -> str | None:
    """A language that the assistant speaks, from a language tag."""
    short = lang[:2].lower() if isinstance(lang, str) else ""
    return short if short in responses.LANGUAGES else None


def _path(page: str | None) -> str | None:
    """The path of a page's address: what stands behind it may be somebody's secret."""
    if not page:
        return None
    try:
        path = urlsplit(page).path
    except ValueError:
        return None
    return path[:200] if path.isprintable() else None


def _shown(text: str) -> str:
    """What a visitor typed, as the conversation keeps it: no account numbers, no control characters but new lines."""
    kept = (sign for sign in text if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cs", "Co"))
    return redact("".join(kept).strip()[:SHOWN])


def _event(by: str, reply: Reply, message: str | None = None) -> Json:
    """The event of something that was said; ``message`` is the visitor's message that it is or answers."""
    buttons = [
        {"title": button["title"], "payload": button.get("payload") or button["title"]} for button in reply.buttons
    ]
    event: Json = {
        "from": by,
        "lang": reply.lang,
        "text": reply.text,
        "buttons": buttons,
        "cards": reply.cards,
        "generated_by": "template" if by in ("bot", "notice") else "person",  # no text generator writes any of it
    }
    return event if message is None else {**event, "message": message}


def _frame(event: Json) -> str:
    """An event as a server-sent one."""
    return f"id: {event['id']}\ndata: {jsonlib.dumps(event, ensure_ascii=False)}\n\n"
