"""The languages the service answers in."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends, Header, Query

Lang = Literal["fr", "en"]
DEFAULT: Lang = "fr"


def supported(code: object) -> Lang | None:
    """`fr` or `en` out of `fr`, `FR`, `fr-BE`…; None for anything else."""
    primary = code.replace("_", "-").split("-")[0].strip().lower() if isinstance(code, str) else ""
    return "fr" if primary == "fr" else "en" if primary == "en" else None


def from_accept(header: str | None) -> Lang | None:
    """The best supported language of an `Accept-Language` header (RFC 9110: quality values, first wins a tie)."""
    best: tuple[float, Lang] | None = None
    for part in (header or "").split(","):
        code, _, parameters = part.partition(";")
        quality = 1.0
        if "q=" in parameters:
            try:
                quality = float(parameters.split("q=")[1].split(";")[0])
            except ValueError:
                continue
        lang = supported(code)
        if lang and quality > 0 and (best is None or quality > best[0]):
            best = (quality, lang)
    return best[1] if best else None


def reply_language(
    lang: Annotated[
        str | None,
        Query(
            description="Language of the reply; else Accept-Language, else French.", pattern=r"^[A-Za-z]{2}([-_]\w+)*$"
        ),
    ] = None,
    accept_language: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Lang:
    """What a route takes: the language of the reply."""
    return supported(lang) or from_accept(accept_language) or DEFAULT


ReplyLang = Annotated[Lang, Depends(reply_language)]


def choose(lang: str | None, accept_language: str | None = None) -> Lang:
    """The same for a route whose `lang` stands in the body."""
    return supported(lang) or from_accept(accept_language) or DEFAULT
