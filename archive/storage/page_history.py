"""Read the history of an article: its revisions, the state of its page, its aliases and the last fetch."""

from dataclasses import dataclass

from sqlite_utils import Database

from archive.storage.sql import from_row


@dataclass(frozen=True, slots=True)
class Revision:
    """The number of a revision, and when its content was first seen."""

    number: int
    seen_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LastFetch:
    """The last fetch of a page."""

    fetched_at: str
    outcome: str
    reason: str | None
    detail: str | None
    status: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageState:
    """The state of the page of an article. `due_at` None: it is not fetched again.

    `missing_since` is when the page was first found gone, `gone_since` the same once a second fetch confirmed it.
    """

    state: str
    reason: str | None
    due_at: str | None
    gone_since: str | None
    missing_since: str | None
    last: LastFetch | None


def revisions(db: Database, article_id: int) -> tuple[Revision, ...]:
    """Return the revisions of an article, newest first."""
    rows = db.execute(
        "select number, seen_at from revisions where article_id = ? order by number desc", [article_id]
    ).fetchall()
    return tuple(Revision(number, seen_at) for number, seen_at in rows)


def page_state(db: Database, article_id: int) -> PageState:
    """Return the state of the article's page. Raises KeyError for an unknown id."""
    row = db.execute(
        "select p.id, p.state, p.reason, p.due_at, p.gone_since, p.missing_since "
        "from articles a join pages p on p.id = a.page_id where a.id = ?",
        [article_id],
    ).fetchone()
    if row is None:
        raise KeyError(article_id)
    page_id, state, reason, due_at, gone, missing = row
    return PageState(
        state=state, reason=reason, due_at=due_at, gone_since=gone, missing_since=missing, last=_last_fetch(db, page_id)
    )


def aliases(db: Database, article_id: int) -> tuple[str, ...]:
    """Return the URLs that redirect to the article's page, directly or through others, in the order of discovery."""
    rows = db.execute(
        "with recursive leading (id) as (select page_id from articles where id = ? "
        "union select p.id from pages p join leading on p.alias_of = leading.id) "
        "select url from pages where alias_of in leading order by id",
        [article_id],
    ).fetchall()
    return tuple(url for (url,) in rows)


def _last_fetch(db: Database, page_id: int) -> LastFetch | None:
    row = db.execute(
        "select fetched_at, outcome, reason, detail, status from fetches where page_id = ? order by id desc limit 1",
        [page_id],
    ).fetchone()
    return from_row(LastFetch, row) if row else None
