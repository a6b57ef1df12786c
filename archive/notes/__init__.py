"""Collections, tags, notes and codings: what readers write about articles, in a database beside the archive.

- `open_notes(path)` opens a notes file as `Notes`, or raises `ArchiveError`.
- `Studies(notes)` keeps the studies in which two people code the same articles.
"""

from archive.notes.database import open_notes
from archive.notes.models import ArticleName, ConflictError, Note, NotedArticle, RefusedError
from archive.notes.passages import Passage
from archive.notes.store import Notes
from archive.notes.studies import Studies

__all__ = [
    "ArticleName",
    "ConflictError",
    "Note",
    "NotedArticle",
    "Notes",
    "Passage",
    "RefusedError",
    "Studies",
    "open_notes",
]
