"""The name of a company as people say it where it is asked for."""

from __future__ import annotations

import pytest

from bot.actions.companies.said import company_said


@pytest.mark.parametrize(
    ("text", "company"),
    [
        ("Exelyo SA", "Exelyo SA"),
        ("we work for Exelyo SA.", "Exelyo SA"),
        ("I'm at Exelyo", "Exelyo"),
        ("c'est pour Exelyo, merci", "Exelyo"),
        ("notre entreprise s'appelle Exelyo", "Exelyo"),
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
    ],
)
def test_what_stands_around_the_name_is_left_out(text: str, company: str) -> None:
    assert company_said(text) == company
