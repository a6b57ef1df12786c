"""Yesterday's bytes, today's extraction."""

import json
import sqlite3
from pathlib import Path

from tests.commands import run
from tests.kept import alter
from tests.loopback import NOWHERE, Loopback, Reply, linked_site, site_file
from tests.recrawl import World, page, to


def test_stored_bytes_are_understood_again(tmp_path: Path) -> None:
    with Loopback(linked_site(3)) as site:
        run("crawl", *(f"{site.url}/a/{n}" for n in range(3)), "--allow-private", cwd=tmp_path)
    db = sqlite3.connect(tmp_path / "healthnews.db", isolation_level=None)
    before = db.execute("select title, text, content_hash from articles order by id").fetchall()
    db.execute("update articles set text = 'damaged', content_hash = '' where id = 1")
    db.execute("update fetches set warc_offset = 10000000 where id = 3")
    done = run("reprocess", "--json", cwd=tmp_path)
    assert json.loads(done.stdout) == {"changed": 1, "same": 1, "unreadable": 1}
    assert done.returncode == 1
    assert db.execute("select title, text, content_hash from articles order by id").fetchall() == before
    assert db.execute("select max(revision) from articles").fetchone() == (1,)
    db.close()


def test_an_article_that_was_found_through_a_redirect_is_understood_again(tmp_path: Path) -> None:
    world = World(folder=tmp_path, pages={"/a/old": [page("moved"), to(301, "/a2/new")], "/a2/new": [page("moved")]})
    with Loopback(respond=world.respond) as site:
        world.configure(site)
        world.crawl()
        world.stage = 1
        world.crawl("--all")
    [before] = world.rows("select url, title from articles")
    assert before[0] == "/a2/new"
    alter(tmp_path / "healthnews.db", "update articles set title = 'damaged', content_hash = ''")
    assert json.loads(run("reprocess", "--json", cwd=tmp_path).stdout) == {"changed": 1}
    assert world.rows("select url, title from articles") == [before]


def test_a_page_that_was_missing_once_stays_so(tmp_path: Path) -> None:
    pages = {"/a/missing": [page("missing"), NOWHERE], "/a/there": [page("there")]}
    world = World(folder=tmp_path, pages=pages)
    with Loopback(respond=world.respond) as site:
        world.configure(site)
        world.crawl()
        world.stage = 1
        world.crawl("--all")
    alter(tmp_path / "healthnews.db", "update pages set reason = 'too short' where url like '%/there'")
    before = world.rows("select * from pages where url like '%/missing'")
    run("reprocess", "--sites", "sites", cwd=tmp_path)
    assert world.state("/a/missing") == ("stored", "http 404")
    assert world.rows("select * from pages where url like '%/missing'") == before
    assert world.state("/a/there") == ("stored", None)


def test_only_the_named_site_is_reprocessed(tmp_path: Path) -> None:
    with Loopback(linked_site(1)) as site:
        run("crawl", f"{site.url}/a/0", "--allow-private", cwd=tmp_path)
    assert json.loads(run("reprocess", "other", "--json", cwd=tmp_path).stdout) == {}


def test_the_language_of_the_site_is_a_hint_as_in_a_crawl(tmp_path: Path) -> None:
    text = "<h1>W środę</h1>" + "<p>Zażółć gęślą jaźń, a później idź do łóżka.</p>" * 2
    body = text.encode("iso-8859-2")  # no encoding is declared

    def answer(path: str) -> Reply:
        listing = path.startswith("/list/")
        return Reply(body=b"<a href=/a/1>one</a>" if listing else body, headers={"Content-Type": "text/html"})

    (tmp_path / "sites").mkdir()
    with Loopback(answer) as site:
        (tmp_path / "sites" / "loop.toml").write_text(site_file(site.url, language='"pl"'), encoding="utf-8")
        run("crawl", "--sites", "sites", cwd=tmp_path)
    assert json.loads(run("reprocess", "--sites", "sites", "--json", cwd=tmp_path).stdout) == {"same": 1}
    (tmp_path / "sites" / "loop.toml").write_text(site_file(site.url, language='"ru"'), encoding="utf-8")
    assert json.loads(run("reprocess", "--sites", "sites", "--json", cwd=tmp_path).stdout) == {"changed": 1}
