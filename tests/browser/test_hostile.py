"""What the page makes of hostile words, wherever they stand: text, and links to the web and to mailboxes only."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visit
from tests.support.running import Running

MARK = "window.hacked=(window.hacked||0)+1"
HOSTILE = [
    f"<script>{MARK}</script>",
    f"<img src=x onerror='{MARK}'>",
    f"<svg/onload={MARK}>",
    f"\"><iframe srcdoc='<script>parent.{MARK}</script>'></iframe>",
    f"<a href='javascript:{MARK}'>x</a>",
    f"javascript:{MARK}",
    f"[x](javascript:{MARK})",
    f"https://campus.example/\" onclick='{MARK}",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1) file:///etc/passwd blob:https://campus.example/1 ftp://campus.example/",
    "mailto:a@campus.example?body=<script>",
    "{{constructor.constructor('window.hacked=1')()}}${window.hacked=1}",
    "\u202egnp.exe \u2066x\u2069",
]
BLOCK = {"start": "2027-01-12T09:00:00+01:00", "end": "2027-01-12T17:00:00+01:00"}


def event(number: int, who: str, words: str) -> dict[str, Any]:
    """An event in which everything that is a text says this."""
    session = {"type": "session", "title": words, "meetings": [BLOCK], "place": words, "format": words}
    session |= {"language": words, "state": words, "seats_free": 3, "demo": True}
    course = {"type": "course", "title": words, "operator": words, "level": words, "summary": words}
    course |= {"next_sessions": [{"start": BLOCK["start"], "seats_free": words}]}
    booking = {"type": "booking", "reference": words, "state": words, "session": session, "seats": 2, "demo": words}
    return {
        "id": f"1-{number}",
        "from": who,
        "lang": "fr",
        "text": words,
        "buttons": [{"title": words, "payload": words, "signature": words}],
        "cards": [course, session, booking, {"type": words, "title": words}],
    }


def serve(page: Page, stack: Running, events: list[dict[str, Any]]) -> None:
    """Let the page hear these as if the assistant had said them."""
    headers = {"Access-Control-Allow-Origin": "*", "Content-Type": "text/event-stream"}
    asked: list[str] = []

    def sent(route: Route) -> None:
        asked.append(json.loads(route.request.post_data or "{}")["id"])
        route.fulfill(json={"token": "x", "answered_by": "assistant"}, status=202, headers=headers)

    def told(route: Route) -> None:
        frames = ""
        if asked:
            told = [*events, {**event(len(events) + 1, "bot", "fini"), "message": asked[-1], "cards": []}]
            frames = "".join(f"id: {one['id']}\ndata: {json.dumps(one)}\n\n" for one in told)
        route.fulfill(body=f": ok\n\n{frames}: live\n\n", headers=headers)

    page.route(f"{stack.web_url}/message", sent)
    page.route(f"{stack.web_url}/events**", told)


@pytest.mark.parametrize("who", ["bot", "person", "notice"])
def test_nothing_that_is_told_runs_or_leads_elsewhere(visit: Visit, page_stack: Running, who: str) -> None:
    chat = visit()
    page = chat.page
    serve(page, page_stack, [event(number, who, words) for number, words in enumerate(HOSTILE, 1)])
    address = page.url
    chat.say("bonjour")
    expect(chat.panel.locator(f".message.{who}").filter(has_text="<script>").first).to_be_visible()
    for closed in chat.panel.locator("details").all():
        closed.evaluate("details => { details.open = true }")
    assert chat.panel.locator("details[open] .card").count() >= len(HOSTILE), "what is folded away is looked at too"
    for link in chat.panel.locator("a").all():
        assert link.evaluate("a => ['http:', 'https:', 'mailto:'].includes(a.protocol)"), link.get_attribute("href")
        assert link.evaluate("a => a.getAttributeNames().every((name) => !name.startsWith('on'))")
    found = chat.panel.evaluate("panel => panel.querySelectorAll('script, img, iframe, svg[onload], object').length")
    assert found == 0
    page.wait_for_timeout(300)
    assert page.evaluate("window.hacked") is None
    assert page.url == address and len(page.context.pages) == 1


def test_what_a_visitor_writes_is_text_in_their_own_page_too(visit: Visit) -> None:
    """Also after a reload, when the assistant tells it back; and the assistant answers."""
    chat = visit()
    words = f"<img src=x onerror='{MARK}'> <script>{MARK}</script> javascript:{MARK}"
    chat.say(words)
    chat.page.reload()
    expect(chat.panel.locator(".message.me").filter(has_text="<script>")).to_have_count(1)
    assert chat.panel.locator(".message img, .message script").count() == 0
    assert chat.page.evaluate("window.hacked") is None
    assert chat.say("bonjour")
