"""The answers of the knowledge base, with the ways people ask for them."""

from __future__ import annotations

from campus.admin.base import View
from campus.admin.fields import Both, BothLines, Day, Field, Ident, Link
from campus.catalogue.importing_routes import SCOPE
from campus.knowledge.models import Answer


class AnswerView(View, model=Answer):
    key = "answer"
    order = 10
    reads = writes = SCOPE
    whole = True
    can_create = True
    removable = True
    column_list = ("key", "questions", "text", "group", "checked_on")
    column_details_list = ("key", "group", "questions", "text", "source", "checked_on")
    column_searchable_list = ("key", "group", "questions", "text")
    column_sortable_list = ("key", "group", "checked_on")
    column_default_sort = "key"
    fields = (
        Ident(name="key"),
        Field(name="group", longest=64),
        BothLines(name="questions", rows=10, each=300, longest=10_000),
        Both(name="text", rows=8),
        Link(name="source", required=False),
        Day(name="checked_on", required=False),
    )
