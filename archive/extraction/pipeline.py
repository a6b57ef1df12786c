"""Extract an article from a page's bytes, step by step."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

from lxml.html import HtmlElement

from archive.article import Article, NoArticle, Removal
from archive.dom.tree import drop_invisible, parse, text_length
from archive.evidence import appraise
from archive.extraction.block_positions import BodyLines, PositionedBlock, position_blocks, read_body_lines
from archive.extraction.boilerplate import is_form, remove_boilerplate, remove_elsewhere
from archive.extraction.charset import Decoded, decode
from archive.extraction.file_signatures import binary_format
from archive.extraction.forwards import forward_target
from archive.extraction.html_repair import repair
from archive.extraction.images import select_images
from archive.extraction.interstitials import interstitial, kept_interstitial
from archive.extraction.jsonld_body import jsonld_body, replaces, text_blocks
from archive.extraction.judge import judge
from archive.extraction.language import detect_language
from archive.extraction.main_content import extract_body
from archive.extraction.markdown import markdown_text, plain_text, read_blocks
from archive.extraction.metadata import Metadata, read_metadata
from archive.extraction.soft404 import has_not_found_title, shows_not_found_notice
from archive.page import Page
from archive.references.image_lists import take_image_lists
from archive.references.inline import inline_references
from archive.references.link_candidates import LinkCandidate, find_link_candidates
from archive.references.lists import ListEntry, take_lists, to_reference
from archive.references.markers import bind, protect, strip

# Characters that a page may show. The most that one of 1,114 real pages shows is 178,828. To store a million of Chinese
# takes 7 s and 160 MB, in which a crawl does nothing else.
MAX_TEXT = 500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An article before the judge: the page's lines, what was kept of them, what was removed and the facts found.

    `is_stated` says that the text comes from JSON-LD and not from the page's lines.
    """

    decoded: Decoded
    root: HtmlElement
    hint: str | None
    facts: Metadata
    entries: tuple[ListEntry, ...]
    links: tuple[LinkCandidate, ...]
    lines: BodyLines
    content_root: HtmlElement | None
    kept: list[PositionedBlock]
    removals: list[Removal]
    is_stated: bool
    elements: list[HtmlElement]  # keeps lxml from creating the Python objects again on each walk


def extract(page: Page, site_blocks: frozenset[str] = frozenset()) -> Article:
    """Return the article on `page`. The same bytes and blocks always give the same article.

    `site_blocks` are fingerprints of blocks that recur on the page's site (see block_fingerprints); they are removed.

    Raises NoArticle with one of these reasons: empty, not html, not html: pdf, too large, too complex, no text, not
    found (a soft 404), forward, removed by publisher, needs javascript, blocked: challenge, blocked: rate limit,
    blocked: login, blocked: maintenance.
    """
    draft = draft_article(page, site_blocks)
    kept, removals = draft.kept, draft.removals
    if not draft.is_stated:
        kept, removals = judge(draft.decoded.text, draft.lines, kept, removals, draft.content_root, draft.facts.title)
    blocks = [item.block for item in kept]
    text, citations = bind(plain_text(blocks), draft.entries)
    if shows_not_found_notice(draft.root, text):
        raise NoArticle("not found")
    if reason := kept_interstitial(draft.root, text):
        raise NoArticle(reason)
    if not text or (is_form(kept, removals) and not draft.entries):  # no form has a list of references
        raise NoArticle("no text")
    draft.elements.clear()
    listed = tuple(to_reference(entry) for entry in draft.entries)
    return Article(
        url=page.url,
        text=text,
        markdown=strip(markdown_text(blocks)),
        language=detect_language(text, draft.hint),
        images=select_images(draft.lines, _unprotected(kept), page.url),
        references=(*listed, *inline_references(text, draft.links, listed)),
        citations=citations,
        removals=tuple(replace(removal, text=strip(removal.text)) for removal in removals),
        evidence=appraise(draft.facts.title, text),
        encoding=draft.decoded.encoding,
        encoding_source=draft.decoded.source,
        **asdict(draft.facts),
    )


def draft_article(page: Page, site_blocks: frozenset[str] = frozenset()) -> Draft:
    """Return what trafilatura and the rules make of a page; raises NoArticle as `extract`."""
    if kind := binary_format(page.body):
        raise NoArticle("not html: pdf" if kind == "pdf" else "not html")
    decoded = decode(page.body, page.content_type, page.language, page.url)
    root = parse(decoded.text)
    elements = list(root.iter())
    facts = read_metadata(root, page.url, page.fetched_at)
    hint = root.get("lang")
    stated = jsonld_body(root)
    interstitial_reason = None if stated else _no_article(root, page.url, decoded.text)  # it reads <noscript> too
    drop_invisible(root)
    if text_length(root) > MAX_TEXT:
        raise NoArticle("too large")
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
    is_stated = bool(stated) and replaces(stated, found, root.text_content())
    if is_stated:
        found = text_blocks(stated)
    names = (*facts.authors, facts.source or "", facts.section or "", facts.site_name or "")
    lines = read_body_lines(root.find("body"), content_root)
    placed = position_blocks(found, lines, content_root, stated)
    kept, removals = remove_boilerplate(placed, facts.title, filter(None, names), site_blocks)
    removals += remove_elsewhere(lines, kept, removals)
    removals += [Removal(text=heading, reason="references in images") for heading in in_images]
    return Draft(
        decoded=decoded,
        root=root,
        hint=hint,
        facts=facts,
        entries=entries,
        links=links,
        lines=lines,
        content_root=content_root,
        kept=kept,
        removals=removals,
        is_stated=is_stated,
        elements=elements,
    )


def _no_article(root: HtmlElement, url: str, source: str) -> str | None:
    """Return the reason why a page is served in place of an article; None for articles."""
    return "forward" if forward_target(root, url) else interstitial(root, source)


def _unprotected(kept: Iterable[PositionedBlock]) -> list[PositionedBlock]:
    """Return the blocks with their markers unprotected, as in the article's text."""
    return [replace(item, block=replace(item.block, text=strip(item.block.text))) for item in kept]
