"""Texts that people write: cleaned, and measured as they were sent."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema


@dataclass(frozen=True, slots=True)
class Line:
    """Text on one line, without control characters and without halves of characters: ``Annotated[str, Line(120)]``.

    Args:
        longest: characters at most, as sent: what cleaning makes fit does not fit the document of the interface.
        shortest: characters at least, once it is cleaned: spaces alone are no name.
    """

    longest: int
    shortest: int = 0

    @staticmethod
    def clean(text: str) -> str:
        """The text without what may not stand in it."""
        kept = "".join(
            " " if sign.isspace() else sign for sign in text if unicodedata.category(sign) not in {"Cs", "Co"}
        )
        return " ".join("".join(sign for sign in kept if unicodedata.category(sign) != "Cc").split())

    def take(self, value: object) -> object:
        """The cleaned text; what is no text is left for pydantic to refuse.

        Raises:
            PydanticCustomError: ``too_long`` or ``too_short``.
        """
        if not isinstance(value, str):
            return value
        if len(value) > self.longest:
            raise PydanticCustomError("too_long", "at most {longest} characters", {"longest": self.longest})
        cleaned = self.clean(value)
        if len(cleaned) < self.shortest:
            raise PydanticCustomError("too_short", "at least {shortest} characters", {"shortest": self.shortest})
        return cleaned

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(self.take, core_schema.str_schema())

    def __get_pydantic_json_schema__(self, _schema: Any, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        least = {"minLength": self.shortest} if self.shortest else {}
        return {"type": "string", "maxLength": self.longest, **least}


@dataclass(frozen=True, slots=True)
class Lines(Line):
    """The same with line feeds left in."""

    @staticmethod
    def clean(text: str) -> str:
        """The text without what may not stand in it."""
        return "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign) not in {"Cc", "Cs"}).strip()
