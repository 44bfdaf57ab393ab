"""What every view of the site is made of: who sees which rows and columns, which fields may be written, which rules
called."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from sqladmin import ModelView
from sqladmin.helpers import object_identifier_values
from sqlalchemy import JSON, ColumnElement, Select, String, cast, false, inspect, or_, true
from sqlalchemy.orm import Session
from starlette.requests import Request

from campus.admin import shown, texts
from campus.admin.fields import Field
from campus.admin.identity import Identity, admin_identity
from campus.problems import NotFound
from campus.speakers.speaker import Speaker

LARGEST_ID = 2**31 - 1
Values = Mapping[str, Any]
"""What was read from the fields of a form, by their names."""


def _nothing(_row: Any) -> Values:
    return {}


@dataclass(frozen=True, slots=True)
class Deed:
    """A rule that may be called for a row by a button; ``does`` gets the caller's transaction and raises Problem.

    It is offered to who has the scope, for rows for which it is possible. What cannot be taken back ``asks`` first, and
    what ``ends`` something is said in red.
    ``fields`` is what it wants to know, ``shows`` what stands in them at first, ``facts`` what its question tells.
    """

    name: str
    scope: str
    possible: Callable[[Speaker, Any], bool]
    does: Callable[[Session, Speaker, Any, Values], object]
    asks: bool = True
    ends: bool = False
    fields: Sequence[Field] = ()
    shows: Callable[[Any], Values] = _nothing
    facts: Callable[[Any], Values] = _nothing


class View(ModelView):
    """A view of one table. Reads only, unless it has fields.

    A subclass names `reads` and says in `of_operators` whose each row is; it names `column_list`,
    `column_details_list`, and where something may be done `writes`, `fields`, `deeds`, `can_create`, `removable`.
    Nothing but what stands in `fields` is ever written, and it is written by `campus.admin.changes`, never by
    sqladmin. Whoever serves some operators only has no other row, whatever the address, the search or the form says:
    rows are read through `list_query` and `one_row`, and nothing else.
    """

    key: ClassVar[str] = ""
    """Its name in the words file."""
    order: ClassVar[int] = 100
    """Where it stands in the menu."""
    reads: ClassVar[str] = ""
    """The scope that opens it."""
    writes: ClassVar[str] = ""
    """The scope that a change of a row, a new one, or taking one out needs."""
    whole: ClassVar[bool] = False
    """Whether its rows are the campus's as a whole: only for who has the scopes for every operator."""
    fields: ClassVar[Sequence[Field]] = ()
    deeds: ClassVar[Sequence[Deed]] = ()
    removable: ClassVar[bool] = False

    can_create = False
    can_edit = False
    can_delete = False
    can_export = False
    can_import = False
    list_template = "admin/list.html"
    page_size = 25
    page_size_options: ClassVar[list[int]] = [25, 50, 100]

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__()
        if cls.fields:
            cls.can_edit = True

    @property
    def table(self) -> str:
        """The name of its table."""
        return str(self.pk_columns[0].table.name)

    def is_open_to(self, speaker: Speaker) -> bool:
        """Whether it is there for this member of staff."""
        return self._has(speaker, self.reads)

    def may_edit(self, speaker: Speaker) -> bool:
        """Whether they may change the rows that they see."""
        return self.can_edit and self._has(speaker, self.writes)

    def may_add(self, speaker: Speaker) -> bool:
        """Whether they may make a row."""
        return self.can_create and self._has(speaker, self.writes)

    def may_remove(self, speaker: Speaker) -> bool:
        """Whether they may take rows out."""
        return self.removable and self._has(speaker, self.writes)

    def _has(self, speaker: Speaker, scope: str) -> bool:
        return speaker.may_everywhere(scope) if self.whole else speaker.may(scope)

    def of_speaker(self, db: Session, speaker: Speaker) -> ColumnElement[bool]:
        """The rows that this member of staff may see, as a condition."""
        if not self.is_open_to(speaker):
            return false()
        return true() if speaker.may_everywhere(self.reads) else self.of_operators(speaker.reach(self.reads))

    def of_operators(self, operators: frozenset[str]) -> ColumnElement[bool]:
        """The rows of these operators, as a condition; none, unless a subclass knows better."""
        return false()

    def one_row(self, db: Session, speaker: Speaker, pk: str) -> Any:
        """The row with this primary key, as a select that finds nothing where it is not theirs to see.

        Raises NotFound for what can be no key.
        """
        try:
            values = object_identifier_values(pk, self.model)
        except (ValueError, TypeError):
            raise NotFound() from None
        if len(values) != len(self.pk_columns) or any(isinstance(one, int) and one > LARGEST_ID for one in values):
            raise NotFound()
        return self._stmt_by_identifier(pk).where(self.of_speaker(db, speaker))

    def list_query(self, request: Request) -> Select:
        """The rows of a list, out of which it is searched and sorted; the site has put there whose they may be."""
        return super().list_query(request).where(request.state.of_speaker)

    async def list_context(self, request: Request) -> dict[str, Any]:
        speaker = _who(request).speaker
        return {"may_add": self.may_add(speaker), "may_edit": self.may_edit(speaker)}

    def current(self, row: Any, field: Field) -> Any:
        """The value of a field in a row."""
        return getattr(row, field.name)

    def options(self, db: Session, speaker: Speaker, row: Any) -> dict[str, list[tuple[str, str]]]:
        """What may be chosen in each field that has something to choose; what the row has already always may."""
        return choices(db, speaker, row, self.fields, lambda field: self.current(row, field) if row else None)

    def apply(self, db: Session, speaker: Speaker, row: Any, values: Values) -> None:
        """Write what was changed in the form into the row. Raises Refused (of `changes`), Problem."""
        for name, value in values.items():
            setattr(row, name, value)

    def made(self, row: Any) -> None:
        """Fill in what a new row needs beside its fields."""

    def why_not_remove(self, db: Session, row: Any) -> str | None:
        """Why a row cannot be removed, as a key of the words file; None where it can."""
        return None

    def title_of(self, row: Any) -> str:
        """How a row is called at the head of its page."""
        return shown.name_of(row)

    def parts(self, row: Any) -> list[tuple[str, list[str], list[list[str]]]]:
        """Tables below the details of a row: heading (a key), column names, and cells. The row is in a session."""
        return []

    def column_title(self, name: str) -> str:
        """What a column is called."""
        return texts.column(self.key, name)

    def search_query(self, stmt: Select, term: str) -> Select:
        """Rows that contain the term. JSON is stored with `\\u00e9` for `é` on SQLite, so both spellings are tried."""
        columns: Any = inspect(self.model).columns
        likes = []
        for name in self._search_fields:
            text = cast(columns[name], String)
            likes.append(text.icontains(term, autoescape=True))
            if isinstance(columns[name].type, JSON):
                likes.append(text.icontains(json.dumps(term)[1:-1], autoescape=True))
        return stmt.where(or_(false(), *likes))

    def cell(self, row: Any, name: str) -> str:
        """A column of a row in a list: one short line."""
        return shown.short(self.key, name, getattr(row, name))

    def full(self, row: Any, name: str) -> list[tuple[str, str]]:
        """A column of a row on its own page: texts with the language before them."""
        return shown.full(name, getattr(row, name))

    def possible_deeds(self, speaker: Speaker, row: Any) -> list[Deed]:
        """The rules that this member of staff may call for a row now."""
        return [deed for deed in self.deeds if speaker.may(deed.scope) and deed.possible(speaker, row)]

    def is_visible(self, request: Request) -> bool:
        return self.is_open_to(_who(request).speaker)

    def is_accessible(self, request: Request) -> bool:
        return self.is_open_to(_who(request).speaker)


def choices(
    db: Session, speaker: Speaker, row: Any, fields: Sequence[Field], current: Callable[[Field], Any]
) -> dict[str, list[tuple[str, str]]]:
    """What may be chosen, by the names of the fields in which something may."""
    found: dict[str, list[tuple[str, str]]] = {}
    for field in fields:
        options = getattr(field, "options", None)
        if options is None:
            continue
        listed = list(options(db, speaker, row))
        known = {code for code, _text in listed}
        found[field.name] = listed + [(code, code) for code in field.chosen(current(field)) if code not in known]
    return found


def _who(request: Request) -> Identity:
    who = admin_identity(request)
    assert who is not None, "asked before login_required"
    return who
