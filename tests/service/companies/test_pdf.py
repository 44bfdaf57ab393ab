"""The PDF of a quote, read back and compared field by field with its answer."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from campus.companies import pdf
from campus.mail.formatting import day, hour, money, percent, span
from pypdf import PdfReader

from ..bookings.conftest import World, contact
from .conftest import YES, Firm, files, read_pdf


def plain(text: str) -> str:
    """With ordinary spaces, as they are read back."""
    return re.sub(r"\s+", " ", text)


def check_file(told: str, quote: dict[str, Any], lang: str) -> None:
    """Everything of the quote stands in the text of its file."""

    def has(*texts: str) -> None:
        for text in texts:
            assert plain(text) in told, f"{text!r} is not in {told}"

    company = quote["company"]
    number = company["enterprise_number"]
    has(quote["reference"], company["name"], company["address"], f"{number[:4]}.{number[4:7]}.{number[7:]}")
    has(company["vat_number"], company["peppol_id"], quote["po_number"])
    has(quote["contact"]["name"], quote["contact"]["email"])
    has(day(quote["valid_until"], lang, year=True), hour(quote["valid_until"], lang))
    has(day(quote["created_at"], lang, year=True))
    for line in quote["lines"]:
        session = line["session"]
        has(session["title"], session["place"], line["operator"]["name"])
        for meeting in session["meetings"]:
            has(span(meeting["start"], meeting["end"], lang, year=True)[3:])
        rate = percent(line["vat_rate"], lang) + ("\u00a0%" if lang == "fr" else "%")
        if line["vat_rate"] == "0.00":
            rate = "exonéré" if lang == "fr" else "exempt"
        row = f"{line['seats']} {money(line['unit_price'], lang)} {rate} {money(line['total']['gross'], lang)}"
        has(row)
    for part in quote["total"]["by_operator"]:
        has(part["operator"]["name"], " ".join(money(part[name], lang) for name in ("net", "vat", "gross")))
    has(" ".join(money(quote["total"][name], lang) for name in ("net", "vat", "gross")))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_file_says_what_the_answer_says(world: World, firm: Firm, lang: str) -> None:
    quote = firm.quote(lang=lang, po_number="PO-4711")
    answer = world.get(f"/v1/quotes/{quote['reference']}/pdf", bearer=quote["manage_token"])
    assert answer.headers["content-type"] == "application/pdf"
    shown = world.get(f"/v1/quotes/{quote['reference']}?lang={lang}", bearer=quote["manage_token"]).json()
    told = read_pdf(answer.content)
    check_file(told, shown, lang)
    exempt = "Exonéré de TVA (article 44 du Code de la TVA)" if lang == "fr" else "Exempt from VAT (article 44"
    demo = "Démonstration" if lang == "fr" else "Demonstration"
    invoice = "vous envoie la facture" if lang == "fr" else "sends you the invoice"
    assert exempt in told and demo in told and invoice in told
    assert ("5 jours ouvrables" if lang == "fr" else "5 working days") in told
    [mail] = firm.mails("quote")
    [attached] = files(mail, "pdf")
    assert read_pdf(attached) == told
    reader = PdfReader(BytesIO(attached))
    assert reader.metadata is not None and quote["reference"] in str(reader.metadata.title)
    fonts = {str(font["/BaseFont"]) for page in reader.pages for font in fonts_of(page)}
    assert all("SourceSansPro" in font for font in fonts), fonts


def fonts_of(page: Any) -> list[Any]:
    """The fonts by which the page draws something."""
    used = [part.get_object() for part in page["/Resources"]["/Font"].values()]
    return [font for font in used if font["/Subtype"] == "/TrueType"]


@pytest.mark.one_database
def test_the_names_of_europe_can_be_drawn(firm: Firm, world: World) -> None:
    names = "Ğülşen Öztürk, Đặng Thị, Ștefan Țurcanu, Łukasz Żółć, Þórður Ægisson, Őry Űr, Ħal Ġużeppi"
    names_too = "Αλέξανδρος Ώρας, Юлія Ґонтар, Čeněk Řehoř, Māris Šķēle, Seán Ó Súilleabháin"
    quote = firm.quote(company=names, contact=contact("a@example.com", names_too))
    told = read_pdf(world.get(f"/v1/quotes/{quote['reference']}/pdf", bearer=quote["manage_token"]).content)
    assert names in told and names_too in told


@pytest.mark.one_database
def test_markup_in_a_name_is_text_and_unknown_signs_do_no_harm(firm: Firm, world: World) -> None:
    quote = firm.quote(company="A <b>& B</b> 株 \u2011 ②")
    told = read_pdf(world.get(f"/v1/quotes/{quote['reference']}/pdf", bearer=quote["manage_token"]).content)
    assert "A <b>& B</b> · - 2" in told


@pytest.mark.one_database
def test_the_state_and_many_lines(firm: Firm, world: World) -> None:
    quote = firm.quote()
    firm.say(quote, "accept", YES)
    shown = firm.read(quote).json()
    told = read_pdf(pdf.render(shown, "fr"))
    assert "Devis accepté" in told and "sont gardées" not in told
    long = shown | {"lines": shown["lines"] * 20}
    reader = PdfReader(BytesIO(pdf.render(long, "fr")))
    assert len(reader.pages) > 3
    assert all("Prix par place" in page.extract_text() for page in reader.pages[:3])
    for number, page in enumerate(reader.pages, 1):
        said = plain(page.extract_text())
        assert f"page {number} sur {len(reader.pages)}" in said and quote["reference"] in said
        assert said.count("Prix par place") <= 1, "no line of the table is broken over two pages"
    assert pdf.render(shown, "fr") == pdf.render(shown, "fr")


@pytest.mark.one_database
def test_a_course_of_a_hundred_blocks_goes_over_the_page(firm: Firm) -> None:
    quote = firm.quote()
    first = quote["lines"][0]
    long = first | {"session": first["session"] | {"meetings": first["session"]["meetings"] * 50}}
    told = read_pdf(pdf.render(quote | {"lines": [long, *quote["lines"][1:]]}, "fr"))
    assert "Jour 100" in told and first["session"]["title"] in told
