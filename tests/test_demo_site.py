"""The sample site is what `expected.json` says it is, and its server behaves as a polite site would."""

import gzip
import json
import re
import threading
import tomllib
from importlib.resources import files
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from urllib.robotparser import RobotFileParser

import feedparser
import lxml.etree
import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.demo.server import DemoServer, respond
from crawler.demo.site import EDITS, articles, pages, parse_page, site_toml

BASE = "http://127.0.0.1:8000"
EXPECTED: dict[str, dict[str, Any]] = json.loads((files("crawler.demo") / "expected.json").read_text(encoding="utf-8"))
ARTICLES = {path: case for path, case in EXPECTED.items() if "outcome" not in case}
FRAGMENTS = {page.path: page.fragment for page in pages()}
MARKER = re.compile(r"\[D?\d{1,2}(?:[-,] ?\d{1,2})*\]|【\d{1,2}】|[①-⑨]")
each_article = pytest.mark.parametrize("path", ARTICLES)


def tree(path: str) -> Any:
    return lxml.html.fromstring(respond(path, {}, BASE).body)


def text(path: str) -> str:
    return " ".join(tree(path).text_content().split())


def locations(body: bytes) -> list[str]:
    return [loc.text.removeprefix(BASE) for loc in lxml.etree.fromstring(body).findall(".//{*}loc")]


def listing_hrefs() -> list[str]:
    hrefs: list[str] = []
    following = ["/news/"]
    while following:
        page = tree(following[0])
        hrefs += page.xpath("//ul[@class='newslist']/li/a/@href")
        following = page.xpath("//a[@rel='next']/@href")
    return hrefs


def test_the_site_is_large_and_mixed_enough() -> None:
    assert {page.path for page in articles()} == set(ARTICLES)
    languages = [case["language"] for case in ARTICLES.values()]
    assert len(languages) >= 24
    counts = {language: languages.count(language) for language in set(languages)}
    assert counts == {"zh-Hans": 13, "zh-Hant": 2, "en": 9, "ja": 1, "de": 1}
    assert len({case["style"] for case in ARTICLES.values() if "style" in case}) >= 8


@each_article
def test_gold_lines_stand_in_the_page(path: str) -> None:
    page, case = text(path), ARTICLES[path]
    assert [line for line in case["body"] if line not in page] == []
    assert [line for line in case["absent"] if line not in page] == []
    assert 3 <= len(case["body"]) <= 6
    assert not [cut for cut in case["absent"] for line in case["body"] if cut in line]


@each_article
def test_titles_and_sources_stand_in_the_page(path: str) -> None:
    case, page = ARTICLES[path], tree(path)
    assert page.findtext(".//title").startswith(case["title"])
    assert case["title"] in [heading.text_content() for heading in page.xpath("//h1 | //h2")]
    served = respond(path, {}, BASE).body.decode(case.get("encoding", "utf-8"))
    named = [case["source"] or "", *case.get("authors", []), *case.get("editors", []), str(case.get("views", ""))]
    assert [name for name in named if name not in served] == []


@each_article
def test_images_stand_in_the_page(path: str) -> None:
    printed = [[image.get("src"), image.get("alt")] for image in tree(path).iter("img")]
    assert [image for image in ARTICLES[path].get("images", []) if image not in printed] == []


@pytest.mark.parametrize("path", [path for path, case in ARTICLES.items() if case["references"]])
def test_references_stand_in_the_page(path: str) -> None:
    page = text(path)
    for reference in ARTICLES[path]["references"]:
        printed = [str(reference[key]) for key in ("doi", "pmid", "pmcid", "year") if reference[key]]
        assert [part for part in printed if part not in page] == []


