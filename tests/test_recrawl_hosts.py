"""Jobs ask each host as it wishes to be asked: seen from the server, and in what stays due."""

import gzip
import socket
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.clocks import VirtualClock
from tests.loopback import Asked, Loopback, Reply, linked_site, site_file
from tests.recrawl import Page, World, page, to

TEXT = {"Content-Type": "text/plain"}
ROBOTS = "/robots.txt"


def rules(*lines: str) -> Reply:
    return Reply(body="\n".join(["User-agent: *", *lines, ""]).encode(), headers=TEXT)


def articles(number: int) -> dict[str, list[Page]]:
    return {f"/a/{n}": [page(f"article {n}")] for n in range(number)}


def packed(reply: Reply) -> Reply:
    return Reply(body=gzip.compress(reply.body), headers={**reply.headers, "Content-Encoding": "gzip"})


def endless(reply: Reply) -> Reply:
    """One whose body is the first part of more than comes."""
    return Reply(body=reply.body, headers={**reply.headers, "Content-Length": str(10**12)})


@contextmanager
def served(folder: Path, stories: dict[str, list[Page]], **keys: object) -> Iterator[tuple[World, Loopback]]:
    noon = datetime.now(UTC).replace(hour=12)  # no job of these crosses midnight, where the requests of a day end
    world = World(folder=folder, pages=stories, clock=VirtualClock(noon))
    with Loopback(respond=world.respond, seconds=world.seconds) as site:
        world.configure(site, **keys)
        yield world, site


def states(world: World) -> Counter[tuple[str, str | None]]:
    return Counter(world.rows("select state, reason from pages where kind = 'article'"))


def wait_of(world: World) -> tuple[timedelta, str]:
    """How long the host is left alone from the end of the last crawl on, and why."""
    [(ready, held, ended)] = world.rows("select ready_at, held, (select max(finished_at) from crawls) from hosts")
    return datetime.fromisoformat(ready) - datetime.fromisoformat(ended), held


@pytest.mark.parametrize(
    ("robots", "open_paths"),
    [
        ({ROBOTS: [Reply(404)]}, ["/a/0", "/a/1"]),
        ({ROBOTS: [Reply(403)]}, ["/a/0", "/a/1"]),
        ({ROBOTS: [to(301, "/rules")], "/rules": [rules("Disallow: /a/1")]}, ["/a/0"]),
        ({ROBOTS: [to(302, ROBOTS)]}, ["/a/0", "/a/1"]),
        ({ROBOTS: [to(301, "http://[::1")]}, ["/a/0", "/a/1"]),
        ({ROBOTS: [to(301, "http://a..b/robots.txt")]}, ["/a/0", "/a/1"]),
        ({ROBOTS: [to(301, "ftp://x/robots.txt")]}, ["/a/0", "/a/1"]),
        ({ROBOTS: [rules("Disallow: /a/1", "# long\n" * 2_000_000)]}, ["/a/0"]),
        ({ROBOTS: [packed(rules("Disallow: /a/1", "# long\n" * 2_000_000))]}, ["/a/0"]),
        ({ROBOTS: [endless(rules("Disallow: /a/1", "# long\n" * 2_000_000))]}, ["/a/0"]),
    ],
    ids=[
        "missing",
        "forbidden",
        "redirected",
        "redirected without end",
        "redirected to half an address",
        "redirected to no host",
        "redirected elsewhere than the web",
        "longer than any",
        "packed",
        "without end",
    ],
)
def test_rules_are_those_that_can_be_read(tmp_path: Path, robots: dict[str, list[Page]], open_paths: list[str]) -> None:
    with served(tmp_path, {**robots, **articles(2)}) as (world, site):
        assert world.crawl().returncode == 0
    assert sorted(path for path in site.paths if path.startswith("/a/")) == open_paths
    closed: dict[tuple[str, str | None], int] = {("refused", "robots"): 1} if len(open_paths) < 2 else {}
    assert states(world) == {("stored", None): len(open_paths), **closed}


@pytest.mark.parametrize(
    ("reply", "least", "why"),
    [
        (Reply(500), 3600, "robots http 500"),
        (Reply(503, headers={"Retry-After": "7200"}), 7200, "robots http 503"),
        (Reply(429, headers={"Retry-After": "86400"}), 86400, "robots http 429"),
    ],
)
def test_rules_that_cannot_be_read_close_the_host(tmp_path: Path, reply: Reply, least: int, why: str) -> None:
    with served(tmp_path, {ROBOTS: [rules(), reply], **articles(3)}) as (world, site):
        assert world.crawl().returncode == 0
        world.stage, before = 1, len(site.paths)
        for _ in range(2):
            done = world.crawl("--all")
            assert done.returncode == 1
            assert f"is held until {world.rows('select ready_at from hosts')[0][0][:10]}" in done.stderr
            assert why in done.stderr
    assert site.paths[before:] == [ROBOTS]
    assert world.rows("select outcome, reason, count(*) from fetches where crawl_id > 1 group by 1, 2") == [
        ("failed", why, 1)
    ]
    assert world.rows("select count(*) from pages where due_at <= (select max(started_at) from crawls)") == [(4,)]
    wait, held = wait_of(world)
    assert held == why
    assert timedelta(seconds=least - 60) < wait < timedelta(seconds=least * 1.25)


