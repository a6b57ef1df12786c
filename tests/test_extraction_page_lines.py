"""The lines of a page, its headings and its times."""

import pytest

from archive.dom.lines import SEAM
from archive.dom.tree import parse
from archive.extraction.page_lines import PageLines, read_page_lines


def walk(body: str) -> PageLines:
    return read_page_lines(parse(f"<html lang=EN-us><head><title>T</title></head><body>{body}</body></html>"))


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("<p>a <b>b</b>c</p>d", ["a bc", "d"]),
        ("a<br>b<div>c<div>d</div>e</div>", ["a", "b", "c", "d", "e"]),
        ("a<script>x</script>b<select><option>y</select>", ["ab"]),
        ("<h1>a<time>1 May</time>b</h1>", ["a", "1 May", "b"]),
        ("<table><tr><td>a<td>b</table>", ["a", "b"]),
        (" \u3000\n ", []),
    ],
)
def test_lines_in_reading_order(body: str, lines: list[str]) -> None:
    assert [line.text for line in walk(body).lines] == lines


def test_a_line_has_its_seams_and_links() -> None:
    (line,) = walk("<p><span>来源:甲</span> <a href=/x>乙丙丁</a></p>").lines
    assert line.seamed.replace(SEAM, "|").replace("||", "|") == "来源:甲| |乙丙丁"
    assert line.spaced == "来源:甲 乙丙丁"
    assert line.linked_share == pytest.approx(3 / 8)


@pytest.mark.parametrize(
    ("body", "text", "home"),
    [
        ("<h1>A <i>b</i></h1>", "A b", False),
        ("<h1><a href=/>A</a></h1>", "A", True),
        ("<a href=https://a.example/><h1>A</h1></a>", "A", True),
        ("<h1><a href=/a/1.html>A</a></h1>", "A", False),
        ("<h1><time>1 May</time><div>A</div></h1>", "A", False),
    ],
)
def test_headings(body: str, text: str, home: bool) -> None:
    (heading,) = walk(body).headings
    assert (heading.text, heading.home) == (text, home)


@pytest.mark.parametrize(
    ("body", "before", "linked"),
    [
        ("<p>Published: <time>1 May 2024</time></p>", "Published:", False),
        ("<p>Published</p><p><time>1 May 2024</time></p>", "", False),
        ("<p><a href=/2024/05/01/><time>1 May 2024</time></a></p>", "", False),
        ("<a href=/x><b>Another story altogether</b> <time>1 May</time></a>", "Another story altogether", True),
    ],
)
def test_times_have_the_text_before_them(body: str, before: str, linked: bool) -> None:
    (stamp,) = walk(body).times
    assert (stamp.before, stamp.linked) == (before, linked)


def test_the_page_as_a_whole() -> None:
    page = walk("<i id=js_name>x</i><b property=dc:date>y</b>")
    assert (page.language, page.metadata["title"][0].text) == ("en-us", "T")
    assert page.wechat_account is not None
    assert [name for name, _ in page.properties] == ["dc:date"]
