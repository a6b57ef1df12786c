"""Crawls of sitemaps as large as the protocol permits: all is read, other sites go on, a kill loses nothing."""

import gzip
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands import PATIENCE, environment, run
from tests.loopback import NOWHERE, Loopback, Reply, site_file

MOST = 50_000
SITE_KEYS = 'name = "maps"\nhome = "{}/"\ndelay = 0\nallow_private = true\ndaily_requests = 5\n'
OTHER_LISTS = 30
Pack = Callable[[bytes], bytes]


def urlset(base: str, number: int, size: int = 0) -> bytes:
    """A sitemap of so many articles, padded to some `size` bytes."""
    padding = f"<!--{'-x' * (max(0, size // number - 110) // 2)}-->" if size else ""
    urls = (
        f"<url><loc>{base}/news/{n}.html</loc><lastmod>2024-05-21</lastmod>{padding}</url>\n" for n in range(number)
    )
    return f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{''.join(urls)}</urlset>".encode()


def rows(folder: Path, sql: str) -> list[tuple[object, ...]]:
    db = sqlite3.connect(folder / "healthnews.db")
    found = db.execute(sql).fetchall()
    db.close()
    return found


class MapSite(Loopback):
    """A site without any list, whose robots.txt names a sitemap; `map_reply` is what that answers."""

    map_reply = NOWHERE

    def __init__(self) -> None:
        super().__init__(self._answer)

    def _answer(self, path: str) -> Reply:
        known = {"/robots.txt": Reply(body=b"Sitemap: /map.xml\n"), "/": Reply(body=b"<p>No list</p>")}
        return self.map_reply if path == "/map.xml" else known.get(path, NOWHERE)


def configure(folder: Path, site: Loopback) -> None:
    (folder / "sites").mkdir()
    (folder / "sites" / "maps.toml").write_text(SITE_KEYS.format(site.url))


def articles(folder: Path) -> object:
    return rows(folder, "select count(*) from pages where site = 'maps' and kind = 'article'")[0][0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "pack", "headers"),
    [
        (0, bytes, {}),
        (45_000_000, bytes, {}),
        (45_000_000, gzip.compress, {}),
        (45_000_000, lambda body: gzip.compress(gzip.compress(body)), {}),
        (45_000_000, gzip.compress, {"Content-Encoding": "gzip"}),
    ],
)
def test_the_largest_sitemap_is_read_while_other_sites_go_on(
    tmp_path: Path, size: int, pack: Pack, headers: dict[str, str]
) -> None:
    def other(path: str) -> Reply:
        if path == "/robots.txt":
            return NOWHERE
        while "/map.xml" not in site.paths:  # all of this comes after the sitemap
            time.sleep(0.01)
        number = int(path.rpartition("/")[2])
        return Reply(body=f"<a rel=next href=/list/{number + 1}>next</a><a href=/x>x</a>".encode())

    with MapSite() as site, Loopback(other) as beside:
        configure(tmp_path, site)
        site.map_reply = Reply(body=pack(urlset(site.url, MOST, size)), headers=headers)
        base = beside.url.replace("127.0.0.1", "localhost")
        (tmp_path / "sites" / "loop.toml").write_text(site_file(base, listing_pages=OTHER_LISTS))
        done = run("crawl", "--sites", "sites", cwd=tmp_path)
    assert "Traceback" not in done.stderr
    assert articles(tmp_path) == MOST
    read = "select site from fetches f join pages p on p.id = page_id where f.outcome = 'read' order by f.id"
    sites = [site for (site,) in rows(tmp_path, read)]
    assert sites.count("loop") == OTHER_LISTS
    assert sites.index("loop") < len(sites) - 1 - sites[::-1].index("maps")


# A crawl that kills itself when it has stored three slices of a list of pages.
KILLED = """
import os, signal
from crawler import pipelines
from crawler.cli.main import main
in_slices = pipelines.in_slices
async def deadly(items):
    number = 0
    async for some in in_slices(items):
        if number == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        yield some
        number += 1
pipelines.in_slices = deadly
main()
"""


@pytest.mark.slow
def test_a_kill_between_two_slices_leaves_the_sitemap_due(tmp_path: Path) -> None:
    with MapSite() as site:
        configure(tmp_path, site)
        site.map_reply = Reply(body=urlset(site.url, 20_000))
        command = [sys.executable, "-c", KILLED, "crawl", "--sites", "sites"]
        done = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, timeout=PATIENCE)
        assert done.returncode == -signal.SIGKILL, done.stderr
        of_map = "select state, due_at <= (select started_at from crawls), digest from pages where url like '%/map.xml'"
        assert rows(tmp_path, of_map) == [("new", 1, None)]
        assert rows(tmp_path, "select 1 from fetches where url like '%/map.xml'") == []
        assert 0 < int(str(articles(tmp_path))) < 20_000
        (tmp_path / "sites" / "maps.toml").write_text(SITE_KEYS.format(site.url).replace("= 5", "= 8"))
        run("crawl", "--sites", "sites", cwd=tmp_path)
    assert articles(tmp_path) == 20_000


@pytest.mark.parametrize(
    ("reply", "state", "number", "detail"),
    [
        (lambda body: Reply(body=gzip.compress(body[:-300] + b" " * 60_000_000)), ("read", None), 99, "50 MB unpacked"),
        (lambda body: Reply(body=body[: len(body) // 2]), ("read", None), 50, "malformed XML"),
        (lambda body: Reply(body=gzip.compress(body)[:-100]), ("read", None), 1, "truncated gzip"),
        (
            lambda body: Reply(body=gzip.compress(body)[:-100], headers={"Content-Encoding": "gzip"}),
            ("failed", "cut short"), 0, "ended too early",
        ),
        (
            lambda _: Reply(body=gzip.compress(b" " * 60_000_000), headers={"Content-Encoding": "gzip"}),
            ("refused", "too large"), 0, "",
        ),
    ],
)  # fmt: skip
def test_bombs_and_halves(
    tmp_path: Path, reply: Callable[[bytes], Reply], state: tuple[str, str | None], number: int, detail: str
) -> None:
    with MapSite() as site:
        configure(tmp_path, site)
        site.map_reply = reply(urlset(site.url, 100, 20_000))
        run("crawl", "--sites", "sites", cwd=tmp_path)
    sql = (
        "select p.state, p.reason, f.detail from pages p join fetches f on page_id = p.id where p.url like '%/map.xml'"
    )
    [(*found, said)] = rows(tmp_path, sql)
    assert tuple(found) == state
    assert detail in str(said or "")
    assert (int(str(articles(tmp_path))) >= number) if number else (articles(tmp_path) == 0)


def test_links_beyond_the_limit_are_recorded_as_cut(tmp_path: Path) -> None:
    with MapSite() as site:
        configure(tmp_path, site)
        links = "".join(f"<a href=/tag/{n}>{n}</a>" for n in range(MOST + 10))
        site.map_reply = Reply(body=b"<urlset></urlset>")
        home = Reply(body=f"{links}<a href=/news/10001.html>The last one</a>".encode())
        site._respond = lambda asked: home if asked.path == "/" else site._answer(asked.path)
        run("crawl", "--sites", "sites", cwd=tmp_path)
    [(detail,)] = rows(tmp_path, "select detail from fetches where url like '%:_____/'")
    assert "more than 50,000 links: the rest is ignored" in str(detail)
