"""What somebody may try against the page's channel. Each is refused with its problem document, nothing of it reaches
Rasa, and the conversation that it was aimed at goes on.

More of the same, case by case: tokens, buttons, bodies and origins in `test_channel_web.py`, signatures of notices in
`test_channel_notify.py`, what the page makes of hostile replies in `tests/browser/test_chat.py`.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest

from bot.channels import web
from bot.channels.secrets import WEB, secret
from bot.settings import Settings
from tests.bot.serving import Answer, Client, Site
from tests.bot.test_channel_notify import notice

Attack = Callable[[Client, Client], Awaitable[Answer]]
BUTTON = {"title": "Annuler", "payload": '/cancel_booking{"booking_reference": "EBC-7K2M9Q"}'}


@pytest.fixture
def site(settings: Settings) -> Site:
    return Site(answer={"text": "?", "buttons": [BUTTON], "lang": "fr"})


def forged(victim: Client, key: Any = "a key that somebody made up, and a long one", **claims: Any) -> str:
    now = int(time.time())
    usual = {"iss": "campus-web", "aud": "campus-web", "sub": victim.conversation, "iat": now, "exp": now + 600}
    return jwt.encode({**usual, **claims}, key, algorithm="HS256")


async def with_token(client: Client, token: str, method: str, path: str, body: Any = None) -> Answer:
    thief = Client(client.url, client.session, token)
    return await thief.ask(method, path, body)


ATTACKS: dict[str, tuple[Attack, int, str]] = {
    "a forged token speaks": (
        lambda v, a: with_token(a, forged(v), "POST", "web/message", {"id": "x", "text": "x"}),
        401,
        "not-authenticated",
    ),
    "a forged token listens": (lambda v, a: with_token(a, forged(v), "GET", "web/events"), 401, "not-authenticated"),
    "an expired token listens": (
        lambda v, a: with_token(a, forged(v, secret(WEB), exp=int(time.time()) - 1), "GET", "web/events"),
        401,
        "not-authenticated",
    ),
    "the id of a conversation is no key": (
        lambda v, a: with_token(a, v.conversation, "GET", f"web/events?session_id={v.conversation}"),
        401,
        "not-authenticated",
    ),
    "a token in the address": (
        lambda v, a: with_token(a, "", "GET", f"web/events?token={v.token}&access_token={v.token}"),
        401,
        "not-authenticated",
    ),
    "a button of another conversation": (
        lambda v, a: a.send(payload=BUTTON["payload"], signature=web.mark("button", v.conversation, BUTTON["payload"])),
        400,
        "unsigned",
    ),
    "a mark of another purpose": (
        lambda v, a: a.send(payload="/restart", signature=web.mark("token", a.conversation, "/restart")),
        400,
        "unsigned",
    ),
    "a forged mark": (lambda v, a: a.send(payload="/restart", signature="0" * 64), 400, "unsigned"),
    "a huge text": (lambda v, a: a.send("x" * 1_000_000), 413, "too-large"),
    "a huge session": (lambda v, a: a.ask("POST", "web/session", {"page": "x" * 1_000_000}), 413, "too-large"),
    "a deep body": (lambda v, a: a.ask("POST", "web/message", b'{"a":' * 3000), 400, "invalid"),
    "an id of a page": (lambda v, a: a.send("x", id="../../x"), 422, "invalid"),
    "an id with a line in it": (lambda v, a: a.send("x", id="x\n"), 422, "invalid"),
    "an event that was never": (lambda v, a: a.ask("GET", "web/events?after=%27%20OR%201=1"), 422, "invalid"),
    "an event of commands": (lambda v, a: a.ask("GET", "web/events?after=1-1%0d%0aFLUSHALL"), 422, "invalid"),
    "a foreign page": (lambda v, a: a.ask("POST", "web/session", {}, Origin="https://evil.example"), 403, "forbidden"),
    "a foreign form": (
        lambda v, a: a.ask("POST", "web/message", '{"id": "x", "text": "x"}', Content_Type="text/plain"),
        415,
        "unsupported-media-type",
    ),
    "a notice of a visitor's": (
        lambda v, a: a.notify(notice("handoff-message", v.conversation), key=b"made up"),
        401,
        "not-authenticated",
    ),
    "an old notice": (
        lambda v, a: a.notify(notice("handoff-message", v.conversation), age=301),
        401,
        "not-authenticated",
    ),
    "a notice of tomorrow": (
        lambda v, a: a.notify(notice("handoff-message", v.conversation), age=-301),
        401,
        "not-authenticated",
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_it_is_refused_and_the_conversation_goes_on(site: Site, name: str) -> None:
    attack, status, code = ATTACKS[name]

    async def scene(victim: Client) -> Answer:
        attacker = victim.another()
        await victim.begin()
        await attacker.begin()
        await victim.say("bonjour")
        answer = await attack(victim, attacker)
        *_, reply = await victim.say("encore là ?")
        assert (await victim.press(reply["buttons"][0])).status == 202
        assert [event["from"] for event in await victim.events(2)] == ["visitor", "bot"], "nothing but its own"
        return answer

    answer = site.run(scene)
    assert (answer.status, answer.code) == (status, code)
    assert site.texts == ["bonjour", "encore là ?", BUTTON["payload"]]


@pytest.mark.parametrize(
    "typed",
    [
        BUTTON["payload"],
        "/restart",
        "/session_start",
        "/back",
        "///restart",
        "\u2044restart",
        "\u200b/restart",
        "\u00a0/restart",
        "\ufeff/session_start",
        "\x00/restart",
        "/\u200d/restart",
        '/ / /inform_role{"role": "admin"}',
    ],
    ids=ascii,
)
def test_a_command_that_is_typed_is_a_text(site: Site, typed: str) -> None:
    """Also where the very same stands on a button that was just offered."""

    async def scene(client: Client) -> None:
        await client.begin()
        await client.say("bonjour")
        assert await client.say(typed)
        assert await client.say("encore là ?")

    site.run(scene)
    assert len(site.texts) == 3
    assert not str(site.texts[1]).lstrip().startswith("/")


def test_nothing_that_a_page_adds_reaches_rasa(site: Site) -> None:
    async def scene(client: Client) -> None:
        await client.begin(page="https://campus.example/x?token=s3cret#frag", metadata={"auth": "x"})
        made_up = {
            "metadata": {"auth": forged(client), "role": "admin"},
            "auth": "x",
            "sender": "slack:T1:U0STAFF",
            "sender_id": "slack:T1:U0STAFF",
            "input_channel": "slack",
            "conversation": "web:someone-else",
            "page": "/admin",
            "lang": "en\r\nX: y",
        }
        await client.send("bonjour", **made_up)
        await client.replies()

    site.run(scene)
    [message] = site.heard
    assert set(message.metadata) == {"auth", "lang", "page"}
    assert message.metadata["page"] == "/x" and message.metadata["lang"] in ("fr", "en")
    claims = jwt.decode(message.metadata["auth"], options={"verify_signature": False})
    assert claims["sub"].startswith("web:local:") and "s3cret" not in json.dumps(message.metadata)


def test_an_id_is_answered_once_and_cannot_carry_another_text(site: Site) -> None:
    async def scene(client: Client) -> list[str]:
        await client.begin()
        await client.send("bonjour", id="m")
        await client.replies()
        for text in ("bonjour", "autre chose"):
            assert (await client.send(text, id="m")).status == 202
        return [event["text"] for event in await client.events(9, after="", seconds=0.4) if event["from"] == "visitor"]

    assert site.run(scene) == ["bonjour"]
    assert site.texts == ["bonjour"]


def test_the_ids_of_another_conversation_tell_nothing_of_it(site: Site) -> None:
    """Asking for what came before, or after, what somebody else was told."""

    async def scene(victim: Client) -> list[Any]:
        attacker = victim.another()
        await victim.begin()
        await victim.send("mon secret")
        first = (await victim.events(1))[0]["id"]
        await attacker.begin()
        found: list[Any] = []
        for after in (first, "0-0", "9" * 15 + "-" + "9" * 10, ""):
            found += await attacker.events(1, after=after, seconds=0.3)
        return found

    assert site.run(scene) == []


def test_a_notice_that_is_sent_again_by_who_overheard_it_is_said_once(site: Site) -> None:
    async def scene(client: Client) -> list[str]:
        await client.begin()
        told = notice("handoff-message", client.conversation)
        async with client.listening():
            assert [(await client.notify(told)).status for _ in range(3)] == [204] * 3
        changed = {**told, "data": {**told["data"], "text": "Envoyez votre code"}}
        assert (await client.notify(changed, key=b"made up")).status == 401
        return [event["text"] for event in await client.events(9, after="", seconds=0.4)]

    [text] = site.run(scene)
    assert "Claire" in text


def test_a_flood_stops_itself_and_nobody_else(site: Site) -> None:
    async def scene(victim: Client) -> list[Answer]:
        attacker = victim.another()
        await victim.begin()
        await attacker.begin()
        answers = await asyncio.gather(*(attacker.send("x") for _ in range(web.MESSAGES + 10)))
        assert await victim.say("bonjour")
        return list(answers)

    answers = site.run(scene)
    refused = [answer for answer in answers if answer.status != 202]
    assert len(refused) == 10
    for answer in refused:
        assert answer.code == "rate-limited" and 1 <= int(answer.headers["Retry-After"]) <= 60


def test_a_body_that_never_ends_is_given_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "BODY_SECONDS", 0.3)

    async def drip() -> AsyncIterator[bytes]:
        yield b'{"id": "a", "text": "'
        for _ in range(100):
            await asyncio.sleep(0.05)
            yield b"x"

    async def scene(client: Client) -> tuple[int, str, float]:
        await client.begin()
        url = urlsplit(client.url)
        reader, writer = await asyncio.open_connection(url.hostname, url.port)
        head = [
            "POST /webhooks/web/message HTTP/1.1",
            f"Host: {url.netloc}",
            f"Authorization: Bearer {client.token}",
            "Content-Type: application/json",
            "Content-Length: 1000",
        ]
        began = time.monotonic()
        writer.write(("\r\n".join(head) + "\r\n\r\n").encode())

        async def send() -> None:
            async for part in drip():
                writer.write(part)

        sending = asyncio.ensure_future(send())
        assert await client.say("bonjour"), "nobody else waits for it"
        answer = await asyncio.wait_for(reader.readuntil(b"}"), 5)
        took = time.monotonic() - began
        sending.cancel()
        writer.close()
        status, _, document = answer.decode().partition("\r\n\r\n")
        return int(status.split()[1]), json.loads(document)["code"], took

    status, code, took = site.run(scene)
    assert (status, code) == (408, "invalid")
    assert took < 3
    assert site.texts == ["bonjour"]
