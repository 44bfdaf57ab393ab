"""Forgetting a person inside a JSON document: a payload of the outbox, a stored answer."""

from __future__ import annotations

import re
from typing import Any

from campus.addresses import FORGOTTEN

_WITH_ADDRESS = {"name": FORGOTTEN, "email": None, "phone": None}


def forget_in(document: Any, email: str) -> Any:
    """The same document without this address, nor the name and telephone number that stand beside it."""
    if isinstance(document, dict):
        told = {name: forget_in(value, email) for name, value in document.items()}
        here = document.get("email")
        if isinstance(here, str) and here.lower() == email:
            told |= {name: value for name, value in _WITH_ADDRESS.items() if name in document}
        return told
    if isinstance(document, list):
        return [forget_in(value, email) for value in document]
    if isinstance(document, str):
        return re.sub(rf"(?<![\w.+-]){re.escape(email)}(?![\w-])", FORGOTTEN, document, flags=re.IGNORECASE)
    return document


def addressee(payload: dict[str, Any]) -> str:
    """To whom a mail of this payload goes, lower case."""
    to = payload.get("to")
    return str(to.get("email") or "").lower() if isinstance(to, dict) else ""
