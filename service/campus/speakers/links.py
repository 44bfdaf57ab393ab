"""Addresses that open one booking, or one quote with its bookings, without an account."""

from __future__ import annotations

from campus.settings import get_settings
from campus.speakers.tokens import alert_token, manage_token


def manage_url(reference: str) -> str:
    """The page on which this one booking is seen and changed.

    The token stands in the fragment, which no browser sends: not to a server's log, not in a Referer. Made each time
    it is said, so that no table holds it.
    """
    return f"{get_settings().public_url}/manage#{manage_token(reference)}"


def company_url(reference: str) -> str:
    """The page on which a quote is seen, taken or left, and the people of its bookings are named; made as the above."""
    return f"{get_settings().public_url}/company#{manage_token(reference)}"


def alert_url(reference: str) -> str:
    """The page on which this one alert is confirmed or ended; the token as above."""
    return f"{get_settings().public_url}/alerts#{alert_token(reference)}"
