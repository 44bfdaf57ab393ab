"""How a mail leaves: to a mail server, or as a file into a folder."""

from __future__ import annotations

import os
import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from campus.outbox.errors import Refused
from campus.settings import Settings

TIMEOUT_SECONDS = 10.0


class Transport(Protocol):
    """Takes a mail or raises; `Refused` where it never will."""

    def send(self, mail: EmailMessage) -> None:
        """Hand the mail over."""


class Folder:
    """Writes ``<id>.eml`` files that appear whole; the same mail again replaces its own file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def send(self, mail: EmailMessage) -> None:
        """Write under another name, then rename."""
        self.path.mkdir(parents=True, exist_ok=True)
        name = mail["X-Campus-Mail-Id"]
        unfinished = self.path / f".{name}.{os.getpid()}.part"
        with unfinished.open("wb") as file:
            file.write(mail.as_bytes())
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self.path / f"{name}.eml")


class Server:
    """Delivers to ``smtp://[user:password@]host[:port]`` (STARTTLS with a password) or ``smtps://``."""

    def __init__(self, url: str, timeout: float = TIMEOUT_SECONDS) -> None:
        self.timeout = timeout
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("SMTP_URL must be smtp://host:port or smtps://host:port")
        self.host = parts.hostname
        self.encrypted = parts.scheme == "smtps"
        self.port = parts.port or (465 if self.encrypted else 25)
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")

    def send(self, mail: EmailMessage) -> None:
        """One connection a mail. Raises OSError or SMTPException to try again, Refused not to."""
        try:
            with self._connect() as server:
                if self.user:
                    if not self.encrypted:
                        server.starttls(context=ssl.create_default_context())
                    server.login(self.user, self.password)
                server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as exc:
            if all(code >= 500 for code, _reason in exc.recipients.values()):
                raise Refused("recipient refused") from exc
            raise

    def _connect(self) -> smtplib.SMTP:
        if self.encrypted:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=context)
        return smtplib.SMTP(self.host, self.port, timeout=self.timeout)


def make_transport(settings: Settings) -> Transport:
    """To `SMTP_URL` if it is set, else into `VAR_DIR/outbox`."""
    return Server(settings.smtp_url) if settings.smtp_url else Folder(settings.var_dir / "outbox")
