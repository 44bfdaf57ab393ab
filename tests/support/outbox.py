"""The mails that the service wrote, read back by the standard library."""

from __future__ import annotations

import email
import email.policy
import time
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path


class Outbox:
    """A folder of ``.eml`` files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[tuple[Path, int], EmailMessage] = {}  # a long run looks again and again at the same ones

    def mails(self) -> list[EmailMessage]:
        """All mails, oldest first."""
        files = sorted(self.folder.glob("*.eml"), key=lambda path: path.stat().st_mtime)
        return [self._mail(path) for path in files]

    def _mail(self, path: Path) -> EmailMessage:
        key = (path, path.stat().st_size)
        if key not in self._read:
            raw = path.read_bytes()
            self._read[key] = email.message_from_bytes(raw, policy=email.policy.default)  # type: ignore[assignment]
        return self._read[key]

    def wait(self, wanted: Callable[[list[EmailMessage]], bool], seconds: float = 8) -> list[EmailMessage]:
        """The mails once they are as wanted, or as they are when the time is up."""
        deadline = time.monotonic() + seconds
        while not wanted(mails := self.mails()) and time.monotonic() < deadline:
            time.sleep(0.05)
        return mails


def kind(mail: EmailMessage) -> str:
    """What a mail is: confirmation, cancellation, …"""
    return str(mail["X-Campus-Mail-Kind"])


def text(mail: EmailMessage) -> str:
    """The text part of a mail."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())
