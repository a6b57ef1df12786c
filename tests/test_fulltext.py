"""The indexes follow whatever a plain connection writes, and spell text as Python does."""

import sqlite3

import pytest
from datasette.utils import detect_fts
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from archive.retrieval.query import fts_query
from archive.storage.fulltext import index as fts
from archive.text.folding import characters, pair

ARTICLES = """create table articles (id integer primary key, url text unique, site text, title text, text text,
  source text, language text, published text, first_seen text) strict"""
SUPERSEDED = """create table superseded (id integer primary key, site text, title text, text text, source text,
  language text, published text) strict"""
FIND = "select rowid from articles_fts where articles_fts match ? order by rank"
ODD = st.sampled_from("ab 12，患幹の  βｶﾊｱｳﾞﾟガＩ１²\u3000\u00a0\ufeff\u200bé\u0301가Ⅱ\U00020bb7\n")
WRITTEN = st.text(st.one_of(ODD, st.characters(exclude_categories=["Cs"])))
IDS = st.integers(1, 5)


def _empty() -> Database:
    db = Database(memory=True)
    db.execute(ARTICLES)
    db.execute(SUPERSEDED)
    fts.create(db)
    fts.join_voice_marks(db)
    db.conn.commit()
    return db


TEMPLATE = _empty()


def _archive() -> Database:
    db = Database(memory=True)
    TEMPLATE.conn.backup(db.conn)
    return db


def _spelled(db: Database, text: str) -> tuple[str, str]:
    """How the views spell a text: in pairs, and as single characters."""
    db.execute("insert or ignore into articles (id, site, title) values (1, '', '')")
    db.execute("update articles set text = ? where id = 1", [text])
    (pairs,) = db.execute("select text from articles_fts_spelled where id = 1").fetchone()
    (single,) = db.execute("select characters from articles_fts_characters_spelled where id = 1").fetchone()
    return pairs or "", single or ""


@given(WRITTEN.filter(lambda text: "\0" not in text))
def test_view_spells_as_python_does(text: str) -> None:
    assert _spelled(_archive(), text) == (pair(text), characters(text))


@pytest.mark.parametrize("unit", ["a", "1", "患", "患 ", "β", "1a", "IL-10 患者，", "ｶﾞﾝ患"])
@pytest.mark.parametrize("length", [47, 48, 49, 97, 4095, 4096, 4097, 8200])
def test_pieces_of_long_texts_join(unit: str, length: int) -> None:
    text = (unit * length)[:length]
    assert _spelled(_archive(), text) == (pair(text), characters(text))


EDITS = {
    "insert": "insert or ignore into articles (id, title, text, source) values (:id, :title, :text, :source)",
    "upsert": "insert into articles (id, title, text) values (:id, :title, :text) "
    "on conflict (id) do update set title = excluded.title, text = excluded.text",
    "update": "update articles set text = :text, source = :source where id <> :id",
    "move": "update or ignore articles set id = id + 3 where id = :id",
    "delete": "delete from articles where id = :id",
    "clear": "update articles set title = null where id = :id",
}
EDIT = st.tuples(st.sampled_from(sorted(EDITS)), IDS, WRITTEN, WRITTEN, WRITTEN)


@settings(max_examples=40)
@given(st.lists(EDIT, max_size=12))
def test_index_stays_in_step(edits: list[tuple[str, int, str, str, str]]) -> None:
    db = _archive()
    for edit, number, title, text, source in edits:
        db.conn.execute(EDITS[edit], {"id": number, "title": title, "text": text, "source": source})
    assert fts.check(db)


