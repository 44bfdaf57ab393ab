"""The chat as a person uses it: what can be read, written and pressed."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

#: Milliseconds that a reply may take on a machine that is busy with other tests.
PATIENCE = 30_000


class Chat:
    """The chat on a page. Playwright looks into its open shadow root by itself."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.panel = page.locator("campus-chat .panel")
        self.field = self.panel.locator("textarea")
        self.log = self.panel.get_by_role("log")
        self.messages = self.panel.locator(".message")
        #: The open chat, or the button that opens it.
        self.anything = page.locator("campus-chat .launcher, campus-chat .panel").locator("visible=true")

    @property
    def reply(self) -> Locator:
        """The messages of the assistant since the person last said something."""
        return self.panel.locator(".message.bot:not(:has(~ .message.me))")

    @property
    def buttons(self) -> Locator:
        """The buttons that can be pressed now."""
        return self.panel.locator(".message .buttons button[aria-disabled=false]")

    def say(self, text: str) -> str:
        """Write and send with the keyboard; returns the reply."""
        self.field.fill(text)
        self.field.press("Enter")
        return self.heard()

    def press(self, title: str) -> str:
        """Press the first button whose title matches the pattern; returns the reply."""
        self.buttons.filter(has_text=re.compile(title)).first.click()
        return self.heard()

    def heard(self) -> str:
        """Wait for the assistant to answer what was said last; returns its words."""
        expect(self.messages.last).to_have_class(re.compile(r"\bbot\b"), timeout=PATIENCE)
        expect(self.log).to_have_attribute("aria-busy", "false", timeout=PATIENCE)  # all parts of the reply are there
        expect(self.panel.locator(".trouble")).to_be_hidden()
        return "\n".join(self.reply.locator(".bubble").all_inner_texts())

    def spoken(self) -> tuple[str, str]:
        """The mark and the `lang` of the last message of the assistant."""
        last = self.panel.locator(".message.bot").last
        return self.panel.locator(".message.bot .by abbr").last.inner_text(), last.get_attribute("lang") or ""
