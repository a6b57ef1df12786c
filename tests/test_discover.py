"""From a feed, sitemap or listing to pages of the frontier: which links are added, and which dates are trusted."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.articles.fetch_result import FetchResult
from archive.articles.fetches import record
from archive.storage.connection import timestamp
from archive.storage.frontier import DuePage, NewPage, add_pages
from crawler.run import settings
from crawler.session import Session
from crawler.visit.discover import discover
from crawler.visit.lastmod_trust import MANY
from tests.archives import an_article, due_page
from tests.loopback import site_file

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
YESTERDAY = timestamp(NOW - timedelta(days=1))
BASE = "https://news.example"


class Noon:
    """A clock that stands still."""

    def now(self) -> datetime:
        return NOW

    def call_at(self, moment: datetime, callback: Callable[[], object]) -> None:
        """Never call back."""


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A crawl's session of three sites: one with patterns, one without, one that excludes."""
    folder = tmp_path_factory.mktemp("discover")
    (folder / "sites").mkdir()
    lists = {"sitemaps": f'["{BASE}/sitemap.xml"]', "listing_pages": "3"}
    for name, keys in {"loop": {}, "any": {"articles": "[]"}, "most": {"articles": "[]", "exclude": "['/x']"}}.items():
        (folder / "sites" / f"{name}.toml").write_text(site_file(BASE, **(lists | {"name": f'"{name}"'} | keys)))
    made = Session(settings(folder / "healthnews.db", HEALTHNEWS_SITES=str(folder / "sites"), HEALTHNEWS_CLOCK=Noon))
    yield made
    made.close("finished")


def a_list(kind: str, *, fetched_at: str | None = YESTERDAY, site: str = "loop", depth: int = 0) -> DuePage:
    return DuePage(
        id=1, url=f"{BASE}/list", host="news.example", site=site, kind=kind, depth=depth, state="read", digest=None,
        payload=None, etag=None, last_modified=None, failures=0, interval=3600, discovered_at=YESTERDAY,
        fetched_at=fetched_at, missing_since=None,
    )  # fmt: skip


def sitemap(*entries: tuple[str, str], kind: str = "url") -> bytes:
    urls = "".join(f"<{kind}><loc>{BASE}{path}</loc><lastmod>{said}</lastmod></{kind}>" for path, said in entries)
    root = "urlset" if kind == "url" else "sitemapindex"
    return f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</{root}>'.encode()


def read(session: Session, page: DuePage, body: bytes) -> FetchResult:
    fetched = FetchResult(page=page, url=page.url, body=body, content_type="application/xml")
    return asyncio.run(discover(fetched, session.sites.get(page.site), session.archive))


def dates(found: FetchResult) -> set[str | None]:
    return {page.link_modified for page in found.discovered}


@pytest.mark.parametrize("last_look", [YESTERDAY, None])
def test_modification_dates_are_kept(session: Session, last_look: str | None) -> None:
    entries = [("/a/1", "2026-03-01T08:00:00Z"), *((f"/a/{n}", "2026-01-01T08:00:00+07:00") for n in range(2, 20))]
    found = read(session, a_list("sitemap", fetched_at=last_look), sitemap(*entries))
    assert dates(found) == {"2026-03-01T08:00:00.000000Z", "2026-01-01T01:00:00.000000Z"}
    assert found.total == 19


@pytest.mark.parametrize(("number", "believed"), [(1, True), (MANY - 1, True), (MANY, False), (500, False)])
def test_dates_of_a_sitemap_that_always_says_now_are_ignored(session: Session, number: int, believed: bool) -> None:
    entries = [(f"/a/{n}", "2026-03-01T11:59:59Z") for n in range(number)]
    found = read(session, a_list("sitemap"), sitemap(*entries))
    assert len(found.discovered) == number
    assert (None not in dates(found)) is believed


def test_ignored_dates_make_no_page_due(session: Session) -> None:
    def due(hours: int) -> list[tuple[str, str]]:
        said = (NOW - timedelta(hours=hours)).isoformat()
        body = sitemap(*((f"/a/known-{n}", said) for n in range(20)))
        add_pages(session.archive.db, read(session, a_list("sitemap"), body).discovered, timestamp(NOW))
        sql = "select distinct due_at, link_modified from pages where url like '%known%'"
        return [(at, said) for at, said in session.archive.db.execute(sql)]

    due(30)
    session.archive.db.execute("update pages set state = 'stored', due_at = '2027', fetched_at = ?", [YESTERDAY])
    assert due(1) == [("2027", timestamp(NOW - timedelta(hours=30)))]
    add_pages(session.archive.db, [changed("/a/known-3", NOW)], timestamp(NOW))
    sql = "select due_at from pages where url = ?"
    assert session.archive.db.execute(sql, [f"{BASE}/a/known-3"]).fetchone() == (timestamp(NOW),)


