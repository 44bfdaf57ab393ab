"""The page's channel over real HTTP: what it answers, what it tells, and whom it refuses."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import aiohttp
import jwt
import pytest
from rasa.core.channels.channel import UserMessage
from rasa.shared.exceptions import RasaException

from bot.channels import hub as hubs
from bot.channels import web
from bot.channels.addresses import counted_as
from bot.channels.assertion import signer, verify
from bot.channels.hub import MemoryHub
from bot.channels.secrets import WEB, secret
from bot.channels.web import LARGEST, MESSAGES, WebInput
from bot.settings import Settings, get_settings
from tests.bot.serving import Client, Site

OWN = "http://127.0.0.1:8000"
IBAN = "BE68 5390 0754 7034"
BUTTONS = [{"title": "Oui", "payload": "/affirm"}, {"title": "Réserver", "payload": '/book_session{"session": "s-1"}'}]


@pytest.fixture
def site(settings: Settings) -> Site:
    return Site()


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams that end soon, so that a test may read one to its end."""
    monkeypatch.setattr(web, "STREAM_SECONDS", 0.3)


def limits_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RATE_LIMITS", "off")
    get_settings.cache_clear()


# -- a conversation ---------------------------------------------------------------------------------------------------


def test_a_session_has_a_token_that_ends(site: Site) -> None:
    async def scene(client: Client) -> Any:
        return await client.begin(lang="en", page="https://campus.example/courses?token=abc#x")

    answer = site.run(scene)
    assert answer.status == 201
    assert set(answer.document) == {"token", "conversation", "expires_at"}
    assert answer.headers["Cache-Control"] == "no-store"
    claims = jwt.decode(answer.document["token"], options={"verify_signature": False})
    assert claims["sub"] == answer.document["conversation"]
    assert claims["sub"].startswith("web:")
    assert (claims["lang"], claims["page"]) == ("en", "/courses")
    assert 0 < claims["exp"] - time.time() <= web.TOKEN_SECONDS
    ends = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(claims["exp"]))
    assert answer.document["expires_at"] == ends


def test_what_is_said_comes_as_events(site: Site) -> None:
    site.answer = {
        "text": "Que puis-je faire ?",
        "buttons": BUTTONS,
        "lang": "fr",
        "utter_action": "utter_greet",
        "custom": {"cards": [{"type": "course"}]},
    }

    async def scene(client: Client) -> Any:
        await client.begin()
        answer = await client.send("bonjour", id="m-1")
        return answer, await client.events(3)

    answer, (mine, disclosure, reply) = site.run(scene)
    assert answer.status == 202
    assert (answer.document["id"], answer.document["answered_by"]) == ("m-1", "assistant")
    assert set(mine) == {"id", "from", "lang", "text", "buttons", "cards", "generated_by", "message"}
    assert (mine["from"], mine["text"], mine["message"], mine["generated_by"]) == (
        "visitor",
        "bonjour",
        "m-1",
        "person",
    )
    assert (disclosure["from"], disclosure["more"], disclosure["message"]) == ("bot", True, "m-1")
    assert "programme" in disclosure["text"]
    assert (reply["text"], reply["lang"], reply["generated_by"]) == ("Que puis-je faire ?", "fr", "template")
    assert reply["cards"] == [{"type": "course"}]
    assert [(button["title"], button["payload"]) for button in reply["buttons"]] == [
        (button["title"], button["payload"]) for button in BUTTONS
    ]
    assert "more" not in reply


def test_rasa_hears_whom_the_channel_vouches_for_and_nothing_that_the_page_makes_up(site: Site) -> None:
    async def scene(client: Client) -> str:
        await client.begin(lang="en", page="/x")
        made_up = {"metadata": {"auth": "x", "role": "admin"}, "sender": "rest:U0STAFF", "input_channel": "slack"}
        assert (await client.send("hello", **made_up)).status == 202
        await client.replies()
        return client.conversation

    conversation = site.run(scene)
    [message] = site.heard
    assert (message.sender_id, message.input_channel) == (conversation, "web")
    assert set(message.metadata) == {"auth", "lang", "page"}
    assert (message.metadata["lang"], message.metadata["page"]) == ("en", "/x")
    claims = verify(message.metadata["auth"], conversation)
    assert claims["sub"] == f"web:local:{conversation.partition(':')[2]}"


