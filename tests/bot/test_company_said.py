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
