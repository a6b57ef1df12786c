"""Sitemaps of every kind, whole and broken."""

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.urls.canonical import canonical_url
from crawler.discovery import DiscoveredLink, read_sitemap
from crawler.discovery.models import MAX_LINKS

URL = "http://example.org/sitemap.xml"
DAY = datetime(2024, 5, 21, tzinfo=UTC)
URLSET = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" \
xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" \
xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:xhtml="http://www.w3.org/1999/xhtml">%s</urlset>'


def entry(path: str) -> str:
    return f"<url><loc>http://example.org/{path}</loc></url>"


def paths(body: str | bytes) -> list[str]:
    found = read_sitemap(body.encode() if isinstance(body, str) else body, URL)
    return [link.url.removeprefix("http://example.org/") for link in found.links]


def test_urlset() -> None:
    body = (
        URLSET % "<url><loc>\n http://Example.org/1#a </loc><lastmod>2024-05-21</lastmod></url><url><loc>/2</loc></url>"
    )
    found = read_sitemap(body.encode(), URL)
    assert found.links == (
        DiscoveredLink(url="http://example.org/1", published=DAY, modified=DAY),
        DiscoveredLink(url="http://example.org/2"),
    )
    assert found.warnings == ()


def test_index() -> None:
    body = "<sitemapindex><sitemap><loc>/a.xml.gz</loc><lastmod>2024-05-21</lastmod></sitemap></sitemapindex>"
    assert read_sitemap(body.encode(), URL).links == (
        DiscoveredLink(url="http://example.org/a.xml.gz", kind="sitemap", published=DAY, modified=DAY),
    )


def test_news() -> None:
    body = URLSET % (
        "<url><loc>/1</loc><lastmod>2024-06-01</lastmod><news:news><news:publication><news:name>N</news:name>"
        "</news:publication><news:publication_date>2024-05-21T08:00+08:00</news:publication_date>"
        "<news:title>膝 &amp; hip</news:title></news:news></url>"
    )
    assert read_sitemap(body.encode(), URL).links == (
        DiscoveredLink(
            url="http://example.org/1", title="膝 & hip", published=DAY, modified=datetime(2024, 6, 1, tzinfo=UTC)
        ),
    )


@pytest.mark.parametrize(
    "part",
    [
        "<image:image><image:loc>/i.jpg</image:loc><image:title>x</image:title></image:image>",
        "<xhtml:link rel='alternate' hreflang='de' href='/de'/>",
        "<!-- <loc>/c</loc> -->",
    ],
)
def test_only_the_pages_own_address_counts(part: str) -> None:
    assert paths(URLSET % f"<url>{part}<loc>/1</loc>{part}</url>") == ["1"]