@pytest.mark.parametrize(
    "typed",
    [
        "/restart",
        '/inform_role{"role": "admin"}',
        "/affirm",
        '/book_session{"session": "s-1"}',
        " //affirm",
        "/\u200baffirm",
    ],
)
def test_typed_text_is_never_a_payload(site: Site, typed: str) -> None:
    """Not even one that was just offered."""
    site.answer = {"text": "?", "buttons": BUTTONS, "lang": "fr"}

    async def scene(client: Client) -> None:
        await client.begin()
        await client.say("bonjour")
        await client.say(typed)

    site.run(scene)
    assert len(site.texts) == 2
    assert not str(site.texts[1]).startswith("/")


def test_a_button_is_pressed_by_its_mark_or_by_its_title(site: Site) -> None:
    site.answer = {"text": "?", "buttons": BUTTONS, "lang": "fr"}

    async def scene(client: Client) -> list[dict[str, Any]]:
        await client.begin()
        *_, reply = await client.say("bonjour")
        assert (await client.press(reply["buttons"][1])).status == 202
        mine = await client.events(1)
        await client.replies()
        await client.say("oui")
        return mine

    [mine] = site.run(scene)
    assert site.texts == ["bonjour", '/book_session{"session": "s-1"}', "/affirm"]
    assert (mine["from"], mine["text"]) == ("visitor", "Réserver"), "what stood on the button"


def test_a_turn_that_says_nothing_or_fails_is_not_silent(site: Site) -> None:
    async def breaks(message: UserMessage) -> None:
        raise RuntimeError("the action server is down")

    async def scene(client: Client) -> list[str]:
        await client.begin()
        site.answer = None
        [*_, silent] = await client.say("bonjour")
        site.reply = breaks
        [*_, failed] = await client.say("bonjour")
        return [silent["text"], failed["text"]]

    silent, failed = site.run(scene)
    assert silent == failed
    assert "réessayez" in silent


def test_messages_are_answered_in_their_order(site: Site) -> None:
    async def slow_at_first(message: UserMessage) -> None:
        await asyncio.sleep(0.2 if message.text == "a" else 0)
        await message.output_channel.send_response("", {"text": f"re {message.text}", "lang": "fr"})

    site.reply = slow_at_first

    async def scene(client: Client) -> list[str]:
        await client.begin()
        for text in "abc":
            await client.send(text)
        return [event["text"] for event in await client.events(7) if event["from"] == "bot"]

    assert site.run(scene)[1:] == ["re a", "re b", "re c"]


def test_a_repeat_is_harmless(site: Site) -> None:
    async def scene(client: Client) -> tuple[set[int], int]:
        await client.begin()
        at_once = await asyncio.gather(*(client.send("bonjour", id="same") for _ in range(5)))
        await client.replies()
        later = await client.send("bonjour", id="same")
        other = client.another()
        await other.begin()
        await other.send("bonjour", id="same")
        await other.replies()
        return {answer.status for answer in [*at_once, later]}, len(await client.events(9, after="", seconds=0.5))

    assert site.run(scene) == ({202}, 3)
    assert len(site.heard) == 2, "an id is a visitor's own"


def test_a_message_whose_turn_was_cut_off_can_be_sent_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(client: Client) -> None:
        await client.begin()
        hanging = asyncio.Event()

        async def hang(message: UserMessage) -> None:
            await hanging.wait()

        site.reply = hang
        await client.send("bonjour", id="m")
        await asyncio.sleep(0.1)
        for task in list(site.web._at_work):  # as when the server stops
            task.cancel()
        await asyncio.sleep(0.1)
        site.reply = None
        hanging.set()
        assert (await client.send("bonjour", id="m")).status == 202
        assert [event["text"] for event in await client.replies()][-1]

    site.run(scene)


def test_a_visitor_hears_only_their_own(site: Site) -> None:
    async def scene(client: Client) -> Any:
        other = client.another()
        await client.begin()
        await other.begin()
        await client.say("mon secret")
        return await other.events(1, seconds=0.4)

    assert site.run(scene) == []


def test_account_numbers_are_not_kept(site: Site) -> None:
    async def scene(client: Client) -> list[dict[str, Any]]:
        await client.begin()
        await client.say(f"mon compte est {IBAN}")
        return await client.events(3, after="")

    assert "5390" not in json.dumps(site.run(scene))
    assert "5390" not in str(site.texts)


