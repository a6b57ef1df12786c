"""What a notes file holds, as types; and the errors that the user can correct."""

from dataclasses import dataclass, field
from typing import Any

from archive.errors import UserError
from archive.notes.passages import Passage


class RefusedError(UserError):
    """Something cannot be written as asked: an empty name, an unknown collection, a study that is closed."""


class AbsentError(RefusedError):
    """There is no such collection, note, study or article of a study."""


class ConflictError(RefusedError):
    """Another writer was faster, and nothing was changed. `theirs` is the text that is stored, with its `version`."""

    def __init__(self, message: str, theirs: str, version: int) -> None:
        super().__init__(message)
        self.theirs, self.version = theirs, version


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleName:
    """An article by its canonical URL, which stays when the archive is rebuilt or merged.

    `revision` and `content_hash` are those that were read; the hash tells whether a rebuilt archive has the same text.
    """

    url: str
    title: str = ""
    site: str = ""
    language: str = ""
    published: str = ""
    revision: int = 1
    content_hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A named set of articles; `version` counts its changes."""

    id: int
    name: str
    description: str
    version: int
    articles: int
    created_by: str
    created_at: str
    changed_by: str
    changed_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note on an article, on a passage of it where `passage` is set; a highlight is a passage without words.

    `revision`, `content_hash` and `seen_at` are of the revision in which the passage was marked.
    """

    id: str
    url: str
    body: str
    passage: Passage | None
    revision: int
    content_hash: str
    seen_at: str
    version: int
    created_by: str
    created_at: str
    changed_by: str
    changed_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedArticle:
    """An article with all that was written about it; who added it to the collection that was asked for, and when."""

    name: ArticleName
    collections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    added_by: str = ""
    added_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A line of the history: who did what to which item, and its content after that (before, if it was deleted)."""

    at: str
    actor: str
    kind: str
    item: str
    action: str
    version: int
    content: dict[str, Any] = field(default_factory=dict)
