"""A clock that was far ahead for one crawl does not keep pages from being looked at."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.storage.clock_skew import reset_future_due_dates
from archive.storage.connection import timestamp
from archive.storage.crawls import start_crawl
from tests.archives import URL, an_article, new_archive, store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("looked_at", "is_due"),
    [(timedelta(days=3650), True), (timedelta(hours=2), False), (timedelta(), False), (-timedelta(days=1), False)],
)
@pytest.mark.parametrize("is_removed", [False, True])
def test_what_was_looked_at_in_the_future_is_due(
    tmp_path: Path, looked_at: timedelta, is_due: bool, is_removed: bool
) -> None:
    db = new_archive(tmp_path)
    fetched_at, due_at = (timestamp(NOW + looked_at + timedelta(days=days)) for days in (0, 30))
    start_crawl(db, now=fetched_at, pid=1, command="test")
    store(db, an_article(), now=fetched_at)
    db.conn.execute("update pages set due_at = ?", [due_at])
    if is_removed:
        db.conn.execute("insert into optouts (kind, pattern, added_at) values ('url', ?, ?)", [URL, fetched_at])
        db.conn.execute("update pages set optout_id = 1")
    reset_future_due_dates(db, NOW)
    expected = timestamp(NOW) if is_due and not is_removed else due_at
    assert db.execute("select due_at from pages").fetchone() == (expected,)
    db.close()
