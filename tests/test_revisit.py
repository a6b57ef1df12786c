"""When a page is looked at again: the tables of what the rules come to, and what always holds."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.policy.revisit import (
    DAY,
    FIRST,
    HOUR,
    LONGEST,
    SLOWER,
    after_changes,
    after_failures,
    after_repeat,
    discovery_interval,
    first_interval,
    unchanged_since,
    within,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAYS = (1.0, 7.0, 30.0, 90.0)
LADDERS = st.lists(st.floats(0.01, 3650), min_size=1, max_size=6, unique=True).map(sorted)
MOMENTS = st.timedeltas(timedelta(), timedelta(days=36_500)).map(lambda span: datetime(2000, 1, 1, tzinfo=UTC) + span)
SPANS = st.timedeltas(timedelta(), timedelta(days=400))


@pytest.mark.parametrize(
    ("age", "step"),
    [
        (0, 1), (0.5, 1), (0.89, 1), (0.95, 7), (1, 7), (1.01, 7), (6, 7), (6.5, 30), (7, 30), (26, 30), (30, 90),
        (80, 90), (82, 180), (90, 180), (91, 180), (170, 180), (175, 270), (180, 270), (900, 990), (3600, 3690),
    ],
)  # fmt: skip
def test_the_next_look_at_an_article(age: float, step: float) -> None:
    assert unchanged_since(NOW - age * DAY, NOW, DAYS) == NOW + (step - age) * DAY


@given(since=MOMENTS, age=st.floats(0, 4000), days=LADDERS)
def test_an_article_is_always_looked_at_again(since: datetime, age: float, days: list[float]) -> None:
    now = since + age * DAY
    look = unchanged_since(since, now, days)
    assert look > now
    if age >= days[-1]:
        assert look - now <= 1.1 * days[-1] * DAY + timedelta(seconds=1)


@given(since=MOMENTS, days=LADDERS)
def test_each_step_of_the_ladder_has_its_look(since: datetime, days: list[float]) -> None:
    looks, now = [], since
    for _ in range(len(days) + 3):
        now = unchanged_since(since, now, days)
        looks.append((now - since) / DAY)
    steps = [*days, *(number * days[-1] for number in range(2, 12))]
    assert all(any(abs(look - step) < 1e-6 for step in steps) for look in looks)
    assert all(any(step * 0.89 <= look <= step * 1.0001 for look in looks) for step in steps[: len(days)])


@given(since=MOMENTS, behind=SPANS, days=LADDERS)
def test_a_clock_put_back_makes_no_look_in_the_past(since: datetime, behind: timedelta, days: list[float]) -> None:
    assert unchanged_since(since, since - behind, days) > since - behind


@pytest.mark.parametrize(
    ("changes", "step"), [(0, 1), (1, 1), (2, 1), (3, 2), (4, 4), (5, 8), (8, 64), (9, 90), (10_000, 90)]
)
def test_the_next_look_at_what_changed(changes: int, step: float) -> None:
    assert after_changes(changes, NOW, DAYS) == NOW + step * DAY


@given(days=LADDERS)
def test_what_always_changes_is_looked_at_ever_less(days: list[float]) -> None:
    distances = [(after_changes(changes, NOW, days) - NOW) / DAY for changes in range(60)]
    assert distances == sorted(distances)
    assert distances[:3] == [pytest.approx(days[0])] * 3  # as promised
    assert distances[-1] == pytest.approx(days[-1])
    assert all(later <= 2 * sooner + 1e-6 for sooner, later in pairwise(distances))


@pytest.mark.parametrize(
    ("elapsed", "step"), [(None, 1), (-5, 1), (0, 1), (0.8, 1), (0.95, 7), (1, 7), (6, 7), (7, 30), (30, 90), (900, 90)]
)
def test_the_next_look_at_what_stays_the_same(elapsed: float | None, step: float) -> None:
    last = None if elapsed is None else NOW - elapsed * DAY
    assert after_repeat(last, NOW, DAYS) == NOW + step * DAY


@given(days=LADDERS, late=st.lists(st.floats(1, 3), min_size=20, max_size=20))
def test_what_stays_the_same_is_looked_at_no_sooner_each_time(days: list[float], late: list[float]) -> None:
    last, now, distances = None, NOW, []
    for more in late:
        due = after_repeat(last, now, days)
        distances.append((due - now) / DAY)
        last, now = now, now + more * (due - now)
    assert distances == sorted(distances)
    assert distances[len(days) :] == [pytest.approx(days[-1])] * (20 - len(days))


@pytest.mark.parametrize(
    ("failures", "hours"), [(1, 1), (2, 2), (3, 4), (9, 256), (10, 512), (11, 720), (12, 720), (10_000, 720)]
)
def test_the_next_look_after_failures(failures: int, hours: int) -> None:
    assert after_failures(failures, NOW) == NOW + hours * HOUR


def test_a_feed_that_fails_is_not_waited_for_longer_than_the_site_says() -> None:
    assert after_failures(8, NOW, 3 * HOUR) == NOW + 3 * HOUR
    assert max(after_failures(n, NOW) for n in range(1, 99)) == NOW + LONGEST


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ([], FIRST),
        ([NOW], FIRST),
        ([NOW] * 3, FIRST),
        ([NOW] * 9, timedelta()),
        ([NOW - n * HOUR for n in range(4)], HOUR),
        ([NOW - n * DAY for n in range(50)], DAY),
        ([*(NOW - n * HOUR for n in range(11)), *(NOW - n * 365 * DAY for n in range(1, 9))], HOUR),
    ],
)
def test_how_often_a_feed_seems_to_bring_something(dates: list[datetime], expected: timedelta) -> None:
    assert first_interval(dates) == expected
    assert first_interval(dates[::-1]) == expected


@pytest.mark.parametrize(
    ("last", "elapsed", "new", "total", "expected"),
    [
        (8 * HOUR, 8 * HOUR, 0, 20, 8 * SLOWER * HOUR),
        (8 * HOUR, 2 * HOUR, 0, 20, 8 * HOUR),
        (8 * HOUR, 8 * HOUR, 1, 20, 8 * HOUR),
        (8 * HOUR, 8 * HOUR, 4, 20, 4 * HOUR),
        (8 * HOUR, 8 * HOUR, 16, 20, 2 * HOUR),
        (8 * HOUR, 8 * HOUR, 20, 20, 0.4 * HOUR),
        (8 * HOUR, 32 * HOUR, 1, 20, 16 * HOUR),
        (8 * HOUR, 8 * HOUR, 1, 1, 8 * HOUR),
        (timedelta(), 8 * HOUR, 2, 20, timedelta()),
        (8 * HOUR, -8 * HOUR, 2, 20, 8 * HOUR),  # the clock was put back
    ],
)
def test_the_next_look_at_a_feed(
    last: timedelta, elapsed: timedelta, new: int, total: int, expected: timedelta
) -> None:
    assert discovery_interval(last, elapsed, new, total) == expected


@given(
    last=SPANS, elapsed=st.timedeltas(timedelta(days=-9), timedelta(days=4000)), new=st.integers(0, 50_000),
    more=st.integers(0, 50_000), bounds=st.tuples(st.floats(0.01, 8760), st.floats(0.01, 8760)),
)  # fmt: skip
def test_the_interval_stays_within_the_sites_bounds(
    last: timedelta, elapsed: timedelta, new: int, more: int, bounds: tuple[float, float]
) -> None:
    least, most = sorted(bounds)
    interval = within(discovery_interval(last, elapsed, new, new + more), (least, most))
    assert least * HOUR <= interval <= most * HOUR


@given(last=st.timedeltas(HOUR, 9 * DAY), new=st.integers(1, 100), more=st.integers(0, 100))
def test_more_news_never_means_later(last: timedelta, new: int, more: int) -> None:
    one, other = (discovery_interval(last, last, number, 300) for number in (new, new + more))
    assert other <= one <= last < discovery_interval(last, last, 0, 300)


def test_a_date_in_the_future_puts_nothing_off() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert unchanged_since(now + timedelta(days=3000), now, (1.0, 7.0)) == now + timedelta(days=1)
