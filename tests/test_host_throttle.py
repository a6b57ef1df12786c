"""The throttle of a host: when it gets its next request, in one crawl and from one to the next."""

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from archive.storage.connection import timestamp
from archive.storage.crawls import start_crawl
from archive.storage.hosts import load_host, load_robots
from crawler.policy.robots import LARGEST
from crawler.politeness.host_throttle import DAILY_REQUESTS, FAILURES, HostThrottles
from crawler.politeness.robots_cache import RobotsCache
from crawler.sites.quiet_hours import QuietWindow
from crawler.sites.site import Site
from tests.archives import new_archive

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOST = "news.example"
ORIGIN = f"https://{HOST}"
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
Headers = Mapping[str, str]
NONE: Headers = {}


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    made = new_archive(tmp_path)
    yield made
    made.close()


def a_site(name: str = "news", **changes: object) -> Site:
    return Site(name=name, home=f"https://{HOST}/", feeds=(f"https://{HOST}/feed",), **changes)  # type: ignore[arg-type]


def hosts_of(db: Database, *sites: Site) -> HostThrottles:
    return begin(db, NOW, *sites)


def begin(db: Database, now: datetime, *sites: Site) -> HostThrottles:
    """Return the throttles of a crawl that starts at `now`."""
    return HostThrottles(db, sites, random.Random(1), now)


def exchange(hosts: HostThrottles, now: datetime, seconds: float = 0) -> datetime:
    """Send a request as soon as that is allowed; return the time of the response."""
    now = hosts.ready_at(HOST, now)
    number = hosts.start(HOST, now)
    now += seconds * SECOND
    hosts.finish(HOST, number, now)
    return now


def rules(
    hosts: HostThrottles, text: bytes | str, now: datetime = NOW, status: int = 200, headers: Headers = NONE
) -> RobotsCache:
    robots = RobotsCache(hosts.db, start_crawl(hosts.db, now="2026", pid=1, command="test"), hosts)
    robots.store_response(ORIGIN, status, text if isinstance(text, bytes) else text.encode(), headers, now)
    return robots


def test_new_host_gets_a_request_at_once(db: Database) -> None:
    assert hosts_of(db).ready_at(HOST, NOW) == NOW


@pytest.mark.parametrize(
    ("delay", "crawl_delay", "expected"),
    [(1.0, None, 1), (0.0, None, 0), (5.0, "2", 5), (5.0, "9", 9), (0.0, "3600", 120), (300.0, "3600", 300)],
)
def test_longest_delay_runs_from_the_response(
    db: Database, delay: float, crawl_delay: str | None, expected: float
) -> None:
    hosts = hosts_of(db, a_site(delay=delay))
    rules(hosts, f"User-agent: *\nCrawl-delay: {crawl_delay}" if crawl_delay else "")
    answered = exchange(hosts, NOW, seconds=7)
    assert hosts.ready_at(HOST, answered) == answered + expected * SECOND


def test_crawl_delay_runs_from_the_robots_response(db: Database) -> None:
    hosts = hosts_of(db, a_site(delay=1))
    answered = exchange(hosts, NOW)
    rules(hosts, "User-agent: *\nCrawl-delay: 10", answered)
    assert hosts.ready_at(HOST, answered) == answered + 10 * SECOND


def test_most_restrictive_of_two_site_files_applies(db: Database) -> None:
    rash = a_site("rash", delay=0, concurrency=8, daily_requests=900)
    gentle = a_site("gentle", delay=7, concurrency=2, daily_requests=100)
    for sites in ((rash, gentle), (gentle, rash)):
        throttle = hosts_of(db, *sites)[HOST]
        assert (throttle.delay, throttle.concurrency, throttle.daily_requests) == (7, 2, 100)
    throttle = hosts_of(db, rash)["other.example"]
    assert (throttle.delay, throttle.concurrency, throttle.daily_requests) == (1, 1, DAILY_REQUESTS)


def test_site_file_applies_to_the_host_with_www(db: Database) -> None:
    assert hosts_of(db, a_site(delay=7))[f"www.{HOST}"].delay == 7


