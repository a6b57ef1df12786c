"""Answers that block the crawler: no article is taken for gone or changed, the host is left alone, and it is said."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from archive.errors import ExitCode
from archive.monitoring.alerts import current_alerts
from tests.clocks import VirtualClock
from tests.loopback import NOWHERE, Loopback, Reply
from tests.recrawl import HTML, Page, World, page, to
from tests.year.site import words


def notice(title: str, *sentences: str, status: int = 200, **headers: str) -> Reply:
    text = "".join(f"<p>{sentence}</p>" for sentence in sentences)
    body = f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{text}</body></html>"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, body.encode(), HTML | named)


def captcha(status: int = 200, **headers: str) -> Reply:
    return notice("安全验证", "请完成下方验证后继续访问。", "检测到您的访问存在异常。", status=status, **headers)


MAINTENANCE = notice("网站维护中", "网站正在维护升级，请稍后再访问。")
LOGIN = notice("Please log in", "Please log in to continue.")
UNKNOWN = notice("Daybreak Health", "The lighthouse keeper is having his tea and asks for a moment.")
NAMES = tuple(f"/a/{n}" for n in range(10))


def articles(*then: Page, paths: tuple[str, ...] = NAMES) -> dict[str, list[Page]]:
    """Ten articles; those of `paths` answer `then` at the stages after the first."""
    return {path: [page(path), *(then if path in paths else ())] for path in NAMES}


@contextmanager
def served(folder: Path, stories: dict[str, list[Page]], **keys: object) -> Iterator[tuple[World, Loopback]]:
    world = World(folder=folder, pages=stories, clock=VirtualClock())
    with Loopback(respond=world.respond, seconds=world.seconds) as site:
        world.configure(site, concurrency=1, delay=1, **keys)
        yield world, site


def jobs(world: World, days: int, every: timedelta = timedelta(hours=6)) -> None:
    """Run jobs over so many days."""
    assert world.clock
    for _ in range(int(timedelta(days=days) / every)):
        world.clock.moment += every
        world.crawl()


def kept(world: World) -> list[tuple[Any, ...]]:
    """What the archive believes of its articles."""
    return world.rows(
        "select p.url, p.state, missing_since, gone_since, revision, (select count(*) from revisions where "
        "article_id = a.id) from articles a join pages p on p.id = a.page_id order by 1"
    )


def alerts(world: World) -> list[tuple[str, str]]:
    assert world.clock
    with closing(sqlite3.connect(world.folder / "healthnews.db")) as db:
        return [(each.kind, each.sentence) for each in current_alerts(Database(db), world.clock.moment)]


UNTOUCHED = [(path, "stored", None, None, 1, 1) for path in NAMES]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        *(((captcha(status)), "challenge") for status in (200, 403, 429, 503)),
        (MAINTENANCE, "maintenance"),
        (MAINTENANCE._replace(status=503), "maintenance"),
        (LOGIN, "login"),
        (notice("Too many requests", "You have sent too many requests. Please try again later."), "rate limit"),
        (to(302, "/captcha/check?back=1"), "challenge"),
        (to(301, "/verify.html"), "challenge"),
    ],
    ids=["200", "403", "429", "503", "maintenance", "maintenance 503", "login", "rate limit", "302", "301"],
)
def test_an_answer_for_everyone_leaves_the_articles(tmp_path: Path, answer: Reply, reason: str) -> None:
    with served(tmp_path, articles(answer, page("back"))) as (world, site):
        world.crawl()
        world.stage, before = 1, len(site.paths)
        done = world.crawl("--all")
        assert done.returncode == ExitCode.BLOCKED
        asked = len(site.paths) - before
        assert asked <= 6, "the host is left alone"
        [(held, wait)] = world.rows("select held, julianday(ready_at) - julianday(max(finished_at)) from hosts, crawls")
        assert held in (f"blocked: {reason}", f"http {answer.status}")
        assert wait * 24 * 60 > 5
        found = Counter(world.rows("select distinct outcome, reason, content from fetches where crawl_id = 2"))
        assert ("blocked", reason, None) in found
        assert ("gone", "soft 404", None) not in found
        assert kept(world) == UNTOUCHED
        assert "127.0.0.1 blocked 4 pages: " in done.stderr
        [(kind, sentence)] = alerts(world)
        assert kind == ("rate limited" if reason == "rate limit" else "blocked")
        assert f"{reason} (" in sentence


def test_a_week_of_challenges_changes_nothing(tmp_path: Path) -> None:
    same = [page(path) for path in NAMES]
    stories: dict[str, list[Page]] = {path: [page(path), captcha(), same[n]] for n, path in enumerate(NAMES)}
    with served(tmp_path, {**stories, "/list/1": [_listing(), captcha(), _listing()]}) as (world, site):
        world.crawl()
        world.stage, before = 1, len(site.paths)
        jobs(world, 7)
        assert kept(world) == UNTOUCHED
        assert len(site.paths) - before < 30
        world.stage = 2
        jobs(world, 9)
        assert kept(world) == UNTOUCHED
        assert [kind for kind, _ in alerts(world)] == []
    assert world.rows("select distinct outcome from fetches order by 1") == [
        ("blocked",), ("read",), ("stored",), ("unchanged",)
    ]  # fmt: skip


def test_a_challenge_for_one_visit_is_over_at_the_next(tmp_path: Path) -> None:
    with served(tmp_path, articles(captcha(), page("/a/2"), paths=("/a/2",))) as (world, _):
        world.crawl()
        world.stage = 1
        world.crawl("--all")
        assert world.fates("/a/2")[-1] == ("blocked", "challenge", None)
        assert world.fates("/a/3")[-1][0] == "unchanged"
        world.stage = 2
        jobs(world, 1)
        assert world.fates("/a/2")[-1][0] == "unchanged"
        assert kept(world) == UNTOUCHED


def test_a_challenge_on_some_pages_leaves_the_others_be(tmp_path: Path) -> None:
    with served(tmp_path, articles(captcha(), paths=("/a/1", "/a/4"))) as (world, _):
        world.crawl()
        world.stage = 1
        assert world.crawl("--all").returncode == 1
        jobs(world, 3)
        assert kept(world) == UNTOUCHED
        found = dict(world.rows("select p.url, f.outcome from fetches f join pages p on p.id = page_id order by f.id"))
        assert {found[path] for path in ("/a/0", "/a/2", "/a/3", "/a/5")} == {"unchanged"}
        assert {found["/a/1"], found["/a/4"]} == {"blocked"}


@pytest.mark.parametrize("robots", ["", '<meta name="robots" content="noindex,nofollow">'])
def test_a_page_first_met_behind_a_challenge_is_due_again(tmp_path: Path, robots: str) -> None:
    first = captcha()
    first = first._replace(body=first.body.replace(b"</head>", f"{robots}</head>".encode()))
    with served(tmp_path, {"/a/0": [first, page("/a/0")]}) as (world, _):
        world.crawl()
        assert world.state("/a/0") == ("blocked", "challenge")
        [(due, now)] = world.rows("select due_at, fetched_at from pages where kind = 'article'")
        assert timedelta() < datetime.fromisoformat(due) - datetime.fromisoformat(now) < timedelta(days=1)
        world.stage = 1
        jobs(world, 1)
        assert world.state("/a/0") == ("stored", None)


def test_a_list_behind_a_challenge_is_no_empty_list(tmp_path: Path) -> None:
    with served(tmp_path, {**articles(), "/list/1": [captcha(), _listing()]}) as (world, _):
        assert world.crawl().returncode == ExitCode.BLOCKED
        assert world.state("/list/1") == ("blocked", "challenge")
        world.stage = 1
        jobs(world, 1)
        assert len(kept(world)) == len(NAMES)


def test_retry_after_of_a_challenge_is_kept(tmp_path: Path) -> None:
    with served(tmp_path, articles(captcha(Retry_After="7200"))) as (world, site):
        world.crawl()
        world.stage, before = 1, len(site.paths)
        world.crawl("--all")
        assert len([path for path in site.paths[before:] if path.startswith("/a/")]) == 1
        [(ready, now)] = world.rows("select ready_at, max(finished_at) from hosts, crawls")
        assert datetime.fromisoformat(ready) - datetime.fromisoformat(now) > timedelta(seconds=7000)


def test_an_answer_that_asks_for_patience_with_status_200_is_a_rate_limit(tmp_path: Path) -> None:
    patience = UNKNOWN._replace(headers={**HTML, "Retry-After": "3600"})
    with served(tmp_path, articles(patience)) as (world, _):
        world.crawl()
        world.stage = 1
        assert world.crawl("--all").returncode == ExitCode.BLOCKED
        assert ("blocked", "rate limit") in world.rows("select outcome, reason from fetches where crawl_id = 2")
        assert kept(world) == UNTOUCHED
        assert [kind for kind, _ in alerts(world)] == ["rate limited"]


def test_what_the_publisher_removed_is_gone_at_the_second_look(tmp_path: Path) -> None:
    removed = notice("该内容已被发布者删除", "该内容已被发布者删除")
    with served(tmp_path, articles(removed, paths=("/a/1",))) as (world, _):
        world.crawl()
        world.stage = 1
        jobs(world, 3)
        assert world.state("/a/1") == ("gone", "removed by publisher")
        assert [row[1] for row in kept(world)].count("gone") == 1


@pytest.mark.parametrize("empty", [False, True])
def test_an_answer_in_unknown_words_for_everyone_is_not_gone(tmp_path: Path, empty: bool) -> None:
    answer = Reply(body=b"<html><head></head><body><div id=x></div></body></html>") if empty else UNKNOWN
    with served(tmp_path, articles(answer)) as (world, _):
        world.crawl()
        world.stage, world.elsewhere = 1, answer
        assert world.crawl("--all").returncode == ExitCode.BLOCKED
        jobs(world, 4)
        assert [row[2:] for row in kept(world)] == [row[2:] for row in UNTOUCHED]
        assert {kind for kind, _ in alerts(world)} == {"rate limited"}


@pytest.fixture
def stranger() -> Iterator[Loopback]:
    """Another host with a page that asks whether one is human; it is never to be asked for it."""
    with Loopback(lambda _: captcha()) as other:
        yield other


def test_redirects_to_a_strangers_challenge_are_not_followed(tmp_path: Path, stranger: Loopback) -> None:
    away = to(302, f"http://localhost:{stranger.port}/human-verification?back=1")
    with served(tmp_path, articles(away, page("back"))) as (world, _):
        world.crawl()
        world.stage = 1
        assert world.crawl("--all").returncode == ExitCode.BLOCKED
        assert ("blocked", "challenge") in world.rows("select distinct outcome, reason from fetches where crawl_id = 2")
        assert kept(world) == UNTOUCHED
        assert world.rows("select host from hosts where held = 'blocked: challenge'") == [("127.0.0.1",)]
        assert [kind for kind, _ in alerts(world)] == ["blocked"]
    assert stranger.paths == []


@pytest.mark.parametrize("status", [200, 401, 403, 429, 503])
def test_a_captcha_at_first_sight_is_blocked(tmp_path: Path, status: int) -> None:
    with served(tmp_path, articles()) as (world, _):
        world.pages = {path: [captcha(status), page(path)] for path in NAMES}
        assert world.crawl().returncode == ExitCode.BLOCKED
        assert world.rows("select distinct outcome, reason from fetches where outcome <> 'read'") == [
            ("blocked", "challenge")
        ]
        assert world.rows("select count(*) from articles") == [(0,)]
        assert [kind for kind, _ in alerts(world)] == ["blocked"]
        world.stage = 1
        jobs(world, 2)
        assert [row[1:] for row in kept(world)] == [row[1:] for row in UNTOUCHED]


@pytest.mark.parametrize("status", [200, 503])
def test_maintenance_of_one_article_leaves_it_be(tmp_path: Path, status: int) -> None:
    down = MAINTENANCE._replace(status=status)
    with served(tmp_path, articles(down, page("/a/2"), paths=("/a/2",))) as (world, _):
        world.crawl()
        world.stage = 1
        world.crawl("--all")
        assert world.fates("/a/2")[-1] == ("blocked", "maintenance", None)
        assert kept(world) == UNTOUCHED
        world.stage = 2
        jobs(world, 1)
        assert world.fates("/a/2")[-1][0] == "unchanged"
        assert kept(world) == UNTOUCHED


@pytest.mark.parametrize("known", [True, False])
def test_a_run_of_one_short_answer_makes_no_article(tmp_path: Path, known: bool) -> None:
    """Every URL, or every new one, answers with the same few words, which no list of words has."""
    fresh = tuple(f"/a/new-{n}" for n in range(8))
    stories = articles(*([UNKNOWN] if known else []))
    for path in fresh:
        stories[path] = [NOWHERE, UNKNOWN, page(path)]
    with served(tmp_path, {**stories, "/list/1": [_listing(), _listing(fresh)]}) as (world, _):
        world.crawl()
        world.stage = 1
        world.crawl("--all")
        jobs(world, 1)
        found = world.rows("select distinct outcome, reason from fetches where crawl_id > 1 and outcome = 'blocked'")
        assert found == [("blocked", "same answer")]
        assert world.rows("select count(*) from articles where text like '%lighthouse%'") == [(0,)]
        assert kept(world) == UNTOUCHED
        assert "rate limited" in [kind for kind, _ in alerts(world)]


def _listing(names: tuple[str, ...] = NAMES) -> Reply:
    links = "".join(f'<a href="{path}">{path}</a>' for path in names)
    return Reply(body=f"<html><body>{links}</body></html>".encode())


def test_short_articles_of_their_own_are_kept(tmp_path: Path) -> None:
    """The crawler makes sure once, with one request more, or two where two pages come at once."""
    flashes = tuple(f"/a/flash-{n}" for n in range(6))
    stories = articles() | {path: [NOWHERE, notice(words(path, 4), words(path, 20))] for path in flashes}
    with served(tmp_path, {**stories, "/list/1": [_listing(), _listing(flashes)]}) as (world, site):
        world.crawl()
        world.stage, before = 1, len(site.paths)
        assert world.crawl("--all").returncode == 0
        assert {world.state(path) for path in flashes} == {("stored", None)}
        asked = Counter(path for path in site.paths[before:] if path in flashes)
        assert len(flashes) < sum(asked.values()) <= len(flashes) + 2
