"""The meeting place and the page of an alert in a real browser: choose a month, hold a seat, write to a company."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, NARROW, OpenPage
from tests.browser.managing import Desk
from tests.support.running import Running

Look = Callable[..., Page]
TABLES = ("contact_requests", "alert_tellings", "alerts")


@pytest.fixture
def look(open_page: OpenPage, service_only: Running) -> Look:
    """Opens a path."""

    def open_path(path: str, *size: dict[str, int]) -> Page:
        page = open_page(f"{service_only.page_url}{path}", *size)
        expect(page.locator("h1")).to_have_count(1)
        return page

    return open_path


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def job_dating(desk: Desk) -> dict[str, Any]:
    found: list[dict[str, Any]] = desk.call("GET", "v1/sessions?kind=event&seats=1&limit=100")["items"]
    return next(session for session in found if session["course_id"] == "job-dating")


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW])
def test_the_list_by_month(desk: Desk, look: Look, viewport: dict[str, int]) -> None:
    sessions = desk.call("GET", "v1/sessions?kind=event&limit=100")["items"]
    page = look("events", viewport)
    cards = page.locator(".card")
    expect(cards).to_have_count(len(sessions))
    month = sessions[-1]["start"][:7]
    page.get_by_label("Mois").select_option(month)
    expect(cards).to_have_count(sum(session["start"].startswith(month) for session in sessions))
    assert page.url.endswith(f"?month={month}") and fits(page)
    page.reload()
    expect(page.get_by_label("Mois")).to_have_value(month)
    page.get_by_role("button", name="EN").click()
    expect(page.locator("h1")).to_have_text("Events of the campus")
    assert page.locator(".feed a").inner_text().endswith("/v1/events/calendar.ics?lang=en")
    cards.last.click()
    expect(page.locator("h1")).to_have_text(re.compile(r"\w"))
    assert "/events/" in page.url and fits(page)


def test_a_seat_is_held_and_its_page_opens(desk: Desk, look: Look) -> None:
    event = desk.event()
    page = look(f"events/{event['id']}", NARROW)
    expect(page.locator("h1")).to_have_text(event["title"])
    page.get_by_label("Nombre de places").fill("2")
    page.get_by_role("button", name="Réserver").click()
    expect(page.locator("#state")).to_have_text("Vos 2 places sont gardées")
    assert "/manage#" in page.url and desk.taken(event["id"]) == event["capacity"] - event["seats_free"] + 2


def test_writing_to_a_company(desk: Desk, look: Look) -> None:
    event = job_dating(desk)
    page = look(f"events/{event['id']}")
    firm = page.locator(".firm").first
    firm.get_by_role("button", name="Écrire à Novacellule").click()
    firm.get_by_role("button", name="Envoyer").click()
    expect(firm.get_by_label("Votre nom")).to_be_focused()
    expect(firm.locator(".wrong:visible")).to_have_count(4)
    firm.get_by_label("Votre nom").fill("Jeanne Dubois")
    firm.get_by_label("Votre adresse e-mail").fill("jeanne@example.com")
    firm.get_by_label("Votre message").fill("Bonjour, cherchez-vous quelqu’un ?")
    firm.get_by_role("checkbox").check()
    firm.get_by_role("button", name="Envoyer").click()
    expect(page.locator("#status")).to_contain_text("la copie arrive à jeanne@example.com")
    expect(page.locator("#status")).to_be_focused()
    [row] = desk.stack.database.picture()["contact_requests"].values()
    assert (row["exhibitor_id"], row["session_id"]) == ("novacellule", event["id"])


def test_an_alert_is_confirmed_and_ended_by_its_link(desk: Desk, look: Look) -> None:
    desk.call("POST", "v1/alerts", {"email": "jeanne@example.com", "lang": "fr", "criteria": {"format": "online"}})
    [alert] = [row["id"] for row in desk.stack.database.picture()["alerts"].values()]
    [path] = re.findall(r"/(alerts#\S+)", desk.mail(alert, "alert-request"))
    page = look(path, NARROW, "en-GB")
    expect(page.locator("h1")).to_have_text("Être prévenu des nouvelles dates")
    expect(page.locator("dd")).to_have_text("en ligne")
    page.get_by_role("button", name="Oui, prévenez-moi").click()
    expect(page.locator("#status")).to_contain_text("C’est noté")
    assert desk.stack.database.picture()["alerts"][(alert,)]["state"] == "active" and fits(page)
    page.get_by_role("button", name="Arrêter cette alerte").click()
    expect(page.locator("h1")).to_have_text("C’est arrêté")
    assert not desk.stack.database.picture()["alerts"]


def test_links_that_open_nothing(desk: Desk, look: Look, complaints: list[str]) -> None:
    expect(look("alerts#nonsense").locator("h1")).to_have_text("Ce lien n’ouvre rien")
    page = look("events/not-there")
    expect(page.locator("h1")).to_have_text("Cet événement n’est pas là")
    assert complaints and all("404" in told for told in complaints)
    complaints.clear()