@each_article
def test_markers_are_all_those_before_the_list(path: str) -> None:
    fragment = lxml.html.fromstring(f"<div>{FRAGMENTS[path]}</div>")
    bare = [sup.text for sup in fragment.iter("sup") if not MARKER.search(sup.text)]
    found = MARKER.findall(fragment.text_content())
    expected = [marker for marker, _ in ARTICLES[path]["markers"]]
    printed_labels = len(found) - (0 if bare else len(expected))
    assert (bare or found[: len(expected)]) == expected
    assert printed_labels in (0, len(ARTICLES[path]["references"]))
    assert {label for _, labels in ARTICLES[path]["markers"] for label in labels} <= {
        reference["label"] for reference in ARTICLES[path]["references"]
    }


def test_author_year_markers_stand_in_the_page() -> None:
    cases = [(path, marker) for path, case in ARTICLES.items() for marker, _ in case.get("author_year", [])]
    assert len(cases) == 6
    assert [marker for path, marker in cases if marker not in text(path)] == []


def test_dates_are_printed_or_absent() -> None:
    undated = [page for page in articles() if page.published is None]
    assert [page.path for page in undated] == ["/news/2020/diabetes-diet.html"]
    assert not re.search(r"\d{4}[-./年]\d{1,2}[-./月]\d{1,2}", text(undated[0].path))
    assert {page.path: page.published and str(page.published) for page in articles()} == {
        path: case["published"] for path, case in ARTICLES.items()
    }


def test_metadata_blocks_can_be_read() -> None:
    found = {path: tree(path).xpath("//script[@type='application/ld+json']/text()") for path in ARTICLES}
    blocks = {path: json.loads(block[0]) for path, block in found.items() if block}
    assert len(blocks) == 3
    for path, block in blocks.items():
        case = ARTICLES[path]
        assert (block["headline"], block["datePublished"][:10]) == (case["title"], case["published"])
        assert (block["publisher"]["name"], block.get("dateModified", "")[:10] or None) == (
            case["source"],
            case.get("modified"),
        )


def test_the_gbk_page_is_gbk_and_says_so_in_its_meta_tag_only() -> None:
    status, fields, body = respond("/news/2019/1108.html", {}, BASE)
    assert (status, fields["Content-Type"]) == (200, "text/html")
    assert b'<meta charset="gbk">' in body
    assert "造血干细胞" in body.decode("gbk")
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")


def test_sitemaps_list_every_article() -> None:
    index = locations(respond("/sitemap.xml", {}, BASE).body)
    assert index == ["/sitemap-zh.xml", "/sitemap-en.xml.gz"]
    chinese, english = (respond(path, {}, BASE).body for path in index)
    listed = locations(chinese) + locations(gzip.decompress(english))
    assert sorted(listed) == sorted(ARTICLES)


@pytest.mark.parametrize(("path", "version", "count"), [("/feed.xml", "rss20", 10), ("/atom.xml", "atom10", 9)])
def test_feeds_parse(path: str, version: str, count: int) -> None:
    feed = feedparser.parse(respond(path, {}, BASE).body)
    assert (feed.bozo, feed.version, len(feed.entries)) == (False, version, count)
    for item in feed.entries:
        case = ARTICLES[item.link.removeprefix(BASE)]
        stamp = item.published_parsed
        assert (item.title, f"{stamp[0]}-{stamp[1]:02}-{stamp[2]:02}") == (case["title"], case["published"])


def test_the_listing_leads_to_everything_including_what_is_gone() -> None:
    hrefs = listing_hrefs()
    assert len(hrefs) == len(set(hrefs)) == len(pages()) + 5
    reached = {href.partition("#")[0] for href in hrefs} | {"/en/2024/car-t-lupus.html"}
    assert reached == set(EXPECTED)
    assert "下一页" in text("/news/")
    assert respond("/news/?page=5", {}, BASE).status == 404


@pytest.mark.parametrize("path", [path for path, case in EXPECTED.items() if "status" in case])
def test_what_has_moved_or_gone(path: str) -> None:
    case = EXPECTED[path]
    status, fields, _ = respond(path, {}, BASE)
    assert status == case["status"]
    assert fields.get("Location", "").removeprefix(BASE) == case.get("to", "")


