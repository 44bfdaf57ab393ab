"""Texts are measured as they were sent, and cleaned."""

from __future__ import annotations

from typing import Annotated

import pytest
from campus.texts import Line, Lines
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

NAME = TypeAdapter(Annotated[str, Line(10, shortest=1)])
NOTE = TypeAdapter(Annotated[str, Lines(10)])


@pytest.mark.parametrize(
    "text, code",
    [
        ("a" + " " * 10, "too_long"),
        ("\x00" * 11, "too_long"),
        ("a" * 11, "too_long"),
        ("", "too_short"),
        (" \x00", "too_short"),
    ],
)
def test_what_cleaning_would_make_fit_does_not_fit(text: str, code: str) -> None:
    with pytest.raises(ValidationError) as raised:
        NAME.validate_python(text)
    assert [error["type"] for error in raised.value.errors()] == [code]


def test_a_line_is_cleaned() -> None:
    assert NAME.validate_python(" a\n\t b\x07\ud800 ") == "a b"
    assert NOTE.validate_python(" a\nb\x07 ") == "a\nb"


@given(st.text(max_size=10))
def test_whatever_fits_the_document_is_text_or_told_to_be_empty(text: str) -> None:
    assert NOTE.validate_python(text) == NOTE.validate_python(NOTE.validate_python(text))


def test_the_document_says_how_long() -> None:
    assert NAME.json_schema() == {"type": "string", "maxLength": 10, "minLength": 1}
    assert NOTE.json_schema() == {"type": "string", "maxLength": 10}


@pytest.mark.parametrize("value", [12, None, b"a", ["a"]])
def test_what_is_no_text_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        NAME.validate_json(str(value)) if isinstance(value, int) else NAME.validate_python(value, strict=True)
