"""A quote, seen and decided with the link of its mail, at the size of a desk and of a hand."""

from __future__ import annotations

import re
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, NARROW, Look
from tests.browser.managing import Desk
from tests.support.outbox import kind
from tests.support.running import Running

SMALLEST_TARGET = 44
COMPANY = {"name": "Bioscale SA", "enterprise_number": "0403.170.701", "address": "Rue Wright 29, 6041 Gosselies"}


class Firm(Desk):
    """A company that asks through the service's own interface."""

    def quote(self, email: str = "hr@example.com", **wish: Any) -> dict[str, Any]:
        """A quote for two courses of different VAT, and the link of its mail under `link`."""
        body = {
            "lines": [{"session_id": self.sessions[0]["id"], "seats": 3}, {"session_id": self.exempt(), "seats": 2}],
            "company": COMPANY,
            "contact": {"name": "Zoë Peeters", "email": email},
            "lang": "fr",
            **wish,
        }
        made = dict(self.call("POST", "v1/quotes", body))
        [link] = re.findall(r"https?://\S+/company#\S+", self.mail(made["reference"], "quote"))
        return made | {"link": link}

    def exempt(self) -> str:
        """A session of an operator that is exempt, with room."""
        found = self.call("GET", "v1/sessions?seats=4&limit=100")["items"]
        for session in found:
            price = session["price"]
            if price["vat_rate"] == "0.00" and price["amount"] != "0.00" and session["start"] > "2027-01-04":
                return str(session["id"])
        raise AssertionError("the demonstration has no such session")

    def kinds(self, *references: str) -> list[str]:
        """The kinds of the mails that left about these."""
        mails = self.stack.outbox.wait(lambda mails: bool(mails))
        return [kind(mail) for mail in mails if mail["X-Campus-Reference"] in references]


@pytest.fixture
def firm(first_day: Running) -> Firm:
    """Who asks for quotes there."""
    return Firm(first_day)


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["desktop", "narrow"])
def test_a_quote_is_seen_named_taken_and_invoiced(
    firm: Firm, look: Look, complaints: list[str], viewport: dict[str, int]
) -> None:
    quote = firm.quote()
    page = look(quote["link"], viewport)
    expect(page.page.locator("h1")).to_have_text("Bioscale SA")
    expect(page.state).to_have_text("Vos places sont gardées")
    assert page.fact("N° d’entreprise") == "0403.170.701"
    expect(page.page.locator(".line")).to_have_count(2)
    assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    words = page.main.inner_text()
    assert not re.search(r" [:;!?»%€]|undefined|null|NaN|\$\{", words), words
    for button in page.main.get_by_role("button").all():
        box = button.bounding_box()
        assert box is not None and box["height"] >= SMALLEST_TARGET

    first = page.page.locator(".line").first
    first.get_by_role("button", name=re.compile("Nommer les participants")).click()
    first.get_by_role("textbox").fill("Ada Lovelace <ada@example.com>\nBo Diddley; bo@nowhere")
    first.get_by_role("button", name="Vérifier").click()
    expect(first.locator(".trouble")).to_contain_text("Ligne 2")
    assert complaints and all("status of 422" in one for one in complaints)
    complaints.clear()
    first.get_by_role("textbox").fill("Ada Lovelace <ada@example.com>\nBo Diddley; bo@example.com")
    first.get_by_role("button", name="Vérifier").click()
    expect(first.locator(".result")).to_contain_text("2 personnes")
    assert firm.people(quote["lines"][0]["booking"]["reference"]) == []
    first.get_by_role("button", name="Enregistrer les participants").click()
    page.said("C’est noté")
    assert len(firm.people(quote["lines"][0]["booking"]["reference"])) == 2

    page.page.get_by_label("Numéro de bon de commande").fill("PO-4711")
    page.press(re.compile("Réserver avec obligation de paiement"))
    expect(page.trouble).to_contain_text("Vérifiez")
    page.page.get_by_label("J’accepte ces conditions").check()
    page.press(re.compile("Réserver avec obligation de paiement"))
    page.said("C’est confirmé")
    expect(page.state).to_have_text("C’est confirmé")
    assert page.fact("Bon de commande") == "PO-4711"
    assert {firm.row(line["booking"]["reference"])["state"] for line in quote["lines"]} == {"confirmed"}

    page.press("Demander toutes les factures")
    page.press("Demander les factures")
    page.said("C’est parti")
    with page.page.expect_download() as download:
        page.press("Télécharger le devis (PDF)")
    assert download.value.suggested_filename == f"{quote['reference']}.pdf"
    last = page.page.locator(".line").last
    last.get_by_role("button", name="Annuler cette inscription").click()
    expect(last.locator(".panel:visible")).to_contain_text("sans frais")
    last.get_by_role("button", name="Oui, annuler").click()
    page.said("annulée")
    expect(page.page.locator(".line .badge").last).to_have_text("annulée")
    firm.mail(quote["reference"], "invoice-receipt")
    kinds = firm.kinds(quote["reference"], *(line["booking"]["reference"] for line in quote["lines"]))
    assert kinds.count("invitation") == 2 and kinds.count("invoice-request") == 2


def test_english_a_line_off_and_declining(firm: Firm, look: Look) -> None:
    quote = firm.quote("en@example.com", lang="en")
    page = look(quote["link"])
    expect(page.state).to_have_text("Your seats are kept")
    last = page.page.locator(".line").last
    last.get_by_role("button", name="Take off the quote").click()
    last.get_by_role("button", name="Yes, take off the quote").click()
    page.said("Done")
    expect(page.page.locator(".line")).to_have_count(1)
    page.page.get_by_role("button", name="FR", exact=True).click()
    expect(page.state).to_have_text("Vos places sont gardées")
    page.press("Décliner le devis")
    page.press("Oui, décliner")
    page.said("C’est noté")
    expect(page.state).to_have_text("Ce devis est décliné")


def test_what_is_over_and_a_link_that_opens_nothing(firm: Firm, look: Look) -> None:
    quote = firm.quote("late@example.com")
    firm.stack.move_clock("2026-11-28T10:00:00+01:00")
    page = look(quote["link"])
    expect(page.state).to_have_text("Ce devis est échu")
    expect(page.page.get_by_role("button", name=re.compile("Réserver"))).to_have_count(0)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(quote["link"], timeout=30) as answer:
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Referrer-Policy"] == "no-referrer"
    expect(look(quote["link"][:-4]).page.locator("h1")).to_have_text("Ce lien n’est pas complet")