def test_gzip_is_told_by_its_first_bytes() -> None:
    body = (URLSET % (entry("1") + entry("2"))).encode()
    assert paths(gzip.compress(body)) == ["1", "2"]
    assert paths(gzip.compress(body[:200]) + gzip.compress(body[200:])) == ["1", "2"]
    assert paths(gzip.compress(gzip.compress(body))) == ["1", "2"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_encodings(encoding: str) -> None:
    assert paths((URLSET % entry("1")).encode(encoding)) == ["1"]


@pytest.mark.parametrize("prolog", ["<!-- no <!DOCTYPE html> here -->", "<?x <html>?>", "<!DOCTYPE html SYSTEM 'x'>"])
def test_what_names_html_before_the_first_element(prolog: str) -> None:
    assert paths(f"{prolog}<s:urlset xmlns:s='x'><s:url><s:loc>\n /1\n</s:loc></s:url></s:urlset>") == ["1"]


def test_truncated_gzip_yields_what_is_there() -> None:
    body = gzip.compress((URLSET % "".join(entry(str(n)) for n in range(2_000))).encode())
    found = read_sitemap(body[: len(body) // 2], URL)
    assert 100 < len(found.links) < 2_000
    assert found.warnings[0] == "truncated gzip"


def test_damaged_gzip_is_told() -> None:
    found = read_sitemap(b"\x1f\x8b\x08\x00 no gzip at all", URL)
    assert found.warnings[0].startswith("damaged gzip: ")


def test_a_bomb_is_cut_off() -> None:
    head = (URLSET % entry("1")).removesuffix("</urlset>").encode()
    found = read_sitemap(gzip.compress(head + b" " * 60 * 1024 * 1024), URL)
    assert [link.url for link in found.links] == ["http://example.org/1"]
    assert "larger than 50 MB unpacked: cut off there" in found.warnings


def test_no_more_links_than_the_protocol_allows() -> None:
    found = read_sitemap((URLSET % "".join(entry(str(n)) for n in range(MAX_LINKS + 2))).encode(), URL)
    assert len(found.links) == MAX_LINKS
    assert found.warnings == ("more than 50,000 links: the rest is ignored",)


def test_plain_text() -> None:
    assert paths("\ufeffhttp://example.org/1\r\n\r\n http://example.org/2 \nnot a url\n") == ["1", "2"]


def test_a_feed_in_a_sitemaps_place() -> None:
    body = "<rss><channel><image><url>/i</url></image><item><title>A</title><link>/1</link></item></channel></rss>"
    assert read_sitemap(body.encode(), URL).links == (DiscoveredLink(url="http://example.org/1", title="A"),)
    assert paths('<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="/1"/></entry></feed>') == ["1"]


@pytest.mark.parametrize(
    ("body", "expected", "warning"),
    [
        ((URLSET % (entry("1") + entry("2")))[:-25], ["1"], "malformed XML: Premature end of data in tag"),
        ((URLSET % (entry("1") + entry("2")))[:-15], ["1", "2"], "malformed XML: "),
        (URLSET % "<url><loc>/1?a=1&b=2</loc></url>", ["1?a=1&b=2"], "malformed XML: "),
        (URLSET % (entry("1") + "<url><loc>/2</url>" + entry("3")), ["1", "3", "2"], "(line 2)"),
        (
            "<urlset><url><loc>/1</loc><news:news><news:title>x</news:title></news:news></url></urlset>",
            ["1"],
            "prefix news",
        ),
        ("\n<?xml version='1.0'?><urlset>" + entry("1") + "</urlset>", ["1"], "white space before the XML declaration"),
        (URLSET % "<url><loc></loc></url><url/><url><loc>mailto:a@b.c</loc></url>", [], ""),
        ("<html><a href='/1'>1</a></html>", [], "an HTML page, not a sitemap"),
        ("", [], "not a sitemap"),
    ],
)
def test_malformed(body: str, expected: list[str], warning: str) -> None:
    found = read_sitemap(body.encode(), URL)
    assert paths(body) == expected
    assert warning in " ".join(found.warnings)


def test_entities_are_neither_expanded_nor_fetched() -> None:
    doctype = '<!DOCTYPE urlset SYSTEM "http://127.0.0.1:1/x" [<!ENTITY a "/secret"><!ENTITY f SYSTEM "file:///etc/hostname">]>'
    body = doctype + "<urlset><url><loc>&a;</loc></url><url><loc>&f;</loc></url><url><loc>/1</loc></url></urlset>"
    assert paths(body) == ["1"]


PARTS = """<urlset>|<sitemapindex>|<url>|</url>|<sitemap>|</sitemap>|<loc>|</loc>|/1|http://[|<lastmod>|</lastmod>|
2024-05-21|&|<![CDATA[|]]>|\0|<|>|<n:news>|<rss>|<item>|http://example.org/2"""
MARKUP = st.lists(st.sampled_from(PARTS.split("|")), max_size=25).map(lambda parts: "".join(parts).encode())


@given(st.one_of(st.binary(), MARKUP, MARKUP.map(gzip.compress), st.binary().map(b"\x1f\x8b".__add__)))
def test_any_bytes_yield_canonical_links(body: bytes) -> None:
    for link in read_sitemap(body, URL).links:
        assert canonical_url(link.url) == link.url
        assert link.kind in ("article", "sitemap")
