"""Map the types of an article to rows and JSON, and back."""

import dataclasses
import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, cast

from sqlite_utils import Database

from archive.article import Article, Citation, Evidence, Image, Reference, Removal
from archive.errors import DamagedError
from archive.storage.damage import damage_named
from archive.storage.sql import compose

PARTS: dict[str, tuple[str, type]] = {  # field of Article -> its table and the type of a row
    "references": ("bibliography", Reference),
    "citations": ("citations", Citation),
    "images": ("images", Image),
    "removals": ("removals", Removal),
    "evidence": ("evidence", Evidence),
}
ORDERED = ("bibliography", "citations", "evidence")  # tables whose rows carry their position in the article
UNORDERED = ("images", "removals")  # fields whose rows do not: the newest revision has their order
FIELDS: dict[type, tuple[str, ...]] = {  # of an article and its parts, in their order
    kind: tuple(f.name for f in dataclasses.fields(kind)) for kind in (Article, *(kind for _, kind in PARTS.values()))
}
SCALARS = tuple(name for name in FIELDS[Article] if name not in PARTS)
COLUMNS = FIELDS | {Article: SCALARS}
URLS = (  # of an article
    "select p.url from articles a join pages p on p.id = a.page_id where a.id = ?",
    "select url from articles where id = ?",
    """
    select p.url from revisions r join fetches f on f.id = r.fetch_id join pages p on p.id = f.page_id
    where r.article_id = ? order by r.number desc
    """,
)
ARRAYS = {"authors", "editors", "keywords", "references"}  # tuples that are one JSON column
DATES = {"published", "modified"}
FLAGS = {"et_al"}  # booleans, which SQLite keeps as 0 and 1


def to_json(article: Article) -> str:
    """Return the article as JSON under the field names of the types, as `show --json` prints and revisions keep it."""
    return json.dumps(article, ensure_ascii=False, default=_json_default)


def from_json(text: str) -> Article:
    """Return the article from JSON that `to_json` of this or another version wrote.

    Fields that the JSON lacks get their default or are empty. Fields that this version does not have are left out.
    """
    values: dict[str, Any] = json.loads(text)
    for name, (_, kind) in PARTS.items():
        values[name] = tuple(_typed(kind, _known_fields(kind, row)) for row in values.get(name) or ())
    return Article(**_tuples(_known_fields(Article, values)))


def columns(part: Any) -> dict[str, Any]:
    """Return the fields of an article or of a part as column values, without the parts that have their own tables."""
    return {name: _column(getattr(part, name)) for name in COLUMNS[type(part)]}


def content_hash(article: Article) -> str:
    """Return the SHA-1 of what makes a revision: title, text and printed references, but not counters or navigation."""
    content = [article.title, article.text, *(reference.raw for reference in article.references)]
    return hashlib.sha1("\x00".join(content).encode(), usedforsecurity=False).hexdigest()


def load_article(db: Database, article_id: int) -> Article:
    """Load the newest revision of the article from its tables.

    Raises KeyError for an unknown id, and DamagedError when what is stored of the article cannot be read.
    """
    with article_damage(db, article_id):
        row = _rows(db, compose("select {names} from articles where id = ?", names=SCALARS), article_id)
        if row:
            return _load_article(db, article_id, row[0])
    raise KeyError(article_id)


@contextmanager
def article_damage(db: Database, article_id: int) -> Iterator[None]:
    """Raise DamagedError, which names the article and its URL, where what is stored of it cannot be read."""
    with damage_named(lambda: named_article(db, article_id)):
        yield


def named_article(db: Database, article_id: int) -> str:
    """Return the article as it is named in a sentence, with its URL as far as that can be read."""
    url = readable_url(db, article_id)
    return f"article {article_id} ({url})" if url else f"article {article_id}"


def readable_url(db: Database, article_id: int) -> str | None:
    """Return the URL of an article from the first table that can be read and has it, None where none has."""
    for sql in URLS:
        try:
            row = db.execute(sql, [article_id]).fetchone()
        except sqlite3.DatabaseError:
            continue
        if row:
            return str(row[0])
    return None


def _load_article(db: Database, article_id: int, row: tuple[Any, ...]) -> Article:
    values = dict(zip(SCALARS, row, strict=True))
    for name in ARRAYS & values.keys():
        values[name] = json.loads(values[name])
    for name, (table, kind) in PARTS.items():
        values[name] = tuple(part for _, part in load_parts(db, table, kind, article_id))
    values |= _in_page_order(db, article_id, {name: values[name] for name in UNORDERED})
    return Article(**_tuples(values))


def load_parts(db: Database, table: str, kind: type, article_id: int) -> list[tuple[int, Any]]:
    """Return the parts of the article in `table`, each with the id of its row: by position, or else by id."""
    names = FIELDS[kind]
    order = "position" if table in ORDERED else "id"
    sql = compose(
        "select id, {names} from {table} where article_id = ? order by {order}", names=names, table=table, order=order
    )
    parts = []
    for row_id, *row in _rows(db, sql, article_id):
        values = dict(zip(names, row, strict=True))
        for name in (ARRAYS | {"confidence"}) & values.keys():
            values[name] = json.loads(values[name])
        for name in FLAGS & values.keys():
            values[name] = bool(values[name])
        parts.append((row_id, _typed(kind, values)))
    return parts


def _in_page_order(db: Database, article_id: int, parts: dict[str, tuple[Any, ...]]) -> dict[str, tuple[Any, ...]]:
    """Return the parts, by field, in the order of the newest revision; rows that keep their id keep no order."""
    sql = "select content from revisions where article_id = ? order by number desc limit 1"
    try:
        with damage_named(lambda: "the newest revision"):
            rows = _rows(db, sql, article_id)
            newest = from_json(rows[0][0]) if rows else None
    except DamagedError:  # only the order is lost
        newest = None
    return {name: _sorted_like(found, getattr(newest, name, ())) for name, found in parts.items()}


def _sorted_like(parts: tuple[Any, ...], model: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the parts in the order of `model`, those that it lacks at the end."""
    rank = {part: index for index, part in enumerate(model)}
    return tuple(sorted(parts, key=lambda part: rank.get(part, len(rank))))


def _rows(db: Database, sql: str, article_id: int) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = db.execute(sql, [article_id]).fetchall()
    return rows


def _known_fields(kind: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Return the values that are fields of the type, with an empty value for missing fields without a default."""
    fields = dataclasses.fields(kind)
    needed = {
        field.name: cast("Callable[[], Any]", field.type)()
        for field in fields
        if field.default is field.default_factory is dataclasses.MISSING
    }
    return needed | {field.name: values[field.name] for field in fields if field.name in values}


def _typed(kind: type, values: dict[str, Any]) -> Any:
    return kind(**_tuples(values))


def _tuples(values: dict[str, Any]) -> dict[str, Any]:
    for name, value in values.items():
        if isinstance(value, list):
            values[name] = tuple(value)
        elif name in DATES and isinstance(value, str):
            values[name] = date.fromisoformat(value)
    return values


def _column(value: Any) -> Any:
    if isinstance(value, tuple | dict):
        return json.dumps(value, ensure_ascii=False)
    return value.isoformat() if isinstance(value, date) else value


def _json_default(value: Any) -> str | dict[str, Any]:
    if type(value) in FIELDS:
        return {name: getattr(value, name) for name in FIELDS[type(value)]}
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not part of an article")
