"""docs/benchmarks.md: written by `make bench`, but for the section on understanding, which `make bench-nlu` writes."""

from __future__ import annotations

import re
from pathlib import Path

from stack import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"
SECTION = re.compile(r"<!-- understanding -->.*?<!-- end of understanding -->\n", re.DOTALL)


def write_page(text: str | None = None, section: str | None = None, page: Path = PAGE) -> None:
    """Write the page anew (``text``), or the section on understanding in it; what is not given stays as it is."""
    before = page.read_text(encoding="utf-8") if page.exists() else ""
    if section is None:
        kept = SECTION.search(before)
        section = kept[0] if kept else ""
    rest = (SECTION.sub("", before) if text is None else text).rstrip() + "\n"
    page.parent.mkdir(exist_ok=True)
    page.write_text(rest + (f"\n{section}" if section else ""), encoding="utf-8")
