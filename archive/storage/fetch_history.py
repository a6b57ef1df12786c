"""The latest fetches of a page and what they found. Each query is limited, whatever the number of fetches."""

from dataclasses import dataclass
from itertools import takewhile

from sqlite_utils import Database

LIMIT = 12  # fetches: by then every interval that grows with their number has reached its maximum


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchHistory:
    """The latest fetches of a known page. All times are those of the archive, ISO 8601.

    `since`: when its article last changed, without an article when the page was discovered. `link_modified`: the last
    modification time that a feed or sitemap stated. `times` and `changed`: when the latest fetches were, at most three,
    newest first, and whether each found new content.
    """

    since: str
    link_modified: str | None
    times: tuple[str, ...]
    changed: tuple[bool, ...]


def fetch_history(db: Database, url: str) -> FetchHistory | None:
    """Return the latest fetches of the page with that URL, None for an unknown page."""
    sql = (
        "select pages.id, coalesce(last_changed, discovered_at), link_modified from pages "
        "left join articles on articles.page_id = pages.id where pages.url = ?"
    )
    row = db.execute(sql, [url]).fetchone()
    if row is None:
        return None
    page_id, since, link_modified = row
    sql = (
        "select fetched_at, coalesce(content, 'same') <> 'same' from fetches where page_id = ? order by id desc limit 3"
    )
    fetches = db.execute(sql, [page_id]).fetchall()
    return FetchHistory(
        since=since,
        link_modified=link_modified,
        times=tuple(time for time, _ in fetches),
        changed=tuple(bool(changed) for _, changed in fetches),
    )


def moved_article_since(db: Database, page_id: int) -> str | None:
    """Return when the article of the page that this alias points to last changed, None without an article."""
    sql = "select last_changed from articles join pages on alias_of = page_id where pages.id = ?"
    row = db.execute(sql, [page_id]).fetchone()
    return str(row[0]) if row else None


def consecutive_changes(db: Database, page_id: int) -> int:
    """Return how many of the latest successful fetches of an article's page found changed content, at most LIMIT."""
    sql = (
        "select coalesce(content, '') = 'changed' from fetches "
        "where page_id = ? and outcome in ('stored', 'unchanged') order by id desc limit ?"
    )
    return _leading(db, sql, page_id)


def consecutive_failures(db: Database, page_id: int) -> int:
    """Return how many of the latest fetches of a page neither read it nor found it unchanged, at most LIMIT."""
    sql = (
        "select outcome in ('failed', 'gone', 'refused', 'blocked') from fetches "
        "where page_id = ? order by id desc limit ?"
    )
    return _leading(db, sql, page_id)


def _leading(db: Database, sql: str, page_id: int) -> int:
    return sum(takewhile(bool, (is_one for (is_one,) in db.execute(sql, [page_id, LIMIT]))))
