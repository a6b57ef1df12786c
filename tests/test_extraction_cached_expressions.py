"""The extractor of the body with cached expressions gives what trafilatura's own gives."""

from copy import deepcopy

import pytest
from lxml.etree import XPath, tostring
from lxml.html import document_fromstring
from trafilatura import core, main_extractor
from trafilatura.htmlprocessing import convert_tags, tree_cleaning
from trafilatura.settings import Document, Extractor

from archive.extraction.cached_expressions import CachedExpressions, bare_extraction, extract_content

URL = "https://example.org/a"
PROSE = "<p>The clinic measured the blood pressure of every patient twice a day for a month.</p>" * 3
LINKS = "<ul>" + '<li><a href="/more">Another article</a></li>' * 6 + "</ul>"
REMOVED = [
    '<div class="newsletter-signup">Weekly letters about walking</div>',
    '<p id="footer">Opening hours of the clinic</p>',
    '<span aria-hidden="true">hidden words</span>',
    '<div class="reply-box" style="display:none">a folded reply</div>',
    '<div class="image-caption">A ward</div>',
    '<section class="Teaser-small">Read on</section>',
    '<div class="link">A link</div>',
    "<header>The head of a part</header>",
    '<o:p class="share">an element of an office program</o:p>',
    f'<div class="related"><div class="caption">{LINKS}</div></div>',
    f'<div class="plain">{LINKS}</div>',
    LINKS,
]


@pytest.mark.parametrize("container", ['<article class="post-content">', "<div>", "<main>"])
@pytest.mark.parametrize("precision", [True, False])
@pytest.mark.parametrize("removed", [*REMOVED, "".join(REMOVED), ""])
def test_body_is_that_of_trafilatura(container: str, precision: bool, removed: str) -> None:
    options = Extractor(precision=precision, formatting=True, links=True, comments=False)
    end = container.split()[0].strip("<>")
    page = f"<html><body>{container}{PROSE}{removed}{PROSE}</{end}>{removed}</body></html>"
    tree = convert_tags(tree_cleaning(document_fromstring(page), options), options)
    expected, words = main_extractor.extract_content(deepcopy(tree), options)
    body, text = extract_content(tree, options)
    assert (tostring(body), text) == (tostring(expected), words)


def test_expressions_are_asked_once_for_each_kind_of_element() -> None:
    cached = CachedExpressions([XPath(".//*[self::div][@class='a']"), XPath(".//p[@id]")])
    tree = document_fromstring(
        '<div class="a"><div class="a" title="x"><p id="one">1</p></div><p class="a">2</p></div>'
    )
    assert [element.get("title") for element in cached.select(0, tree)] == [None, "x"]
    assert [element.text for element in cached.select(1, tree)] == ["1"]


def test_elements_that_were_removed_meanwhile_are_not_selected() -> None:
    cached = CachedExpressions([XPath(".//div[@class]"), XPath(".//p[@id]")])
    tree = document_fromstring('<section><div class="a"><p id="one">1</p></div><p id="two">2</p></section>')
    for element in cached.select(0, tree):
        element.drop_tree()
    assert [element.text for element in cached.select(1, tree)] == ["2"]


def test_bare_extraction_is_that_of_trafilatura() -> None:
    options = Extractor(formatting=True, links=True, comments=False)
    page = f"<html><body><div>{PROSE}</div>{LINKS}<div class='x'>{PROSE}</div></body></html>"
    expected = core.bare_extraction(document_fromstring(page), url=URL, options=options)
    found = bare_extraction(document_fromstring(page), URL, options)
    assert isinstance(expected, Document)
    assert found is not None
    assert tostring(found.body) == tostring(expected.body)
