"""Read and write collections, tags and notes. Every write is one transaction that also writes the history."""

import json
import sqlite3
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from archive.notes.models import (
    AbsentError,
    ArticleName,
    Change,
    Collection,
    ConflictError,
    Note,
    NotedArticle,
    RefusedError,
)
from archive.notes.passages import LONGEST, Passage
from archive.storage.connection import timestamp, transaction
from archive.storage.damage import as_fault
from archive.storage.sql import from_row
from archive.text.characters import clean
from archive.text.messages import message

LONGEST_NAME, LONGEST_BODY = 200, 100_000  # characters
_ARTICLE = (
    "articles.url, articles.title, articles.site, articles.language, articles.published, "
    "coalesce(members.revision, 1), coalesce(members.content_hash, '')"
)
_CONDITIONS = {
    "collection": "members.collection_id = :collection",
    "tag": "articles.id in (select article_id from tags where tag = :tag)",
    "url": "articles.url = :url",
}
_NOTE = (
    'notes.id, articles.url, body, exact, prefix, suffix, start, "end", revision, content_hash, seen_at, version, '
    "created_by, created_at, changed_by, changed_at"
)
_COLLECTION = (
    "id, name, description, version, (select count(*) from members where collection_id = collections.id), created_by, "
    "created_at, changed_by, changed_at"
)


def one_line(text: str, what: str, most: int = LONGEST_NAME) -> str:
    """Return a name on one line. Raises RefusedError if it is empty or too long."""
    name = " ".join(clean(text).split())
    if not name:
        raise RefusedError(message("%(what)s needs a name.", what=what))
    if len(name) > most:
        raise RefusedError(
            message(
                "%(what)s has a name of %(length)s characters: %(most)s is the most.",
                what=what,
                length=len(name),
                most=most,
            )
        )
    return name


