"""The name of a company as people say it where it is asked for."""

from __future__ import annotations

import pytest

from bot.actions.companies.said import company_given, company_said


@pytest.mark.parametrize(
    ("text", "company"),
    [
        ("Exelyo SA", "Exelyo SA"),
        ("we work for Exelyo SA.", "Exelyo SA"),
        ("I'm at Exelyo", "Exelyo"),
        ("c'est pour Exelyo, merci", "Exelyo"),
        ("notre entreprise s'appelle Exelyo", "Exelyo"),
        ("our company is caleld Labo Delvigne SRL", "Labo Delvigne SRL"),
        ("notre bioite s'appelle Meunier & Fils", "Meunier & Fils"),
        ("on travaille chez Dupont & Fils", "Dupont & Fils"),
        ("ma boîte c'est Exelyo", "Exelyo"),
        ("c’est Exelyo qui paie", "Exelyo"),
        ("The Company Store", "The Company Store"),
        ("Société Générale", "Société Générale"),
        ("Pour Exelyo", "Exelyo"),
        ("acting on behalf of Exelyo SA", "Exelyo SA"),
        ("pour le compte de Vésale Bio", "Vésale Bio"),
        ("nous représentons Kaneka", "Kaneka"),
        ("La Boîte", "La Boîte"),
        ("The quote should be addressed to Exelyo SA", "Exelyo SA"),
        ("il faut adresser le devis à Meunier & Fils", "Meunier & Fils"),
        ("boite : Labo Delvigne SRL", "Labo Delvigne SRL"),
        ("My emloyer is Exelyo", "Exelyo"),
        ("metez Exelyo", "Exelyo"),
        ("exelyo SA", "exelyo SA"),
        ("les amis du labo", "les amis du labo"),
    ],
)
def test_what_stands_around_the_name_is_left_out(text: str, company: str) -> None:
    assert company_said(text) == company


@pytest.mark.parametrize(
    ("text", "written", "company"),
    [
        ("la socété Exelyo", "la societe exelyo", "Exelyo"),
        ("notre employeru est Kaneka NV", "notre employeur est kaneka nv", "Kaneka NV"),
        ("Exelyo", "exelyo", "Exelyo"),
        ("Quelqo SA", "quelque sa", "Quelqo SA"),
        ("pour Exelyo", "la formation pour exelyo", "Exelyo"),
    ],
)
def test_a_slip_in_what_leads_to_the_name_is_no_part_of_it(text: str, written: str, company: str) -> None:
    assert company_said(text, written) == company


def test_a_small_word_that_was_read_as_a_name_is_none() -> None:
    assert company_given("our company is callled Meunier & Fils", "callled") == "Meunier & Fils"
    assert company_given("la socété Exelyo", "la socété Exelyo", "la societe exelyo") == "Exelyo"


@pytest.mark.parametrize(
    ("text", "found", "company"),
    [
        ("Labo Delvigne SRL", "Delvigne SRL", "Labo Delvigne SRL"),
        ("c'est Labo de la Meuse SA", "Meuse SA", "Labo de la Meuse SA"),
        ("that'd be Exelyo", None, "Exelyo"),
        ("it would be Meunier & Fils", "Meunier & Fils", "Meunier & Fils"),
        ("you can invoice Kaneka directly", "Kaneka", "Kaneka"),
    ],
)
def test_a_longer_name_than_was_read_is_taken_whole(text: str, found: str | None, company: str) -> None:
    assert company_given(text, found) == company
