"""Lists of addresses from elsewhere, and `healthnews crawl --urls`."""

import io
import json
import sys
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.urls.canonical import canonical_url
from crawler.discovery.address_list import NoAddressListError, read_address_list
from tests.commands import run
from tests.loopback import Loopback, Reply, article_html

TABLE = "标题\t链接\t日期\n膝盖\thttps://a.org/1\t2024\n手\thttps://a.org/2\t2024\n"
MARKDOWN = """See [a](https://a.org/x_(y)) and [b](<https://b.org/1> "t").
A line of prose: without an address.
![i](https://i.org/1.png)
## [c](https://c.org/1)
[1]: https://d.org/1"""
OPML = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><body><outline text="news">
<outline type="rss" xmlUrl="https://a.org/feed?a=1&amp;b=2" htmlUrl="https://a.org/"/>
<outline text="a page" type="link" url="https://b.org/1"/>
</outline></body></opml>"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://a.org/1\n\n# no\n; no\n// no\nhttps://a.org/2 # mine\n", ["https://a.org/1", "https://a.org/2"]),
        ("\ufeffhttps://a.org/1\r\nhttps://a.org/2\r\n", ["https://a.org/1", "https://a.org/2"]),
        ("www.a.org\na.org/news/1\nhttps：//b.org/1", ["https://www.a.org/", "https://a.org/news/1", "https://b.org/1"]),
        ("https://a.org/1,2.html\nhttps://a.org/1,3.html", ["https://a.org/1,2.html", "https://a.org/1,3.html"]),
        ("1. https://a.org/1\n- https://a.org/2\n<https://a.org/3>", [f"https://a.org/{n}" for n in (1, 2, 3)]),
        ("url\nhttps://a.org/1", ["https://a.org/1"]),
        ("title,url\n\"Knee, new\",https://a.org/1\nHip,a.org/2", ["https://a.org/1", "https://a.org/2"]),
        ("image,page,链接\nhttps://i.org/1.png,,https://a.org/1", ["https://a.org/1"]),
        ("title;page\n\"a\nb\";https://a.org/1", ["https://a.org/1"]),
        ("膝盖,https://a.org/1,2024\n手,https://a.org/2,2025", ["https://a.org/1", "https://a.org/2"]),
        (TABLE, ["https://a.org/1", "https://a.org/2"]),
        (
            MARKDOWN,
            ["https://a.org/x_(y)", "https://b.org/1", "https://c.org/1", "https://d.org/1"],
        ),
        ("全文见：https://a.org/1。还有（https://a.org/2）", ["https://a.org/1", "https://a.org/2"]),
        (
            '<p><a href="https://a.org/1?a=1&amp;b=2">x</a> <a href="#top">y</a> <a href="mailto:a@b.org">m</a>',
            ["https://a.org/1?a=1&b=2"],
        ),
        ('<html><base href="https://a.org/n/"><a href="1">x</a></html>', ["https://a.org/n/1"]),
        (OPML, ["feed https://a.org/feed?a=1&b=2", "https://b.org/1"]),
        ("feed:https://a.org/feed", ["https://a.org/feed"]),
    ],
)  # fmt: skip
def test_the_addresses_of_a_list(text: str, expected: list[str]) -> None:
    listed = read_address_list(text.encode())
    assert [("feed " if each.kind == "feed" else "") + each.url for each in listed.addresses] == expected
    assert not listed.bad


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gbk"])
def test_encodings(encoding: str) -> None:
    listed = read_address_list(TABLE.encode(encoding))
    assert [(each.line, each.url) for each in listed.addresses] == [(2, "https://a.org/1"), (3, "https://a.org/2")]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("hello", "no http or https address"),
        ("page.html", "no http or https address"),
        ("ftp://a.org/1", "ftp: is no address of the web (http or https)"),
        ("mailto:me@a.org", "mailto: is no address of the web (http or https)"),
        ("/news/1", "an address within a site: put https:// and the host before it"),
        ("https://a.org:99999/", "no valid port in the URL 'https://a.org:99999/'"),
    ],
)
def test_bad_lines_are_named_and_do_not_stop_the_rest(line: str, problem: str) -> None:
    listed = read_address_list(f"https://a.org/1\n\n{line}\nhttps://a.org/1?utm_source=x\n".encode())
    assert [(each.line, each.text, each.problem) for each in listed.bad] == [(3, line, problem)]
    assert ([each.url for each in listed.addresses], listed.repeated) == (["https://a.org/1"], 1)


