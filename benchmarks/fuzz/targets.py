"""What is fuzzed: functions that feed foreign bytes to a parser and raise when a documented law is broken.

An input is a file. Where a parser takes more than one value, the values stand in the first lines.
"""

import gzip
import json
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
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
from archive.storage.warc.files import Exchange, Location, WarcError, WarcWriter, read_original, read_page, trim
from archive.storage.warc.locate import find_records
from archive.storage.warc.records import find_end, read_answer, read_record
from archive.text.scripts import FULL_WIDTH_FORMS
from archive.urls.canonical import canonical_or_none, canonical_url, host_of, resolve
from archive.works.retraction_watch import RetractionTableError, load_table
from benchmarks.search_archive import ARTICLE, MOMENT, PAGE, REFERENCE
from crawler.discovery import read_feed, read_listing, read_sitemap
from crawler.discovery.home import lists_of_home
from crawler.discovery.models import DiscoveryResult
from crawler.enrichment import crossref, ncbi
from crawler.enrichment.client import Client, ServiceResponse, read_json
from crawler.enrichment.models import MalformedError
from crawler.policy.rights import page_rights
from crawler.policy.robots import Rules, difference, is_web_page, text_of
from crawler.policy.robots_directives import directives
from crawler.sites.site import Site

SITE = "https://news.example"
NO_ARTICLE = {
    *("empty", "not html", "not html: pdf", "too large", "too complex", "no text", "not found", "forward"),
    *INTERSTITIALS,
}
BETWEEN_RECORDS = (
    b"\n====\n"  # what parts the records of a WARC input, which are compressed here: checksums stop mutations
)
WARC = "fuzz-00000.warc.gz"
NOW = "2024-05-21T08:00:00Z"


@dataclass(frozen=True, slots=True)
class Target:
    """A name, the function that takes the bytes of an input, and the length in bytes up to which inputs grow."""

    name: str
    check: Callable[[bytes], None]
    longest: int = 4_096


def extraction(data: bytes) -> None:
    """URL, content type, then the page."""
    url, content_type, body = _lines(data, 2)
    page = Page(url=url or f"{SITE}/a", body=body, content_type=content_type)
    article = _extracted(page)
    if isinstance(article, Article):
        assert article.text.strip()
        _storable(asdict(article))
        for citation in article.citations:
            assert 0 <= citation.start <= citation.end <= len(article.text)
    else:
        assert article in NO_ARTICLE, article
    blocking_reason(page)
    only_refuses(page)
    _canonical(forward_of(page))


def reference(data: bytes) -> None:
    """A printed reference."""
    text = re.sub("[\0\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", _text(data))
    found = parse_reference(_text(data))
    assert found.raw == " ".join(text.split())
    assert all(0 <= value <= 1 for value in found.confidence.values())
    for name in ("title", "container_title", "publisher", "volume", "issue", "pages"):
        assert (getattr(found, name) or "").translate(FULL_WIDTH_FORMS) in found.raw.translate(FULL_WIDTH_FORMS), name
    _storable(asdict(found))


def reference_list(data: bytes) -> None:
    """A page with a list of references."""
    try:
        root = parse(_text(data))
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
        _storable(asdict(found))


def identifier(data: bytes) -> None:
    """A text with identifiers, or a URL."""
    text = _text(data)
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
    base, rest = _lines(data, 1)
    href = _text(rest)
    for url in (base, href):
        cdxj.search_key(url)
        host_of(url)
        _canonical(canonical_or_none(url))
    _canonical(resolve(href, base))
    _canonical(resolve(href, f"{SITE}/a?b"))


def feed(data: bytes) -> None:
    """Content type, then the feed."""
    content_type, body = _lines(data, 1)
    _discovered(read_feed(body, f"{SITE}/feed", content_type))


def sitemap(data: bytes) -> None:
    """A sitemap, read as it is and compressed."""
    _discovered(read_sitemap(data, f"{SITE}/sitemap.xml"))
    _discovered(read_sitemap(gzip.compress(data, 1), f"{SITE}/sitemap.xml.gz"))


def listing(data: bytes) -> None:
    """A listing page or home page."""
    url = f"{SITE}/news/index_2.html"
    _discovered(read_listing(data, url, _site()))
    _discovered(lists_of_home(data, url, _text(data[:500])))


def robots(data: bytes) -> None:
    """A path, an X-Robots-Tag, then a robots.txt or the head of a page."""
    path, tag, body = _lines(data, 2)
    text = text_of(body)
    is_web_page(text)
    rules = Rules(text)
    assert rules.permits(f"{SITE}/{path}") in (True, False)
    assert rules.crawl_delay is None or rules.crawl_delay >= 0
    assert difference(text, path).endswith(".")
    directives([tag], body)
    _storable([*rules.rights, *page_rights([("X-Robots-Tag", tag), ("tdm-policy", path)], body)])


def structured_data(data: bytes) -> None:
    """JSON-LD as pages have it: JSON with faults."""
    values = load_values(_text(data))
    assert isinstance(values, list)


