"""What happened to an article's page: its revisions, its state, and how it was asked for last."""

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
    """What is known of the page of an article; `due_at` None: it is not to be fetched again."""

    state: str
    reason: str | None
    due_at: str | None
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
        "select p.id, p.state, p.reason, p.due_at from articles a join pages p on p.id = a.page_id where a.id = ?",
        [article_id],
    ).fetchone()
    if row is None:
        raise KeyError(article_id)
    page_id, state, reason, due_at = row
    return PageState(state=state, reason=reason, due_at=due_at, last=_last_fetch(db, page_id))


def _last_fetch(db: Database, page_id: int) -> LastFetch | None:
    row = db.execute(
        "select fetched_at, outcome, reason, detail, status from fetches where page_id = ? order by id desc limit 1",
        [page_id],
    ).fetchone()
    return LastFetch(**dict(zip(LastFetch.__dataclass_fields__, row, strict=True))) if row else None
