"""Which alerts are raised, when, and in which words."""

import pkgutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.monitoring import alerts as alert_package
from archive.monitoring.alerts import MODULES, current_alerts
from archive.monitoring.alerts.alert import Alert, format_span
from archive.monitoring.alerts.discovery import LEADS_NOWHERE
from archive.monitoring.alerts.hosts import permits_more
from archive.storage.connection import timestamp
from archive.storage.crawls import INTERRUPTED
from archive.storage.frontier import NewPage, add_pages
from archive.storage.hosts import Certificate, Host, RobotsFile, notice, save
from crawler.policy.robots import difference
from tests.archives import new_archive

NOW = datetime(2024, 6, 30, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return new_archive(tmp_path)


def ago(span: timedelta) -> str:
    return timestamp(NOW - span)


def kinds(db: Database) -> list[str]:
    return [alert.kind for alert in current_alerts(db, NOW)]


def only(db: Database) -> Alert:
    [alert] = current_alerts(db, NOW)
    return alert


def a_page(db: Database, path: str, *, kind: str = "article", site: str = "demo", **columns: object) -> int:
    """Store a page of the site with those columns; return its id."""
    url = f"https://{site}.example/{path}"
    add_pages(db, [NewPage(url=url, host=f"{site}.example", site=site, kind=kind)], ago(40 * DAY))
    (page_id,) = db.execute("select id from pages where url = ?", [url]).fetchone()
    for name, value in columns.items():
        db.execute(f"update pages set {name} = ? where id = ?", [value, page_id])
    return int(page_id)


def a_crawl(db: Database, at: timedelta, outcome: str = "finished", reason: str | None = None) -> int:
    """Store a crawl of one minute that started `at` ago; return its id."""
    finished = None if outcome in ("died", "running") else ago(at - timedelta(minutes=1))
    sql = "insert into crawls (started_at, finished_at, pid, command, outcome, reason) values (?, ?, 1, '', ?, ?)"
    return int(db.execute(sql, [ago(at), finished, outcome, reason]).lastrowid or 0)


def fetch(db: Database, page_id: int, at: timedelta, outcome: str, crawl: int | None = None, **more: object) -> None:
    row = {"page_id": page_id, "crawl_id": crawl, "url": "", "fetched_at": ago(at), "outcome": outcome} | more
    marks = ", ".join("?" * len(row))
    db.execute(f"insert into fetches ({', '.join(row)}) values ({marks})", list(row.values()))


def test_an_empty_archive_has_no_alerts(db: Database) -> None:
    assert current_alerts(db, NOW) == ()


Crawls = Sequence[tuple[int, str, str | None]]
REGULAR: Crawls = [(hours, "finished", None) for hours in range(20, 3, -1)]
DIED_OFTEN: Crawls = [(5, "died", None), (4, "died", None), (3, "died", None)]


@pytest.mark.parametrize(
    ("crawls", "expected"),
    [
        (REGULAR, []),
        ([*REGULAR, (2, "died", None)], ["crawl ended early"]),
        ([*REGULAR, (3, "died", None), (2, "finished", None)], []),
        ([*REGULAR, *DIED_OFTEN, (2, "finished", None)], ["crawl ended early"]),
        ([*REGULAR, (2, "stopped", "The disk is full.")], ["crawl ended early"]),
        ([*REGULAR, (2, "stopped", INTERRUPTED)], []),
        ([*REGULAR, (2, "stopped", None)], []),  # of before step m006
        ([*REGULAR, (2, "finished", "Its 50 minutes were over.")], []),
        ([*REGULAR, (1, "running", None)], []),
        ([(hours + 60, *rest) for hours, *rest in REGULAR], ["no crawl"]),
        ([(168 * week + 100, "finished", None) for week in range(6, 0, -1)], []),  # a weekly job is not late …
        ([(168 * week + 700, "finished", None) for week in range(6, 0, -1)], ["no crawl"]),  # … for a month
        ([(9000, "finished", None)] * 4, []),  # somebody tried the program once
    ],
)  # fmt: skip
def test_crawls(db: Database, crawls: Crawls, expected: list[str]) -> None:
    for hours, outcome, reason in crawls:
        a_crawl(db, hours * HOUR, outcome, reason)
    assert kinds(db) == expected


def test_sentence_for_a_crawl_that_ended_early(db: Database) -> None:
    for hours, outcome, reason in [*REGULAR, (2, "stopped", "The raw pages cannot be written to x: disk full.")]:
        a_crawl(db, hours * HOUR, outcome, reason)
    assert only(db).sentence == (
        "1 of the last 18 crawls ended early, the last on 2024-06-30 (crawl 18: The raw pages cannot be written to x: "
        "disk full): read its log; the next crawl continues where it stopped."
    )


Fetches = Sequence[tuple[float, str, str | None]]  # days ago, outcome, detail
FINE: Fetches = [(9, "read", None), (8, "unchanged", None)]


@pytest.mark.parametrize(
    ("fetches", "expected"),
    [
        (FINE, []),
        ([*FINE, (3, "failed", None), (1, "failed", None)], ["discovery fails"]),
        ([*FINE, (1.5, "failed", None), (1, "gone", None)], []),
        ([*FINE, (3, "failed", None), (2, "unchanged", None), (1, "failed", None)], []),
        ([(5, "refused", None), (1, "refused", None)], ["discovery fails"]),
        ([*FINE, (3, "failed", None), (2.5, "failed", None), (0.1, "unchanged", None)], []),  # it is well again
        ([*FINE, (3, "failed", None), (0.2, "unchanged", None), (0.1, "failed", None)], []),
        ([(5, "read", LEADS_NOWHERE), (3, "failed", None), (1, "unchanged", None)], ["lists nothing"]),
        ([(1, "unchanged", None)], []),
        ([*FINE, (3, "read", LEADS_NOWHERE), (1, "unchanged", None)], ["lists nothing"]),
        ([*FINE, (3, "read", f"not a feed; {LEADS_NOWHERE}")], ["lists nothing"]),
        ([*FINE, (1, "read", LEADS_NOWHERE)], []),
        ([(3, "read", LEADS_NOWHERE), (1, "read", "malformed XML")], []),
    ],
)
def test_discovery_pages(db: Database, fetches: Fetches, expected: list[str]) -> None:
    page = a_page(db, "feed", kind="feed", state="read", due_at=ago(-HOUR))
    for days, outcome, detail in fetches:
        fetch(db, page, days * DAY, outcome, detail=detail)
    assert kinds(db) == expected


def test_one_of_two_discovery_pages(db: Database) -> None:
    feed, listing = (a_page(db, kind, kind=kind, due_at=ago(-HOUR)) for kind in ("feed", "listing"))
    fetch(db, feed, 4 * DAY, "read", detail=LEADS_NOWHERE)
    fetch(db, listing, 4 * DAY, "read")
    assert kinds(db) == []  # the other one leads to articles
    fetch(db, feed, 3 * DAY, "failed", reason="http 500")
    assert only(db).sentence == (
        "demo: 1 of its 2 feeds, sitemaps and listings cannot be read for 3 days (https://demo.example/feed, since "
        "2024-06-27): open it in a browser and correct the site file."
    )


@pytest.mark.parametrize(("days", "span"), [(0.5, ""), (30, " for 30 days")])
def test_discovery_page_forbidden_by_robots_txt(db: Database, days: float, span: str) -> None:
    page = a_page(db, "feed", kind="feed", due_at=ago(-HOUR))
    fetch(db, page, 40 * DAY, "failed", reason="http 500")
    for each in (days, 0.1):
        fetch(db, page, each * DAY, "refused", reason="robots")
    alert = only(db)
    assert (alert.kind, alert.host) == ("discovery fails", "demo.example")
    assert alert.sentence == (
        f"demo: 1 of its 1 feeds, sitemaps and listings are forbidden by robots.txt{span} (https://demo.example/feed, "
        f"since {NOW - days * DAY:%Y-%m-%d}): ask the site for permission, or remove them from the site file."
    )


def test_discovery_page_no_longer_in_the_site_file_is_ignored(db: Database) -> None:
    page = a_page(db, "feed", kind="feed", due_at=ago(5 * DAY))
    fetch(db, page, 6 * DAY, "failed")
    fetch(db, a_page(db, "list?page=2", kind="listing", depth=1, due_at=ago(-HOUR)), 6 * DAY, "gone")
    assert kinds(db) == []


def certificate(db: Database, days: float, *, seen: float = 1) -> None:
    expires = ago(-days * DAY)
    row = Certificate(host="demo.example", fingerprint="", issuer="CA", expires_at=expires, seen_at=ago(seen * DAY))
    save(db, row)


@pytest.mark.parametrize(
    ("days", "seen", "words"),
    [
        (13, 1, "its certificate expires in 13 days, on 2024-07-13"),
        (1, 1, "its certificate expires in 24 hours, on 2024-07-01"),
        (-3, 4, "its certificate expired 3 days ago, on 2024-06-27"),
        (15, 1, None),
        (-3, 30, None),  # not fetched since; it may have been renewed
    ],
)
def test_certificates_that_expire(db: Database, days: float, seen: float, words: str | None) -> None:
    a_page(db, "a", due_at=ago(-HOUR))
    certificate(db, days, seen=seen)
    found = current_alerts(db, NOW)
    assert [alert.kind for alert in found] == ["certificate expires"] * (words is not None)
    if words:
        assert found[0].sentence.startswith(f"demo.example: {words}")
        assert (found[0].site, found[0].host) == ("demo", "demo.example")


def test_recent_changes_of_robots_txt_and_certificate(db: Database) -> None:
    crawl = a_crawl(db, 9 * DAY)
    for days, kind in ((6, "robots"), (5, "certificate"), (8, "robots")):
        notice(db, crawl, at=ago(days * DAY), host="demo.example", kind=kind, detail=f"The {kind} changed.")
    assert [alert.sentence for alert in current_alerts(db, NOW)] == [
        "demo.example, 2024-06-25: The certificate changed; check in a browser whether it is still the same site.",
        "demo.example, 2024-06-24: The robots changed; check whether the site still permits crawling.",
    ]


@pytest.mark.parametrize(
    ("held", "ready", "due", "expected"),
    [
        ("http 429", -HOUR, 2 * DAY, ["host waits"]),
        ("http 429", -HOUR, 2 * HOUR, []),  # for two hours only
        ("http 429", HOUR, 2 * DAY, []),  # no longer
        (None, -HOUR, 2 * DAY, []),
    ],
)
def test_held_hosts(db: Database, held: str | None, ready: timedelta, due: timedelta, expected: list[str]) -> None:
    a_page(db, "a", due_at=ago(due))
    save(db, Host(host="demo.example", ready_at=ago(ready), held=held))
    assert kinds(db) == expected


def test_closed_host(db: Database) -> None:
    for host, days in (("demo.example:8443", 1), ("old.example", 9)):
        save(db, RobotsFile(origin=f"https://{host}", fetched_at=ago(days * DAY), reason="robots http 503"))
    a_page(db, "a", due_at=ago(HOUR))
    alert = only(db)
    assert (alert.kind, alert.site, alert.host, alert.now) == ("host waits", "demo", "demo.example", "robots http 503")


@pytest.mark.parametrize(
    ("held", "days", "advice"),
    [
        ("http 429", 2, "a longer delay in its site file may help."),
        (
            "unreachable",
            2,
            "check whether it opens in a browser; if the site moved or closed, correct or remove its site file.",
        ),
        ("daily requests", 2, None),  # the first crawl of a large site
        ("daily requests", 8, "its site file permits too few requests a day for its pages."),
        ("quiet hours", 8, "run a crawl outside its quiet hours too."),
    ],
)
def test_advice_on_a_held_host(db: Database, held: str, days: int, advice: str | None) -> None:
    a_page(db, "a", due_at=ago(days * DAY))
    save(db, Host(host="demo.example", ready_at=ago(-HOUR), held=held))
    said = [
        alert.sentence.partition(f"the first since {NOW - days * DAY:%Y-%m-%d}: ")[2]
        for alert in current_alerts(db, NOW)
    ]
    assert said == ([advice] if advice else [])


def test_unreachable_host_gives_one_alert(db: Database) -> None:
    crawl = a_crawl(db, HOUR)
    feed = a_page(db, "feed", kind="feed", due_at=ago(-HOUR))
    for days in (4, 1):
        fetch(db, feed, days * DAY, "failed", crawl, reason="no connection")
    for number in range(6):
        page = a_page(db, f"a/{number}", due_at=ago(3 * DAY))
        fetch(db, page, 3 * DAY, "failed", crawl, reason="no connection")
    assert kinds(db) == ["discovery fails", "articles fail"]
    save(db, Host(host="demo.example", ready_at=ago(-HOUR), held="unreachable"))
    assert kinds(db) == ["host waits"]
    save(db, RobotsFile(origin="https://demo.example", fetched_at=ago(HOUR), reason="no connection"))
    assert only(db).sentence == (
        "demo.example: it cannot be reached (no connection): check whether https://demo.example/ opens in a browser; "
        "if the site moved or closed, correct or remove its site file; later crawls try it again."
    )


FORBIDS = "User-agent: *\nDisallow: /a\nDisallow: /b\n"


@pytest.mark.parametrize(
    ("before", "after", "more"),
    [
        (FORBIDS, "", True),
        (FORBIDS, FORBIDS.replace("Disallow: /b\n", ""), True),
        (FORBIDS, FORBIDS + "Allow: /a/b\nSitemap: https://demo.example/map.xml\n", True),
        (FORBIDS, "User-agent: *\nDisallow:\n", True),
        (FORBIDS, FORBIDS.replace("/b", "/"), False),
        (FORBIDS, FORBIDS + "Disallow: /c\n", False),
        (FORBIDS + "Allow: /a/b\n", FORBIDS, False),
        (FORBIDS, FORBIDS + "Crawl-delay: 10\n", False),
        (FORBIDS, FORBIDS + "Sitemap: https://demo.example/map.xml\n", False),
        (FORBIDS + "Disallow: /c\nDisallow: /d\n", "", False),  # the notice does not say all
    ],
)
def test_a_robots_txt_that_permits_more(before: str, after: str, more: bool) -> None:
    assert permits_more(difference(before, after)) == more


def test_sentence_for_a_robots_txt_that_permits_more(db: Database) -> None:
    notice(db, a_crawl(db, DAY), at=ago(DAY), host="demo.example", kind="robots", detail=difference(FORBIDS, ""))
    assert only(db).sentence == (
        "demo.example, 2024-06-29: robots.txt no longer says User-agent: *; Disallow: /a; Disallow: /b; it permits "
        "more, and pages that it forbade are fetched at the next crawl."
    )


Articles = Sequence[tuple[float, str, str | None, int, int]]  # days ago, outcome, reason, the first and how many


@pytest.mark.parametrize(
    ("articles", "expected"),
    [
        ([(3, "failed", "http 500", 0, 40)], "20 of the last 20 articles failed, http 500"),
        (
            [(3, "refused", "http 403", 0, 4), (1, "refused", "http 403", 4, 1), (0.5, "stored", None, 5, 1)],
            "5 of the last 6 articles were refused, http 403",
        ),
        ([(3, "failed", "http 500", 0, 4)], None),
        ([(3, "failed", "http 500", 0, 40), (1, "stored", None, 0, 40)], None),  # the same ones, later
        ([(3, "failed", "http 500", 0, 40), (1, "stored", None, 50, 10)], None),  # others
        ([(9, "failed", "http 500", 0, 40)], None),  # long ago
        ([(3, "refused", "robots", 0, 40)], None),
    ],
)
def test_site_whose_articles_fail(db: Database, articles: Articles, expected: str | None) -> None:
    for days, outcome, reason, first, number in articles:
        crawl = a_crawl(db, days * DAY)
        for path in range(first, first + number):
            fetch(db, a_page(db, f"a/{path}"), days * DAY, outcome, crawl, reason=reason)
    sentences = [alert.sentence for alert in current_alerts(db, NOW) if alert.kind == "articles fail"]
    assert [sentence.split(": ")[1] for sentence in sentences] == ([expected] if expected else [])


def test_single_urls_that_fail_are_no_site(db: Database) -> None:
    crawl = a_crawl(db, HOUR)
    for number in range(9):
        fetch(db, a_page(db, f"a/{number}", site=""), HOUR, "failed", crawl, reason="http 500")
    assert kinds(db) == []


def fetched_again(db: Database, days: float, *, gone: int, there: int, start: int = 0) -> None:
    """Store articles that were fetched again so many days ago."""
    crawl = a_crawl(db, days * DAY)
    for number in range(start, start + gone + there):
        page = a_page(db, f"a/{number}", missing_since=ago(days * DAY) if number < start + gone else None)
        fetch(db, page, days * DAY, "gone" if number < start + gone else "unchanged", crawl)


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ((1, 60), (12, 20), ["articles gone"]),
        ((1, 60), (2, 30), []),
        ((20, 40), (10, 20), []),  # as many as before
        ((0, 5), (4, 0), []),  # few
        ((0, 0), (5, 0), ["articles gone"]),  # all of a small site; nothing was fetched before
        ((0, 0), (20, 20), ["articles gone"]),
        ((0, 0), (19, 20), []),
        ((5, 0), (5, 0), []),  # it withdraws its articles after a while
    ],
)
def test_mass_disappearance(db: Database, before: tuple[int, int], now: tuple[int, int], expected: list[str]) -> None:
    fetched_again(db, 20, gone=before[0], there=before[1])
    fetched_again(db, 3, gone=now[0], there=now[1], start=100)
    assert kinds(db) == expected


