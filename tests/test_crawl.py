"""Crawls of loopback sites: every page ends in a recorded state with a short reason, whatever it answers."""

import gzip
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from scrapy import Request
from scrapy.http import Response

from tests.commands import PATIENCE, run
from tests.loopback import NOWHERE, Loopback, Reply, article_html, linked_site, site_file

GZIPPED = {"Content-Encoding": "gzip"}
ODD = {
    "/fine": Reply(body=article_html("A fine page", "It says enough about stem cells to be kept as an article.")),
    "/mislabelled": Reply(body=article_html("Mislabelled", "The header lies."), headers=GZIPPED),
    "/short-gzip": Reply(
        body=gzip.compress(article_html("Cut", *["Words that go on and on. " * 40] * 9))[:-12], headers=GZIPPED
    ),
    "/gbk": Reply(body=article_html("中文", "干细胞治疗").decode().replace("utf-8", "gbk").encode("gbk")),
    "/gone": Reply(410),
    "/missing": Reply(404),
    "/forbidden": Reply(403),
    "/broken": Reply(500),
    "/empty": Reply(),
    "/huge": Reply(body=b"<p>" + b"x" * 9_000_000),
    "/loop": Reply(302, headers={"Location": "/loop", "Set-Cookie": "seen=1"}),
    "/moved": Reply(301, headers={"Location": "/target?utm_source=mail"}),
    "/target": Reply(body=article_html("Target", "Here is what the old address spoke of.")),
    "/copy": Reply(body=article_html("Original", "The same text.", head='<link rel="canonical" href="/original">')),
    "/private/page": Reply(body=article_html("Private", "Not for robots.")),
    "/robots.txt": Reply(body=b"User-agent: *\nDisallow: /private/\n"),
}
FATES = {
    "/fine": ("stored", None),
    "/mislabelled": ("stored", None),
    "/short-gzip": ("failed", "cut short"),
    "/gbk": ("stored", None),
    "/gone": ("gone", "http 410"),
    "/missing": ("gone", "http 404"),
    "/forbidden": ("refused", "http 403"),
    "/broken": ("failed", "http 500"),
    "/empty": ("no article", "empty"),
    "/huge": ("refused", "too large"),
    "/loop": ("refused", "redirect loop"),
    "/moved": ("alias", "moved"),
    "/target": ("stored", None),
    "/copy": ("alias", "moved"),
    "/original": ("stored", None),
    "/private/page": ("refused", "robots"),
}


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, Loopback]:
    """An archive of one crawl over all the odd pages, and the site."""
    folder = tmp_path_factory.mktemp("odd")
    with Loopback(lambda path: ODD.get(path.partition("?")[0], Reply(404))) as site:
        (folder / "sites").mkdir()
        (folder / "sites" / "loop.toml").write_text(site_file(site.url))
        urls = [site.url + path for path in ODD if path not in ("/robots.txt", "/target")]
        done = run("crawl", *urls, "--sites", "sites", "--report", "report.json", cwd=folder)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    return folder, site.url, site


def rows(folder: Path, sql: str) -> list[tuple[object, ...]]:
    db = sqlite3.connect(folder / "healthnews.db")
    found = db.execute(sql).fetchall()
    db.close()
    return found


def test_every_page_ends_in_its_state(odd: tuple[Path, str, Loopback]) -> None:
    folder, base, _ = odd
    found = {
        str(url).removeprefix(base): (state, reason)
        for url, state, reason in rows(folder, "select url, state, reason from pages")
    }
    assert found == FATES


def test_every_fetch_is_counted_once_in_the_report(odd: tuple[Path, str, Loopback]) -> None:
    report = json.loads((odd[0] / "report.json").read_text())
    assert sum(report["counts"]["loop"].values()) == rows(odd[0], "select count(*) from fetches")[0][0]


def test_a_body_cut_short_is_said_so(odd: tuple[Path, str, Loopback]) -> None:
    details = rows(
        odd[0], "select f.detail from fetches f join pages p on p.id = f.page_id where p.url like '%/short-gzip'"
    )
    assert details == [("The compressed body ended too early or is damaged",)]


