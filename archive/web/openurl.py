"""Describe articles and references by OpenURL (ANSI/NISO Z39.88-2004), as COinS spans hold it. Pure functions.

Zotero's connector, Mendeley and link resolvers read the spans of a page. What has no format of its own there, web pages
among them, is described in Dublin Core with Zotero's item type.
"""

from collections.abc import Iterator
from urllib.parse import urlencode

from archive.article import Reference
from archive.export.cited_articles import CitedArticle
from archive.references.person_names import person
from archive.web.formatting import web_link
from archive.works.models import one_line, page_range

Pairs = Iterator[tuple[str, str | int | None]]

JOURNAL, BOOK, DISSERTATION, DUBLIN_CORE = "journal", "book", "dissertation", "dc"
# CSL types: the format, and the genre in it or the type of Dublin Core.
KINDS = {
    "article-journal": (JOURNAL, "article"), "book": (BOOK, "book"), "chapter": (BOOK, "bookitem"),
    "paper-conference": (BOOK, "proceeding"), "thesis": (DISSERTATION, None), "report": (DUBLIN_CORE, "report"),
    "article-newspaper": (DUBLIN_CORE, "newspaperArticle"), "article-magazine": (DUBLIN_CORE, "magazineArticle"),
    "webpage": (DUBLIN_CORE, "webpage"), "patent": (DUBLIN_CORE, "patent"),
    "software": (DUBLIN_CORE, "computerProgram"),
}  # fmt: skip
LONGEST_TITLE = 300  # characters of a printed entry that stands for a title
HOST_ITEMS = ("bookitem", "proceeding")  # parts of a book


def article_openurl(article: CitedArticle) -> str:
    """Return the description of an article as a web page, in the form of a query string."""
    return _context(DUBLIN_CORE, _article(article))


def reference_openurl(reference: Reference, printed: str) -> str | None:
    """Return the description of what a reference cites; `printed` is its text without the label.

    Without a title the printed text stands for one, unless there is an identifier, by which Zotero looks the title up.
    A mere mention of a journal describes no work: None.
    """
    is_identified = bool(reference.doi or reference.pmid or reference.isbn)
    if reference.kind == "mention" and not (reference.title or is_identified):
        return None
    is_article = reference.type is None and bool(reference.container_title or reference.doi or reference.pmid)
    form, genre = (JOURNAL, "article") if is_article else KINDS.get(reference.type or "", (DUBLIN_CORE, "document"))
    title = reference.title or (None if is_identified else printed[:LONGEST_TITLE])
    write = {JOURNAL: _journal, BOOK: _book, DISSERTATION: _thesis, DUBLIN_CORE: _document}[form]
    return _context(form, _with_identifiers(reference, write(reference, title, genre)))


def _context(form: str, pairs: Pairs) -> str:
    known = [(name, text) for name, value in pairs if value and (text := one_line(str(value)))]
    return urlencode([("ctx_ver", "Z39.88-2004"), ("rft_val_fmt", f"info:ofi/fmt:kev:mtx:{form}"), *known])


def _article(article: CitedArticle) -> Pairs:
    yield "rft_id", web_link(article.url)
    yield "rft.type", "webpage"
    yield "rft.title", article.title or article.url
    for author in article.authors:
        yield "rft.creator", author.inverted
    yield "rft.source", article.site
    yield "rft.publisher", article.publisher
    yield "rft.date", article.published
    yield "rft.language", article.language
    yield "rft.identifier", article.url
    yield "rft.description", article.note


def _with_identifiers(reference: Reference, pairs: Pairs) -> Pairs:
    if reference.doi:
        yield "rft_id", f"info:doi/{reference.doi}"
    if reference.pmid:
        yield "rft_id", f"info:pmid/{reference.pmid}"
    yield "rft_id", web_link(reference.url)
    yield from pairs


def _journal(reference: Reference, title: str | None, genre: str | None) -> Pairs:
    yield "rft.genre", genre
    yield "rft.atitle", title
    yield "rft.jtitle", reference.container_title
    yield from _authors(reference)
    yield "rft.date", reference.year
    yield "rft.volume", reference.volume
    yield "rft.issue", reference.issue
    yield from _pages(reference)
    yield "rft.issn", reference.issn


def _book(reference: Reference, title: str | None, genre: str | None) -> Pairs:
    yield "rft.genre", genre
    if genre in HOST_ITEMS:
        yield "rft.atitle", title
        yield "rft.btitle", reference.container_title
        yield from _pages(reference)
    else:
        yield "rft.btitle", title
    yield from _authors(reference)
    yield "rft.date", reference.year
    yield "rft.pub", reference.publisher
    yield "rft.isbn", reference.isbn


def _thesis(reference: Reference, title: str | None, _: str | None) -> Pairs:
    yield "rft.title", title
    yield from _authors(reference)
    yield "rft.inst", reference.publisher
    yield "rft.date", reference.year


def _document(reference: Reference, title: str | None, kind: str | None) -> Pairs:
    yield "rft.type", kind
    yield "rft.title", title
    for author in reference.authors:
        yield "rft.creator", person(one_line(author)).inverted
    yield "rft.source", reference.container_title
    yield "rft.publisher", reference.publisher
    yield "rft.date", reference.year
    yield "rft.identifier", web_link(reference.url)


def _authors(reference: Reference) -> Pairs:
    """Yield the first author in parts, where they are known, and the others as `Family, Given`."""
    for at, author in enumerate(reference.authors):
        name = person(one_line(author))
        if at == 0 and name.family:
            yield "rft.aulast", name.family
            yield "rft.aufirst", name.given
        else:
            yield "rft.au", name.inverted


def _pages(reference: Reference) -> Pairs:
    first, last = page_range(reference.pages or "")
    yield "rft.pages", reference.pages
    yield "rft.spage", first if last else None
    yield "rft.epage", last
