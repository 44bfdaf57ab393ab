"""Outside systems that subscribe: who may, where to, and how deliveries end."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from campus import clock
from campus.mail import workers as mailer
from campus.notices import workers as notifier
from campus.notices.addresses import allowed
from campus.notices.posting import Poster
from campus.outbox import queue
from campus.outbox.errors import Undelivered
from campus.outbox.models import NOTICE
from campus.speakers.keys import notify_secret
from sqlalchemy import text

from .conftest import STAFF_TOKEN, MakeWorld, World
from .noticing import EVERY_KIND, deliver, deliver_all, listen, make_due, subscribe, waiting
from .sinks import HANG, REFUSE, TAKE, Sink, receiving

PATH = "/v1/staff/webhooks"
OUTSIDE = "https://crm.example/campus"


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A receiver that takes everything."""
    with receiving() as made:
        yield made
        assert not made.errors


def life(world: World, email: str = "jeanne@example.com") -> str:
    """A booking that is confirmed, moved and cancelled; its reference."""
    booking = world.confirmed(email, "gmp-2")
    path, token = f"/v1/bookings/{booking['reference']}", booking["manage_token"]
    assert world.post(f"{path}/reschedule", {"session_id": "gmp-1"}, bearer=token).status_code == 200
    assert world.post(f"{path}/cancel", bearer=token).status_code == 200
    return str(booking["reference"])


def test_only_staff(world: World) -> None:
    booking = world.confirmed("a@example.com")
    calls: list[tuple[str, str, Any]] = [
        ("POST", PATH, {"url": OUTSIDE, "kinds": ["offer"]}),
        ("POST", PATH, {"url": 1}),
        ("GET", PATH, None),
        ("DELETE", f"{PATH}/WHK-000000", None),
    ]
    for method, path, body in calls:
        assert world.call(method, path, body).json()["code"] == "not-authenticated"
        for bearer in (booking["manage_token"], world.web.bearer()):
            assert world.call(method, path, body, bearer=bearer).json()["code"] == "forbidden"
    assert world.scalar("SELECT COUNT(*) FROM webhooks") == 0


def test_the_secret_is_told_once_and_kept_once(world: World) -> None:
    first = subscribe(world, OUTSIDE, ["offer", "offer", "booking-moved"], key="one-key-for-one-webhook")
    again = subscribe(world, OUTSIDE, ["offer", "offer", "booking-moved"], key="one-key-for-one-webhook")
    assert first == again and first["secret"].startswith("whsec_") and first["kinds"] == ["offer", "booking-moved"]
    listed = world.get(PATH, bearer=STAFF_TOKEN).json()
    assert listed["items"] == [{name: value for name, value in first.items() if name != "secret"}]
    assert first["secret"] not in json.dumps(world.rows("SELECT body FROM idempotency_keys"), default=str)
    assert world.rows("SELECT action, reference, target FROM audit") == [("webhook", first["id"], "active")]
    assert subscribe(world, OUTSIDE)["secret"] != first["secret"]


@pytest.mark.one_database
@pytest.mark.parametrize(
    "wish", [{}, {"url": OUTSIDE}, {"url": OUTSIDE, "kinds": []}, {"url": OUTSIDE, "kinds": ["everything"]}]
)
def test_invalid_wishes(world: World, wish: dict[str, Any]) -> None:
    assert world.post(PATH, wish, bearer=STAFF_TOKEN).json()["code"] == "invalid"


INSIDE = [
    *("https://10.0.0.8/x", "https://172.16.5.4/", "https://192.168.1.1/", "https://169.254.169.254/latest/meta-data"),
    *("https://100.64.0.1/", "https://0.0.0.0/", "https://[fe80::1]/", "https://[fc00::1]/", "https://[::]/"),
    *("https://[::ffff:10.0.0.1]/", "https://[64:ff9b::a00:1]/", "https://0xa9fea9fe/", "https://2852039166/"),
    *("https://224.0.0.1/", "https://10.1/"),
]
PLAIN = ["http://crm.example/campus", "http://93.184.216.34/", "http://10.0.0.8/"]
BROKEN = ["ftp://crm.example/", "crm.example", "https://", "https://me:secret@crm.example/", "https://a b/", "//x/y"]
HERE = ["http://127.0.0.1:9/x", "http://localhost/x", "https://[::1]/", "https://app.localhost./", "http://127.1/"]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("url", "code"),
    [
        *((url, "address_not_allowed") for url in INSIDE),
        *((url, "https_only") for url in PLAIN),
        *((url, "malformed") for url in BROKEN),
    ],
)
def test_where_a_webhook_may_not_point(world: World, url: str, code: str) -> None:
    answer = world.post(PATH, {"url": url, "kinds": ["offer"]}, bearer=STAFF_TOKEN)
    assert answer.status_code == 422 and answer.json()["errors"] == [{"field": "url", "code": code}]


