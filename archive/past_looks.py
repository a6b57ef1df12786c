"""What the last looks at a page came to, from its fetches: newest first, and no more of them than are asked for."""

from itertools import takewhile

from sqlite_utils import Database

ENOUGH = 12  # looks in a row: the usual distances that grow with them have reached their longest by then


def changes_in_a_row(db: Database, page_id: int) -> int:
    """How many of the last looks at an article's page that read it found another article each time, without a break.

    At most ENOUGH.
    """
    sql = (
        "select coalesce(content, '') = 'changed' from fetches "
        "where page_id = ? and outcome in ('stored', 'unchanged') order by id desc limit ?"
    )
    return _leading(db, sql, page_id)


def failures_in_a_row(db: Database, page_id: int) -> int:
    """How many of the last looks at a page brought nothing, without a break: it failed, was missing, or was refused.

    At most ENOUGH.
    """
    sql = "select outcome in ('failed', 'gone', 'refused') from fetches where page_id = ? order by id desc limit ?"
    return _leading(db, sql, page_id)


def _leading(db: Database, sql: str, page_id: int) -> int:
    return sum(takewhile(bool, (is_one for (is_one,) in db.execute(sql, [page_id, ENOUGH]))))