def workbook(*sheets: list[list[object]]) -> bytes:
    """An .xlsx; a cell that is a pair is a text with a link."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for rows in sheets:
        sheet = made.create_sheet()
        for row, cells in enumerate(rows, 1):
            for column, value in enumerate(cells, 1):
                cell = sheet.cell(row, column, value[0] if isinstance(value, tuple) else value)
                if isinstance(value, tuple):
                    cell.hyperlink = value[1]
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("sheets", "expected", "bad"),
    [
        ([[["https://a.org/1"], [None], ["https://a.org/2"]]], [(1, "1"), (3, "2")], []),
        ([[["标题", "链接"], ["膝", "https://a.org/1"], [3, None]]], [(2, "1")], [3]),
        ([[["Clippings of May"], [], ["date", "url"], [date(2024, 5, 1), "https://a.org/1"]]], [(4, "1")], []),
        ([[["a"], [("Knee", "https://a.org/1")], [("https://a.org/2", "https://b.org/")]]], [(2, "1"), (3, "2")], []),
        ([[["a note"]], [], [["page"], ["https://a.org/1"]]], [(2, "1")], []),
    ],
)  # fmt: skip
def test_a_column_of_a_workbook(
    sheets: list[list[list[object]]], expected: list[tuple[int, str]], bad: list[int]
) -> None:
    listed = read_address_list(workbook(*sheets))
    assert [(each.line, each.url.removeprefix("https://a.org/")) for each in listed.addresses] == expected
    assert [each.line for each in listed.bad] == bad


def test_a_workbook_needs_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(NoAddressListError, match=r"pip install 'health-news-archive\[excel\]'"):
        read_address_list(b"PK\x03\x04")


@pytest.mark.parametrize("body", [b"PK\x03\x04xl/workbook.xml", b"%PDF-1.7", b"\xff\xfea\0\0\0b\0"])
def test_what_is_no_list(body: bytes) -> None:
    with pytest.raises(NoAddressListError, match="save the addresses as CSV or as text"):
        read_address_list(body)


@given(st.one_of(st.binary(), st.text(st.sampled_from('htps:/.a,;\t"\n[]()<># 膝\0')).map(str.encode)))
def test_any_bytes_are_a_list_or_a_sentence(body: bytes) -> None:
    try:
        listed = read_address_list(body)
    except NoAddressListError:
        return
    urls = [each.url for each in listed.addresses]
    assert urls == list(dict.fromkeys(map(canonical_url, urls)))


def answer(path: str) -> Reply:
    if path == "/robots.txt":
        return Reply(body=b"User-agent: *\nDisallow: /closed/")
    if path == "/feed.xml":
        items = "".join(f"<item><link>/a/{n}</link></item>" for n in (1, 2, 3))
        return Reply(body=f"<rss><channel>{items}</channel></rss>".encode(), headers={"Content-Type": "text/xml"})
    is_article = path.startswith("/a/")
    return Reply(body=article_html(f"Article {path}", f"Only {path} says this.")) if is_article else Reply(404)


def test_what_became_of_each_address(tmp_path: Path) -> None:
    with Loopback(answer) as site:
        rows = [
            "标题,链接",
            *(f"文章,{site.url}{path}" for path in ("/a/1", "/a/1", "/gone", "/closed/1")),
            "坏,不知道",
        ]
        (tmp_path / "list.csv").write_bytes("\n".join(rows).encode("gbk"))
        done = run("crawl", "--urls", "list.csv", "--allow-private", cwd=tmp_path)
        assert done.returncode == 1
        assert "3 addresses, 1 more repeated, 1 line without an address\n       1  stored" in done.stdout
        assert "list.csv, line 6: no http or https address: '不知道'" in done.stderr
        again = run("crawl", "--urls", "list.csv", "--allow-private", "--json", cwd=tmp_path)
    found = json.loads(again.stdout)
    assert [(each["line"], each["fate"], each["reason"]) for each in found["addresses"]] == [
        (2, "stored", None), (4, "gone", "http 404"), (5, "refused", "robots"),
    ]  # fmt: skip
    assert found["addresses"][0]["title"] == "Article /a/1"
    assert (found["repeated"], found["bad_lines"][0]["line"]) == (1, 6)


def test_feeds_of_opml_are_read_as_lists(tmp_path: Path) -> None:
    with Loopback(answer) as site:
        text = f'<opml><body><outline xmlUrl="{site.url}/feed.xml"/></body></opml>'
        (tmp_path / "feeds.opml").write_text(text)
        (tmp_path / "other.txt").write_text(f"{site.url}/a/9")
        run("crawl", "--urls", "other.txt", "--allow-private", cwd=tmp_path)
        done = run("crawl", "--urls", "feeds.opml", "--allow-private", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (feed,) = json.loads(done.stdout)["addresses"]
    assert (feed["kind"], feed["fate"], feed["links"], feed["stored"]) == ("feed", "read", 3, 3)
    assert site.paths.count("/a/9") == 1


@pytest.mark.parametrize(
    ("content", "arguments", "sentence"),
    [
        ("hello\n", [], "Error: list.txt has no address to crawl.\n  list.txt, line 1: no http or https address"),
        ("", [], "Error: list.txt has no address to crawl."),
        ("PK\x03\x04", [], "Error: list.txt cannot be read: this is another packed file or a damaged workbook: save"),
        ("https://a.org/1", ["who"], "Error: --urls takes the place of sites and URLs"),
    ],
)
def test_mistakes(tmp_path: Path, content: str, arguments: list[str], sentence: str) -> None:
    (tmp_path / "list.txt").write_text(content)
    done = run("crawl", "--urls", "list.txt", *arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr
