"""Where a request comes from, for limits: a visitor may have many sessions, but not as many addresses."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from sanic.request import Request

from bot.settings import get_settings


def address_of(request: Request) -> str:
    """The network address to count by: what a proxy that is trusted says, else who is connected.

    An IPv6 connection owns a whole /64, from which it may draw a new address for every request: that counts as one.
    """
    address = str(request.ip)
    proxies = get_settings().proxies
    if address in proxies or "*" in proxies:
        address = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or address
    return counted_as(address)


def counted_as(address: str) -> str:
    """The address, or the /64 that it lies in."""
    try:
        found = ipaddress.ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found), 64), strict=False))


class Streams:
    """How many streams each address has open in this process."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    def of(self, address: str) -> int:
        """How many are open."""
        return self._open.get(address, 0)

    @contextmanager
    def opened(self, address: str) -> Iterator[None]:
        """One more, until the block ends."""
        self._open[address] += 1
        try:
            yield
        finally:
            self._open[address] -= 1
            if not self._open[address]:
                del self._open[address]