@pytest.mark.one_database
@pytest.mark.parametrize("url", HERE)
def test_this_machine_only_outside_production(world: World, make_world: MakeWorld, url: str) -> None:
    subscribe(world, url)
    strict = make_world(campus_env="production")
    answer = strict.post(PATH, {"url": url, "kinds": ["offer"]}, bearer=STAFF_TOKEN)
    assert answer.json()["errors"] == [{"field": "url", "code": "address_not_allowed"}]
    assert not allowed("127.0.0.1", "https") and allowed("93.184.216.34", "https")


@pytest.mark.one_database
def test_a_name_that_leads_inside_is_not_followed(world: World) -> None:
    for found in (["10.0.0.8"], ["93.184.216.34", "169.254.169.254"], ["::1", "fd00::1"], []):
        poster = Poster(resolve=lambda _host, _port, found=found: found)  # type: ignore[misc]
        with pytest.raises(Undelivered, match="refused-address"):
            poster.post("https://crm.example/", "whsec_c2VjcmV0c2VjcmV0", {"id": "1"})


def test_refused_addresses_wait_and_are_told(world: World) -> None:
    subscribe(world, OUTSIDE)
    world.confirmed("a@example.com")
    assert deliver(world, Poster(resolve=lambda _host, _port: ["192.168.1.1"])) == 1
    assert world.get(PATH, bearer=STAFF_TOKEN).json()["items"][0]["last_status"] == "refused-address"
    assert world.scalar("SELECT last_error FROM outbox WHERE channel = 'notice'") == "refused-address"


@pytest.mark.one_database
def test_the_checked_address_is_the_one_that_is_called(world: World, tmp_path: Path) -> None:
    """Over TLS, with the name of the URL in the certificate and in the Host header."""
    certificate, trusted = _certificate(tmp_path, "crm.example"), ssl.create_default_context()
    trusted.load_verify_locations(tmp_path / "cert.pem")
    asked: list[tuple[str, int]] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["127.0.0.1"]

    with receiving(certificate=certificate) as sink:
        port = int(sink.url.rpartition(":")[2])
        sink.secrets["/hook"] = secret = "whsec_c2VjcmV0c2VjcmV0"
        poster = Poster(resolve=resolve, certificates=lambda: trusted)
        assert poster.post(f"https://crm.example:{port}/hook", secret, {"id": "1"}) == 204
        with pytest.raises(Undelivered, match="unreachable"):  # the certificate is another's
            poster.post(f"https://other.example:{port}/hook", secret, {"id": "1"})
    assert asked == [("crm.example", port), ("other.example", port)]
    assert sink.hosts == [f"crm.example:{port}"] and not sink.errors


def test_outside_systems_learn_nothing_personal(world: World, sink: Sink) -> None:
    listen(world, sink)
    world.book("gmp-2", world.web.bearer("a-conversation"))
    reference = life(world)
    deliver_all(world)
    assert sink.kinds() == ["booking-confirmed", "booking-moved", "booking-cancelled"]
    assert [notice["data"]["state"] for notice in sink.taken] == ["confirmed", "confirmed", "cancelled"]
    assert sink.taken[1]["data"]["session"]["id"] == "gmp-1"
    assert {notice["reference"] for notice in sink.taken} == {reference}
    everything = json.dumps(sink.taken)
    for personal in ("jeanne", "Jeanne", "Dubois", "a-conversation"):
        assert personal not in everything
    for minutes in (11, 5):
        world.clock.forward(minutes=minutes)
        world.sweep()
        deliver_all(world)
    assert sink.kinds()[3:] == ["hold-lapsing", "hold-expired"]
    assert "a-conversation" not in json.dumps(sink.taken)


def test_each_is_told_the_kinds_it_wants(world: World, sink: Sink) -> None:
    listen(world, sink, ["booking-moved"], "/moves")
    listen(world, sink, ["booking-cancelled"], "/ends")
    life(world)
    deliver_all(world)
    assert sorted(sink.kinds()) == ["booking-cancelled", "booking-moved"]
    assert len(sink.attempts) == 2


