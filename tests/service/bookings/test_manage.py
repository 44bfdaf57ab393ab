"""The page of one booking, and what it asks beside the verbs: its headers, and what other seats would cost."""

from __future__ import annotations

from datetime import datetime

import pytest
from campus.clock import BRUSSELS
from campus.settings import REPO_ROOT
from campus.speakers.links import manage_url

from .conftest import MakeWorld, World


@pytest.mark.one_database
@pytest.mark.parametrize("path", ["/manage", "/manage.html", "/manage?x=1"])
def test_the_page_lets_nothing_out_and_nothing_in(make_world: MakeWorld, path: str) -> None:
    http = make_world(web_dir=REPO_ROOT / "web").http
    page = http.get(path)
    assert page.status_code == 200 and page.headers["content-type"] == "text/html; charset=utf-8"
    policy = dict(part.strip().split(" ", 1) for part in page.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert "unsafe" not in str(policy)
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert 'data-now="2026-12-01T10:00:00+01:00"' in page.text
    assert "<style" not in page.text and "onclick" not in page.text and "<script>" not in page.text
    assert http.head(path).headers["referrer-policy"] == "no-referrer"


@pytest.mark.one_database
def test_only_the_page_has_these_headers(make_world: MakeWorld) -> None:
    http = make_world(web_dir=REPO_ROOT / "web").http
    assert "content-security-policy" not in http.get("/").headers
    assert http.get("/manage/page.js").headers["content-type"].startswith("text/javascript")
    assert http.post("/manage").status_code == 404
    assert http.get("/manage/").status_code == 404


def test_the_link_opens_the_one_booking(world: World) -> None:
    mine, other = world.confirmed("a@example.com"), world.confirmed("b@example.com")
    address, _, token = manage_url(mine["reference"]).partition("#")
    assert (address, token) == ("https://campus.example/manage", mine["manage_token"])
    listed = world.get("/v1/bookings", bearer=token).json()
    assert [one["reference"] for one in listed["items"]] == [mine["reference"]]
    assert world.get(f"/v1/bookings/{other['reference']}", bearer=token).status_code == 404


def test_what_other_seats_would_cost_is_what_they_then_cost(world: World) -> None:
    booking = world.confirmed("jeanne@example.com", seats=3)
    path, token = f"/v1/bookings/{booking['reference']}", booking["manage_token"]
    assert world.get(f"{path}/with-seats?seats=1", bearer=token).json()["fee"] == "0.00"
    world.clock.set(datetime(2027, 1, 6, 9, 0, tzinfo=BRUSSELS))  # free cancelling is over
    more = world.get(f"{path}/with-seats?seats=4", bearer=token).json()
    assert (more["seats"], more["total"]["gross"], more["fee"]) == (4, "5000.00", "0.00")
    fewer = world.get(f"{path}/with-seats?seats=1", bearer=token).json()
    assert (fewer["total"]["gross"], fewer["fee"]) == ("1250.00", "750.00")
    assert world.get(path, bearer=token).json()["seats"] == 3
    changed = world.call("PATCH", path, {"seats": 1, "version": 1}, bearer=token).json()
    assert (changed["fees"], changed["total"]) == (fewer["fee"], fewer["total"])


def test_what_other_seats_would_cost_is_told_to_the_holder_only(world: World) -> None:
    held = world.book(seats=2).json()
    path, token = f"/v1/bookings/{held['reference']}/with-seats", held["manage_token"]
    assert world.get(f"{path}?seats=1", bearer=token).json()["fee"] == "0.00"  # a hold costs nothing
    assert world.get(f"{path}?seats=1").status_code == 404
    for seats in ("0", "101", "x"):
        assert world.get(f"{path}?seats={seats}", bearer=token).json()["code"] == "invalid"


def test_the_terms_tell_what_follows_the_free_period(world: World) -> None:
    terms = world.book().json()["terms"]
    assert (terms["fee_percent"], terms["fee_minimum"]) == ("30.00", "50.00")
