"""What the last looks at a page came to, from its fetches: newest first, and no more of them than are asked for."""

from dataclasses import dataclass
from itertools import takewhile

from sqlite_utils import Database

ENOUGH = 12  # looks in a row: the usual distances that grow with them have reached their longest by then


@dataclass(frozen=True, slots=True, kw_only=True)
class PastLooks:
    """Of a known page: `since` when its article is as it is (else: since the page is known), when a list last said that
    it changed, and of the last three looks (newest first) when they were and whether each brought something new."""

    since: str
    announced: str | None
    at: tuple[str, ...]
    brought: tuple[bool, ...]


def past_looks(db: Database, url: str) -> PastLooks | None:
    """The last looks at the page with that URL; None: it is not known."""
    sql = (
        "select pages.id, coalesce(last_changed, discovered_at), link_modified from pages "
        "left join articles on articles.page_id = pages.id where pages.url = ?"
    )
    row = db.execute(sql, [url]).fetchone()
    if row is None:
        return None
    page_id, since, announced = row
    sql = (
        "select fetched_at, coalesce(content, 'same') <> 'same' from fetches where page_id = ? order by id desc limit 3"
    )
    looks = db.execute(sql, [page_id]).fetchall()
    return PastLooks(
        since=since, announced=announced, at=tuple(at for at, _ in looks), brought=tuple(bool(new) for _, new in looks)
    )


def moved_article_since(db: Database, page_id: int) -> str | None:
    """Since when the article is as it is that an alias led to; None: there is none."""
    sql = "select last_changed from articles join pages on alias_of = page_id where pages.id = ?"
    row = db.execute(sql, [page_id]).fetchone()
    return str(row[0]) if row else None


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
