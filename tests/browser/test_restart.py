"""The bot is killed under an open chat, and started again: nothing that was said or agreed is lost."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.test_live import Staff, staff  # noqa: F401
from tests.support.running import Running


def test_an_open_chat_outlives_a_kill_of_the_bot(
    visit: Visit,
    page_stack: Running,
    staff: Staff,  # noqa: F811
    complaints: list[str],
) -> None:
    chat = visit()
    chat.say("je veux parler à une personne")
    chat.press("Ici, dans la conversation")
    request = staff.newest()
    staff.does(request, "take")
    expect(chat.log.locator(".message.notice").last).to_contain_text("Une personne de l’équipe vous répond")
    before = chat.messages.all_inner_texts()

    page_stack.stack.stop(("rasa",), kill=True)
    page_stack.stack.restart("rasa")
    page_stack.stack.wait()
    chat.page.reload()
    expect(chat.messages).to_have_count(len(before))
    assert chat.messages.all_inner_texts() == before

    replies = chat.log.locator(".message.bot").count()
    chat.field.fill("Vous êtes toujours là ?")
    chat.field.press("Enter")
    expect(chat.messages).to_have_count(len(before) + 1)
    expect(chat.log).to_have_attribute("aria-busy", "false")
    assert staff.heard(request)[-1] == ("visitor", "Vous êtes toujours là ?")
    staff.does(request, "messages", text="Oui, toujours.")
    expect(chat.log.locator(".message.person").last).to_contain_text("Oui, toujours.")
    assert chat.log.locator(".message.bot").count() == replies, "the assistant does not speak over a person"
    complaints.clear()  # the page could not reach the bot for a while
