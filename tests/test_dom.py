"""Parsing within limits, and the repair of mark-up before extraction."""

import pytest
from lxml.html import HtmlElement

from archive.article import NoArticle
from archive.dom.tree import MAX_DEPTH, MAX_ELEMENTS, drop_invisible, fold, parse
from archive.extraction.html_repair import repair

LONG = "A line that is long enough to be taken for a paragraph of its own in any page."


def depth(root: HtmlElement) -> int:
    return max(sum(1 for _ in element.iterancestors()) for element in root.iter())


def paragraphs(html: str) -> list[str]:
    root = parse(f"<html><body>{html}</body></html>")
    repair(root)
    return [" ".join(p.text_content().split()) for p in root.iter("p")]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \n\t", "empty"),
        ("%PDF-1.7 binary", "not html"),
        ('{"json": true}', "not html"),
        ("<p>x" * (MAX_ELEMENTS + 1), "too complex"),
        ("<p>" + "x" * 8_000_001, "too large"),
    ],
)
def test_pages_are_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(NoArticle) as error:
        parse(text)
    assert error.value.reason == reason


@pytest.mark.parametrize("tags", [("<div>", "</div>"), ("<ul><li>", "</li></ul>"), ("<font>", ""), ("<b><i>", "")])
@pytest.mark.parametrize("levels", [240, 1_000, 5_000])
def test_deep_nesting_keeps_the_text(tags: tuple[str, str], levels: int) -> None:
    opening, closing = tags
    root = parse(f"<html><body>{opening * levels}<p>first</p><p>second</p>{closing * levels}<p>after</p></body></html>")
    assert [p.text_content().strip() for p in root.iter("p")] == ["first", "second", "after"]
    assert depth(root) <= MAX_DEPTH + 5


def test_nul_and_declarations_are_ignored() -> None:
    root = parse('<?xml version="1.0" encoding="gbk"?><html><body><p>干\x00细胞\ufffe</p></body></html>')
    assert root.findtext(".//p") == "干细胞"


def test_invisible_elements_are_removed_and_the_text_behind_them_kept() -> None:
    root = parse("<body><p>a<script>x()</script>b</p><style>p{}</style>c<svg><text>d</text></svg></body>")
    drop_invisible(root)
    assert root.text_content() == "abc"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<div>loose <b>text</b><p>block</p>more</div>", ["loose text", "block", "more"]),
        ("<section><section><span>one</span></section><section>two</section></section>", ["one", "two"]),
        ("<div>one<br><br>two<br>  <br>three</div>", ["one", "two", "three"]),
        (f"<div>Head<br>{LONG}<br>{LONG}</div>", ["Head", LONG, LONG]),
        ("<div>Mill Lane 1<br>Riverbend</div>", ["Mill Lane 1Riverbend"]),
        ("<p>one<br><br>two</p>after", ["one", "two", "after"]),
        ("<div><img src=a></div><div> - </div>", []),
        ("<ul><li>item</li></ul>", []),
    ],
)
def test_loose_text_becomes_paragraphs(html: str, expected: list[str]) -> None:
    assert paragraphs(html) == expected


@pytest.mark.parametrize(
    ("html", "tables"),
    [
        ("<table><tr><td>1</td><td>2</td></tr></table>", 1),
        ("<table><tr><th>a</th></tr><tr><td>1</td></tr></table>", 1),
        ("<table><tr><td><table><tr><td>1</td><td>2</td></tr></table></td></tr></table>", 1),
        ("<table role=presentation><tr><td>1</td></tr></table>", 0),
        (f"<table><tr><td>{f'<p>{LONG}</p>' * 4}</td></tr></table>", 0),
    ],
)
def test_layout_tables_are_distinguished_from_data(html: str, tables: int) -> None:
    root = parse(f"<html><body>{html}</body></html>")
    repair(root)
    assert len(list(root.iter("table"))) == tables


def test_repair_keeps_every_letter() -> None:
    html = "a<div>b<br>c<span>d</span><p>e<br><br>f</p>g<table><tr><td>h</td></tr></table>i</div>j"
    root = parse(f"<html><body>{html}</body></html>")
    repair(root)
    assert "".join(root.text_content().split()) == "abcdefghij"


@pytest.mark.parametrize("reference", ["&#27;", "&#x1B;", "&#1;", "&#00012", "&#x0;", "&#31; ", "&#xf;"])
def test_references_to_control_characters_are_dropped(reference: str) -> None:
    text = parse(f"<p>before {reference}after</p>").text_content()
    assert text.split() == ["before", "after"]


@pytest.mark.parametrize(
    ("reference", "character"), [("&#9;", "\t"), ("&#32;", " "), ("&#270;", "Ď"), ("&#x1b0;", "ư")]
)
def test_other_references_stay(reference: str, character: str) -> None:
    assert parse(f"<p>a{reference}b</p>").text_content() == f"a{character}b"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("pa\xadtients, exper&shy;i&#173;ment&#xAD;s", "patients, experiments"),
        ("neigh\u200bbour&ZeroWidthSpace;hood &#8203;&#x200B;a\ufeffb\u2060c&#65279;&NoBreak;d", "neighbourhood abcd"),
        ("干\u200b细\u200d胞 a&zwnj;b&zwj;c", "干细胞 abc"),
        ("می\u200cخواهم می&zwnj;خواهم", "می\u200cخواهم می\u200cخواهم"),
        ("क्\u200dष \U0001f469\u200d\u2695\ufe0f", "क्\u200dष \U0001f469\u200d\u2695\ufe0f"),
        ("ยา\u200bใหม่", "ยา\u200bใหม่"),
        ("a\u200c", "a"),
    ],
)
def test_invisible_characters_are_dropped_where_no_script_needs_them(written: str, text: str) -> None:
    assert parse(f"<p>{written}</p>").text_content() == text
    assert fold(text) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<html><body><p>a</p></body></html>\n<p>b</p>", "ab"),
        ("<body>a</BODY></HTML ><!DOCTYPE html><html><head></head><body><div>b</div></body></html>", "ab"),
        ("<html><body><p>a</p></body></html><script>x()</script>\n", "a"),
        ("<html><body><p>a</p><p>b</p></body></html>\n\n", "ab"),
    ],
)
def test_content_behind_the_end_of_the_page_is_kept(html: str, text: str) -> None:
    assert "".join(parse(html).text_content().split()) == text


@pytest.mark.parametrize("piece", ["<script", "<!--", "</html>", "</html ", "&#", "&#00", "\u200b", "\u0645\u200c"])
def test_hostile_repetitions_are_read_in_linear_time(piece: str) -> None:
    assert parse(f"<p>a</p></html>{piece * 40_000}").find("body") is not None


@pytest.mark.parametrize(
    "html",
    [
        "<title>t</title><article><p>b</p></article>",
        "<meta charset=gbk><main>b</main>",
        "<head><title>t</title><section>b</section></head><body></body>",
        "<html><head><title>t</title><custom-tag>b</custom-tag>",
    ],
)
def test_content_without_a_body_tag_is_in_the_body(html: str) -> None:
    root = parse(html)
    assert root.find("body").text_content() == "b"
    assert {element.tag for element in root.find("head")} <= {"title", "meta"}


def test_a_tag_of_very_many_attributes_is_too_complex() -> None:
    many = " ".join(f"a{number}=b" for number in range(6_000))
    with pytest.raises(NoArticle, match="too complex"):
        parse(f"<p {many}>x</p>")
    image = f"<p><img src='data:image/png;base64,{'A' * 90_000}' alt='{'many words ' * 9_000}'>x</p>"
    assert parse(image).text_content() == "x"
