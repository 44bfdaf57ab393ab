"""What an alert looks for: the filters of the catalogue as a body has them, and the sessions that fulfil them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from campus.alerts.models import Alert
from campus.catalogue import search
from campus.catalogue.audience import NOBODY_SPECIAL
from campus.catalogue.criteria import Criteria, get_criteria
from campus.catalogue.memory import CourseEntry, SessionEntry
from campus.catalogue.selection import Moment, select_sessions
from campus.problems import Invalid

FILTERS = (
    *("q", "topic", "operator", "level", "format", "language", "from", "to"),
    *("max_price", "max_days", "seats", "day_part", "kind"),
)
"""Those of `GET /v1/courses`; no access code: an alert tells of what is public."""


def as_lists(given: Mapping[str, Any]) -> dict[str, list[str]]:
    """The filters as they are kept: each a list of values. Raises Invalid for one that is malformed."""
    lists = {
        name: [str(value) for value in (values if isinstance(values, list) else [values])]
        for name, values in given.items()
        if values not in (None, [], "")
    }
    try:
        parse(lists)
    except Invalid as exc:
        errors = [{**error, "field": f"criteria.{error['field']}"} for error in exc.extra["errors"]]
        raise Invalid(errors) from None
    return lists


def parse(lists: Mapping[str, list[str]]) -> Criteria:
    """The filters as the catalogue reads them. Raises Invalid."""
    named = {("from_" if name == "from" else name): values for name, values in lists.items()}
    return get_criteria(**{**dict.fromkeys(_PARAMETERS), **named})  # type: ignore[arg-type]


_PARAMETERS = (*(("from_" if name == "from" else name) for name in FILTERS), "state", "access_code", "sort")


def matching(moment: Moment, alert: Alert, new: Collection[str]) -> list[tuple[CourseEntry, SessionEntry]]:
    """Those of these sessions that the alert is about and that anybody can book now, earliest first."""
    assert moment.visitor == NOBODY_SPECIAL
    criteria = parse(alert.criteria)
    scores = None
    if criteria.q:
        seen = {course.id for course in moment.catalogue.courses.values() if moment.visitor.may_see(course)}
        scores = search.get_index(moment.catalogue).search(criteria.q, seen)
    found = select_sessions(moment, criteria, scores, alert.course_id)
    wanted = criteria.seats or 1
    fitting = [pair for pair in found if pair[1].id in new and moment.free(pair[1]) >= wanted]
    return sorted(fitting, key=lambda pair: (pair[1].start, pair[1].id))
