"""What an operator is told to look at, and what not."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.monitoring.alerts import alarms
from archive.monitoring.alerts.alert import Alarm, span_in_words
from archive.monitoring.alerts.discovery import LISTS_NOTHING
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
    return [alarm.kind for alarm in alarms(db, NOW)]


def only(db: Database) -> Alarm:
    [alarm] = alarms(db, NOW)
    return alarm


def a_page(db: Database, path: str, *, kind: str = "article", site: str = "demo", **columns: object) -> int:
    """A page of the site with those columns; its id."""
    url = f"https://{site}.example/{path}"
    add_pages(db, [NewPage(url=url, host=f"{site}.example", site=site, kind=kind)], ago(40 * DAY))
    (page_id,) = db.execute("select id from pages where url = ?", [url]).fetchone()
    for name, value in columns.items():
        db.execute(f"update pages set {name} = ? where id = ?", [value, page_id])
    return int(page_id)


def a_crawl(db: Database, at: timedelta, outcome: str = "finished", reason: str | None = None) -> int:
    """A crawl that began so long ago and took a minute."""
    finished = None if outcome in ("died", "running") else ago(at - timedelta(minutes=1))
    sql = "insert into crawls (started_at, finished_at, pid, command, outcome, reason) values (?, ?, 1, '', ?, ?)"
    return int(db.execute(sql, [ago(at), finished, outcome, reason]).lastrowid or 0)


def fetch(db: Database, page_id: int, at: timedelta, outcome: str, crawl: int | None = None, **more: object) -> None:
    row = {"page_id": page_id, "crawl_id": crawl, "url": "", "fetched_at": ago(at), "outcome": outcome} | more
    marks = ", ".join("?" * len(row))
    db.execute(f"insert into fetches ({', '.join(row)}) values ({marks})", list(row.values()))


def test_an_empty_archive_needs_no_look(db: Database) -> None:
    assert alarms(db, NOW) == ()


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


def test_a_crawl_that_died_is_said_in_a_sentence(db: Database) -> None:
    for hours, outcome, reason in [*REGULAR, (2, "stopped", "The raw pages cannot be written to x: disk full.")]:
        a_crawl(db, hours * HOUR, outcome, reason)
    assert only(db).sentence == (
        "1 of the last 18 crawls ended early, the last on 2024-06-30 (crawl 18: The raw pages cannot be written to x: "
        "disk full): its log says more; the next crawl goes on where it stopped."
    )


Looks = Sequence[tuple[float, str, str | None]]  # days ago, outcome, detail
FINE: Looks = [(9, "read", None), (8, "unchanged", None)]


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        (FINE, []),
        ([*FINE, (3, "failed", None), (1, "failed", None)], ["discovery fails"]),
        ([*FINE, (1.5, "failed", None), (1, "gone", None)], []),
        ([*FINE, (3, "failed", None), (2, "unchanged", None), (1, "failed", None)], []),
        ([(5, "refused", None), (1, "refused", None)], ["discovery fails"]),
        ([*FINE, (3, "failed", None), (2.5, "failed", None), (0.1, "unchanged", None)], []),  # it is well again
        ([*FINE, (3, "failed", None), (0.2, "unchanged", None), (0.1, "failed", None)], []),
        ([(5, "read", LISTS_NOTHING), (3, "failed", None), (1, "unchanged", None)], ["lists nothing"]),
        ([(1, "unchanged", None)], []),
        ([*FINE, (3, "read", LISTS_NOTHING), (1, "unchanged", None)], ["lists nothing"]),
        ([*FINE, (3, "read", f"not a feed; {LISTS_NOTHING}")], ["lists nothing"]),
        ([*FINE, (1, "read", LISTS_NOTHING)], []),
        ([(3, "read", LISTS_NOTHING), (1, "read", "malformed XML")], []),
    ],
)
def test_lists(db: Database, looks: Looks, expected: list[str]) -> None:
    page = a_page(db, "feed", kind="feed", state="read", due_at=ago(-HOUR))
    for days, outcome, detail in looks:
        fetch(db, page, days * DAY, outcome, detail=detail)
    assert kinds(db) == expected


def test_one_of_two_lists(db: Database) -> None:
    feed, listing = (a_page(db, kind, kind=kind, due_at=ago(-HOUR)) for kind in ("feed", "listing"))
    fetch(db, feed, 4 * DAY, "read", detail=LISTS_NOTHING)
    fetch(db, listing, 4 * DAY, "read")
    assert kinds(db) == []  # the other one leads to articles
    fetch(db, feed, 3 * DAY, "failed", reason="http 500")
    assert only(db).sentence == (
        "demo: 1 of its 2 feeds, sitemaps and listings cannot be read for 3 days (https://demo.example/feed, since "
        "2024-06-27): look at it in a browser and mend the site file."
    )


@pytest.mark.parametrize(("days", "span"), [(0.5, ""), (30, " for 30 days")])
def test_a_list_that_robots_txt_forbids(db: Database, days: float, span: str) -> None:
    page = a_page(db, "feed", kind="feed", due_at=ago(-HOUR))
    fetch(db, page, 40 * DAY, "failed", reason="http 500")
    for each in (days, 0.1):
        fetch(db, page, each * DAY, "refused", reason="robots")
    alarm = only(db)
    assert (alarm.kind, alarm.host) == ("discovery fails", "demo.example")
    assert alarm.sentence == (
        f"demo: 1 of its 1 feeds, sitemaps and listings are forbidden by robots.txt{span} (https://demo.example/feed, "
        f"since {NOW - days * DAY:%Y-%m-%d}): ask the site for leave, or take them out of the site file."
    )


def test_a_list_that_left_the_site_file_is_left_out(db: Database) -> None:
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
        (-3, 30, None),  # nobody has asked since; it may have been renewed
    ],
)
def test_certificates_that_run_out(db: Database, days: float, seen: float, words: str | None) -> None:
    a_page(db, "a", due_at=ago(-HOUR))
    certificate(db, days, seen=seen)
    found = alarms(db, NOW)
    assert [alarm.kind for alarm in found] == ["certificate expires"] * (words is not None)
    if words:
        assert found[0].sentence.startswith(f"demo.example: {words}")
        assert (found[0].site, found[0].host) == ("demo", "demo.example")


def test_what_changed_lately(db: Database) -> None:
    crawl = a_crawl(db, 9 * DAY)
    for days, kind in ((6, "robots"), (5, "certificate"), (8, "robots")):
        notice(db, crawl, at=ago(days * DAY), host="demo.example", kind=kind, detail=f"The {kind} changed.")
    assert [alarm.sentence for alarm in alarms(db, NOW)] == [
        "demo.example, 2024-06-25: The certificate changed; see in a browser whether it is still the same site.",
        "demo.example, 2024-06-24: The robots changed; see whether the site still wants to be crawled.",
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
def test_hosts_that_wait(db: Database, held: str | None, ready: timedelta, due: timedelta, expected: list[str]) -> None:
    a_page(db, "a", due_at=ago(due))
    save(db, Host(host="demo.example", ready_at=ago(ready), held=held))
    assert kinds(db) == expected


def test_a_host_that_is_closed(db: Database) -> None:
    for host, days in (("demo.example:8443", 1), ("old.example", 9)):
        save(db, RobotsFile(origin=f"https://{host}", fetched_at=ago(days * DAY), reason="robots http 503"))
    a_page(db, "a", due_at=ago(HOUR))
    alarm = only(db)
    assert (alarm.kind, alarm.site, alarm.host, alarm.now) == ("host waits", "demo", "demo.example", "robots http 503")


@pytest.mark.parametrize(
    ("held", "days", "advice"),
    [
        ("http 429", 2, "a longer delay in its site file may please it."),
        (
            "unreachable",
            2,
            "see whether it opens in a browser; if the site moved or ended, mend its site file or take it out.",
        ),
        ("daily requests", 2, None),  # a large site is being taken in
        ("daily requests", 8, "its site file permits too few requests a day for its pages."),
        ("quiet hours", 8, "run a crawl outside its quiet hours too."),
    ],
)
def test_what_to_do_about_a_host_that_waits(db: Database, held: str, days: int, advice: str | None) -> None:
    a_page(db, "a", due_at=ago(days * DAY))
    save(db, Host(host="demo.example", ready_at=ago(-HOUR), held=held))
    said = [alarm.sentence.partition(f"the first since {NOW - days * DAY:%Y-%m-%d}: ")[2] for alarm in alarms(db, NOW)]
    assert said == ([advice] if advice else [])


def test_a_dead_host_is_one_alarm(db: Database) -> None:
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
        "demo.example: it cannot be reached (no connection): see whether https://demo.example/ opens in a browser; if "
        "the site moved or ended, mend its site file or take it out; it is asked again by itself."
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


def test_a_robots_txt_that_permits_more_is_said_to(db: Database) -> None:
    notice(db, a_crawl(db, DAY), at=ago(DAY), host="demo.example", kind="robots", detail=difference(FORBIDS, ""))
    assert only(db).sentence == (
        "demo.example, 2024-06-29: robots.txt no longer says User-agent: *; Disallow: /a; Disallow: /b; it permits "
        "more, and what it forbade is asked for by itself."
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
def test_a_site_whose_articles_fail(db: Database, articles: Articles, expected: str | None) -> None:
    for days, outcome, reason, first, number in articles:
        crawl = a_crawl(db, days * DAY)
        for path in range(first, first + number):
            fetch(db, a_page(db, f"a/{path}"), days * DAY, outcome, crawl, reason=reason)
    sentences = [alarm.sentence for alarm in alarms(db, NOW) if alarm.kind == "articles fail"]
    assert [sentence.split(": ")[1] for sentence in sentences] == ([expected] if expected else [])


def test_single_pages_that_fail_are_no_site(db: Database) -> None:
    crawl = a_crawl(db, HOUR)
    for number in range(9):
        fetch(db, a_page(db, f"a/{number}", site=""), HOUR, "failed", crawl, reason="http 500")
    assert kinds(db) == []


def looks(db: Database, days: float, *, gone: int, there: int, start: int = 0) -> None:
    """Articles that were looked at again so many days ago."""
    crawl = a_crawl(db, days * DAY)
    for number in range(start, start + gone + there):
        page = a_page(db, f"a/{number}", missing_since=ago(days * DAY) if number < start + gone else None)
        fetch(db, page, days * DAY, "gone" if number < start + gone else "unchanged", crawl)


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ((1, 60), (12, 20), ["articles gone"]),
        ((1, 60), (2, 30), []),
        ((20, 40), (10, 20), []),  # as many as ever
        ((0, 5), (4, 0), []),  # few
        ((0, 0), (5, 0), ["articles gone"]),  # all of a small site; nothing was looked at before
        ((0, 0), (20, 20), ["articles gone"]),
        ((0, 0), (19, 20), []),
        ((5, 0), (5, 0), []),  # it takes its articles away after a while
    ],
)
def test_articles_that_went_missing(
    db: Database, before: tuple[int, int], now: tuple[int, int], expected: list[str]
) -> None:
    looks(db, 20, gone=before[0], there=before[1])
    looks(db, 3, gone=now[0], there=now[1], start=100)
    assert kinds(db) == expected


def test_a_whole_site_that_went_is_named(db: Database) -> None:
    looks(db, 3, gone=40, there=0)
    assert only(db).sentence == (
        "demo: of 40 articles looked at again in the last 7 days 40 are no longer there: the site may have been "
        "rebuilt; see where its articles are now and mend its site file."
    )


def test_a_page_that_is_missed_twice_counts_once(db: Database) -> None:
    looks(db, 20, gone=1, there=60)
    looks(db, 3, gone=12, there=20, start=100)
    looks(db, 2, gone=12, there=0, start=100)
    assert only(db).sentence.startswith(
        "demo: of 32 articles looked at again in the last 7 days 12 are no longer there, in the 28 days before 1 of 61:"
    )


def test_alarms_of_one_site(db: Database) -> None:
    for site in ("demo", "who"):
        page = a_page(db, "feed", kind="feed", site=site, due_at=ago(-HOUR))
        fetch(db, page, 3 * DAY, "failed")
    a_crawl(db, HOUR, "died")
    assert [(alarm.site, alarm.kind) for alarm in alarms(db, NOW, site="who")] == [("who", "discovery fails")]
    assert kinds(db) == ["crawl ended early", "discovery fails", "discovery fails"]


@pytest.mark.parametrize(("span", "words"), [(30 * HOUR, "30 hours"), (2 * DAY, "2 days"), (9.6 * DAY, "10 days")])
def test_spans_in_words(span: timedelta, words: str) -> None:
    assert span_in_words(span) == words
