"""Addresses, telephone numbers, references and codes, as people type or dictate them."""

from __future__ import annotations

from typing import Any

import pytest

from bot.nlu.component import Before
from bot.nlu.contacts import ContactExtractor

FOUND: list[tuple[str, str, Any]] = [
    ("jean point dupont arobase gmail point com", "email", "jean.dupont@gmail.com"),
    ("Mon mail: Jean.Dupont @ Gmail.com merci", "email", "jean.dupont@gmail.com"),
    ("c'est sophie_b+test@ucb.co.uk.", "email", "sophie_b+test@ucb.co.uk"),
    ("marie tiret claire at takeda dot be", "email", "marie-claire@takeda.be"),
    ("SOPHIE@EXAMPLE.BE", "email", "sophie@example.be"),
    ("peter.novak at seznam dot cz", "email", "peter.novak@seznam.cz"),
    ("anna dot petrova at ucb dot com", "email", "anna.petrova@ucb.com"),
    ("mon gsm 0470 12 34 56", "phone", "+32470123456"),
    ("+32 (0)470/12.34.56", "phone", "+32470123456"),
    ("0032470123456", "phone", "+32470123456"),
    ("02 345 67 89", "phone", "+3223456789"),
    ("071/12 34 56", "phone", "+3271123456"),
    ("+33 6 12 34 56 78", "phone", "+33612345678"),
    ("EBC-7K2M9P", "booking_reference", "EBC-7K2M9P"),
    ("ma réservation ebc 7k2m9p", "booking_reference", "EBC-7K2M9P"),
    ("EBC7K2M9P", "booking_reference", "EBC-7K2M9P"),
    ("EBC-7K2MOI", "booking_reference", "EBC-7K2M01"),
    ("j'accepte EBQ-ABC123", "quote_reference", "EBQ-ABC123"),
    ("483920", "code", "483920"),
    ("mon code est 483 920", "code", "483920"),
    ("the code is 123456", "code", "123456"),
    ("le code d'accès est TAKEDA-2027", "access_code", "TAKEDA-2027"),
    ("TAKEDA-2027", "access_code", "TAKEDA-2027"),
    ("access code: aseptia-2026", "access_code", "aseptia-2026"),
    ("PO-2027-001", "po_number", "PO-2027-001"),
    ("notre bon de commande: BC-778", "po_number", "BC-778"),
    ("purchase order number 4500012345", "po_number", "4500012345"),
    ("commande CMD-2231 bien reçue", "po_number", "CMD-2231"),
    ("notre bon de commande porte le n° 77881", "po_number", "77881"),
    ("our purchase order has the number 55667", "po_number", "55667"),
    ("le code d'accès pour la session privée est GSK-44Q", "access_code", "GSK-44Q"),
    ("access code of our academy: UCB2027", "access_code", "UCB2027"),
    ("call +44 7911 123456", "phone", "+447911123456"),
    ("c'est jean.dupont arobase skynet point be", "email", "jean.dupont@skynet.be"),
    ("j'ai marie.claes @ gmail.com", "email", "marie.claes@gmail.com"),
    ("BE 0403.170.701", "enterprise_number", "0403170701"),
    ("0403.170.701", "enterprise_number", "0403170701"),
    ("notre TVA: 0412345678", "enterprise_number", "0412345678"),
]
NOTHING = [
    "3 places le 12/01",
    "ISO 9001 et 21 CFR 11",
    "budget 1500 euros",
    "je suis at takeda dot com",
    "formation chez siemens point be",
    "le 01/02/2027",
    "I want to order 3 seats",
    "entre 100000 et 200000 euros",
    "le code d'accès ne marche pas pour la session 2027",
    "je passe commande le 12 mars",
]


def _read(text: str) -> list[tuple[str, Any]]:
    return [(one.entity, one.value) for one in ContactExtractor({}).extract(text, Before())]


@pytest.mark.parametrize(("text", "entity", "value"), FOUND)
def test_is_found(text: str, entity: str, value: Any) -> None:
    assert _read(text) == [(entity, value)]


@pytest.mark.parametrize("text", NOTHING)
def test_is_left_alone(text: str) -> None:
    assert _read(text) == []


def test_several_in_one_message() -> None:
    found = _read("Sophie Dubois, sophie@example.be, 0470 12 34 56, réf. EBC-7K2M9P")
    assert dict(found) == {
        "email": "sophie@example.be",
        "phone": "+32470123456",
        "booking_reference": "EBC-7K2M9P",
    }


def test_a_mobile_number_that_happens_to_pass_the_check_is_a_telephone() -> None:
    # 0470123461 ends in the check number an enterprise number would have
    assert _read("0470123461")[0][0] == "phone"
