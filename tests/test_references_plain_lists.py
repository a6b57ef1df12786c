"""Lists below a heading whose lines are no references by themselves."""

import lxml.html
import pytest

from archive.extraction import extract
from archive.page import Page
from archive.references.lists import take_lists
from tests.reference_pages import ENTRY, PROSE, page

PLAIN = (
    "http://sleep.example.org/facts/2011/naps.html",
    "WHO. Noise at night should be lower",
    "GB 1234-1999 卧室照明卫生要求",
    "国发〔2012〕9号 关于加强睡眠健康工作的通知",
    "《睡眠管理条例》",
    "陈一鸣 主编，《睡眠的生理》，某某大学出版社",
    "维基百科：午睡",
    "老人午睡多久才合适？",
    "7 Tips for a Better Night",
)


def taken(body: str) -> tuple[list[str], str]:
    root = page(body)
    return [entry.raw for entry in take_lists(root)], root.text_content()


FORMS = {
    "paragraphs": "".join(f"<p>{text}</p>" for text in PLAIN),
    "line breaks": f"<p>{'<br>'.join(PLAIN)}</p>",
    "items": f"<ul>{''.join(f'<li>{text}</li>' for text in PLAIN)}</ul>",
    "numbered items": f"<ol>{''.join(f'<li><p>{text}</p></li>' for text in PLAIN)}</ol>",
    "blocks in blocks": "".join(f"<div><span>{text}</span></div>" for text in PLAIN),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "heading",
    ["参考资料：", "参考文献", "参考資料", "References", "Literatur", "Bibliographie", "Références", "Referencias"],
)
def test_every_line_below_a_heading_is_an_entry(form: str, heading: str) -> None:
    entries, rest = taken(f"<p>{heading}</p>{FORMS[form]}")
    assert tuple(entries) == PLAIN
    assert rest.endswith("大家。")


@pytest.mark.parametrize("heading", ["资料来源：", "Sources", "Quellen", "出典", "Fuentes"])
def test_a_heading_for_sources_needs_signs_of_sources(heading: str) -> None:
    entries, rest = taken(f"<h3>{heading}</h3><p>https://sleep.example.org/a</p><p>WHO, Sleep report, 2011</p>")
    assert len(entries) == 2
    assert rest.endswith("大家。")
    assert taken(f"<h3>{heading}</h3><p>晨光通讯社</p><p>小李</p>")[0] == []


@pytest.mark.parametrize(
    "after",
    [
        "<p>题图来源：示例图库</p>",
        "<p>更多内容，请加入睡眠小组</p><p>睡眠小组</p>",
        "<p>感谢小王对本文的帮助。</p>",
        "<p>（编辑：小李）</p>",
        "<p>想了解睡眠，请看这几篇：</p><p>午睡的学问</p>",
        "<p>我们希望这篇文章可以帮助您改善睡眠，如果您有问题，可以在下面留言，编辑会尽快回复大家的问题。</p>",
        "<div class=author><a href=/u/1>小李</a><p>科普作者</p></div>",
        "<h4>评论</h4><p>写得好</p>",
    ],
)
def test_the_list_ends_where_the_page_changes_its_subject(after: str) -> None:
    entries, rest = taken(f"<p>参考资料：</p><p>维基百科：午睡</p><p>https://sleep.example.org/a</p>{after}")
    assert entries == ["维基百科：午睡", "https://sleep.example.org/a"]
    assert "参考资料" not in rest
    assert rest.endswith(lxml.html.fragment_fromstring(after, create_parent=True).text_content())


@pytest.mark.parametrize(
    "html",
    [
        "<ul><li>References</li><li>Cited by</li><li>Share this page</li></ul>",
        '<p><a href="#r">References</a></p><p><a href="#m">Metrics</a></p><p><a href="#s">Share</a></p>',
        "<p>资料来源：晨光通讯社</p><p>小李 报道</p>",
        "<h2>References</h2><h2>References</h2>",
        f"<h2>参考资料</h2><p>午睡的学问</p>{PROSE * 2}",
        "<h3>延伸阅读</h3><p>午睡的学问</p><p>老人午睡多久才合适</p>",
    ],
)
def test_what_follows_such_a_heading_and_is_no_list_stays(html: str) -> None:
    entries, rest = taken(html)
    assert entries == []
    assert rest.endswith(lxml.html.fragment_fromstring(html, create_parent=True).text_content())


@pytest.mark.parametrize(
    "note",
    [
        "<h4>注</h4>",
        "<h4>Notes</h4><p>These are the papers that we have read for this page, and they are in no order.</p>",
        "<p>注：以下为我们在写作时可以查到的文献。</p>",
    ],
)
def test_a_note_does_not_end_the_list(note: str) -> None:
    first, second = f"<p>[1] {ENTRY}</p>", f"<p>[2] {ENTRY}</p><p>[3] {ENTRY}</p>"
    entries, rest = taken(f"<h2>参考文献</h2>{first}{note}{second}")
    assert len(entries) == 3
    assert rest.endswith("大家。")


