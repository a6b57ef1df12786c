"""The steps from a page's bytes to an article."""

from collections.abc import Iterable
from dataclasses import asdict, replace

from archive.article import Article, NoArticle
from archive.extraction.body import body_of
from archive.extraction.boilerplate import cut
from archive.extraction.decode import decode
from archive.extraction.dom import drop_unseen, parse
from archive.extraction.images import images_of
from archive.extraction.language import language_of
from archive.extraction.metadata import read_metadata
from archive.extraction.repair import repair
from archive.extraction.text import Block, blocks_of, markdown_text, plain_text
from archive.page import Page
from archive.references.find import take_lists, to_reference
from archive.references.markers import bind, protect, strip


def extract(page: Page) -> Article:
    """The article on `page`; the same bytes give the same article.

    Raises NoArticle with one of these reasons: empty, not html, too large, too complex, no text.
    """
    decoded = decode(page.body, page.content_type)
    root = parse(decoded.text)
    facts = read_metadata(root, page.url)
    hint = root.get("lang")
    drop_unseen(root)
    entries = take_lists(root)
    protect(root, entries)
    repair(root)
    body = body_of(root, page.url)
    if body is None:
        raise NoArticle("no text")
    names = (*facts.authors, facts.source or "", facts.section or "", facts.site_name or "")
    blocks, removals = cut(blocks_of(body, page.url), facts.title, filter(None, names))
    text, citations = bind(plain_text(blocks), entries)
    if not text:
        raise NoArticle("no text")
    return Article(
        url=page.url,
        text=text,
        markdown=strip(markdown_text(blocks)),
        language=language_of(text, hint),
        images=images_of(root.find("body"), bare(blocks), page.url),
        references=tuple(to_reference(entry) for entry in entries),
        citations=citations,
        removals=tuple(replace(removal, text=strip(removal.text)) for removal in removals),
        encoding=decoded.encoding,
        encoding_source=decoded.source,
        **asdict(facts),
    )


def bare(blocks: Iterable[Block]) -> list[Block]:
    """The blocks without the protection of their markers, as the article's text has them."""
    return [replace(block, text=strip(block.text)) for block in blocks]