def test_what_is_said_to_its_language_is_told_with_it(site: Site) -> None:
    async def scene(client: Client) -> list[int]:
        wrong = [await client.begin(lang=lang) for lang in (5, ["fr"])]
        await client.begin(lang="nl")
        unknown = jwt.decode(client.token, options={"verify_signature": False})["lang"]
        asked = await client.ask("POST", "web/session", {}, Accept_Language="nl-BE, en;q=0.7")
        assert jwt.decode(asked.document["token"], options={"verify_signature": False})["lang"] == "en"
        assert unknown == "fr"
        return [answer.status for answer in wrong]

    assert site.run(scene) == [422, 422]


# -- the stream -------------------------------------------------------------------------------------------------------


def test_the_first_bytes_come_at_once_and_the_stream_ends_by_itself(site: Site, brief: None) -> None:
    async def scene(client: Client) -> Any:
        await client.begin()
        began = time.monotonic()
        async with client.session.get(
            f"{client.url}/web/events", headers={"Authorization": f"Bearer {client.token}", "Origin": OWN}
        ) as answer:
            first, after = await answer.content.readline(), time.monotonic() - began
            await answer.read()
            return answer.headers, first, after, time.monotonic() - began

    headers, first, after, ended = site.run(scene)
    assert headers["Content-Type"].startswith("text/event-stream")
    assert (headers["Cache-Control"], headers["X-Accel-Buffering"]) == ("no-store", "no")
    assert (first, after < 0.2) == (b": ok\n", True)
    assert 0.25 < ended < 2


def test_a_stream_tells_again_what_came_after(site: Site, brief: None) -> None:
    async def scene(client: Client) -> None:
        await client.begin()
        await client.say("un")
        await client.say("deux")
        everything = await client.events(after="")
        assert [event["text"] for event in everything if event["from"] == "visitor"] == ["un", "deux"]
        assert len({event["id"] for event in everything}) == len(everything) == 5
        third = everything[2]["id"]
        assert await client.events(after=third) == everything[3:]
        headers = {"Authorization": f"Bearer {client.token}", "Last-Event-ID": third}
        async with client.session.get(f"{client.url}/web/events", headers=headers) as answer:
            assert (await answer.text()).count("data: ") == 2
        assert await client.events(after=everything[-1]["id"]) == []

    site.run(scene)


@pytest.mark.parametrize("after", ["x", "1", "-1", "1-", "1-2-3", "0x1-0", "9" * 40, "1-1%0a"])
def test_what_is_no_event_s_id_is_refused(site: Site, after: str) -> None:
    async def scene(client: Client) -> Any:
        await client.begin()
        return await client.ask("GET", f"web/events?after={after}")

    answer = site.run(scene)
    assert (answer.status, answer.code) == (422, "invalid")


