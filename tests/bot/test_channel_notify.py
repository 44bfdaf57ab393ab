"""The service's notices and a person's answers, in an open conversation."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import pytest
from rasa.shared.core.events import ActiveLoop, BotUttered, SlotSet, UserUttered
from rasa.shared.core.slots import AnySlot
from rasa.shared.core.trackers import DialogueStateTracker

from bot import responses
from bot.channels.notices import words
from bot.settings import Settings, get_settings
from tests.bot.serving import Client, Site
from tests.bot.test_cards_schema import CARDS, SESSION

BOOKING: dict[str, Any] = {
    "reference": "EBC-7K2M9Q",
    "state": "held",
    "session": SESSION,
    "seats": 2,
    "contact": None,
    "total": {"net": "2000.00", "vat": "420.00", "gross": "2420.00", "currency": "EUR"},
    "hold_expires_at": "2026-11-24T10:15:00+01:00",
    "offer_expires_at": None,
    "terms": {"free_until": "2027-01-05T23:59:59+01:00", "cancel_fee": "0.00"},
}
OFFERED = BOOKING | {"state": "offered", "hold_expires_at": None, "offer_expires_at": "2026-11-25T10:00:00+01:00"}
DATA = {
    "hold-lapsing": BOOKING,
    "hold-expired": BOOKING | {"state": "expired", "hold_expires_at": None},
    "offer": OFFERED,
    "offer-lapsed": OFFERED | {"state": "lapsed", "offer_expires_at": None},
    "session-cancelled": BOOKING | {"state": "cancelled", "hold_expires_at": None},
    "handoff-taken": {"handoff": "HND-4T8W2K", "state": "active"},
    "handoff-released": {"handoff": "HND-4T8W2K", "state": "queued"},
    "handoff-closed": {"handoff": "HND-4T8W2K", "state": "closed"},
    "handoff-message": {
        "handoff": "HND-4T8W2K",
        "state": "active",
        "text": "Bonjour,\nje suis Claire.",
        "from": "person",
    },
}


def notice(kind: str, conversation: str, lang: str = "fr", **more: Any) -> dict[str, Any]:
    """A notice as the service spells it."""
    return {
        "id": str(uuid4()),
        "kind": kind,
        "conversation": f"web:local:{conversation}",
        "reference": "HND-4T8W2K" if kind.startswith("handoff") else "EBC-7K2M9Q",
        "lang": lang,
        "at": "2026-11-24T10:10:00+01:00",
        "data": DATA.get(kind, {}),
        **more,
    }


@pytest.fixture
def site(settings: Settings) -> Site:
    return Site()


# -- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("kind", DATA)
def test_every_kind_has_its_words_in_both_languages(settings: Settings, kind: str, lang: str) -> None:
    reply = words(notice(kind, "web:x", lang))
    assert reply is not None
    assert (reply.lang, reply.text) == (lang, reply.text.strip())
    assert "{" not in reply.text
    CARDS.validate(reply.cards)
    if kind.startswith("handoff"):
        return
    assert SESSION["title"] in reply.text
    assert reply.buttons
    for button in reply.buttons:
        _, _, entities = button["payload"].partition("{")
        json.loads("{" + entities if entities else "{}")


def test_a_lapsing_hold_tells_until_when_and_can_be_extended(settings: Settings) -> None:
    reply = words(notice("hold-lapsing", "web:x"))
    assert reply is not None
    assert "10\u202fh\u202f15" in reply.text
    assert [button["payload"] for button in reply.buttons] == ['/extend_hold{"booking_reference": "EBC-7K2M9Q"}']


@pytest.mark.parametrize(
    ("lang", "gross", "title"),
    [
        ("fr", "2420.00", "Accepter avec obligation de paiement, 2\u202f420,00\u00a0€"),
        ("en", "2420.00", "Accept with obligation to pay, €2,420.00"),
        ("fr", "0.00", "Accepter la place"),
        ("en", "0.00", "Take the seat"),
    ],
)
def test_who_accepts_an_offer_reads_what_it_costs_on_the_button(
    settings: Settings, lang: str, gross: str, title: str
) -> None:
    total = BOOKING["total"] | {"gross": gross}
    reply = words(notice("offer", "web:x", lang, data=OFFERED | {"total": total}))
    assert reply is not None
    assert [button["title"] for button in reply.buttons] == [title, responses.text("utter_button_decline", lang)]
    assert [button["payload"].partition("{")[0] for button in reply.buttons] == ["/accept_offer", "/decline_offer"]


def test_an_unknown_kind_or_language_breaks_nothing(settings: Settings) -> None:
    assert words(notice("party", "web:x")) is None
    reply = words(notice("hold-lapsing", "web:x", "nl"))
    assert reply is not None and reply.lang == "fr"


# -- arriving ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", DATA)
def test_a_notice_is_said_in_the_open_conversation(site: Site, kind: str) -> None:
    async def scene(client: Client) -> tuple[int, dict[str, Any]]:
        await client.begin()
        await client.say("bonjour")
        async with client.listening():
            answer = await client.notify(notice(kind, client.conversation, "en"))
        return answer.status, (await client.events(1))[0]

    status, event = site.run(scene)
    assert status == 204
    person = kind == "handoff-message"
    assert (event["from"], event["lang"]) == ("person" if person else "notice", "en")
    assert event["generated_by"] == ("person" if person else "template")
    assert event["text"] == (DATA[kind]["text"] if person else event["text"])
    assert all(button["signature"] for button in event["buttons"])


def test_a_notice_s_button_can_be_pressed_and_so_can_those_before_it(site: Site) -> None:
    summary = [{"title": "Réserver avec obligation de paiement", "payload": "/confirm_booking"}]
    site.answer = {"text": "Avant de confirmer", "buttons": summary, "lang": "fr"}

    async def scene(client: Client) -> None:
        await client.begin()
        *_, asked = await client.say("bonjour")
        await client.notify(notice("hold-lapsing", client.conversation))
        [told] = await client.events(1)
        assert (await client.press(told["buttons"][0])).status == 202
        await client.replies()
        assert (await client.press(asked["buttons"][0])).status == 202
        await client.replies()

    site.run(scene)
    assert site.texts[1:] == ['/extend_hold{"booking_reference": "EBC-7K2M9Q"}', "/confirm_booking"]


def test_the_dialogue_knows_what_was_said(site: Site) -> None:
    site.answer = {"text": "?", "buttons": [{"title": "Réserver", "payload": "/confirm_booking"}], "lang": "fr"}

    async def scene(client: Client) -> DialogueStateTracker:
        await client.begin()
        await client.say("bonjour")
        tracker = DialogueStateTracker.from_events(
            client.conversation,
            [
                ActiveLoop("booking_form"),
                UserUttered("bonjour"),
                BotUttered("?"),
                SlotSet("last_booking", "EBC-000000"),
            ],
            slots=[AnySlot("last_booking", mappings=[{}])],
        )
        site.agent.tracker_store.trackers[client.conversation] = tracker
        await client.notify(notice("offer", client.conversation))
        await asyncio.gather(*site.web._at_work)
        await client.say("réserver")
        await client.notify(notice("offer", client.conversation))
        await asyncio.gather(*site.web._at_work)
        await client.say("laisser la place")
        return tracker

    tracker = site.run(scene)
    told = [event for event in tracker.events if isinstance(event, BotUttered)][-1]
    assert told.text and SESSION["title"] in told.text
    assert told.metadata["utter_action"] == "utter_notice_offer"
    assert told.data["buttons"][1]["payload"].startswith("/decline_offer")
    assert tracker.get_slot("last_booking") == "EBC-7K2M9Q"
    assert tracker.active_loop is not None and tracker.active_loop.name == "booking_form", "a form goes on"
    assert site.texts[1:] == ["/confirm_booking", '/decline_offer{"booking_reference": "EBC-7K2M9Q"}']


def test_a_notice_is_kept_for_who_comes_back(site: Site) -> None:
    """Who has closed the chat is not there any more, from that moment on."""

    async def scene(client: Client) -> tuple[list[int], list[str]]:
        await client.begin()
        await client.say("bonjour")
        await asyncio.sleep(0.1)
        told = notice("handoff-message", client.conversation)
        statuses = [(await client.notify(told)).status for _ in range(2)]
        return statuses, [event["from"] for event in await client.events(1)]

    assert site.run(scene) == ([410, 410], ["person"])


def test_somebody_is_there_while_one_tab_is(site: Site) -> None:
    async def scene(client: Client) -> list[int]:
        await client.begin()
        found = []

        async def tell() -> None:
            await asyncio.sleep(0.1)
            found.append((await client.notify(notice("handoff-message", client.conversation))).status)

        async with client.listening():
            async with client.listening():
                await tell()
            await tell()
        await tell()
        return found

    assert site.run(scene) == [204, 204, 410]


def test_between_two_streams_of_an_open_chat_its_visitor_is_there(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.web.STREAM_SECONDS", 0.1)
    monkeypatch.setattr("bot.channels.web.AGAIN_SECONDS", 0.5)

    async def scene(client: Client) -> list[int]:
        await client.begin()
        await client.events()
        found = [(await client.notify(notice("offer", client.conversation))).status]
        await asyncio.sleep(0.6)
        return [*found, (await client.notify(notice("offer", client.conversation))).status]

    assert site.run(scene) == [204, 410]


def test_a_notice_is_said_once_however_often_it_comes(site: Site) -> None:
    async def scene(client: Client) -> tuple[set[int], list[str]]:
        await client.begin()
        await client.say("bonjour")
        told = notice("offer", client.conversation)
        async with client.listening():
            answers = [await client.notify(told) for _ in range(3)]
        events = await client.events(9, seconds=0.4)
        return {answer.status for answer in answers}, [event["from"] for event in events]

    assert site.run(scene) == ({204}, ["notice"])


def test_where_it_cannot_be_said_the_service_is_told(site: Site) -> None:
    async def scene(client: Client) -> list[int]:
        elsewhere = ["rest:local:rest:alice", "slack:T1:slack:U1", "web:local:web:../x", "web", "", None]
        told = [{**notice("offer", ""), "conversation": conversation} for conversation in elsewhere]
        return [(await client.notify(one)).status for one in told]

    assert set(site.run(scene)) == {410}


def test_an_unknown_kind_is_taken_and_not_said(site: Site) -> None:
    async def scene(client: Client) -> tuple[int, list[Any]]:
        await client.begin()
        await client.say("bonjour")
        return (await client.notify(notice("party", client.conversation))).status, await client.events(1, seconds=0.4)

    assert site.run(scene) == (204, [])


def test_only_what_the_service_has_signed_is_said(site: Site) -> None:
    async def scene(client: Client) -> tuple[list[int], list[Any]]:
        await client.begin()
        await client.say("bonjour")
        told = notice("handoff-message", client.conversation)
        tries = [
            await client.notify(told, key=b"another key"),
            await client.notify(told, age=600),
            await client.notify(told, age=-600),
            await client.notify(told, webhook_signature=""),
            await client.notify(told, webhook_signature="v1,x v2,y"),
            await client.notify(told, webhook_id="another"),
            await client.notify(told, webhook_timestamp="now"),
            await client.notify(told, webhook_timestamp="²"),
            await client.ask("POST", "notify", told),
        ]
        return [answer.status for answer in tries], await client.events(1, seconds=0.4)

    assert site.run(scene) == ([401] * 9, [])


# -- a person ---------------------------------------------------------------------------------------------------------


@dataclass
class Desk:
    """The part of the service that serves requests for a person."""

    state: str = "queued"
    away: bool = False
    refuses: int = 0
    said: list[tuple[str, str]] = field(default_factory=list)
    asked: int = 0

    @contextmanager
    def serving(self) -> Iterator[str]:
        desk = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                desk.asked += 1
                self._answer(503 if desk.away else 200, {"id": "HND-4T8W2K", "state": desk.state})

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                if desk.state == "closed":
                    return self._answer(409, {"code": "wrong-state", "state": "closed"})
                if desk.refuses:
                    return self._answer(desk.refuses, {"code": "rate-limited"})
                desk.said.append((self.headers["Idempotency-Key"], body["text"]))
                return self._answer(201, {"id": 1})

            def _answer(self, status: int, document: Any) -> None:
                raw = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_args: object) -> None:
                return None

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


@pytest.fixture
def desk(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    found = Desk()
    with found.serving() as url:
        monkeypatch.setenv("CAMPUS_URL", url)
        get_settings.cache_clear()
        yield found


async def call(site: Site, client: Client) -> None:
    """Ask for a person, as the action says that it was done."""
    await client.begin()
    before, site.answer = site.answer, {"text": "transmis", "lang": "fr", "custom": {"handoff": "HND-4T8W2K"}}
    await client.say("une personne")
    site.answer = before


def test_nobody_is_asked_while_no_person_was_wanted(desk: Desk) -> None:
    site = Site()

    async def scene(client: Client) -> None:
        await client.begin()
        await client.say("bonjour")

    site.run(scene)
    assert desk.asked == 0


@pytest.mark.parametrize("state", ["queued", "offline"])
def test_the_assistant_answers_on_while_nobody_has_taken_it(desk: Desk, state: str) -> None:
    site = Site()
    desk.state = state

    async def scene(client: Client) -> None:
        await call(site, client)
        assert await client.say("et le parking ?")

    site.run(scene)
    assert (site.texts[-1], desk.asked, desk.said) == ("et le parking ?", 1, [])


def test_a_person_who_has_it_is_spoken_to_and_the_assistant_is_silent(desk: Desk) -> None:
    site = Site()

    async def scene(client: Client) -> tuple[Any, list[str]]:
        await call(site, client)
        desk.state = "active"
        answers = [await client.send("vous êtes là ?", id="m1") for _ in range(2)]
        await client.notify(notice("handoff-message", client.conversation))
        events = await client.events(9, seconds=0.6)
        return answers, [event["from"] for event in events]

    answers, told = site.run(scene)
    assert [(answer.status, answer.document["answered_by"]) for answer in answers] == [(202, "person")] * 2
    assert told == ["visitor", "person"]
    assert [text for _, text in desk.said] == ["vous êtes là ?"]
    assert len(desk.said[0][0]) >= 16
    assert site.texts == ["une personne"]


def test_what_is_pressed_while_a_person_has_it_is_told_in_words(desk: Desk) -> None:
    site = Site()
    site.answer = {"text": "?", "buttons": [{"title": "Mes réservations", "payload": "/check_booking"}], "lang": "fr"}

    async def scene(client: Client) -> None:
        await call(site, client)
        *_, reply = await client.say("bonjour")
        desk.state = "active"
        await client.press(reply["buttons"][0])

    site.run(scene)
    assert [text for _, text in desk.said] == ["Mes réservations"]


def test_once_it_is_closed_the_assistant_says_so_and_goes_on(desk: Desk) -> None:
    site = Site()

    async def scene(client: Client) -> list[tuple[str, str]]:
        await call(site, client)
        desk.state = "active"
        await client.send("merci")
        desk.state = "closed"
        await client.send("et le parking ?")
        events = await client.events(4)
        await client.say("encore une question")
        return [(event["from"], event["text"]) for event in events]

    _, mine, closed, answer = site.run(scene)
    assert (mine, answer) == (("visitor", "et le parking ?"), ("bot", "re"))
    assert closed == ("notice", responses.text("utter_notice_handoff_closed", "fr"))
    assert site.texts == ["une personne", "et le parking ?", "encore une question"]
    assert desk.asked == 2, "it is forgotten"


def test_a_closing_that_was_told_is_not_told_again(desk: Desk) -> None:
    site = Site()

    async def scene(client: Client) -> list[str]:
        await call(site, client)
        desk.state = "closed"
        await client.notify(notice("handoff-closed", client.conversation))
        await client.send("bonjour")
        return [event["from"] for event in await client.events(3)]

    assert site.run(scene) == ["notice", "visitor", "bot"]
    assert desk.asked == 0


def test_who_has_it_is_learnt_from_a_notice_after_a_restart(desk: Desk) -> None:
    site = Site()
    desk.state = "active"

    async def scene(client: Client) -> Any:
        await client.begin()
        await client.notify(notice("handoff-taken", client.conversation))
        return await client.send("bonjour")

    assert site.run(scene).document["answered_by"] == "person"


@pytest.mark.parametrize("status", [429, 403, 500, 503])
def test_what_was_said_to_a_person_is_never_given_to_the_assistant(desk: Desk, status: int) -> None:
    """Also where the person has only just taken it, and where the service refuses: the page sends it again."""
    site = Site()

    async def scene(client: Client) -> list[Any]:
        await call(site, client)
        desk.state, desk.refuses = "active", status
        answers = [await client.send("vous êtes là ?", id="m1")]
        desk.refuses = 0
        return [*answers, await client.send("vous êtes là ?", id="m1")]

    refused, taken = site.run(scene)
    assert (refused.status, taken.status, taken.document["answered_by"]) == (503, 202, "person")
    assert [text for _, text in desk.said] == ["vous êtes là ?"]
    assert site.texts == ["une personne"]


def test_another_request_that_is_closed_ends_nothing(desk: Desk) -> None:
    site = Site()

    async def scene(client: Client) -> Any:
        await call(site, client)
        desk.state = "active"
        told = notice("handoff-closed", client.conversation)
        told["data"] = {**told["data"], "handoff": "HND-7K2M9Q"}
        await client.notify(told)
        return await client.send("bonjour")

    assert site.run(scene).document["answered_by"] == "person"


def test_a_person_s_conversation_waits_for_the_service(desk: Desk) -> None:
    """The assistant does not speak in between; the page sends the message again."""
    site = Site()
    desk.state = "active"

    async def scene(client: Client) -> tuple[Any, Any]:
        await client.begin()
        await client.notify(notice("handoff-taken", client.conversation))
        desk.away = True
        refused = await client.send("bonjour", id="m1")
        desk.away = False
        return refused, await client.send("bonjour", id="m1")

    refused, taken = site.run(scene)
    assert (refused.status, refused.code) == (503, "unavailable")
    assert (taken.status, taken.document["answered_by"]) == (202, "person")
    assert [text for _, text in desk.said] == ["bonjour"]
    assert site.texts == []


def test_a_service_that_is_away_keeps_nobody_from_the_assistant(desk: Desk) -> None:
    site = Site()

    async def scene(client: Client) -> Any:
        await call(site, client)
        desk.away = True
        return await client.say("bonjour")

    assert site.run(scene)
