"""Cancellation and withdrawal terms, computed as of a moment; pure, so that they are easy to test.

Cancelling is free until N working days before the start (the operator's N), then costs a
percentage of the total with a minimum, never more than the total. A consumer may moreover
withdraw within the operator's number of days (14 by Belgian law, Code of economic law VI.47)
after the contract; the period ends with the last day, and moves on to the next working day
where that day is a Saturday, a Sunday or a holiday (regulation 1182/71, art. 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from campus.bookings.prices import to_cents
from campus.clock import BRUSSELS, is_working_day, working_day_before

NOTHING = Decimal("0.00")
END_OF_DAY = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Terms:
    """An operator's terms; the percentage in percent, the minimum in EUR for a booking."""

    free_working_days: int
    fee_percent: Decimal
    fee_minimum: Decimal
    withdrawal_days: int = 14

    def as_json(self) -> dict[str, Any]:
        """As it is kept with a booking, so that what was agreed does not change with the operator's terms."""
        return {
            "free_working_days": self.free_working_days,
            "fee_percent": str(self.fee_percent),
            "fee_minimum": str(self.fee_minimum),
            "withdrawal_days": self.withdrawal_days,
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Terms:
        """Read back what `as_json` wrote."""
        return cls(
            int(kept["free_working_days"]),
            Decimal(kept["fee_percent"]),
            Decimal(kept["fee_minimum"]),
            int(kept["withdrawal_days"]),
        )


def free_until(start: datetime, working_days: int) -> datetime:
    """The last moment of free cancelling: the start's wall-clock time, ``working_days`` working days before."""
    local = start.astimezone(BRUSSELS)
    day = working_day_before(local.date(), working_days)
    return datetime.combine(day, local.time(), BRUSSELS)


def withdraw_until(contract_at: datetime, start: datetime, days: int) -> datetime:
    """The last moment of the statutory withdrawal: the end of the last day, and never after the start."""
    day = contract_at.astimezone(BRUSSELS).date() + timedelta(days=days)
    while not is_working_day(day):
        day += timedelta(days=1)
    return min(datetime.combine(day, END_OF_DAY, BRUSSELS), start.astimezone(BRUSSELS))


def cancel_fee(gross: Decimal, terms: Terms, free_until: datetime, start: datetime, now: datetime) -> Decimal:
    """What cancelling ``gross`` EUR costs at ``now``: nothing, the operator's fee, or all of it after the start."""
    if now < free_until or gross == 0:
        return NOTHING
    if now >= start:
        return gross
    share = to_cents(gross * terms.fee_percent / 100)
    return min(gross, max(share, terms.fee_minimum))
