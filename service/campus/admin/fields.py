"""The fields of a form: how a column is shown to somebody who edits it, and how what they wrote is read.

A field has one or more inputs; what is not in its inputs cannot be written, whatever is sent. Times are wall-clock
times in Brussels. `read` raises Wrong with a key of the words file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from email_validator import EmailNotValidError, validate_email
from sqlalchemy.orm import Session

from campus import clock
from campus.admin import texts
from campus.speakers.speaker import Speaker

Sent = Mapping[str, Sequence[str]]
Options = Callable[[Session, Speaker, Any], Iterable[tuple[str, str]]]
"""What this member of staff may choose for a row (None: a new one): what is stored, and what is read."""
SIDES = ("fr", "en")


class Wrong(Exception):
    """What was written does not fit; ``code`` is a key of the words file, ``facts`` what its sentence tells."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        return texts.say("errors", self.code, **self.facts)


@dataclass(frozen=True, kw_only=True)
class Field:
    """One column of one line."""

    kind: ClassVar[str] = "line"
    name: str
    required: bool = True
    fixed: bool = False
    """Written once, when the row is made."""
    longest: int = 200
    secret: bool = False
    """Its values do not go to the audit log: personal, or a key."""

    def inputs(self) -> list[str]:
        """The names of its inputs in the form."""
        return [self.name]

    def show(self, value: Any) -> dict[str, Any]:
        """What stands in the inputs for this value of the column."""
        return {self.name: "" if value is None else str(value)}

    def chosen(self, value: Any) -> list[str]:
        """What of this value was chosen among `options`, which only some fields have."""
        return []

    def read(self, sent: Sent) -> Any:
        """The value of the column. Raises Wrong."""
        text = one(sent, self.name)
        if not text:
            return self.nothing()
        if len(text) > self.longest:
            raise Wrong("too_long", most=self.longest)
        return self.parse(text)

    def nothing(self) -> Any:
        """What an empty input means. Raises Wrong where it must be filled in."""
        if self.required:
            raise Wrong("required")
        return None

    def parse(self, text: str) -> Any:
        """What a text that is not empty means. Raises Wrong."""
        return text


@dataclass(frozen=True, kw_only=True)
class Text(Field):
    """A text of several lines."""

    kind: ClassVar[str] = "text"
    longest: int = 4000
    rows: int = 4


@dataclass(frozen=True, kw_only=True)
class Check(Field):
    """A box to tick; it is not sent where it is not ticked."""

    kind: ClassVar[str] = "check"

    def show(self, value: Any) -> dict[str, Any]:
        return {self.name: "yes" if value else ""}

    def read(self, sent: Sent) -> bool:
        return self.name in sent


@dataclass(frozen=True, kw_only=True)
class Ident(Field):
    """The id of a row: lower-case words joined by `-` or `_`, never changed, for other systems know it."""

    fixed: bool = True
    longest: int = 64

    def parse(self, text: str) -> str:
        if not re.fullmatch(r"[a-z0-9]+([-_][a-z0-9]+)*", text):
            raise Wrong("ident")
        return text


@dataclass(frozen=True, kw_only=True)
class Mail(Field):
    """An e-mail address."""

    longest: int = 254
    secret: bool = True

    def parse(self, text: str) -> str:
        try:
            return validate_email(text, check_deliverability=False).normalized
        except EmailNotValidError:
            raise Wrong("malformed_email") from None


@dataclass(frozen=True, kw_only=True)
class Link(Field):
    """The address of a page."""

    longest: int = 500

    def parse(self, text: str) -> str:
        if not re.fullmatch(r"https?://[^\s<>\"]+", text):
            raise Wrong("link")
        return text


@dataclass(frozen=True, kw_only=True)
class Number(Field):
    """A number from ``least`` to ``most`` with so many ``digits`` behind the comma, which may be a point.

    Read as `int`, as `Decimal`, or as `float` (``real``).
    """

    kind: ClassVar[str] = "number"
    longest: int = 20
    digits: int = 0
    least: int = 0
    most: int = 1_000_000
    real: bool = False

    def parse(self, text: str) -> Any:
        try:
            value = Decimal(re.sub(r"\s", "", text).replace(",", "."))
            if not value.is_finite():
                raise Wrong("number")
            exact = value.quantize(Decimal(1).scaleb(-self.digits))
        except InvalidOperation:
            raise Wrong("number") from None
        if exact != value:
            raise Wrong("digits", digits=self.digits)
        if not self.least <= value <= self.most:
            raise Wrong("range", least=self.least, most=self.most)
        return float(value) if self.real else exact if self.digits else int(value)


@dataclass(frozen=True, kw_only=True)
class Day(Field):
    """A day of the calendar."""

    kind: ClassVar[str] = "day"

    def parse(self, text: str) -> date:
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise Wrong("day") from None


@dataclass(frozen=True, kw_only=True)
class Time(Field):
    """A moment, by the clocks of Brussels."""

    kind: ClassVar[str] = "time"

    def show(self, value: Any) -> dict[str, Any]:
        return {self.name: wall_clock(value)}

    def parse(self, text: str) -> datetime:
        return moment(text)


@dataclass(frozen=True, kw_only=True)
class Choice(Field):
    """One of a few codes."""

    kind: ClassVar[str] = "choice"
    options: Options

    def chosen(self, value: Any) -> list[str]:
        return [value] if value else []

    def read(self, sent: Sent) -> Any:
        return one(sent, self.name) or self.nothing()


