"""What is counted, for `/metrics`. No label carries anything personal."""

from __future__ import annotations

from prometheus_client import Counter, Histogram
from starlette.types import Scope

REQUESTS = Counter("campus_requests_total", "Requests by route, method and status", ("route", "method", "status"))
DURATION = Histogram(
    "campus_request_seconds",
    "Time to answer by route",
    ("route",),
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
SEARCHES = Counter("campus_searches_total", "Searches by what they found", ("what", "found"))


def observe(scope: Scope, status: int, seconds: float) -> None:
    """Count one request. The route's template is the label, never the path with its ids."""
    route = getattr(scope.get("route"), "path", None) or "other"
    REQUESTS.labels(route, scope["method"], str(status)).inc()
    DURATION.labels(route).observe(seconds)
