"""Reset due dates that were set while the system clock was more than a day ahead."""

from datetime import datetime, timedelta

from sqlite_utils import Database

from archive.storage.connection import timestamp

TOLERANCE = timedelta(days=1)  # smaller errors correct themselves soon enough


def reset_future_due_dates(db: Database, now: datetime) -> None:
    """Make pages due at `now` whose last fetch is in the future, because their due dates may be years away."""
    future = timestamp(now + TOLERANCE)
    if db.execute("select 1 from crawls where started_at > ?", [future]).fetchone() is None:
        return
    sql = "update pages set due_at = ? where due_at > ? and fetched_at > ? and optout_id is null"
    db.conn.execute(sql, [timestamp(now), future, future])
