"""The web channel on a loopback server, with a stub of Rasa behind it, and a page's view of it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import aiohttp
from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.core.lock_store import InMemoryLockStore
from sanic import Sanic

from bot.channels.hub import Hub, MemoryHub
from bot.channels.notify import NotifyInput
from bot.channels.rest import RestInput
from bot.channels.secrets import NOTIFY, secret
from bot.channels.web import WebInput
from tests.bot.test_channel_base import StubAgent

Json = dict[str, Any]
Reply = Callable[[UserMessage], Awaitable[None]]
ANSWER: Json = {"text": "re", "buttons": [], "lang": "fr", "utter_action": "utter_glad", "custom": {}}


class Agent(StubAgent):
    """The stub, with the lock that Rasa's agent has."""

    def __init__(self) -> None:
        super().__init__()
        self.lock_store = InMemoryLockStore()


@dataclass
class Answer:
    """Status, headers and document of an answer."""

    status: int
    headers: Any
    document: Any

    @property
    def code(self) -> str:
        """The code of a problem document, which it must be."""
        assert self.headers["Content-Type"] == "application/problem+json"
        assert self.document["status"] == self.status and self.document["title"]
        return str(self.document["code"])


@dataclass
class Site:
    """The bot with its web channel; ``answer`` is what the stub of Rasa says, ``reply`` how, where it does more."""

    hub: Hub = field(default_factory=MemoryHub)
    answer: Json | None = field(default_factory=lambda: dict(ANSWER))
    reply: Reply | None = None
    heard: list[UserMessage] = field(default_factory=list)
    agent: Agent = field(default_factory=Agent)
    url: str = ""

    def __post_init__(self) -> None:
        self.web = WebInput(self.hub)
        self.channels: dict[str, InputChannel] = {
            "web": self.web,
            "notify": NotifyInput(self.hub),
            "rest": RestInput.from_credentials(None),
        }

    async def handle(self, message: UserMessage) -> None:
        """What Rasa does with a message."""
        self.heard.append(message)
        if self.reply is not None:
            await self.reply(message)
        elif self.answer is not None:
            await message.output_channel.send_response(message.sender_id, dict(self.answer))

    @property
    def texts(self) -> list[str | None]:
        """What Rasa heard."""
        return [message.text for message in self.heard]

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[Client]:
        """Serve, with a client for it."""
        app = Sanic(f"test-{uuid4().hex}", configure_logging=False)
        for name, channel in self.channels.items():
            app.blueprint(channel.blueprint(self.handle), url_prefix=f"/webhooks/{name}")
        app.ctx.agent = self.agent
        app.ctx.input_channels = list(self.channels.values())
        sock = socket.create_server(("127.0.0.1", 0))
        server = await app.create_server(sock=sock, return_asyncio_server=True, access_log=False)
        assert server is not None
        await server.startup()
        await server.start_serving()
        self.url = f"http://127.0.0.1:{sock.getsockname()[1]}/webhooks"
        try:
            async with aiohttp.ClientSession() as session:
                yield Client(self.url, session)
                await asyncio.gather(*self.web._at_work, return_exceptions=True)
        finally:
            server.close()
            await server.wait_closed()

    def run(self, scene: Callable[[Client], Coroutine[Any, Any, Any]]) -> Any:
        """Play a scene on the served channel; what it returns."""

        async def play() -> Any:
            async with self.open() as client:
                return await scene(client)

        testing, Sanic.test_mode = Sanic.test_mode, True
        try:
            return asyncio.run(play())
        finally:
            Sanic.test_mode = testing


@dataclass
class Client:
    """What a page, or somebody who pretends to be one, does."""

    url: str
    session: aiohttp.ClientSession
    token: str = ""
    conversation: str = ""
    seen: str = ""

    def another(self) -> Client:
        """Another visitor."""
        return Client(self.url, self.session)

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """A request; bytes and texts are sent as they are, everything else as JSON."""
        data = body if isinstance(body, (bytes, str)) or body is None else json.dumps(body)
        told = {"Content-Type": "application/json"} if method == "POST" else {}
        if self.token:
            told["Authorization"] = f"Bearer {self.token}"
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.request(method, f"{self.url}/{path}", data=data, headers=told) as answer:
            raw = await answer.read()
            return Answer(answer.status, answer.headers, json.loads(raw) if raw else None)

    async def begin(self, **wish: Any) -> Answer:
        """A new session."""
        answer = await self.ask("POST", "web/session", wish)
        if answer.status == 201:
            self.token, self.conversation = answer.document["token"], answer.document["conversation"]
        return answer

    async def send(self, text: Any = None, id: str | None = None, **more: Any) -> Answer:
        """A message."""
        body = {"id": id or uuid4().hex, **({} if text is None else {"text": text}), **more}
        return await self.ask("POST", "web/message", body)

    async def press(self, button: Json) -> Answer:
        """A button of an event."""
        return await self.send(payload=button["payload"], signature=button["signature"])

    async def events(self, count: int = 0, after: str | None = None, seconds: float = 5) -> list[Json]:
        """The next events, from the first that was not seen on; so many of them, or all until the stream ends."""
        found: list[Json] = []
        after = self.seen if after is None else after
        headers = {"Authorization": f"Bearer {self.token}"}
        with contextlib.suppress(asyncio.TimeoutError):
            timeout = aiohttp.ClientTimeout(total=seconds)
            url = f"{self.url}/web/events?after={after}"
            async with self.session.get(url, headers=headers, timeout=timeout) as answer:
                assert answer.status == 200, await answer.text()
                async for line in answer.content:
                    if line.startswith(b"data: "):
                        found.append(json.loads(line[6:]))
                        self.seen = found[-1]["id"]
                    if count and len(found) == count:
                        break
        return found

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """An open chat: a stream that stands, and ends with the block as when its tab is closed."""
        headers = {"Authorization": f"Bearer {self.token}"}
        async with aiohttp.ClientSession() as tab, tab.get(f"{self.url}/web/events", headers=headers) as answer:
            while await answer.content.readline() != b": live\n":
                assert not answer.content.at_eof()
            yield

    async def replies(self) -> list[Json]:
        """What the assistant says to the last message, whole."""
        found: list[Json] = []
        while not found or found[-1]["from"] != "bot" or found[-1].get("more"):
            more = await self.events(1)
            assert more, "no answer came"
            found += more
        return [event for event in found if event["from"] == "bot"]

    async def say(self, text: str) -> list[Json]:
        """Say something and wait for what the assistant says to it."""
        assert (await self.send(text)).status == 202
        return await self.replies()

    async def notify(self, notice: Json, key: bytes | None = None, age: int = 0, **headers: str) -> Answer:
        """A notice as the service sends it."""
        body = json.dumps(notice)
        stamp = str(int(time.time()) - age)
        digest = hmac.new(key or secret(NOTIFY), f"{notice['id']}.{stamp}.{body}".encode(), hashlib.sha256).digest()
        signature = f"v1,{base64.b64encode(digest).decode()}"
        signed = {"webhook-id": notice["id"], "webhook-timestamp": stamp, "webhook-signature": signature}
        return await self.ask("POST", "notify", body, **(signed | {k.replace("_", "-"): v for k, v in headers.items()}))
