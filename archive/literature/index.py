"""The bibliographic index: one SQLite file of publications, found by identifier or by what a news text says."""

import json
import math
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Self

from isal import isal_zlib  # a third of zlib's time

from archive.errors import ArchiveError
from archive.literature.linking.journals import JournalNames
from archive.literature.linking.people import surname_and_initials, surname_keys
from archive.literature.linking.terms import terms
from archive.literature.record import LiteratureRecord
from archive.storage.connection import connect, transaction
from archive.storage.sql import compose, insert_statement, placeholders
from archive.text.characters import clean, comparison_key

APPLICATION_ID = 0x484E6C69  # "HNli" in the header of the file
VERSION = 1
_SCHEMA = Path(__file__).with_name("schema.sql")
_FIELDS = ("pmid", "doi", "pmcid", "title", "published", "volume", "issue", "pages", "notice")
_COLUMNS = (*_FIELDS, "authors", "abstract", "journal_id", "key", "source_id")
_SELECT = compose(
    "select {columns}, journals.name, journals.abbreviation, records.journal_id "
    "from records left join journals on journals.id = records.journal_id",
    columns=[f"records.{name}" for name in ("id", *_FIELDS, "authors", "abstract")],
)
_BY_ID = compose("{select} where records.id in (select value from json_each(?))", select=_SELECT)
_INSERT = insert_statement("records", ("id", *_COLUMNS))
_UPDATE = compose(
    "update records set ({columns}) = ({values}) where id = ?", columns=_COLUMNS, values=placeholders(len(_COLUMNS))
)
_INSERT_CANDIDATE = insert_statement("candidates", ("rowid", "title", "people", "journal"))
_CACHE = 200_000  # KiB of the file that are kept in memory: new identifiers go to places all over their indexes
_json = json.JSONEncoder(ensure_ascii=False).encode
_LONGEST_ABSTRACT = 20_000  # characters


def open_index(path: str | Path, *, create: bool = False) -> "LiteratureIndex":
    """Return the index at `path`; `create` makes one where no file is.

    Raises ArchiveError, with one sentence for the user, when the file is missing, is no index, is newer than this
    program, or cannot be read.
    """
    path = Path(path)
    if not create and not path.exists():
        raise ArchiveError(f"There is no bibliographic index at {path}: make one by `healthnews literature add FILE`.")
    if not path.parent.is_dir():
        raise ArchiveError(f"The folder {path.parent} does not exist: make it first, or name another index.")
    try:
        db = connect(path, reading=not create)
        db.execute("pragma synchronous = normal")  # a power cut can lose the last commits, a kill none
        db.execute(f"pragma cache_size = -{_CACHE}")
        _prepare(db, path)
    except sqlite3.Error as error:
        raise ArchiveError(f"The bibliographic index {path} cannot be opened: {error}.") from error
    return LiteratureIndex(db, path)


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    marked = db.execute("pragma application_id").fetchone()[0]
    version = db.execute("pragma user_version").fetchone()[0]
    if marked == APPLICATION_ID:
        if version > VERSION:
            raise ArchiveError(f"{path} was written by a newer version of healthnews: update the program to open it.")
        return
    if db.execute("select 1 from sqlite_master limit 1").fetchone():
        raise ArchiveError(f"{path} is a SQLite file but no bibliographic index: name another one with --index.")
    db.execute("pragma journal_mode = wal")
    db.executescript(
        f"begin; {_SCHEMA.read_text(encoding='utf-8')}"
        f"pragma application_id = {APPLICATION_ID}; pragma user_version = {VERSION}; commit;"
    )


