"""What conversations are told without having asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from campus import clock
from campus.bookings.models import Booking
from campus.notices.telling import ids_and_states
from campus.outbox.models import NOTICE, Outbox
from campus.speakers.keys import notify_secret
from sqlalchemy import update

from .conftest import STAFF_TOKEN, MakeWorld, World, contact
from .noticing import deliver_all, listen, make_due, waiting
from .sinks import REFUSE, TAKE, Sink, receiving

Told = tuple[World, Sink]


@pytest.fixture
def told(world: World, make_world: MakeWorld) -> Iterator[Told]:
    """The service with a bot that listens at `NOTIFY_URL`."""
    with receiving() as sink:
        heard = make_world(notify_url=f"{sink.url}/webhooks/notify")
        sink.secrets["/webhooks/notify"] = notify_secret()
        yield heard, sink
        assert not sink.errors


def kinds_heard(told: Told) -> list[str]:
    """Deliver, and give the kinds in their order."""
    deliver_all(told[0])
    return told[1].kinds()


def test_the_secret_is_a_file_that_the_bot_can_read(told: Told) -> None:
    path = told[0].settings.var_dir / "keys" / "notify.secret"
    assert len(path.read_bytes()) == 32 and path.read_bytes() == notify_secret()
    assert path.stat().st_mode & 0o077 == 0


def test_an_offer_reaches_the_conversation_that_waits(told: Told) -> None:
    world, sink = told
    first = world.confirmed("a@example.com", "gmp-tiny", seats=2)
    mine = world.web.bearer("c1")
    waiting = world.book("gmp-tiny", mine, waitlist=True, contact=contact("b@example.com"), lang="en").json()
    world.post(f"/v1/bookings/{first['reference']}/cancel", bearer=first["manage_token"])
    assert kinds_heard(told) == ["offer"]
    [notice] = sink.taken
    assert notice["conversation"] == "web:campus:c1" and notice["reference"] == waiting["reference"]
    assert notice["lang"] == "en" and notice["at"] == "2026-12-01T10:00:00+01:00"
    seen = world.get(f"/v1/bookings/{waiting['reference']}?lang=en", bearer=mine).json()
    assert notice["data"] == seen and seen["state"] == "offered"
    world.clock.forward(hours=24)
    world.sweep()
    assert kinds_heard(told) == ["offer", "offer-lapsed"]
    assert sink.taken[-1]["data"]["state"] == "lapsed"


def test_a_lapsing_hold_is_told_once_and_again_after_each_extension(told: Told) -> None:
    world, sink = told
    mine = world.web.bearer("c1")
    path = f"/v1/bookings/{world.book(bearer=mine).json()['reference']}"
    world.clock.forward(minutes=9, seconds=59)
    world.sweep()
    assert kinds_heard(told) == []
    world.clock.forward(seconds=1)
    for _ in range(3):
        world.sweep()
    assert kinds_heard(told) == ["hold-lapsing"]
    assert sink.taken[0]["data"]["hold_expires_at"] == "2026-12-01T10:15:00+01:00"
    assert world.post(f"{path}/extend", bearer=mine).status_code == 200
    world.sweep()
    assert len(kinds_heard(told)) == 1
    world.clock.forward(minutes=11)
    for _ in range(3):
        world.sweep()
    assert kinds_heard(told) == ["hold-lapsing"] * 2
    world.clock.forward(minutes=5)
    world.sweep()
    assert kinds_heard(told) == ["hold-lapsing", "hold-lapsing", "hold-expired"]
    assert sink.taken[-1]["data"]["state"] == "expired"


def test_what_is_no_longer_so_is_not_told(told: Told) -> None:
    """While the bot was away the hold was extended, and the offer declined."""
    world, sink = told
    listen(world, sink, ["hold-lapsing", "offer"])
    mine = world.web.bearer("c1")
    held = world.book(bearer=mine).json()
    first = world.confirmed("a@example.com", "gmp-tiny", seats=2)
    waits = world.book("gmp-tiny", mine, waitlist=True, contact=contact("b@example.com")).json()
    world.post(f"/v1/bookings/{first['reference']}/cancel", bearer=first["manage_token"])
    world.clock.forward(minutes=11)
    world.sweep()
    assert world.scalar("SELECT COUNT(*) FROM outbox WHERE channel = 'notice'") == 4
    world.post(f"/v1/bookings/{held['reference']}/extend", bearer=mine)
    world.post(f"/v1/bookings/{waits['reference']}/cancel", bearer=mine)
    assert kinds_heard(told) == ["offer"] and sink.taken[0]["conversation"] is None
    assert world.scalar("SELECT COUNT(*) FROM outbox WHERE channel = 'notice'") == 1
    world.clock.forward(minutes=11)
    world.sweep()
    assert kinds_heard(told) == ["offer", "hold-lapsing", "hold-lapsing"]


@pytest.mark.parametrize("moment", ["2026-10-25T02:58:00+02:00", "2027-03-28T01:58:00+01:00"])
def test_the_night_in_which_the_clocks_change_makes_no_hold_lapse_early(told: Told, moment: str) -> None:
    world, _ = told
    world.book(bearer=world.web.bearer("c1"))
    shown = datetime.fromisoformat(moment)
    with world.database.writing() as db:
        db.execute(update(Booking).values(hold_expires_at=shown + timedelta(minutes=10)))
    world.clock.set(shown)
    world.sweep()
    assert kinds_heard(told) == []
    world.clock.forward(minutes=5)
    world.sweep()
    assert kinds_heard(told) == ["hold-lapsing"]


def test_a_conversation_is_not_told_what_it_did_itself(told: Told) -> None:
    world, _ = told
    mine = world.web.bearer("c1")
    path = f"/v1/bookings/{world.book(bearer=mine).json()['reference']}"
    world.post(f"{path}/confirm", {"contact": contact(), "terms_accepted": True}, bearer=mine)
    world.post(f"{path}/reschedule", {"session_id": "gmp-2"}, bearer=mine)
    world.post(f"{path}/cancel", bearer=mine)
    assert kinds_heard(told) == []
    assert world.scalar("SELECT COUNT(*) FROM outbox WHERE channel = 'notice'") == 0


@pytest.mark.parametrize("rate_limits", ["on", "off"])
def test_who_has_no_conversation_is_not_told(told: Told, make_world: MakeWorld, rate_limits: str) -> None:
    world, sink = told
    world = make_world(notify_url=f"{sink.url}/webhooks/notify", rate_limits=rate_limits)
    assert world.book().status_code == 201
    for minutes in (11, 5):
        world.clock.forward(minutes=minutes)
        world.sweep()
    assert world.scalar("SELECT COUNT(*) FROM outbox") == 0
    assert world.scalar("SELECT state FROM bookings") == "expired"


def test_a_person_s_answer_is_told_and_a_visitor_s_is_not(told: Told) -> None:
    world, sink = told
    webhook_kinds = ["handoff-message"]
    listen(world, sink, webhook_kinds)
    mine = world.web.bearer("c1")
    handoff = world.post("/v1/handoffs", {"reason": "asked", "lang": "fr"}, bearer=mine).json()
    path = f"/v1/handoffs/{handoff['id']}/messages"
    world.post(path, {"text": "Vous êtes là ?"}, bearer=mine)
    answer = world.post(path, {"text": "Oui, bonjour !"}, bearer=STAFF_TOKEN).json()
    assert kinds_heard(told) == ["handoff-message"] * 2
    by_receiver = {notice["conversation"]: notice for notice in sink.taken}
    data = {"handoff": handoff["id"], "state": "queued", "message": answer["id"], "from": "person"}
    assert by_receiver["web:campus:c1"]["data"] == data | {"text": "Oui, bonjour !"}
    assert by_receiver[None]["data"] == data
    assert all(notice["reference"] == handoff["id"] for notice in sink.taken)


def test_what_becomes_of_a_request_for_a_person_is_told_in_its_language(told: Told) -> None:
    world, sink = told
    listen(world, sink)
    mine = world.web.bearer("c1")
    wish = {"reason": "asked", "lang": "en", "contact": contact()}
    handoff = world.post("/v1/handoffs", wish, bearer=mine).json()
    path = f"/v1/staff/handoffs/{handoff['id']}"
    for verb in ("take", "release", "take", "close"):
        key = f"{verb}-of-{handoff['id']}-{len(sink.taken)}"
        said = [world.post(f"{path}/{verb}", bearer=STAFF_TOKEN, key=key) for _ in range(2)]  # the second a repeat
        assert said[0].status_code == 200 and said[0].json() == said[1].json()
        kinds_heard(told)
    kinds = ["handoff-taken", "handoff-released", "handoff-taken", "handoff-closed"]
    by_receiver = {one: [n for n in sink.taken if n["conversation"] == one] for one in ("web:campus:c1", None)}
    for notices in by_receiver.values():
        assert [notice["kind"] for notice in notices] == kinds
        assert [notice["data"]["state"] for notice in notices] == ["active", "queued", "active", "closed"]
        assert {(notice["lang"], notice["reference"], len(notice["data"])) for notice in notices} == {
            ("en", handoff["id"], 2)
        }
    assert len({notice["id"] for notice in sink.taken}) == len(sink.taken) == 8
    world.post(f"{path}/close", bearer=STAFF_TOKEN)  # closed already
    assert len(kinds_heard(told)) == 8
    assert [mail["X-Campus-Mail-Kind"] for mail in world.mails()] == ["desk"], "never both"


def test_what_nobody_was_there_to_read_is_mailed_once(world: World, make_world: MakeWorld) -> None:
    plan = {0: REFUSE, 1: 410}  # the bot is away, then back and nobody in the conversation
    with receiving(lambda number: plan.get(number, TAKE)) as sink:
        heard = make_world(notify_url=f"{sink.url}/webhooks/notify")
        sink.secrets["/webhooks/notify"] = notify_secret()
        mine = heard.web.bearer("c1")
        wish = {"reason": "asked", "lang": "fr", "contact": contact()}
        path = f"/v1/handoffs/{heard.post('/v1/handoffs', wish, bearer=mine).json()['id']}/messages"
        for said in ("Vous êtes là ?", "Et maintenant ?"):
            heard.post(path, {"text": said}, bearer=STAFF_TOKEN)
        for _ in range(4):
            make_due(heard)
            deliver_all(heard)
        assert waiting(heard) == 0 and sink.kinds() == ["handoff-message"]
        [desk, answer] = heard.mails()
        assert (desk["X-Campus-Mail-Kind"], answer["X-Campus-Mail-Kind"]) == ("desk", "handoff-answer")
        body = answer.get_body(("plain",))
        assert body is not None and "Vous êtes là" in body.get_content()


def test_what_was_given_up_is_mailed_once(world: World, make_world: MakeWorld) -> None:
    """The bot was away for three days."""
    with receiving(lambda _number: REFUSE) as sink:
        heard = make_world(notify_url=f"{sink.url}/webhooks/notify")
        mine = heard.web.bearer("c1")
        wish = {"reason": "asked", "lang": "fr", "contact": contact()}
        path = f"/v1/handoffs/{heard.post('/v1/handoffs', wish, bearer=mine).json()['id']}/messages"
        heard.post(path, {"text": "Vous êtes là ?"}, bearer=STAFF_TOKEN)
        make_due(heard)
        deliver_all(heard)
        assert [mail["X-Campus-Mail-Kind"] for mail in heard.mails()] == ["desk"], "not given up yet"
        with heard.database.writing() as db:
            long_ago = clock.real_now() - timedelta(days=3, minutes=1)
            db.execute(update(Outbox).where(Outbox.channel == NOTICE).values(created_at=long_ago))
        for _ in range(3):
            make_due(heard)
            deliver_all(heard)
        [desk, answer] = heard.mails()
        assert (desk["X-Campus-Mail-Kind"], answer["X-Campus-Mail-Kind"]) == ("desk", "handoff-answer")
        body = answer.get_body(("plain",))
        assert body is not None and "Vous êtes là" in body.get_content()


def test_a_hold_that_nobody_is_there_to_extend_is_told_once(world: World, make_world: MakeWorld) -> None:
    with receiving(lambda _number: 410) as sink:
        heard = make_world(notify_url=f"{sink.url}/webhooks/notify")
        heard.book(bearer=heard.web.bearer("c1"))
        heard.clock.forward(minutes=11)
        for _ in range(3):
            heard.sweep()
            make_due(heard)
            deliver_all(heard)
        assert len(sink.attempts) == 1 and waiting(heard) == 0 and heard.mails() == []


def test_where_nobody_listens_no_row_is_written(world: World) -> None:
    mine = world.web.bearer("c1")
    world.book(bearer=mine)
    booking = world.confirmed("a@example.com", "gmp-2")
    path, token = f"/v1/bookings/{booking['reference']}", booking["manage_token"]
    world.post(f"{path}/reschedule", {"session_id": "gmp-1"}, bearer=token)
    world.post(f"{path}/cancel", bearer=token)
    for minutes in (11, 5):
        world.clock.forward(minutes=minutes)
        world.sweep()
    assert world.rows("SELECT DISTINCT channel FROM outbox") == [("mail",)]


@pytest.mark.one_database
def test_outside_systems_get_ids_and_states(world: World) -> None:
    booking: dict[str, Any] = world.confirmed("jeanne@example.com", participants=[{"name": "Léa Noël"}])
    assert ids_and_states(booking) == {
        "reference": booking["reference"],
        "state": "confirmed",
        "seats": 1,
        "version": 1,
        "session": {
            "id": "gmp-1",
            "course_id": "gmp",
            "state": booking["session"]["state"],
            "start": "2027-01-12T09:00:00+01:00",
        },
    }