@pytest.mark.parametrize(("hours", "believed"), [([1, 1, 1], False), ([1, 1, 30], True), ([1, 1], True)])
def test_dates_of_a_short_sitemap_that_says_now_are_ignored(session: Session, hours: list[int], believed: bool) -> None:
    said = [(f"/a/short-{n}", (NOW - timedelta(hours=hour)).isoformat()) for n, hour in enumerate(hours)]
    add_pages(session.archive.db, read(session, a_list("sitemap"), sitemap(*said)).discovered, timestamp(NOW))
    found = read(session, a_list("sitemap"), sitemap(*said, ("/a/just-new", "2026-03-01T11:59:59Z")))
    assert (dates(found) != {None}) is believed
    session.archive.db.execute("delete from pages where url like '%short%'")


@pytest.mark.parametrize(
    ("path", "looks", "announced", "believed"),
    [
        ("two-in-vain", [(0, "new"), (2, None), (4, None)], 3, False),
        ("two-read-in-vain", [(0, "new"), (2, "same"), (4, "same")], 3, False),
        ("one-in-vain", [(0, "new"), (2, None)], 1, True),
        ("one-was-right", [(0, "new"), (2, "changed"), (4, None)], 3, True),
        ("never-announced", [(0, "new"), (2, None), (4, None)], None, True),
        ("asked-for-by-somebody", [(0, "new"), (2, None), (4, None)], 1, True),
        ("looked-at-anyway", [(0, "new"), (2, None), (24, None)], 23, True),
        ("tried-again", [(0, "new"), (2, None), (4, None), (24, None)], 3, True),
        ("in-vain-again", [(0, "new"), (2, None), (4, None), (24, None), (26, None), (28, None)], 27, False),
        ("gone-in-vain", [(0, "new"), (2, "gone"), (4, "gone")], 3, False),
    ],
)
def test_page_with_two_false_dates_keeps_its_interval(
    session: Session, path: str, looks: list[tuple[int, str | None]], announced: int | None, believed: bool
) -> None:
    first = NOW - timedelta(days=2)
    said = timestamp(first + timedelta(hours=announced)) if announced else None
    page = NewPage(url=f"{BASE}/a/{path}", host="news.example", site="loop", link_modified=said)
    add_pages(session.archive.db, [page], timestamp(first))
    for hours, content in looks:
        record_fetch(session, page.url, first + timedelta(hours=hours), content)
    [new] = read(session, a_list("sitemap"), sitemap((f"/a/{path}", "2026-03-01T11:59:59Z"))).discovered
    assert (new.link_modified is not None) is believed


def record_fetch(session: Session, url: str, at: datetime, content: str | None) -> None:
    """Record a fetch of an article that is new, changed, same, gone, or (None) answered 304."""
    [(page_id,)] = session.archive.db.execute("select id from pages where url = ?", [url])
    outcome = "unchanged" if content is None else "gone" if content == "gone" else "stored"
    text = f"As of {at}." if content in ("new", "changed") else "It stays."
    old = session.archive.db.execute("select text from articles where url = ?", [url]).fetchone()
    article = an_article(url=url, text=old[0] if content == "same" else text, citations=())
    result = FetchResult(
        page=due_page(page_id), url=url, fetched_at=timestamp(at), outcome=outcome, due_at=None,
        article=article if outcome == "stored" else None,
    )  # fmt: skip
    record(session.archive.db, session.archive.crawl_id, result)