def query(data: bytes) -> None:
    """What a person types into the search."""
    text = _text(data)[: MAX_LENGTH + 1]
    db = _library()
    expression = fts_query(text)
    assert db.execute("select count(*) from articles_fts where articles_fts match ?", [expression]).fetchone()
    search(db, text, limit=5)
    search(db, "cells", source=text, cites=text)
    advice.complaints(db, text, {"language": text})
    advice.offers(db, text, {})
    advice.searched(text, {})


def warc(data: bytes) -> None:
    """The records of a WARC file, without their compression."""
    with _folder() as folder:
        path = folder / WARC
        path.write_bytes(b"".join(gzip.compress(record, 1) for record in data.split(BETWEEN_RECORDS)))
        _read_warc(folder, path)


def warc_bytes(data: bytes) -> None:
    """The bytes of a WARC file behind a whole record: torn, overwritten, foreign."""
    with _folder() as folder:
        path = folder / WARC
        path.write_bytes(_whole_warc() + data)
        _read_warc(folder, path)
        trim(path)
        assert find_end(path).whole == path.stat().st_size


def index(data: bytes) -> None:
    """A CDXJ index beside a whole WARC file, as index and as journal."""
    with _folder() as folder:
        (folder / WARC).write_bytes(_whole_warc())
        right = [entry.url for entry in cdxj.entries(folder, WARC)]
        for path in (cdxj.index_path(folder, WARC), cdxj.journal_path(folder, WARC)):
            path.write_bytes(data)
            cdxj.is_current(folder, WARC)
            cdxj.is_right(folder, WARC)
            cdxj.entries(folder, WARC)
        path.unlink()
        cdxj.index_path(folder, WARC).unlink()
        cdxj.write_index(folder, WARC)
        assert [entry.url for entry in cdxj.entries(folder, WARC)] == right


def content_encoding(data: bytes) -> None:
    """Content-Encoding, then the body."""
    encodings, body = _lines(data, 1)
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
            _storable(dict(look_up(client)))


def retractions(data: bytes) -> None:
    """A table of Retraction Watch without its heading."""
    db = _library()
    db.execute("delete from retractions")
    with _folder() as folder:
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


def _text(data: bytes) -> str:
    """Decode an input; what is no UTF-8 becomes lone surrogates, which pages and shells can bring about."""
    return data.decode("utf-8", "surrogateescape")


def _lines(data: bytes, number: int) -> Any:
    """Return that many first lines as text, and the rest as bytes."""
    *lines, rest = [*data.split(b"\n", number), *[b""] * number][: number + 1]
    return (*(line.decode("utf-8", "replace") for line in lines), rest)


def _storable(value: Any) -> None:
    """SQLite takes no text that is not valid UTF-8, and ends it at a NUL."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    text.encode()
    assert "\\u0000" not in text.replace("\\\\", "")  # JSON escapes NUL, and a backslash by another one


def _canonical(url: str | None) -> None:
    if url is not None:
        assert canonical_url(url) == url, url
        url.encode()


def _discovered(result: DiscoveryResult) -> None:
    for link in result.links:
        _canonical(link.url)
        _storable(link.title)
        assert link.published is None or link.published.tzinfo is UTC
    _storable(result.warnings)


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


@cache
def _whole_warc() -> bytes:
    """The bytes of a WARC file with a response, its request and a redirect."""
    when = datetime(2024, 5, 21, 8, tzinfo=UTC)
    with _folder() as folder:
        writer = WarcWriter(folder, "fuzz")
        for status, headers in ((200, ()), (301, [("Location", "/b")])):
            writer.write(
                Exchange(
                    url=f"{SITE}/a", fetched_at=when, method="GET", request_headers=(), status=status, reason="OK",
                    headers=headers, body=b"<p>A page</p>",
                )
            )  # fmt: skip
        writer.close()
        return (folder / WARC).read_bytes()


def _read_warc(folder: Path, path: Path) -> None:
    """Read a file in every way, from each record that can be found."""
    end = find_end(path)
    assert end.whole <= end.size
    entries = cdxj.entries(folder, WARC)
    _storable([asdict(entry) for entry in entries])
    cdxj.write_index(folder, WARC)
    assert cdxj.entries(folder, WARC) == entries
    cdxj.is_right(folder, WARC)
    find_records(folder, {WARC: [0]}, lambda url: url.startswith(SITE))
    with path.open("rb") as file:
        for offset in sorted({0, end.whole, *(entry.offset for entry in entries)}):
            with suppress(WarcError):
                read_record(file, offset)
            with suppress(WarcError):
                page = read_page(folder, Location(WARC, offset))
                _storable(page.url)
                assert page.fetched_at
                assert page.fetched_at.tzinfo
            answer = read_answer(folder, Location(WARC, offset))
            _storable(answer and answer.url)
            read_original(folder, Location(WARC, offset))


@cache
def _scratch() -> Path:
    """A folder in memory where the system has one."""
    memory = Path("/dev/shm")  # noqa: S108 a folder of our own is made in it
    return Path(tempfile.mkdtemp(prefix="fuzz-", dir=memory if os.access(memory, os.W_OK) else None))


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(dir=_scratch()))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
