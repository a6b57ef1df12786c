"""Saving an article writes the rows that changed, and parts keep their ids while they are the same."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from archive.article import Article, Citation, Image, Reference, Removal
from archive.articles.writer import forget_article, reinterpret, save_article
from archive.storage.connection import transaction
from archive.storage.fulltext.index import check
from archive.storage.row_mapping import load_article
from archive.works.writer import match_works, set_reference_keys
from tests.archives import URL, a_reference, an_article, archive_in_memory, new_archive, store

LATER = "2024-06-02T00:00:00.000000Z"
OTHER = URL + "0"
ONE, TWO, THREE = (
    a_reference(label=str(n), raw=f"[{n}] Wu T. Cells {n}.", title=f"Stem cells, part {n}", doi=f"10.5555/{n}",
                pmid=None, pmcid=None, arxiv=None)
    for n in (1, 2, 3)
)  # fmt: skip


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return new_archive(tmp_path)


def changes(db: Database, action: Callable[[], object]) -> int:
    """Return how many row changes the action makes."""
    before = db.conn.total_changes
    action()
    return db.conn.total_changes - before


def save(db: Database, article: Article, fetch_id: int = 1) -> int:
    """Save the article of page 1 in a transaction, and return how many rows changed."""
    with transaction(db):
        return changes(db, lambda: save_article(db, 1, fetch_id, article, LATER))


def ids(db: Database, table: str = "bibliography", column: str = "raw") -> dict[Any, int]:
    return dict(db.execute(f'select "{column}", id from {table} where article_id = 1').fetchall())


def renumbered(*references: Reference) -> tuple[Reference, ...]:
    """The references under the labels of a list in this order."""
    return tuple(
        replace(each, label=str(number), raw=f"[{number}] {each.raw.partition(' ')[2]}")
        for number, each in enumerate(references, 1)
    )


def test_the_same_article_writes_nothing(db: Database) -> None:
    store(db, an_article())
    assert save(db, an_article()) == 0
    assert changes(db, lambda: reinterpret(db, 1, 1, an_article(), LATER)) == 0


def test_the_same_article_of_another_fetch_writes_the_fetch(db: Database) -> None:
    store(db, an_article())
    db.table("fetches").insert({"page_id": 1, "url": URL, "fetched_at": LATER, "outcome": "stored"})
    assert save(db, an_article(), fetch_id=2) == 1
    assert db.execute("select fetch_id from articles").fetchone() == (2,)


def test_a_copy_of_another_article_writes_nothing(db: Database) -> None:
    store(db, an_article())
    store(db, an_article(), url=OTHER)
    counted = db.execute("select * from blocks order by id").fetchall()
    assert save(db, an_article()) == 0
    assert db.execute("select * from blocks order by id").fetchall() == counted


def test_blocks_are_counted_once_for_all_copies(db: Database) -> None:
    store(db, an_article())
    store(db, an_article(), url=OTHER)
    pages = "select distinct pages from blocks"
    for page_id, expected in ((1, [(1,)]), (2, [(0,)])):
        with transaction(db):
            forget_article(db, page_id)
        assert db.execute(pages).fetchall() == expected


def test_another_counter_writes_the_article_and_its_revision(db: Database) -> None:
    store(db, an_article())
    assert save(db, an_article(views=99)) == 2


def test_a_better_reading_of_a_reference_keeps_its_id(db: Database) -> None:
    store(db, an_article(references=(ONE, TWO)))
    before = ids(db)
    better = replace(TWO, year=2017, doi="10.5555/two")
    save(db, an_article(references=(ONE, better)))
    assert ids(db) == before
    assert db.execute("select doi from works order by doi").fetchall() == [("10.5555/1",), ("10.5555/two",)]


def test_references_keep_their_ids_under_new_labels(db: Database) -> None:
    store(db, an_article(references=renumbered(ONE, THREE)))
    before = ids(db, column="doi")
    works = ids(db, column="work_id")
    save(db, an_article(references=renumbered(TWO, THREE, ONE)))
    assert ids(db, column="doi").items() >= before.items()
    assert ids(db, column="work_id").items() >= works.items()
    assert load_article(db, 1).references == renumbered(TWO, THREE, ONE)


def test_a_citation_keeps_its_id_when_text_comes_before_it(db: Database) -> None:
    old, added = "第一段说明研究[1]。后来的研究[1]。", "新的一段提到[1]。\n\n"
    store(db, an_article(text=old, citations=cited(old)))
    before = sorted(ids(db, "citations", "start").items())
    save(db, an_article(text=added + old, citations=cited(added + old)))
    after = sorted(ids(db, "citations", "start").items())
    assert [row_id for _, row_id in after[1:]] == [row_id for _, row_id in before]


def cited(text: str) -> tuple[Citation, ...]:
    starts = [start for start in range(len(text)) if text.startswith("[1]", start)]
    return tuple(Citation(marker="[1]", start=start, end=start + 3, references=(0,)) for start in starts)


def test_images_and_removals_keep_their_ids(db: Database) -> None:
    images = [Image(url=f"https://news.example/{n}.png") for n in range(3)]
    removals = [Removal(text=f"广告 {n}", reason="marketing") for n in range(3)]
    store(db, an_article(images=tuple(images), removals=tuple(removals)))
    pictures, cuts = ids(db, "images", "url"), ids(db, "removals", "text")
    images[1] = replace(images[1], caption="图")
    save(db, an_article(images=tuple(images), removals=(*removals[:2], Removal(text="新", reason="marketing"))))
    assert ids(db, "images", "url") == pictures
    assert {**ids(db, "removals", "text"), "广告 2": cuts["广告 2"]}.items() >= cuts.items()


def test_images_and_removals_keep_their_ids_when_others_come_before_them(db: Database) -> None:
    images = tuple(Image(url=f"https://news.example/{n}.png") for n in range(3))
    removals = tuple(Removal(text=f"广告 {n}", reason="marketing") for n in range(3))
    store(db, an_article(images=images, removals=removals))
    pictures, cuts = ids(db, "images", "url"), ids(db, "removals", "text")
    new = an_article(
        images=(Image(url="https://news.example/new.png"), *reversed(images)),
        removals=(Removal(text="新", reason="marketing"), *reversed(removals)),
    )
    save(db, new)
    assert ids(db, "images", "url").items() >= pictures.items()
    assert ids(db, "removals", "text").items() >= cuts.items()
    loaded = load_article(db, 1)
    assert (loaded.images, loaded.removals) == (new.images, new.removals)


POOL = [
    *renumbered(ONE, TWO), *renumbered(THREE, ONE), replace(ONE, year=2017), replace(TWO, doi=None),
    Reference(raw="前瞻性研究", kind="mention"), Reference(kind="link", url="u", doi="10.5555/2"),
]  # fmt: skip
LISTS = st.lists(st.lists(st.sampled_from(POOL), max_size=6), min_size=2, max_size=4)


@given(LISTS)
@settings(max_examples=60, deadline=None)
def test_equal_references_keep_their_ids_whatever_comes_and_goes(versions: list[list[Reference]]) -> None:
    db = archive_in_memory()
    store(db, an_article(references=(ONE,), citations=()), url=OTHER)
    page_id = None
    for references in versions:
        before = stored(db)
        article = an_article(references=tuple(references), citations=(), images=(), removals=())
        store(db, article)
        page_id = page_id or db.execute("select id from pages where url = ?", [URL]).fetchone()[0]
        after = stored(db)
        assert [reference for reference, _ in after] == references
        kept = Counter(row for row in before if row in after)
        common = Counter(map(repr, references)) & Counter(repr(reference) for reference, _ in before)
        assert Counter(repr(reference) for reference, _ in kept.elements()) == common
    assert_in_step(db)


def stored(db: Database) -> list[tuple[Reference, int]]:
    """The references of the article at URL with the ids of their rows, in order."""
    row = db.execute("select id from articles where url = ?", [URL]).fetchone()
    if row is None:
        return []
    sql = "select id from bibliography where article_id = ? order by position"
    rows = db.execute(sql, row).fetchall()
    return [(each, row_id) for each, (row_id,) in zip(load_article(db, row[0]).references, rows, strict=True)]


WORKS = (
    """select key, doi, title, year, (select count(distinct article_id) from bibliography where work_id = works.id)
    from works order by 1""",
    "select b.id, key from bibliography b left join works w on w.id = b.work_id order by 1",
    "select key, kind, value, origin from work_identifiers join works w on w.id = work_id order by 1, 2, 3",
    "select reference_id, keys from reference_signatures join signatures s on s.id = signature_id order by 1",
    "select key, keys from signature_keys join signatures s on s.id = signature_id order by 1, 2",
    "select keys from signatures order by 1",
)


def assert_in_step(db: Database) -> None:
    """Works, their identifiers and the full-text index are what they would be if everything was made anew."""
    assert check(db)
    kept = [db.execute(sql).fetchall() for sql in WORKS]
    match_all_again(db)
    assert kept == [db.execute(sql).fetchall() for sql in WORKS]


def match_all_again(db: Database) -> None:
    """Match all references to works from scratch."""
    for statement in ("update bibliography set work_id = null", "delete from signatures", "delete from works"):
        db.execute(statement)
    for (article_id,) in db.execute("select id from articles").fetchall():
        ids = db.execute("select id from bibliography where article_id = ? order by position", [article_id]).fetchall()
        references = load_article(db, article_id).references
        set_reference_keys(db, {row_id: each for (row_id,), each in zip(ids, references, strict=True)})
    match_works(db, {signature_id for (signature_id,) in db.execute("select id from signatures").fetchall()})