def test_robots_are_obeyed_and_the_loop_is_cut(odd: tuple[Path, str, Loopback]) -> None:
    paths = odd[2].paths
    assert "/private/page" not in paths
    assert paths.count("/robots.txt") == 1
    assert paths.count("/loop") <= 12


def test_the_user_agent_names_the_program(odd: tuple[Path, str, Loopback]) -> None:
    assert {agent.partition("/")[0] for agent in odd[2].agents} == {"health-news-archive"}


def test_raw_bytes_are_kept_as_received(odd: tuple[Path, str, Loopback]) -> None:
    from warcio.archiveiterator import ArchiveIterator

    bodies = {}
    for path in (odd[0] / "healthnews-warc").glob("*.warc.gz"):
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                if record.rec_type == "response":
                    bodies[record.rec_headers.get_header("WARC-Target-URI")] = record.raw_stream.read()
    assert bodies[odd[1] + "/short-gzip"] == ODD["/short-gzip"].body
    assert bodies[odd[1] + "/mislabelled"] == ODD["/mislabelled"].body


def test_private_addresses_are_refused_unless_permitted(tmp_path: Path) -> None:
    with Loopback(linked_site(1)) as site:
        port = site.url.rpartition(":")[2]
        urls = [f"http://{host}:{port}/a/0" for host in ("127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1")]
        refused = run("crawl", *urls, "--contact", "me@example.org", cwd=tmp_path)
        assert refused.returncode == 1
        assert site.paths == []
        assert set(rows(tmp_path, "select state, reason from pages")) == {("refused", "private address")}
        assert run("crawl", urls[0], "--allow-private", cwd=tmp_path).returncode == 0