@pytest.mark.parametrize("path", [path for path, case in EXPECTED.items() if case.get("outcome") == "alias"])
def test_aliases_name_their_canonical_address(path: str) -> None:
    assert tree(path).xpath("//link[@rel='canonical']/@href") == [BASE + EXPECTED[path]["to"]]


def test_robots_forbids_the_private_page_that_the_listing_links_to() -> None:
    robots = RobotFileParser()
    robots.parse(respond("/robots.txt", {}, BASE).body.decode().splitlines())
    assert not robots.can_fetch("anyone", f"{BASE}/private/draft.html")
    assert robots.can_fetch("anyone", f"{BASE}/news/")
    assert "/private/draft.html" in listing_hrefs()


CONDITIONS = [
    ({"if-none-match": "{etag}"}, 304),
    ({"If-None-Match": '"other", W/{etag}'}, 304),
    ({"If-None-Match": '"other"', "If-Modified-Since": "{changed}"}, 200),
    ({"If-Modified-Since": "{changed}"}, 304),
    ({"If-Modified-Since": "Mon, 01 Jan 2018 00:00:00 GMT"}, 200),
    ({"If-Modified-Since": "yesterday"}, 200),
]


@pytest.mark.parametrize(("conditions", "status"), CONDITIONS)
def test_conditional_requests(conditions: dict[str, str], status: int) -> None:
    path = "/en/2024/treg-il-10.html"
    fields = respond(path, {}, BASE).headers
    sent = {key: v.format(etag=fields["ETag"], changed=fields["Last-Modified"]) for key, v in conditions.items()}
    again = respond(path, sent, BASE)
    assert again.status == status
    assert (again.body == b"") == (status == 304)


@given(st.text(), st.dictionaries(st.sampled_from(["If-None-Match", "If-Modified-Since"]), st.text()))
def test_no_request_raises(path: str, headers: dict[str, str]) -> None:
    assert respond("/" + path, headers, BASE).status in (200, 301, 304, 404, 410)


def test_a_page_file_without_a_path_is_refused() -> None:
    with pytest.raises(KeyError):
        parse_page("<!--\ntitle: x\n-->\n<p>text</p>")


def test_the_site_file_covers_what_the_listing_links_to() -> None:
    site = tomllib.loads(site_toml(BASE))
    assert (site["name"], site["home"], site["delay"], site["allow_private"]) == ("demo", f"{BASE}/", 0.0, True)
    wanted = {path for path in EXPECTED if any(re.search(pattern, path) for pattern in site["articles"])}
    barred = {path for path in EXPECTED if any(re.search(pattern, path) for pattern in site["exclude"])}
    assert wanted == set(EXPECTED)
    assert barred == {path for path, case in EXPECTED.items() if case.get("outcome") == "excluded"}


def test_the_server_answers_on_loopback_and_keeps_count() -> None:
    with DemoServer() as server:
        assert server.url.startswith("http://127.0.0.1:")
        with urlopen(Request(f"{server.url}/feed.xml", headers={"User-Agent": "reader/1"})) as reply:
            assert f"<link>{server.url}/news/2024/0902.html</link>" in reply.read().decode()
        with urlopen(Request(f"{server.url}/news/", method="HEAD")) as reply:
            assert (reply.status, reply.read()) == (200, b"")
        with pytest.raises(HTTPError, match="410") as gone:
            urlopen(f"{server.url}/en/2022/miracle-cure.html")
        gone.value.close()
        (first, path, headers), *others = server.requests
    assert (path, headers["User-Agent"], len(others)) == ("/feed.xml", "reader/1", 2)
    assert first <= others[0][0]


def test_the_server_counts_requests_of_several_threads() -> None:
    with DemoServer() as server:

        def ask() -> None:
            for _ in range(5):
                urlopen(f"{server.url}/robots.txt").close()

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(server.requests) == 20


@pytest.mark.parametrize("path", EDITS)
def test_its_editors_change_a_page_later(path: str) -> None:
    before, after = EDITS[path]
    first, second = (respond(path, {}, later=later).body.decode() for later in (False, True))
    assert (before in first, after in first) == (True, False)
    assert first.replace(before, after) == second