def test_the_token_is_renewed_by_each_message_and_each_stream(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(client: Client) -> None:
        await client.begin(page="/x")
        first = client.token
        monkeypatch.setattr(web, "TOKEN_SECONDS", 7200)
        renewed = (await client.send("bonjour", lang="en")).document["token"]
        async with client.session.get(
            f"{client.url}/web/events", headers={"Authorization": f"Bearer {first}"}
        ) as answer:
            streamed = answer.headers["Campus-Token"]
        for token, lang in ((renewed, "en"), (streamed, "fr")):
            claims = jwt.decode(token, options={"verify_signature": False})
            assert claims["exp"] - time.time() > 3700
            assert (claims["sub"], claims["page"], claims["lang"]) == (client.conversation, "/x", lang)
            client.token = token
            assert (await client.send("merci")).status == 202

    site.run(scene)


def test_history_is_bounded_in_number_and_in_time(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        hub = MemoryHub()
        monkeypatch.setattr(hubs, "HISTORY", 3)
        monkeypatch.setattr(hubs, "REMEMBERED", 2)
        for number in range(5):
            await hub.say("a", {"n": number})
        assert [event["n"] for event in await hub.since("a")] == [2, 3, 4]
        await hub.say("b", {})
        await hub.say("a", {"n": 5})
        await hub.say("c", {})
        await hub.say("c", {})
        assert await hub.since("b") == [], "the longest silent goes"
        assert len(await hub.since("a")) == 3
        monkeypatch.setattr(hubs, "KEPT_SECONDS", 0)
        assert await hub.since("a") == []

    asyncio.run(scene())


def test_ids_go_on_growing_after_a_restart(settings: Settings) -> None:
    async def scene() -> None:
        before, after = MemoryHub(), MemoryHub()
        await before.say("a", {"n": 1}, {"n": 2})
        last = (await before.since("a"))[-1]["id"]
        await asyncio.sleep(0.01)
        await after.say("a", {"n": 3})
        assert [event["n"] for event in await after.since("a", last)] == [3]

    asyncio.run(scene())


def test_streams_end_when_the_server_stops(site: Site) -> None:
    async def scene(client: Client) -> float:
        await client.begin()
        stream = asyncio.ensure_future(client.events(1, seconds=20))
        await asyncio.sleep(0.2)
        began = time.monotonic()
        site.web._stopping = True
        site.hub.ring_all()
        await stream
        return time.monotonic() - began

    assert site.run(scene) < 2


# -- who may speak ----------------------------------------------------------------------------------------------------


def tokens(conversation: str) -> dict[str, str]:
    """Tokens that open nothing."""
    now = int(time.time())
    claims = {"iss": "campus-web", "aud": "campus-web", "sub": conversation, "iat": now, "exp": now + 600}
    key = secret(WEB)
    return {
        "none": "",
        "nonsense": "x.y.z",
        "forged": jwt.encode(claims, "another secret, as long as it must be", algorithm="HS256"),
        "without a signature": jwt.encode(claims, "", algorithm="none"),
        "expired": jwt.encode({**claims, "exp": now - 1}, key, algorithm="HS256"),
        "endless": jwt.encode({k: v for k, v in claims.items() if k != "exp"}, key, algorithm="HS256"),
        "for others": jwt.encode({**claims, "aud": "campus-service"}, key, algorithm="HS256"),
        "by others": jwt.encode({**claims, "iss": "campus-channels"}, key, algorithm="HS256"),
        "for staff": jwt.encode({**claims, "sub": "slack:T1:U0STAFF"}, key, algorithm="HS256"),
        "for rest": jwt.encode({**claims, "sub": "rest:alice"}, key, algorithm="HS256"),
        "with more behind": jwt.encode({**claims, "sub": conversation + "\n"}, key, algorithm="HS256"),
        "an assertion": signer("web").sign(f"web:local:{conversation}", conversation),
    }


def test_without_a_token_of_its_own_nobody_is_heard(site: Site) -> None:
    async def scene(client: Client) -> dict[str, list[tuple[int, str]]]:
        await client.begin()
        found = {}
        for name, token in tokens(client.conversation).items():
            client.token = token
            answers = [await client.send("bonjour"), await client.ask("GET", "web/events")]
            found[name] = [(answer.status, answer.code) for answer in answers]
        return found

    found = site.run(scene)
    assert {name: set(answers) for name, answers in found.items()} == {
        name: {(401, "not-authenticated")} for name in found
    }
    assert site.heard == []


@pytest.mark.parametrize("scheme", ["Basic", "", "Token"])
def test_only_a_bearer_counts(site: Site, scheme: str) -> None:
    async def scene(client: Client) -> Any:
        await client.begin()
        token, client.token = client.token, ""
        return await client.ask("POST", "web/message", {"id": "a", "text": "b"}, Authorization=f"{scheme} {token}")

    answer = site.run(scene)
    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_a_button_counts_only_where_it_was_offered(site: Site) -> None:
    site.answer = {"text": "?", "buttons": BUTTONS, "lang": "fr"}

    async def scene(client: Client) -> list[tuple[int, str]]:
        await client.begin()
        other = client.another()
        await other.begin()
        *_, mine = await client.say("bonjour")
        *_, theirs = await other.say("bonjour")
        button, foreign = mine["buttons"][0], theirs["buttons"][0]
        assert button["payload"] == foreign["payload"]
        tries = [
            {"payload": button["payload"]},
            {"payload": button["payload"], "signature": None},
            {"payload": button["payload"], "signature": ["x"]},
            {"payload": button["payload"], "signature": "é" * 64},
            {"payload": button["payload"], "signature": foreign["signature"]},
            {"payload": "/restart", "signature": button["signature"]},
            {"payload": button["payload"] + " ", "signature": button["signature"]},
            {"payload": "/restart", "signature": "", "text": "bonjour"},
        ]
        answers = [await client.send(**one) for one in tries]
        return [(answer.status, answer.code) for answer in answers]

    assert set(site.run(scene)) == {(400, "unsigned")}
    assert site.texts == ["bonjour", "bonjour"]


# -- what is no message ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_only_json_is_read(site: Site, kind: str) -> None:
    """A page elsewhere can post plain text without asking the browser's leave."""

    async def scene(client: Client) -> list[tuple[int, str]]:
        await client.begin()
        body = json.dumps({"id": "a", "text": "b"})
        answers = [await client.ask("POST", f"web/{path}", body, Content_Type=kind) for path in ("message", "session")]
        return [(answer.status, answer.code) for answer in answers]

    assert set(site.run(scene)) == {(415, "unsupported-media-type")}
    assert site.heard == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", (400, "invalid")),
        (b"not JSON", (400, "invalid")),
        (b"\xff\xfe\x00", (400, "invalid")),
        (b"[1]", (400, "invalid")),
        (b'"text"', (400, "invalid")),
        (b"null", (400, "invalid")),
        (b"[" * 15_000, (400, "invalid")),
        (b"{}", (422, "invalid")),
        (b'{"id": "a"}', (422, "invalid")),
        (b'{"text": "a"}', (422, "invalid")),
        (b'{"id": 5, "text": "a"}', (422, "invalid")),
        (b'{"id": "", "text": "a"}', (422, "invalid")),
        (b'{"id": "a b", "text": "a"}', (422, "invalid")),
        (b'{"id": "\\u00e9", "text": "a"}', (422, "invalid")),
        (json.dumps({"id": "a" * 65, "text": "a"}).encode(), (422, "invalid")),
        (b'{"id": "a", "text": 5}', (422, "invalid")),
        (b'{"id": "a", "text": ["b"]}', (422, "invalid")),
        (b'{"id": "a", "payload": {"x": 1}}', (422, "invalid")),
        (json.dumps({"id": "a", "text": "b" * LARGEST}).encode(), (413, "too-large")),
        (b"x" * 3_000_000, (413, "too-large")),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_no_message_is_a_problem(site: Site, body: bytes, expected: tuple[int, str]) -> None:
    async def scene(client: Client) -> Any:
        await client.begin()
        answer = await client.ask("POST", "web/message", body)
        assert (await client.send("bonjour")).status == 202, "the channel goes on"
        await client.replies()
        return answer

    answer = site.run(scene)
    assert (answer.status, answer.code) == expected
    assert site.texts == ["bonjour"]


@pytest.mark.parametrize(
    "text",
    ["", " ", "a" * 3000, "\u202e\u0000", "👩‍🔬", "مرحبا", "<script>", "'; DROP TABLE x", "{}", "\ud800"],
    ids=ascii,
)
def test_every_text_gets_a_reply(site: Site, text: str) -> None:
    async def scene(client: Client) -> Any:
        await client.begin()
        return await client.say(text)

    assert all(reply["text"] for reply in site.run(scene))


def test_problems_are_told_in_the_language_that_is_asked_for(site: Site) -> None:
    async def scene(client: Client) -> list[str]:
        answers = [await client.ask("POST", "web/message", {}, Accept_Language=lang) for lang in ("fr", "en-GB", "nl")]
        return [answer.document["title"] for answer in answers]

    french, english, other = site.run(scene)
    assert "conversation" in french and "nouvelle" in french
    assert "new one" in english
    assert other == french


# -- limits -----------------------------------------------------------------------------------------------------------


def test_a_session_may_say_only_so_much_a_minute(site: Site) -> None:
    async def scene(client: Client) -> Any:
        await client.begin()
        answers = [await client.send("x", id=str(number)) for number in range(MESSAGES + 1)]
        other = client.another()
        await other.begin()
        assert (await other.send("x")).status == 202
        assert (await client.send("x", id="0")).status == 202, "a repeat costs nothing"
        return answers

    *taken, refused = site.run(scene)
    assert {answer.status for answer in taken} == {202}
    assert (refused.status, refused.code) == (429, "rate-limited")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60


def test_an_address_may_open_only_so_many_sessions(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "ADDRESS_SESSIONS", 3)

    async def scene(client: Client) -> list[int]:
        first = [(await client.begin()).status for _ in range(4)]
        elsewhere = await client.ask("POST", "web/session", {}, X_Forwarded_For="10.9.9.9, 192.0.2.1")
        invented = await client.ask("POST", "web/session", {}, X_Forwarded_For="10.1.1.1, 192.0.2.1")
        return [*first, elsewhere.status, invented.status]

    assert site.run(scene) == [201, 201, 201, 429, 201, 201]


def test_only_a_proxy_that_is_trusted_names_the_address(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "ADDRESS_SESSIONS", 3)
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "192.0.2.9")
    get_settings.cache_clear()

    async def scene(client: Client) -> list[int]:
        wishes = [client.ask("POST", "web/session", {}, X_Forwarded_For=f"10.0.0.{n}") for n in range(4)]
        return [(await wish).status for wish in wishes]

    assert site.run(scene) == [201, 201, 201, 429]


def test_an_address_may_say_only_so_much(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "ADDRESS_MESSAGES", 2)

    async def scene(client: Client) -> list[int]:
        found = []
        for _ in range(3):
            await client.begin()
            found.append((await client.send("x")).status)
        return found

    assert site.run(scene) == [202, 202, 429]


def test_a_session_may_listen_only_so_often(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "STREAMS", 2)

    async def scene(client: Client) -> Any:
        await client.begin()
        open_ones = [asyncio.ensure_future(client.events(1, seconds=2)) for _ in range(2)]
        await asyncio.sleep(0.2)
        answer = await client.ask("GET", "web/events")
        for one in open_ones:
            one.cancel()
        return answer

    assert site.run(scene).code == "rate-limited"


def test_limits_can_be_off_for_tests(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    limits_off(monkeypatch)
    monkeypatch.setattr(web, "ADDRESS_SESSIONS", 1)

    async def scene(client: Client) -> set[int]:
        await client.begin()
        await client.begin()
        return {(await client.send("x")).status for _ in range(MESSAGES + 5)}

    assert site.run(scene) == {202}


# -- other sites ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:8001", f"{OWN}.evil.example"])
def test_a_foreign_page_is_refused(site: Site, origin: str) -> None:
    async def scene(client: Client) -> list[Any]:
        await client.begin()
        return [
            await client.ask("POST", "web/session", {}, Origin=origin),
            await client.ask("POST", "web/message", {"id": "a", "text": "b"}, Origin=origin),
            await client.ask("GET", "web/events", Origin=origin),
            await client.ask("OPTIONS", "web/message", Origin=origin),
        ]

    for answer in site.run(scene):
        assert (answer.status, answer.code) == (403, "forbidden")
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert answer.headers["Vary"] == "Origin"
    assert site.heard == []


def test_a_page_that_is_named_may_call(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_ORIGINS", "https://partner.example, https://other.example/")
    get_settings.cache_clear()

    async def scene(client: Client) -> None:
        for origin in ("https://partner.example", "https://other.example", OWN, "http://localhost:8000"):
            asked = await client.ask("OPTIONS", "web/message", Origin=origin)
            assert asked.status == 204
            assert asked.headers["Access-Control-Allow-Origin"] == origin
            assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]
            assert asked.headers["Access-Control-Max-Age"] == "7200"
            answer = await client.ask("POST", "web/session", {}, Origin=origin)
            assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (201, origin)
            refused = await client.ask("POST", "web/message", {}, Origin=origin)
            assert refused.status == 401
            assert refused.headers["Access-Control-Allow-Origin"] == origin, "the page may read why"
            assert "Access-Control-Allow-Credentials" not in answer.headers

    site.run(scene)


def test_in_production_this_machine_is_no_site(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPUS_ENV", "production")
    monkeypatch.setenv("PUBLIC_URL", "https://campus.example/chat")
    get_settings.cache_clear()
    assert get_settings().origins == {"https://campus.example"}


# -- several processes ------------------------------------------------------------------------------------------------


def test_several_processes_need_something_to_share(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANIC_WORKERS", "2")
    get_settings.cache_clear()
    with pytest.raises(RasaException, match="REDIS_URL"):
        WebInput.from_credentials(None)


def test_where_redis_is_away_it_is_said(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.channels.hub import RedisHub

    site = Site(RedisHub("redis://127.0.0.1:9/0"))
    limits_off(monkeypatch)

    async def scene(client: Client) -> Any:
        await client.begin()
        return await client.send("bonjour")

    answer = site.run(scene)
    assert (answer.status, answer.code) == (503, "unavailable")
    assert answer.headers["Retry-After"]


def test_a_slow_reader_of_one_byte_holds_up_nobody(site: Site) -> None:
    async def scene(client: Client) -> None:
        await client.begin()

        async def trickle() -> Any:
            yield b'{"id": "a", '
            await asyncio.sleep(0.5)
            yield b'"text": "b"}'

        headers = {"Authorization": f"Bearer {client.token}", "Content-Type": "application/json"}
        slow = asyncio.ensure_future(client.session.post(f"{client.url}/web/message", data=trickle(), headers=headers))
        assert (await client.send("c")).status == 202
        answer: aiohttp.ClientResponse = await slow
        assert answer.status == 202

    site.run(scene)


# -- long turns and repeats --------------------------------------------------------------------------------------------


def test_a_turn_may_take_longer_than_the_lease(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A resend while the assistant still works, and another when it is done: one turn, one answer, one question."""
    monkeypatch.setattr(web, "LEASE_SECONDS", 0.15)

    async def slow(message: UserMessage) -> None:
        await asyncio.sleep(0.7)
        await message.output_channel.send_response("", {"text": "enfin", "lang": "fr"})

    site.reply = slow

    async def scene(client: Client) -> tuple[set[int], list[str]]:
        await client.begin()
        statuses = set()
        for _ in range(4):
            statuses.add((await client.send("bonjour", id="m")).status)
            await asyncio.sleep(0.3)
        return statuses, [event["from"] for event in await client.events(9, after="", seconds=0.5)]

    assert site.run(scene) == ({202}, ["visitor", "bot", "bot"])
    assert site.texts == ["bonjour"]


def test_what_was_answered_before_its_note_was_lost_is_not_answered_again(site: Site) -> None:
    """As when the process ends between the two."""

    async def scene(client: Client) -> list[str]:
        await client.begin()
        await client.send("bonjour", id="m")
        await client.replies()
        await site.hub.forget(web._note(web.Visitor(client.conversation.partition(":")[2]), "m"))
        assert (await client.send("bonjour", id="m")).status == 202
        await asyncio.gather(*site.web._at_work)
        return [event["from"] for event in await client.events(9, after="", seconds=0.4)]

    assert site.run(scene) == ["visitor", "bot", "bot"]
    assert site.texts == ["bonjour"]


def test_a_message_that_is_sent_again_after_its_turn_was_cut_off_stands_there_once(site: Site) -> None:
    async def hang(message: UserMessage) -> None:
        await asyncio.sleep(60)

    async def scene(client: Client) -> list[str]:
        await client.begin()
        site.reply = hang
        await client.send("bonjour", id="m")
        await asyncio.sleep(0.1)
        cut_off = [*site.web._at_work, *site.web._in_flight.values()]
        for task in cut_off:
            task.cancel()
        await asyncio.gather(*cut_off, return_exceptions=True)
        site.reply = None
        await client.send("bonjour", id="m")
        return [event["from"] for event in await client.events(3, after="")]

    assert site.run(scene) == ["visitor", "bot", "bot"]


# -- streams and addresses ---------------------------------------------------------------------------------------------


def test_an_address_may_listen_only_so_often(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a session for each stream. Who hangs up makes room; an IPv6 address counts with all of its /64."""
    monkeypatch.setattr(web, "ADDRESS_STREAMS", 2)

    async def scene(client: Client) -> list[int]:
        found = []
        open_ones = []
        for _ in range(2):
            one = client.another()
            await one.begin()
            open_ones.append(asyncio.ensure_future(one.events(1, seconds=5)))
        await asyncio.sleep(0.2)
        await client.begin()
        found.append((await client.ask("GET", "web/events")).status)
        for one in open_ones:
            one.cancel()
        await asyncio.gather(*open_ones, return_exceptions=True)
        await asyncio.sleep(0.1)
        assert site.web._streams.of("127.0.0.1") == 0
        async with client.listening():
            return found

    assert site.run(scene) == [429]


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("2001:DB8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("[2001:db8::1]", "2001:db8::/64"),
        ("unknown" * 50, ("unknown" * 50)[:64]),
    ],
)
def test_what_counts_as_one_address(address: str, counted: str) -> None:
    assert counted_as(address) == counted


def test_a_network_of_ipv6_is_one_address(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "ADDRESS_SESSIONS", 3)

    async def scene(client: Client) -> list[int]:
        addresses = ["2001:db8::1", "2001:db8::2", "2001:db8::aaaa:3", "2001:db8::4", "2001:db8:0:1::1"]
        return [(await client.ask("POST", "web/session", {}, X_Forwarded_For=one)).status for one in addresses]

    assert site.run(scene) == [201, 201, 201, 429, 201]