def test_what_is_not_due_is_not_asked_again(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    with Loopback(linked_site(30)) as site:
        (tmp_path / "sites" / "loop.toml").write_text(site_file(site.url))
        assert run("crawl", "--sites", "sites", cwd=tmp_path).returncode == 0
        asked = len(site.paths)
        assert "Nothing was due" in run("crawl", "loop", "--sites", "sites", cwd=tmp_path).stdout
        assert len(site.paths) == asked
        again = run("crawl", "--all", "--sites", "sites", cwd=tmp_path)
    assert again.returncode == 0
    assert len(site.paths) == 2 * asked - 1  # tdmrep.json is asked for once a day
    assert rows(tmp_path, "select outcome, count(*) from fetches where crawl_id = 3 group by 1") == [
        ("read", 2),
        ("unchanged", 30),
    ]


def test_a_listing_is_followed_as_far_as_the_site_says(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    with Loopback(linked_site(100, per_page=10)) as site:
        (tmp_path / "sites" / "loop.toml").write_text(site_file(site.url, listing_pages=3, exclude="['/a/7$']"))
        run("crawl", "--sites", "sites", cwd=tmp_path)
    assert rows(tmp_path, "select kind, count(*) from pages group by 1") == [("article", 29), ("listing", 3)]


FEED = b"<rss><channel><item><title>F</title><link>/news/1001.html</link></item></channel></rss>"
SECOND_FEED = FEED.replace(b"1001", b"1002")
URLSET = b"<urlset><url><loc>/news/1003.html</loc></url><url><loc>/about</loc></url></urlset>"
FEEDS = (
    b"<link rel=alternate type='application/rss+xml' href=/a><link rel=alternate type='application/atom+xml' href=b>"
)


@pytest.mark.parametrize(
    ("pages", "found"),
    [
        ({"/": b"<p>Nothing</p>"}, []),
        ({"/": FEEDS, "/a": FEED, "/b": SECOND_FEED}, ["1001", "1002"]),
        ({"/": b"<p>Nothing</p>", "/rss.xml": FEED, "/sitemap.xml": URLSET}, ["1001", "1003"]),
        ({"/": b"<p>Nothing</p>", "/robots.txt": b"Sitemap: /map\n", "/map": URLSET}, ["1003"]),
        ({"/": b"<a href=/news/1004.html>x</a>"}, ["1004"]),
    ],
)
def test_a_site_file_with_only_a_home_page_finds_lists(
    tmp_path: Path, pages: dict[str, bytes], found: list[str]
) -> None:
    (tmp_path / "sites").mkdir()
    with Loopback(lambda path: Reply(200, pages[path]) if path in pages else NOWHERE) as site:
        keys = f'name = "loop"\nhome = "{site.url}/"\ndelay = 0\nallow_private = true\n'
        (tmp_path / "sites" / "loop.toml").write_text(keys)
        run("crawl", "--sites", "sites", cwd=tmp_path)
    urls = [str(url) for (url,) in rows(tmp_path, "select url from pages where kind = 'article' order by url")]
    assert urls == [f"{site.url}/news/{number}.html" for number in found]
    assert not {"/comments/feed/", "/de"}.intersection(site.paths)


def test_a_sitemap_larger_than_any_page_is_fetched(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    urlset = URLSET.replace(b"</urlset>", b" " * 9 * 1024 * 1024 + b"</urlset>")
    pages = {"/sitemap.xml": urlset, "/packed.xml.gz": gzip.compress(urlset.replace(b"1003", b"1005"))}
    with Loopback(lambda path: Reply(200, pages[path]) if path in pages else NOWHERE) as site:
        lists = f'["{site.url}/sitemap.xml", "{site.url}/packed.xml.gz"]'
        keys = site_file(site.url, listings="[]", sitemaps=lists, articles="['/news/']")
        (tmp_path / "sites" / "loop.toml").write_text(keys)
        run("crawl", "--sites", "sites", cwd=tmp_path)
    urls = [str(url) for (url,) in rows(tmp_path, "select url from pages where kind = 'article' order by url")]
    assert urls == [f"{site.url}/news/{number}.html" for number in (1003, 1005)]


def test_a_second_crawl_is_turned_away(tmp_path: Path) -> None:
    from filelock import FileLock

    with FileLock(tmp_path / "healthnews.db.lock"), Loopback(linked_site(1)) as site:
        busy = run("crawl", site.url + "/a/0", "--allow-private", cwd=tmp_path)
    assert busy.returncode == 3
    assert (
        busy.stderr == "Error: Another job is writing to healthnews.db: wait for it to end, or name another archive.\n"
    )


def test_a_site_that_does_not_resolve_is_named(tmp_path: Path) -> None:
    done = run("crawl", "http://no-such-host.invalid/a", "--contact", "me@example.org", cwd=tmp_path)
    assert done.returncode == 1
    assert "http://no-such-host.invalid/a (article): failed, no such host" in done.stderr
    assert "Traceback" not in done.stderr


class Dropping:
    """A middleware at fault: it answers with a request that nobody can tell the page of."""

    def process_response(self, request: Request, response: Response) -> Request:
        return Request(request.url)


def test_a_page_that_scrapy_drops_silently_has_a_fate(tmp_path: Path) -> None:
    with Loopback(linked_site(1)) as site:
        options = {
            "HEALTHNEWS_ARCHIVE": tmp_path / "healthnews.db",
            "HEALTHNEWS_ALLOW_PRIVATE": 1,
            "ROBOTSTXT_OBEY": 0,
            "DOWNLOADER_MIDDLEWARES": json.dumps({"tests.test_crawl.Dropping": 50}),
        }
        settings = [word for name, value in options.items() for word in ("-s", f"{name}={value}")]
        command = [sys.executable, "-m", "scrapy", "crawl", "urls", "-a", f"urls={site.url}/a/0", *settings]
        done = subprocess.run(
            command, cwd=Path(__file__).parent.parent, capture_output=True, text=True, timeout=PATIENCE
        )
    assert "Traceback" not in done.stderr
    assert rows(tmp_path, "select state, reason from pages") == [("failed", "lost")]