def test_rules_that_change_are_noticed_and_pages_come_back(tmp_path: Path) -> None:
    stories: dict[str, list[Page]] = {
        ROBOTS: [rules("Disallow: /a/1"), rules("Disallow: /a/0", "Disallow: /x")],
        **articles(2),
    }
    with served(tmp_path, stories) as (world, site):
        world.crawl()
        assert world.state("/a/1") == ("refused", "robots")
        world.stage = 1
        world.crawl("--all")
        asked = site.paths
    assert world.state("/a/1") == ("stored", None)
    assert world.state("/a/0") == ("refused", "robots")
    assert asked.count("/a/0") == asked.count("/a/1") == 1
    [(kind, detail)] = world.rows("select kind, detail from notices")
    assert kind == "robots"
    assert "now says Disallow: /a/0; Disallow: /x and no longer says Disallow: /a/1" in detail
    assert world.shown("/a/0")["text"]


def test_crawl_delay_is_kept_to(tmp_path: Path) -> None:
    with served(tmp_path, {ROBOTS: [rules("Crawl-delay: 1")], **articles(2)}) as (world, site):
        assert world.crawl().returncode == 0
    assert len(site.asked) == 5  # the last one is for tdmrep.json
    assert all(later.at - earlier.at >= 0.999 for earlier, later in pairwise(site.asked))


@pytest.mark.parametrize("status", [429, 503])
def test_who_asks_for_patience_is_not_asked(tmp_path: Path, status: int) -> None:
    turned_away = Reply(status, headers={"Retry-After": "1200"})
    stories = articles(4) | {"/a/1": [turned_away, page("article 1")]}
    with served(tmp_path, stories, concurrency=1) as (world, site):
        done = world.crawl()
        assert done.returncode == 1
        assert f"is held until {world.rows('select ready_at from hosts')[0][0][:10]}" in done.stderr
        asked = len(site.paths)
        assert site.paths[-1] == "/a/1"
        world.crawl("--all")
        assert len(site.paths) == asked
    assert states(world) == {("stored", None): 1, ("failed", f"http {status}"): 1, ("new", None): 2}
    wait, held = wait_of(world)
    assert held == f"http {status}"
    assert wait > timedelta(seconds=1100)
    assert {due <= at for due, at in world.rows("select due_at, ready_at from pages, hosts where state = 'new'")} == {
        True
    }


@pytest.mark.parametrize(
    ("path", "status", "state"),
    [
        ("/a/1", 404, ("gone", "http 404")),
        ("/a/1", 500, ("failed", "http 500")),
        ("/a/1", 301, ("failed", "host waits")),
        (ROBOTS, 404, None),
    ],
)
def test_patience_is_had_whatever_answer_asks_for_it(
    tmp_path: Path, path: str, status: int, state: tuple[str, str] | None
) -> None:
    asks = Reply(status, headers={"Retry-After": "1200", **({"Location": "/a/3"} if status == 301 else {})})
    with served(tmp_path, articles(3) | {path: [asks]}, concurrency=1) as (world, site):
        assert world.crawl().returncode == 1
        asked = site.paths
        assert asked[-1] == path
        world.crawl()
        assert site.paths == asked
    assert state is None or world.state(path) == state
    wait, held = wait_of(world)
    assert held == f"http {status}"
    assert timedelta(seconds=1100) < wait <= timedelta(seconds=1200)


@pytest.mark.parametrize("is_listening", [True, False])
def test_a_host_that_is_down_is_left_alone(tmp_path: Path, is_listening: bool) -> None:
    def hang_up(_: Asked) -> Reply:
        raise ConnectionError

    stories: dict[str, list[Page]] = {path: [*story, hang_up] for path, story in articles(20).items()}
    with served(tmp_path, stories) as (world, site):
        assert world.crawl().returncode == 0
        make_due(world)
        world.stage, before = 1, len(site.asked)
        if is_listening:
            done = world.crawl()
            assert 3 <= len(site.asked) - before <= 8
    if not is_listening:
        done = world.crawl()
    assert done.returncode == 1
    assert "unreachable" in done.stderr
    tried = world.rows("select count(*) from fetches where crawl_id = 2 and outcome = 'failed'")[0][0]
    assert world.rows("select count(*) from pages where due_at < '2021'") == [(20 - tried,)]
    assert timedelta(minutes=50) < wait_of(world)[0] < timedelta(minutes=80)
    assert world.crawl().returncode == 1
    assert world.rows("select count(*) from fetches where crawl_id = 3") == [(0,)]


