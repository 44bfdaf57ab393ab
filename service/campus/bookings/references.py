"""Booking references: ``EBC-`` and six signs that cannot be misheard or misread.

The alphabet is Crockford's base 32 (digits and letters without I, L, O, U); what a person
types is read leniently: lower case, spaces, and I, L for 1, O for 0.
"""

from __future__ import annotations

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 6
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0"})


def new_reference(prefix: str = "EBC") -> str:
    """A new random reference; about 10⁹ of them, so whoever stores one must mind the rare repeat."""
    return prefix + "-" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def normalise(text: str, prefix: str = "EBC") -> str | None:
    """The reference a person meant, or None where the text is none."""
    compact = re.sub(r"[\s\-–—_]", "", text).upper()
    if not compact.startswith(prefix):
        return None
    code = compact[len(prefix) :].translate(_READ_AS)
    if len(code) != LENGTH or any(sign not in ALPHABET for sign in code):
        return None
    return f"{prefix}-{code}"