def test_site_file_applies_to_every_host_of_its_pages(db: Database) -> None:
    gentle = a_site(
        "gentle", delay=7, concurrency=2, daily_requests=100, quiet=(QuietWindow(start=time(13), end=time(14)),)
    )
    hosts, other = hosts_of(db, gentle), "pictures.example"
    throttle = hosts[other]
    hosts.finish(other, hosts.start(other, NOW), NOW)
    assert hosts.ready_at(other, NOW) == NOW + SECOND
    for _ in range(2):
        hosts.add_sites(other, ["gentle", "", "no longer configured"])
        assert (throttle.sites, throttle.delay, throttle.concurrency, throttle.daily_requests) == ([gentle], 7, 2, 100)
        assert hosts.ready_at(other, NOW) == NOW + 7 * SECOND
    assert hosts.ready_at(other, NOW + HOUR) == NOW + 2 * HOUR


def test_daily_requests_start_again_at_midnight_utc(db: Database) -> None:
    hosts = hosts_of(db, a_site(daily_requests=3, delay=0))
    late = datetime(2026, 3, 1, 23, 59, 58, tzinfo=UTC)
    for _ in range(3):
        exchange(hosts, late)
    midnight = datetime(2026, 3, 2, tzinfo=UTC)
    assert hosts.ready_at(HOST, late) == midnight
    assert hosts.hold_reason(HOST, late) == "daily requests"
    assert hosts_of(db, a_site(daily_requests=3)).ready_at(HOST, late) == midnight
    exchange(hosts, midnight)
    assert hosts[HOST].row.asked == 1


def test_hold_of_a_site_file_is_stored(db: Database) -> None:
    quiet = a_site(delay=9, quiet=(QuietWindow(start=time(11), end=time(14)),))
    first = hosts_of(db, quiet)
    assert first.leave(HOST, NOW) == "quiet hours"
    kept = load_host(db, HOST)
    assert (kept.held, kept.ready_at) == ("quiet hours", timestamp(NOW + 2 * HOUR))
    assert hosts_of(db, quiet).ready_at(HOST, NOW) == NOW + 2 * HOUR
    assert hosts_of(db, a_site(delay=9)).ready_at(HOST, NOW) <= NOW + 120 * SECOND  # the file was changed


def test_backoff_is_not_replaced_by_quiet_hours(db: Database) -> None:
    hosts = hosts_of(db, a_site(quiet=(QuietWindow(start=time(11), end=time(14)),)))
    until = hosts.back_off(HOST, NOW, "http 429", retry_after=DAY)
    hosts.leave(HOST, NOW)
    kept = load_host(db, HOST)
    assert (kept.held, kept.ready_at) == ("http 429", timestamp(until))


def test_quiet_hours_apply_to_the_whole_host(db: Database) -> None:
    quiet = a_site("quiet", quiet=(QuietWindow(start=time(11), end=time(14)),), timezone=ZoneInfo("Europe/Berlin"))
    hosts = hosts_of(db, a_site("loud"), quiet)
    assert hosts.ready_at(HOST, NOW) == NOW + HOUR  # 13:00 in Berlin
    assert hosts.hold_reason(HOST, NOW) == "quiet hours"
    assert hosts.ready_at(HOST, NOW + HOUR) == NOW + HOUR


@given(
    asked=st.none() | st.integers(0, 10**6), waits=st.integers(1, 30), delay=st.floats(0, 86_400),
    seconds=st.floats(0, 600),
)  # fmt: skip
def test_backoff_lasts_at_least_retry_after(
    tmp_path_factory: pytest.TempPathFactory, asked: int | None, waits: int, delay: float, seconds: float
) -> None:
    db = new_archive(tmp_path_factory.mktemp("hosts"))
    now, span = NOW, None if asked is None else min(asked, 600_000) * SECOND
    hosts = hosts_of(db, a_site(delay=delay, daily_requests=10_000))
    for number in range(1, waits + 1):
        now = exchange(hosts, now, seconds)
        until = hosts.back_off(HOST, now, "http 429", retry_after=span)
        assert hosts.ready_at(HOST, now) >= until >= now + (span or 60 * SECOND)
        assert hosts.ready_at(HOST, now) >= now + (delay - 1e-6) * SECOND
        assert hosts[HOST].row.backoff == number
    db.close()


def test_retry_after_with_any_status_defers_the_host(db: Database) -> None:
    hosts = hosts_of(db, a_site(delay=7))
    now = exchange(hosts, NOW)
    for asked, expected in ((0, 7), (5, 7), (3600, 3600), (60, 3600)):
        hosts.defer(HOST, now, "http 404", asked * SECOND)
        assert hosts.ready_at(HOST, now) == now + expected * SECOND
        assert hosts.hold_reason(HOST, now) == ("http 404" if expected > 7 else "delay")
    assert hosts[HOST].row.backoff == 0


