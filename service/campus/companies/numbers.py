"""Numbers by which a company is known, checked by their check digits (python-stdnum)."""

from __future__ import annotations

import re

from pydantic_core import PydanticCustomError
from stdnum import ean
from stdnum.be import vat as belgian
from stdnum.eu import vat as european
from stdnum.exceptions import ValidationError
from stdnum.fr import siren, siret

_PEPPOL = re.compile(r"([09]\d{3}):([A-Za-z0-9][A-Za-z0-9._~%+-]{0,49})")


def enterprise_number(value: str) -> str:
    """A Belgian enterprise number as ten figures, however it was written. Raises PydanticCustomError."""
    try:
        return str(belgian.validate(value))
    except ValidationError as exc:
        raise PydanticCustomError("enterprise_number", "not a Belgian enterprise number") from exc


def vat_number(value: str) -> str:
    """A VAT number of the Union with its country; Belgian where it has none. Raises PydanticCustomError."""
    try:
        if value.strip()[:1].isdigit():
            return "BE" + str(belgian.validate(value))
        return str(european.validate(value))
    except ValidationError as exc:
        raise PydanticCustomError("vat_number", "not a VAT number of the European Union") from exc


def peppol_id(value: str) -> str:
    """A Peppol participant as `scheme:value`; known schemes are checked. Raises PydanticCustomError."""
    found = _PEPPOL.fullmatch(value.strip().removeprefix("iso6523-actorid-upis::"))
    if found is None or not _fits(*found.groups()):
        raise PydanticCustomError("peppol_id", "not a Peppol participant identifier")
    return f"{found[1]}:{found[2]}"


def _fits(scheme: str, value: str) -> bool:
    """The check of the schemes that have one we know: enterprises, VAT numbers, SIREN, SIRET, GLN."""
    if scheme == "0208":
        return len(value) == 10 and value.isdigit() and bool(belgian.is_valid(value))
    if scheme == "9925":
        return value[:2].upper() == "BE" and bool(belgian.is_valid(value[2:]))
    checks = {"0002": siren, "0009": siret, "0088": ean}
    return scheme not in checks or bool(checks[scheme].is_valid(value))
