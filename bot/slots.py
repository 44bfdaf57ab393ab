"""Slot types of our own."""

from __future__ import annotations

from typing import Any

from rasa.shared.core.slots import TextSlot

from bot.responses import FIXED


class LanguageSlot(TextSlot):
    """The language of the reply: that of the last message, unless the person has fixed one.

    The entity of each message is mapped here without a call to the action server, so the choice that a person made
    must be kept by the slot itself: after ``en!`` a bare ``fr`` is ignored and ``fr!`` is not; ``!`` lets go again.
    """

    type_name = "bot.slots.LanguageSlot"
    _value: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._fixed = False

    @property
    def value(self) -> Any:
        return self._value

    @value.setter
    def value(self, value: Any) -> None:
        if isinstance(value, list):  # the identifier emits one; two would be a conflict, the first is as good
            value = value[0] if value else None
        if isinstance(value, str) and value.endswith(FIXED):
            self._fixed = value != FIXED
            self._value = value.rstrip(FIXED) or self._value
        elif not self._fixed and value is not None:
            self._value = value
        self._has_been_set = True

    @property
    def choice(self) -> Any:
        """The value that, set again, brings back the choice as well."""
        return f"{self._value}{FIXED}" if self._fixed else self._value

    def reset(self) -> None:
        """Forget the choice: the next message decides again."""
        self._fixed = False
        self._value = self.initial_value
        self._has_been_set = False
