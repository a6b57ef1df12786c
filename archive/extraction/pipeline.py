"""The steps from a page's bytes to an article."""

from collections.abc import Iterable
from dataclasses import asdict, replace

from archive.article import Article, NoArticle
from archive.dom.tree import drop_unseen, parse
from archive.extraction.block_positions import PositionedBlock, position_blocks, read_body_lines
from archive.extraction.boilerplate import cut, is_form
from archive.extraction.charset import decode
from archive.extraction.html_repair import repair
from archive.extraction.images import images_of
from archive.extraction.jsonld_body import is_found, stated_blocks, stated_body
from archive.extraction.language import language_of
from archive.extraction.main_content import body_of
from archive.extraction.markdown import blocks_of, markdown_text, plain_text
from archive.extraction.metadata import read_metadata
from archive.extraction.soft404 import gives_notice, says_absent
from archive.page import Page
from archive.references.inline import candidates, settle
from archive.references.lists import take_lists, to_reference
from archive.references.markers import bind, protect, strip


def extract(page: Page, site_blocks: frozenset[str] = frozenset()) -> Article:
    """The article on `page`; the same bytes and blocks give the same article.

    `site_blocks` are fingerprints of blocks that recur on the page's site: they are cut.

    Raises NoArticle with one of these reasons: empty, not html, too large, too complex, no text, not found
    (the page says that there is no such page).
    """
    decoded = decode(page.body, page.content_type)
    root = parse(decoded.text)
    alive = list(root.iter())  # lxml makes an element's Python object anew on each walk unless somebody holds it
    facts = read_metadata(root, page.url)
    hint = root.get("lang")
    stated = stated_body(root)
    drop_unseen(root)
    if says_absent(root):
        raise NoArticle("not found")
    entries = take_lists(root)
    links = candidates(root, page.url)
    protect(root, entries)
    repair(root)
    body, frame = body_of(root, page.url)
    found = blocks_of(body, page.url) if body is not None else []
    if stated and not is_found(stated, found):
        found = stated_blocks(stated)
    names = (*facts.authors, facts.source or "", facts.section or "", facts.site_name or "")
    lines = read_body_lines(root.find("body"), frame)
    placed = position_blocks(found, lines, frame)
    kept, removals = cut(placed, facts.title, filter(None, names), site_blocks)
    blocks = [item.block for item in kept]
    text, citations = bind(plain_text(blocks), entries)
    if gives_notice(root, text):
        raise NoArticle("not found")
    if not text or is_form(kept, removals):
        raise NoArticle("no text")
    alive.clear()
    listed = tuple(to_reference(entry) for entry in entries)
    return Article(
        url=page.url,
        text=text,
        markdown=strip(markdown_text(blocks)),
        language=language_of(text, hint),
        images=images_of(lines, bare(kept), page.url),
        references=(*listed, *settle(text, links, listed)),
        citations=citations,
        removals=tuple(replace(removal, text=strip(removal.text)) for removal in removals),
        encoding=decoded.encoding,
        encoding_source=decoded.source,
        **asdict(facts),
    )


def bare(kept: Iterable[PositionedBlock]) -> list[PositionedBlock]:
    """The blocks without the protection of their markers, as the article's text has them."""
    return [replace(item, block=replace(item.block, text=strip(item.block.text))) for item in kept]
