"""A writer that indexes rows itself leaves the indexes as the triggers would."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from archive.storage.connection import transaction
from archive.storage.database import open_archive
from archive.storage.fulltext import index as fts
from archive.storage.fulltext.writing import indexed_by_writer
from archive.storage.migrations import migrations
from archive.storage.steps import APPLICATION_ID
from tests.archives import URL, an_article, archive_in_memory, store
from tests.test_fulltext import EDIT, EDITS, IDS, TEMPLATE, WRITTEN

STEP = "m018_held_rows"
MOMENT = "2024-06-01T00:00:00.000000Z"
ROW = """insert into articles (id, url, site, title, text, source, language, published) values
  (:id, :id, :site, :title, :text, :source, :language, :published)
on conflict (id) do update set title = excluded.title, text = excluded.text, source = excluded.source,
  site = excluded.site, language = excluded.language, published = excluded.published"""
OPTIONAL = st.none() | WRITTEN
ROWS = st.fixed_dictionaries(
    {
        "id": IDS,
        "site": st.sampled_from(["demo", "站点", ""]),
        "title": OPTIONAL,
        "text": OPTIONAL,
        "source": OPTIONAL,
        "language": st.sampled_from([None, "en", "zh-Hant-TW"]),
        "published": st.sampled_from([None, "2024-05-21", "May"]),
    }
)


def _archive() -> Database:
    db = Database(sqlite3.connect(":memory:", isolation_level=None))
    TEMPLATE.conn.backup(db.conn)
    fts.stand_back(db)
    return db


def _words(db: Database) -> list[list[tuple[object, ...]]]:
    """All words of the indexes with the places where they stand."""
    found = []
    for name in fts.INDEXES:
        db.execute(f"create virtual table temp.words using fts5vocab(main, {name}, instance)")
        found.append(db.execute("select term, doc, col, offset from temp.words order by 1, 2, 3, 4").fetchall())
        db.execute("drop table temp.words")
    return found


@given(st.lists(ROWS, max_size=6))
@settings(max_examples=60)
def test_the_writer_indexes_what_the_triggers_do(rows: list[dict[str, object]]) -> None:
    own, triggers = _archive(), _archive()
    for row in rows:
        with transaction(own), indexed_by_writer(own, fts.ARTICLES, [int(str(row["id"]))]):
            own.conn.execute(ROW, row)
        triggers.conn.execute(ROW, row)
    assert _words(own) == _words(triggers)
    assert fts.check(own)


@given(st.lists(st.tuples(st.booleans(), EDIT), max_size=12))
@settings(max_examples=60)
def test_the_writer_and_other_programs_take_turns(edits: list[tuple[bool, tuple[str, int, str, str, str]]]) -> None:
    db = _archive()
    for by_writer, (edit, number, title, text, source) in edits:
        ids = range(1, 9) if by_writer else ()
        with transaction(db), indexed_by_writer(db, fts.ARTICLES, ids):
            db.conn.execute(EDITS[edit], {"id": number, "title": title, "text": text, "source": source})
    assert fts.check(db)
    assert _held(db) == 0


def _held(db: Database) -> int:
    tables = [indexed.held for indexed in fts.TABLES]
    return sum(int(db.execute(f"select count(*) from {table}").fetchone()[0]) for table in tables)


def test_rows_that_are_not_held_are_left_to_the_triggers() -> None:
    db = _archive()
    with transaction(db), indexed_by_writer(db, fts.ARTICLES, [1]):
        db.execute("insert into articles (id, title, text) values (1, '', '患者'), (2, '', '患者')")
    assert fts.check(db)


def test_a_write_that_fails_holds_no_row() -> None:
    db = _archive()
    with (
        pytest.raises(sqlite3.IntegrityError),
        transaction(db),
        indexed_by_writer(db, fts.ARTICLES, [1]),
    ):
        db.execute("insert into articles (id, url, text) values (1, 'u', 'a'), (2, 'u', 'b')")
    assert _held(db) == 0
    db.execute("insert into articles (id, text) values (1, 'a')")
    assert fts.check(db)


def test_a_writer_that_dies_holds_no_row(tmp_path: Path) -> None:
    path = tmp_path / "healthnews.db"
    open_archive(path, create=True).close()
    with closing(open_archive(path)) as dying:
        dying.conn.execute("begin immediate")
        block = indexed_by_writer(dying, fts.ARTICLES, [1])
        block.__enter__()
        assert _held(dying) == 1
        with closing(Database(path)) as other:
            assert _held(other) == 0
        dying.close()  # what the operating system does for a process that is killed
    with closing(Database(path)) as db:
        assert _held(db) == 0


def test_without_a_transaction_the_triggers_index() -> None:
    db = _archive()
    with indexed_by_writer(db, fts.ARTICLES, [1]):
        assert _held(db) == 0
        db.execute("insert into articles (id, title, text) values (1, '', '患者')")
    assert fts.check(db)


@pytest.mark.parametrize("stored", ["cast(x'61ff62' as text)", "cast(x'6100ff' as text)", "'患' || char(0) || '者'"])
@pytest.mark.parametrize("change", ["update articles set text = 'b' where id = 1", "delete from articles"])
def test_a_text_that_is_damaged_or_has_nul_can_be_replaced(stored: str, change: str) -> None:
    db = _archive()
    with transaction(db), indexed_by_writer(db, fts.ARTICLES, [1]):
        db.execute(f"insert into articles (id, title, text) values (1, '', {stored})")
    assert fts.check(db)
    with transaction(db), indexed_by_writer(db, fts.ARTICLES, [1]):
        db.execute(change)
    assert fts.check(db)


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """An archive from before the step, with an article that has a past revision."""
    path = tmp_path / "healthnews.db"
    db = Database(sqlite3.connect(path, isolation_level=None))
    db.execute("pragma journal_mode = wal")
    db.execute(f"pragma application_id = {APPLICATION_ID}")
    migrations.apply(db, stop_before=STEP)
    db.execute("insert into pages (url, host, kind, discovered_at) values (?, '', 'article', '')", [URL])
    row = {"page_id": 1, "url": URL, "site": "demo", "title": "患者", "text": "ｶﾞﾝ检查", "markdown": ""}
    facts = {"encoding": "", "encoding_source": "", "removed": 0, "marketing": 0, "content_hash": "", "extractor": ""}
    db.table("articles").insert(row | facts | {"first_seen": MOMENT, "last_changed": MOMENT})
    revisions = [
        {"article_id": 1, "number": number, "seen_at": MOMENT, "content_hash": "", "content": content}
        for number, content in ((1, '{"text": "旧文", "title": "题"}'), (2, '{"text": "新文", "title": "题"}'))
    ]
    db.table("revisions").insert_all(revisions)
    db.close()
    return path


def test_an_earlier_archive_is_upgraded(earlier: Path) -> None:
    with closing(open_archive(earlier)) as db:
        assert fts.check(db)
        store(db, an_article())
        store(db, an_article(text="又一次。"), now=MOMENT.replace("06", "07"))
        assert fts.check(db)
        assert _held(db) == 0
        db.execute("delete from articles")
        assert fts.check(db)


def test_no_row_stays_held_when_articles_are_stored_and_change() -> None:
    db = archive_in_memory()
    for text in ("一", "二", "三"):
        store(db, an_article(text=text, citations=()))
    assert _held(db) == 0
    assert [text for (text,) in db.execute("select text from superseded order by number")] == ["一", "二"]
    assert fts.check(db)
