"""How long a host that asks for patience is left alone."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.policy.backoff import FIRST, LONGEST, LONGEST_ASKED, retry_after, wait

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("120", 2 * MINUTE), (" 120 ", 2 * MINUTE), ("0", timedelta()), ("99999999999999999999", LONGEST_ASKED),
        ("9" * 5000, LONGEST_ASKED), ("Sun, 01 Mar 2026 12:05:00 GMT", 5 * MINUTE),
        ("Sunday, 01-Mar-26 12:05:00 GMT", 5 * MINUTE), ("Sun Mar  1 12:05:00 2026", 5 * MINUTE),
        ("Sun, 01 Mar 2026 20:05:00 +0800", 5 * MINUTE), ("Sun, 01 Mar 2026 12:05:00 -0000", 5 * MINUTE),
        ("Sun, 01 Mar 2026 11:00:00 GMT", timedelta()), ("Thu, 01 Jan 1970 00:00:00 GMT", timedelta()),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_ASKED), ("Mon, 01 Jan 0001 00:00:00 GMT", timedelta()),
    ],
)  # fmt: skip
def test_what_a_header_asks_for(header: str, expected: timedelta) -> None:
    assert retry_after(header, NOW) == expected


@pytest.mark.parametrize(
    "header",
    [
        None, "", " ", "-5", "+5", "1.5", "1e3", "nan", "inf", "NaN", "٣", "²", "soon", "5 minutes", "120, 60", "\x00",
        "Sun, 99 Mar 2026 12:05:00 GMT", "Sun, 01 Mar 2026 25:61:61 GMT", "2026-03-01T12:05:00Z", ", , ,", "é" * 99,
        "Sun, 01 Mar 2026 12:05:00 +99999999999", "Sun, 01 Mar 99999999999 12:05:00 GMT",
    ],
)  # fmt: skip
def test_what_asks_for_nothing_that_can_be_understood(header: str | None) -> None:
    assert retry_after(header, NOW) is None


DATES = st.datetimes().map(format_datetime)
PARTS = st.lists(st.sampled_from([*"0123456789,:-+ ", "Mar", "Sun", "GMT", "AM", "9999", "٣", "é"])).map("".join)


@given(st.text() | PARTS | DATES | st.integers().map(str) | st.floats().map(str))
@example("Mon, 01 Jan 0001 00:00:00 +2359")
def test_no_header_is_too_odd(header: str) -> None:
    asked = retry_after(header, NOW)
    assert asked is None or timedelta() <= asked <= LONGEST_ASKED


@pytest.mark.parametrize(
    ("asked", "times", "jitter", "expected"),
    [
        (None, 1, 0, FIRST),
        (None, 2, 0, 2 * FIRST),
        (None, 4, 0, 8 * FIRST),
        (None, 4, 1, 10 * FIRST),
        (None, 12, 0, LONGEST),
        (None, 10_000, 0, LONGEST),
        (timedelta(hours=3), 1, 0, timedelta(hours=3)),
        (timedelta(seconds=1), 1, 0, FIRST),
        (LONGEST_ASKED, 1, 0, LONGEST_ASKED),
    ],
)
def test_how_long_a_host_is_left_alone(asked: timedelta | None, times: int, jitter: float, expected: timedelta) -> None:
    assert wait(asked, times, jitter) == expected


@given(asked=st.none() | st.timedeltas(timedelta(), LONGEST_ASKED), times=st.integers(1, 10**6), jitter=st.floats(0, 1))
def test_what_was_asked_for_is_always_kept_to(asked: timedelta | None, times: int, jitter: float) -> None:
    made = wait(asked, times, jitter)
    assert made >= (asked or timedelta())
    assert FIRST <= made <= max(LONGEST, asked or timedelta()) * 1.25
    assert made <= wait(asked, times + 1, jitter)
