"""`healthnews sites add`: a site's file from its home page."""

import json
import re
from pathlib import Path

import pytest

from archive.urls.canonical import canonical_url
from crawler.discovery.sections import sections_of_home
from crawler.discovery.url_shapes import article_patterns
from crawler.sitecheck.proposal import name_for
from crawler.sites.site import Site, load_site
from tests.commands import run
from tests.loopback import Loopback, Reply, article_html

DATED = '<meta property="article:published_time" content="2024-05-21T08:00:00Z">'
LINKS = "".join(f"<a href='/news/2024/05/{n}.html'>Article number {n}</a>" for n in range(101, 109))
HOME = f"""<html><head><link rel=alternate type="application/rss+xml" href="/rss"></head><body>
<a href="/news/">News</a> <a href="/about/">About</a> <a href="/shop/">Shop</a> {LINKS}</body></html>"""
ITEMS = "".join(f"<item><title>{n}</title><link>/news/2024/05/{n}.html</link></item>" for n in range(101, 113))


def answer(path: str) -> Reply:
    pages = {"/": HOME, "/news/": f"<html><body>{LINKS}</body></html>"}
    if path in pages:
        return Reply(body=pages[path].encode())
    if path == "/rss":
        return Reply(body=f"<rss><channel>{ITEMS}</channel></rss>".encode(), headers={"Content-Type": "text/xml"})
    if re.fullmatch(r"/news/2024/05/\d+\.html", path):
        return Reply(body=article_html(f"Article {path}", f"Only {path} says this of stem cells.", head=DATED))
    return Reply(404)


def add(site: Loopback, folder: Path, *more: str) -> tuple[int, str, str]:
    done = run("sites", "add", f"{site.url}/", "--sites", "mine", "--allow-private", *more, cwd=folder)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def test_a_site_file_is_written_that_crawls(tmp_path: Path) -> None:
    with Loopback(answer) as site:
        code, shown, _ = add(site, tmp_path, "--name", "clinic")
        assert code == 0
        assert len([path for path in site.paths if path.endswith(".html")]) == 3
        again = run("crawl", "--sites", "mine", "--json", cwd=tmp_path)
    found = load_site(tmp_path / "mine" / "clinic.toml")
    assert (found.home, found.feeds, found.sitemaps) == (f"{site.url}/", (f"{site.url}/rss",), ())
    assert found.listings == (f"{site.url}/news/",)
    (pattern,) = found.articles
    assert pattern.search(f"{site.url}/news/2024/05/999.html")
    assert not pattern.search(f"{site.url}/about/")
    assert (found.language, found.allow_private) == ("en", True)
    assert "The patterns match 12 of 12 addresses." in shown
    assert shown.count("  title      Article /news/2024/05/") == 3
    assert json.loads(again.stdout)["counts"]["clinic"]["new"] == 12


def test_what_is_there_is_not_overwritten_unasked(tmp_path: Path) -> None:
    with Loopback(answer) as site:
        file = tmp_path / "mine" / "clinic.toml"
        file.parent.mkdir()
        file.write_text(f'name = "clinic"\nhome = "{site.url}/"\n')
        before = file.read_text()
        code, _, said = add(site, tmp_path, "--name", "clinic")
        assert (code, file.read_text()) == (1, before)
        assert "clinic.toml exists. Overwrite it?" in said
        code, shown, _ = add(site, tmp_path, "--name", "clinic", "--dry-run", "--json")
        assert (code, file.read_text(), json.loads(shown)["written"]) == (0, before, False)
        assert len(json.loads(shown)["articles"]) == 3
        file.write_text('name = "clinic"\nhome = "https://other.example/"\n')
        code, _, said = add(site, tmp_path, "--name", "clinic")
        assert (code, site.paths.count("/")) == (2, 1)
        assert "The name 'clinic' is taken by the site https://other.example/: pass --name with another one." in said


