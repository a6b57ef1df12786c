"""What the last looks at a page came to, from its fetches: newest first, and no more of them than are asked for."""

from itertools import takewhile

from sqlite_utils import Database

ENOUGH = 12  # looks in a row: every distance that grows with them has reached its longest by then


def failures_in_a_row(db: Database, page_id: int) -> int:
    """How many of the last looks at a page brought nothing, without a break: it failed, was missing, or was refused.

    At most ENOUGH.
    """
    sql = "select outcome in ('failed', 'gone', 'refused') from fetches where page_id = ? order by id desc limit ?"
    return sum(takewhile(bool, (vain for (vain,) in db.execute(sql, [page_id, ENOUGH]))))
