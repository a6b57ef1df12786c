"""Listing pages: articles and the next page."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.urls.canonical import canonical_url
from crawler.discovery import DiscoveredLink, read_listing
from crawler.sites.site import Site

URL = "http://example.org/news/"
SITE = Site(name="x", home="http://example.org/", articles=(re.compile(r"/a/\d+"),), exclude=(re.compile("print"),))


def read(html: str, url: str = URL) -> list[DiscoveredLink]:
    return list(read_listing(html.encode(), url, SITE).links)


def following(html: str, url: str = URL) -> list[str]:
    links = (link for link in read(html, url) if link.kind == "listing")
    return [link.url.removeprefix("http://example.org") for link in links]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<a href='/a/1'>One</a>", [("/a/1", "One")]),
        ("<a href='/a/1'>A <!-- x -->long <b>and <i>deep</i></b> one</a>", [("/a/1", "A long and deep one")]),
        ("<a rel=nofollow href='/a/1#c'>One</a>", [("/a/1", "One")]),
        ("<base href='http://example.org/b/'><a href='a/1'>One</a>", [("/b/a/1", "One")]),
        ("<a href='/a/1'><img></a><a href='/a/1'>One</a>", [("/a/1", "One")]),
        ("<a href='/a/1'><img alt='Pic'></a>", [("/a/1", "Pic")]),
        ("<a href='/a/1' title='One and two'>One…</a>", [("/a/1", "One and two")]),
        ("<map><area href='/a/1'></map>", [("/a/1", None)]),
        ("<a href='http://cdn.other.org/a/1'>x</a>", [("http://cdn.other.org/a/1", "x")]),
        ("<a href='/a/1/print'>x</a><a href='/about'>x</a>", []),
        ("<a name=a>x</a><a href=''>x</a>", []),
        ("<a href='javascript:/a/1'>x</a><a href='mailto:/a/1'>x</a>", []),
        ("<a href='tel:/a/1'>x</a><a href='data:/a/1'>x</a>", []),
        ("<link rel=alternate href='/a/1'>", []),
    ],
)
def test_articles(html: str, expected: list[tuple[str, str | None]]) -> None:
    assert [(link.url.removeprefix("http://example.org"), link.title) for link in read(html)] == expected


@pytest.mark.parametrize(
    "link",
    [
        "<a rel='next' href='{}'>x</a>", "<link rel=next href='{}'>", "<a href='{}'>下一页</a>",
        "<a href='{}'>下一頁 ></a>",
        "<a href='{}'>[下页]</a>", "<a href='{}'><span>Next</span> »</a>", "<a href='{}'>NEXT PAGE</a>",
        "<a href='{}'>← Older posts</a>", "<a href='{}'>次へ</a><a href='{}'>次へ</a>", "<a href='{}'>Weiter</a>",
        "<a href='{}' aria-label='Next'><svg></svg></a>", "<a href='{}'><img src=n.png alt='下一页'></a>",
        "<a href='{}'>›</a><a href='/news/p/99'>»</a>", "<a href='{}'>»</a>", "<a href='{}'>&gt;</a>",
    ],
)  # fmt: skip
@pytest.mark.parametrize("target", ["/news/p/2", "/news/?page=2"])
def test_next_page_by_its_label(link: str, target: str) -> None:
    assert following("<a href='/news/'>1</a><a href='/news/p/3'>3</a>" + link.replace("{}", target)) == [target]


@pytest.mark.parametrize(
    ("here", "there", "label"),
    [
        ("/news/", "/news/?page=2", "2"),
        ("/news/", "/news/index_2.html", "2"),
        ("/news/index.html", "/news/index_1.html", "2"),
        ("/news/list.html", "/news/list_2.html", "2"),
        ("/c/12/", "/c/12/2.html", "2"),
        ("/news/?page=2", "/news/?page=3", "3"),
        ("/news/?page=2&cat=5", "/news/?page=3&cat=5", "4"),
        ("/news/page/9/", "/news/page/10/", "10"),
        ("/news/list_09.html", "/news/list_10.html", "10"),
    ],
)
def test_next_page_by_its_number(here: str, there: str, label: str) -> None:
    html = f"<a href='{there}'>{label}</a><a href='/news/?page=7'>7</a><a href='{here}'>1</a>"
    assert following(html, "http://example.org" + here) == [there]


@pytest.mark.parametrize(
    "html",
    [
        "<a href='/news/'>下一页</a>",
        "<a href='#'>下一页</a><a href='javascript:next()'>Next</a>",
        "<a href='http://other.org/p/2' rel=next>Next</a>",
        "<a href='/a/1'>»</a>",
        "<a href='/x/'>»</a><a href='/y/'>»</a>",
        "<a href='/news/day/2'>2</a><a href='/news/month/2'>2</a>",
        "<a href='/p/0'>«</a><a href='/p/0'>上一页</a>",
        "<a href='/other/?page=2'>2</a>",
        "<a href='/news/two'>2</a>",
    ],
)
def test_no_next_page(html: str) -> None:
    assert following(html) == []


def test_a_next_page_is_no_article() -> None:
    site = Site(name="x", home="http://example.org/")
    found = read_listing(b"<a href='/news/20240521-x.html'>x</a><a rel=next href='/news/p-12345.html'>n</a>", URL, site)
    assert [link.kind for link in found.links] == ["article", "listing"]


@pytest.mark.parametrize(("language", "encoding"), [(None, "gbk"), ("zh-Hans", "gb18030"), ("de", "cp1252")])
def test_pages_without_a_declared_encoding(language: str | None, encoding: str) -> None:
    site = Site(name="x", home="http://example.org/", language=language, articles=SITE.articles)
    title = "Über" if language == "de" else "干细胞"
    found = read_listing(f"<a href='/a/1?q={title}'>{title}</a>".encode(encoding), URL, site)
    assert [link.title for link in found.links] == [title]
    assert "%EF%BF%BD" not in found.links[0].url


def test_a_page_without_links_is_told() -> None:
    assert read_listing(b"", URL, SITE).warnings == ("no links on the listing page",)
    assert read_listing(b"<a href=x>x</a>", URL, SITE).warnings == ()


PARTS = """<a href='|'>|</a>|<base href='|/a/1|http://[|2|next|»|<link rel=next href=|<div>|\0|<|&|é|<img alt=x>|<!--|
<svg>|<?x|<meta charset=gbk>|<meta charset=utf-7>"""
MARKUP = st.lists(st.sampled_from(PARTS.split("|")), max_size=25).map(lambda parts: "".join(parts).encode())


@given(st.one_of(st.binary(), MARKUP), st.one_of(st.just(URL), st.text()))
def test_any_bytes_yield_canonical_links(body: bytes, url: str) -> None:
    for link in read_listing(body, url, SITE).links:
        assert canonical_url(link.url) == link.url
        assert link.kind in ("article", "listing")


def test_a_list_behind_an_early_end_of_the_page_is_read() -> None:
    html = "<html><body><a href='/about'>x</a></body></html><div><a href='/a/1'>One</a></div></body></html>"
    assert [link.title for link in read(html)] == ["One"]


@pytest.mark.parametrize(("language", "encoding"), [("zh-Hant", "big5"), ("zh-Hans", "gbk"), ("ja", "euc-jp")])
def test_the_sites_language_decides_undeclared_bytes(language: str, encoding: str) -> None:
    site = Site(name="x", home=SITE.home, articles=SITE.articles, language=language)
    title = "公共卫生新闻" if encoding == "gbk" else "公共衛生新聞"
    body = f"<a href='/a/1'>{title}</a>".encode(encoding)
    assert [link.title for link in read_listing(body, URL, site).links] == [title]
