"""Who speaks, as vouched for by the channel: a short-lived signed statement.

A channel signs with its own private key; the action server and the service hold the public halves only. The key's
name (`kid`) is the platform, and a key speaks for its own platform: `sub` must begin with it.
"""

from __future__ import annotations

import os
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.settings import get_settings

ISSUER = "campus-channels"
ACTIONS = "campus-actions"
SERVICE = "campus-service"
#: Seconds that an assertion is good for: the longest that a turn may take.
LIFETIME = 120


class Refused(Exception):
    """The assertion is missing, broken, too old, or somebody else's."""


@dataclass(frozen=True)
class Signer:
    """Signs for one platform."""

    platform: str
    key: Ed25519PrivateKey

    def sign(self, subject: str, conversation: str) -> str:
        """A token that says ``subject`` (`platform:tenant:user`) speaks in ``conversation``; 120 s."""
        issued = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": [ACTIONS, SERVICE],
            "sub": subject,
            "sid": conversation,
            "iat": issued,
            "exp": issued + LIFETIME,
            "jti": uuid.uuid4().hex,
        }
        return jwt.encode(claims, self.key, algorithm="EdDSA", headers={"kid": self.platform})


def signer(platform: str, folder: Path | None = None) -> Signer:
    """The signer of a platform; its key is made at the first start, readable by its owner only."""
    folder = folder or get_settings().keys_dir
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{platform}.key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        assert isinstance(key, Ed25519PrivateKey)
    else:
        key = Ed25519PrivateKey.generate()
        with os.fdopen(handle, "wb") as file:
            file.write(
                key.private_bytes(
                    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                )
            )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    half = folder / f"{platform}.pub.{os.getpid()}"
    half.write_bytes(public)
    half.replace(folder / f"{platform}.pub")
    return Signer(platform, key)


def verify(token: str | None, conversation: str, folder: Path | None = None) -> dict[str, Any]:
    """The claims of a token, if it speaks for this conversation.

    Raises:
        Refused: it does not.
    """
    if not token:
        raise Refused("no assertion")
    folder = folder or get_settings().keys_dir
    try:
        platform = str(jwt.get_unverified_header(token).get("kid", ""))
        if not platform.isalnum():
            raise Refused("no such channel")
        public = (folder / f"{platform}.pub").read_bytes()
        claims: dict[str, Any] = jwt.decode(
            token,
            serialization.load_pem_public_key(public),  # type: ignore[arg-type]
            algorithms=["EdDSA"],
            audience=ACTIONS,
            issuer=ISSUER,
            options={"require": ["exp", "sub", "sid"]},
        )
    except (jwt.PyJWTError, OSError, ValueError) as error:
        raise Refused(str(error)) from error
    if not claims["sub"].startswith(f"{platform}:"):
        raise Refused("the key of another platform")
    if claims["sid"] != conversation:
        raise Refused("the assertion of another conversation")
    return claims
