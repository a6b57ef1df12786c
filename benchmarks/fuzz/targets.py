"""What is fuzzed: functions that feed foreign bytes to a parser and raise when a documented law is broken.

An input is a file. Where a parser takes more than one value, the values stand in the first lines.
"""

import gzip
import re
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from sqlite_utils import Database

from archive.article import Article, NoArticle
from archive.dom.tree import drop_invisible, parse
from archive.extraction import extract
from archive.extraction.answers import blocking_reason, only_refuses
from archive.extraction.forwards import forward_of
from archive.extraction.interstitials import REASONS as INTERSTITIALS
from archive.extraction.json_repair import load_values
from archive.literature.readers.retraction_watch import REQUIRED
from archive.page import Page
from archive.references import identifiers, parse_reference
from archive.references.identify import identify
from archive.references.image_lists import take_image_lists
from archive.references.inline import inline_references
from archive.references.link_candidates import find_link_candidates
from archive.references.lists import take_lists, to_reference
from archive.references.markers import bind, protect
from archive.references.publisher_links import read_link
from archive.retrieval import advice
from archive.retrieval.engine import search
from archive.retrieval.query import MAX_LENGTH, fts_query
from archive.storage.migrations import migrations
from archive.storage.warc import cdxj
from archive.storage.warc.content_encoding import OversizeError, decode_body, decode_head
from archive.text.scripts import FULL_WIDTH_FORMS
from archive.urls.canonical import canonical_or_none, host_of, resolve
from archive.works.retraction_watch import RetractionTableError, load_table
from benchmarks.fuzz.laws import SITE, check_canonical, check_links, check_storable, first_lines, text_of_input
from benchmarks.fuzz.scratch import scratch_folder
from benchmarks.fuzz.warc_targets import index, warc, warc_bytes
from benchmarks.search_archive import ARTICLE, MOMENT, PAGE, REFERENCE
from crawler.discovery import read_feed, read_listing, read_sitemap
from crawler.discovery.home import lists_of_home
from crawler.enrichment import crossref, ncbi
from crawler.enrichment.client import Client, ServiceResponse, read_json
from crawler.enrichment.models import MalformedError
from crawler.policy.rights import page_rights
from crawler.policy.robots import Rules, difference, is_web_page, text_of
from crawler.policy.robots_directives import directives
from crawler.sites.site import Site

NO_ARTICLE = {
    *("empty", "not html", "not html: pdf", "too large", "too complex", "no text", "not found", "forward"),
    *INTERSTITIALS,
}
NOW = "2024-05-21T08:00:00Z"


@dataclass(frozen=True, slots=True)
class Target:
    """A name, the function that takes the bytes of an input, and the length in bytes up to which inputs grow."""

    name: str
    check: Callable[[bytes], None]
    longest: int = 4_096


def extraction(data: bytes) -> None:
    """URL, content type, then the page."""
    url, content_type, body = first_lines(data, 2)
    page = Page(url=url or f"{SITE}/a", body=body, content_type=content_type)
    article = _extracted(page)
    if isinstance(article, Article):
        assert article.text.strip()
        check_storable(asdict(article))
        for citation in article.citations:
            assert 0 <= citation.start <= citation.end <= len(article.text)
    else:
        assert article in NO_ARTICLE, article
    blocking_reason(page)
    only_refuses(page)
    check_canonical(forward_of(page))


def reference(data: bytes) -> None:
    """A printed reference."""
    text = re.sub("[\0\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", text_of_input(data))
    found = parse_reference(text_of_input(data))
    assert found.raw == " ".join(text.split())
    assert all(0 <= value <= 1 for value in found.confidence.values())
    for name in ("title", "container_title", "publisher", "volume", "issue", "pages"):
        assert (getattr(found, name) or "").translate(FULL_WIDTH_FORMS) in found.raw.translate(FULL_WIDTH_FORMS), name
    check_storable(asdict(found))


def reference_list(data: bytes) -> None:
    """A page with a list of references."""
    try:
        root = parse(text_of_input(data))
    except NoArticle:
        return
    drop_invisible(root)
    entries = take_lists(root)
    take_image_lists(root)
    links = find_link_candidates(root, f"{SITE}/a")
    protect(root, entries)
    text, _ = bind(root.text_content(), entries)
    listed = [to_reference(entry) for entry in entries]
    for found in (*listed, *inline_references(text, links, listed)):
        check_storable(asdict(found))


def identifier(data: bytes) -> None:
    """A text with identifiers, or a URL."""
    text = text_of_input(data)
    found = list(identifiers.find_all(text))
    assert all(0 <= each.start < each.end <= len(text) for each in found)
    typed = [each for each in (identifiers.from_url(text), identify(text)) if each]
    for kind, value in (*((each.kind, each.value) for each in found), *typed):
        assert identifiers.normalise(kind, value) == value, (kind, value)
        assert (identifiers.to_url(kind, value) or "").isascii()
    for kind in identifiers.KINDS:
        identifiers.normalise(kind, text)
    read_link(text)


def address(data: bytes) -> None:
    """A URL, and a link on its page."""
    base, rest = first_lines(data, 1)
    href = text_of_input(rest)
    for url in (base, href):
        cdxj.search_key(url)
        host_of(url)
        check_canonical(canonical_or_none(url))
    check_canonical(resolve(href, base))
    check_canonical(resolve(href, f"{SITE}/a?b"))


def feed(data: bytes) -> None:
    """Content type, then the feed."""
    content_type, body = first_lines(data, 1)
    check_links(read_feed(body, f"{SITE}/feed", content_type))