class LiteratureIndex:
    """An open index. Not safe for several threads at once."""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        """Take the connection, which `close` closes, and the file's path for messages."""
        self.db = db
        self.path = path
        self._journal_ids: dict[tuple[str, str], int] = {}

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        """Return the number of records."""
        return int(self.db.execute("select count(*) from records").fetchone()[0])

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold a write transaction: commit at the end, roll back on an error."""
        try:
            with transaction(self.db):
                yield
        except BaseException:
            self._journal_ids.clear()
            raise

    def add(
        self, records: Iterable[LiteratureRecord], source_id: int | None = None, *, only_notices: bool = False
    ) -> int:
        """Store records and return how many were new. The caller holds a transaction, and calls `count` at the end.

        A record with the PMID or DOI of a stored one replaces what it states of it; what it leaves out stays. With
        `only_notices` a stored record keeps what it states, and the new one adds what is missing and the notice.
        """
        given = [_Prepared(record) for record in records]
        known = self._known(given)
        fresh: list[_Prepared] = []
        new = 0
        for each in given:
            if known.isdisjoint(each.ids):
                fresh.append(each)
                new += 1
            else:
                self._insert(fresh, source_id)  # it may be about one of them
                fresh = []
                new += self._merge(each, source_id, only_notices=only_notices)
            known.update(each.ids)
        self._insert(fresh, source_id)
        self.__dict__.pop("journals", None)
        return new

    def remove(self, pmid: str) -> None:
        """Delete the record with a PMID, such as one that PubMed has withdrawn. The caller holds a transaction."""
        for row in self.db.execute(f"{_SELECT} where records.pmid = ?", (pmid,)).fetchall():
            self._remove_candidate(row)
            self.db.execute("delete from records where id = ?", (row[0],))

    def source(self, name: str, sha256: str, kind: str) -> tuple[int, int, bool]:
        """Return the number of a file's row, how many of its records were read before, and whether all were."""
        with self.transaction():
            self.db.execute(
                "insert or ignore into sources (name, sha256, kind) values (?, ?, ?)", (clean(name), sha256, kind)
            )
        row = self.db.execute("select id, position, loaded_at from sources where sha256 = ?", (sha256,)).fetchone()
        return row[0], row[1], bool(row[2])

    def reached(self, source: int, position: int, records: int, skipped: int) -> None:
        """Write down how far a file was read. The caller holds the transaction of its records."""
        self.db.execute(
            "update sources set position = ?, records = records + ?, skipped = skipped + ?, counted = 0 where id = ?",
            (position, records, skipped, source),
        )

    def finished(self, source: int, moment: str) -> None:
        """Write down that a file was read to its end. The caller holds a transaction."""
        self.db.execute("update sources set loaded_at = ? where id = ?", (moment, source))

    def count(self) -> None:
        """Count in how many records each term occurs. The caller holds a transaction."""
        self.db.execute("delete from frequencies")
        self.db.execute("insert into frequencies select term, col, doc from candidate_terms")
        self.db.execute("update sources set counted = 1 where not counted")
        self.__dict__.pop("size", None)

    def is_uncounted(self) -> bool:
        """Return whether records were stored from files since terms were counted."""
        return self.db.execute("select 1 from sources where not counted limit 1").fetchone() is not None

    def by_pmid(self, pmid: str) -> LiteratureRecord | None:
        """Return the record with a PMID."""
        return self._one("records.pmid = ?", pmid)

    def by_doi(self, doi: str) -> LiteratureRecord | None:
        """Return the record with a DOI, in lower case."""
        return self._one("records.doi = ?", doi.lower())

    def by_id(self, ids: Sequence[int]) -> dict[int, tuple[LiteratureRecord, int]]:
        """Return records and the numbers of their journals by their row numbers."""
        rows = self.db.execute(_BY_ID, [json.dumps(list(ids))])
        return {row[0]: (_record(row), row[-1] or 0) for row in rows}

    @property
    def state(self) -> str:
        """What changes when files are added: the number of files, of their records, and the time of the last one."""
        row = self.db.execute("select count(*), sum(records), max(loaded_at) from sources").fetchone()
        return " ".join(str(value or 0) for value in row)

    @cached_property
    def size(self) -> int:
        """The number of records, counted once."""
        return len(self)

    @cached_property
    def journals(self) -> JournalNames:
        """The journals of the index, to be found by a printed name."""
        rows = self.db.execute("select id, name, abbreviation from journals").fetchall()
        names = [(number, name) for number, name, _ in rows] + [(number, short) for number, _, short in rows if short]
        return JournalNames(names)

    def frequencies(self, stems: Iterable[str], part: str) -> dict[str, int]:
        """Return in how many records each of the terms occurs in a part: `title`, `people` or `journal`."""
        sql = "select term, records from frequencies where part = ? and term in (select value from json_each(?))"
        return dict(self.db.execute(sql, [part, json.dumps(sorted(set(stems)))]).fetchall())

    def matching(self, expression: str, limit: int) -> list[int]:
        """Return the row numbers of the records that match an FTS5 expression best."""
        rows = self.db.execute(
            "select rowid from candidates where candidates match ? order by rank, rowid limit ?", (expression, limit)
        )
        return [row[0] for row in rows]

    def _one(self, condition: str, value: str) -> LiteratureRecord | None:
        row = self.db.execute(f"{_SELECT} where {condition}", (value,)).fetchone()
        return _record(row) if row else None

    def _known(self, given: Sequence["_Prepared"]) -> set[tuple[str, str]]:
        """Return the identifiers of some records that stored records have, with the columns that hold them."""
        known: set[tuple[str, str]] = set()
        for column in ("pmid", "doi", "key"):
            values = [value for each in given for name, value in each.ids if name == column]
            sql = compose(
                "select {column} from records where {column} in (select value from json_each(?))", column=column
            )
            known.update((column, value) for (value,) in self.db.execute(sql, [json.dumps(values)]))
        return known

    def _insert(self, fresh: Sequence["_Prepared"], source_id: int | None) -> None:
        """Store records that share no identifier with stored ones."""
        if not fresh:
            return
        first = self.db.execute("select coalesce(max(id), 0) + 1 from records").fetchone()[0]
        rows, searchable = [], []
        for number, each in enumerate(fresh, first):
            journal = self._journal(each.record)
            rows.append((number, *each.row(journal, source_id)))
            searchable.append((number, *_searchable(each.record, journal)))
        self.db.executemany(_INSERT, rows)
        self.db.executemany(_INSERT_CANDIDATE, searchable)

    def _merge(self, prepared: "_Prepared", source_id: int | None, *, only_notices: bool) -> bool:
        """Store a record that shares an identifier with stored ones, and return whether it is new after all."""
        ids = dict(prepared.ids)
        stored = self.db.execute(
            f"{_SELECT} where records.pmid = ? or records.doi = ? or records.key = ? order by records.pmid is null",
            [ids.get(column) for column in ("pmid", "doi", "key")],
        ).fetchall()
        if not stored:
            self._insert([prepared], source_id)
            return True
        record, number = prepared.record, stored[0][0]
        for row in reversed(stored):
            old = _record(row)
            record = replace(_merged(record, old), notice=record.notice) if only_notices else _merged(old, record)
            self._remove_candidate(row)
            if row[0] != number:
                self.db.execute("delete from records where id = ?", (row[0],))
        journal = self._journal(record)
        self.db.execute(_UPDATE, [*_Prepared(record).row(journal, source_id), number])
        self.db.execute(_INSERT_CANDIDATE, (number, *_searchable(record, journal)))
        return False

    def _remove_candidate(self, row: Sequence[object]) -> None:
        record = _record(row)
        self.db.execute(
            "insert into candidates (candidates, rowid, title, people, journal) values ('delete', ?, ?, ?, ?)",
            (row[0], *_searchable(record, row[-1])),
        )

    def _journal(self, record: LiteratureRecord) -> int | None:
        names = (clean(record.journal or record.abbreviation), clean(record.abbreviation))
        if not names[0]:
            return None
        if names not in self._journal_ids:
            self.db.execute("insert or ignore into journals (name, abbreviation) values (?, ?)", names)
            found = self.db.execute("select id from journals where name = ? and abbreviation = ?", names).fetchone()
            self._journal_ids[names] = found[0]
        return self._journal_ids[names]


