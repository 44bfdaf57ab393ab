"""The chat itself: what it keeps, what can be pressed, what happens without a network, keyboard, size."""

from __future__ import annotations

import gzip
import json
import re
import time

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import DESKTOP, NARROW, Visit
from tests.support.running import ROOT, Running

SMALLEST = {"width": 320, "height": 568}
#: CSS pixels that a finger hits.
SMALLEST_TARGET = 44
ASK = "Je cherche une formation sur les BPF"
COURSE = "BPF|Bonnes|fondamentaux"


def test_nothing_is_kept_before_somebody_speaks(visit: Visit) -> None:
    chat = visit()
    expect(chat.field).to_be_visible()
    assert chat.page.evaluate("sessionStorage.length + localStorage.length + document.cookie.length") == 0
    chat.say("bonjour")
    assert chat.page.evaluate("JSON.parse(sessionStorage.getItem('campus-chat')).token.length") > 100
    assert chat.page.evaluate("localStorage.length + document.cookie.length") == 0


def test_a_reload_keeps_the_conversation_and_its_last_buttons(visit: Visit) -> None:
    chat = visit()
    chat.say("bonjour")
    chat.say(ASK)
    before, offered = chat.messages.all_inner_texts(), chat.buttons.all_inner_texts()
    chat.page.reload()
    expect(chat.messages).to_have_count(len(before))
    assert chat.messages.all_inner_texts() == before
    assert chat.buttons.all_inner_texts() == offered != []
    chat.press(COURSE)


def test_only_the_last_buttons_can_be_pressed(visit: Visit) -> None:
    chat = visit()
    chat.say(ASK)
    first = chat.panel.locator(".message .buttons").first
    chat.press(COURSE)
    used = first.get_by_role("button")
    assert {button.get_attribute("aria-disabled") for button in used.all()} == {"true"}
    count = chat.messages.count()
    used.first.click(force=True)
    chat.page.wait_for_timeout(300)
    assert chat.messages.count() == count


def test_a_message_that_did_not_leave_can_be_sent_again(
    visit: Visit, page_stack: Running, complaints: list[str]
) -> None:
    chat = visit()
    chat.page.route(f"{page_stack.web_url}/**", lambda route: route.abort())
    chat.field.fill("bonjour")
    chat.field.press("Enter")
    trouble = chat.panel.get_by_role("alert")
    expect(trouble).to_contain_text("Votre message n’est pas parti")
    complaints.clear()  # the browser itself complains of the lost request
    chat.page.unroute(f"{page_stack.web_url}/**")
    trouble.get_by_role("button", name="Réessayer").click()
    assert chat.heard()
    assert chat.panel.locator(".message.me").count() == 1
    expect(chat.field).to_be_focused()


def test_messages_arrive_in_their_order_and_none_twice(visit: Visit, page_stack: Running) -> None:
    chat = visit()
    sent: list[str] = []

    def slowly(route: Route) -> None:
        if route.request.method == "POST":
            sent.append(json.loads(route.request.post_data or "{}")["text"])
        route.continue_()

    chat.page.route(f"{page_stack.web_url}/message", slowly)
    for said in ("bonjour", "merci", "au revoir"):
        chat.field.fill(said)
        chat.field.press("Enter")
    expect(chat.panel.locator(".message.me")).to_have_count(3)
    deadline = time.monotonic() + 30
    while len(sent) < 3 and time.monotonic() < deadline:
        chat.page.wait_for_timeout(50)
    assert sent == ["bonjour", "merci", "au revoir"]
    chat.heard()


def test_a_reply_becomes_text_and_safe_links_only(visit: Visit, page_stack: Running) -> None:
    chat = visit()
    hostile = (
        "<img src=x onerror=alert(1)> javascript:alert(1) https://campus.example/a?b=1&c=2.\nmailto:a@campus.example"
    )
    event = {"id": "1-1", "from": "bot", "lang": "en", "text": hostile, "buttons": [], "cards": [{"type": "banner"}]}
    headers = {"Access-Control-Allow-Origin": "*", "Content-Type": "text/event-stream"}

    def sent(route: Route) -> None:
        event["message"] = json.loads(route.request.post_data or "{}")["id"]
        route.fulfill(json={"token": "x", "answered_by": "assistant"}, status=202, headers=headers)

    def told(route: Route) -> None:
        stream = f"id: 1-1\ndata: {json.dumps(event)}\n\n" if "message" in event else ""
        route.fulfill(body=f": ok\n\n{stream}: live\n\n", headers=headers)

    chat.page.route(f"{page_stack.web_url}/message", sent)
    chat.page.route(f"{page_stack.web_url}/events**", told)
    said = chat.say("bonjour")
    assert "<img src=x onerror=alert(1)> javascript:alert(1)" in said
    assert chat.panel.locator("img").count() == 0
    addresses = [link.get_attribute("href") for link in chat.panel.locator(".message a").all()]
    assert addresses == ["https://campus.example/a?b=1&c=2", "mailto:a@campus.example"]


def test_it_can_be_used_with_the_keyboard_alone(visit: Visit) -> None:
    chat = visit(viewport=NARROW)
    for _ in range(5):
        chat.page.keyboard.press("Tab")
        if chat.page.evaluate("document.activeElement.localName") == "campus-chat":
            break
    chat.page.keyboard.press("Enter")
    expect(chat.field).to_be_focused()
    chat.page.keyboard.type("bonjour")
    chat.page.keyboard.press("Enter")
    assert chat.heard()
    expect(chat.field).to_be_focused()
    chat.page.keyboard.press("Escape")
    expect(chat.panel).to_be_hidden()
    expect(chat.page.get_by_role("button", name="Poser une question")).to_be_focused()


def test_what_is_said_is_announced(visit: Visit) -> None:
    log = visit().panel.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(log).to_have_attribute("aria-label", re.compile(".+"))


@pytest.mark.parametrize(
    "viewport", [DESKTOP, NARROW, {"width": 320, "height": 568}], ids=lambda size: str(size["width"])
)
def test_it_fits(visit: Visit, viewport: dict[str, int]) -> None:
    chat = visit(viewport=viewport)
    assert_fits(chat.page)
    if viewport != DESKTOP:
        chat.page.get_by_role("button", name="Poser une question").click()
    chat.say(ASK)
    chat.panel.locator("details.cards summary").click()
    assert_fits(chat.page)
    for card in chat.panel.locator(".card").all():
        box = card.bounding_box()
        assert box and box["height"] > 60, "a card is squashed"
    for target in chat.panel.locator("button:visible, summary:visible, textarea:visible").all():
        box = target.bounding_box()
        assert box and min(box["width"], box["height"]) >= SMALLEST_TARGET, target.inner_text()


def assert_fits(page: Page) -> None:
    """Nothing scrolls sideways, neither the page nor the log."""
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    log = page.locator("campus-chat .log")
    if log.is_visible():
        assert log.evaluate("log => log.scrollWidth - log.clientWidth") <= 0


def test_it_is_small() -> None:
    """Everything that a page loads for the chat, compressed, in bytes."""
    parts = [ROOT / "web" / "chat.js", *sorted((ROOT / "web" / "chat").glob("*.js"))]
    assert len(gzip.compress(b"".join(path.read_bytes() for path in parts))) < 15 * 1024


def test_it_makes_nodes_and_no_html() -> None:
    """Trusted Types would stop it too, where a browser has them."""
    for path in (ROOT / "web" / "chat").glob("*.js"):
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", path.read_text("utf-8"))
