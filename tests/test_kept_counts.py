"""Kept counts: they are what counting gives, whatever happens to the rows."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from archive.monitoring.crawl_reports import holdings
from archive.monitoring.site_reports import sites
from archive.operations.check import check
from archive.storage.kept_counts import by_value, recount, total, wrong_counts
from archive.storage.migrations import migrations
from archive.web.pages.start import read_holdings
from tests.archives import NOW, an_article, new_archive, store

IDS = st.integers(1, 3)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("insert or ignore into works (id, key) values ({0}, 'k' || {0})"), IDS, IDS),
        st.tuples(st.just("delete from works where id = {0}"), IDS, IDS),
        st.tuples(
            st.just("insert into bibliography (article_id, position, work_id, raw, kind) select a.id, "
                    "(select count(*) + coalesce(max(position), 0) from bibliography), (select id from works "
                    "where id = {1}), 'x', 'list' from articles a where a.id = {0}"), IDS, IDS,
        ),
        st.tuples(st.just("update bibliography set work_id = (select id from works where id = {1}) where id = {0}"),
                  IDS, IDS),
        st.tuples(st.just("delete from bibliography where id = {0}"), IDS, IDS),
        st.tuples(st.just("update articles set published = '2024-0{1}-01', language = '{1}' where id = {0}"), IDS, IDS),
        st.tuples(st.just("update articles set site = 's{1}' where id = {0}"), IDS, IDS),
        st.tuples(st.just("update pages set site = 's{1}', state = 'gone' where id = {0}"), IDS, IDS),
        st.tuples(st.just("delete from articles where id = {0}"), IDS, IDS),
        st.tuples(st.just("delete from pages where id = {0}"), IDS, IDS),
        st.tuples(st.just("store"), IDS, IDS),
    ),
    max_size=25,
)  # fmt: skip


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return new_archive(tmp_path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(steps=STEPS)
def test_they_are_what_counting_gives(db: Database, steps: list[tuple[str, int, int]]) -> None:
    db.conn.execute("begin")
    for sql, one, other in steps:
        if sql == "store":
            db.conn.execute(
                "insert or ignore into pages (id, url, host, site, kind, discovered_at, state) "
                "values (?, 'u' || ?, 'h', 's', 'article', ?, 'stored')",
                [one, one, NOW],
            )
            db.conn.execute(
                "insert or ignore into articles (id, page_id, url, site, title, encoding, encoding_source, removed, "
                "marketing, content_hash, extractor, first_seen, last_changed, text, markdown) "
                "values (?, ?, 'u' || ?, 's', 't', 'utf-8', 'header', 0, 0, '', '', ?, ?, '', '')",
                [one, one, one, NOW, NOW],
            )
        else:
            db.conn.execute(sql.format(one, other))
        assert wrong_counts(db) == []
    db.conn.rollback()


def test_a_wrong_count_is_found_and_mended(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    store(db, an_article())
    path = Path(db.execute("pragma database_list").fetchone()[2])
    db.execute("update counts set number = number + 1 where name = 'articles'")
    db.execute("update cited set articles = 7")
    db.close()
    found = {each.check: each for each in check(path, repair=True) if each.problems}
    assert found["kept counts"].left == 0
    assert [each.check for each in check(path) if each.problems] == []


def test_an_older_archive_is_counted_when_it_is_upgraded() -> None:
    db = Database(memory=True)
    migrations.apply(db, stop_before="m022_kept_counts")
    page = "insert into pages (url, host, kind, discovered_at, state) values (?, 'h', 'article', '2024', 'gone')"
    db.conn.executemany(page, [("a",), ("b",)])
    migrations.apply(db)
    assert by_value(db, "pages") == {"gone": 2}
    assert wrong_counts(db) == []


def test_counting_anew_changes_nothing(db: Database) -> None:
    store(db, an_article())
    sql = "select * from counts where number > 0", "select * from cited where articles > 0"
    before = [db.execute(one).fetchall() for one in sql]
    recount(db)
    assert [db.execute(one).fetchall() for one in sql] == before
    assert total(db, "articles") == 1


@pytest.mark.parametrize("read", [read_holdings, holdings, sites])
def test_no_table_of_any_size_is_walked_for_a_report(db: Database, read: object) -> None:
    """A search for the newest articles reads their index, and `revisions` has no kept count."""
    store(db, an_article())
    asked: list[str] = []
    db.conn.set_trace_callback(asked.append)
    read(db)  # type: ignore[operator]
    db.conn.set_trace_callback(None)
    counting = [sql for sql in asked if "count(*)" in sql and "from pages" in sql.lower()]
    assert counting == []
    for sql in (sql for sql in asked if " counts" in sql or " cited" in sql):
        plan = [row[3] for row in db.execute(f"explain query plan {sql}")]
        walked = [step for step in plan if step.startswith(("SCAN articles", "SCAN pages", "SCAN bibliography"))]
        assert walked == []
