"""How a notice leaves: signed after the Standard Webhooks scheme, posted within strict limits of time."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
from standardwebhooks import Webhook as Signer

from campus import clock
from campus.notices import addresses
from campus.outbox.errors import Undelivered

CONNECT_SECONDS, WHOLE_SECONDS = 2.0, 5.0
SENT_BY = "eu-biotech-campus/1"

Resolver = Callable[[str, int], Sequence[str]]


@cache
def _public_certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context()


@dataclass(frozen=True, slots=True)
class Poster:
    """Posts notices. Limits are in seconds; ``whole`` is for all of an exchange, a trickling answer included."""

    connect: float = CONNECT_SECONDS
    whole: float = WHOLE_SECONDS
    resolve: Resolver = addresses.resolve
    certificates: Callable[[], ssl.SSLContext] = _public_certificates

    def post(self, url: str, secret: str | bytes, payload: Mapping[str, Any], *, trusted: bool = False) -> int:
        """Sign and post; the status of the answer. Redirects are not followed, the body is not read.

        ``trusted`` is for an address from the settings; any other is checked (see `addresses`).
        Raises Undelivered: `timeout`, `unreachable`, `refused-address`.
        """
        body = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
        headers = {"Content-Type": "application/json", "User-Agent": SENT_BY, **signed(secret, payload["id"], body)}
        target = httpx.URL(url)
        pinned, extensions = target, {}
        try:
            if not trusted:
                pinned = target.copy_with(host=self._checked_address(target))
                headers["Host"] = target.netloc.decode("ascii")
                extensions = {"sni_hostname": target.raw_host.decode("ascii")}
            request = httpx.Request("POST", pinned, headers=headers, content=body.encode(), extensions=extensions)
            return asyncio.run(self._exchange(request))
        except (TimeoutError, httpx.TimeoutException) as exc:
            raise Undelivered("timeout") from exc
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as exc:
            raise Undelivered("unreachable") from exc

    def _checked_address(self, target: httpx.URL) -> str:
        """The address to connect to. Raises Undelivered, OSError for a name that nobody knows."""
        port = target.port or (443 if target.scheme == "https" else 80)
        found = self.resolve(target.raw_host.decode("ascii").strip("[]"), port)
        if not addresses.all_allowed(found, target.scheme):
            raise Undelivered("refused-address")
        return found[0]

    async def _exchange(self, request: httpx.Request) -> int:
        limits = httpx.Timeout(self.whole, connect=self.connect)
        verify = self.certificates() if request.url.scheme == "https" else False
        request.extensions = {**request.extensions, "timeout": limits.as_dict()}
        async with (
            asyncio.timeout(self.whole),
            httpx.AsyncClient(verify=verify, trust_env=False, follow_redirects=False) as client,
        ):
            answer = await client.send(request, stream=True)
            await answer.aclose()
        return answer.status_code


def signed(secret: str | bytes, ident: str, body: str) -> dict[str, str]:
    """The headers that let the receiver check who sent this body, when, and whether it has come before."""
    now = clock.real_now()
    return {
        "webhook-id": ident,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Signer(secret).sign(ident, now, body),
    }
