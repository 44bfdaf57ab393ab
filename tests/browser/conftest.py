"""A real browser on the real page. Whatever a page complains about, or fetches from elsewhere, fails its test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

from tests.browser.chat import PATIENCE, Chat
from tests.browser.finding import ARGUMENTS, find_browser
from tests.browser.managing import Desk, ManagePage
from tests.support.running import STARTS, Running

DESKTOP = {"width": 1280, "height": 800}
NARROW = {"width": 360, "height": 740}

Visit = Callable[..., Chat]
OpenPage = Callable[..., Page]
Look = Callable[..., ManagePage]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests, and patience with a machine that is busy with others."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=find_browser(playwright), args=list(ARGUMENTS))
        yield started
        started.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the page complained about; a test that provokes something clears it."""
    return []


@pytest.fixture
def open_page(browser: Browser, complaints: list[str]) -> Iterator[OpenPage]:
    """Opens an address in a browser of its own: `open_page(address, viewport=…, locale=…)`. The page may fetch from
    there, and from the hosts of what stands in `also`."""
    opened: list[BrowserContext] = []

    def open_address(
        address: str, viewport: dict[str, int] = DESKTOP, locale: str = "fr-BE", also: str = "", **options: Any
    ) -> Page:
        context = browser.new_context(viewport=viewport, locale=locale, **options)  # type: ignore[arg-type]
        opened.append(context)
        page = context.new_page()
        watch(page, {urlsplit(one).netloc for one in (address, also)}, complaints)
        page.goto(address)
        return page

    yield open_address
    for context in opened:
        context.close()
    assert not complaints


@pytest.fixture
def visit(open_page: OpenPage, page_stack: Running) -> Visit:
    """Opens the page with the chat as a new visitor: `visit(viewport=…, locale=…)`."""

    def open_chat(**options: Any) -> Chat:
        chat = Chat(open_page(page_stack.page_url, also=page_stack.web_url, **options))
        expect(chat.anything).to_have_count(1)  # the chat is a module, which may come after the page has loaded
        return chat

    return open_chat


@pytest.fixture
def first_day(service_only: Running) -> Iterator[Running]:
    """The service without anything of ours, on the first day."""
    service_only.move_clock(STARTS)
    before = service_only.database.picture()
    yield service_only
    service_only.move_clock(STARTS)
    service_only.database.restore(before)


@pytest.fixture
def desk(first_day: Running) -> Desk:
    """Who books there."""
    return Desk(first_day)


@pytest.fixture
def look(open_page: OpenPage) -> Look:
    """Opens the link of a booking or of a quote: `look(link, viewport, …)`."""

    def open_link(link: str, *size: dict[str, int], **options: Any) -> ManagePage:
        page = open_page(link, *size, **options)
        expect(page.locator("h1")).to_have_count(1)
        return ManagePage(page)

    return open_link


def watch(page: Page, own: set[str], complaints: list[str]) -> None:
    """Collect console errors and warnings, exceptions, and requests to anywhere else."""

    def console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(f"console: {message.text}")

    def request(asked: Request) -> None:
        if urlsplit(asked.url).scheme not in ("data", "blob") and urlsplit(asked.url).netloc not in own:
            complaints.append(f"foreign request: {asked.url}")

    page.on("console", console)
    page.on("pageerror", lambda error: complaints.append(f"exception: {error}"))
    page.on("request", request)
