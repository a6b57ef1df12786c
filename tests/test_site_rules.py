"""A site file that was edited between two jobs: what the second one asks for, and what becomes of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.monitoring.alerts import current_alerts
from archive.storage.connection import timestamp
from archive.storage.database import open_archive
from archive.storage.frontier import NewPage, add_pages
from archive.storage.site_rules import apply_rules
from crawler.sites.site import parse_site, rules_of
from tests.clocks import VirtualClock
from tests.commands import run
from tests.loopback import Asked, Loopback, Reply
from tests.recrawl import Page, World, page

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HTML = {"Content-Type": "text/html"}
LINKS = "".join(f'<a href="{path}">{path}</a>' for path in ("/a/one", "/b/two", "/a/silent"))
STORIES: dict[str, list[Page]] = {
    "/a/one": [page("one")],
    "/b/two": [page("two")],
    "/a/silent": [page("silent", X_Robots_Tag="noarchive")],
    "/list/1": [Reply(body=f"<html><body>{LINKS}</body></html>".encode(), headers=HTML)],
    "/list/2": [Reply(body=b'<html><body><a href="/a/far">far</a></body></html>', headers=HTML)],
    "/a/far": [page("far")],
}
LISTS = {"/list/1"}
ALL = {"/a/one", "/a/silent"}


def with_base(keys: dict[str, str], base: str) -> dict[str, str]:
    return {key: value.replace("BASE", base) for key, value in keys.items()}


# The key, its value before and after, and what the second job asks for.
EDITS = [
    ("articles", "['/a/']", "['/[ab]/']", LISTS | {"/b/two"}),
    ("exclude", "['one']", "[]", LISTS | {"/a/one"}),
    ("listings", '["BASE/list/1"]', '["BASE/list/1", "BASE/list/2"]', LISTS | {"/list/2", "/a/far"}),
    ("listing_pages", "1", "2", LISTS),
    ("feeds", "[]", '["BASE/list/2"]', LISTS | {"/list/2"}),
    ("sitemaps", "[]", '["BASE/list/2"]', LISTS | {"/list/2"}),
    ("home", '"BASE/"', '"BASE/home"', LISTS),
    ("allow_private", "false", "true", LISTS | ALL),
    ("noarchive", '"refuse"', '"text"', {"/a/silent"}),
    ("noarchive", '"text"', '"refuse"', {"/a/silent"}),
    ("noarchive", '"text"', '"keep"', {"/a/silent"}),
    ("discover_hours", "[24, 168]", "[1, 168]", LISTS),
    ("look_again", "[1, 7]", "[0.0000001]", ALL),
    ("delay", "0", "0.1", set[str]()),
    ("concurrency", "4", "2", set[str]()),
    ("daily_requests", "2", "5000", ALL),
    ("quiet", '["00:00-23:58"]', "[]", LISTS | ALL),
    ("timezone", '"UTC"', '"Asia/Shanghai"', set[str]()),
    ("language", '"en"', '"de"', set[str]()),
]


@pytest.mark.parametrize(("key", "before", "after", "asked"), EDITS)
def test_an_edited_key_takes_effect_at_the_next_job(
    tmp_path: Path, key: str, before: str, after: str, asked: set[str]
) -> None:
    world = World(folder=tmp_path, pages=STORIES, clock=VirtualClock(NOW))
    with Loopback(respond=world.respond, seconds=world.seconds) as site:
        world.configure(site, **with_base({key: before}, site.url))
        world.crawl()
        first = len(site.asked)
        world.configure(site, **with_base({key: after}, site.url))
        world.crawl()
        second = len(site.asked)
        world.crawl()
        again: list[Asked] = site.asked[second:]
    got = {each.path for each in site.asked[first:second]} - {"/robots.txt", "/.well-known/tdmrep.json"}
    assert got == asked
    if key != "look_again":  # whose interval is over at once
        assert again == []
        assert "Nothing was due. The next page is due at" in world.done[-1].stdout
        assert "healthnews crawl --all" in world.done[-1].stdout


FILE = 'name = "x"\nhome = "https://x.example/"\nlistings = ["https://x.example/l"]\n'


def archive(tmp_path: Path) -> Database:
    db = open_archive(tmp_path / "x.db", create=True)
    found = [NewPage(url="https://x.example/l", host="x.example", site="x", kind="listing")]
    add_pages(db, found, timestamp(NOW))
    db.execute("update pages set due_at = ?, digest = 'd'", [timestamp(NOW + timedelta(days=3))])
    return db


def test_a_new_site_and_an_unchanged_one_make_nothing_due(tmp_path: Path) -> None:
    db, rules = archive(tmp_path), rules_of(parse_site(FILE, "x.toml"))
    assert apply_rules(db, "x", rules, NOW) == []
    assert apply_rules(db, "x", rules, NOW) == []
    older = {key: value for key, value in rules.items() if key != "noarchive"}
    apply_rules(db, "x", older, NOW)
    assert apply_rules(db, "x", rules, NOW) == []  # a key that a new version knows is no edit
    assert db.execute("select due_at > ?, digest from pages", [timestamp(NOW)]).fetchone() == (1, "d")


def test_what_changed_is_named(tmp_path: Path) -> None:
    db, rules = archive(tmp_path), rules_of(parse_site(FILE, "x.toml"))
    apply_rules(db, "x", rules, NOW)
    edited = rules_of(parse_site(FILE + "exclude = ['/jobs/']\ndelay = 3\n", "x.toml"))
    assert sorted(apply_rules(db, "x", edited, NOW)) == ["delay", "exclude"]
    assert db.execute("select due_at, digest from pages").fetchone() == (timestamp(NOW), None)


def test_a_site_without_any_article_is_an_alert_after_its_second_job(tmp_path: Path) -> None:
    world = World(folder=tmp_path, pages=STORIES, clock=VirtualClock(NOW))
    with Loopback(respond=world.respond, seconds=world.seconds) as site:
        world.configure(site, articles="['/nothing/']")
        alerts = []
        for _ in range(2):
            world.crawl("--all")
            db = open_archive(tmp_path / "healthnews.db")
            found = current_alerts(db, world.clock.moment if world.clock else NOW)
            alerts.append([(alert.kind, alert.site) for alert in found])
            db.close()
        assert alerts == [[], [("no article yet", "loop")]]


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        ('["BASE/list/1"]', '["BASE/list/1", "BASE/a/one"]', ("article", "listing")),
        ('["BASE/list/1", "BASE/a/one"]', '["BASE/list/1"]', ("listing", "article")),
    ],
)
def test_a_url_is_of_the_kind_that_the_file_says_now(
    tmp_path: Path, before: str, after: str, kinds: tuple[str, str]
) -> None:
    world = World(folder=tmp_path, pages=STORIES, clock=VirtualClock(NOW))
    found = []
    with Loopback(respond=world.respond, seconds=world.seconds) as site:
        for lists in (before, after):
            world.configure(site, **with_base({"listings": lists}, site.url))
            world.crawl()
            found += world.rows("select kind, state from pages where url = ?", f"{site.url}/a/one")
        assert [kind for kind, _ in found] == list(kinds)
        assert found[1][1] == {"article": "stored", "listing": "read"}[kinds[1]]
        assert len(world.rows("select 1 from articles where url = ?", f"{site.url}/a/one")) == 1


def test_a_former_list_is_an_article_on_request(tmp_path: Path) -> None:
    world = World(folder=tmp_path, pages=STORIES, clock=VirtualClock(NOW))
    with Loopback(respond=world.respond, seconds=world.seconds) as site:
        world.configure(site, **with_base({"listings": '["BASE/list/1", "BASE/a/one"]'}, site.url))
        world.crawl()
        world.crawl(f"{site.url}/list/1")
        world.configure(site, **with_base({"listings": '["BASE/list/1"]', "articles": "['/none/']"}, site.url))
        world.crawl(f"{site.url}/a/one")
        assert world.rows("select kind, state from pages where url = ?", f"{site.url}/list/1") == [("listing", "read")]
        assert world.rows("select kind, state from pages where url = ?", f"{site.url}/a/one") == [("article", "stored")]


def test_lists_found_from_home_are_named_so(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "x.toml").write_text('name = "x"\nhome = "https://x.example/"\n')
    shown = run("sites", "--sites", "sites", cwd=tmp_path).stdout
    assert shown.count("from home") == 2
