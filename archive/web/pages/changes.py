"""The page that shows, word by word, what was changed between two revisions of an article."""

from datasette.utils.asgi import Response
from sqlite_utils import Database

from archive.article import Article
from archive.articles.changes import article_changes
from archive.articles.lookup import StoredArticle, find_article, load
from archive.errors import NotStoredError
from archive.storage.page_history import Revision, revisions
from archive.web.diff_passages import stretches
from archive.web.responses import Served, archive_view

Versions = tuple[StoredArticle, StoredArticle, tuple[Revision, ...]]


async def changes_page(served: Served) -> Response:
    """From one revision to another, by default from the one before the newest to the newest."""
    asked = {name: served.request.args.get(name) or "" for name in ("from", "to")}
    wanted = served.request.url_vars["id"]
    old, new, history = await served.read(lambda db: read_versions(db, wanted, asked["from"], asked["to"]))
    changes = article_changes(old.article, new.article)
    context = {
        "old": old,
        "new": new,
        "revisions": history,
        "seen": {revision.number: revision.seen_at[:10] for revision in history},
        "article": new.article,
        "changes": changes,
        "stretches": stretches(changes.text),
        "facts": fact_changes(old.article, new.article),
        "text_changed": any(piece.kind != "same" for piece in changes.text),
        "title_changed": any(piece.kind != "same" for piece in changes.title),
    }
    return await served.html("changes.html", context)


def read_versions(db: Database, wanted: str, earlier: str, later: str) -> Versions:
    """The two revisions, and all there are. Raises NotStoredError, also for what is no number."""
    article_id = find_article(db, wanted)
    history = revisions(db, article_id)
    newest = history[0].number
    to = _number(later, newest)
    return load(db, article_id, _number(earlier, max(1, to - 1))), load(db, article_id, to), history


def fact_changes(old: Article, new: Article) -> list[tuple[str, str, str]]:
    """The facts that differ: name, before, after."""
    facts = (
        ("Published", "published"), ("Modified", "modified"), ("Source", "source"), ("Authors", "authors"),
        ("Editors", "editors"), ("Section", "section"), ("Language", "language"),
    )  # fmt: skip
    rows = [(name, _shown(getattr(old, field)), _shown(getattr(new, field))) for name, field in facts]
    return [row for row in rows if row[1] != row[2]]


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    return "" if value is None else str(value)


def _number(text: str, default: int) -> int:
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise NotStoredError(f"Revisions have numbers, and {text[:40]} is none.")
    return int(text)


ROUTES = [
    (r"^/(?P<database>[^/]+)/-/article/(?P<id>[0-9]{1,18})/changes$", archive_view(changes_page)),
]
