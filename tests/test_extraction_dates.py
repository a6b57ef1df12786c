"""Dates in all printed forms, and which date of a page is that of publication."""

import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.dom.tree import parse
from archive.extraction.dates import date_in_url, find_dates, parse_date
from archive.extraction.metadata import Metadata, read_metadata
from archive.text.word_lists import read_word_list

URL = "https://www.riverbend.example/kepu/1.html"
DAY, LATER = date(2024, 5, 21), date(2024, 6, 1)


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
        ("13-05-2024", date(2024, 5, 13)),
        ("2024년 5월 21일", date(2024, 5, 21)),
        ("ngày 21 tháng 5 năm 2024", date(2024, 5, 21)),
        ("二〇二四年五月二十一日", date(2024, 5, 21)),
        ("令和6年5月21日", date(2024, 5, 21)),
        ("2024. május 21.", date(2024, 5, 21)),
        ("2024 m. gegužės 21 d.", date(2024, 5, 21)),
        ("21 października 2024", date(2024, 10, 21)),
        ("1er août 2024", date(2024, 8, 1)),
        ("1 d'agost de 2024", date(2024, 8, 1)),
        ("21 Ağustos 2024", date(2024, 8, 21)),
        ("3. svibnja 2024.", date(2024, 5, 3)),
        ("3. mája 2024", date(2024, 5, 3)),
        ("3 май 2024", date(2024, 5, 3)),
        ("2024. gada 3. maijs", date(2024, 5, 3)),
        ("3 Agt 2024", date(2024, 8, 3)),
        ("3 במאי 2024", date(2024, 5, 3)),
        ("3 मई 2024", date(2024, 5, 3)),
        ("३ जनवरी २०२४", date(2024, 1, 3)),
        ("٣ مايو ٢٠٢٤", date(2024, 5, 3)),
        ("3 พฤษภาคม 2567", date(2024, 5, 3)),
        ("国药准字H20240521", None),
        ("21.05.24", None),
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
def test_found_dates_are_in_the_text(text: str) -> None:
    for offset, day in find_dates(text):
        assert str(day.year) in text[offset:]


def json_ld(fields: str) -> str:
    return f'<script type="application/ld+json">{{"@type":"NewsArticle",{fields}}}</script>'


def meta(name: str, day: str) -> str:
    return f'<meta name="{name}" content="{day}">'


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("3/4/2024", "en-us", date(2024, 3, 4)),
        ("3/4/2024", "en-gb", date(2024, 4, 3)),
        ("3/4/2024", "de", date(2024, 4, 3)),
        ("3/4/2024", "en", None),
        ("民國113年5月21日", "", DAY),
        ("令和6年5月21日", "", DAY),
        ("平成元年5月21日", "", None),
        ("２０２４年５月２１日", "", DAY),
        ("Mai 21 Tue 2024", "", DAY),
        ("Tuesday, 21 May, 2024", "", DAY),
        ("21 de maio de 2024", "", DAY),
        ("3天前", "", None),
        ("3 days ago", "", None),
    ],
)
def test_dates_by_language_and_era(text: str, language: str, expected: date | None) -> None:
    assert parse_date(text, language) == expected


def test_every_language_has_twelve_months() -> None:
    assert {len(months) for months in read_word_list("archive.extraction", "dates")["months"].values()} == {12}


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("<meta itemprop=datecreated datetime=2024-05-21>", ""),
        (meta("citation_date", "2024/05/21"), ""),
        (meta("timestamp", "2024-05-21 10:00"), ""),
        ("", "<abbr class=published title=2024-05-21T10:00>3 days ago</abbr>"),
    ],
)
def test_rare_places_of_a_date(head: str, body: str) -> None:
    assert read(head, f"<h1>A walk a day</h1><p>{body}</p>").published == DAY


# Each source of a date with the one ranked below it.
RANKS = [
    (json_ld('"datePublished":"2024-05-21"') + meta("pubdate", "2024-06-01"), ""),
    (meta("article:published_time", "2024-05-21") + meta("create_at", "2024-06-01"), ""),
    (meta("weibo:article:create_at", "2024-05-21") + meta("dc.date", "2024-06-01"), ""),
    (meta("published-time", "2024-06-01") + meta("published-date", "2024-05-21"), ""),
    (meta("dc.date", "2024-05-21"), "<i itemprop=datePublished content=2024-06-01>x</i>"),
    ("", "<i itemprop=datePublished content=2024-05-21>x</i><p>发布时间：2024-06-01</p>"),
    ("", "<i property='schema:datePublished' content=2024-05-21>x</i><p>时间：2024-06-01</p>"),
    ("", "<p>2024-06-01 10:00</p><p>发布时间：2024-05-21</p>"),
    ("", "<time datetime=2024-06-01>x</time><p>Published on <time datetime=2024-05-21>21/5</time></p>"),
    ("", "<p>2024年5月21日</p><time>2024-06-01</time>"),
    ("", "<p><a href=/x><time>21 May 2024</time></a></p><p>1 June 2024</p>"),
]


