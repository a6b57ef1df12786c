"""The page that shows the changes between two revisions of an article, word by word."""

import asyncio

from datasette.utils.asgi import Response
from sqlite_utils import Database

from archive.article import Article
from archive.articles.changes import article_changes
from archive.articles.lookup import StoredArticle, find_article, load
from archive.errors import NotStoredError
from archive.storage.page_history import Revision, revisions
from archive.text.diff_passages import paragraph_runs
from archive.text.messages import message
from archive.web.responses import ArchiveRequest, archive_view
from archive.web.translation import gettext
from archive.web.translation import gettext_noop as _

Versions = tuple[StoredArticle, StoredArticle, tuple[Revision, ...]]


async def changes_page(request: ArchiveRequest) -> Response:
    """Compare two revisions, by default the last two."""
    numbers = {name: request.args.get(name) or "" for name in ("from", "to")}
    key = request.url_vars["id"]
    old, new, history = await request.read(lambda db: read_versions(db, key, numbers["from"], numbers["to"]))
    # In a thread, since 200,000 rewritten characters take seconds, in which other requests are answered.
    changes = await asyncio.to_thread(article_changes, old.article, new.article)
    context = {
        "old": old,
        "new": new,
        "revisions": history,
        "seen": {revision.number: revision.seen_at[:10] for revision in history},
        "article": new.article,
        "changes": changes,
        "paragraph_runs": paragraph_runs(changes.text),
        "facts": metadata_changes(old.article, new.article),
        "text_changed": any(piece.kind != "same" for piece in changes.text),
        "title_changed": any(piece.kind != "same" for piece in changes.title),
    }
    return await request.html("changes.html", context)


def read_versions(db: Database, key: str, earlier: str, later: str) -> Versions:
    """Return the two revisions and the list of all. Raises NotStoredError for an unknown or invalid number."""
    article_id = find_article(db, key)
    history = revisions(db, article_id)
    newest = history[0].number
    to = _number(later, newest)
    return load(db, article_id, _number(earlier, max(1, to - 1))), load(db, article_id, to), history


def metadata_changes(old: Article, new: Article) -> list[tuple[str, str, str]]:
    """Return the metadata that differ, as tuples of name, old and new value."""
    fields = (
        (_("Published"), "published"), (_("Modified"), "modified"), (_("Source"), "source"), (_("Authors"), "authors"),
        (_("Editors"), "editors"), (_("Section"), "section"), (_("Language"), "language"),
    )  # fmt: skip
    rows = [(gettext(name), _as_text(getattr(old, field)), _as_text(getattr(new, field))) for name, field in fields]
    return [row for row in rows if row[1] != row[2]]


def _as_text(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    return "" if value is None else str(value)


def _number(text: str, default: int) -> int:
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise NotStoredError(message("%(text)s is not the number of a revision.", text=text[:40]))
    return int(text)


ROUTES = [
    (r"^/(?P<database>[^/]+)/-/article/(?P<id>[0-9]{1,18})/changes$", archive_view(changes_page)),
]
