"""What the benchmarks make of many values."""

from __future__ import annotations

import math


def p95(values: list[float]) -> float:
    """The smallest value that 95 % of the values do not exceed; of fewer than 20 it is the greatest."""
    return sorted(values)[math.ceil(0.95 * len(values)) - 1]
