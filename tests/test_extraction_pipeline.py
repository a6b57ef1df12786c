"""`extract` returns or raises NoArticle for any page, is deterministic, and its offsets fit the text."""

import json
from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.article import Article, NoArticle
from archive.extraction import extract
from archive.extraction.interstitials import REASONS as INTERSTITIALS
from archive.page import Page
from tests.accept import PAGES, cases

REASONS = {"empty", "not html", "not html: pdf", "too large", "too complex", "no text", "forward", *INTERSTITIALS}
PIECES = (
    (
        "<p>",
        "</p>",
        "<div>",
        "</div>",
        "<br>",
        "<table><tr><td>",
        "</td></tr></table>",
        "<ul><li>",
        "<a href=x>",
        "</a>",
    ),
    ("<h1>", "</h1>", "<sup>[1]</sup>", "<section>", "<b>", "</b>", "<form>", "<!--", "-->", "<script>", "</script>"),
    (
        "来源:甲 ",
        "2024-05-21",
        "参考文献",
        "[1]Smith J. ",
        "&#0;",
        "干细胞治疗。",
        "text ",
        "]",
        ">",
        "<",
        "&",
        "\x00",
        "é",
    ),
)
MARKUP = st.sampled_from([piece for row in PIECES for piece in row])


def outcome(body: bytes, url: str = "https://news.example/a") -> Article | str:
    try:
        return extract(Page(url=url, body=body))
    except NoArticle as error:
        return error.reason


def test_no_text_of_an_article_has_a_nul() -> None:
    prose = "Stem cells were given to ten patients, and all of them were well a year later. " * 5
    body = f"""<html><head><title>Stem\0 cells</title><meta name=author content="A.\0 Lee"><script type=
        application/ld+json>{{"@type": "NewsArticle", "headline": "Stem\\u0000 cells", "publisher": "The\\u0000 News"}}
        </script></head><body><article><h1>Stem&#0; cells</h1><p>{prose}<a href="b\0c">More</a></p><img src="d\0.png"
        alt="A\0 cell"><p>{prose}</p><h2>References</h2><ol><li>Lee A. Stem\0 cells. Sleep Stud. 2020;1:2.
        https://example.org/a\0b</ol></article></body></html>"""
    article = outcome(body.encode(), "https://news.example/a\0b")
    assert isinstance(article, Article)
    assert article.url == "https://news.example/a%00b"
    assert len(article.references) == 1
    assert "\\u0000" not in json.dumps(asdict(article), default=str)


@given(st.binary(max_size=300))
def test_any_bytes_give_an_article_or_a_reason(body: bytes) -> None:
    found = outcome(body)
    assert isinstance(found, Article) or found in REASONS


@settings(max_examples=150)
@given(st.lists(MARKUP, max_size=60), st.sampled_from(["", "http://[::1", "x:y", "https://news.example/2024/05/21/"]))
def test_any_markup_gives_the_same_twice(pieces: list[str], url: str) -> None:
    body = "".join(pieces).encode()
    first = outcome(body, url)
    assert outcome(body, url) == first
    if isinstance(first, Article):
        assert first.text == "\n\n".join(part for part in first.text.split("\n\n") if part.strip())


@pytest.mark.parametrize("case", cases())
def test_offsets_fit_the_text(case: str) -> None:
    article = outcome((PAGES / case / "page.html").read_bytes())
    if isinstance(article, Article):
        assert all(article.text[c.start : c.end] == c.marker for c in article.citations)
        assert all(i < len(article.references) for c in article.citations for i in c.references)
        assert all(image.position is None or image.position <= len(article.text) for image in article.images)


@pytest.mark.parametrize("case", [case for case in cases() if case.startswith("zh-")])
def test_no_marketing_in_any_markup(case: str) -> None:
    article = outcome((PAGES / case / "page.html").read_bytes())
    text = article.text if isinstance(article, Article) else ""
    assert not [phrase for phrase in ("400-123-0000", "在线咨询", "扫码", "预约", "登录", "版权所有") if phrase in text]


def test_deep_nesting_yields_text() -> None:
    text = "A paragraph in the depth of the page that nobody should lose only because of its wrappers."
    article = outcome(f"<html><body>{'<div>' * 2000}<p>{text}</p>{'</div>' * 2000}</body></html>".encode())
    assert isinstance(article, Article)
    assert article.text == text


STATED = (
    "The river trail was opened again after the flood, and the clinic counted fewer falls than in the year before. " * 4
)


@pytest.mark.parametrize(
    "shown", ["", "<p>" + "We and our partners store data on your device to measure audiences. " * 6 + "</p>"]
)
def test_a_text_only_in_json_ld_is_used(shown: str) -> None:
    data = json.dumps({"@type": "NewsArticle", "headline": "Trail", "articleBody": STATED})
    body = f'<html><head><script type="application/ld+json">{data}</script></head><body>{shown}<i>.</i></body></html>'
    article = outcome(body.encode())
    assert isinstance(article, Article)
    assert article.text == STATED.strip()


@pytest.mark.parametrize("markup", ["<head><title>x</title></head>", "<html><frameset><frame src=a></frameset></html>"])
def test_a_page_without_a_body_has_no_text(markup: str) -> None:
    assert outcome(markup.encode()) == "no text"


@pytest.mark.parametrize("form", ["<form>{}</form>", "{}", "<table>{}</table>"])
def test_a_booking_page_is_not_an_article(form: str) -> None:
    rows = "".join(f"<p>{label}</p><input>" for label in ("姓名", "手机号码", "预约咨询", "提交"))
    assert (
        outcome(f"<html><body><h1>预约</h1>{form.format(rows)}<p>地址:河湾路1号</p></body></html>".encode())
        == "no text"
    )


@pytest.mark.parametrize(
    "body",
    [
        "<p><a href=x>y</a></p>" * 14_000,
        "<p>" + "word " * 200_000,
        "<p>" + "&amp;" * 300_000,
        "<table>" + "<tr><td>1</td><td>2</td></tr>" * 9_000 + "</table>",
        "<div>" * 20_000 + "text",
        "<p>a</p>" * 50_000,
        "<p><a>" * 40_000,
    ],
    ids=["links", "line", "entities", "table", "nesting", "paragraphs", "open links"],
)
def test_extreme_pages_end(body: str) -> None:
    found = outcome(f"<html><body>{body}</body></html>".encode())
    assert isinstance(found, Article) or found in REASONS


def test_text_in_a_broken_head_is_no_error() -> None:
    sentence = "The trial had forty patients, and half a year later their skin was better than before, it says. "
    found = outcome(f"<html><head><v><div><p>{sentence * 5}".encode())
    assert isinstance(found, Article) or found in REASONS


def test_a_span_of_thousands_of_digits_is_no_error() -> None:
    cells = f"<tr><td colspan={'9' * 5000}>Group</td><td rowspan={'9' * 5000}>Score</td></tr><tr><td>A</td></tr>"
    sentence = "<p>The trial had forty patients, and half a year later their skin was better than before.</p>"
    found = outcome(f"<html><body>{sentence * 5}<table>{cells}</table>{sentence}</body></html>".encode())
    assert isinstance(found, Article)
