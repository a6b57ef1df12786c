"""A site whose file was renamed between two jobs keeps its pages, its articles and their history."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.storage.connection import timestamp
from archive.storage.database import open_archive
from archive.storage.frontier import NewPage, add_pages
from archive.storage.renamed_sites import adopt_renamed
from archive.storage.site_rules import apply_rules
from tests.clocks import VirtualClock
from tests.commands import run
from tests.loopback import Loopback
from tests.recrawl import Page, World, page

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOME, OTHER = "https://a.example/", "https://b.example/"


def archive(tmp_path: Path, homes: dict[str, str]) -> Database:
    """An archive in which each of the sites has a page."""
    db = open_archive(tmp_path / "x.db", create=True)
    for site, home in homes.items():
        add_pages(db, [NewPage(url=f"{home}{site}", host="a.example", site=site)], timestamp(NOW))
        apply_rules(db, site, {"name": site, "home": home}, NOW)
    return db


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"old": HOME}, {"new": HOME}, {"old": "new"}),
        ({"old": HOME}, {"new": "https://A.example"}, {"old": "new"}),
        ({"old": HOME, "b": OTHER}, {"new": HOME, "b": OTHER}, {"old": "new"}),
        ({"a": HOME, "b": OTHER}, {"c": HOME, "d": OTHER}, {"a": "c", "b": "d"}),
        ({"old": HOME}, {"old": HOME, "new": HOME}, {}),
        ({"old": HOME}, {"new": OTHER}, {}),
        ({"old": HOME}, {}, {}),
        ({"old": HOME, "new": HOME}, {"new": HOME}, {}),
        ({"old": HOME, "older": HOME}, {"new": HOME}, {}),
        ({"old": HOME}, {"new": HOME, "newer": HOME}, {}),
        ({}, {"new": HOME}, {}),
    ],
)
def test_which_sites_were_renamed(
    tmp_path: Path, before: dict[str, str], after: dict[str, str], expected: dict[str, str]
) -> None:
    db = archive(tmp_path, before)
    assert adopt_renamed(db, after) == expected
    assert adopt_renamed(db, after) == {}
    sites = {site for (site,) in db.execute("select site from pages").fetchall()}
    assert sites == {expected.get(site, site) for site in before}


def test_a_rename_that_an_earlier_job_did_not_know(tmp_path: Path) -> None:
    db = archive(tmp_path, {"old": HOME})
    apply_rules(db, "new", {"name": "new", "home": HOME}, NOW)
    assert adopt_renamed(db, {"new": HOME}) == {"old": "new"}
    assert db.execute("select site from site_rules").fetchall() == [("new",)]


def test_a_renamed_site_goes_on_as_it_was(tmp_path: Path) -> None:
    stories: dict[str, list[Page]] = {"/a/1": [page("1"), page("1", "And more of it.")], "/a/2": [page("2")]}
    world = World(folder=tmp_path, pages=stories, clock=VirtualClock(NOW))
    with Loopback(respond=world.respond, seconds=world.seconds) as site:
        world.configure(site)
        world.crawl()
        world.stage = 1
        world.crawl("--all")
        asked, before = len(site.asked), world.rows("select url, revision, first_seen from articles order by 1")
        world.configure(site, name='"renamed"')
        file = tmp_path / "sites" / "loop.toml"
        file.rename(file.with_name("renamed.toml"))
        world.crawl()
        assert "Nothing was due" in world.done[-1].stdout
        assert len(site.asked) == asked
        assert world.rows("select url, revision, first_seen from articles order by 1") == before
        for table in ("pages", "articles", "superseded", "blocks", "site_rules"):
            assert world.rows(f"select distinct site from {table}") == [("renamed",)], table
        assert '"loop"' not in "".join(counts for (counts,) in world.rows("select counts from crawls"))
        assert run("search", "site:renamed", cwd=tmp_path).returncode == 0
        assert run("check", cwd=tmp_path).returncode == 0
        world.crawl("--all")
        assert len(site.asked) > asked
        assert world.rows("select url, revision, first_seen from articles order by 1") == before
