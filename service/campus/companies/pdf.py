"""A quote as a PDF file, of the same facts as its answer (``views.py``); the words stand in ``words.yml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from campus import pdf
from campus.mail.formatting import LANGUAGES, capital, day, hour, language_name, money, percent, span
from campus.pdf import Text

Facts = dict[str, Any]


def render(quote: Facts, lang: str) -> bytes:
    """The file; the same quote always gives the same bytes."""
    lang = lang if lang in LANGUAGES else LANGUAGES[0]
    words = _words()[lang]
    title = words["title"].format(reference=quote["reference"])
    page = pdf.Page(title, quote["reference"], quote["company"]["name"] or "", words["page"], lang)
    notes = [words["demo"]] if is_demo(quote) else []
    if state := words["state"].get(quote["state"]):
        notes.append(state)
    conditions = [Text(words["conditions"], "heading"), *(Text(one) for one in _conditions(quote, words, lang))]
    parts: list[pdf.Part] = [
        *(pdf.Box(note) for note in notes),
        _who_and_when(quote, words, lang),
        _lines(quote, words, lang),
        pdf.Together([Text(words["totals"], "heading"), _totals(quote, words, lang)]),
        pdf.Together(conditions),
    ]
    return pdf.document(page, parts)


def is_demo(quote: Facts) -> bool:
    """Whether anything in it is invented."""
    return any(line["session"]["demo"] for line in quote["lines"])


def _who_and_when(quote: Facts, words: Facts, lang: str) -> pdf.Columns:
    company, contact = quote["company"], quote["contact"]
    number = company["enterprise_number"]
    dotted = f"{number[:4]}.{number[4:7]}.{number[7:]}" if number else None
    numbers = {"enterprise": dotted, "vat": company["vat_number"], "peppol": company["peppol_id"]}
    rows = [company["address"], *(words[key].format(number=value) for key, value in numbers.items() if value)]
    if contact:
        rows.append(words["contact"].format(name=contact["name"], email=contact["email"]))
    until = quote["valid_until"]
    facts = {
        "reference": quote["reference"],
        "issued": day(quote["offered_at"] or quote["created_at"], lang, year=True),
        "valid": words["valid_until"].format(day=day(until, lang, year=True), hour=hour(until, lang)),
        "po": quote["po_number"],
    }
    left = [*pdf.fact(words["for"], company["name"] or ""), *(Text(row) for row in rows if row)]
    right = [text for name, value in facts.items() if value for text in pdf.fact(words[name], value)]
    return pdf.Columns(left, right, 0.6)


def _lines(quote: Facts, words: Facts, lang: str) -> pdf.Table:
    rows: list[list[str | Text | list[Text]]] = []
    for line in quote["lines"]:
        session = line["session"]
        many = len(session["meetings"]) > 1
        told = [Text(session["title"], "strong")]
        for number, meeting in enumerate(session["meetings"], 1):
            when = span(meeting["start"], meeting["end"], lang, year=True)
            told.append(Text(words["day_of"].format(number=number, span=when) if many else capital(when), "small"))
        told.append(Text(words["place"].format(place=session["place"]), "small"))
        told.append(Text(words["language"].format(language=language_name(session["language"], lang)), "small"))
        told.append(Text(words["operator"].format(operator=line["operator"]["name"]), "small"))
        rate = words["percent"].format(rate=percent(line["vat_rate"], lang)) if _is_taxed(line) else None
        total = Text(money(line["total"]["gross"], lang), "strong")
        rows.append([told, str(line["seats"]), money(line["unit_price"], lang), rate or words["exempt_short"], total])
    head = [words[name] for name in ("course", "seats", "unit", "rate", "amount")]
    return pdf.Table(head, rows, widths=(50, 10, 15, 10, 15), right=range(1, 5))


def _totals(quote: Facts, words: Facts, lang: str) -> pdf.Table:
    """Who will invoice what at which rate, and the whole."""
    rows: list[list[str | Text | list[Text]]] = []
    for part in quote["total"]["by_operator"]:
        rate = words["taxed"].format(rate=percent(part["vat_rate"], lang))
        regime = rate if _is_taxed(part) else words["exempt"]
        told = [Text(part["operator"]["name"], "strong"), Text(regime, "small")]
        rows.append([told, *_amounts(part, lang)])
    rows.append([Text(words["sum"], "strong"), *(Text(one, "strong") for one in _amounts(quote["total"], lang))])
    head = [words["operator_column"], *(words[name] for name in ("net", "vat_amount", "gross"))]
    return pdf.Table(head, rows, widths=(49, 17, 17, 17), right=range(1, 4))


def _amounts(total: Facts, lang: str) -> list[str]:
    return [money(total[name], lang) for name in ("net", "vat", "gross")]


def _conditions(quote: Facts, words: Facts, lang: str) -> list[str]:
    said = [words["prices"]]
    if quote["state"] == "open":
        until = quote["valid_until"]
        said.append(words["hold"].format(day=day(until, lang, year=True), hour=hour(until, lang)))
    operators: dict[str, Facts] = {line["operator"]["name"]: line["terms"] for line in quote["lines"]}
    costs = {line["operator"]["name"] for line in quote["lines"] if line["total"]["gross"] != "0.00"}
    said += [words["invoice"].format(operator=name) for name in operators if name in costs]
    for name, terms in operators.items():
        free = float(terms["fee_percent"]) == 0 and float(terms["fee_minimum"]) == 0
        least = money(terms["fee_minimum"], lang)
        minimum = words["minimum"].format(amount=least) if float(terms["fee_minimum"]) else ""
        facts = {"days": terms["free_working_days"], "percent": percent(terms["fee_percent"], lang)}
        key = "terms_free" if free or name not in costs else "terms"
        said.append(words[key].format(operator=name, minimum=minimum, **facts))
    if quote["state"] == "open":
        said.append(words["accept"])
    return said


def _is_taxed(part: Facts) -> bool:
    return float(part["vat_rate"]) > 0


@cache
def _words() -> dict[str, Facts]:
    words: dict[str, Facts] = yaml.safe_load((Path(__file__).parent / "words.yml").read_text("utf-8"))
    return words
