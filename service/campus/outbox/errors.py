"""Why a message did not leave; anything else that is raised means: try again later."""

from __future__ import annotations


class Undelivered(Exception):
    """Not taken this time. The text holds nothing personal: it is kept with the row."""


class Refused(Exception):
    """The receiver will never take this message: trying again is of no use."""


class NotWanted(Exception):
    """What it tells is no longer so, or nobody is there to be told: the message is dropped."""
