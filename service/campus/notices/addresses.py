"""Where a webhook may point: a stranger's address must not let the service knock at doors inside its own network.

What is written in the URL is checked when the subscription is made. What its name resolves to is
checked at each delivery, and the connection goes to the very address that was checked, so that a
name that changes its mind in between (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

from campus.problems import Invalid
from campus.settings import get_settings

LONGEST_URL = 2000
_HOST = re.compile(rb"[a-z0-9_.-]+|\[?[0-9a-f:.]+\]?", re.IGNORECASE)
_TRANSLATED = IPv6Network("64:ff9b::/96")
"""IPv4 behind IPv6 (NAT64), which may lead anywhere."""


def check(url: str) -> None:
    """`https`, or `http` to this machine; no credentials, no address that is not public. Raises Invalid.

    This machine itself is allowed unless `CAMPUS_ENV` is `production`.
    """
    try:
        parsed = httpx.URL(url)
        literals = literal(parsed.host)
        malformed = not _HOST.fullmatch(parsed.raw_host) or parsed.userinfo or parsed.fragment or parsed.port == 0
    except (httpx.InvalidURL, ValueError):
        raise Invalid(url="malformed") from None
    if malformed or parsed.scheme not in {"http", "https"} or len(url) > LONGEST_URL:
        raise Invalid(url="malformed")
    if is_local_name(parsed.host):
        literals = ["127.0.0.1"]
    if parsed.scheme == "http" and not (literals and all(ip_address(one).is_loopback for one in literals)):
        raise Invalid(url="https_only")
    if not all(allowed(one, parsed.scheme) for one in literals):
        raise Invalid(url="address_not_allowed")


def literal(host: str) -> list[str]:
    """The address that a host spells out, also as `127.1` or `0x7f000001`; empty for a name. Asks nobody."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return []
    return [str(entry[4][0]) for entry in found]


def is_local_name(host: str) -> bool:
    """`localhost` and the names below it, which mean this machine everywhere (RFC 6761)."""
    return host.lower().rstrip(".").split(".")[-1] == "localhost"


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system's resolver knows them. Raises OSError."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def allowed(address: str, scheme: str) -> bool:
    """Whether a webhook may be sent to this address."""
    found = _meant(ip_address(address.partition("%")[0]))
    if found.is_loopback:
        return get_settings().campus_env != "production"
    if scheme != "https" or not found.is_global or found.is_multicast:
        return False
    return not (isinstance(found, IPv6Address) and (found.sixtofour or found.teredo or found in _TRANSLATED))


def all_allowed(addresses: Sequence[str], scheme: str) -> bool:
    """Whether every address of a name is: one that is not makes the name suspect."""
    return bool(addresses) and all(allowed(one, scheme) for one in addresses)


def _meant(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """`::ffff:10.0.0.1` means 10.0.0.1."""
    return getattr(address, "ipv4_mapped", None) or address
