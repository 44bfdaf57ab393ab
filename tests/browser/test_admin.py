"""The site at /admin in a real browser: what is edited there the assistant knows within a minute."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESKTOP, watch
from tests.conftest import STAFF_TOKEN
from tests.support.running import Running

#: Seconds after which the assistant must know.
A_MINUTE = 60
#: What nobody says, so that only the edited data can answer it.
QUESTION = "puis-je venir avec mon perroquet Arthur ?"
TEXT = "Arthur est le bienvenu, dans sa cage, à l’accueil du rez-de-chaussée."
ALIAS = "zorbatronique appliquée"


@pytest.fixture
def admin(browser: Browser, page_stack: Running, complaints: list[str]) -> Iterator[Page]:
    """The site in French, signed in; whatever it complains about or fetches from elsewhere fails the test."""
    context = browser.new_context(viewport=DESKTOP, locale="fr-BE")  # type: ignore[arg-type]
    page = context.new_page()
    watch(page, {urlsplit(page_stack.page_url).netloc}, complaints)
    page.goto(f"{page_stack.page_url}admin")
    page.get_by_label("Votre clé d’accès").fill(STAFF_TOKEN)
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", name="Réponses")).to_be_visible()
    yield page
    context.close()
    assert not complaints


def test_an_edited_answer_is_said_and_a_new_name_is_found(admin: Page, page_stack: Running) -> None:
    """Without training: a question and a text in the knowledge base, and an alias of a course."""
    saved = open_to_edit(admin, "Réponses", "bike")
    questions = admin.get_by_label("Questions fr")
    questions.fill(f"{questions.input_value()}\n{QUESTION}")
    admin.get_by_label("Texte fr").fill(TEXT)
    saved()
    assert heard(page_stack, "parrot", QUESTION, lambda said: TEXT in said)

    saved = open_to_edit(admin, "Formations", "python-biologists")
    names = admin.get_by_label("Autres noms fr")
    names.fill(f"{names.input_value()}\n{ALIAS}")
    saved()
    title = "Python pour biologistes"
    assert heard(page_stack, "alias", f"je cherche une formation en {ALIAS}", lambda said: title in said)


def test_a_mistake_is_said_and_nothing_that_was_written_is_lost(admin: Page, complaints: list[str]) -> None:
    saved = open_to_edit(admin, "Réponses", "wifi")
    before = admin.get_by_label("Texte en").input_value()
    admin.get_by_label("Texte en").fill("")
    admin.get_by_label("Texte fr").fill("Demandez-le à l’accueil <b>gentiment</b>.")
    admin.get_by_role("button", name="Enregistrer").click()
    expect(admin.get_by_role("alert")).to_contain_text("Rien n’est enregistré")
    expect(admin.get_by_text("Il faut le français et l’anglais.")).to_be_visible()
    expect(admin.get_by_label("Texte fr")).to_have_value("Demandez-le à l’accueil <b>gentiment</b>.")
    complaints.clear()  # Chromium tells of every 400
    admin.get_by_label("Texte en").fill(before)
    saved()
    expect(admin.locator("main")).to_contain_text("<b>gentiment</b>")


def test_a_booking_is_cancelled_with_a_second_thought_and_signing_out_closes(admin: Page) -> None:
    admin.get_by_role("link", name="Inscriptions", exact=True).click()
    admin.locator("td a").first.click()
    admin.get_by_text("Annuler l’inscription…").click()
    admin.get_by_role("button", name="Annuler l’inscription", exact=True).click()
    expect(admin.get_by_role("status")).to_have_text("C’est fait.")
    expect(admin.get_by_role("row", name="État")).to_contain_text("annulée")
    admin.get_by_role("button", name="Se déconnecter").click()
    expect(admin.get_by_label("Votre clé d’accès")).to_be_visible()


def open_to_edit(page: Page, menu: str, what: str) -> Callable[[], None]:
    """Find a row by the search of its list and open its form; what is given back saves it."""
    page.get_by_role("link", name=menu, exact=True).click()
    page.get_by_role("searchbox").fill(what)
    page.get_by_role("button", name="Rechercher").click()
    page.locator(f"a[href$='/edit/{what}']").click()

    def save() -> None:
        page.get_by_role("button", name="Enregistrer").click()
        expect(page.get_by_role("status")).to_contain_text("C’est enregistré.")

    return save


def heard(stack: Running, sender: str, message: str, wanted: Callable[[str], Any]) -> bool:
    """Ask in ever new conversations until the reply is as wanted, for a minute."""
    deadline = time.monotonic() + A_MINUTE
    number = 0
    while time.monotonic() < deadline:
        number += 1
        said = "\n".join(str(reply.get("text", "")) for reply in stack.say(f"{sender}-{number}", message))
        if wanted(said):
            return True
        time.sleep(2)
    pytest.fail(f"after a minute the assistant still says: {said}")
