"""Headings of reference lists that only images follow."""

import pytest

from archive.article import Removal
from archive.extraction import extract
from archive.page import Page
from archive.references.image_lists import take_image_lists
from archive.references.lists import take_lists
from tests.reference_pages import PROSE, page


@pytest.mark.parametrize(
    ("html", "headings"),
    [
        ("<h2>参考文献</h2><p><img src=a.png></p>", ["参考文献"]),
        ("<p>参考文献：</p><img src=a.png><img src=b.png><p>编辑：小李</p>", ["参考文献："]),
        ("<div><h3>References</h3></div><div><p><img src=a.png></p></div>", ["References"]),
        ("<h2>参考文献</h2><p>见下图：<img src=a.png></p>", []),
        ("<h2>睡眠</h2><p><img src=a.png></p>", []),
        ('<p><a href="#r">References</a></p><img src=a.png>', []),
        ("<h2>Sources</h2><p><img src=a.png></p>", []),
    ],
)
def test_lists_in_images(html: str, headings: list[str]) -> None:
    root = page(html)
    images = len(root.findall(".//img"))
    assert take_lists(root) == ()
    assert list(take_image_lists(root)) == headings
    assert len(root.findall(".//img")) == images
    assert all(heading not in root.text_content() for heading in headings)


def test_a_list_in_images_is_recorded() -> None:
    body = f"<html><body><article><h1>睡眠</h1>{PROSE}<h2>参考文献</h2><p><img src=a.png></p></article></body></html>"
    article = extract(Page(url="https://sleep.example.org/1", body=body.encode()))
    assert article.removals[-1] == Removal(text="参考文献", reason="references in images")
    assert "参考文献" not in article.text
    assert article.references == ()
