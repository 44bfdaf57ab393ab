"""Rosters, sheets to sign, and attendance; the files are read back and compared field by field."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from campus.staff.roster import harmless, sheet
from pypdf import PdfReader

from .conftest import Person, World, contact, hire


def _enrol(world: World) -> tuple[dict[str, Any], dict[str, Any]]:
    group = world.confirmed(
        "chef@example.com",
        "gmp-1",
        seats=3,
        company="Pharma & Fils <SA>",
        participants=[{"name": "Élodie Zufferey", "email": "elodie@example.com"}, {"name": '=HYPERLINK("x")'}],
    )
    alone = world.confirmed(
        "ben@example.com", "gmp-1", contact=contact("ben@example.com", "Ben Öztürk") | {"phone": "+32470123456"}
    )
    return group, alone


def test_the_roster(world: World) -> None:
    claire = hire(world)
    group, alone = _enrol(world)
    world.book("gmp-1")  # a hold is on no roster
    told = claire.get("/sessions/gmp-1/roster").json()
    assert told["session"]["id"] == "gmp-1" and told["total"] == 4 and told["next"] is None
    names = [(row["name"], row["reference"], row["seat"]) for row in told["items"]]
    assert names == [
        ('=HYPERLINK("x")', group["reference"], 2),
        ("Ben Öztürk", alone["reference"], 1),
        ("Élodie Zufferey", group["reference"], 1),
        (None, group["reference"], 3),
    ]
    ben = told["items"][1]
    assert ben["phone"] == "+32470123456" and ben["email"] == "ben@example.com" and ben["present"] is None


def test_the_table(world: World) -> None:
    claire = hire(world)
    _group, alone = _enrol(world)
    answer = claire.get("/sessions/gmp-1/roster?format=csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="roster-gmp-1.csv"' in answer.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:4] == ["Référence", "Place", "Nom", "E-mail"] and len(rows) == 5
    assert rows[1][2] == '\'=HYPERLINK("x")'
    assert rows[2] == [
        alone["reference"],
        "1",
        "Ben Öztürk",
        "ben@example.com",
        "'+32470123456",
        "",
        "Ben Öztürk ben@example.com",
        "confirmé",
        "",
    ]
    english = claire.get("/sessions/gmp-1/roster?format=csv&lang=en").content.decode("utf-8-sig")
    assert english.startswith("Reference,Seat,Name")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=1", "  =1"])
@pytest.mark.one_database
def test_no_cell_is_a_formula(text: str) -> None:
    assert harmless(text) == "'" + text


@pytest.mark.parametrize("text", ["Anne-Marie", "a=b", "", "Jean + Co"])
@pytest.mark.one_database
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text and harmless(None) == ""


def _text_of(content: bytes) -> str:
    """What a PDF says, a space for every break; no-break spaces are spaces."""
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(
        " ".join(page.extract_text() for page in pages).replace("\u00a0", " ").replace("\u202f", " ").split()
    )


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_roster_on_paper(world: World, lang: str) -> None:
    claire = hire(world)
    group, alone = _enrol(world)
    answer = claire.get(f"/sessions/gmp-1/roster?format=pdf&lang={lang}")
    assert answer.headers["content-type"] == "application/pdf"
    told = _text_of(answer.content)
    words = {
        "fr": [
            "Liste des participants",
            "Les bases des BPF",
            "Salle Curie, 2e étage",
            "Participants : 4 (capacité : 12)",
        ],
        "en": ["List of participants", "GMP basics", "Curie room, 2nd floor", "Participants: 4 (capacity: 12)"],
    }[lang]
    for expected in (
        *words,
        "Élodie Zufferey",
        "Ben Öztürk",
        "ben@example.com",
        group["reference"],
        alone["reference"],
    ):
        assert expected in told, expected
    assert "Pharma & Fils <SA>" in told and "Aseptia" in told
    assert ("page 1 sur 1" if lang == "fr" else "page 1 of 1") in told
    meta = PdfReader(io.BytesIO(answer.content)).metadata
    assert meta is not None and meta.title == f"{words[0]} – {words[1]}"


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_sheet_to_sign(world: World, lang: str) -> None:
    claire = hire(world)
    _enrol(world)
    sheet = claire.get(f"/sessions/gmp-1/attendance.pdf?lang={lang}").content
    told = _text_of(sheet)
    days = {"fr": ["mardi 12 janvier", "mercredi 13 janvier"], "en": ["Tuesday 12 January", "Wednesday 13 January"]}[
        lang
    ]
    for expected in (
        *days,
        "Élodie Zufferey",
        "Ben Öztürk",
        {"fr": "Feuille de présence", "en": "Attendance sheet"}[lang],
    ):
        assert expected in told, expected
    assert ("(à préciser)" if lang == "fr" else "(to be named)") in told
    assert "ben@example.com" not in told
    assert _text_of(claire.get(f"/sessions/gmp-1/roster?format=pdf&sheet=true&lang={lang}").content) == told


@pytest.mark.one_database
def test_a_session_of_many_blocks_has_a_table_for_each_six_on_its_sheet(world: World) -> None:
    claire = hire(world)
    _enrol(world)
    told = claire.get("/sessions/gmp-1/roster").json()
    [block] = told["session"]["meetings"][:1]
    text = _text_of(sheet({**told, "session": {**told["session"], "meetings": [block] * 60}}, "fr"))
    assert text.count("Élodie Zufferey") == 10 and text.count("9 h – 17 h") >= 60 and "page 1 sur" in text


@pytest.mark.one_database
def test_signs_that_the_font_has_not_are_written_with_its_own(world: World) -> None:
    claire = hire(world)
    world.confirmed("a@example.com", "gmp-1", participants=[{"name": "Ğülşen Đặng 株 ②"}])
    assert "Ğülşen Đặng · 2" in _text_of(claire.get("/sessions/gmp-1/roster?format=pdf").content)


def test_a_long_roster_has_its_head_on_every_page(world: World) -> None:
    claire = hire(world)
    people = [{"name": f"Personne {number:02d}"} for number in range(40)]
    world.confirmed("chef@example.com", "open-1", seats=40, participants=people)
    pages = PdfReader(io.BytesIO(claire.get("/sessions/open-1/attendance.pdf").content)).pages
    assert len(pages) > 1
    texts = [page.extract_text() for page in pages]
    assert all("Nom" in one and f"page {number} sur {len(pages)}" in one for number, one in enumerate(texts, 1))
    assert all(f"Personne {number:02d}" in "".join(texts) for number in range(40))


@pytest.fixture
def day_of(world: World) -> Person:
    """Somebody of the staff, on the day on which `gmp-1` begins."""
    return hire(world)


def test_attendance(world: World, day_of: Person) -> None:
    group, alone = _enrol(world)
    path = "/sessions/gmp-1/attendance"
    early = day_of.call("PUT", path, {"present": [group["reference"]]})
    assert early.json()["code"] == "wrong-state" and early.json()["state"] == "not-begun"
    world.clock.set(world.clock.now.replace(year=2027, month=1, day=12))
    marked = day_of.call("PUT", path, {"present": [f"{group['reference']}/1"], "absent": [alone["reference"]]})
    assert marked.status_code == 200, marked.text
    seen = {(row["reference"], row["seat"]): (row["state"], row["present"]) for row in day_of.get(path).json()["items"]}
    assert seen[alone["reference"], 1] == ("no_show", False)
    assert seen[group["reference"], 1] == ("attended", True)
    assert seen[group["reference"], 2] == ("attended", None)
    corrected = day_of.call("PUT", path, {"present": [alone["reference"]], "absent": [group["reference"]]})
    assert corrected.status_code == 200
    states = dict(world.rows("SELECT reference, state FROM bookings"))
    assert states == {alone["reference"]: "attended", group["reference"]: "no_show"}
    world.check()


def test_attendance_of_who_is_not_enrolled(world: World, day_of: Person) -> None:
    group, alone = _enrol(world)
    other = world.confirmed("x@example.com", "gmp-2")
    world.clock.forward(days=42)
    path = "/sessions/gmp-1/attendance"
    for wrong in (other["reference"], "EBC-000000", "nonsense", f"{group['reference']}/4", f"{group['reference']}/0"):
        refused = day_of.call("PUT", path, {"present": [wrong]})
        assert refused.json()["errors"] == [{"field": "present.0", "code": "not_enrolled"}], wrong
    both = day_of.call("PUT", path, {"present": [alone["reference"]], "absent": [f"{alone['reference']}/1"]})
    assert both.json()["errors"][0]["code"] == "duplicate"
