"""The words of the mails: Jinja templates, one for each kind and language, and one layout for all.

A mail is written once, as text. Its first line is the subject; blank lines separate paragraphs,
lines that begin with ``- `` make a list. The HTML part is the same words in the layout, so that
the two can never tell different things.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from campus.mail import formatting

_LINK = re.compile(r"(https?://[^\s<]+[^\s<.,;:!?)])")
_LABEL = re.compile(r"^([^:]{2,30}?)(\u00a0?:)\s")


@dataclass(frozen=True, slots=True)
class Words:
    """What a mail says."""

    subject: str
    text: str
    html: str


def compose(kind: str, lang: str, **facts: Any) -> Words:
    """The words of a mail of that kind."""
    subject, _, body = text(kind, lang, **facts).strip().partition("\n")
    body = re.sub(r"\n{3,}", "\n\n", body.strip()) + "\n"
    subject = re.sub(r"[\r\n\t ]+", " ", subject).strip()  # and not the spaces that French typography wants
    html = _environment().get_template("layout.html").render(lang=lang, subject=subject, blocks=_blocks(body))
    return Words(subject, body, html)


def text(kind: str, lang: str, **facts: Any) -> str:
    """The rendered text template ``<kind>.<lang>.txt``."""
    lang = lang if lang in formatting.LANGUAGES else formatting.LANGUAGES[0]
    return _environment().get_template(f"{kind}.{lang}.txt").render(lang=lang, **facts)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=lambda name: bool(name and name.endswith(".html")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(formatting.as_filters())
    environment.globals["span"] = formatting.span
    return environment


def _blocks(body: str) -> list[dict[str, Any]]:
    """The paragraphs and lists of a text, ready for the layout."""
    blocks: list[dict[str, Any]] = []
    for paragraph in body.strip().split("\n\n"):
        lines = paragraph.split("\n")
        if all(line.startswith("- ") for line in lines):
            blocks.append({"items": [_inline(line[2:], label=True) for line in lines]})
        else:
            blocks.append({"text": Markup("<br>").join(_inline(line) for line in lines)})
    return blocks


def _inline(line: str, *, label: bool = False) -> Markup:
    """One line in HTML: escaped, links made, what stands before the colon in bold where it is a label."""
    html = str(escape(line))
    if label:
        html = _LABEL.sub(r"<strong>\1</strong>\2 ", html, count=1)
    return Markup(_LINK.sub(r'<a href="\1">\1</a>', html))