@pytest.mark.parametrize(("head", "body"), RANKS)
def test_the_source_with_the_higher_rank_decides(head: str, body: str) -> None:
    assert read(head, f"<h1>A walk a day</h1>{body}").published == DAY


@pytest.mark.parametrize(
    "line",
    [
        "2024.05.21",
        "日期: 2024.05.21",
        "發佈時間：2024/05/21 08:00",
        "公開日：2024年5月21日",
        "掲載日 2024年5月21日",
        "Published: 21 May 2024",
        "Posted on May 21st, 2024",
        "Veröffentlicht am 21. Mai 2024",
        "<b>发布日期</b>：<span>2024-05-21</span>",
        "<span>Health</span><span>MAY 21, 2024</span><span>Updated: June 1, 2024</span>",
        "This story was originally published on 21 May 2024 at 4:12pm and has been updated since",
        "Medically reviewed by Noor Aziz, MD <span>May 21, 2024</span>",
        "更新时间：2024-05-21 10:26:00",
        "发布时间：24-05-21",
        "發布日期：113年5月21日",
        "二〇二四年五月二十一日",
        "승인 2024.05.21 10:00",
        "<a href=/2024/05/>May 21, 2024</a> <a href=/author/ann>Ann Li</a> <a href=/c/news>News</a>",
        "健康网 | 2024-05-21 | 活动",
        "Updated May 21, 2024",
        "Dodano: 21.05.2024, aktualizacja: 1.06.2024",
        "Received: 3 May 2023; Accepted: 9 June 2023; Published: 21 May 2024",
    ],
)
def test_lines_that_date_an_article(line: str) -> None:
    assert read(body=f"<h1>A walk a day</h1><p>{line}</p><p>Text.</p>").published == DAY


@pytest.mark.parametrize(
    "body",
    [
        "<p>© 2024-05-21 Riverbend</p>",
        "<p>Copyright 2008-2024 Riverbend, 21 May 2024</p>",
        "<p>Text</p><a href=/x>Other story, May 21, 2024</a>",
        "<ul><li><a href=/x>Other <time datetime=2024-05-21>21 May</time> story of a kind</a></ul>",
        "<p>Site last updated: May 21, 2024</p>",
        "<p>Born on 21 May 2024</p>",
        "<p>3天前</p>",
        "<p>患者出生日期：2024年5月21日</p>",
        "<p>患者，女，2024年5月21日出生</p>",
        "<p>活动时间：2024年5月21日</p>",
        "<p>时间：2024年5月21日</p><p>地点：社区中心</p>",
        "<p>有效期至2024年5月21日</p>",
        "<p>批准日期：2024-05-21</p>",
        "<p>国药准字H20240521</p>",
        "<p>（2024）民初12号 2024年5月21日</p>",
        "<p>Az. 21.05.2024 - 3 U 14/2010</p>",
        "<p>Termin: 21. Mai 2024</p>",
        "<p>When: Tuesday, 21 May 2024</p>",
        "<p>Expiry date: 2024-05-21</p>",
        "<p>The clinic was rebuilt by the town on 21 May 2024.</p>",
        "<p>21.05.24</p>",
        "<p>Received May 21, 2024</p>",
        "<p>会诊日期：2024年5月21日</p>",
        "<p>Join us on Tuesday, May 21, 2024 at 10 am</p>",
        "<ol><li>Li A. Walking and sleep. J Sleep. Published May 21, 2024.</li></ol>",
        "<p>Text</p><div class=comment><time pubdate datetime=2024-05-21>21 May</time></div>",
        "<div class=date>Event: 21 May 2024</div>",
        "<p>Last published May 21, 2024</p>",
        "<p>Opening hours from May 21, 2024</p>",
        "<div class=related><p>Another walk</p><time datetime=2024-05-21>21 May</time></div>",
        "<p>" + "Text. " * 40 + "</p>" + "<p>More.</p>" * 30 + "<p>Last updated May 21, 2024</p>" + "<p>x</p>" * 45,
    ],
)
def test_other_dates_are_not_the_publication(body: str) -> None:
    assert read(body=f"<h1>A walk a day</h1>{body}").published is None


