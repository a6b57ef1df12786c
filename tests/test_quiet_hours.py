"""Quiet windows: until when a site is not asked."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.sites.quiet_hours import QuietWindow, cover_whole_day, quiet_until
from crawler.sites.site import Site, SiteError, parse_site

GOOD = 'name = "a"\nhome = "http://a.org/"\nfeeds = ["http://a.org/feed"]\n'
ZONES = ("UTC", "Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Africa/Casablanca")
CLOCKS = st.builds(time, st.integers(0, 23), st.sampled_from((0, 15, 30, 59)))
WINDOWS = st.builds(lambda start, end: QuietWindow(start=start, end=end), CLOCKS, CLOCKS).filter(
    lambda w: w.start != w.end
)
# The hours around the changes of clocks in all of the zones, and any other.
CHANGES = tuple(datetime(2024, month, day, tzinfo=UTC) for month, day in ((3, 10), (3, 31), (4, 7), (10, 27), (11, 3)))
SECONDS = st.one_of(st.integers(0, 30 * 366 * 86_400), st.floats(0, 30 * 366 * 86_400))
MOMENTS = st.one_of(
    st.builds(lambda day, hours: day + timedelta(hours=hours), st.sampled_from(CHANGES), st.floats(-20, 20)),
    st.builds(lambda seconds: datetime(2001, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds), SECONDS),
)


def a_site(zone: str, *windows: str) -> Site:
    return parse_site(f'{GOOD}timezone = "{zone}"\nquiet = {list(windows)!r}', "a.toml")


@pytest.mark.parametrize(
    ("zone", "windows", "now", "until"),
    [
        ("UTC", (), "2024-05-21T12:00Z", None),
        ("UTC", ("09:00-12:00",), "2024-05-21T08:59:59.999999Z", None),
        ("UTC", ("09:00-12:00",), "2024-05-21T09:00Z", "2024-05-21T12:00Z"),
        ("UTC", ("09:00-12:00",), "2024-05-21T12:00Z", None),
        ("Asia/Shanghai", ("09:00-12:00",), "2024-05-21T03:00:01.5Z", "2024-05-21T04:00Z"),
        ("Asia/Shanghai", ("23:30-00:30",), "2024-05-21T23:50+08:00", "2024-05-21T16:30Z"),
        ("Asia/Shanghai", ("23:30-00:30",), "2024-05-22T00:10+08:00", "2024-05-21T16:30Z"),
        ("UTC", ("22:00-00:00", "00:00-02:00"), "2024-05-21T23:00Z", "2024-05-22T02:00Z"),
        ("UTC", ("01:00-03:00", "02:00-05:00"), "2024-05-21T01:00Z", "2024-05-21T05:00Z"),
        # New York, 10 March 2024: 02:00 is followed by 03:00 at once.
        ("America/New_York", ("01:00-02:30",), "2024-03-10T01:30-05:00", "2024-03-10T03:00-04:00"),
        ("America/New_York", ("01:00-05:00",), "2024-03-10T01:30-05:00", "2024-03-10T05:00-04:00"),
        ("America/New_York", ("02:10-02:50",), "2024-03-10T03:00-04:00", None),
        # 3 November 2024: 02:00 is followed by 01:00 once more.
        ("America/New_York", ("00:30-01:30",), "2024-11-03T00:45-04:00", "2024-11-03T01:30-04:00"),
        ("America/New_York", ("00:30-01:30",), "2024-11-03T01:10-05:00", "2024-11-03T01:30-05:00"),
        ("America/New_York", ("00:30-02:00",), "2024-11-03T00:45-04:00", "2024-11-03T02:00-05:00"),
    ],
)  # fmt: skip
def test_until_when(zone: str, windows: tuple[str, ...], now: str, until: str | None) -> None:
    site = a_site(zone, *windows)
    found = quiet_until(site.quiet, site.timezone, datetime.fromisoformat(now))
    assert found == (datetime.fromisoformat(until) if until else None)
    assert found is None or found.tzinfo is UTC


@given(st.sampled_from(ZONES), st.lists(WINDOWS, max_size=3), MOMENTS)
@example(
    "America/New_York", [QuietWindow(start=time(3), end=time(2)), QuietWindow(start=time(23), end=time(1))], CHANGES[0]
)
def test_the_clock_is_outside_at_the_end_and_never_before(zone: str, windows: list[QuietWindow], now: datetime) -> None:
    if cover_whole_day(windows):
        return
    site = Site(name="a", home="http://a.org/", quiet=tuple(windows), timezone=ZoneInfo(zone))

    def is_quiet(moment: datetime) -> bool:
        return any(moment.astimezone(site.timezone).time() in window for window in windows)

    until = quiet_until(site.quiet, site.timezone, now)
    assert (until is not None) == is_quiet(now)
    if until is not None:
        assert not is_quiet(until)
        assert all(is_quiet(now + timedelta(minutes=n)) for n in range(int((until - now) / timedelta(minutes=1))))
        assert is_quiet(until - timedelta(microseconds=1))
        assert quiet_until(site.quiet, site.timezone, until) is None


@given(st.lists(WINDOWS, max_size=4))
def test_a_day_without_time_is_known(windows: list[QuietWindow]) -> None:
    minutes = [time(minute // 60, minute % 60) for minute in range(1_440)]
    assert cover_whole_day(windows) == all(any(minute in window for window in windows) for minute in minutes)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('quiet = "1"', '"quiet" must be a list in square brackets, not a text (line 4: quiet = "1")'),
        ('quiet = ["1:00-2:00"]', '"quiet" must be windows such as "01:00-06:30", of hours from 00 to 23 (line 4:'),
        ('quiet = ["22:00-24:00"]', "of hours from 00 to 23"),
        ("quiet = [1]", '"quiet" must be a text in quotation marks, not a number'),
        (
            'quiet = [\n"01:00-02:00",\n"00:00-00:00"]',
            "must be windows whose end differs from their start (line 6:",
        ),
        ('quiet = ["00:00-12:00", "12:00-00:00"]', '"quiet" must leave some time of the day'),
        ('timezone = "Mars/Olympus"', '"timezone" must be an IANA time zone such as "Asia/Shanghai" or "UTC" (line 4:'),
        ('timezone = "Asia"', "must be an IANA time zone"),
        ('timezone = ""', "must be an IANA time zone"),
        ('timezone = "../etc"', "must be an IANA time zone"),
        ('timezone = "zone.tab"', "must be an IANA time zone"),
        ("timezone = 8", '"timezone" must be a text in quotation marks, not a number'),
    ],
)
def test_wrong_windows_and_zones(line: str, message: str) -> None:
    with pytest.raises(SiteError) as error:
        parse_site(GOOD + line, "s.toml")
    assert message in str(error.value)