class Notes:
    """An open notes file. Not safe for several threads at once; any number of processes may write.

    `actor` is the id of whoever writes. Writing methods raise RefusedError for what cannot be written as asked, and
    FaultError where the disk is full, the file is read-only or another process holds it too long: nothing is changed
    then.
    """

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        """Take the connection, which `close` closes, and the file's path for messages."""
        self.db, self.path = db, path

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def writing(self) -> Iterator[str]:
        """Hold a write transaction and yield its time. Raises FaultError where the machine is at fault."""
        try:
            with transaction(self.db):
                yield timestamp(datetime.now(UTC))
        except sqlite3.Error as error:
            fault = as_fault(error, self.path)
            if fault is None:
                raise
            raise fault from error

    def log(self, at: str, actor: str, kind: str, item: object, action: str, content: Any, version: int = 1) -> None:
        """Add a line to the history. The caller holds the transaction."""
        self.db.execute(
            "insert into history (at, actor, kind, item, action, version, content) values (?, ?, ?, ?, ?, ?, ?)",
            (at, actor, kind, str(item), action, version, json.dumps(content, ensure_ascii=False)),
        )

    def history(self, kind: str | None = None, item: object = None, limit: int = 1000) -> list[Change]:
        """Return changes, newest first: all, or those of a kind, or of one item."""
        rows = self.db.execute(
            "select at, actor, kind, item, action, version, content from history "
            "where (?1 is null or kind = ?1) and (?2 is null or item = ?2) order by id desc limit ?3",
            (kind, None if item is None else str(item), limit),
        )
        return [
            Change(
                at=at, actor=actor, kind=kind, item=item, action=action, version=version, content=json.loads(content)
            )
            for at, actor, kind, item, action, version, content in rows
        ]

    # Articles

    def article_id(self, article: ArticleName) -> int:
        """Return the number of an article's row, made or brought up to date. The caller holds a transaction."""
        (number,) = self.db.execute(
            "insert into articles (url, title, site, language, published) values (?, ?, ?, ?, ?) on conflict (url) "
            "do update set title = excluded.title, site = excluded.site, language = excluded.language, "
            "published = excluded.published returning id",
            (article.url, clean(article.title), article.site, article.language, article.published),
        ).fetchone()
        return int(number)

    def articles(
        self, *, collection: int | None = None, tag: str | None = None, url: str | None = None
    ) -> list[NotedArticle]:
        """Return the articles of a collection, with a tag or with a URL, all if nothing is asked; first added first."""
        asked = {"collection": collection, "tag": tag, "url": url}
        conditions = [_CONDITIONS[name] for name, value in asked.items() if value is not None]
        rows = self.db.execute(
            f"select {_ARTICLE}, articles.id, coalesce(members.added_by, ''), coalesce(members.added_at, '') "  # noqa: S608 - constants
            "from articles "
            "left join members on members.article_id = articles.id and members.collection_id = :collection "
            f"where {' and '.join(conditions) or 'true'} order by members.added_at, articles.id",
            asked,
        ).fetchall()
        collections = self._grouped("members join collections on collections.id = collection_id", "name")
        tags, notes = self._grouped("tags", "tag"), self._notes_by_article(url)
        return [
            NotedArticle(
                name=from_row(ArticleName, name),
                collections=tuple(collections.get(number, ())),
                tags=tuple(tags.get(number, ())),
                notes=tuple(notes.get(name[0], ())),
                added_by=added_by,
                added_at=added_at,
            )
            for *name, number, added_by, added_at in rows
        ]

    def _grouped(self, table: str, column: str) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for number, value in self.db.execute(f"select article_id, {column} from {table} order by {column}"):  # noqa: S608
            found.setdefault(number, []).append(value)
        return found

    def _notes_by_article(self, url: str | None) -> dict[str, list[Note]]:
        found: dict[str, list[Note]] = {}
        for note in self.notes(url):
            found.setdefault(note.url, []).append(note)
        return found

    # Collections

    def collections(self) -> list[Collection]:
        """Return all collections by name."""
        rows = self.db.execute(f"select {_COLLECTION} from collections order by name")  # noqa: S608
        return [from_row(Collection, row) for row in rows]

    def collection(self, wanted: int | str) -> Collection:
        """Return a collection by number or name. Raises RefusedError."""
        column = "id" if isinstance(wanted, int) else "name"
        row = self.db.execute(f"select {_COLLECTION} from collections where {column} = ?", (wanted,)).fetchone()  # noqa: S608
        if row is None:
            names = ", ".join(each.name for each in self.collections()) or message("none yet")
            raise AbsentError(
                message("There is no collection %(name)s. There are: %(names)s.", name=str(wanted), names=names)
            )
        return from_row(Collection, row)

    def create_collection(self, name: str, actor: str, description: str = "") -> Collection:
        """Make a collection. Raises RefusedError if there is one of that name."""
        name = one_line(name, message("A collection"))
        with self.writing() as at:
            self._refuse_taken(name)
            number = self._create_collection(name, clean(description), actor, at)
        return self.collection(number)

    def _refuse_taken(self, name: str, own: int | None = None) -> None:
        """Raise RefusedError if another collection than `own` has the name."""
        if self.db.execute("select 1 from collections where name = ? and id is not ?", (name, own)).fetchone():
            raise RefusedError(message("There is a collection %(name)s already: choose another name.", name=name))

    def _create_collection(self, name: str, description: str, actor: str, at: str) -> int:
        (number,) = self.db.execute(
            "insert into collections (name, description, created_by, created_at, changed_by, changed_at) "
            "values (?, ?, ?, ?, ?, ?) returning id",
            (name, description, actor, at, actor, at),
        ).fetchone()
        self.log(at, actor, "collection", number, "created", {"name": name, "description": description})
        return int(number)

    def change_collection(self, number: int, version: int, name: str, description: str, actor: str) -> Collection:
        """Rename or describe a collection that the writer read as `version`. Raises ConflictError."""
        name, description = one_line(name, message("A collection")), clean(description).strip()
        with self.writing() as at:
            now = self.collection(number)
            _refuse_older(version, now, message("The collection"), f"{now.name}\n\n{now.description}")
            self._refuse_taken(name, number)
            self.db.execute(
                "update collections set name = ?, description = ?, version = version + 1, changed_by = ?, "
                "changed_at = ? where id = ?",
                (name, description, actor, at, number),
            )
            content = {"name": name, "description": description}
            self.log(at, actor, "collection", number, "changed", content, version + 1)
        return self.collection(number)

    def delete_collection(self, number: int, version: int, actor: str) -> None:
        """Delete a collection; its articles stay with their tags and notes, and the history keeps which they were."""
        with self.writing() as at:
            now = self.collection(number)
            _refuse_older(version, now, message("The collection"), f"{now.name}\n\n{now.description}")
            urls = [each.name.url for each in self.articles(collection=number)]
            self.db.execute("delete from collections where id = ?", (number,))
            content = {"name": now.name, "description": now.description, "articles": urls}
            self.log(at, actor, "collection", number, "deleted", content, version)

    def set_aside(self, collection: str, articles: Iterable[ArticleName], actor: str, found_by: str = "") -> int:
        """Add articles to the collection of that name, which is made if there is none. Return how many were new."""
        name = one_line(collection, message("A collection"))
        new = 0
        with self.writing() as at:
            row = self.db.execute("select id from collections where name = ?", (name,)).fetchone()
            number = row[0] if row else self._create_collection(name, "", actor, at)
            for article in articles:
                added = self.db.execute(
                    "insert or ignore into members values (?, ?, ?, ?, ?, ?, ?)",
                    (
                        number,
                        self.article_id(article),
                        article.revision,
                        article.content_hash,
                        clean(found_by),
                        actor,
                        at,
                    ),
                ).rowcount
                if added:
                    new += 1
                    self.log(at, actor, "member", number, "created", {"url": article.url, "found_by": clean(found_by)})
        return new

    def take_out(self, collection: int, url: str, actor: str) -> bool:
        """Take an article out of a collection. Return whether it was in it."""
        with self.writing() as at:
            gone = self.db.execute(
                "delete from members where collection_id = ? and article_id = (select id from articles where url = ?)",
                (collection, url),
            ).rowcount
            if gone:
                self.log(at, actor, "member", collection, "deleted", {"url": url})
        return bool(gone)

    # Tags

    def tags(self) -> list[tuple[str, int]]:
        """Return all tags by name, with how many articles have each."""
        return self.db.execute("select tag, count(*) from tags group by tag order by tag").fetchall()

    def tag(self, articles: Iterable[ArticleName], tags: Iterable[str], actor: str) -> int:
        """Give tags to articles. Return how many were new."""
        names, new = [one_line(tag, message("A tag"), 100) for tag in tags], 0
        with self.writing() as at:
            for article in articles:
                number = self.article_id(article)
                for tag in names:
                    if self.db.execute(
                        "insert or ignore into tags values (?, ?, ?, ?)", (number, tag, actor, at)
                    ).rowcount:
                        new += 1
                        self.log(at, actor, "tag", article.url, "created", {"tag": tag})
        return new

    def untag(self, url: str, tag: str, actor: str) -> bool:
        """Take a tag from an article. Return whether it had it."""
        with self.writing() as at:
            gone = self.db.execute(
                "delete from tags where tag = ? and article_id = (select id from articles where url = ?)", (tag, url)
            ).rowcount
            if gone:
                self.log(at, actor, "tag", url, "deleted", {"tag": tag})
        return bool(gone)

    # Notes

    def notes(self, url: str | None = None) -> list[Note]:
        """Return all notes, or those on the article with that URL, in the order of their passages."""
        rows = self.db.execute(
            f"select {_NOTE} from notes join articles on articles.id = article_id where ?1 is null or url = ?1 "  # noqa: S608
            "order by article_id, start, created_at, notes.id",
            (url,),
        )
        return [_note(row) for row in rows]

    def note(self, note_id: str) -> Note:
        """Return a note. Raises RefusedError."""
        row = self.db.execute(
            f"select {_NOTE} from notes join articles on articles.id = article_id where notes.id = ?",  # noqa: S608
            (note_id,),
        ).fetchone()
        if row is None:
            gone = self.history("note", note_id, 1)
            raise AbsentError(
                message("This note was deleted by %(actor)s on %(day)s.", actor=gone[0].actor, day=gone[0].at[:10])
                if gone
                else message("There is no such note.")
            )
        return _note(row)

    def write_note(
        self, article: ArticleName, body: str, actor: str, *, passage: Passage | None = None, seen_at: str = ""
    ) -> Note:
        """Write a note on an article, or on a passage of it, for which it may be empty. Raises RefusedError."""
        body = _body(body)
        if not body and passage is None:
            raise RefusedError(message("A note needs words or a passage."))
        if passage and len(passage.exact) > LONGEST:
            raise RefusedError(
                message(
                    "The passage has %(length)s characters: %(most)s is the most.",
                    length=len(passage.exact),
                    most=LONGEST,
                )
            )
        note_id = str(uuid.uuid4())
        with self.writing() as at:
            number = self.article_id(article)
            marked = (
                (passage.exact, passage.prefix, passage.suffix, passage.start, passage.end)
                if passage
                else (None, "", "", None, None)
            )
            self.db.execute(
                "insert into notes values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?)",
                (
                    note_id, number, body, *marked, article.revision, article.content_hash, seen_at, actor, at, actor,
                    at,
                ),
            )  # fmt: skip
            content = {"url": article.url, "body": body, "passage": passage.exact if passage else None}
            self.log(at, actor, "note", note_id, "created", content)
        return self.note(note_id)

    def change_note(self, note_id: str, version: int, body: str, actor: str) -> Note:
        """Change the words of a note that the writer read as `version`. Raises ConflictError with the other's words."""
        body = _body(body)
        with self.writing() as at:
            now = self.note(note_id)
            _refuse_older(version, now, message("The note"), now.body)
            if not body and now.passage is None:
                raise RefusedError(message("A note needs words or a passage: delete it if it is not needed."))
            self.db.execute(
                "update notes set body = ?, version = version + 1, changed_by = ?, changed_at = ? where id = ?",
                (body, actor, at, note_id),
            )
            self.log(at, actor, "note", note_id, "changed", {"url": now.url, "body": body}, version + 1)
        return self.note(note_id)

    def delete_note(self, note_id: str, version: int, actor: str) -> None:
        """Delete a note that the writer read as `version`; the history keeps it. Raises ConflictError."""
        with self.writing() as at:
            now = self.note(note_id)
            _refuse_older(version, now, message("The note"), now.body)
            self.db.execute("delete from notes where id = ?", (note_id,))
            content = {"url": now.url, "body": now.body, "passage": now.passage.exact if now.passage else None}
            self.log(at, actor, "note", note_id, "deleted", content, version)


def _body(text: str) -> str:
    body = clean(text).replace("\r\n", "\n").strip()
    if len(body) > LONGEST_BODY:
        raise RefusedError(
            message("The note has %(length)s characters: %(most)s is the most.", length=len(body), most=LONGEST_BODY)
        )
    return body


def _refuse_older(version: int, now: Collection | Note, what: str, theirs: str) -> None:
    """Raise ConflictError if the writer read another `version` than the one that is stored; `theirs` is its text."""
    if now.version == version:
        return
    sentence = message(
        "%(what)s was changed by %(actor)s at %(time)s UTC while you wrote: nothing was overwritten.",
        what=what,
        actor=now.changed_by,
        time=now.changed_at[:16].replace("T", " "),
    )
    raise ConflictError(sentence, theirs, now.version)


def _note(row: Iterable[Any]) -> Note:
    note_id, url, body, exact, prefix, suffix, start, end, *others = row
    passage = Passage(exact=exact, prefix=prefix, suffix=suffix, start=start, end=end) if exact is not None else None
    names = list(Note.__dataclass_fields__)[4:]
    return Note(id=note_id, url=url, body=body, passage=passage, **dict(zip(names, others, strict=True)))