@pytest.mark.parametrize(
    ("replies", "code", "sentence"),
    [
        ({"/robots.txt": Reply(body=b"User-agent: *\nDisallow: /")}, 1, "The robots.txt of 127.0.0.1 forbids"),
        ({"/": Reply(body=b"<html><body><p>Soon</p></body></html>")}, 1, "leads to no feed, sitemap or page that"),
        ({}, 1, "is not there (http 404): check the address."),
        ({"/": Reply(500)}, 1, "cannot be read (http 500"),
        ({"/": Reply(403)}, 1, "refuses this program (http 403): ask the site for permission."),
    ],
)
def test_a_home_page_that_cannot_be_read(tmp_path: Path, replies: dict[str, Reply], code: int, sentence: str) -> None:
    with Loopback(lambda path: replies.get(path, Reply(404))) as site:
        done, shown, said = add(site, tmp_path)
    assert (done, shown) == (code, "")
    assert sentence in said
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["http://no-such-host.localhost:1/", "--sites", "mine"], "There is no host no-such-host.localhost: check"),
        (["ftp://a.org/", "--sites", "mine"], "give a whole http or https URL"),
        (["https://a.org/"], "Name the folder of your site files"),
        (["https://a.org/", "--sites", "mine"], "Crawling a.org needs a contact"),
        (["https://a.org/", "--sites", "mine", "--name", "A b"], 'must be made of a-z, 0-9 and hyphens'),
    ],
)  # fmt: skip
def test_mistakes(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    done = run("sites", "add", *arguments, cwd=tmp_path)
    assert done.returncode in (1, 2)
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.example-clinic.com/", "example-clinic"), ("https://news.example.com.cn/", "news-example"),
        ("http://127.0.0.1:80/", "127-0-0-1"), ("http://localhost/", "localhost"), ("http://[::1]/", "1"),
    ],
)  # fmt: skip
def test_names(url: str, name: str) -> None:
    assert name_for(canonical_url(url)) == name


def urls(form: str, *values: object) -> list[str]:
    return [form.format(value) for value in values]


@pytest.mark.parametrize(
    ("articles", "patterns"),
    [
        (urls("https://a.org/news/{}.html", 1, 22, 333), [r"^https?://a\.org/news/\d+\.html$"]),
        (
            urls("https://a.org/{}", "2024/05/knee-pain", "2024/06/hip-pain", "2023/11/back"),
            [r"^https?://a\.org/\d{4}/\d{2}/[^/?]+$"],
        ),
        (
            urls("https://a.org/{}/", "news/a-1", "news/b", "blog/c", "blog/d"),
            [r"^https?://a\.org/(?:blog|news)/[^/?]+/$"],
        ),
        (urls("https://a.org/show.php?id={}", 1, 2, 3), [r"^https?://a\.org/show\.php\?(?:.*&)?id=\d+"]),
        (urls("https://a.org/t20240521_{}.html", 1, 2, 3), [r"^https?://a\.org/t\d+_\d+\.html$"]),
        (urls("https://a.org/{}", "knee-pain", "hip-pain", "back-pain"), []),  # as /about is
        (urls("https://a.org/news/{}.html", 1, 2), []),
    ],
)
def test_the_shape_of_addresses(articles: list[str], patterns: list[str]) -> None:
    assert list(article_patterns(articles, {"https://a.org/", "https://a.org/news/"})) == patterns
    assert all(any(re.search(pattern, url) for pattern in patterns) for url in articles if patterns)


def test_sections_of_a_home_page() -> None:
    site = Site(name="a", home="http://a.org/")
    assert sections_of_home(HOME.encode(), "http://a.org/", site) == ["http://a.org/news/"]
    page = "<a href='/zixun/'>资讯</a><a href='/login/'>x</a><a href='http://b.org/news/'>x</a><a href='/a.pdf'>x</a>"
    assert sections_of_home(page.encode(), "http://a.org/", site) == ["http://a.org/zixun/"]