def test_a_modification_date_in_metadata_only_is_not_the_publication() -> None:
    facts = read(meta("article:modified_time", "2024-06-01"), "<h1>T</h1>")
    assert (facts.published, facts.modified) == (None, LATER)


@pytest.mark.parametrize(
    ("body", "expected"),
    [("<p>x</p>", date(2024, 5, 20)), ("<p>May 21, 2024</p>", DAY)],
)
def test_the_url_decides_if_no_date_is_printed(body: str, expected: date) -> None:
    assert read(body=f"<h1>T</h1>{body}", url="https://a.example/2024/05/20/x").published == expected


def test_publication_and_modification_in_one_line() -> None:
    facts = read(body="<h1>T</h1><p>发布时间：2024-05-21 更新时间：2024-06-01</p>")
    assert (facts.published, facts.modified) == (DAY, LATER)


FRAGMENTS = st.lists(
    st.sampled_from(
        [
            "<h1>晨跑</h1>",
            "<p>发布时间：2024-05-21</p>",
            "<time datetime='2023-02-30'>",
            "<time>1 May 2022</time>",
            "更新于2021年3月4日",
            "<a href=/>home</a>",
            "<p>By Ann Lee</p>",
            "© 2020-01-01",
            "</div>",
            "<div class=date>",
            "<i itemprop=datePublished>",
            "<meta name=pubdate content='2019-09-09'>",
            '<script type="application/ld+json">{"@type":"Article","datePublished":"2018-08-08",',
            "</script>",
        ]
    ),
    max_size=12,
)


@given(FRAGMENTS)
def test_a_found_date_is_printed_on_the_page(fragments: list[str]) -> None:
    source = "".join(fragments)
    facts = read(body=source)
    for day in filter(None, (facts.published, facts.modified)):
        assert str(day.year) in source
        assert re.search(rf"(?<!\d)0?{day.day}(?!\d)", source)


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        (meta("article:published_time", "2024-05-20T18:30:00Z"), "<p>2024年5月21日 02:30</p>", DAY),
        (meta("article:published_time", "2024-05-22T02:10:00+00:00"), "<p>May 21, 2024</p>", DAY),
        (meta("article:published_time", "2024-05-21T02:10:00+08:00"), "<p>May 22, 2024</p>", DAY),
        (meta("article:published_time", "2024-06-21T02:10:00+08:00"), "<p>May 21, 2024</p>", DAY),
        (meta("article:published_time", "2024-05-21T08:30:00Z"), "<p>2024年5月22日</p>", DAY),
        (meta("article:published_time", "2024-05-21T18:30:00Z"), "<p>Updated 2024年5月22日</p>", DAY),
        ("", "<p><time datetime=2024-05-20T18:30:00Z>2024年5月21日</time></p>", DAY),
    ],
)
def test_the_printed_day_corrects_a_later_stamp_and_one_in_utc(head: str, body: str, expected: date) -> None:
    assert read(head, f"<h1>A walk a day</h1>{body}").published == expected


@pytest.mark.parametrize(
    ("body", "published"),
    [("<p>2024-05-21</p>", DAY), ("<p>2024-05-23</p>", None), ("<p>2024-05-22</p>", date(2024, 5, 22))],
)
def test_no_date_is_later_than_the_day_of_fetching(body: str, published: date | None) -> None:
    head = meta("article:published_time", "2031-06-01") + meta("article:modified_time", "2031-06-01")
    root = parse(f"<html><head>{head}</head><body><h1>A walk a day</h1>{body}</body></html>")
    facts = read_metadata(root, URL, datetime(2024, 5, 21, 20, tzinfo=UTC))
    assert (facts.published, facts.modified) == (published, None)


@pytest.mark.parametrize(
    "script",
    [
        "var ct = '1716246000';",
        'var oriCreateTime = "1716246000"; var svr_time = 1700000000;',
        "var createTime = '2024-05-21 07:00';",
        "window.cgiData = {create_time: JsDecode('2024-05-21 07:00')}",
        'x = {"create_time":1716246000,"y":1}',
    ],
)
def test_a_script_of_wechat_dates_its_page(script: str) -> None:
    body = f"<h1 id=activity-name>A walk a day</h1><div id=js_content>Text.</div><script>{script}</script>"
    assert read(body=body).published == DAY
