"""Names of people and companies: found where they are, and not where they are not."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
import yaml
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import Before
from bot.nlu.name_words import NameWords, common_words, name_words, words_of
from bot.nlu.names import NameExtractor
from bot.settings import ROOT

#: The name and nothing else, as an answer to "on whose name?".
BARE = [
    "Marie Dupont",
    "marie dupont",
    "MARIE DUPONT",
    "DUPONT Marie",
    "Dupont, Marie",
    "Jean-Pierre Van den Broeck",
    "jean-pierre van den broeck",
    "Nguyen Thi Lan",
    "nguyen thi lan",
    "O'Brien",
    "Sarah N'Diaye",
    "Anne-Sophie D’Hondt",
    "Mohamed El Idrissi",
    "Kowalczyk Agnieszka",
    "Wouter De Smet",
    "Sofie Van den Bossche",
    "Thomas Leroy",
    "Nathalie Renard",
    "Hugo Petit",
    "Elena Rossi",
    "Rajesh Kumar",
    "Zoë Maréchal",
    "Benoît Lefèvre",
    "Catherine",
    "Hugo",
    "Fatima Zahra Amrani",
    "Okonkwo Chidi",
    "Van Damme",
]
FRENCH = [
    ("je m'appelle Mehdi Amrani", ["Mehdi Amrani"]),
    ("Je m’appelle inès benali et je veux m'inscrire", ["inès benali"]),
    ("bonjour, moi c'est Karim", ["Karim"]),
    ("mon nom est Petit", ["Petit"]),
    ("ici Luc Maréchal", ["Luc Maréchal"]),
    ("Bonjour, ici Wouter Claes", ["Wouter Claes"]),
    ("Helena Mertens à l'appareil", ["Helena Mertens"]),
    ("je suis Zoubida", ["Zoubida"]),
    ("une place au nom de Vanderlinden", ["Vanderlinden"]),
    ("c'est au nom de Thérèse Vanderlinden", ["Thérèse Vanderlinden"]),
    ("inscrivez Sophie Lambert svp", ["Sophie Lambert"]),
    ("inscris mon collègue Tom Peeters à la session de mai", ["Tom Peeters"]),
    ("réservez pour Ana Costa", ["Ana Costa"]),
    ("remplacez Luc Maréchal par Sarah N'Diaye", ["Luc Maréchal", "Sarah N'Diaye"]),
    (
        "les participants sont Julie Marchal, Tom Peeters et Inès Benali",
        ["Julie Marchal", "Tom Peeters", "Inès Benali"],
    ),
    ("nom : Gilson, prénom : Pauline", ["Pauline Gilson"]),
    ("mes nom et prénom : Baptiste Hody", ["Baptiste Hody"]),
    ("annulez l'inscription de Mme Lambert", ["Lambert"]),
    ("il s'appelle Paul Gilson", ["Paul Gilson"]),
    ("c'est Tom qui viendra à la place de Julie", ["Tom", "Julie"]),
    ("le formulaire est signé d'Olivier Desmet", ["Olivier Desmet"]),
    ("rappelez Fatima sur ce numéro", ["Fatima"]),
    ("demandez Priscilla à l'accueil", ["Priscilla"]),
    ("moi c'est karim benali", ["karim benali"]),
    ("je suis perdu", []),
    ("je suis intéressé", []),
    ("c'est clair", []),
]
ENGLISH = [
    ("my name is John Carter", ["John Carter"]),
    ("my name's kevin smith", ["kevin smith"]),
    ("I'm Priya Raghunathan", ["Priya Raghunathan"]),
    ("it's Thomas Lemaire speaking", ["Thomas Lemaire"]),
    ("This is Helena speaking, Helena Mertens", ["Helena Mertens"]),
    ("book a seat for Marie Dupont", ["Marie Dupont"]),
    ("the booking is for Sophie Lambert and me", ["Sophie Lambert"]),
    ("please enrol Tom De Smet and Ilse Claes", ["Tom De Smet", "Ilse Claes"]),
    ("first name Lucas, last name Peeters", ["Lucas Peeters"]),
    ("surname is O'Brien", ["O'Brien"]),
    ("my name is Niamh Ní Dhonnchadha", ["Niamh Ní Dhonnchadha"]),
    ("i'm paul van den berg", ["paul van den berg"]),
    ("you can ask for Gráinne", ["Gráinne"]),
    ("ask for the manager", []),
    ("i'm sure", []),
    ("could you check the reservation under the name Peeters", ["Peeters"]),
    ("show me Mrs Rossi's booking", ["Rossi"]),
    ("replace Sarah by Tom", ["Sarah", "Tom"]),
    ("put me and my colleague Ahmed Benali on the list", ["Ahmed Benali"]),
    ("on behalf of Mr Delvaux", ["Delvaux"]),
    ("I am called Ingrid Johansson", ["Ingrid Johansson"]),
    ("Anna Kowalska, Piotr Nowak, Ewa Zielinska", ["Anna Kowalska", "Piotr Nowak", "Ewa Zielinska"]),
    ("Jean-Marc Delvaux and Sarah Lopez", ["Jean-Marc Delvaux", "Sarah Lopez"]),
]
#: Names that nothing announces: only spaCy's recogniser sees them.
IN_PASSING = [
    ("fr", "Thomas Leroy viendra à ma place", ["Thomas Leroy"]),
    ("fr", "il y aura aussi Karim Benali et Sofie Janssens", ["Karim Benali", "Sofie Janssens"]),
    ("fr", "est-ce que Julie Marchal est inscrite quelque part ?", ["Julie Marchal"]),
    ("fr", "le certificat de Nadia est arrivé", ["Nadia"]),
    ("en", "Priya Raghunathan will attend", ["Priya Raghunathan"]),
    ("en", "Luc and Sofie were present", ["Luc", "Sofie"]),
    ("en", "can you send it to Marie Dupont", ["Marie Dupont"]),
    ("en", "move Marie's seat to the May session", ["Marie"]),
]
COMPANIES = [
    ("je travaille chez Novacellia et on est 12", "Novacellia"),
    ("je bosse chez acme", "acme"),
    ("c'est pour la société Biolys SRL", "Biolys SRL"),
    ("pour l'entreprise Delta Labs SA", "Delta Labs SA"),
    ("nous sommes la société BioFab SRL", "BioFab SRL"),
    ("SRL Labo du Sud", "SRL Labo du Sud"),
    ("facturez à Pharmatis NV", "Pharmatis NV"),
    ("ma boîte s'appelle Genvectra", "Genvectra"),
    ("entreprise : Thermo Fisher Scientific", "Thermo Fisher Scientific"),
    ("chez Univercells", "Univercells"),
    ("acme srl", "acme srl"),
    ("I work for Genvectra", "Genvectra"),
    ("I work at UCB in Braine", "UCB"),
    ("my company is Catalent", "Catalent"),
    ("company: Exothera", "Exothera"),
    ("it's for the company Biolys", "Biolys"),
    ("We are called Novabiologics Ltd", "Novabiologics Ltd"),
    ("company is Pharmatis GmbH", "Pharmatis GmbH"),
    ("BioPlant Europe NV, in Ghent", "BioPlant Europe NV"),
    ("UCB Pharma", "UCB Pharma"),
    ("GSK", "GSK"),
]
#: No person and no company in any of them.
NOBODY = [
    ("affirm", "oui"),
    ("affirm", "ok super"),
    ("deny", "non merci"),
    ("greet", "Bonjour"),
    ("greet", "Bonjour Marie"),
    ("greet", "Hello there"),
    ("thank", "Merci beaucoup"),
    ("thank", "Merci Nathalie"),
    ("thank", "Thank you Tom"),
    ("goodbye", "Bonne Journée"),
    ("inform", "janvier"),
    ("inform", "Mardi"),
    ("inform", "next Monday"),
    ("inform", "14 January"),
    ("inform", "trois personnes"),
    ("inform", "débutant"),
    ("inform", "Namur"),
    ("inform", "Charleroi-Sud"),
    ("inform", "en ligne"),
    ("inform", "the second one"),
    ("inform", "je suis Belge"),
    ("inform", "je suis malade"),
    ("inform", "I am French"),
    ("inform", "laborantine"),
    ("inform", "option B"),
    ("search_courses", "ELISA"),
    ("search_courses", "formation GMP"),
    ("search_courses", "FACS training"),
    ("search_courses", "Cours Python"),
    ("search_courses", "Salle Blanche"),
    ("search_courses", "Clean Room"),
    ("search_courses", "un cours pour débutants chez vous"),
    ("search_courses", "anything for Monday?"),
    ("course_details", "quel est le prix du cours Python ?"),
    ("course_details", 'En quelle langue se donne "Simuler une ligne" ?'),
    ("book_session", "Inscrivez-moi"),
    ("book_session", "Réservez 3 places"),
    ("book_session", "Book the GMP course for me"),
    ("book_session", "inscrivez-nous pour Mars"),
    ("cancel_booking", "annule ma réservation"),
    ("change_booking", "my surname is misspelled on the booking"),
    ("change_booking", "mon nom est mal écrit"),
    ("staff_today", "what is on today"),
    ("out_of_scope", "il fait beau"),
    ("out_of_scope", "pizza hawaï"),
    ("out_of_scope", "What's the capital of Mongolia?"),
    ("ask_campus", "comment venir depuis Bruxelles ?"),
    ("ask_campus", "are you open in July and August"),
    ("switch_language", "can we do this in French?"),
    ("inform", "/inform"),
]


@pytest.fixture(scope="module")
def lists() -> NameWords:
    """The lists with the everyday words of the training examples."""
    texts = []
    for file in (ROOT / "data" / "nlu").glob("*/*.yml"):
        for part in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            if part.get("intent") != "inform":
                examples = re.sub(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})", r"\1", str(part.get("examples", "")))
                texts += examples.splitlines()
    return replace(name_words(), common=common_words(texts))


@pytest.fixture(scope="module")
def names(lists: NameWords) -> NameExtractor:
    """The extractor as trained."""
    return NameExtractor({}, lists=lists)


def people(names: NameExtractor, text: str, **before: Any) -> list[str]:
    """The people of a message."""
    return [str(one.value) for one in names.extract(text, Before(**before)) if one.entity == "person"]


def said_in(language: str) -> list[dict[str, Any]]:
    """What the language identifier would have found."""
    return [{"entity": "language", "value": language, "start": 0, "end": 1}]


def read_as(entity: str, text: str, words: str) -> list[dict[str, Any]]:
    """What another component would have found."""
    start = text.index(words)
    return [{"entity": entity, "value": words.lower(), "start": start, "end": start + len(words)}]


@pytest.mark.parametrize("name", BARE)
def test_a_bare_name_is_a_person(names: NameExtractor, name: str) -> None:
    (found,) = names.extract(name, Before([], "inform"))
    assert (found.entity, found.value, found.start, found.end) == ("person", name, 0, len(name))


@pytest.mark.parametrize("name", ["Marie Dupont", "marie dupont", "Jean-Pierre Van den Broeck"])
@pytest.mark.parametrize("intent", [None, "out_of_scope", "inform"])
def test_a_bare_name_that_the_classifier_does_not_know(names: NameExtractor, name: str, intent: str | None) -> None:
    assert people(names, name, intent=intent) == [name]


@pytest.mark.parametrize(("text", "expected"), FRENCH)
def test_names_in_french(names: NameExtractor, text: str, expected: list[str]) -> None:
    assert people(names, text, entities=said_in("fr")) == expected


@pytest.mark.parametrize(("text", "expected"), ENGLISH)
def test_names_in_english(names: NameExtractor, text: str, expected: list[str]) -> None:
    assert people(names, text, entities=said_in("en")) == expected


@pytest.mark.parametrize(("language", "text", "expected"), IN_PASSING)
def test_names_in_passing_need_the_recogniser(
    names: NameExtractor, lists: NameWords, language: str, text: str, expected: list[str]
) -> None:
    assert people(names, text, entities=said_in(language)) == expected
    assert people(names, text) == expected, "also when the language is not known"
    without = NameExtractor({"recognised": []}, lists=lists)
    assert people(without, text, entities=said_in(language)) == []


@pytest.mark.parametrize(("text", "company"), COMPANIES)
def test_companies(names: NameExtractor, text: str, company: str) -> None:
    found = names.extract(text, Before([], "inform"))
    assert [(one.entity, one.value) for one in found] == [("company", company)]


@pytest.mark.parametrize(("intent", "text"), NOBODY)
def test_nobody(names: NameExtractor, intent: str, text: str) -> None:
    assert names.extract(text, Before([], intent)) == []


def test_a_person_and_a_company(names: NameExtractor) -> None:
    for text, expected in [
        ("I am Priya Raghunathan from Genvectra", [("person", "Priya Raghunathan"), ("company", "Genvectra")]),
        ("Inscrivez Anne-Sophie Van den Broeck, société Biolys SRL",
         [("person", "Anne-Sophie Van den Broeck"), ("company", "Biolys SRL")]),
    ]:  # fmt: skip
        assert [(one.entity, one.value) for one in names.extract(text, Before())] == expected


@pytest.mark.parametrize(
    ("text", "operator", "expected"),
    [
        ("je travaille chez Takeda", "Takeda", ["Takeda"]),
        ("I work for Siemens", "Siemens", ["Siemens"]),
        ("c'est pour la société takeda", "takeda", ["takeda"]),
        ("je suis employé chez siemens", "siemens", ["siemens"]),
        ("formation chez Takeda", "Takeda", []),
        ("une formation pour Siemens", "Siemens", []),
        ("Takeda", "Takeda", []),
        ("courses by Siemens", "Siemens", []),
    ],
)
def test_an_operator_is_a_company_only_as_somebodys_employer(
    names: NameExtractor, text: str, operator: str, expected: list[str]
) -> None:
    found = names.extract(text, Before(read_as("operator", text, operator), "inform"))
    assert [one.value for one in found if one.entity == "company"] == expected
    assert not [one for one in found if one.entity == "person"]


@pytest.mark.parametrize(
    ("text", "entity", "words"),
    [
        ("réservez pour Marie Curie Basics", "course", "Marie Curie Basics"),
        ("Lars.Nygaard@NordicBio.dk", "email", "Lars.Nygaard@NordicBio.dk"),
        ("Lean Six Sigma", "topic", "Lean Six Sigma"),
        ("TAKEDA-2027", "access_code", "TAKEDA-2027"),
    ],
)
def test_what_another_component_has_read_is_no_name(names: NameExtractor, text: str, entity: str, words: str) -> None:
    assert names.extract(text, Before(read_as(entity, text, words), "inform")) == []


def test_a_company_may_be_called_like_a_subject(names: NameExtractor) -> None:
    text = "la facture est pour Blue Batch SA"
    message = Message({"text": text, "entities": read_as("topic", text, "Batch"), "intent": {"name": "inform"}})
    entities = names.process([message])[0].get("entities")
    assert [(one["entity"], one["value"]) for one in entities] == [("company", "Blue Batch SA")]


def test_a_name_beside_an_address(names: NameExtractor) -> None:
    text = "marie dupont, marie@skynet.be"
    assert people(names, text, entities=read_as("email", text, "marie@skynet.be"), intent="inform") == ["marie dupont"]


def test_each_person_once(names: NameExtractor) -> None:
    assert people(names, "Marie Dupont, c'est Marie Dupont", intent="inform") == ["Marie Dupont"]


def test_positions_are_those_of_the_text(names: NameExtractor) -> None:
    text = "Bonjour, je m’appelle Zoë Maréchal."
    (found,) = names.extract(text, Before(said_in("fr")))
    assert text[found.start : found.end] == found.value == "Zoë Maréchal"


def test_a_question_is_not_a_bare_name(names: NameExtractor) -> None:
    assert people(NameExtractor({"recognised": []}), "Marie Dupont ?", intent="inform") == []


def test_training_keeps_the_words_of_every_day(tmp_path: Any) -> None:
    examples = [
        Message.build("je voudrais un fromage blanc", "search_courses"),
        Message.build("sophie lambert", "inform"),
    ]
    storage, resource = LocalModelStorage.create(tmp_path), Resource("NameExtractor")
    NameExtractor({}, storage, resource).train(TrainingData(examples))
    loaded = NameExtractor.load({}, storage, resource, None)  # type: ignore[arg-type]
    assert {"fromage", "blanc"} <= loaded._lists.common and "lambert" not in loaded._lists.common
    assert people(loaded, "Fromage Blanc", intent="inform") == []


def test_words_end_where_the_name_ends() -> None:
    said = [word.text for word in words_of("d'Olivier, l’entreprise, Marie's, N'Diaye, O’Brien, Jean-Luc, R&D")]
    assert said == ["Olivier", "entreprise", "Marie", "N'Diaye", "O’Brien", "Jean-Luc", "R", "&", "D"]