class _Prepared:
    """A record as it is stored, with the identifiers by which it is known again."""

    def __init__(self, record: LiteratureRecord) -> None:
        self.record = record
        self._pmid, self._doi = clean(record.pmid) or None, clean(record.doi).lower() or None
        self._key = None if self._pmid or self._doi else _key(record)
        named = (("pmid", self._pmid), ("doi", self._doi), ("key", self._key))
        self.ids = tuple((column, value) for column, value in named if value)

    def row(self, journal: int | None, source_id: int | None) -> tuple[object, ...]:
        """Return the values of `_COLUMNS`."""
        record = self.record
        abstract = record.abstract and isal_zlib.compress(clean(record.abstract)[:_LONGEST_ABSTRACT].encode())
        authors = _json([clean(name) for name in record.authors])
        stated = (clean(record.pmcid) or None, *(clean(getattr(record, name)) for name in _FIELDS[3:]))
        return (self._pmid, self._doi, *stated, authors, abstract or None, journal, self._key, source_id)


def surname_token(surname: str, initial: str = "") -> str:
    """Return the term under which a surname, or a surname with an initial, is found."""
    plain = surname if surname.isalnum() else "".join(character for character in surname if character.isalnum())
    return f"{plain}_{initial[:1].lower()}" if initial else plain


def inverse_frequency(records: int, size: int) -> float:
    """Return the inverse document frequency of a term in `records` of `size` records.

    An index of fewer than 2,000 records is taken for one of 2,000, so that a word of its field does not weigh nothing.
    """
    return math.log((max(size, 2_000) + 1) / (records + 0.5))


def _searchable(record: LiteratureRecord, journal: object) -> tuple[str, str, str]:
    people = " ".join(map(_author_tokens, record.authors))
    return " ".join(terms(record.title)), people, f"j_{journal}" if journal else ""


@lru_cache(maxsize=200_000)  # the commonest names stand in thousands of records
def _author_tokens(author: str) -> str:
    surname, initials = surname_and_initials(author)
    keys = surname_keys(surname)
    named = [surname_token(key, initials) for key in keys] if initials else []
    return " ".join([*map(surname_token, keys), *named])


def _record(row: Sequence[object]) -> LiteratureRecord:
    stated = dict(
        zip(_FIELDS, ("" if value is None else str(value) for value in row[1 : len(_FIELDS) + 1]), strict=True)
    )
    authors, abstract, name, abbreviation = row[len(_FIELDS) + 1 : len(_FIELDS) + 5]
    return LiteratureRecord(
        **stated,
        authors=tuple(json.loads(str(authors))),
        abstract=zlib.decompress(abstract).decode() if isinstance(abstract, bytes) else "",
        journal=str(name or ""),
        abbreviation=str(abbreviation or ""),
    )


def _merged(old: LiteratureRecord, new: LiteratureRecord) -> LiteratureRecord:
    """Return what the new record states, and of the old one what the new one leaves out."""
    names = LiteratureRecord.__dataclass_fields__
    return LiteratureRecord(**{name: getattr(new, name) or getattr(old, name) for name in names})


def _key(record: LiteratureRecord) -> str:
    first = record.authors[0] if record.authors else ""
    return f"{comparison_key(record.title)[:200]}|{comparison_key(first)}|{record.published[:4]}"
