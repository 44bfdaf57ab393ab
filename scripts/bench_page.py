"""docs/benchmarks.md: written by `make bench`, but for two sections at its end.

That on conversations is written by hand, from what `make simulate` prints; that on understanding by `make bench-nlu`.
"""

from __future__ import annotations

import re
from pathlib import Path

from stack import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"
UNDERSTANDING = re.compile(r"<!-- understanding -->.*?<!-- end of understanding -->\n", re.DOTALL)
CONVERSATIONS = re.compile(r"<!-- conversations -->.*?<!-- end of conversations -->\n", re.DOTALL)


def write_page(text: str | None = None, section: str | None = None, page: Path = PAGE) -> None:
    """Write the page anew (``text``), or the section on understanding in it; what is not given stays as it is."""
    before = page.read_text(encoding="utf-8") if page.exists() else ""
    rest = CONVERSATIONS.sub("", UNDERSTANDING.sub("", before)) if text is None else text
    parts = [rest.rstrip() + "\n", _kept(CONVERSATIONS, before), section or _kept(UNDERSTANDING, before)]
    page.parent.mkdir(exist_ok=True)
    page.write_text("\n".join(part for part in parts if part), encoding="utf-8")


def _kept(section: re.Pattern[str], page: str) -> str:
    found = section.search(page)
    return found[0] if found else ""
