"""Titles, dates and names: what is said to machines, what is printed, and which of them counts."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.extraction.dates import date_in_url, find_dates, parse_date
from archive.extraction.dom import parse
from archive.extraction.metadata import Metadata, read_metadata
from archive.extraction.structured import read_structured
from archive.extraction.titles import choose_title, strip_site
from archive.extraction.visible import labelled

URL = "https://www.riverbend.example/kepu/1.html"


def read(head: str = "", body: str = "", url: str = URL) -> Metadata:
    return read_metadata(parse(f"<html><head>{head}</head><body>{body}</body></html>"), url)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-21T08:00:00+08:00", date(2024, 5, 21)),
        ("2024.05.21", date(2024, 5, 21)),
        ("2024年5月1日 09:30", date(2024, 5, 1)),
        ("20240521083000", None),
        ("20240521", date(2024, 5, 21)),
        ("May 21st, 2024", date(2024, 5, 21)),
        ("21 May 2024", date(2024, 5, 21)),
        ("2023 Jan 7", date(2023, 1, 7)),
        ("3. März 2020", date(2020, 3, 3)),
        ("21.05.2024", date(2024, 5, 21)),
        ("21 de mayo de 2024", date(2024, 5, 21)),
        ("13/05/2024", date(2024, 5, 13)),
        ("05/13/2024", date(2024, 5, 13)),
        ("03/04/2024", None),
        ("2024-02-30", None),
        ("1970-01-01", None),
        ("May 2024", None),
        ("", None),
    ],
)
def test_printed_dates(text: str, expected: date | None) -> None:
    assert parse_date(text) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/2024/05/21/x.html", date(2024, 5, 21)),
        ("https://a.example/20240521/x.html", date(2024, 5, 21)),
        ("https://a.example/2024-05/21/x.html", date(2024, 5, 21)),
        ("https://a.example/2024/x.html", None),
        ("https://a.example/x?d=2024-05-21", None),
        ("https://a.example/12024052199", None),
    ],
)
def test_dates_in_urls(url: str, expected: date | None) -> None:
    assert date_in_url(url) == expected


@given(st.text(max_size=200))
def test_found_dates_are_printed(text: str) -> None:
    for offset, day in find_dates(text):
        assert str(day.year) in text[offset:]


@pytest.mark.parametrize(
    ("headings", "stated", "document", "sites", "title"),
    [
        (["晨跑与心率"], [], "晨跑与心率-河湾健康网", [], "晨跑与心率"),
        ([], ["Walking | Riverbend"], "x", ["Riverbend"], "Walking"),
        ([], [], "晨跑对心率的长期影响_健康频道_河湾网", [], "晨跑对心率的长期影响"),
        ([], [], "Riverbend - Walking after meals lowers sugar", ["Riverbend"], "Walking after meals lowers sugar"),
        (["Riverbend"], [], "Walking after meals - Riverbend", ["Riverbend"], "Walking after meals"),
        (["Walking after meals", "Related"], [], "Walking after meals | Riverbend", [], "Walking after meals"),
        (["A better heading"], ["Search title"], "Search title", [], "A better heading"),
        ([], [], "T-cell therapy for COVID-19", [], "T-cell therapy for COVID-19"),
        ([], [], "", [], ""),
    ],
)
def test_title(headings: list[str], stated: list[str], document: str, sites: list[str], title: str) -> None:
    assert choose_title(headings, stated, document, sites) == title


@given(st.text(max_size=80), st.lists(st.text(max_size=10), max_size=2))
def test_stripping_a_site_is_idempotent_and_part_of_the_title(title: str, sites: list[str]) -> None:
    stripped = strip_site(title, sites)
    assert stripped in title
    assert strip_site(stripped, sites) == stripped


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("来源:博闻 日期: 2024.05.21 访问量: 12", [("source", "博闻"), ("published", "2024.05.21"), ("views", "12")]),
        ("来源：河湾日报 2024-05-21 10:00", [("source", "河湾日报")]),
        ("(责任编辑：陈一鸣)", [("editor", "陈一鸣")]),
        ("文/赵青", [("author", "赵青")]),
        ("Published on May 21, 2024", [("published", "May 21, 2024")]),
        ("Last updated: 3 May 2024", [("modified", "3 May 2024")]),
        ("数据来源可靠,作者认为", []),
        ("", []),
    ],
)
def test_labelled_facts(line: str, expected: list[tuple[str, str]]) -> None:
    assert list(labelled(line)) == expected


def test_visible_facts_of_a_chinese_page() -> None:
    line = "<div>来源:河湾网 作者:赵青 日期:2024-05-21 阅读:1.2万</div>"
    facts = read(
        "<title>晨跑与心率-河湾网</title>", f"<h1>晨跑与心率</h1>{line}<p>正文</p><p>编辑:陈一鸣 审核:周和</p>"
    )
    assert (facts.title, facts.source, facts.views) == ("晨跑与心率", "河湾网", 12_000)
    assert (facts.authors, facts.editors) == (("赵青",), ("陈一鸣", "周和"))
    assert facts.published == date(2024, 5, 21)


@pytest.mark.parametrize(
    ("head", "body", "url", "expected"),
    [
        ("", "<h1>T</h1><p>© 2024-01-01 Riverbend</p>", URL, None),
        ("", "<h1>T</h1><p>Text</p><a href=/x>Other story, May 2, 2024</a>", URL, None),
        ("", "<h1>T</h1><time datetime=2024-05-21>x</time>", URL, date(2024, 5, 21)),
        ("", "<h1>T</h1><p>May 21, 2024</p>", "https://a.example/2024/05/20/x", date(2024, 5, 21)),
        ("", "<h1>T</h1><p>x</p>", "https://a.example/2024/05/20/x", date(2024, 5, 20)),
        ('<meta property="article:published_time" content="2024-05-19">', "<p>2020-01-01</p>", URL, date(2024, 5, 19)),
        ('<meta name="article:modified_time" content="2024-05-19">', "<h1>T</h1>", URL, None),
    ],
)
def test_publication_is_stated_or_unknown(head: str, body: str, url: str, expected: date | None) -> None:
    assert read(head, body, url).published == expected


@pytest.mark.parametrize(
    "script",
    [
        '{"@graph":[{"@type":"WebSite","name":"S"},{"@type":["NewsArticle"],"headline":"H"}]}',
        '[{"@type":"http://schema.org/Article","headline":"H"}]',
        '<!-- {"@type":"BlogPosting","headline":"H"} -->',
        '{"@type":"Article","headline":"H","description":"a "broken" one",}',
        '{"@type":"WebPage","mainEntity":{"@type":"Article","headline":"H"}}',
    ],
)
def test_json_ld_however_written(script: str) -> None:
    root = parse(f'<head><script type="application/ld+json">{script}</script></head><body>x</body>')
    assert read_structured(root).article["headline"] == "H"


def test_facts_for_machines() -> None:
    head = (
        '<meta property="og:site_name" content="Riverbend"><meta name="keywords" content="walk, sugar">'
        '<meta name="description" content="About walks."><link rel="canonical" href="/kepu/2.html">'
        '<script type="application/ld+json">{"@type":"Article","author":[{"name":"Mary Quill"},"Riverbend"],'
        '"dateModified":"2024-05-22","articleSection":"Diabetes"}</script>'
    )
    facts = read(head, "<h1>T</h1>")
    assert (facts.site_name, facts.section, facts.description) == ("Riverbend", "Diabetes", "About walks.")
    assert (facts.keywords, facts.authors) == (("walk", "sugar"), ("Mary Quill",))
    assert facts.canonical_url == "https://www.riverbend.example/kepu/2.html"
    assert facts.modified == date(2024, 5, 22)