def test_410_ends_a_subscription_and_drops_what_waits(world: World) -> None:
    with receiving(lambda _number: 410) as gone, receiving() as other:
        ended, kept = listen(world, gone), listen(world, other)
        for number in range(3):
            life(world, f"p{number}@example.com")
        deliver_all(world)
        life(world, "later@example.com")
        deliver_all(world)
        assert len(gone.attempts) == 1 and len(other.unique()) == 12
    listed = {item["id"]: item for item in world.get(PATH, bearer=STAFF_TOKEN).json()["items"]}
    assert listed[ended["id"]]["active"] is False and listed[ended["id"]]["last_status"] == "410"
    assert listed[ended["id"]]["ended_at"] == "2026-12-01T10:00:00+01:00"
    assert listed[kept["id"]]["active"] is True and listed[kept["id"]]["last_status"] == "204"
    assert waiting(world) == 0
    assert world.rows("SELECT actor, target FROM audit WHERE reference = :id ORDER BY seq", id=ended["id"]) == [
        ("staff:", "active"),
        ("service:", "ended"),
    ]


def test_staff_end_a_subscription(world: World) -> None:
    webhook = subscribe(world, OUTSIDE)
    life(world)
    assert waiting(world) == 3
    for _ in range(2):
        assert world.call("DELETE", f"{PATH}/{webhook['id']}", bearer=STAFF_TOKEN).status_code == 204
    assert waiting(world) == 0
    assert world.scalar("SELECT COUNT(*) FROM audit WHERE action = 'webhook' AND target = 'ended'") == 1
    for unknown in ("WHK-000000", "nonsense"):
        assert world.call("DELETE", f"{PATH}/{unknown}", bearer=STAFF_TOKEN).status_code == 404


def test_a_subscription_that_ended_while_its_notice_was_claimed(world: World, sink: Sink) -> None:
    webhook = listen(world, sink)
    world.confirmed("a@example.com")
    lane = queue.Lane(NOTICE, webhook["id"])
    with world.database.writing() as db:
        [row] = queue.claim(db, lane)
    with world.database.writing() as db:
        db.execute(text("UPDATE webhooks SET active = :no"), {"no": False})
        queue.give_back(db, [row])
    assert deliver(world) == 1 and waiting(world) == 0 and not sink.attempts


def test_not_too_many(world: World) -> None:
    for number in range(20):
        subscribe(world, f"{OUTSIDE}/{number}", ["offer"])
    answer = world.post(PATH, {"url": OUTSIDE, "kinds": ["offer"]}, bearer=STAFF_TOKEN)
    assert answer.json()["errors"] == [{"field": "url", "code": "too_many"}]


def test_redirects_are_not_followed(world: World) -> None:
    with receiving(lambda _number: 307) as sink:
        listen(world, sink)
        world.confirmed("a@example.com")
        assert deliver(world) == 1
        assert len(sink.attempts) == 1 and waiting(world) == 1
    assert world.scalar("SELECT last_error FROM outbox WHERE channel = 'notice'") == "307"


def test_it_is_tried_again_with_growing_pauses_and_given_up_after_three_days(world: World) -> None:
    with receiving(lambda _number: REFUSE) as sink:
        listen(world, sink)
        world.confirmed("a@example.com")
        pauses = []
        for _ in range(4):
            make_due(world)
            before = clock.real_now()
            assert deliver(world) == 1 and deliver(world) == 0
            [[due]] = world.rows("SELECT next_attempt_at FROM outbox WHERE channel = 'notice'")
            moment = due if not isinstance(due, str) else clock.datetime.fromisoformat(due)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=clock.UTC)
            pauses.append((moment - before).total_seconds())
        assert pauses == sorted(pauses) and 1 < pauses[0] < 4 and pauses[-1] > 10
        assert len(set(sink.attempts)) == 1  # one id over all attempts
        long_ago = (clock.real_now() - timedelta(days=3, minutes=1)).replace(tzinfo=None)
        with world.database.writing() as db:
            db.execute(text("UPDATE outbox SET created_at = :then, next_attempt_at = :then"), {"then": long_ago})
        assert deliver(world) == 1
    assert world.scalar("SELECT COUNT(*) FROM outbox WHERE channel = 'notice' AND failed_at IS NOT NULL") == 1
    make_due(world)
    assert deliver(world) == 0


