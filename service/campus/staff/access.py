"""What every route of the staff asks first, and what it may answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import Depends

from campus.problems import Forbidden, NotAuthenticated, NotFound
from campus.speakers.speaker import Caller, Speaker

ANY: dict[int | str, dict[str, Any]] = {
    401: {"description": "not-authenticated"},
    403: {"description": "forbidden (the scope is missing)"},
}
READ: dict[int | str, dict[str, Any]] = {
    **ANY,
    404: {"description": "not-found (also what is of another operator)"},
}
LIST: dict[int | str, dict[str, Any]] = {**ANY, 422: {"description": "invalid (+ errors)"}}
WRITE: dict[int | str, dict[str, Any]] = {
    **READ,
    400: {"description": "idempotency-key-missing"},
    409: {
        "description": "wrong-state (+ state), version-conflict, idempotency-key-reused, in-progress",
    },
    422: {"description": "invalid (+ errors)"},
    429: {"description": "rate-limited, with Retry-After"},
}


@dataclass(frozen=True, slots=True)
class Only:
    """Lets nobody through but staff with one of these scopes, for whatever operator (or for every one of them); any
    staff where none is named. The OpenAPI document tells it."""

    scopes: tuple[str, ...]
    everywhere: bool = False

    def __call__(self, caller: Caller) -> None:
        """Raises NotAuthenticated for who did not say who they are, Forbidden for everybody else."""
        require(caller, *self.scopes)
        if self.everywhere and not any(caller.may_everywhere(scope) for scope in self.scopes):
            raise Forbidden()


def only(*scopes: str, everywhere: bool = False) -> Any:
    """What a route of the staff depends on (see `Only`)."""
    return Depends(Only(scopes, everywhere))


def require(speaker: Speaker, *scopes: str) -> None:
    """The same for a speaker. Raises NotAuthenticated, Forbidden."""
    if speaker.kind == "anonymous":
        raise NotAuthenticated()
    if not speaker.is_staff or (scopes and not any(speaker.may(scope) for scope in scopes)):
        raise Forbidden()


def check_operator(speaker: Speaker, scope: str, operator: str | None) -> None:
    """What is of another operator does not exist. Raises Forbidden without the scope, NotFound."""
    require(speaker, scope)
    if operator is None or not speaker.may(scope, operator):
        raise NotFound()