@pytest.mark.parametrize(
    ("lines", "entries"),
    [
        (["[1] A. B. doi:10.1234/ab.2010.", "002 PMID: 12345", f"[2] {ENTRY}"], 2),
        (["Naps. J Sleep. doi:10.1234/ab.2010.", "002", ENTRY], 2),
        ([ENTRY, "doi:10.1234/ab", ENTRY, "PMID: 1234567"], 2),
        (["WHO. Sleep", "https://a.example/1", "FDA. Pills", "https://a.example/2"], 2),
        (["WHO. Sleep", "https://a.example/1", "https://a.example/2", "FDA. Pills"], 4),
        (["https://a.example/1", "https://a.example/2"], 2),
    ],
)
def test_lines_that_go_on_with_an_entry(lines: list[str], entries: int) -> None:
    found, rest = taken(f"<h3>参考文献</h3><p>{'<br>'.join(lines)}</p>")
    assert len(found) == entries
    assert rest.endswith("大家。")


@pytest.mark.parametrize("form", ["<p>[1] {}</p><p>[2] {}</p>", "<ol><li>{}</li><li>{}</li></ol>"])
def test_a_numbered_entry_may_be_very_long(form: str) -> None:
    names = ", ".join(["Okafor N"] * 2_000)
    entries, rest = taken("<h2>References</h2>" + form.format(f"{names}. Sleep. Sleep Stud. 2019;12:45-51.", ENTRY))
    assert len(entries) == 2
    assert rest.endswith("大家。")


def test_long_prose_between_references_stays() -> None:
    prose = "睡眠的历史很长。" * 200
    entries, rest = taken(f"<h2>References</h2><p>{ENTRY}</p><p>{prose}</p><p>{ENTRY}</p>")
    assert entries == [ENTRY]
    assert rest.endswith(f"{prose}{ENTRY}")


def test_labels_without_entries_are_no_list() -> None:
    assert taken(f"<h2>References</h2>{''.join(f'<p>[{number}]</p>' for number in range(1, 9))}")[0] == []


def test_a_short_article_with_references_is_no_form() -> None:
    body = (
        f"<html><body><article><h1>Naps</h1><p>Naps help.</p><h2>References</h2><p>{ENTRY}</p><p>{ENTRY}</p>"
        "</article><p>Call 400-885-0012</p><footer>Phone 400-885-0013</footer></body></html>"
    )
    article = extract(Page(url="https://sleep.example.org/1", body=body.encode()))
    assert len(article.references) == 2
    assert article.text == "Naps help."


def test_thousands_of_references_cost_no_article() -> None:
    body = f"<html><body><h1>睡眠</h1>{PROSE}<h2>参考资料</h2>{'<p>老人午睡多久才合适</p>' * 2_000}</body></html>"
    article = extract(Page(url="https://sleep.example.org/1", body=body.encode()))
    assert len(article.references) == 2_000
    assert article.text.endswith("大家。")


def test_entries_of_two_lines_in_blocks_of_their_own() -> None:
    lines = (
        "<p>Lee, Ann. “Naps in Towns.”<br><em>Town News.</em> 1 May 2019.</p><p>Roe, Bo. “Rest.”<br>Sleep Weekly.</p>"
    )
    entries, _ = taken(f"<h5>Sources</h5>{lines}")
    assert entries == ["Lee, Ann. “Naps in Towns.” Town News. 1 May 2019.", "Roe, Bo. “Rest.” Sleep Weekly."]


def test_a_heading_may_link_to_itself() -> None:
    assert taken(f'<h2 id="r"><a href="#r">References</a></h2>{FORMS["items"]}')[0] == list(PLAIN)


@pytest.mark.parametrize(
    ("links", "found"), [("https://a.example/1", True), ("", True), ("/naps", False), ("#share", False)]
)
def test_items_below_a_heading_for_sources(links: str, found: bool) -> None:
    items = "".join(f"<li>{f'<a href={links}>{text}</a>' if links else text}</li>" for text in ("Schlafbericht", "WHO"))
    assert bool(taken(f"<p>Quellen:</p><ul>{items}</ul>")[0]) is found


def test_words_that_divide_a_list_are_no_entries() -> None:
    entries, rest = taken("<h3>参考资料</h3><p>书籍</p><p>《午睡的学问》</p><p>网页</p><p>维基百科：午睡</p><p>完</p>")
    assert entries == ["《午睡的学问》", "维基百科：午睡"]
    assert rest.endswith("大家。完")
