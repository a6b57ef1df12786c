"""Read from the archive what notes need: an article's name, and where a passage of a note stands today."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from archive.articles.lookup import find_article
from archive.errors import NotStoredError
from archive.notes.models import ArticleName, Note
from archive.notes.passages import Passage, Place, find, find_exact
from archive.text.messages import message

MOST_REVISIONS = 50  # that are searched for a passage, the latest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Where the passage of a note is: its place in a revision, the newest or an older one, or nowhere.

    `sentence` says so where it is not simply there; '' where it is.
    """

    place: Place | None
    revision: int | None
    sentence: str


def article_name(db: Database, article_id: int, revision: int | None = None) -> ArticleName:
    """Return the name of an article as of a revision, None for the newest. Raises NotStoredError."""
    row = db.execute(
        "select articles.url, title, site, language, published, r.number, r.content_hash from articles "
        "join revisions r on r.article_id = articles.id and r.number = coalesce(?, revision) where articles.id = ?",
        [revision, article_id],
    ).fetchone()
    if row is None:
        raise NotStoredError(message("No article has the id %(id)s, or no such revision.", id=str(article_id)))
    url, title, site, language, published, number, content_hash = row
    return ArticleName(
        url=url, title=title, site=site or "", language=language or "", published=published or "", revision=number,
        content_hash=content_hash,
    )  # fmt: skip


def article_names(db: Database, ids: Iterable[int]) -> Iterator[ArticleName]:
    """Yield the names of articles in their newest revisions. Raises NotStoredError."""
    return (article_name(db, number) for number in ids)


def newest_text(db: Database, article_id: int) -> tuple[int, str]:
    """Return the number and the text of an article's newest revision."""
    number, text = db.execute("select revision, text from articles where id = ?", [article_id]).fetchone()
    return int(number), str(text)


def seen_at(db: Database, article_id: int, revision: int) -> str:
    """Return the time at which a revision was first seen. Raises NotStoredError."""
    row = db.execute(
        "select seen_at from revisions where article_id = ? and number = ?", [article_id, revision]
    ).fetchone()
    if row is None:
        raise NotStoredError(
            message("The article %(id)s has no revision %(number)s.", id=str(article_id), number=revision)
        )
    return str(row[0])


def locate(db: Database, note: Note) -> Found:
    """Say where the passage of a note stands today: in the newest revision, in an older one, or in none."""
    passage = note.passage
    if passage is None:
        return Found(place=None, revision=None, sentence="")
    try:
        article_id = find_article(db, note.url)
    except NotStoredError:
        return Found(
            place=None, revision=None, sentence=message("The archive has no such article: the note keeps its passage.")
        )
    number, text = newest_text(db, article_id)
    if place := find(text, passage):
        changed = "" if place.how == "exact" else message("The passage reads otherwise now.")
        return Found(place=place, revision=number, sentence=changed)
    return _in_older(db, article_id, number, note, passage)


def _in_older(db: Database, article_id: int, newest: int, note: Note, passage: Passage) -> Found:
    rows = db.execute(
        "select number, seen_at, json_extract(content, '$.text') from revisions "
        "where article_id = ? and number < ? order by number desc limit ?",
        [article_id, newest, MOST_REVISIONS],
    ).fetchall()
    for number, seen_at, text in rows:
        if place := find_exact(text, passage):
            sentence = message(
                "The passage is no longer in the newest text: it was in revision %(number)s, archived %(day)s.",
                number=number,
                day=seen_at[:10],
            )
            return Found(place=place, revision=number, sentence=sentence)
    if note.seen_at:
        sentence = message(
            "The passage is no longer in any revision: it was marked in revision %(number)s, archived %(day)s.",
            number=note.revision,
            day=note.seen_at[:10],
        )
    else:
        sentence = message(
            "The passage is no longer in any revision: it was marked in revision %(number)s.", number=note.revision
        )
    return Found(place=None, revision=None, sentence=sentence)
