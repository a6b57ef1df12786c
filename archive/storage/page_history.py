"""What happened to an article's page: its revisions, its state, what leads to it, and how it was asked for last."""

from dataclasses import dataclass

from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class Revision:
    """A version of an article's content, and when it was seen first."""

    number: int
    seen_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LastFetch:
    """The last exchange about a page."""

    fetched_at: str
    outcome: str
    reason: str | None
    detail: str | None
    status: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageState:
    """What is known of the page of an article; `due_at` None: it is not to be fetched again.

    `missing_since` is when it was first found gone, `gone_since` the same once a second look agreed.
    """

    state: str
    reason: str | None
    due_at: str | None
    gone_since: str | None
    missing_since: str | None
    last: LastFetch | None


def revisions(db: Database, article_id: int) -> tuple[Revision, ...]:
    """The revisions of an article, newest first."""
    rows = db.execute(
        "select number, seen_at from revisions where article_id = ? order by number desc", [article_id]
    ).fetchall()
    return tuple(Revision(number, seen_at) for number, seen_at in rows)


def page_state(db: Database, article_id: int) -> PageState:
    """The state of the article's page. Raises KeyError for an unknown id."""
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
    """The other URLs that lead to the article's page, over other aliases too, in the order in which they were found."""
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
    return LastFetch(**dict(zip(LastFetch.__dataclass_fields__, row, strict=True))) if row else None
