"""Metadata: titles, dates and names in structured data and in print, and which of them is used."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.dom.tree import parse
from archive.extraction.labels import labelled_values
from archive.extraction.metadata import Metadata, read_metadata
from archive.extraction.page_lines import read_page_lines
from archive.extraction.structured_data import read_structured_data
from archive.extraction.titles import choose_title, strip_site

URL = "https://www.riverbend.example/kepu/1.html"


def read(head: str = "", body: str = "", url: str = URL) -> Metadata:
    return read_metadata(parse(f"<html><head>{head}</head><body>{body}</body></html>"), url)


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
        ([], ["晨跑 (2) @ 某某的家 :: 河湾博客"], "x", ["某某的家", "河湾博客"], "晨跑 (2)"),
        ([], [], "riverbend.example Walking", ["riverbend.example"], "Walking"),
        ([], [], "Riverbend: Walking after meals", ["Riverbend"], "Walking after meals"),
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
        ("文／葉書寧", [("author", "葉書寧")]),
        ("2024年5月10日　取材・文：早瀬みのり", [("author", "早瀬みのり")]),
        ("17 March 2023 · Words: Isla Corrigan · Pictures: Ravi Menon", [("author", "Isla Corrigan")]),
        ("Quelle: Morgenrot | Stand: 3. Mai 2024", [("source", "Morgenrot"), ("modified", "3. Mai 2024")]),
        ("出典：あけぼの 公開日：2024年5月10日", [("source", "あけぼの"), ("published", "2024年5月10日")]),
        ("Site last updated: 3 May 2024", []),
        ("数据来源可靠,作者认为", []),
        ("", []),
    ],
)
def test_labelled_facts(line: str, expected: list[tuple[str, str]]) -> None:
    assert list(labelled_values(line)) == expected


def test_printed_facts_of_a_chinese_page() -> None:
    line = "<div>来源:河湾网 作者:赵青 日期:2024-05-21 阅读:1.2万</div>"
    facts = read(
        "<title>晨跑与心率-河湾网</title>", f"<h1>晨跑与心率</h1>{line}<p>正文</p><p>编辑:陈一鸣 审核:周和</p>"
    )
    assert (facts.title, facts.source, facts.views) == ("晨跑与心率", "河湾网", 12_000)
    assert (facts.authors, facts.editors) == (("赵青",), ("陈一鸣", "周和"))
    assert facts.published == date(2024, 5, 21)


@pytest.mark.parametrize(
    "script",
    [
        '{"@graph":[{"@type":"WebSite","name":"S"},{"@type":["NewsArticle"],"headline":"H"}]}',
        '[{"@type":"http://schema.org/Article","headline":"H"}]',
        '<!-- {"@type":"BlogPosting","headline":"H"} -->',
        '{"@type":"Article","headline":"H","description":"a "broken" one",}',
        '{"@type":"schema:NewsArticle","headline":"H"}',
        '{"@type":"WebPage","hasPart":[{"@type":"WebPageElement"},{"@type":"Article","headline":"H"}]}',
        '{"@type":"WebPage","mainEntity":{"@type":"Article","headline":"H"}}',
        '/*<![CDATA[*/{"@type":"Article","headline":"H"}/*]]>*/',
        "{&quot;@type&quot;:&quot;Article&quot;,&quot;headline&quot;:&quot;H&quot;}",
        '{"@type":"Article","headline":"H","keywords":["a",],}',
        '[{"@type":"Article","headline":"N","url":"/other"},{"@type":"Article","headline":"H","url":"/kepu/1.html"}]',
    ],
)
def test_json_ld_in_all_forms(script: str) -> None:
    root = parse(f'<head><script type="application/ld+json">{script}</script></head><body>x</body>')
    assert read_structured_data(read_page_lines(root), URL).article["headline"] == "H"


def test_structured_data() -> None:
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


def test_metas_of_chinese_government_sites() -> None:
    pairs = {
        "SiteName": "某市卫生健康委员会",
        "ColumnName": "健康科普",
        "ArticleTitle": "每天走一走",
        "PubDate": "2024-05-21 07:30",
        "ContentSource": "市妇幼保健院",
        "Author": "赵青",
    }
    head = "".join(f"<meta name={name} content='{value}'>" for name, value in pairs.items())
    facts = read(head + "<title>每天走一走_某市卫健委</title>", "<div>每天走一走</div><p>正文。</p>")
    assert (facts.site_name, facts.section, facts.title) == ("某市卫生健康委员会", "健康科普", "每天走一走")
    assert (facts.published, facts.source, facts.authors) == (date(2024, 5, 21), "市妇幼保健院", ("赵青",))


def test_a_printed_line_decides_where_the_title_ends() -> None:
    body = "<h1><a href=/>Riverbend</a></h1><h2><a href=/kepu/1.html>Walking: why - and how</a></h2><p>Text.</p>"
    assert read("<title>Walking: why - and how - Deep Notes</title>", body).title == "Walking: why - and how"


@pytest.mark.parametrize(
    ("heading", "stated", "title"),
    [
        ("<span>League</span> <span>A walk a day</span>", "A walk a day", "A walk a day"),
        ("A walk a day <small>Posted by Ann</small>", "A walk a day | Riverbend", "A walk a day"),
        ("A walk a day – Riverbend", "A walk a day – Riverbend", "A walk a day"),
        ("Blog: A walk a day keeps", "A walk a day keeps", "A walk a day keeps"),
        ("In the north: A walk a day", "A walk a day", "In the north: A walk a day"),
        ("Our blog", "A walk by the river", "A walk by the river"),
        ("기사 상세", "강가의 산책", "강가의 산책"),
        ("Walks", "A walk by the river", "A walk by the river"),
        ("Walking by the river", "A walk at night", "Walking by the river"),
    ],
)
def test_a_heading_without_kicker_site_and_section(heading: str, stated: str, title: str) -> None:
    head = f"<title>{stated}</title><meta property=og:title content='{stated}'>"
    head += "<meta property=og:site_name content=Riverbend>"
    head += f'<script type=\'application/ld+json\'>{{"@type":"Article","headline":"{stated}"}}</script>'
    assert read(head, f"<h1>{heading}</h1><p>Text.</p>").title == title


def test_a_subheading_that_repeats_the_title_goes_before_another_main_heading() -> None:
    head = "<title>A walk by the river - Riverbend</title>"
    assert read(head, "<h1>News</h1><h2>A walk by the river</h2><p>Text.</p>").title == "A walk by the river"
    assert read(head, "<h1>News</h1><p>Text.</p>").title == "News"


def test_many_blanks_in_a_title_split_nowhere() -> None:
    assert strip_site("A walk" + " " * 40_000 + "a day" + "\u3000" * 40_000 + "| Riverbend", ["Riverbend"]).endswith(
        "a day"
    )


def test_a_heading_without_the_date_in_it() -> None:
    assert read(body="<h1><time>May 21, 2024</time> Walking <b>T</b>-cells</h1>").title == "Walking T-cells"


ORG = '{"@type":"Organization","@id":"#o","name":"Riverbend Desk"}'
ARTICLE = '{"@type":"Article","publisher":{"@id":"#o"},"author":{"@id":"#o"}}'


@pytest.mark.parametrize(
    ("head", "body", "source"),
    [
        ("<meta name=source content=晨报>", "<p>来源：河湾日报</p>", "河湾日报"),
        ("<meta name=source content=晨报>", "<a id=js_name> 河湾笔记 </a>", "河湾笔记"),
        ("<meta name=source content=晨报>", f'<script type="application/ld+json">[{ORG},{ARTICLE}]</script>', "晨报"),
        ("", f'<script type="application/ld+json">[{ORG},{ARTICLE}]</script>', "Riverbend Desk"),
        ("", "<p>转载自：<a href=/x>河湾日报</a></p>", "河湾日报"),
        ("", "<p>Quelle: Morgenrot</p>", "Morgenrot"),
        ("", "<dl><dt>来源：</dt><dd>河湾日报</dd></dl>", "河湾日报"),
        ("", "<p>数据来源可靠</p>", None),
    ],
)
def test_source_by_rank(head: str, body: str, source: str | None) -> None:
    assert read(head, f"<h1>晨跑</h1>{body}").source == source


CRUMBS = '{"@type":"BreadcrumbList","itemListElement":[{"name":"Home"},{"item":{"name":"Heart"}},{"name":"Walk"}]}'


@pytest.mark.parametrize(
    ("body", "section"),
    [
        (f'<script type="application/ld+json">{CRUMBS}</script><h1>Walk</h1>', "Heart"),
        ("<div class=crumb><a>首页</a> &gt; <a>心脏</a> &gt; <a>Walk</a></div><h1>Walk</h1>", "心脏"),
        ("<div id=pos>您的位置：<a>首页</a> → <a>心脏</a></div><h1>Walk</h1>", "心脏"),
        ("<div class=position><a>Call us</a> <a>Find us</a></div><h1>Walk</h1>", None),
        ("<div class=crumb>" + "<a>x</a>" * 9 + "</div><h1>Walk</h1>", None),
        ("<h1>Walk</h1>", None),
    ],
)
def test_section_from_breadcrumbs(body: str, section: str | None) -> None:
    assert read(body=body).section == section


@pytest.mark.parametrize(
    ("printed", "views"), [("0", 0), ("1,286", 1286), ("1.2万", 12_000), ("3k", 3000), ("--", None)]
)
def test_views_as_printed(printed: str, views: int | None) -> None:
    assert read(body=f"<h1>晨跑</h1><p>浏览量：<i id=hits>{printed}</i></p>").views == views


TAGS = st.sampled_from(["h1", "h2", "p", "a href=/", "time", "div class=date", "i itemprop=author", "br", "/p", "/div"])
WORDS = st.sampled_from(["晨跑", "来源：", "By Ann Lee", "2024-05-21", "作者：赵青", "\u3000", "Walk | Site", "阅读 3"])


@given(st.lists(st.one_of(TAGS.map(lambda tag: f"<{tag}>"), WORDS, st.text(max_size=8)), max_size=25), st.text())
def test_any_page_has_metadata_and_prints_its_title(pieces: list[str], url: str) -> None:
    root = parse("<html><title>Walk | Site</title><body>x" + "".join(pieces))
    facts = read_metadata(root, url)
    printed = "".join(str(root.text_content()).split())
    assert "".join(facts.title.split()) in printed
