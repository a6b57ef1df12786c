"""Extract the article's body with trafilatura, in a second setting where the first leaves prose behind."""

import re
from configparser import ConfigParser
from copy import copy
from functools import cache

from lxml.etree import XPath, _Element
from lxml.html import HtmlElement
from trafilatura.htmlprocessing import convert_tags, prune_unwanted_nodes, tree_cleaning
from trafilatura.settings import DEFAULT_CONFIG, Extractor
from trafilatura.xpaths import RAW_TREE_PRUNE_XPATH, REMOVE_COMMENTS_AND_LISTS_XPATH, REMOVE_COMMENTS_XPATH

from archive.extraction.cached_expressions import bare_extraction, compare_extraction, extract_content
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
# The classes and ids that trafilatura's expressions for comments and for appended articles look for. Those expressions
# call Python for every element and take a tenth of the time; most pages need none of them.
_COMMENTS = re.compile("^(?:[Cc]omment|comol|disqus_thread|dsq-comments)|(?:article|post)-comments", re.MULTILINE)
_APPENDED = re.compile("mvp-post-add|infinite|elementor-share-buttons")
_NAMES = XPath("//@class | //@id", smart_strings=False)


def extract_body(root: HtmlElement, url: str) -> tuple[_Element | None, HtmlElement | None]:
    """Return trafilatura's body of a repaired tree and the element that is the content root; each may be None.

    The body's elements are `p`, `head`, `list`, `quote`, `table` and so on. It is None if trafilatura finds no text.
    """
    with isolated_content_root(root) as content_root:
        precise, text = _extract_precisely(root, url)
        found = _prose(precise)
        if found < FAST_PROSE * content_root.prose:
            precise = _compare_with_fallbacks(root, url, precise, text)
            found = _prose(precise)
    if found and found >= PAGE_PROSE * content_root.prose:
        return precise, content_root.element
    balanced = _extract_balanced(root, url)
    return (precise if found and found >= KEPT_PROSE * _prose(balanced) else balanced), content_root.element


def _extract_precisely(root: HtmlElement, url: str) -> tuple[_Element, str]:
    """Return the body that trafilatura's own extractor finds with precision, and the body's text.

    These are the steps that `bare_extraction` takes without comments, except that it also writes the body as text.
    """
    options = _options(url, PRECISION_SIZE, precision=True, fast=True)
    tree, has_comments = _pruned_copy(root)
    tree = convert_tags(tree_cleaning(tree, options), options, url)
    if has_comments:  # lists have other names now
        tree = prune_unwanted_nodes(tree, REMOVE_COMMENTS_XPATH)
    return extract_content(tree, options)


def _pruned_copy(root: HtmlElement) -> tuple[HtmlElement, bool]:
    """Return a copy without appended articles and comments, and whether an element may be named as comments."""
    tree = copy(root)
    names = "\n".join(_NAMES(tree))
    has_comments = _COMMENTS.search(names) is not None
    if _APPENDED.search(names):
        tree = prune_unwanted_nodes(tree, RAW_TREE_PRUNE_XPATH)
    if has_comments:
        tree = prune_unwanted_nodes(tree, REMOVE_COMMENTS_AND_LISTS_XPATH)
    return tree, has_comments


def _compare_with_fallbacks(root: HtmlElement, url: str, body: _Element, text: str) -> _Element:
    """Return the body, or that of readability or jusText if trafilatura prefers it."""
    options = _options(url, PRECISION_SIZE, precision=True)
    tree, _ = _pruned_copy(root)
    return compare_extraction(tree_cleaning(copy(tree), options), tree, body, text, options)[0]


def _extract_balanced(root: HtmlElement, url: str) -> _Element | None:
    document = bare_extraction(root, url, _options(url, BALANCED_SIZE))
    return None if document is None else document.body


def _options(url: str, size: int, *, precision: bool = False, fast: bool = False) -> Extractor:
    """Return trafilatura's options: no comments, no deduplication, which would remember earlier pages."""
    return Extractor(
        config=_config(size),
        output_format="python",
        fast=fast,
        precision=precision,
        comments=False,
        formatting=True,
        links=True,
        url=url,
    )


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
