"""An origin that does not answer is left alone; its host is only where none of its origins answers."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

import crawler.settings
from archive.articles.tdmrep import PATH as TDMREP
from tests import impatience
from tests.clocks import VirtualClock
from tests.commands import run_under
from tests.loopback import Loopback, Reply
from tests.recrawl import World, page, to

LIVING = tuple(f"/a/{n}" for n in range(4))


@contextmanager
def refusing() -> Iterator[str]:
    """An origin whose port refuses connections: it is bound, and nobody listens."""
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@contextmanager
def silent() -> Iterator[str]:
    """An origin that takes connections and never answers."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


DEAD = {"no connection": refusing, "timed out": silent}


@pytest.fixture(params=DEAD)
def dead(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str]]:
    """An origin without answers, and the reason that its pages fail for."""
    with DEAD[request.param]() as origin:
        monkeypatch.setitem(crawler.settings.DOWNLOADER_MIDDLEWARES, impatience.NAME, impatience.PLACE)
        monkeypatch.setattr(crawler.settings, impatience.SETTING, [origin], raising=False)
        yield origin, request.param


def held(world: World) -> list[tuple[str, str]]:
    return world.rows("select host, held from hosts where held is not null order by 1")


def listing(*links: str) -> Reply:
    return Reply(body="".join(f'<a href="{link}">x</a>' for link in links).encode())


def test_a_redirect_to_a_dead_port_holds_that_port(tmp_path: Path, dead: tuple[str, str]) -> None:
    origin, reason = dead
    stories = {name: [page(name)] for name in LIVING}
    world = World(folder=tmp_path, pages={"/a/": [to(302, f"{origin}/a/x")], **stories}, clock=VirtualClock())
    with Loopback(respond=world.respond, seconds=world.seconds) as site:
        world.configure(site, concurrency=1)
        assert world.crawl().returncode == 0
        assert world.state("/a/") == ("failed", reason)
        assert {world.state(name) for name in LIVING} == {("stored", None)}
        assert held(world) == [(origin, reason)]
        assert world.crawl("--all").returncode == 0
        assert {world.fates(name)[-1][0] for name in LIVING} == {"unchanged"}
        assert world.rows("select backoff from hosts where host = ?", origin) == [(1,)]


def test_pages_of_a_dead_origin_fail_beside_a_living_one(tmp_path: Path, dead: tuple[str, str]) -> None:
    origin, reason = dead
    lost = [f"{origin}/a/{n}" for n in range(4)]
    stories = {name: [page(name)] for name in LIVING}
    listed = [listing(*lost, *LIVING)]
    world = World(folder=tmp_path, pages={"/list/1": listed, **stories}, clock=VirtualClock())
    with Loopback(respond=world.respond, seconds=world.seconds) as site:
        world.configure(site, concurrency=1)
        world.crawl()
        assert {world.state(name) for name in LIVING} == {("stored", None)}
        assert held(world) == [(origin, reason)]
    assert world.rows("select state, reason, count(*) from pages where url like ? group by 1", f"{origin}/%") == [
        ("failed", reason, len(lost))
    ]


def test_an_origin_that_answers_again_is_asked_again(tmp_path: Path) -> None:
    with refusing() as origin:
        port = int(origin.rpartition(":")[2])
        stories = {name: [page(name)] for name in (*LIVING, "/a/late")}
        pages = {"/list/1": [listing(f"{origin}/a/late", *LIVING)], **stories}
        world = World(folder=tmp_path, pages=pages, clock=VirtualClock())
        with Loopback(respond=world.respond, seconds=world.seconds) as site:
            world.configure(site, concurrency=1)
            world.crawl()
            assert held(world) == [(origin, "no connection")]
    with Loopback(respond=world.respond, port=port) as other, Loopback(respond=world.respond, port=site.port):
        assert world.clock
        world.clock.moment += timedelta(days=1)
        assert world.crawl().returncode == 0
        assert other.paths == ["/robots.txt", "/a/late", TDMREP]
    assert held(world) == []


def test_a_host_without_a_living_origin_is_held(tmp_path: Path) -> None:
    world = World(folder=tmp_path, pages={}, clock=VirtualClock())
    with refusing() as one, refusing() as two:
        done = run_under(world.clock, "crawl", f"{one}/a/1", f"{two}/a/2", "--allow-private", cwd=tmp_path)
    assert done.returncode == 1
    assert ("127.0.0.1", "unreachable") in held(world)
    assert "127.0.0.1: closed, since" in done.stderr or "127.0.0.1 is held until" in done.stderr
    assert world.rows("select distinct outcome, reason from fetches") == [("failed", "no connection")]
