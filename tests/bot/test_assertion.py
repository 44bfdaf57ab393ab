"""Who speaks: what a channel signs, and what is refused."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.channels import assertion
from bot.channels.assertion import ACTIONS, ISSUER, LIFETIME, SERVICE, Refused, Signer, signer, verify

TALK = "rest:alice"


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def forged(key: Any, kid: str | None = "rest", algorithm: str = "EdDSA", **changes: Any) -> str:
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": [ACTIONS, SERVICE], "sub": "rest:local:alice", "sid": TALK, "iat": now}
    claims |= {"exp": now + LIFETIME, **changes}
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": kid} if kid is not None else None)


def test_what_a_channel_signs_is_believed(keys: Path) -> None:
    claims = verify(signer("rest", keys).sign("rest:local:alice", TALK), TALK, keys)
    assert (claims["sub"], claims["sid"], claims["iss"]) == ("rest:local:alice", TALK, "campus-channels")
    assert claims["aud"] == ["campus-actions", "campus-service"]
    assert claims["exp"] - claims["iat"] == 120
    assert abs(claims["iat"] - time.time()) < 5


def test_no_two_are_the_same(keys: Path) -> None:
    ours = signer("rest", keys)
    first, second = (verify(ours.sign("rest:local:alice", TALK), TALK, keys)["jti"] for _ in range(2))
    assert first != second


def test_the_key_is_made_once_and_for_its_owner_only(keys: Path) -> None:
    token = signer("rest", keys).sign("rest:local:alice", TALK)
    assert (keys / "rest.key").stat().st_mode & 0o077 == 0
    assert "PUBLIC" in (keys / "rest.pub").read_text()
    assert sorted(path.name for path in keys.iterdir()) == ["rest.key", "rest.pub"]
    signer("rest", keys)
    verify(token, TALK, keys)  # a channel that starts again speaks with the same key


@pytest.mark.parametrize("token", [None, "", "x", "a.b.c", "é.é.é"])
def test_what_is_no_assertion_is_refused(keys: Path, token: str | None) -> None:
    signer("rest", keys)
    with pytest.raises(Refused):
        verify(token, TALK, keys)


def test_another_conversation_is_refused(keys: Path) -> None:
    token = signer("rest", keys).sign("rest:local:alice", TALK)
    with pytest.raises(Refused):
        verify(token, "rest:bob", keys)


def test_a_changed_assertion_is_refused(keys: Path) -> None:
    head, _, mark = signer("rest", keys).sign("rest:local:alice", TALK).split(".")
    other = signer("rest", keys).sign("rest:local:bob", TALK).split(".")[1]
    with pytest.raises(Refused):
        verify(".".join((head, other, mark)), TALK, keys)


def test_a_key_of_nobody_s_is_refused(keys: Path) -> None:
    signer("rest", keys)
    with pytest.raises(Refused):
        verify(forged(Ed25519PrivateKey.generate()), TALK, keys)


def test_a_channel_speaks_for_its_own_platform_only(keys: Path) -> None:
    web = signer("web", keys)
    signer("slack", keys)
    for subject in ("slack:team:boss", "webslack:team:boss", "web"):
        with pytest.raises(Refused):
            verify(web.sign(subject, TALK), TALK, keys)
        with pytest.raises(Refused):
            verify(Signer("slack", web.key).sign(subject, TALK), TALK, keys)


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": int(time.time()) - 5},
        {"exp": None},
        {"sub": None},
        {"sid": None},
        {"iss": "somebody"},
        {"iss": None},
        {"aud": "campus-service"},
        {"aud": None},
        {"nbf": int(time.time()) + 600},
        {"iat": int(time.time()) + 600},
    ],
    ids=str,
)
def test_a_claim_that_is_wrong_or_missing_is_refused(keys: Path, changes: dict[str, Any]) -> None:
    key = signer("rest", keys).key
    verify(forged(key), TALK, keys)
    with pytest.raises(Refused):
        verify(forged(key, **changes), TALK, keys)


def test_it_lapses_after_two_minutes(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    past = time.time() - LIFETIME - 1
    monkeypatch.setattr(assertion.time, "time", lambda: past)
    token = signer("rest", keys).sign("rest:local:alice", TALK)
    with pytest.raises(Refused):
        verify(token, TALK, keys)


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_no_other_algorithm_is_accepted(keys: Path, algorithm: str) -> None:
    signer("rest", keys)
    secret = None if algorithm == "none" else "guessed-" * 8
    with pytest.raises(Refused):
        verify(forged(secret, algorithm=algorithm), TALK, keys)


def test_a_signature_is_needed(keys: Path) -> None:
    head, body, _ = signer("rest", keys).sign("rest:local:alice", TALK).split(".")
    with pytest.raises(Refused):
        verify(f"{head}.{body}.", TALK, keys)


@pytest.mark.parametrize("kid", ["../x", "..", "", "/etc/passwd", "rest/../rest", "rest\x00", ".", "a" * 5000, None])
def test_a_key_name_cannot_leave_the_folder(keys: Path, kid: str | None) -> None:
    key = signer("rest", keys).key
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (keys.parent / "x.pub").write_bytes(public)
    with pytest.raises(Refused):
        verify(forged(key, kid=kid, sub=f"{kid}:local:alice"), TALK, keys)


def test_what_is_no_key_is_refused(keys: Path) -> None:
    key = signer("rest", keys).key
    (keys / "rest.pub").write_text("not a key")
    with pytest.raises(Refused):
        verify(forged(key), TALK, keys)
