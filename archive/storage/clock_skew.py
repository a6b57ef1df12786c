"""Getting over a crawl that ran while the computer's clock was far ahead."""

from datetime import datetime, timedelta

from sqlite_utils import Database

from archive.storage.connection import timestamp

FAR = timedelta(days=1)  # what is less wrong than that puts itself right soon enough


def make_due_again(db: Database, now: datetime) -> None:
    """Makes pages due at `now` that were last looked at in the future: by then, their next look would be years away."""
    future = timestamp(now + FAR)
    if db.execute("select 1 from crawls where started_at > ?", [future]).fetchone() is None:
        return
    sql = "update pages set due_at = ? where due_at > ? and fetched_at > ? and optout_id is null"
    db.conn.execute(sql, [timestamp(now), future, future])
