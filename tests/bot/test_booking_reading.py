"""What a message means inside a booking, in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from bot.actions.bookings import mailboxes, people, words
from bot.actions.bookings.reading import CONFIRM, EMAIL, NAME, SEATS, SESSION, Kind, SoFar, read
from bot.nlu.addresses import emails
from tests.bot.acting import FakeService, entity, turn

SUMMARY = SoFar(CONFIRM, "Camille Dubois", "camille.dubois@exemple.be", 2, True, "gmp-basics-202701")
AT_EMAIL = SoFar(EMAIL, "Camille Dubois", None, 2, True, "gmp-basics-202701")
AT_NAME = SoFar(NAME, None, None, 2, True, "gmp-basics-202701")
AT_SEATS = SoFar(SEATS, session="gmp-basics-202701")

pytestmark = pytest.mark.usefixtures("service")


def reading(text: str, so_far: SoFar, intent: str = "inform", *more: Any) -> Any:
    found = [entity("email", one.value, at=(one.start, one.end)) for one in emails(text)]
    return read(turn(text, intent, [*found, *more]), so_far)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("oui", Kind.YES),
        ("Oui, c'est tout bon merci !", Kind.YES),
        ("c'est bon pour moi", Kind.YES),
        ("ok je confirme", Kind.YES),
        ("yes please", Kind.YES),
        ("yes, that's it", Kind.YES),
        ("that's right, book it", Kind.YES),
        ("👍", Kind.YES),
        ("non", Kind.NO),
        ("nope", Kind.NO),
        ("c pas bon", Kind.NO),
        ("that's not right", Kind.NO),
        ("laissez tomber", Kind.STOP),
        ("non merci", Kind.STOP),
        ("annulez tout svp", Kind.STOP),
        ("actually cancel it please", Kind.STOP),
        ("no, forget it", Kind.STOP),
        ("une minute svp", Kind.WAIT),
        ("je dois d'abord voir avec mon patron", Kind.WAIT),
        ("need to think about it", Kind.WAIT),
        ("I'll check with my boss", Kind.WAIT),
        ("bon ben au revoir", Kind.END),
        ("thanks, that's all", Kind.END),
        ("ok on continue", Kind.GO_ON),
        ("let's go on", Kind.GO_ON),
        ("merci", Kind.OTHER),
        ("oui merci", Kind.YES),
        ("yes, thank you", Kind.YES),
        ("ok merci", Kind.GO_ON),
        ("great, thanks a lot", Kind.OTHER),
        ("alright, thank you", Kind.GO_ON),
        ("oui ?", Kind.QUESTION),
        ("il y a un parking ?", Kind.QUESTION),
    ],
)
def test_what_a_message_at_the_summary_is(text: str, kind: Kind) -> None:
    assert reading(text, SUMMARY, "out_of_scope").kind is kind


@pytest.mark.parametrize("so_far", [SUMMARY, AT_SEATS, AT_NAME])
def test_a_person_who_is_asked_for_is_no_wish_for_time(so_far: SoFar) -> None:
    assert reading("let me talk to somebody first", so_far, "talk_to_human").kind is Kind.QUESTION
    said = reading("talk to a person", so_far, "talk_to_human", entity("seats", 1, at=(8, 16)))
    assert said.kind is Kind.QUESTION


@pytest.mark.parametrize(
    "text",
    ["oui mais", "oui sauf le nom", "yes, wait", "ok for Friday", "no yes", "oui pour 3", "yes I have a question"],
)
def test_a_yes_with_anything_else_is_none(text: str) -> None:
    assert reading(text, SUMMARY, "affirm").kind is not Kind.YES


@pytest.mark.parametrize(
    "text", ["annuler coûte combien ?", "laisse tomber le nom", "stop the music and go", "non, Dubuis"]
)
def test_a_stop_with_anything_else_is_none(text: str) -> None:
    assert reading(text, SUMMARY, "deny").kind is not Kind.STOP


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("attendez c'est Duboys avec un y", {NAME: "Camille Duboys"}),
        ("vous avez écrit Dubois mais c'est Duboix", {NAME: "Camille Duboix"}),
        ("mon nom de famille c'est peeters", {NAME: "Camille Peeters"}),
        ("Peeters c'est mon nom", {NAME: "Camille Peeters"}),
        ("my first name is Kamila", {NAME: "Kamila Dubois"}),
        ("non, au nom de Luc Petit", {NAME: "Luc Petit"}),
        ("en deux mots : du bois", {NAME: "Camille Du Bois"}),
        ("c'est camilledubois sans point", {EMAIL: "camilledubois@exemple.be"}),
        ("dubois9 pas dubois", {EMAIL: "camille.dubois9@exemple.be"}),
        ("camille dot d at posteo dot be", {EMAIL: "camille.d@posteo.be"}),
        ("je peux ajouter une personne ?", {SEATS: 3}),
        ("two more please", {SEATS: 4}),
        ("une personne en moins", {SEATS: 1}),
    ],
)
def test_what_a_correction_changes(text: str, values: dict[str, Any]) -> None:
    found = reading(text, SUMMARY, "deny")
    assert (found.kind, found.values) == (Kind.VALUES, values)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("le nom n'est pas bon", NAME),
        ("there is a typo in my name", NAME),
        ("avec un h", NAME),
        ("mon adresse mail est fausse", EMAIL),
        ("can you change the e-mail", EMAIL),
        ("je voudrais une autre date", SESSION),
        ("wrong day sorry", SESSION),
        ("je dois changer le nombre de places", SEATS),
    ],
)
def test_what_is_to_be_changed_without_a_value(text: str, name: str) -> None:
    found = reading(text, SUMMARY, "deny")
    assert (found.kind, found.name) == (Kind.FIELD, name)


def test_a_name_is_never_taken_from_an_address() -> None:
    found = reading("kamiel.duboys@gmail.com", SUMMARY, "inform", entity("person", "kamiel.duboys"))
    assert found.values == {EMAIL: "kamiel.duboys@gmail.com"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("jean-pierre de la tour", "Jean-Pierre de la Tour"),
        ("Anne-Sophie De Smet", "Anne-Sophie De Smet"),
        ("c'est Olena Kovalenko", "Olena Kovalenko"),
        ("moi c'est li wei", "Li Wei"),
        ("put it under Ann O'Neil please", "Ann O'Neil"),
        ("anne o'neil", "Anne O'Neil"),
        ("la personne inscrite s'appelle Sophie Van den Berg", "Sophie Van den Berg"),
        ("mettez-la plutôt pour Élise D'Hondt comme participante", "Élise D'Hondt"),
        ("the person who comes is Laura O'Neil", "Laura O'Neil"),
        ("Paul Smets, that is what my passport says", "Paul Smets"),
        ("au nom de van den berg tom", "Van den Berg Tom"),
        ("ok", None),
        ("alright", None),
        ("parfait merci", None),
        ("je sais pas", None),
        ("une formation bpf", None),
        ("rue de la gare", None),
    ],
)
def test_which_name_is_given(text: str, name: str | None) -> None:
    found = reading(text, AT_NAME)
    assert found.values.get(NAME) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("first and last name: Imran Fraser", "Imran Fraser"),
        ("prénom et nom : Marie Claes", "Marie Claes"),
        ("my last name is De Smet", "Imran De Smet"),
        ("mon prénom c'est Omar", "Omar Fraser"),
    ],
)
def test_a_part_of_a_name_or_the_whole_of_it_is_given_anew(text: str, name: str) -> None:
    announced = people.announced_name(text)
    assert announced is not None
    assert people.with_part("Imran Fraser", announced) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("il y a une coquille dans mon nom, je suis Nora Vasseur", "Nora Vasseur"),
        ("you misspelled it, the name reads Nora Vasseur", "Nora Vasseur"),
        ("merci de changer le nom en Nora Vasseur svp", "Nora Vasseur"),
        ("Nora Vasseur is how the name is spelled", "Nora Vasseur"),
        ("c'est quel nom déjà ?", None),
        ("le nom de la formation Culture Cellulaire", None),
    ],
)
def test_a_name_is_corrected_without_what_stands_around_it(text: str, name: str | None) -> None:
    announced = people.announced_name(text)
    assert (announced.name if announced else None) == name


@pytest.mark.parametrize(
    "text", ["c'est Nora Vasseur", "I'm Nora Vasseur", "myself Nora Vasseur", "La dame Nora Vasseur"]
)
def test_what_leads_to_a_name_is_no_part_of_it(text: str) -> None:
    assert people.a_name(text) is None


@pytest.mark.parametrize("text", ["Bobby", "you can call me Bobby", "mon prénom : Bobby"])
def test_one_name_waits_for_the_rest(text: str) -> None:
    found = reading(text, AT_NAME)
    assert (found.kind, found.values) == (Kind.FIRST_NAME, {NAME: "Bobby"})


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a@gmial.com", "a@gmail.com"),
        ("a@gmal.con", "a@gmail.com"),
        ("a@hotmial.be", "a@hotmail.be"),
        ("a@takeda.con", "a@takeda.com"),
        ("a@gmail.com", None),
        ("a@mail.com", None),
        ("a@exemple.be", None),
        ("a@uliege.be", None),
    ],
)
def test_an_address_a_slip_away_from_a_known_provider(written: str, meant: str | None) -> None:
    assert mailboxes.meant(written) == meant


@pytest.mark.parametrize(
    "text",
    [
        "anna dot peters at gmail dot com",
        "anna.peters [at] gmail.com",
        "anna.peters(at)gmail(dot)com",
        "anna.peters AT gmail.com",
        "anna point peters arobase gmail point com",
        "anna.peters @ gmail . com",
    ],
)
def test_an_address_however_it_is_written(text: str) -> None:
    assert reading(text, AT_EMAIL).values == {EMAIL: "anna.peters@gmail.com"}


def test_a_word_before_an_address_may_belong_to_it() -> None:
    found = reading("anna peters @ gmail .com", AT_EMAIL)
    assert found.kind is Kind.UNSURE_EMAIL
    assert found.options == ("anna.peters@gmail.com", "peters@gmail.com")
    assert reading("my address is peters @ gmail.com", AT_EMAIL).values == {EMAIL: "peters@gmail.com"}


def test_a_number_is_no_correction_in_a_question(service: FakeService) -> None:
    found = reading("il y a un tarif pour 5 personnes ?", SUMMARY, "ask_campus", entity("seats", 5))
    assert SEATS not in found.values


@pytest.mark.parametrize(
    "text", ["moi toute seule", "rien que pour moi", "j'y vais seul", "I'm on my own", "only for myself"]
)
def test_who_comes_alone_takes_one_seat(text: str) -> None:
    assert reading(text, AT_SEATS).values == {SEATS: 1}


@pytest.mark.parametrize("text", ["moi et ma collègue seulement", "on vient avec moi seul", "je ne viens pas seule"])
def test_who_brings_somebody_does_not(text: str) -> None:
    assert SEATS not in reading(text, AT_SEATS).values


@pytest.mark.parametrize(
    "text", ["j'avais mal compté, c'est 3", "I miscounted, make that 3", "le chiffre est 3 en fait"]
)
def test_a_number_that_was_miscounted_is_corrected(text: str) -> None:
    assert reading(text, SUMMARY).values == {SEATS: 3}
    assert SEATS not in reading("le compte 12 34 est-il bon ?", SUMMARY).values


def test_set_phrases_are_found_whole() -> None:
    assert words.only("Oui, merci !", "yes", "polite", all_of=("yes",))
    assert not words.only("merci", "yes", "polite", all_of=("yes",))
    assert not words.only("oui " * 30, "yes", "polite", all_of=("yes",)), "long messages are no set phrases"
    assert words.has("ça reste gardé ?", "holding")
    assert not words.has("regarder", "no")


def test_names_keep_their_capitals_and_particles() -> None:
    assert people.capitalised("jean van de velde") == "Jean van de Velde"
    assert people.capitalised("MARIE Dupont") == "MARIE Dupont"
    assert people.capitalised("luc d'hondt") == "Luc D'Hondt"


@pytest.mark.parametrize(
    ("text", "person", "name"),
    [
        ("in the name of Tara Taylor", None, "Tara Taylor"),
        ("msyelf Tara Taylor", "msyelf Tara Taylor", "Tara Taylor"),
        ("au nom d'Hugo Lambert", None, "Hugo Lambert"),
        ("Tara Taylor, as on my ID card", None, "Tara Taylor"),
        ("Tara Taylor, comme sur ma carte d'identité", None, "Tara Taylor"),
        ("the quote is for Tara Taylor", None, "Tara Taylor"),
        ("Tara Taylor is the name", None, "Tara Taylor"),
        ("vous pouvez mettre Tara Taylor", None, "Tara Taylor"),
        ("to the attention of Tara Taylor", "Tara Taylor", "Tara Taylor"),
        ("that is none of your business", None, None),
        ("pourquoi donc", None, None),
        ("Oui, je suis d'accord", None, None),
        ("D'Hondt", None, "D'Hondt"),
        ("inscrivez-moi", None, None),
    ],
)
def test_a_name_that_was_asked_for_is_heard_however_it_is_led_to(
    text: str, person: str | None, name: str | None
) -> None:
    assert people.given_name(text, person) == name