def sitemap(data: bytes) -> None:
    """A sitemap, read as it is and compressed."""
    check_links(read_sitemap(data, f"{SITE}/sitemap.xml"))
    check_links(read_sitemap(gzip.compress(data, 1), f"{SITE}/sitemap.xml.gz"))


def listing(data: bytes) -> None:
    """A listing page or home page."""
    url = f"{SITE}/news/index_2.html"
    check_links(read_listing(data, url, _site()))
    check_links(lists_of_home(data, url, text_of_input(data[:500])))


def robots(data: bytes) -> None:
    """A path, an X-Robots-Tag, then a robots.txt or the head of a page."""
    path, tag, body = first_lines(data, 2)
    text = text_of(body)
    is_web_page(text)
    rules = Rules(text)
    assert rules.permits(f"{SITE}/{path}") in (True, False)
    assert rules.crawl_delay is None or rules.crawl_delay >= 0
    assert difference(text, path).endswith(".")
    directives([tag], body)
    check_storable([*rules.rights, *page_rights([("X-Robots-Tag", tag), ("tdm-policy", path)], body)])


def structured_data(data: bytes) -> None:
    """JSON-LD as pages have it: JSON with faults."""
    values = load_values(text_of_input(data))
    assert isinstance(values, list)


def query(data: bytes) -> None:
    """What a person types into the search."""
    text = text_of_input(data)[: MAX_LENGTH + 1]
    db = _library()
    expression = fts_query(text)
    assert db.execute("select count(*) from articles_fts where articles_fts match ?", [expression]).fetchone()
    search(db, text, limit=5)
    search(db, "cells", source=text, cites=text)
    advice.complaints(db, text, {"language": text})
    advice.offers(db, text, {})
    advice.searched(text, {})


def content_encoding(data: bytes) -> None:
    """Content-Encoding, then the body."""
    encodings, body = first_lines(data, 1)
    try:
        whole = decode_body(body, encodings, limit=1 << 22)
    except OversizeError:
        return
    assert decode_head(body, encodings, 100) == whole.body[:100]


def look_ups(data: bytes) -> None:
    """The JSON that Crossref and NCBI answer with."""
    client = _client()
    client.content = read_json(data)
    for look_up in (_by_doi, _by_title, _converted, _summarised):
        with suppress(MalformedError):
            check_storable(dict(look_up(client)))


def retractions(data: bytes) -> None:
    """A table of Retraction Watch without its heading."""
    db = _library()
    db.execute("delete from retractions")
    with scratch_folder() as folder:
        path = folder / "table.csv"
        path.write_bytes(",".join(REQUIRED).encode() + b"\n" + data)
        try:
            load_table(db, path, NOW)
        except RetractionTableError:
            return


TARGETS = {
    target.name: target
    for target in (
        Target("extraction", extraction, 16_384),
        Target("reference", reference, 1_000),
        Target("reference-list", reference_list, 8_192),
        Target("identifier", identifier, 400),
        Target("address", address, 400),
        Target("feed", feed),
        Target("sitemap", sitemap),
        Target("listing", listing),
        Target("robots", robots),
        Target("structured-data", structured_data, 2_000),
        Target("query", query, 400),
        Target("warc", warc),
        Target("warc-bytes", warc_bytes),
        Target("index", index),
        Target("content-encoding", content_encoding),
        Target("look-ups", look_ups),
        Target("retractions", retractions),
    )
}


def _extracted(page: Page) -> Article | str:
    """Return the article of a page, or the reason why there is none."""
    try:
        return extract(page)
    except NoArticle as no:
        return no.reason


class _Answering(Client):
    """A client of a service that gives each request the same answer."""

    content: Any = None

    def get(self, path: str, parameters: Mapping[str, str | int]) -> ServiceResponse:  # noqa: ARG002 the base's
        return ServiceResponse(200, self.content)


def _by_doi(client: Client) -> Mapping[str, str]:
    return crossref.by_doi(client, "10.5555/x", {}).facts


def _by_title(client: Client) -> Mapping[str, str]:
    return crossref.by_title(client, "Li M. Stem cells. 2016.", "stemcells|2016|li m", {}).facts


def _converted(client: Client) -> Mapping[str, str]:
    return ncbi.convert(client, "doi", ["10.5555/x"], {})["10.5555/x"].facts


def _summarised(client: Client) -> Mapping[str, str]:
    found = ncbi.summarise(client, ["1234567"], {})["1234567"]
    return {} if isinstance(found, MalformedError) else found.facts


@cache
def _client() -> _Answering:
    return _Answering("https://service.example", interval=0, agent="fuzz")


@cache
def _site() -> Site:
    return Site(name="fuzz", home=f"{SITE}/", articles=(re.compile(r"/a/\d"),))


@cache
def _library() -> Database:
    """An archive of two articles in memory; the first cites a paper."""
    db = _archive()
    texts = (
        ("zh-Hans", "干细胞治疗", "患者接受间充质干细胞移植，IL-10 升高。"),
        ("en", "T cells", "See doi 10.5555/x and TGF-β1."),
    )
    for number, (language, title, text) in enumerate(texts, 1):
        row = {"id": number, "url": f"{SITE}/{number}", "site": "news", "title": title, "text": text, "now": MOMENT}
        row |= {"language": language, "published": f"2024-05-2{number}"}
        db.conn.execute(PAGE, row)
        db.conn.execute(ARTICLE, row)
    db.conn.execute("insert into works (id, key, title) values (1, 'doi:10.5555/x', 'Stem cells')")
    db.conn.execute(REFERENCE, [1, 0, 1, "Li M. Stem cells. 2016. doi: 10.5555/x", "10.5555/x"])
    return db


def _archive() -> Database:
    db = Database(sqlite3.connect(":memory:", isolation_level=None))
    migrations.apply(db)
    return db
