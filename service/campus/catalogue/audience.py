"""Who may see and book what: an access code, or a verified e-mail domain, opens what is not public."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from campus.catalogue.memory import CourseEntry, OperatorEntry, SessionEntry


@dataclass(frozen=True, slots=True)
class Visitor:
    """What a caller can show: access codes, and domains of addresses that were verified by a one-time code."""

    codes: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    operators: frozenset[str] = frozenset()
    """The operators to whose staff this caller belongs; `*` stands for all."""

    @classmethod
    def of(
        cls, codes: Iterable[str | None] = (), domains: Iterable[str] = (), operators: frozenset[str] = frozenset()
    ) -> Visitor:
        """Codes are compared without regard to case and outer spaces."""
        return cls(
            frozenset(code.strip().casefold() for code in codes if code and code.strip()),
            frozenset(domain.lower() for domain in domains),
            operators,
        )

    def opens(self, audience: str, access_code: str | None, operator: OperatorEntry) -> bool:
        """Whether something of that operator and for that audience is open to this caller."""
        if audience == "public" or self.operators & {operator.id, "*"}:
            return True
        if access_code is not None and access_code.strip().casefold() in self.codes:
            return True
        return bool(self.domains & operator.email_domains)

    def may_see(self, course: CourseEntry) -> bool:
        """Whether the course exists for this caller."""
        return self.opens(course.audience, course.access_code, course.operator)

    def may_book(self, course: CourseEntry, session: SessionEntry) -> bool:
        """Whether the session exists for this caller; its own audience counts beside the course's."""
        return self.may_see(course) and self.opens(session.audience, session.access_code, course.operator)


NOBODY_SPECIAL = Visitor()
