"""One booking, seen and managed with the link of its mail: each thing that can be done, and what it leaves behind."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest
import sqlalchemy as sa
from icalendar import Calendar
from playwright.sync_api import Route, expect

from tests.browser.conftest import DESKTOP, NARROW, Look
from tests.browser.managing import Desk

SMALLEST = {"width": 320, "height": 568}
#: CSS pixels that a finger hits.
SMALLEST_TARGET = 44
#: French: a narrow and a wide space that do not break.
THIN, WIDE = "\u202f", "\u00a0"


def excused(complaints: list[str], status: int) -> None:
    """The browser itself tells of an answer that is an error; nothing else may stand beside it."""
    assert complaints and all(f"status of {status}" in complaint for complaint in complaints), complaints
    complaints.clear()


def cents(amount: str) -> int:
    """As SQLite holds an amount in EUR."""
    return round(float(amount) * 100)


def reprice(desk: Desk, price: str) -> None:
    """The catalogue has another price for the course from now on."""
    with desk.stack.database.engine.begin() as db:
        values = {"price": cents(price), "id": desk.course["id"]}
        db.execute(sa.text("UPDATE courses SET price = :price WHERE id = :id"), values)
        db.execute(sa.text("UPDATE catalogue_state SET version = version + 1"))


def test_a_confirmed_booking_is_told_in_full(desk: Desk, look: Look) -> None:
    made = desk.book("a@example.com", seats=2, participants=[{"name": "Léa Noël"}])
    page = look(made.link)
    session, total = made.answer["session"], made.answer["total"]
    expect(page.page.locator("h1")).to_have_text(session["title"])
    expect(page.state).to_have_text("C’est confirmé")
    expect(page.page.locator("html")).to_have_attribute("lang", "fr")
    assert made.reference in page.fact("Référence")
    assert page.fact("Lieu") == session["place"]
    assert page.fact("Langue") in ("français", "anglais")
    assert page.fact("Places") == "2"
    assert page.fact("Pour") == "Léa Noël"
    amount = page.fact("Montant")
    assert f"dont {float(total['vat']):.2f}".replace(".", ",") in amount
    assert f"de TVA à 21{WIDE}%" in amount and f"{session['operator']['name']} vous enverra la facture" in amount
    blocks = page.main.locator("dd").filter(has_text=re.compile(rf"^le \w+ .* de \d+{WIDE}h"))
    assert blocks.count() == len(session["meetings"])
    words = page.main.inner_text()
    assert "Vous pouvez annuler sans frais jusqu’au" in words and "Annuler maintenant est sans frais." in words
    assert "vous rétracter, sans motif, jusqu’au" in words
    assert f"Démonstration{WIDE}: cette session est inventée" in words
    assert not re.search(r" [:;!?»%€]|undefined|null|NaN|\$\{", words), words


def test_english_and_the_switch(desk: Desk, look: Look) -> None:
    made = desk.book("b@example.com", lang="en")
    page = look(made.link)  # a French browser: the booking's language counts
    expect(page.state).to_have_text("You are booked")
    expect(page.page.locator("html")).to_have_attribute("lang", "en")
    assert re.search(r"\w+ \d+ \w+ 2027, \d+:\d\d–\d+:\d\d", page.main.inner_text())
    page.page.get_by_role("button", name="FR", exact=True).click()
    expect(page.state).to_have_text("C’est confirmé")
    expect(page.page.get_by_role("button", name="FR", exact=True)).to_be_focused()
    expect(page.page.locator("html")).to_have_attribute("lang", "fr")


def test_the_token_stays_in_the_address_and_is_stored_nowhere(desk: Desk, look: Look) -> None:
    made = desk.book("c@example.com")
    page = look(made.link)
    asked: list[str] = []
    page.page.on("request", lambda request: asked.append(request.url + str(request.headers.get("referer"))))
    page.page.reload()
    expect(page.state).to_have_text("C’est confirmé")
    token = made.answer["manage_token"]
    assert page.page.url == made.link and asked and not [one for one in asked if token in one.split("#")[0]]
    stored = "sessionStorage.length + localStorage.length + document.cookie.length"
    assert page.page.evaluate(stored) == 0


@pytest.mark.parametrize(
    ("viewport", "lang"), [(DESKTOP, "fr"), (NARROW, "en")], ids=["desktop, French", "narrow, English"]
)
def test_cancelling_says_the_amount_first(desk: Desk, look: Look, viewport: dict[str, int], lang: str) -> None:
    made = desk.book("d@example.com", lang=lang)
    session = made.answer["session"]
    taken = desk.taken(session["id"])
    desk.stack.move_clock(f"{session['start'][:10]}T07:00:00+01:00")  # free cancelling is over
    fee = desk.call("GET", f"v1/bookings/{made.reference}", bearer=made.answer["manage_token"])["terms"]["cancel_fee"]
    assert float(fee) > 0
    page = look(made.link, viewport)
    page.press("Annuler mon inscription" if lang == "fr" else "Cancel my booking")
    told = f"{float(fee):.2f}"
    told = f"{told.replace('.', ',')}{WIDE}€" if lang == "fr" else f"€{told}"
    expect(page.main.locator(".amount")).to_contain_text(told)
    assert desk.row(made.reference)["state"] == "confirmed"
    page.press(f"Oui, annuler pour {told}" if lang == "fr" else f"Yes, cancel for {told}")
    page.said("votre inscription est annulée" if lang == "fr" else "your booking is cancelled")
    expect(page.state).to_have_text("Votre inscription est annulée" if lang == "fr" else "Your booking is cancelled")
    row = desk.row(made.reference)
    assert (row["state"], row["fees"]) == ("cancelled", cents(fee))
    assert desk.taken(session["id"]) == taken - 1
    assert desk.link(made.reference, "cancellation") == made.link


def test_an_amount_that_changed_meanwhile_is_told_again(desk: Desk, look: Look) -> None:
    made = desk.book("e@example.com")
    page = look(made.link)
    page.press("Annuler mon inscription")
    expect(page.main.locator(".amount")).to_contain_text("sans frais")
    desk.stack.move_clock(f"{made.answer['session']['start'][:10]}T07:00:00+01:00")
    page.press("Oui, annuler sans frais")
    expect(page.trouble).to_contain_text("Le montant a changé")
    assert desk.row(made.reference)["state"] == "confirmed"
    page.press(re.compile("^Oui, annuler pour"))
    page.said("votre inscription est annulée")
    assert desk.row(made.reference)["fees"] > 0


def test_a_hold_is_confirmed(desk: Desk, look: Look, complaints: list[str]) -> None:
    made = desk.hold(lang="fr")
    page = look(made.link, NARROW)
    expect(page.state).to_have_text("Votre place est gardée")
    expect(page.main.locator("#left")).to_have_text(re.compile(rf"Il reste 1[45]{WIDE}minutes"))
    gross = made.answer["total"]["gross"]
    whole, cents = gross.split(".")
    told = f"{int(whole):,}".replace(",", THIN) + f",{cents}{WIDE}€"
    pay = f"Réserver avec obligation de paiement, {told}"
    page.press(pay)
    expect(page.main.get_by_label("Votre nom")).to_be_focused()
    expect(page.main.get_by_text("Indiquez un nom.")).to_be_visible()
    page.main.get_by_label("Votre nom").fill("Jeanne Dubois")
    page.main.get_by_label("Votre adresse e-mail").fill("jeanne@")
    page.main.get_by_label(re.compile("J’accepte ces conditions")).check()
    assert desk.row(made.reference)["state"] == "held"
    page.press(pay)
    expect(page.main.get_by_label("Votre adresse e-mail")).to_be_focused()
    expect(page.main.get_by_label("Votre nom")).to_have_value("Jeanne Dubois")
    excused(complaints, 422)
    page.main.get_by_label("Votre adresse e-mail").fill("f@example.com")
    page.press(pay)
    page.said("La confirmation part à f@example.com")
    expect(page.state).to_have_text("C’est confirmé")
    row = desk.row(made.reference)
    assert (row["state"], row["contact_name"], row["contact_email"]) == ("confirmed", "Jeanne Dubois", "f@example.com")
    assert row["terms_accepted_at"] and desk.link(made.reference) == made.link


def test_a_free_hold_is_confirmed_without_a_word_of_paying(desk: Desk, look: Look) -> None:
    made = desk.hold(desk.event()["id"], lang="en")
    page = look(made.link)
    assert "obligation" not in page.main.inner_text()
    page.main.get_by_label("Your name").fill("Jeanne Dubois")
    page.main.get_by_label("Your e-mail address").fill("g@example.com")
    page.main.get_by_label(re.compile("I will let you know")).check()
    page.press("Book")
    page.said("You are booked!")
    assert desk.row(made.reference)["state"] == "confirmed"


def test_a_hold_gets_more_time_and_is_let_go(desk: Desk, look: Look) -> None:
    made = desk.hold(seats=2, lang="en")
    page = look(made.link)
    expect(page.state).to_have_text("Your 2 seats are held")
    page.press("Hold it 15 minutes longer")
    page.said("Done: held until Tuesday 24 November at 10:15.")
    assert desk.row(made.reference)["extensions"] == 1
    page.press("Let this booking go")
    page.press("Yes, let it go")
    page.said("it is free for others")
    assert desk.row(made.reference)["state"] == "released"
    expect(page.main.get_by_role("link", name="Book another session with the assistant")).to_be_visible()


def test_a_hold_that_ran_out_says_so(desk: Desk, look: Look, complaints: list[str]) -> None:
    made = desk.hold(lang="fr")
    page = look(made.link)
    desk.stack.move_clock("2026-11-24T10:20:00+01:00")
    page.press("Garder 15 minutes de plus")
    expect(page.state).to_have_text("Le délai est passé")
    page.said("La place n’était retenue que pour un temps")
    excused(complaints, 410)


def full_session(desk: Desk) -> tuple[str, str]:
    """A session with no seat left; its id and the token of the booking that holds a seat of it."""
    session = desk.sessions[0]
    first = desk.book("first@example.com", session["id"])
    left = desk.call("GET", f"v1/sessions/{session['id']}")["seats_free"]
    if left:
        desk.book("group@example.com", session["id"], seats=left)
    return session["id"], first.answer["manage_token"]


@pytest.mark.parametrize(("accept", "lang"), [(True, "fr"), (False, "en")], ids=["accepted", "declined"])
def test_an_offer(desk: Desk, look: Look, accept: bool, lang: str) -> None:
    session, token = full_session(desk)
    contact = {"name": "Léa Noël", "email": "lea@example.com"}
    waiting = desk.call(
        "POST", "v1/bookings", {"session_id": session, "waitlist": True, "contact": contact, "lang": lang}
    )
    reference = waiting["reference"]
    page = look(desk.link(reference, "waiting"), NARROW)
    queued = "Vous êtes sur la liste d’attente" if lang == "fr" else "You are on the waiting list"
    expect(page.state).to_have_text(queued)
    first = token.split("_")[1]
    desk.call("POST", f"v1/bookings/{first}/cancel", {}, bearer=token)
    assert desk.link(reference, "offer") == page.page.url
    page.page.reload()
    if accept:
        expect(page.state).to_have_text("Une place se libère pour vous")
        expect(page.main.locator("#left")).to_have_text(re.compile(rf"Il reste 23{WIDE}h{WIDE}59|Il reste 24{WIDE}h"))
        assert "Au nom de Léa Noël, lea@example.com." in page.main.inner_text()
        page.press(re.compile("^Réserver avec obligation de paiement, "))
        expect(page.main.get_by_label(re.compile("J’accepte ces conditions"))).to_be_focused()
        page.main.get_by_label(re.compile("J’accepte ces conditions")).check()
        page.press(re.compile("^Réserver avec obligation de paiement, "))
        page.said("La confirmation part à lea@example.com")
        assert desk.row(reference)["state"] == "confirmed"
    else:
        page.press("Decline the offer")
        page.press("Yes, decline")
        page.said("the offer is declined")
        assert desk.row(reference)["state"] == "declined"


def test_the_queue_is_left(desk: Desk, look: Look) -> None:
    session, _token = full_session(desk)
    contact = {"name": "Léa Noël", "email": "lea@example.com"}
    waiting = desk.call("POST", "v1/bookings", {"session_id": session, "waitlist": True, "contact": contact})
    page = look(desk.link(waiting["reference"], "waiting"))
    page.press("Quitter la liste d’attente")
    page.press("Oui, quitter la liste")
    page.said("vous n’êtes plus sur la liste")
    assert desk.row(waiting["reference"])["state"] == "left"


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["desktop", "narrow"])
def test_another_date(desk: Desk, look: Look, viewport: dict[str, int]) -> None:
    made = desk.book("h@example.com", seats=2)
    other = desk.sessions[1]["id"]
    before, there = desk.taken(desk.sessions[0]["id"]), desk.taken(other)
    page = look(made.link, viewport)
    page.press("Changer de date")
    options = page.main.get_by_role("radio")
    expect(options).to_have_count(len(desk.dates(desk.course["id"], 2)) - 1)
    page.main.locator("form button.main").click()
    expect(page.trouble).to_contain_text("Choisissez d’abord une date.")
    page.main.locator(f'input[value="{other}"]').check()
    page.main.locator("form button.main").click()
    page.said("voici votre nouvelle date")
    assert desk.row(made.reference)["session_id"] == other
    assert (desk.taken(desk.sessions[0]["id"]), desk.taken(other)) == (before - 2, there + 2)
    assert desk.link(made.reference, "move") == made.link


def test_a_dearer_date_is_accepted_first(desk: Desk, look: Look) -> None:
    made = desk.book("i@example.com", lang="en")
    gross = float(made.answer["total"]["gross"])
    reprice(desk, f"{gross + 100:.2f}")
    try:
        page = look(made.link)
        page.press("Move to another date")
        page.main.get_by_role("radio").first.check()
        expect(page.main.locator(".option").first).to_contain_text("€100.00 more")
        pay = f"Move with obligation to pay, €{gross + 100:,.2f}"
        page.press(pay)
        accept = page.main.get_by_label(re.compile("I accept the new total price"))
        expect(accept).to_be_focused()
        assert desk.row(made.reference)["session_id"] == desk.sessions[0]["id"]
        accept.check()
        page.press(pay)
        page.said("this is your new date")
        row = desk.row(made.reference)
        assert row["session_id"] != desk.sessions[0]["id"] and row["unit_price"] == cents(f"{gross + 100:.2f}")
    finally:
        reprice(desk, f"{gross:.2f}")


def test_more_and_fewer_seats(desk: Desk, look: Look) -> None:
    made = desk.book("j@example.com")
    page = look(made.link)
    seats = page.main.get_by_label("Nombre de places", exact=True)
    page.press("Changer le nombre de places")
    seats.fill("3")
    page.press("Voir le nouveau prix")
    expect(page.main.locator(".amount")).to_contain_text("Nouveau total")
    assert desk.row(made.reference)["seats"] == 1
    expect(page.button(re.compile("^Changer avec obligation de paiement, "))).to_be_focused()
    page.press(re.compile("^Changer avec obligation de paiement, "))
    page.said("vous avez maintenant 3 places")
    assert desk.row(made.reference)["seats"] == 3
    desk.stack.move_clock(f"{made.answer['session']['start'][:10]}T07:00:00+01:00")
    page.page.reload()
    page.press("Changer le nombre de places")
    seats.fill("2")
    page.press("Voir le nouveau prix")
    expect(page.main.locator(".amount")).to_contain_text("Pour les places rendues")
    page.main.locator("form button.main").click()
    page.said("vous avez maintenant 2 places")
    row = desk.row(made.reference)
    assert row["seats"] == 2 and row["fees"] > 0
    assert page.fact("Frais déjà dus")


def test_more_seats_than_there_are(desk: Desk, look: Look, complaints: list[str]) -> None:
    made = desk.book("k@example.com")
    page = look(made.link, NARROW)
    page.press("Changer le nombre de places")
    page.main.get_by_label("Nombre de places", exact=True).fill("99")
    page.press("Voir le nouveau prix")
    page.press(re.compile("^Changer avec obligation de paiement, "))
    expect(page.trouble).to_contain_text("Session complète")
    expect(page.main.get_by_label("Nombre de places", exact=True)).to_have_value("99")
    assert desk.row(made.reference)["seats"] == 1
    excused(complaints, 409)


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW], ids=["desktop", "narrow"])
def test_participants_are_named_and_replaced(
    desk: Desk, look: Look, viewport: dict[str, int], complaints: list[str]
) -> None:
    made = desk.book("l@example.com", seats=2, lang="en")
    page = look(made.link, viewport)
    page.press("Name or replace the participants")
    first, second = (page.main.get_by_role("group", name=f"Participant {n}") for n in (1, 2))
    first.get_by_label("Name").fill("Léa Noël")
    first.get_by_label("E-mail (optional)").fill("lea@")
    page.press("Add a person")
    expect(second.get_by_label("Name")).to_be_focused()
    second.get_by_label("Name").fill("Ali Öz")
    expect(page.button("Add a person")).to_be_hidden()  # two seats
    page.press("Save the participants")
    expect(first.get_by_label("E-mail (optional)")).to_be_focused()
    expect(first.get_by_label("E-mail (optional)")).to_have_attribute("aria-invalid", "true")
    excused(complaints, 422)
    first.get_by_label("E-mail (optional)").fill("lea@example.com")
    page.press("Save the participants")
    page.said("Noted, thank you.")
    assert desk.people(made.reference) == [("Léa Noël", "lea@example.com"), ("Ali Öz", None)]
    assert page.fact("For") == "Léa Noël, Ali Öz"
    page.press("Name or replace the participants")
    page.press("Remove participant 1")
    page.press("Save the participants")
    page.said("Noted, thank you.")
    assert desk.people(made.reference) == [("Ali Öz", None)]


def test_what_somebody_else_changed_meanwhile(desk: Desk, look: Look, complaints: list[str]) -> None:
    made = desk.book("m@example.com")
    page = look(made.link)
    page.press("Indiquer ou remplacer les participants")
    page.main.get_by_label("Nom", exact=True).fill("Léa Noël")
    elsewhere = {"seats": 2, "version": made.answer["version"]}
    desk.call("PATCH", f"v1/bookings/{made.reference}", elsewhere, bearer=made.answer["manage_token"])
    page.press("Enregistrer les participants")
    expect(page.trouble).to_contain_text("Votre inscription a changé entre-temps")
    assert page.fact("Places") == "2"
    expect(page.main.get_by_label("Nom", exact=True)).to_have_value("Léa Noël")
    excused(complaints, 409)
    page.press("Enregistrer les participants")
    page.said("C’est noté, merci.")
    assert desk.people(made.reference) == [("Léa Noël", None)]


def test_a_lost_answer_is_asked_for_again_with_the_same_key(desk: Desk, look: Look, complaints: list[str]) -> None:
    made = desk.book("n@example.com")
    page = look(made.link)
    keys: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.fetch()  # it arrives and is carried out, and nobody hears of it
            route.abort()
        else:
            route.continue_()

    page.page.route("**/cancel", lose_the_first_answer)
    page.press("Annuler mon inscription")
    page.press("Oui, annuler sans frais")
    expect(page.trouble).to_contain_text("Le réseau ne répond pas")
    assert desk.row(made.reference)["state"] == "cancelled"
    page.press("Oui, annuler sans frais")
    page.said("votre inscription est annulée")
    assert len(keys) == 2 and len(set(keys)) == 1
    assert len([row for row in desk.stack.database.picture()["audit"].values() if row["action"] == "cancel"]) == 1
    assert all("net::ERR_FAILED" in complaint for complaint in complaints)
    complaints.clear()


def test_the_calendar_file(desk: Desk, look: Look) -> None:
    made = desk.book("o@example.com")
    page = look(made.link)
    with page.page.expect_download() as arriving:
        page.press("Ajouter à mon agenda")
    assert arriving.value.suggested_filename == f"{made.reference}.ics"
    file = Calendar.from_ical(arriving.value.path().read_bytes())
    events = file.walk("VEVENT")
    assert len(events) == len(made.answer["session"]["meetings"]) and made.link in str(events[0]["description"])
    page.said("Le fichier pour votre agenda est prêt")


def test_the_confirmation_is_sent_again(desk: Desk, look: Look) -> None:
    made = desk.book("p@example.com", lang="en")
    page = look(made.link, NARROW)
    page.press("Send me the e-mail again")
    page.said("It is on its way to p@example.com.")

    def mine(mails: list[Any]) -> list[Any]:
        return [mail for mail in mails if mail["X-Campus-Reference"] == made.reference]

    assert len(mine(desk.stack.outbox.wait(lambda mails: len(mine(mails)) == 2))) == 2


@pytest.mark.parametrize(
    ("viewport", "lang"), [(DESKTOP, "en"), (NARROW, "fr")], ids=["desktop, English", "narrow, French"]
)
def test_withdrawing_from_the_contract(desk: Desk, look: Look, viewport: dict[str, int], lang: str) -> None:
    french = lang == "fr"
    made = desk.book("u@example.com", lang=lang)
    page = look(made.link, viewport)
    title = "Me rétracter du contrat ici" if french else "Withdraw from contract here"
    page.press(title)
    panel = page.main.get_by_role("group", name=title)
    expect(panel).to_contain_text(made.reference)
    expect(panel).to_contain_text("u@example.com")
    assert desk.row(made.reference)["state"] == "confirmed"
    page.press("Confirmer la rétractation" if french else "Confirm withdrawal")
    page.said("Votre rétractation est enregistrée" if french else "Your withdrawal is recorded")
    assert "Vous ne devez rien." in page.main.inner_text() or not french
    row = desk.row(made.reference)
    assert (row["state"], row["fees"]) == ("withdrawn", 0)
    assert made.reference in desk.mail(made.reference, "withdrawal")


@pytest.mark.parametrize("kind", ["company", "free", "late"])
def test_who_cannot_withdraw_is_not_offered_it(desk: Desk, look: Look, kind: str) -> None:
    wish = {"company": "Aseptia SA"} if kind == "company" else {}
    made = desk.book("v@example.com", desk.event()["id"] if kind == "free" else None, **wish)
    if kind == "late":
        desk.stack.move_clock("2026-12-20T10:00:00+01:00")
    page = look(made.link)
    expect(page.button("Annuler mon inscription")).to_be_visible()
    expect(page.button("Me rétracter du contrat ici")).to_have_count(0)
    assert "rétracter" not in page.main.inner_text()


@pytest.mark.parametrize("fragment", ["", "#", "#m1_EBC-7K2M9Q_short", "#m1_EBC-7K2M9Q_" + "a" * 32])
@pytest.mark.parametrize("locale", ["fr-BE", "en-GB"])
def test_a_link_that_opens_nothing(desk: Desk, look: Look, fragment: str, locale: str, complaints: list[str]) -> None:
    page = look(f"{desk.stack.page_url}manage{fragment}", NARROW, locale)
    french = locale == "fr-BE"
    expect(page.page.locator("h1")).to_have_text("Ce lien n’est pas complet" if french else "This link is not complete")
    talk = page.main.get_by_role("link", name="Parler à l’assistant" if french else "Talk to the campus assistant")
    assert talk.get_attribute("href") == "./"
    if fragment.endswith("a" * 32):
        excused(complaints, 401)


def test_another_link_in_the_same_window(desk: Desk, look: Look) -> None:
    first, second = desk.book("q@example.com"), desk.book("r@example.com", lang="en")
    page = look(first.link)
    assert first.reference in page.fact("Référence")
    page.page.evaluate("link => { location.hash = new URL(link).hash }", second.link)
    expect(page.state).to_have_text("You are booked")
    assert second.reference in page.fact("Reference")


@pytest.mark.parametrize("viewport", [DESKTOP, NARROW, SMALLEST], ids=["desktop", "narrow", "smallest"])
@pytest.mark.parametrize("kind", ["confirmed", "held", "lost"])
def test_everything_fits_and_can_be_hit_and_has_a_name(
    desk: Desk, look: Look, viewport: dict[str, int], kind: str
) -> None:
    made = desk.book("s@example.com", seats=3) if kind == "confirmed" else desk.hold(lang="fr")
    page = look(made.link if kind != "lost" else f"{desk.stack.page_url}manage", viewport)
    for opens in page.main.locator("button.opens").all():
        opens.click()
    if kind == "confirmed":
        expect(page.main.get_by_role("radio").first).to_be_visible()
    assert page.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    wide = page.page.evaluate(
        "width => [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > width + 1)"
        ".map(e => e.outerHTML.slice(0, 80))",
        viewport["width"],
    )
    assert wide == []
    targets = page.page.locator("button, a, input:not([type=checkbox], [type=radio]), label:has(input)")
    for target in targets.locator("visible=true").all():
        box = target.bounding_box()
        assert box and box["height"] >= SMALLEST_TARGET and box["width"] >= SMALLEST_TARGET, target.inner_text()
    named = page.page.evaluate(
        "() => [...document.querySelectorAll('button, a, input')].filter(e => !(e.getAttribute('aria-label')"
        " || e.textContent.trim() || [...(e.labels ?? [])].some(l => l.textContent.trim()))).map(e => e.outerHTML)"
    )
    assert named == []
    levels = page.page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(e => Number(e.tagName[1]))")
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_the_keyboard_alone_is_enough(desk: Desk, look: Look) -> None:
    made = desk.book("t@example.com", lang="en")
    page = look(made.link)
    page.button("Cancel my booking").focus()
    page.page.keyboard.press("Enter")
    page.page.keyboard.press("Tab")
    expect(page.button("Yes, cancel free of charge")).to_be_focused()
    page.page.keyboard.press("Enter")
    page.said("your booking is cancelled")
    assert desk.row(made.reference)["state"] == "cancelled"


def test_the_page_says_everything_in_both_languages(desk: Desk, look: Look) -> None:
    page = look(f"{desk.stack.page_url}manage").page
    script = """async () => {
      const shape = (x) => Array.isArray(x) ? [x.length] : typeof x === "object"
        ? Object.fromEntries(Object.entries(x).map(([k, v]) => [k, shape(v)])) : typeof x;
      const { STRINGS } = await import("/manage/strings.js");
      return [shape(STRINGS.fr), shape(STRINGS.en)];
    }"""
    french, english = page.evaluate(script)
    assert french == english
