"""From a question to a booked seat, in either language, on the page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.conftest import Visit
from tests.support.outbox import kind
from tests.support.running import Running

REFERENCE = re.compile(r"EBC-[0-9A-Z]{6}")


def booked(stack: Running, email: str) -> list[tuple[Any, ...]]:
    """What the service stored for an address."""
    columns = ("reference", "state", "seats", "contact_name", "lang")
    rows = stack.database.picture()["bookings"].values()
    return [tuple(row[column] for column in columns) for row in rows if row["contact_email"] == email]


def book(chat: Chat, words: dict[str, str], name: str, email: str) -> str:
    """Book a seat from a question to the reference; returns the last reply."""
    chat.say(words["ask"])
    expect(chat.panel.locator("details.cards")).to_have_count(1)
    chat.press(words["course"])
    if chat.buttons.filter(has_text=re.compile(words["seats"])).count() == 0:
        chat.press(words["book"])
    chat.press(words["seats"])
    chat.say(name)
    summary = chat.say(email)
    assert name in summary and email in summary
    return chat.press(words["pay"])


FRENCH = {
    "ask": "Je cherche une formation sur les BPF",
    "course": "BPF|Bonnes|fondamentaux",
    "book": "Réserver",
    "seats": r"1\spersonne",  # the space between may be one that does not break
    "pay": "obligation de paiement|^Réserver$",
}
ENGLISH = {
    "ask": "I am looking for a course on GMP",
    "course": "GMP",
    "book": "Book",
    "seats": r"1\sperson",
    "pay": "obligation to pay|^Book$",
}


@pytest.mark.parametrize(("lang", "words"), [("fr", FRENCH), ("en", ENGLISH)])
def test_a_course_is_booked_from_the_page(visit: Visit, page_stack: Running, lang: str, words: dict[str, str]) -> None:
    email = f"jeanne.{lang}@example.com"
    chat = visit()
    confirmed = book(chat, words, "Jeanne Dubois", email)

    [reference] = set(REFERENCE.findall(confirmed))
    assert booked(page_stack, email) == [(reference, "confirmed", 1, "Jeanne Dubois", lang)]
    mails = page_stack.outbox.wait(lambda found: any(mail["X-Campus-Reference"] == reference for mail in found))
    [mail] = [mail for mail in mails if mail["X-Campus-Reference"] == reference]
    assert (kind(mail), mail["To"].addresses[0].addr_spec) == ("confirmation", email)

    receipt = chat.panel.locator(".receipt").last
    expect(receipt).to_contain_text(reference)
    expect(receipt.locator(".state")).to_have_class(re.compile("confirmed"))
    assert chat.spoken() == (lang.upper(), lang)


def test_the_switch_asks_in_words_for_the_other_language(visit: Visit) -> None:
    chat = visit()
    assert chat.say("bonjour")
    assert chat.spoken() == ("FR", "fr")
    chat.panel.get_by_role("button", name="EN", exact=True).click()
    chat.heard()
    expect(chat.panel.locator(".message.me").last).to_have_text(re.compile("English please"))
    assert chat.spoken() == ("EN", "en")
    expect(chat.panel.get_by_role("button", name="Send")).to_be_visible()
    chat.panel.get_by_role("button", name="FR", exact=True).click()
    chat.heard()
    assert chat.spoken() == ("FR", "fr")
    expect(chat.panel.get_by_role("button", name="Envoyer")).to_be_visible()


def test_the_chat_follows_the_language_of_what_is_written(visit: Visit) -> None:
    chat = visit()
    chat.say("Hello, which courses do you have on cell therapy?")
    assert chat.spoken() == ("EN", "en")
    expect(chat.panel.get_by_role("button", name="EN", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(chat.panel.locator(".message.me").last).to_have_attribute("lang", "en")


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("position", [0, 1, 2])
def test_the_examples_that_the_chat_offers_are_understood(visit: Visit, lang: str, position: int) -> None:
    chat = visit()
    said = chat.say(strings(chat)[lang]["examples"][position])
    assert chat.spoken() == (lang.upper(), lang)
    if position == 2:  # how to get there
        assert "Gosselies" in said or "Charleroi" in said
    else:
        expect(chat.panel.locator("details.cards")).to_have_count(1)


def test_the_chat_says_everything_in_both_languages(visit: Visit) -> None:
    words = strings(visit())
    assert words["fr"].keys() == words["en"].keys()
    for name, french in words["fr"].items():
        if isinstance(french, dict):
            assert french.keys() == words["en"][name].keys(), name


def strings(chat: Chat) -> dict[str, dict[str, Any]]:
    """The chat's own words; those with a number in them are functions, which are left out."""
    script = "async () => JSON.parse(JSON.stringify((await import('/chat/strings.js')).STRINGS))"
    words: dict[str, dict[str, Any]] = chat.page.evaluate(script)
    return words