def test_responses_in_flight_do_not_prolong_a_backoff(db: Database) -> None:
    hosts = hosts_of(db, a_site(concurrency=4, delay=0))
    numbers = [hosts.start(HOST, NOW) for _ in range(4)]
    for number in numbers:
        hosts.back_off(HOST, NOW, "http 503")
        hosts.finish(HOST, number, NOW)
    assert NOW + 60 * SECOND <= hosts.ready_at(HOST, NOW) <= NOW + 75 * SECOND


def test_response_ends_a_series_of_backoffs(db: Database) -> None:
    hosts = hosts_of(db, a_site())
    for expected in (60, 120, 240):
        now = exchange(hosts, NOW)
        assert expected <= (hosts.back_off(HOST, now, "http 429") - now) / SECOND <= expected * 1.25
    exchange(hosts, NOW)
    hosts.record_page(HOST)
    now = exchange(hosts, NOW)
    assert hosts.back_off(HOST, now, "http 429") <= now + 75 * SECOND


def test_failures_in_a_row_start_a_backoff(db: Database) -> None:
    hosts = hosts_of(db, a_site(delay=0))
    for number in range(1, 2 * FAILURES):
        hosts.record_failure(ORIGIN, NOW, "no connection")
        if number == FAILURES - 1:
            hosts.record_response(ORIGIN)
        assert (hosts.ready_at(HOST, NOW) > NOW) == (number == 2 * FAILURES - 1)
    assert hosts.hold_reason(HOST, NOW) == "unreachable"
    assert hosts.ready_at(HOST, NOW) >= NOW + HOUR


def test_throttle_is_kept_for_the_next_crawl(db: Database) -> None:
    first = hosts_of(db, a_site(delay=60))
    answered = exchange(first, NOW, seconds=20)
    first.save()
    second = hosts_of(db, a_site(delay=60))
    assert second.ready_at(HOST, answered) == answered + 60 * SECOND
    until = second.back_off(HOST, answered, "http 503", retry_after=HOUR)
    third = hosts_of(db, a_site(delay=60))
    assert third.ready_at(HOST, answered) == until
    assert third.hold_reason(HOST, answered) == "http 503"
    assert third[HOST].row.backoff == 1


@pytest.mark.parametrize(
    ("delay", "why", "longest"),
    [(7, None, 120 * SECOND), (3600, None, HOUR), (7, "http 429", 8.75 * DAY), (7, "unreachable", 8.75 * DAY)],
)
def test_hold_set_by_a_wrong_clock_is_cut(db: Database, delay: float, why: str | None, longest: timedelta) -> None:
    future = NOW + 3650 * DAY
    wrong = begin(db, future, a_site(delay=delay))
    exchange(wrong, future)
    if why:
        wrong.back_off(HOST, future, why, retry_after=2 * DAY)
    wrong.save()
    right = begin(db, NOW, a_site(delay=delay))
    assert NOW < right.ready_at(HOST, NOW) <= NOW + longest
    right.save()
    assert begin(db, NOW + DAY, a_site(delay=delay)).ready_at(HOST, NOW + DAY) <= NOW + max(longest, DAY)


@pytest.mark.parametrize(("why", "free"), [("unreachable", True), ("robots http 500", True), ("http 429", False)])
def test_reset_backoff_keeps_429(db: Database, why: str, free: bool) -> None:
    hosts = hosts_of(db)
    hosts.back_off(HOST, NOW, why)
    hosts.reset_backoff(ORIGIN)
    assert (hosts.ready_at(HOST, NOW) == NOW) is free


@pytest.mark.parametrize(
    "body",
    [
        b"User-agent: *\nDisallow: /a",
        b"\xef\xbb\xbfUser-agent: *\nDisallow: /a",
        "# Für Säugetiere\nUser-agent: *\nDisallow: /a".encode("latin-1"),
        b"\x00\xff\xfe\nUser-agent: *\r\nDisallow: /a\r\nCrawl-delay: nan\r\n",
        b"User-agent: *\nDisallow: /a\n" + b"# more\n" * LARGEST,
    ],
    ids=["plain", "BOM", "latin-1", "bytes", "huge"],
)
def test_rules_are_read_whatever_their_bytes(db: Database, body: bytes) -> None:
    robots = rules(hosts_of(db), body)
    assert robots.is_fresh(ORIGIN, NOW)
    assert robots.refusal(ORIGIN, f"{ORIGIN}/b") is None
    refusal = robots.refusal(ORIGIN, f"{ORIGIN}/a")
    assert refusal is not None
    assert (refusal.outcome, refusal.reason) == ("refused", "robots")
    kept = load_robots(db, ORIGIN)
    assert kept is not None
    assert len(kept.body) <= LARGEST


