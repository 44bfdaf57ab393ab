"""Documents to print: one font, a header, a footer and page numbers on every page, and between them texts, boxes,
columns and tables that all look alike. What a document says is its capability's matter.

Source Sans Pro is embedded, which has the letters of every language of Europe; a sign that it has not is written with
its nearest letters. The same document always gives the same bytes.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any

from font_source_sans_pro import font_files_ttf
from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.pagesizes import landscape as on_its_side
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, KeepTogether, PageTemplate, Paragraph, Spacer
from reportlab.platypus import Table as Grid

REGULAR, BOLD = "Campus", "Campus-Bold"
INK, MUTED, ACCENT = HexColor("#16211f"), HexColor("#35504e"), HexColor("#0b5b58")
LINE, PALE = HexColor("#ccd8d4"), HexColor("#eef5f3")
MARGIN, EDGE, PADDING = 18 * mm, 10 * mm, 4
AUTHOR = "EU Biotech Campus"
LOOKS: dict[str, tuple[float, str, Color]] = {
    "plain": (9.5, REGULAR, INK),
    "small": (8.5, REGULAR, MUTED),
    "strong": (9.5, BOLD, INK),
    "label": (8, REGULAR, ACCENT),
    "heading": (12, BOLD, INK),
    "title": (19, BOLD, INK),
    "head": (9, BOLD, white),
}
"""How a text may look: size in points, font, colour."""


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on every page: ``header`` beside the name of the campus. ``number`` has {page} and {pages}."""

    title: str
    header: str
    footer: str
    number: str
    lang: str = "fr"
    landscape: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph with one of the `LOOKS`; line breaks are kept."""

    text: str
    look: str = "plain"


@dataclass(frozen=True, slots=True)
class Box:
    """A sentence that must not be missed."""

    text: str


@dataclass(frozen=True, slots=True)
class Columns:
    """Texts side by side; ``share`` of the width is the left one's."""

    left: Sequence[Text]
    right: Sequence[Text]
    share: float = 0.5


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose first row is repeated on every page. ``widths`` are shares; ``row_height`` in points."""

    head: Sequence[str]
    rows: Sequence[Sequence[str | Text | Sequence[Text]]]
    widths: Sequence[float]
    right: Collection[int] = ()
    """Columns whose cells stand on the right: amounts."""
    row_height: float | None = None
    grid: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """A line to sign on."""

    label: str


@dataclass(frozen=True, slots=True)
class Together:
    """Parts that stand on one page, where they fit on one."""

    parts: Sequence[Text | Table]


Part = Text | Box | Columns | Table | Signature | Together


def fact(label: str, *values: str) -> list[Text]:
    """What something is called, and below it what it is."""
    return [Text(label, "label"), *(Text(value, "strong") for value in values)]


def document(page: Page, parts: Sequence[Part]) -> bytes:
    """The whole document as a PDF: the title, then the parts."""
    _fonts()
    file = io.BytesIO()
    width, height = on_its_side(A4) if page.landscape else A4
    made = BaseDocTemplate(file, pagesize=(width, height), title=page.title, author=AUTHOR, lang=page.lang, invariant=1)
    top, bottom = 22 * mm, 18 * mm
    frame = Frame(MARGIN, bottom, width - 2 * MARGIN, height - top - bottom, 0, 0, 0, 0)
    made.addPageTemplates(PageTemplate(frames=[frame]))
    flow: list[Flowable] = [_paragraph(Text(page.title, "title")), Spacer(0, 3 * mm)]
    for part in parts:
        flow += [*_drawn(part, frame), Spacer(0, 1 * mm if isinstance(part, Text) else 5 * mm)]

    class Numbered(_Numbered):
        around = page

    made.build(flow, canvasmaker=Numbered)
    return file.getvalue()


class _Numbered(Canvas):
    """Draws header and footer at the end, when it is known how many pages there are."""

    around: Page

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._drawn: list[dict[str, Any]] = []

    def showPage(self) -> None:
        self._drawn.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, state in enumerate(self._drawn, 1):
            self.__dict__.update(state)
            self._frame(number, len(self._drawn))
            super().showPage()
        super().save()

    def _frame(self, number: int, pages: int) -> None:
        width, height = self._pagesize
        self.setStrokeColor(LINE)
        self.line(MARGIN, height - EDGE - 13, width - MARGIN, height - EDGE - 13)
        self.setFillColor(ACCENT)
        self.setFont(BOLD, 9)
        self.drawString(MARGIN, height - EDGE - 8, AUTHOR)
        self.setFillColor(MUTED)
        self.setFont(REGULAR, 8.5)
        self.drawRightString(width - MARGIN, height - EDGE - 8, _drawable(self.around.header))
        self.drawString(MARGIN, EDGE, _drawable(self.around.footer))
        self.drawRightString(width - MARGIN, EDGE, self.around.number.format(page=number, pages=pages))


@cache
def _fonts() -> None:
    for name, file in ((REGULAR, "SourceSansPro"), (BOLD, "SourceSansProSemibold")):
        pdfmetrics.registerFont(TTFont(name, font_files_ttf[file]))


def _drawable(text: str) -> str:
    """The text in signs that the font has."""
    known = pdfmetrics.getFont(REGULAR).face.charToGlyph
    kept = []
    for sign in unicodedata.normalize("NFC", text):
        near = [one for one in unicodedata.normalize("NFKD", sign) if ord(one) in known]
        other = {"Pd": "-", "Cf": ""}.get(unicodedata.category(sign), "·")  # dashes, and signs that are not seen
        kept.append(sign if ord(sign) in known or sign == "\n" else "".join(near) or other)
    return "".join(kept)


def _drawn(part: Part, frame: Frame) -> list[Flowable]:
    width = frame._width
    match part:
        case Text():
            return [_paragraph(part)]
        case Table():
            return [_grid(part, frame)]
        case Box(text):
            style = [("BACKGROUND", (0, 0), (-1, -1), PALE), ("LINEBEFORE", (0, 0), (0, 0), 3, ACCENT)]
            return [Grid([[_paragraph(Text(text, "strong"))]], [width], style=style)]
        case Columns(left, right, share):
            cells = [[[_paragraph(text) for text in texts] for texts in (left, right)]]
            widths = [width * share, width * (1 - share)]
            style = [("VALIGN", (0, 0), (-1, -1), "TOP"), *(_pad(side, 0) for side in ("LEFT", "TOP", "BOTTOM"))]
            return [Grid(cells, widths, style=style, splitInRow=_is_too_tall(cells, widths, frame))]
        case Signature(label):
            style = [("LINEBELOW", (1, 0), (1, 0), 0.6, INK), ("VALIGN", (0, 0), (-1, -1), "BOTTOM"), _pad("LEFT", 0)]
            return [Grid([[_paragraph(Text(label)), ""]], [75 * mm, 80 * mm], [14 * mm], hAlign="LEFT", style=style)]
        case Together(parts):
            spaced = [[*_drawn(one, frame), Spacer(0, 1 * mm)] for one in parts]
            return [KeepTogether([flowable for group in spaced for flowable in group])]


def _pad(side: str, points: float) -> tuple[Any, ...]:
    return (f"{side}PADDING", (0, 0), (-1, -1), points)


def _paragraph(text: Text, *, right: bool = False) -> Paragraph:
    size, font, colour = LOOKS[text.look]
    space = {"heading": 4, "label": 0}.get(text.look, 1)
    style = ParagraphStyle(
        text.look,
        fontName=font,
        fontSize=size,
        leading=size * 1.3,
        textColor=colour,
        alignment=2 if right else 0,
        spaceBefore=3 if text.look == "label" else 0,
        spaceAfter=space,
    )
    return Paragraph(escape(_drawable(text.text)).replace("\n", "<br/>"), style)


def _grid(table: Table, frame: Frame) -> Grid:
    widths = [frame._width * share / sum(table.widths) for share in table.widths]
    cells = [[[_paragraph(Text(word, "head"), right=at in table.right)] for at, word in enumerate(table.head)]]
    for row in table.rows:
        every = [(_texts(cell), at in table.right) for at, cell in enumerate(row)]
        cells.append([[_paragraph(one, right=right) for one in texts] for texts, right in every])
    heights = None if table.row_height is None else [None, *([table.row_height] * len(table.rows))]
    style: list[tuple[Any, ...]] = [
        ("BACKGROUND", (0, 0), (-1, 0), ACCENT),
        ("LINEBELOW", (0, 1), (-1, -1), 0.5, LINE),
        ("VALIGN", (0, 0), (-1, -1), "TOP" if table.row_height is None else "MIDDLE"),
        *(_pad(side, PADDING) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")),
    ]
    if table.grid:
        style.append(("GRID", (0, 0), (-1, -1), 0.5, LINE))
    return Grid(cells, widths, heights, style=style, repeatRows=1, splitInRow=_is_too_tall(cells, widths, frame))


def _texts(cell: str | Text | Sequence[Text]) -> Sequence[Text]:
    if isinstance(cell, str):
        return [Text(cell)]
    return [cell] if isinstance(cell, Text) else cell


def _is_too_tall(cells: list[list[list[Paragraph]]], widths: list[float], frame: Frame) -> bool:
    """Whether some row fits on no page together with the head, and so must be split in itself."""

    def height(row: list[list[Paragraph]]) -> float:
        each = zip(row, widths, strict=True)
        return max(sum(float(one.wrap(wide - 2 * PADDING, 1)[1]) + 4 for one in cell) for cell, wide in each)

    free = float(frame._height) - 4 * PADDING
    return height(cells[0]) + max(map(height, cells[1:]), default=0) > free
