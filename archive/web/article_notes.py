"""What was written about an article, for its page: notes with the places of their passages, tags, collections."""

from dataclasses import dataclass

from sqlite_utils import Database

from archive.notes import Note, NotedArticle, Notes
from archive.notes.passages import find
from archive.notes.reading import Found, locate
from archive.web.article_text import Mark
from archive.web.notes_access import NotesAccess


@dataclass(frozen=True, slots=True)
class ShownNote:
    """A note with its number on the page, what became of its passage, and whether that is marked in the shown text."""

    number: int
    note: Note
    found: Found
    is_marked: bool


@dataclass(frozen=True, slots=True)
class ArticleNotes:
    """What was written about an article; `collections` are pairs of number and name, `known` are the names of all."""

    notes: tuple[ShownNote, ...]
    tags: tuple[str, ...]
    collections: tuple[tuple[int, str], ...]
    known: tuple[str, ...]
    known_tags: tuple[str, ...]
    marks: tuple[Mark, ...]


def article_notes(
    db: Database,
    noted: list[NotedArticle],
    known: list[tuple[int, str]],
    tags: list[str],
    text: str,
    revision: int,
    *,
    is_newest: bool,
) -> ArticleNotes:
    """Return what is shown beside a revision, whose text is `text`; `noted` has the article under all of its URLs."""
    every = sorted(
        (note for article in noted for note in article.notes),
        key=lambda note: (note.passage is None, note.passage.start if note.passage else 0, note.created_at),
    )
    shown, marks = [], []
    for number, note in enumerate(every, 1):
        found = locate(db, note)
        place = found.place if found.revision == revision else None
        if place is None and note.passage and not is_newest:
            place = find(text, note.passage)
        if place:
            marks.append((place.start, place.end, number))
        shown.append(ShownNote(number, note, found, place is not None))
    names = {name for article in noted for name in article.collections}
    return ArticleNotes(
        notes=tuple(shown),
        tags=tuple(sorted({tag for article in noted for tag in article.tags})),
        collections=tuple((number, name) for number, name in known if name in names),
        known=tuple(name for _, name in known),
        known_tags=tuple(tags),
        marks=tuple(marks),
    )


async def written_about(
    access: NotesAccess, urls: list[str]
) -> tuple[list[NotedArticle], list[tuple[int, str]], list[str]]:
    """Return what was written about the article with these URLs, all collections by number and name, and all tags."""

    def read(notes: Notes) -> tuple[list[NotedArticle], list[tuple[int, str]], list[str]]:
        noted = [each for url in urls for each in notes.articles(url=url)]
        known = [(each.id, each.name) for each in notes.collections()]
        return noted, known, [tag for tag, _ in notes.tags()]

    return await access.read(read)