def test_robots_is_fetched_again_after_a_day(db: Database) -> None:
    hosts = hosts_of(db)
    rules(hosts, "User-agent: *\nDisallow: /a")
    later = RobotsCache(db, 1, hosts)
    assert not later.is_fresh("http://other.example", NOW)
    assert later.is_fresh(ORIGIN, NOW + DAY - SECOND)
    assert not later.is_fresh(ORIGIN, NOW + DAY)


def test_robots_fetched_in_the_future_is_fetched_again(db: Database) -> None:
    hosts = hosts_of(db)
    rules(hosts, "User-agent: *\nDisallow: /a", NOW + 3650 * DAY)
    assert not RobotsCache(db, 1, hosts).is_fresh(ORIGIN, NOW)
    assert rules(hosts, "").is_fresh(ORIGIN, NOW)


def test_unchanged_rules_keep_their_validators(db: Database) -> None:
    hosts = hosts_of(db)
    date = "Sun, 01 Mar 2026 11:00:00 GMT"
    rules(hosts, "User-agent: *\nDisallow: /a", headers={"ETag": '"1"', "Last-Modified": date})
    robots = rules(hosts, b"", NOW + DAY, 304, {"ETag": '"1"'})
    assert robots.is_fresh(ORIGIN, NOW + DAY + HOUR)
    assert robots.refusal(ORIGIN, f"{ORIGIN}/a") is not None
    kept = load_robots(db, ORIGIN)
    assert kept is not None
    assert (kept.etag, kept.last_modified) == ('"1"', date)
    assert db.execute("select count(*) from notices").fetchone() == (0,)


def test_a_web_page_in_place_of_robots_leaves_the_rules_as_they_are(db: Database) -> None:
    hosts = hosts_of(db)
    rules(hosts, "User-agent: *\nDisallow: /a\nCrawl-delay: 9", headers={"ETag": '"1"'})
    page = "<html><body><h1>Daily Health</h1>\nAllow cookies</body></html>"
    robots = rules(hosts, page, NOW + DAY, headers={"ETag": '"2"'})
    assert robots.is_fresh(ORIGIN, NOW + DAY + HOUR)
    refusal = robots.refusal(ORIGIN, f"{ORIGIN}/a")
    assert refusal is not None
    assert (refusal.outcome, refusal.reason) == ("refused", "robots")
    assert robots.refusal(ORIGIN, f"{ORIGIN}/b") is None
    kept = load_robots(db, ORIGIN)
    assert kept is not None
    assert (kept.etag, kept.crawl_delay) == ('"1"', 9)
    assert db.execute("select count(*) from notices").fetchone() == (0,)
    robots = rules(hosts, "User-agent: *\nDisallow: /b", NOW + 2 * DAY)
    assert robots.refusal(ORIGIN, f"{ORIGIN}/a") is None
    assert db.execute("select count(*) from notices").fetchone() == (1,)


def test_a_host_whose_robots_is_a_web_page_has_no_rules(db: Database) -> None:
    hosts = hosts_of(db)
    for day, page in enumerate(("<!doctype html><p>Home</p>", "<!doctype html><p>News</p>")):
        robots = rules(hosts, page, NOW + day * DAY)
        assert robots.refusal(ORIGIN, f"{ORIGIN}/a") is None
    assert db.execute("select count(*) from notices").fetchone() == (0,)


def test_host_is_closed_until_robots_can_be_read(db: Database) -> None:
    hosts = hosts_of(db)
    rules(hosts, "User-agent: *\nDisallow: /a")
    robots = rules(hosts, b"", NOW + DAY, 503, {"Retry-After": "7200"})
    now = NOW + DAY + HOUR
    refusal = robots.refusal(ORIGIN, f"{ORIGIN}/b")
    assert refusal is not None
    assert (refusal.outcome, refusal.reason) == ("failed", "robots http 503")
    assert robots.is_fresh(ORIGIN, now)
    assert hosts.ready_at(HOST, now) >= NOW + DAY + 2 * HOUR
    assert not robots.is_fresh(ORIGIN, NOW + DAY + 3 * HOUR)
    assert not RobotsCache(db, 1, hosts).is_fresh(ORIGIN, now)
