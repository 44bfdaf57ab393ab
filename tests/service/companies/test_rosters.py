"""Lists of participants as people have them: what is read out of them, and what is wrong line by line."""

from __future__ import annotations

import pytest
from campus.companies.rosters import decode, read

TWELVE = [
    ("Jeanne Dubois", "jeanne@example.com"),
    ("Łukasz Żółć", "lukasz@example.com"),
    ("Noël Ångström", "noel@example.com"),
    ("Ana-María O'Neill", "ana@example.com"),
    ("De Smet Jan", "jan@example.com"),
    ("François Lœuil", "francois@example.com"),
    ("Ștefan Țurcanu", "stefan@example.com"),
    ("Zoë", "zoe@example.com"),
    ("Jürgen Müller", "jurgen@example.com"),
    ("Søren Kærgaard", "soren@example.com"),
    ("Βασιλική Παπά", "vasiliki@example.com"),
    ("Léa Noël", "lea@example.com"),
]


def people_of(text: str, *, table: bool = False) -> list[tuple[str, str | None]]:
    """What is read out of a text in which nothing is wrong."""
    found, errors = read(text, table=table)
    assert errors == []
    return [(person.name, person.email) for _line, person in found]


@pytest.mark.parametrize("shape", ["{0} <{1}>", "{0}; {1}", "{0}, {1}", "{0}\t{1}", "{1}; {0}", '"{0}" <{1}>,'])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n"])
def test_twelve_pasted_lines(shape: str, end: str) -> None:
    assert people_of(end.join(shape.format(*person) for person in TWELVE)) == TWELVE


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("jeanne@example.com", [("jeanne@example.com", "jeanne@example.com")]),
        ("<jeanne@example.com>", [("jeanne@example.com", "jeanne@example.com")]),
        ("Jeanne Dubois", [("Jeanne Dubois", None)]),
        ("Jeanne Dubois;", [("Jeanne Dubois", None)]),
        ("Dubois, Jeanne; jeanne@example.com", [("Dubois, Jeanne", "jeanne@example.com")]),
        ("Dubois\tJeanne\tjeanne@example.com", [("Dubois Jeanne", "jeanne@example.com")]),
        ("Ada <a@example.com>; Bo <b@example.com>", [("Ada", "a@example.com"), ("Bo", "b@example.com")]),
        ("Nom\tE-mail\nAda\ta@example.com", [("Ada", "a@example.com")]),
        ("Ada <mailto:a@example.com>", [("Ada", "a@example.com")]),
        ("  Ada   Noël  <a@example.com>  ", [("Ada Noël", "a@example.com")]),
    ],
)
def test_other_ways_to_write_a_person(text: str, wanted: list[tuple[str, str | None]]) -> None:
    assert people_of(text) == wanted


@pytest.mark.parametrize("header", ["Nom;E-mail", "Name;Email address", "PARTICIPANT;Courriel", None])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_files(header: str | None, separator: str, encoding: str) -> None:
    lines = [f"{name}{separator}{email}" for name, email in TWELVE]
    if header:
        lines.insert(0, header.replace(";", separator))
    assert people_of(decode("\r\n".join(lines).encode(encoding)), table=True) == TWELVE


def test_what_excel_writes_in_windows_1252() -> None:
    western = [person for person in TWELVE if person[0].encode("cp1252", "ignore").decode("cp1252") == person[0]]
    assert len(western) == 9
    body = "Nom;Adresse e-mail\r\n" + "".join(f"{name};{email}\r\n" for name, email in western)
    assert people_of(decode(body.encode("cp1252")), table=True) == western


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Prénom;Nom;E-mail\nJeanne;Dubois;j@example.com", ("Jeanne Dubois", "j@example.com")),
        ("Nom;Prénom;E-mail\nDubois;Jeanne;j@example.com", ("Jeanne Dubois", "j@example.com")),
        ("Last name,First name,E-mail\nDubois,Jeanne,j@example.com", ("Jeanne Dubois", "j@example.com")),
        ("E-mail;Nom\nj@example.com;Jeanne Dubois", ("Jeanne Dubois", "j@example.com")),
        ('Name,E-mail\n"Dubois, Jeanne",j@example.com', ("Dubois, Jeanne", "j@example.com")),
        ('"Jeanne ""Jo"" Dubois";j@example.com', ('Jeanne "Jo" Dubois', "j@example.com")),
        ("Nom\nJeanne Dubois", ("Jeanne Dubois", None)),
    ],
)
def test_columns_in_any_order(text: str, wanted: tuple[str, str | None]) -> None:
    assert people_of(text, table=True) == [wanted]


@pytest.mark.parametrize("wrong", ["jan(at)example.com", "jan@", "@example.com", "jan@exa mple.com", "jan.example.com"])
@pytest.mark.parametrize("table", [False, True], ids=["pasted", "file"])
def test_twelve_names_and_one_wrong_address(wrong: str, table: bool) -> None:
    lines = [f"{name};{email}" for name, email in TWELVE]
    lines[4] = f"De Smet Jan;{wrong}"
    found, errors = read("\n".join(["Nom;E-mail", *lines]) if table else "\n".join(lines), table=table)
    assert errors == [{"field": f"lines.{6 if table else 5}.email", "code": "email"}] and len(found) == 11


def test_every_line_that_is_wrong_is_told() -> None:
    text = f"Ada <a@example.com>\n\nBo <wrong>\nCy; A@EXAMPLE.com\n{'x' * 121}; d@example.com\n"
    assert read(text, table=False)[1] == [
        {"field": "lines.3.email", "code": "email"},
        {"field": "lines.4.email", "code": "duplicate"},
        {"field": "lines.5.name", "code": "too_long"},
    ]


@pytest.mark.parametrize("text", ["", "\n \n", "\ufeff", "Nom;E-mail\n"])
def test_nobody(text: str) -> None:
    assert read(text, table=True) == ([], []) and read(text, table=False) == ([], [])


@pytest.mark.parametrize("text", ['"', '"a\n;b', "<>", "<<a@b.be>>", ";;;", "\x00", "a" * 90_000, ",@;" * 100, "\t\t@"])
def test_whatever_is_pasted_is_answered(text: str) -> None:
    for table in (False, True):
        people, errors = read(text, table=table)
        assert len(people) + len(errors) < 400


@pytest.mark.parametrize("text", ["{}", "[]", "12", "--", "…"])
def test_a_name_has_a_letter(text: str) -> None:
    _people, errors = read(text, table=False)
    assert errors == [{"field": "lines.1.name", "code": "malformed"}]
