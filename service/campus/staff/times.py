"""The half-open time of a list: `from` and `to`, dates or times, Brussels where there is no offset."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query
from pydantic import WithJsonSchema

from campus import clock
from campus.problems import Invalid

_EXAMPLE = "A date or a time, ISO 8601."
_GRAMMAR = WithJsonSchema(
    {
        "type": "string",
        "pattern": r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
        r"(T([01][0-9]|2[0-3]):[0-5][0-9]([+]0[12]:00|Z)?)?$",
        "examples": ["2027-01-12"],
    }
)
"""What the document tells; more is understood (seconds, any offset, the last days of long months)."""
Text = Annotated[str, _GRAMMAR]


def _parsed(field: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = clock.parse(text.replace(" ", "+"))  # a `+` in an address is a space
        if not 1 < moment.year < 9999:
            raise ValueError
    except (ValueError, OverflowError):
        raise Invalid(errors=[{"field": field, "code": "malformed"}]) from None
    return moment


def _first(
    moment: Annotated[Text | None, Query(alias="from", max_length=40, description=f"Not before. {_EXAMPLE}")] = None,
) -> datetime | None:
    return _parsed("from", moment)


def _last(
    moment: Annotated[Text | None, Query(alias="to", max_length=40, description=f"Before. {_EXAMPLE}")] = None,
) -> datetime | None:
    return _parsed("to", moment)


From = Annotated[datetime | None, Depends(_first)]
To = Annotated[datetime | None, Depends(_last)]
