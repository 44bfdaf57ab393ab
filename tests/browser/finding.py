"""Where the browser of the tests is."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: No sandbox (tests may run as root), and nothing that calls out by itself.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class NoBrowser(RuntimeError):
    """There is no browser; the message says what to install."""


def find_browser(playwright: Playwright) -> str:
    """Path of the system's Chromium, else of Playwright's own download.

    Raises:
        NoBrowser: there is neither.
    """
    for name in NAMES:
        if path := shutil.which(name):
            return path
    own = Path(playwright.chromium.executable_path)
    if own.is_file():
        return str(own)
    raise NoBrowser("No browser for the tests: install Chromium (Debian: apt-get install chromium fonts-dejavu-core)")
