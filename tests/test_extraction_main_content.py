"""The body that main_content takes from trafilatura."""

import pytest
from lxml.etree import tostring
from lxml.html import document_fromstring
from trafilatura import bare_extraction
from trafilatura.settings import Document

from archive.extraction.main_content import extract_body

URL = "https://example.org/a"
PROSE = "<p>" + "The clinic measured the blood pressure of every patient twice a day for a month. " * 3 + "</p>"


@pytest.mark.parametrize(
    "beside",
    [
        "",
        '<div class="comments">' + PROSE.replace("clinic", "reader") + "</div>",
        '<div id="comments"><ul class="commentlist"><li>I feel the same after a week of walking.</li></ul></div>',
        '<ul class="commentlist"><li>I feel the same after a week of walking, said a reader.</li></ul>',
        '<div id="disqus_thread">' + PROSE.replace("clinic", "reader") + "</div>",
        '<div id="comol">' + PROSE.replace("clinic", "reader") + "</div>",
        '<div class="infinite-scroll">' + PROSE.replace("clinic", "hospital") + "</div>",
        '<div id="mvp-post-add-wrap">' + PROSE.replace("clinic", "hospital") + "</div>",
        '<div class="elementor-share-buttons">' + PROSE.replace("clinic", "hospital") + "</div>",
        '<p>Two <a href="/b">links</a>, <b>bold words</b> and <a href="c">more</a> of them in a line of text.</p>',
    ],
)
def test_body_is_that_of_bare_extraction(beside: str) -> None:
    page = f"<html><body><article><h1>Blood pressure</h1>{PROSE}{beside}{PROSE}</article></body></html>"
    body, _ = extract_body(document_fromstring(page), URL)
    expected = bare_extraction(
        document_fromstring(page),
        url=URL,
        fast=True,
        favor_precision=True,
        include_comments=False,
        include_formatting=True,
        include_links=True,
    )
    assert body is not None
    assert isinstance(expected, Document)
    assert tostring(body) == tostring(expected.body)
