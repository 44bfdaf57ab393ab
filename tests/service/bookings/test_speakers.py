"""Who speaks: assertions of channels, derived tokens, staff."""

from __future__ import annotations

import time
from typing import Any

import pytest
from campus.settings import use_settings
from campus.speakers import keys, tokens

from .conftest import STAFF_TOKEN, Channel, MakeWorld, World

pytestmark = pytest.mark.one_database


def test_a_channel_vouches_for_a_conversation(world: World) -> None:
    assert world.get("/v1/bookings", bearer=world.web.bearer()).status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": -10},
        {"exp": None},
        {"aud": "somebody-else"},
        {"aud": None},
        {"sub": "slack:campus:c1"},
        {"sub": "website:campus:c1"},
        {"sub": "web:c1"},
        {"sub": None},
        {"sid": None},
        {"sid": ""},
        {"sid": 7},
        {"sid": "x" * 600},
        {"iat": 864_000},
        {"kid": "unknown"},
        {"kid": "../web"},
        {"kid": ""},
        {"kid": "web\x00"},
    ],
    ids=str,
)
def test_broken_assertions(world: World, claims: dict[str, Any]) -> None:
    now = int(time.time())  # times are told as seconds from now
    moved = {name: now + claims[name] for name in ("exp", "iat") if claims.get(name) is not None}
    refused = world.get("/v1/bookings", bearer=world.web.bearer(**{**claims, **moved}))
    assert (refused.status_code, refused.json()["code"]) == (401, "not-authenticated")
    assert refused.headers["www-authenticate"] == "Bearer"


def test_a_channel_speaks_for_its_own_platform_only(world: World) -> None:
    slack = Channel("slack", world.settings.var_dir / "keys")
    mine = world.book(bearer=world.web.bearer("c1")).json()
    assert world.get("/v1/bookings", bearer=slack.bearer(sub="web:campus:c1")).status_code == 401
    assert world.get(f"/v1/bookings/{mine['reference']}", bearer=slack.bearer("c1")).status_code == 404


def test_a_signature_of_another_key(world: World) -> None:
    forger = Channel("web", world.settings.var_dir / "elsewhere")
    assert world.get("/v1/bookings", bearer=forger.bearer()).status_code == 401


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_other_algorithms(world: World, algorithm: str) -> None:
    import jwt

    public = (world.settings.var_dir / "keys" / "web.pub").read_text()
    now = int(time.time())
    claims = {"aud": "campus-service", "sub": "web:campus:c1", "sid": "c1", "iat": now, "exp": now + 60}
    secret = None if algorithm == "none" else public.replace("PUBLIC KEY", "SECRET").encode()
    forged = jwt.encode(claims, secret, algorithm=algorithm, headers={"kid": "web"})  # type: ignore[arg-type]
    assert world.get("/v1/bookings", bearer=forged).status_code == 401


def test_a_key_that_was_replaced_is_read_again(world: World) -> None:
    folder = world.settings.var_dir / "keys"
    old = Channel("telegram", folder)
    assert world.get("/v1/bookings", bearer=old.bearer()).status_code == 200
    time.sleep(0.01)
    new = Channel("telegram", folder)
    assert world.get("/v1/bookings", bearer=new.bearer()).status_code == 200
    assert world.get("/v1/bookings", bearer=old.bearer()).status_code == 401


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic abc", "Bearer a.b.c", "Bearer \u00e9", "x"])
def test_broken_headers(world: World, header: str) -> None:
    answer = world.http.get("/v1/bookings", headers={"Authorization": header.encode("latin-1")})  # type: ignore[dict-item]
    assert answer.status_code == 401
    posted = world.http.post("/v1/bookings", json={}, headers={"Authorization": header.encode("latin-1")})  # type: ignore[dict-item]
    assert posted.status_code == 401


def test_a_manage_token_is_derived_and_opens_one(world: World) -> None:
    token = tokens.manage_token("EBC-7K2M9Q")
    assert token == tokens.manage_token("EBC-7K2M9Q")
    assert tokens.managed_reference(token) == "EBC-7K2M9Q"
    assert tokens.managed_reference(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert tokens.managed_reference(token.replace("7K2M9Q", "7K2M9R")) is None
    assert tokens.managed_reference("m1__") is None and tokens.managed_reference("é_é_é") is None


def test_the_secret_is_made_once_and_for_this_folder(world: World, make_world: MakeWorld) -> None:
    secret = keys.manage_secret()
    path = world.settings.var_dir / "keys" / "manage.secret"
    assert len(secret) == 32 and path.stat().st_mode & 0o777 == 0o600
    assert sorted(one.name for one in path.parent.glob("manage*")) == ["manage.secret"]
    keys._secret.cache_clear()
    assert keys.manage_secret() == secret
    elsewhere = world.settings.model_copy(update={"var_dir": world.settings.var_dir / "elsewhere"})
    use_settings(elsewhere)
    assert keys.manage_secret() != secret


def test_staff_only_with_a_token_that_is_set(world: World, make_world: MakeWorld) -> None:
    reference = world.book().json()["reference"]
    assert world.get(f"/v1/bookings/{reference}", bearer=STAFF_TOKEN).status_code == 200
    without = make_world(staff_token=None)
    for bearer in (STAFF_TOKEN, "None", "null"):
        assert without.get(f"/v1/bookings/{reference}", bearer=bearer).status_code == 401
