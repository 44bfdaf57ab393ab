"""Money of a booking: prices are per seat, VAT included, and rounded half up to the cent."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
CURRENCY = "EUR"


def to_cents(amount: Decimal) -> Decimal:
    """The amount in EUR, rounded half up to the cent."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Total:
    """What a booking costs, in EUR; ``net + vat == gross`` to the cent."""

    net: Decimal
    vat: Decimal
    gross: Decimal

    def as_json(self) -> dict[str, str]:
        """As the contract writes it: decimal strings."""
        return {"net": str(self.net), "vat": str(self.vat), "gross": str(self.gross), "currency": CURRENCY}


def total(unit_gross: Decimal, vat_rate: Decimal, seats: int) -> Total:
    """The total of ``seats`` at ``unit_gross`` EUR (VAT included); ``vat_rate`` in percent, 0 where exempt."""
    gross = to_cents(unit_gross * seats)
    net = to_cents(gross / (1 + vat_rate / 100))
    return Total(net=net, vat=gross - net, gross=gross)