def test_a_plain_connection_keeps_the_file_in_step(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("archive") / "a.db"
    with sqlite3.connect(path) as plain:
        TEMPLATE.conn.backup(plain)
        plain.execute("insert into articles (id, title, text) values (1, '癌', '患者'), (2, '', '幹細胞')")
        plain.execute("update articles set text = '間充質幹細胞' where id = 1")
    db = Database(path)
    assert fts.check(db)
    assert [row[0] for row in db.execute(FIND, [fts_query("干细胞")])] == [2, 1]
    assert [row[0] for row in db.execute(FIND, ['"干细 细胞"'])] == [2, 1]
    assert not db.execute(FIND, [fts_query("患者")]).fetchall()


def test_check_finds_what_went_past_the_triggers_and_rebuild_mends_it() -> None:
    db = _archive()
    db.execute("pragma recursive_triggers = off")  # as in a plain connection; sqlite-utils turns them on
    db.execute("insert into articles (id, text) values (1, 'old')")
    db.execute("insert or replace into articles (id, text) values (1, 'new')")
    assert not fts.check(db)
    fts.rebuild(db)
    assert fts.check(db)
    assert db.execute(FIND, ["new"]).fetchall() == [(1,)]
    assert db.execute(FIND, ["old"]).fetchall() == []


@pytest.mark.parametrize("table", [indexed.table for indexed in fts.TABLES])
def test_every_index_is_checked_rebuilt_and_optimized(table: str) -> None:
    db = _archive()
    rows = [(number, "癌症患者", "IL-10 " * number) for number in range(1, 30)]
    db.conn.executemany(f"insert into {table} (id, title, text) values (?, ?, ?)", rows)
    db.execute(f"delete from {table} where id < 20")
    fts.optimize(db)
    assert fts.check(db)
    db.execute(f"insert into {table}_fts ({table}_fts) values ('delete-all')")
    assert not fts.check(db)
    fts.rebuild(db)
    assert fts.check(db)
    found = db.execute(f"select rowid from {table}_fts where {table}_fts match ?", [fts_query("患者 IL10")])
    assert [row[0] for row in found] == list(range(20, 30))


def test_what_was_deleted_is_in_no_part_of_an_optimized_index() -> None:
    db = _archive()
    for table in ("articles", "superseded"):
        db.execute(f"insert into {table} (id, title, text) values (1, '', 'secretword'), (2, '', 'other')")
        db.conn.commit()
        db.execute(f"delete from {table} where id = 1")
    assert _in_index(db, b"ecretword")
    fts.optimize(db)
    assert not _in_index(db, b"ecretword")
    assert _in_index(db, b"ther")


def _in_index(db: Database, word: bytes) -> bool:
    """Whether the word is there, but for its first letter, which it may share with the word before it."""
    blocks = (block for index in fts.INDEXES for (block,) in db.execute(f"select block from {index}_data"))
    return any(word in block for block in blocks)


def test_check_raises_where_there_is_no_index() -> None:
    with pytest.raises(sqlite3.OperationalError, match="articles_fts"):
        fts.check(Database(memory=True))


def test_an_unchanged_text_is_not_indexed_again() -> None:
    db = _archive()
    db.execute("insert into articles (id, text, site) values (1, '患者', 'a')")
    before = db.execute("select block from articles_fts_data where id = 10").fetchone()
    db.execute("update articles set text = '患者', url = 'b'")
    assert db.execute("select block from articles_fts_data where id = 10").fetchone() == before


def test_datasette_and_sqlite_utils_detect_the_index() -> None:
    db = _archive()
    assert detect_fts(db.conn, "articles") == "articles_fts"
    assert db.table("articles").detect_fts() == "articles_fts"


def test_a_hit_in_the_title_ranks_first() -> None:
    db = _archive()
    db.execute("insert into articles (id, title, text) values (1, 'News', 'stem cell stem cell'), (2, 'Stem', 'a b')")
    assert [row[0] for row in db.execute(FIND, ["stem"])] == [2, 1]


def test_text_after_nul_does_no_harm() -> None:
    db = _archive()
    db.execute("insert into articles (id, text) values (1, ?), (2, ?)", ["患\0者", "\0x"])
    db.execute("delete from articles where id = 2")
    assert fts.check(db)
    assert db.execute(FIND, ['"患"']).fetchall() == [(1,)]


def test_half_width_katakana_of_an_older_index_are_found_once_voice_marks_are_joined() -> None:
    db = Database(memory=True)
    db.execute(ARTICLES)
    db.execute(SUPERSEDED)
    fts.create(db)
    db.execute("insert into articles (id, site, title, text) values (1, '', '', 'ｶﾞﾝ検診')")
    assert not list(db.execute(FIND, [fts_query("ガン検診")]))
    fts.join_voice_marks(db)
    assert list(db.execute(FIND, [fts_query("ガン検診")])) == [(1,)]
    assert list(db.execute(FIND, [fts_query("ｶﾞﾝ")])) == [(1,)]
    assert fts.check(db)