def test_sentence_for_a_site_that_lost_all_articles(db: Database) -> None:
    fetched_again(db, 3, gone=40, there=0)
    assert only(db).sentence == (
        "demo: 40 of 40 articles fetched again in the last 7 days are gone: the site may have been rebuilt; find out "
        "where its articles are now and correct its site file."
    )


def test_page_missing_twice_counts_once(db: Database) -> None:
    fetched_again(db, 20, gone=1, there=60)
    fetched_again(db, 3, gone=12, there=20, start=100)
    fetched_again(db, 2, gone=12, there=0, start=100)
    assert only(db).sentence.startswith(
        "demo: 12 of 32 articles fetched again in the last 7 days are gone, 1 of 61 in the 28 days before:"
    )


def test_alerts_of_one_site(db: Database) -> None:
    for site in ("demo", "who"):
        page = a_page(db, "feed", kind="feed", site=site, due_at=ago(-HOUR))
        fetch(db, page, 3 * DAY, "failed")
    a_crawl(db, HOUR, "died")
    assert [(alert.site, alert.kind) for alert in current_alerts(db, NOW, site="who")] == [("who", "discovery fails")]
    assert kinds(db) == ["crawl ended early", "discovery fails", "discovery fails"]


@pytest.mark.parametrize(("span", "words"), [(30 * HOUR, "30 hours"), (2 * DAY, "2 days"), (9.6 * DAY, "10 days")])
def test_format_span(span: timedelta, words: str) -> None:
    assert format_span(span) == words


def test_every_module_is_registered() -> None:
    found = {module.name for module in pkgutil.iter_modules(alert_package.__path__)}
    assert found == {*MODULES, "alert"}


@pytest.mark.parametrize("name", MODULES)
def test_module_has_a_documented_function_and_is_silent_on_an_empty_archive(name: str, db: Database) -> None:
    module = import_module(f"{alert_package.__name__}.{name}")
    assert str(module.__doc__).startswith("Alert on ")
    assert module.alerts.__doc__.startswith("Return ")
    assert module.alerts(db, NOW) == []