@pytest.mark.one_database
def test_an_answer_that_trickles_ends_at_the_limit(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        over = threading.Event()

        def trickle() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not over.wait(0.05):
                    try:
                        connection.sendall(b".")
                    except OSError:
                        return

        thread = threading.Thread(target=trickle)
        thread.start()
        began = time.monotonic()
        with pytest.raises(Undelivered, match="timeout"):
            Poster(whole=0.5).post(f"http://127.0.0.1:{server.getsockname()[1]}/", "whsec_c2VjcmV0", {"id": "1"})
        assert 0.4 < time.monotonic() - began < 2
        over.set()
        thread.join()


@pytest.mark.one_database
def test_nobody_there(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
    with pytest.raises(Undelivered, match="unreachable"):
        Poster().post(url, "whsec_c2VjcmV0", {"id": "1"})

    def unknown(_host: str, _port: int) -> list[str]:
        raise socket.gaierror("no such name")

    with pytest.raises(Undelivered, match="unreachable"):
        Poster(resolve=unknown).post(OUTSIDE, "whsec_c2VjcmV0", {"id": "1"})


def test_two_workers_send_each_notice_once(world: World, sink: Sink) -> None:
    listen(world, sink, ["booking-confirmed"])
    references = [world.confirmed(f"p{n}@example.com", "open-1")["reference"] for n in range(30)]
    posting: set[int] = set()
    two_at_work = threading.Event()

    class Meeting(Poster):
        """Nobody sends anything before two of the workers have something to send."""

        def post(self, *told: Any, **more: Any) -> Any:
            posting.add(threading.get_ident())
            if len(posting) > 1:
                two_at_work.set()
            two_at_work.wait(20)
            return super().post(*told, **more)

    def work(_number: int) -> int:
        return sum(iter(lambda: deliver(world, Meeting()), 0))

    with ThreadPoolExecutor(3) as pool:
        counts = list(pool.map(work, range(3)))
    assert Counter(notice["reference"] for notice in sink.taken) == Counter(references)
    assert sum(counts) == 30 and sum(count > 0 for count in counts) > 1


def test_receivers_that_hang_delay_neither_mail_nor_the_conversation(world: World, make_world: MakeWorld) -> None:
    """With the real limits and the real workers, which stop within the limit of one exchange."""
    with receiving(lambda _number: HANG) as dead, receiving() as bot:
        bot.secrets["/notify"] = notify_secret()
        started = make_world(notify_url=f"{bot.url}/notify")
        for path in ("/a", "/b"):
            listen(started, dead, EVERY_KIND, path)
        mine = started.web.bearer("c1")
        started.book("gmp-2", mine)
        for number in range(4):
            life(started, f"early{number}@example.com")

        async def run() -> tuple[float, float]:
            async with notifier.running(started.app), mailer.running(started.app):
                while len(dead.attempts) < 2:
                    await asyncio.sleep(0.02)
                booking = await asyncio.to_thread(started.confirmed, "late@example.com", "open-1")
                started.clock.forward(minutes=11)
                await asyncio.to_thread(started.sweep)
                answered = time.monotonic()
                folder = started.settings.var_dir / "outbox"
                while not bot.taken or not any(
                    booking["reference"].encode() in file.read_bytes() for file in folder.glob("*.eml")
                ):
                    assert time.monotonic() - answered < 10
                    await asyncio.sleep(0.02)
                waited, stopping = time.monotonic() - answered, time.monotonic()
            return waited, time.monotonic() - stopping

        waited, stopped = asyncio.run(run())
    assert waited < 2 and stopped < 6
    assert bot.kinds() == ["hold-lapsing"] and not bot.errors
    claimed = "SELECT COUNT(*) FROM outbox WHERE claimed_until IS NOT NULL AND sent_at IS NULL"
    assert world.scalar(claimed) == 0  # what was claimed and not tried was given back


def test_a_worker_that_stops_gives_back_what_it_did_not_try(world: World) -> None:
    stops: list[bool] = []
    with receiving(lambda number: TAKE if number == 0 else REFUSE) as sink:
        webhook = listen(world, sink, ["booking-confirmed"])
        for number in range(3):
            world.confirmed(f"p{number}@example.com", "open-1")

        def stopping() -> bool:
            stops.append(bool(sink.attempts))
            return stops[-1]

        lane = queue.Lane(NOTICE, webhook["id"])
        assert notifier.deliver_due(world.database, Poster(), lane, stopping) == 3
    rows = world.rows("SELECT attempts, claimed_until FROM outbox WHERE channel = 'notice' ORDER BY seq")
    assert rows == [(1, None), (0, None), (0, None)] and waiting(world) == 2


def _certificate(folder: Path, name: str) -> ssl.SSLContext:
    """A certificate for that name, which `cert.pem` in the folder vouches for."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = clock.real_now()
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context
