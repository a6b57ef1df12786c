"""Extract an article from a page's bytes, step by step."""

from collections.abc import Iterable
from dataclasses import asdict, replace

from lxml.html import HtmlElement

from archive.article import Article, NoArticle, Removal
from archive.dom.tree import drop_invisible, parse
from archive.extraction.block_positions import PositionedBlock, position_blocks, read_body_lines
from archive.extraction.boilerplate import is_form, remove_boilerplate, remove_elsewhere
from archive.extraction.charset import decode
from archive.extraction.file_signatures import binary_format
from archive.extraction.forwards import forward_target
from archive.extraction.html_repair import repair
from archive.extraction.images import select_images
from archive.extraction.interstitials import interstitial, kept_interstitial
from archive.extraction.jsonld_body import jsonld_body, replaces, text_blocks
from archive.extraction.language import detect_language
from archive.extraction.main_content import extract_body
from archive.extraction.markdown import markdown_text, plain_text, read_blocks
from archive.extraction.metadata import read_metadata
from archive.extraction.soft404 import has_not_found_title, shows_not_found_notice
from archive.page import Page
from archive.references.image_lists import take_image_lists
from archive.references.inline import inline_references
from archive.references.link_candidates import find_link_candidates
from archive.references.lists import take_lists, to_reference
from archive.references.markers import bind, protect, strip


def extract(page: Page, site_blocks: frozenset[str] = frozenset()) -> Article:
    """Return the article on `page`. The same bytes and blocks always give the same article.

    `site_blocks` are fingerprints of blocks that recur on the page's site (see block_fingerprints); they are removed.

    Raises NoArticle with one of these reasons: empty, not html, not html: pdf, too large, too complex, no text, not
    found (a soft 404), forward, removed by publisher, needs javascript, blocked: challenge, blocked: rate limit,
    blocked: login, blocked: maintenance.
    """
    if kind := binary_format(page.body):
        raise NoArticle("not html: pdf" if kind == "pdf" else "not html")
    decoded = decode(page.body, page.content_type, page.language, page.url)
    root = parse(decoded.text)
    elements = list(root.iter())  # keeps lxml from creating the Python objects again on each walk
    facts = read_metadata(root, page.url, page.fetched_at)
    hint = root.get("lang")
    stated = jsonld_body(root)
    interstitial_reason = None if stated else _no_article(root, page.url, decoded.text)  # it reads <noscript> too
    drop_invisible(root)
    if has_not_found_title(root):
        raise NoArticle("not found")
    if interstitial_reason:
        raise NoArticle(interstitial_reason)
    entries = take_lists(root)
    in_images = take_image_lists(root)
    links = find_link_candidates(root, page.url)
    protect(root, entries)
    repair(root)
    body, content_root = extract_body(root, page.url)
    found = read_blocks(body, page.url) if body is not None else []
    if stated and replaces(stated, found, root.text_content()):
        found = text_blocks(stated)
    names = (*facts.authors, facts.source or "", facts.section or "", facts.site_name or "")
    lines = read_body_lines(root.find("body"), content_root)
    placed = position_blocks(found, lines, content_root, stated)
    kept, removals = remove_boilerplate(placed, facts.title, filter(None, names), site_blocks)
    removals += remove_elsewhere(lines, kept, removals)
    removals += [Removal(text=heading, reason="references in images") for heading in in_images]
    blocks = [item.block for item in kept]
    text, citations = bind(plain_text(blocks), entries)
    if shows_not_found_notice(root, text):
        raise NoArticle("not found")
    if reason := kept_interstitial(root, text):
        raise NoArticle(reason)
    if not text or (is_form(kept, removals) and not entries):  # no form has a list of references
        raise NoArticle("no text")
    elements.clear()
    listed = tuple(to_reference(entry) for entry in entries)
    return Article(
        url=page.url,
        text=text,
        markdown=strip(markdown_text(blocks)),
        language=detect_language(text, hint),
        images=select_images(lines, _unprotected(kept), page.url),
        references=(*listed, *inline_references(text, links, listed)),
        citations=citations,
        removals=tuple(replace(removal, text=strip(removal.text)) for removal in removals),
        encoding=decoded.encoding,
        encoding_source=decoded.source,
        **asdict(facts),
    )


def _no_article(root: HtmlElement, url: str, source: str) -> str | None:
    """Return the reason why a page is served in place of an article; None for articles."""
    return "forward" if forward_target(root, url) else interstitial(root, source)


def _unprotected(kept: Iterable[PositionedBlock]) -> list[PositionedBlock]:
    """Return the blocks with their markers unprotected, as in the article's text."""
    return [replace(item, block=replace(item.block, text=strip(item.block.text))) for item in kept]
