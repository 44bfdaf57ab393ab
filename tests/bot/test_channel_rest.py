"""The development channel over real HTTP: what it answers, and what it refuses without failing."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from rasa.core.channels.channel import UserMessage
from rasa.shared.exceptions import RasaException
from sanic import Sanic

from bot.channels.rest import LARGEST, RestInput
from bot.settings import Settings, get_settings

JSON = {"Content-Type": "application/json"}


class Bot:
    """The channel in a server, with a stub of Rasa that repeats what it hears."""

    def __init__(self) -> None:
        self.heard: list[UserMessage] = []
        self.app = Sanic(f"test-{uuid4().hex}", configure_logging=False)
        self.app.blueprint(RestInput.from_credentials(None).blueprint(self.handle), url_prefix="/webhooks/rest")
        self.app.ctx.agent = SimpleNamespace(
            tracker_store=SimpleNamespace(retrieve=self._nothing), parse_message=self._nothing
        )

    async def _nothing(self, *args: Any) -> None:
        return None

    async def handle(self, message: UserMessage) -> None:
        self.heard.append(message)
        reply = {
            "text": f"re: {message.text}",
            "buttons": [{"title": "Oui", "payload": "/affirm"}],
            "custom": {"cards": [{"type": "course"}]},
            "lang": "fr",
            "utter_action": "utter_glad",
        }
        await message.output_channel.send_response(message.sender_id, reply)

    def post(self, *bodies: bytes, headers: dict[str, str] | None = None) -> list[tuple[int, str, Any]]:
        """Status, content type and document of each answer."""
        return asyncio.run(self._post(bodies, JSON if headers is None else headers))

    async def _post(self, bodies: tuple[bytes, ...], headers: dict[str, str]) -> list[tuple[int, str, Any]]:
        sock = socket.create_server(("127.0.0.1", 0))
        server = await self.app.create_server(sock=sock, return_asyncio_server=True, access_log=False)
        assert server is not None
        await server.startup()
        await server.start_serving()
        answers = []
        url = f"http://127.0.0.1:{sock.getsockname()[1]}/webhooks/rest/webhook"
        try:
            async with aiohttp.ClientSession() as client:
                for body in bodies:
                    async with client.post(url, data=body, headers=headers) as response:
                        answers.append((response.status, response.content_type, json.loads(await response.read())))
        finally:
            server.close()
            await server.wait_closed()
        return answers


@pytest.fixture
def bot(settings: Settings) -> Iterator[Bot]:
    testing, Sanic.test_mode = Sanic.test_mode, True
    yield Bot()
    Sanic.test_mode = testing


def said(**body: Any) -> bytes:
    return json.dumps(body).encode()


def test_the_replies_are_worded_as_rasa_words_them(bot: Bot) -> None:
    ((status, kind, replies),) = bot.post(said(sender="alice", message="bonjour"))
    assert (status, kind) == (200, "application/json")
    disclosure, reply = replies
    assert disclosure["custom"]["response"] == "utter_disclosure"
    assert "buttons" not in disclosure
    assert reply == {
        "recipient_id": "alice",
        "text": "re: bonjour",
        "buttons": [{"title": "Oui", "payload": "/affirm"}],
        "custom": {"lang": "fr", "generated_by": "template", "response": "utter_glad", "cards": [{"type": "course"}]},
    }


def test_a_sender_is_a_person_of_this_platform(bot: Bot) -> None:
    bot.post(said(sender="web:somebody", message="bonjour"))
    assert bot.heard[0].sender_id == "rest:web:somebody"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not JSON",
        b'{"sender": "a", "message": ',
        b"\xff\xfe\x00",
        b"[]",
        b'[{"sender": "a", "message": "b"}]',
        b'"text"',
        b"null",
        b"12",
        b"[" * 100_000,
        said(sender="a", message=12),
        said(sender="a", message=None),
        said(sender="a", message=["b"]),
        said(sender="a", message={"text": "b"}),
        said(sender="a", message=True),
        said(message="b"),
        said(sender="", message="b"),
        said(sender=None, message="b"),
        said(sender=12, message="b"),
        said(sender="a" * 201, message="b"),
        said(sender="a\x00b", message="b"),
        b'{"sender": "\\ud800", "message": "b"}',
        said(sender="a", message="b" * LARGEST),
    ],
    ids=lambda body: body[:40].decode(errors="replace") + f"… {len(body)}",
)
def test_what_is_no_message_is_a_problem(bot: Bot, body: bytes) -> None:
    ((status, kind, document),) = bot.post(body)
    assert (status, kind) == (422, "application/problem+json")
    assert (document["status"], document["code"]) == (422, "invalid")
    assert document["title"]
    assert bot.heard == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_only_json_is_read(bot: Bot, kind: str) -> None:
    """A page elsewhere can post plain text without asking the browser's leave."""
    ((status, _, document),) = bot.post(said(sender="a", message="b"), headers={"Content-Type": kind})
    assert (status, document["code"]) == (422, "invalid")
    assert bot.heard == []


def test_json_may_name_its_characters(bot: Bot) -> None:
    ((status, _, _),) = bot.post(
        said(sender="a", message="b"), headers={"Content-Type": "application/json; charset=utf-8"}
    )
    assert status == 200


@pytest.mark.parametrize(
    "message",
    [
        "",
        " ",
        "a" * 20_000,
        "\u202e\u0000",
        "👩‍🔬",
        "مرحبا",
        "<script>",
        "'; DROP TABLE x",
        "{}",
        "../x",
        "/restart",
        "\ud800",
    ],
    ids=lambda message: ascii(message[:20]),
)
def test_every_text_gets_a_reply(bot: Bot, message: str) -> None:
    ((status, _, replies),) = bot.post(said(sender="alice", message=message))
    assert status == 200
    assert all(reply["text"] for reply in replies)
    assert len(replies) == 2


def test_a_hostile_body_leaves_the_channel_as_it_was(bot: Bot) -> None:
    answers = bot.post(b"not JSON", said(sender="a", message="b"), b"[" * 5000, said(sender="a", message="b"))
    assert [status for status, _, _ in answers] == [422, 200, 422, 200]


def test_production_refuses_it(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPUS_ENV", "production")
    get_settings.cache_clear()
    with pytest.raises(RasaException):
        RestInput.from_credentials(None)
    assert not settings.keys_dir.exists(), "no key is made for a channel that is refused"
