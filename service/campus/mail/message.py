"""A row of the outbox as a mail: text, HTML, and the calendar file where there is one."""

from __future__ import annotations

import json
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from campus.companies import pdf
from campus.mail import calendar, sealed
from campus.mail.settings import get_mail_settings
from campus.mail.words import compose
from campus.outbox.models import Outbox
from campus.speakers.links import alert_url, company_url, manage_url

_OPTIONAL: dict[str, Any] = {
    **{"again": False, "changed": False, "previous": None, "guest": False, "taken_off": False},
    "reason": None,
}
_OF_AN_ALERT = frozenset({"alert", "alert-request"})
_CANCELS = frozenset({"cancellation", "withdrawal", "invitation-cancelled", "session-cancelled"})
_WITH_CALENDAR = _CANCELS | {"confirmation", "move", "invitation"}


def build(row: Outbox) -> EmailMessage:
    """The whole mail; the same row always gives the same `X-Campus-Mail-Id` and `Message-ID`."""
    settings = get_mail_settings()
    words = compose(row.kind, row.lang, **(_OPTIONAL | sealed.opened(row.payload) | _link(row)))
    mail = EmailMessage()
    mail["From"] = _address(settings.mail_from_name, settings.mail_from)
    mail["To"] = _address(row.payload["to"]["name"], row.payload["to"]["email"])
    mail["Subject"] = words.subject
    mail["Date"] = format_datetime(row.created_at)
    mail["Message-ID"] = f"<{row.id}@{settings.mail_from.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Campus-Mail-Id"] = row.id
    mail["X-Campus-Mail-Kind"] = row.kind
    mail["X-Campus-Reference"] = row.reference
    mail.set_content(words.text, cte="quoted-printable")
    mail.add_alternative(words.html, subtype="html", cte="quoted-printable")
    for index, (name, method, file) in enumerate(_calendars(row)):
        parameters = {"method": method, "charset": "utf-8"}
        if index == 0:  # the part that calendars act on by themselves
            mail.add_alternative(file, "text", "calendar", params=parameters, cte="base64")
        mail.add_attachment(file, "application", "ics", filename=name, params=parameters, cte="base64")
    if row.kind == "quote":
        name, file = f"{row.reference}.pdf", pdf.render(row.payload["quote"], row.lang)
        mail.add_attachment(file, "application", "pdf", filename=name, cte="base64")
    if row.kind == "export":
        content = json.dumps(sealed.opened(row.payload)["file"], ensure_ascii=False, indent=2).encode()
        mail.add_attachment(content, "application", "json", filename=f"{row.reference}.json", cte="base64")
    mail["Content-Language"] = row.lang  # last: parts take the Content-… headers that they find
    return mail


def _link(row: Outbox) -> dict[str, str]:
    """The link of the mail, never kept in the outbox: `alert_url` about an alert, `company_url` about a quote,
    `manage_url` about a booking; the last two are said to its contact, and to nobody else."""
    if row.kind in _OF_AN_ALERT:
        return {"alert_url": alert_url(row.reference)}
    if "quote" in row.payload:
        return {"company_url": company_url(row.reference) if _goes_to_contact(row) else ""}
    return {"manage_url": manage_url(row.reference) if _goes_to_contact(row) else ""}


def _goes_to_contact(row: Outbox) -> bool:
    contact = row.payload.get("booking", row.payload.get("quote", {})).get("contact")
    return contact is not None and contact["email"] == row.payload["to"]["email"]


def _calendars(row: Outbox) -> list[tuple[str, str, bytes]]:
    """Name, method and content of each calendar file of the mail."""
    if row.kind == "erasure":
        return [
            (f"{one['booking']['reference']}.ics", "CANCEL", calendar.cancellation(**one, lang=row.lang, link=False))
            for one in row.payload["cancelled"]
        ]
    if row.kind == "quote-accepted":
        return [
            (f"{one['booking']['reference']}.ics", "REQUEST", calendar.request(**one, lang=row.lang))
            for one in row.payload["confirmed"]
        ]
    if row.kind not in _WITH_CALENDAR or not row.payload.get("calendar", True):  # who waited has nothing to take out
        return []
    booking, sequence, link = row.payload["booking"], row.payload["sequence"], _goes_to_contact(row)
    if row.kind.startswith("invitation"):  # their own calendar, so that answers of others are no matter of it
        booking = booking | {"contact": None}
    name = f"{row.reference}.ics"
    if row.kind in _CANCELS:
        return [(name, "CANCEL", calendar.cancellation(booking, sequence, row.lang, link=link))]
    files = [(name, "REQUEST", calendar.request(booking, sequence, row.lang, link=link))]
    if previous := row.payload.get("previous"):  # blocks that the new session has no longer
        count = len(booking["session"]["meetings"])
        if surplus := previous["meetings"][count:]:
            gone = calendar.cancellation(booking, sequence, row.lang, first=count + 1, meetings=surplus, link=link)
            files.append((f"{row.reference}-cancel.ics", "CANCEL", gone))
    return files


def _address(name: str, email: str) -> Address:
    return Address(display_name=name, addr_spec=email)