@dataclass(frozen=True, kw_only=True)
class Choices(Field):
    """Several codes in their order: ``places`` boxes to choose in, the first of them for what comes first."""

    kind: ClassVar[str] = "choices"
    options: Options
    places: int

    def inputs(self) -> list[str]:
        return [f"{self.name}-{place}" for place in range(self.places)]

    def chosen(self, value: Any) -> list[str]:
        return list(value or [])

    def show(self, value: Any) -> dict[str, Any]:
        codes = [*(value or []), *[""] * self.places]
        return dict(zip(self.inputs(), codes, strict=False))

    def read(self, sent: Sent) -> list[str]:
        found = [code for name in self.inputs() if (code := one(sent, name))]
        if self.required and not found:
            raise Wrong("required")
        return list(dict.fromkeys(found))


@dataclass(frozen=True, kw_only=True)
class Lines(Field):
    """A list of short texts, one a line."""

    kind: ClassVar[str] = "lines"
    longest: int = 4000

    def show(self, value: Any) -> dict[str, Any]:
        return {self.name: "\n".join(value or [])}

    def read(self, sent: Sent) -> list[str]:
        text = one(sent, self.name)
        if len(text) > self.longest:
            raise Wrong("too_long", most=self.longest)
        found = split(text)
        if self.required and not found:
            raise Wrong("required")
        return found


@dataclass(frozen=True, kw_only=True)
class Both(Field):
    """A text in both languages, side by side: both or none of them where it may be empty."""

    kind: ClassVar[str] = "both"
    longest: int = 4000
    rows: int = 3

    def inputs(self) -> list[str]:
        return [f"{self.name}-{side}" for side in SIDES]

    def show(self, value: Any) -> dict[str, Any]:
        return {f"{self.name}-{side}": (value or {}).get(side, "") for side in SIDES}

    def read(self, sent: Sent) -> dict[str, Any]:
        found = {side: one(sent, f"{self.name}-{side}") for side in SIDES}
        if any(len(text) > self.longest for text in found.values()):
            raise Wrong("too_long", most=self.longest)
        if (self.required or any(found.values())) and not all(found.values()):
            raise Wrong("both_languages")
        return found


@dataclass(frozen=True, kw_only=True)
class BothLines(Both):
    """A list in each language, one a line; ``each`` signs of a line at most."""

    rows: int = 6
    each: int = 200

    def show(self, value: Any) -> dict[str, Any]:
        return {f"{self.name}-{side}": "\n".join((value or {}).get(side, [])) for side in SIDES}

    def read(self, sent: Sent) -> dict[str, Any]:
        written = {side: one(sent, f"{self.name}-{side}") for side in SIDES}
        found = {side: split(text) for side, text in written.items()}
        if any(len(text) > self.longest for text in written.values()):
            raise Wrong("too_long", most=self.longest)
        if any(len(line) > self.each for lines in found.values() for line in lines):
            raise Wrong("line_too_long", most=self.each)
        if self.required and not all(found.values()):
            raise Wrong("both_languages")
        return found


@dataclass(frozen=True, kw_only=True)
class Blocks(Field):
    """The blocks of a session: pairs of times in Brussels that do not overlap; an empty pair is none."""

    kind: ClassVar[str] = "blocks"
    places: int = 40
    spare: ClassVar[int] = 3
    """Empty pairs that the page offers."""

    def inputs(self) -> list[str]:
        return [f"{self.name}-{place}-{end}" for place in range(self.places) for end in ("start", "end")]

    def show(self, value: Any) -> dict[str, Any]:
        shown = dict.fromkeys(self.inputs(), "")
        for place, (start, end) in enumerate(value or []):
            shown |= {f"{self.name}-{place}-start": wall_clock(start), f"{self.name}-{place}-end": wall_clock(end)}
        return shown

    def read(self, sent: Sent) -> list[tuple[datetime, datetime]]:
        found = []
        for place in range(self.places):
            if f"{self.name}-{place}-start" not in sent:  # the page shows a few more than there are, not all
                break
            start, end = (one(sent, f"{self.name}-{place}-{which}") for which in ("start", "end"))
            if start or end:
                found.append((moment(start), moment(end)))
        found.sort(key=lambda block: block[0].timestamp())
        if not found:
            raise Wrong("required")
        times = [time.timestamp() for block in found for time in block]
        if any(start >= end for start, end in zip(times[::2], times[1::2], strict=True)):
            raise Wrong("block_ends_first")
        if any(end > start for end, start in zip(times[1::2], times[2::2], strict=False)):
            raise Wrong("blocks_overlap")
        return found


def one(sent: Sent, name: str) -> str:
    """What was sent under that name, without outer spaces. Raises Wrong where the form was not whole."""
    if name not in sent:
        raise Wrong("form")
    return sent[name][0].replace("\r\n", "\n").replace("\0", "").strip()


def split(text: str) -> list[str]:
    """The lines of a text, each once, without empty ones."""
    return list(dict.fromkeys(line for raw in text.split("\n") if (line := " ".join(raw.split()))))


def wall_clock(value: datetime | None) -> str:
    """A moment as a browser's field for a local time wants it."""
    return value.astimezone(clock.BRUSSELS).strftime("%Y-%m-%dT%H:%M") if value else ""


def moment(text: str) -> datetime:
    """What such a field gives. Raises Wrong, also for an hour that the clocks skip in March."""
    try:
        value = clock.parse(text)
    except (ValueError, OverflowError):
        raise Wrong("time") from None
    if wall_clock(datetime.fromtimestamp(value.timestamp(), clock.BRUSSELS)) != text[:16]:
        raise Wrong("time")
    return value
