"""What comes into an open chat by itself: the service's notices, a person's answers, an end of the conversation."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.conftest import NARROW, Visit
from tests.browser.test_chat import assert_fits
from tests.conftest import STAFF_TOKEN
from tests.support.running import STARTS, Running

ASK = "Je cherche une formation sur les BPF"


class Staff:
    """Somebody at the desk."""

    def __init__(self, stack: Running) -> None:
        headers = {"Authorization": f"Bearer {STAFF_TOKEN}"}
        self.client = httpx.Client(base_url=f"{stack.page_url}v1/staff", headers=headers, trust_env=False)

    def newest(self) -> str:
        """The request that was made last."""
        found = self.client.get("/handoffs", params={"state": "queued", "limit": 100}).json()["items"]
        return str(found[-1]["id"])

    def does(self, handoff: str, verb: str, **body: Any) -> None:
        answer = self.client.post(f"/handoffs/{handoff}/{verb}", json=body or None)
        assert answer.status_code < 300, answer.text

    def heard(self, handoff: str) -> list[tuple[str, str]]:
        """What was said, by whom."""
        items = self.client.get(f"/handoffs/{handoff}/messages").json()["items"]
        return [(item["from"], item["text"]) for item in items]


@pytest.fixture
def staff(page_stack: Running) -> Iterator[Staff]:
    one = Staff(page_stack)
    yield one
    one.client.close()


@pytest.fixture
def clock(page_stack: Running) -> Iterator[Running]:
    """The stack, whose clock shows the usual time again afterwards."""
    yield page_stack
    page_stack.move_clock(STARTS)


def hold(chat: Chat) -> None:
    """Hold a seat, and be asked for a name."""
    chat.say(ASK)
    chat.press("Bonnes|BPF|fondamentaux")
    if chat.buttons.filter(has_text=re.compile(r"1\spersonne")).count() == 0:
        chat.press("Réserver")
    assert "gardé" in chat.press(r"1\spersonne")


def test_a_lapsing_hold_is_told_in_the_open_chat(visit: Visit, clock: Running) -> None:
    chat = visit(viewport=NARROW)
    chat.page.get_by_role("button", name="Poser une question").click()
    hold(chat)
    clock.move_clock("2026-11-24T10:11:00+01:00")
    notice = chat.log.locator(".message.notice")  # in the log, whose additions are read out
    expect(notice).to_contain_text("10\u202fh\u202f15")
    expect(notice).to_have_attribute("lang", "fr")
    expect(notice.locator(".by")).to_contain_text("À savoir")
    expect(notice.get_by_role("button", name="Garder plus longtemps")).to_have_attribute("aria-disabled", "false")
    assert_fits(chat.page)
    before = chat.messages.count()
    chat.page.reload()
    expect(chat.messages).to_have_count(before)
    expect(chat.log.locator(".message.notice")).to_have_count(1)
    clock.move_clock("2026-11-24T10:16:00+01:00")
    expect(chat.log.locator(".message.notice").last).to_contain_text("Le temps de garde est écoulé")


def test_a_hold_is_extended_by_the_button_of_the_notice(visit: Visit, clock: Running) -> None:
    chat = visit()
    hold(chat)
    clock.move_clock("2026-11-24T10:11:00+01:00")
    expect(chat.log.locator(".message.notice")).to_have_count(1)
    said = chat.press("Garder plus longtemps")
    assert "10\u202fh\u202f26" in said
    assert "À quel nom" in said, "the booking goes on where it was"


def test_an_offer_is_taken_in_the_open_chat(visit: Visit, page_stack: Running) -> None:
    chat = visit()
    chat.say("bonjour")
    token = chat.page.evaluate("JSON.parse(sessionStorage.getItem('campus-chat')).token")
    conversation = jwt.decode(token, options={"verify_signature": False})["sub"]
    with httpx.Client(base_url=f"{page_stack.page_url}v1", trust_env=False) as service:
        reference, leave = a_place_on_the_list(service, page_stack, conversation)
        leave()
    offer = chat.log.locator(".message.notice")
    expect(offer).to_contain_text("liste d’attente")
    assert "C’est réservé" in chat.press("^Accepter")
    states = [
        row["state"] for row in page_stack.database.picture()["bookings"].values() if row["reference"] == reference
    ]
    assert states == ["confirmed"]


def a_place_on_the_list(
    service: httpx.Client, stack: Running, conversation: str
) -> tuple[str, Callable[[], httpx.Response]]:
    """Let a conversation wait for a session that is full; the booking, and what frees the seats."""

    def booking(wish: dict[str, Any], bearer: str = "") -> dict[str, Any]:
        headers = {"Idempotency-Key": uuid4().hex, **({"Authorization": f"Bearer {bearer}"} if bearer else {})}
        answer = service.post("/bookings", json=wish, headers=headers)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    sessions = service.get("/sessions", params={"sort": "start", "kind": "course", "limit": 100}).json()["items"]
    session = min((one for one in sessions if one["seats_free"] > 0), key=lambda one: one["seats_free"])
    who = {"name": "Marie Dupont", "email": "a.full.course@example.com"}
    terms = {"session_id": session["id"], "contact": who, "terms_accepted": True}
    taken = booking({**terms, "seats": session["seats_free"], "hold": False})
    key = (stack.stack.var / "keys" / "web.key").read_text()
    now = int(time.time())
    claims = {"aud": "campus-service", "sub": f"web:local:{conversation.partition(':')[2]}", "sid": conversation}
    assertion = jwt.encode({**claims, "iat": now, "exp": now + 60}, key, algorithm="EdDSA", headers={"kid": "web"})
    wish = {"session_id": session["id"], "waitlist": True, "contact": {**who, "email": "waiting@example.com"}}
    waiting = booking(wish, assertion)
    assert waiting["state"] == "waiting"
    bearer = {"Authorization": f"Bearer {taken['manage_token']}", "Idempotency-Key": uuid4().hex}
    return waiting["reference"], lambda: service.post(f"/bookings/{taken['reference']}/cancel", headers=bearer)


def test_what_came_while_the_chat_was_closed_is_there_when_it_is_opened(visit: Visit, clock: Running) -> None:
    chat = visit()
    hold(chat)
    chat.page.keyboard.press("Escape")
    expect(chat.panel).to_be_hidden()
    clock.move_clock("2026-11-24T10:11:00+01:00")
    chat.page.wait_for_timeout(2000)
    expect(chat.log.locator(".message.notice")).to_have_count(0)  # nothing is asked for while nobody looks
    chat.page.get_by_role("button", name="Poser une question").click()
    expect(chat.log.locator(".message.notice")).to_have_count(1)


def test_a_person_answers_in_the_open_chat(visit: Visit, staff: Staff) -> None:
    chat = visit()
    chat.say("je veux parler à une personne")
    assert "ici même" in chat.press("Ici, dans la conversation")
    request = staff.newest()
    assert chat.say("où se garer ?"), "the assistant answers on while nobody has taken it"

    staff.does(request, "take")
    expect(chat.log.locator(".message.notice").last).to_contain_text("Une personne de l’équipe vous répond")
    staff.does(request, "messages", text="Bonjour, ici Claire. <b>Que puis-je faire ?</b>")
    person = chat.log.locator(".message.person")
    expect(person).to_contain_text("ici Claire. <b>Que puis-je faire ?</b>")
    expect(person.locator(".by")).to_contain_text("Une personne du campus")

    replies = chat.log.locator(".message.bot").count()
    chat.field.fill("J’ai une question sur le parking")
    chat.field.press("Enter")
    expect(chat.log).to_have_attribute("aria-busy", "false")
    assert staff.heard(request)[-1] == ("visitor", "J’ai une question sur le parking")
    expect(chat.panel.locator(".status")).to_be_empty()
    assert chat.log.locator(".message.bot").count() == replies, "the assistant is silent"

    staff.does(request, "close")
    expect(chat.log.locator(".message.notice").last).to_contain_text("Je suis de nouveau là")
    assert chat.say("où se garer ?")


def test_two_tabs_of_one_conversation_show_the_same(visit: Visit) -> None:
    chat = visit()
    chat.say("bonjour")
    with chat.page.expect_popup() as opened:  # takes the tab's storage with it
        chat.page.evaluate("() => { window.open(location.href, '_blank') }")
    other = Chat(opened.value)
    expect(other.messages).to_have_count(chat.messages.count())
    other.say("où se garer ?")
    expect(chat.messages).to_have_count(other.messages.count())
    expect(chat.log.locator(".message.me").last).to_contain_text("où se garer")


def test_a_conversation_that_is_over_is_said_to_be_and_another_begins(visit: Visit, complaints: list[str]) -> None:
    chat = visit()
    chat.say(ASK)
    kept = "JSON.parse(sessionStorage.getItem('campus-chat'))"
    chat.page.evaluate(f"sessionStorage.setItem('campus-chat', JSON.stringify({{...{kept}, token: 'x.y.z'}}))")
    chat.page.reload()
    expect(chat.log.locator(".message.anew")).to_contain_text("nouvelle")
    complaints.clear()  # the browser itself complains of the 401
    assert "programme" in chat.say("bonjour"), "it begins like any other"
    assert chat.page.evaluate(f"{kept}.token.length") > 100


def test_without_a_network_nothing_is_lost(visit: Visit, complaints: list[str]) -> None:
    chat = visit()
    chat.say("bonjour")
    chat.page.context.set_offline(True)
    for said in ("où se garer ?", "et manger ?"):
        chat.field.fill(said)
        chat.field.press("Enter")
    expect(chat.panel.get_by_role("alert")).to_contain_text("Votre message n’est pas parti")
    chat.page.context.set_offline(False)  # the browser tells, and the messages leave by themselves
    expect(chat.panel.get_by_role("alert")).to_be_hidden()
    assert chat.heard()
    expect(chat.log.locator(".message.me")).to_have_count(3)
    before = chat.messages.all_inner_texts()
    chat.page.reload()
    expect(chat.messages).to_have_count(len(before))
    complaints.clear()