def changed(path: str, modified: datetime) -> NewPage:
    return NewPage(url=BASE + path, host="news.example", site="loop", link_modified=timestamp(modified))


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("2026-02-28", "2026-02-28T23:59:59.000000Z"),
        ("2026-02-28T00:00:00Z", "2026-02-28T23:59:59.000000Z"),
        ("2026-02-28T00:00:01Z", "2026-02-28T00:00:01.000000Z"),
        ("2026-02-28T08:00:00+08:00", "2026-02-28T23:59:59.000000Z"),
        ("9999-12-31", "9999-12-31T23:59:59.000000Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59.000000Z"),
        ("0000-00-00", None),
        ("1970-01-01", None),
        ("yesterday", None),
        ("2026-13-45", None),
        ("", None),
    ],
)
def test_date_without_time_is_the_end_of_its_day(session: Session, said: str, means: str | None) -> None:
    assert dates(read(session, a_list("sitemap"), sitemap(("/a/1", said)))) == {means}


@given(st.lists(st.text(st.characters(exclude_characters="<&", exclude_categories=["Cs", "Cc"])), max_size=15))
@example(["9999-12-31T23:59:59-14:00"] * 12)
@example(["1990-01-01T00:00:00+23:59"] * 12)
def test_no_date_is_too_odd(session: Session, said: list[str]) -> None:
    found = read(session, a_list("sitemap"), sitemap(*((f"/a/{n}", text) for n, text in enumerate(said))))
    assert len(found.discovered) == len(said)


FEED = (
    '<rss version="2.0"><channel><item><title>One</title><link>{0}/a/1?utm_source=rss</link>'
    "<pubDate>Sun, 01 Mar 2026 08:00:00 GMT</pubDate></item><item><link>{0}/b/2</link></item>"
    "<item><link>mailto:me@example.org</link></item></channel></rss>"
)
LISTING = '<a href="/a/1">One</a><a href="/b/2.html">Two</a><a rel="next" href="/list?page=2">Next</a>'


@pytest.mark.parametrize(
    ("kind", "body", "site", "urls"),
    [
        ("feed", FEED.format(BASE), "loop", {"/a/1"}),
        ("feed", FEED.format(BASE), "any", {"/a/1", "/b/2"}),
        ("sitemap", sitemap(("/a/1", ""), ("/x/2", "")).decode(), "any", {"/a/1", "/x/2"}),
        ("sitemap", sitemap(("/a/1", ""), ("/x/2", "")).decode(), "most", {"/a/1"}),
        ("listing", LISTING, "loop", {"/a/1", "/list?page=2"}),
    ],
)
def test_links_that_are_added(session: Session, kind: str, body: str, site: str, urls: set[str]) -> None:
    found = read(session, a_list(kind, site=site), body.encode())
    assert {page.url.removeprefix(BASE) for page in found.discovered} == urls
    assert found.total == len(urls) - (kind == "listing")
    assert {page.due_at for page in found.discovered} == {timestamp(NOW)}
    assert found.dates == ((datetime(2026, 3, 1, 8, tzinfo=UTC),) if kind == "feed" else ())


@pytest.mark.parametrize(
    ("kind", "body", "depth", "number"),
    [
        ("listing", LISTING.encode(), 1, 2),
        ("listing", LISTING.encode(), 2, 1),
        ("sitemap", sitemap(("/s.xml", ""), kind="sitemap"), 1, 1),
        ("sitemap", sitemap(("/s.xml", ""), kind="sitemap"), 2, 0),
    ],
)
def test_listings_and_sitemaps_are_followed_to_a_depth(
    session: Session, kind: str, body: bytes, depth: int, number: int
) -> None:
    found = read(session, a_list(kind, depth=depth), body)
    assert len(found.discovered) == number
    assert {page.depth for page in found.discovered if page.kind == kind} <= {depth + 1}


def test_traps_are_added_as_refused(session: Session) -> None:
    found = read(session, a_list("sitemap"), sitemap(("/a/" + "x" * 3000, "")))
    [page] = found.discovered
    assert (page.due_at, page.state) == (None, "refused")
    assert (page.reason or "").startswith("trap: ")


@pytest.mark.parametrize("body", [b"", b"<html><body>Sorry</body></html>", b"\x00\xff" * 99])
@pytest.mark.parametrize("kind", ["feed", "sitemap", "listing"])
def test_sitemap_without_links_has_a_warning(session: Session, kind: str, body: bytes) -> None:
    found = read(session, a_list(kind), body)
    assert found.discovered == ()
    assert found.detail


def test_feed_of_a_removed_site_has_a_warning(session: Session) -> None:
    found = read(session, a_list("feed", site="closed"), FEED.encode())
    assert (found.discovered, found.detail) == ((), "There is no site file for 'closed' any more")
