"""Extract the article's body with trafilatura, in a second setting where the first leaves prose behind."""

from configparser import ConfigParser
from functools import cache

from lxml.etree import _Element
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import DEFAULT_CONFIG, Document

from archive.extraction.content_root import isolated_content_root, prose_weight

# Sweep over the 358 labelled development pages, F1 after repair and removal (aeb, health, magic, wcxb, zh):
#   balanced, MIN_EXTRACTED_SIZE 250      .966 .951 .871 .945 .946
#   balanced, 20                          .966 .955 .879 .948 .969
#   precision, 250                        .975 .946 .883 .941 .903
#   precision, 100                        .975 .946 .897 .939 .930
#   precision, 100, or balanced, 20, where precision has less than .7 of its prose
#                                         .971 .962 .891 .948 .975
#   the same with .5                      .971 .955 .891 .944 .977
#   the same with .9                      .968 .962 .891 .950 .975
PRECISION_SIZE, BALANCED_SIZE = 100, 20
KEPT_PROSE = 0.7
# The balanced setting is tried where the precise one has less than this share of the prose of all paragraphs. Swept
# .7, .5, .3: aeb .970, .971, .975, zh .975, .977, .977, the others unchanged.
PAGE_PROSE = 0.3
# trafilatura's two fallback extractors (a third of its time) run only where the fast run has less than this share of
# the prose. Swept .5, .6, .7: F1 is the same with .6 and .7; with .5 one page of 358 loses half of its text.
FAST_PROSE = 0.6


def extract_body(root: HtmlElement, url: str) -> tuple[_Element | None, HtmlElement | None]:
    """Return trafilatura's body of a repaired tree and the element that is the content root; each may be None.

    The body's elements are `p`, `head`, `list`, `quote`, `table` and so on. It is None if trafilatura finds no text.
    """
    with isolated_content_root(root) as content_root:
        precise = _run(root, url, precision=True, fast=True)
        found = _prose(precise)
        if found < FAST_PROSE * content_root.prose:
            precise = _run(root, url, precision=True)
            found = _prose(precise)
    if found and found >= PAGE_PROSE * content_root.prose:
        return precise, content_root.element
    balanced = _run(root, url, precision=False)
    return (precise if found and found >= KEPT_PROSE * _prose(balanced) else balanced), content_root.element


def _run(root: HtmlElement, url: str, *, precision: bool, fast: bool = False) -> _Element | None:
    """Run trafilatura without comments and without deduplication, which would remember earlier pages."""
    document = bare_extraction(
        root,
        url=url,
        favor_precision=precision,
        fast=fast,
        include_comments=False,
        include_formatting=True,
        include_links=True,
        config=_config(PRECISION_SIZE if precision else BALANCED_SIZE),
    )
    return document.body if isinstance(document, Document) else None


@cache
def _config(size: int) -> ConfigParser:
    config = ConfigParser()
    config.read_dict({"DEFAULT": dict(DEFAULT_CONFIG["DEFAULT"])})
    config["DEFAULT"]["MIN_EXTRACTED_SIZE"] = str(size)
    return config


def _prose(body: _Element | None) -> int:
    return (
        0
        if body is None
        else sum(prose_weight("".join(part.itertext())) for part in body.iter("p", "item", "quote", "cell"))
    )