def test_a_connection_that_is_closed_is_tried_again_after_the_delay(tmp_path: Path) -> None:
    def hang_up(_: Asked) -> Reply:
        raise ConnectionError

    with served(tmp_path, {"/a/0": [hang_up]}, delay=0.5, concurrency=1) as (world, site):
        world.crawl()
    assert site.paths == [ROBOTS, "/list/1", "/a/0", "/a/0"]
    assert all(later.at - earlier.at >= 0.499 for earlier, later in pairwise(site.asked))
    assert world.state("/a/0") == ("failed", "broken connection")


def test_a_host_that_was_never_up_costs_one_try(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        world = World(folder=tmp_path, pages={}, base=f"http://127.0.0.1:{port}")
        (tmp_path / "sites").mkdir()
        (tmp_path / "sites" / "loop.toml").write_text(site_file(world.base))
        assert world.crawl().returncode == 1
    assert wait_of(world)[0] > timedelta(minutes=50)


def test_two_site_files_on_one_host_share_its_gate(tmp_path: Path) -> None:
    def slow(name: str) -> Callable[[Asked], Reply]:
        def answer(_: Asked) -> Reply:
            time.sleep(0.05)
            return page(name)

        return answer

    stories: dict[str, list[Page]] = {f"/a/{n}": [slow(f"article {n}")] for n in range(8)}
    with served(tmp_path, stories) as (world, site):
        keys = {"name": '"other"', "listings": f'["{site.url}/list/1?other"]', "concurrency": "1", "articles": "['/o']"}
        (tmp_path / "sites" / "other.toml").write_text(site_file(site.url, **keys))
        world.crawl()
    assert site.at_once == 1
    assert states(world) == {("stored", None): 8}


def test_a_sites_file_holds_on_hosts_that_it_does_not_name(tmp_path: Path) -> None:
    with (
        served(tmp_path, {}, delay=0.3, daily_requests=4) as (world, _),
        Loopback(linked_site(6), seconds=world.seconds) as articles,
    ):
        other = articles.url.replace("127.0.0.1", "localhost")
        links = "".join(f'<a href="{other}/a/{n}">An article</a>' for n in range(6))
        world.pages = {"/list/1": [Reply(body=links.encode())]}
        world.crawl("--allow-private")
        assert articles.paths[0] == ROBOTS
        assert len(articles.paths) == 4
        assert articles.at_once == 1
        assert all(later.at - earlier.at >= 0.299 for earlier, later in pairwise(articles.asked))


def test_a_days_requests_are_not_exceeded(tmp_path: Path) -> None:
    with served(tmp_path, articles(8), daily_requests=6) as (world, site):
        done = world.crawl()
        assert len(site.paths) == 6
        assert "daily requests; pages due: 4" in " ".join(done.stdout.split())
        assert world.crawl().returncode == done.returncode == 0
        assert len(site.paths) == 6
    assert states(world) == {("stored", None): 4, ("new", None): 4}


def test_time_that_is_up_ends_the_job_well_and_the_next_goes_on(tmp_path: Path) -> None:
    with served(tmp_path, articles(12), delay=30, concurrency=1) as (world, site):
        first = world.crawl("--minutes", "3")
        assert first.returncode == 0, first.stderr
        assert states(world) == {("stored", None): 4, ("new", None): 8}
        assert world.crawl().returncode == 0
    assert states(world) == {("stored", None): 12}
    assert Counter(path for path in site.paths if path.startswith("/a/")) == {f"/a/{n}": 1 for n in range(12)}
    assert world.rows("select outcome, reason from crawls") == [
        ("finished", "Its 3 minutes were over."),
        ("finished", None),
    ]


def make_due(world: World) -> None:
    db = sqlite3.connect(world.folder / "healthnews.db")
    with db:
        db.execute("update pages set due_at = '2020-01-01T00:00:00.000000Z' where kind = 'article'")
    db.close()


def test_new_rules_name_the_stored_pages_that_they_forbid(tmp_path: Path) -> None:
    stories = articles(5) | {ROBOTS: [rules("Disallow: /x"), rules("Disallow: /a/"), rules("Disallow: /x")]}
    with served(tmp_path, stories) as (world, _):
        for world.stage in range(3):
            world.crawl("--all")
            assert states(world) == {
                ("stored" if world.stage != 1 else "refused", None if world.stage != 1 else "robots"): 5
            }
            assert world.rows("select count(*) from articles") == [(5,)]
    forbidden, relaxed = [detail for (detail,) in world.rows("select detail from notices order by id")]
    assert "It newly forbids pages of stored articles (/a/0, /a/1, /a/2 and 2 more): they stay as they are" in forbidden
    assert "newly" not in relaxed
