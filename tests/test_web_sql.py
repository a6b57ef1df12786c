"""SQL that visitors write: on for this machine, off for others, and limited always."""

import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.web import server, sql_limits
from archive.web.security_headers import Application
from archive.web.server import application, datasette
from tests.archives import an_article, new_archive, store
from tests.browser import serving
from tests.web import ask

FORMULA = '=HYPERLINK("http://x","干")'
TEXTS = st.text(alphabet="ab 干", max_size=6)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sql")
    db = new_archive(folder)
    store(db, an_article(title=FORMULA))
    db.close()
    return folder / "healthnews.db"


@pytest.fixture(scope="module")
def served(archive: Path) -> Application:
    return application(datasette(archive))


def query(served: Application, sql: str, ending: str = ".json") -> tuple[int, str]:
    """Status and text of the answer to a query."""
    answer = ask(served, f"/healthnews{ending}?sql={quote(sql)}&_shape=arrays")
    return answer.status_code, answer.text


SERIES = "with recursive c(n) as (select 1 union all select n + 1 from c) "


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select zeroblob(100000000)", "too big"),
        ("select hex(randomblob(4000000))", "too big"),
        ("select replace(printf('%.*c', 1000000, 'x'), 'x', printf('%.*c', 100000, 'y'))", "too big"),
        ("select group_concat(printf('%.*c', 1000000, 'x')) from (" + SERIES + "select n from c limit 100)", "too big"),
        (SERIES + "select count(*) from c", "seconds"),
        (SERIES + "select n from c order by n", "seconds"),
        ("select '" + "a" * 3000 + "' like '" + "%a" * 400 + "'", "too complex"),
        ("select " + "(" * 300 + "1" + ")" * 300, ""),
        ("select " + "+".join(["1"] * 900), "too large"),
        (" union all ".join(["select 1"] * 150), "too many terms"),
        ("select " + ",".join(["1"] * 300), "too many columns"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_too_much_is_refused(archive: Path, sql: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if said == "seconds":  # what has no end; else the limit of time must not come first
        monkeypatch.setitem(server.SETTINGS, "sql_time_limit_ms", 200)
    status, text = query(application(datasette(archive)), sql)
    assert status == 400
    assert said in text
    assert "Traceback" not in text


def test_a_long_text_is_not_made(served: Application) -> None:
    """SQLite up to 3.40 has no result, later versions have an error."""
    status, text = query(served, "select printf('%.*c', 1000000000, 'x')")
    assert status in (200, 400)
    assert len(text) < 10_000


def test_functions_of_two_long_texts_end(served: Application) -> None:
    """SQLite's own would take minutes, and cannot be stopped."""
    long, half = "printf('%.*c', 4000000, 'x')", "printf('%.*c', 2000000, 'x') || 'y'"
    for sql in (f"instr({long}, {half})", f"length(replace({long}, {half}, ''))", f"length(trim({long}, {half}))"):
        assert query(served, f"select {sql}")[0] == 200


def test_rows_and_bytes_are_limited(served: Application) -> None:
    status, text = query(served, SERIES + "select n from c limit 5000")
    assert (status, len(json.loads(text)["rows"]), json.loads(text)["truncated"]) == (200, 1000, True)
    status, text = query(served, SERIES + "select printf('%.*c', 4000000, 'x') from c limit 500")
    assert (status, json.loads(text)["truncated"]) == (200, True)
    assert len(text) < sql_limits.MAX_RESULT + 10_000
    wide = ", ".join(["n"] * 200)
    status, text = query(served, SERIES + f"select {wide} from c limit 1000")
    assert (status, len(json.loads(text)["rows"])) == (200, sql_limits.MAX_CELLS // 200)


def test_ordinary_queries_work(served: Application) -> None:
    assert json.loads(query(served, "select trim(' x '), replace('aba', 'a', 'c'), instr('干细胞', '胞')")[1])[
        "rows"
    ] == [["x", "cbc", 3]]
    assert query(served, "select title from articles")[0] == 200
    assert query(served, "select count(*) from articles_fts where articles_fts match escape_fts('干细胞')")[0] == 200


@pytest.fixture
def plain() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    yield connection
    connection.close()


@given(TEXTS, TEXTS, TEXTS)
def test_replaced_functions_do_what_those_of_sqlite_do(text: str, part: str, new: str) -> None:
    connection = sqlite3.connect(":memory:")
    row = connection.execute(
        "select instr(?1, ?2), replace(?1, ?2, ?3), trim(?1), ltrim(?1, ?2), rtrim(?1, ?2), trim(?1, ?2)",
        [text, part, new],
    ).fetchone()
    connection.close()
    trims = sql_limits.TRIMS
    assert row == (
        sql_limits.instr(text, part), sql_limits.replace(text, part, new), trims["trim"](text),
        trims["ltrim"](text, part), trims["rtrim"](text, part), trims["trim"](text, part),
    )  # fmt: skip


def test_replaced_functions_take_any_value(plain: sqlite3.Connection) -> None:
    sql_limits.limit(plain)
    row = plain.execute(
        "select instr(null, 1), instr(x'0102', x'02'), instr(120, 2), replace(null, 1, 2), replace(121, 1, 3)"
    ).fetchone()
    assert row == (None, 2, 2, None, "323")


def test_strangers_write_no_sql(archive: Path) -> None:
    public = application(datasette(archive, public=True, sql=False))
    assert query(public, "select 1")[0] == 403
    assert query(public, "select 1", ".csv")[0] == 403
    assert ask(public, "/healthnews/articles?_where=1").status_code == 403
    assert ask(public, "/healthnews/articles").status_code == 200
    assert ask(public, "/-/dashboards/health-news").status_code == 404
    start = ask(public, "/")
    assert start.status_code == 200
    assert "The SQL of the charts" not in start.text


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ((), 200),
        (("--host", "127.0.0.2"), 200),
        (("--host", "localhost"), 200),
        (("--allow-host", "news.example"), 403),
        (("--host", "0.0.0.0"), 403),
        (("--host", "0.0.0.0", "--sql"), 200),
    ],
    ids=str,
)
def test_sql_is_for_this_machine_or_by_choice(archive: Path, options: tuple[str, ...], status: int) -> None:
    with serving(archive, *options) as address:
        assert httpx.get(f"{address}/healthnews.json?sql=select+1").status_code == status


@pytest.mark.parametrize(
    "path",
    [
        "/healthnews/articles.csv", "/healthnews/articles/1.csv", "/healthnews/articles.csv?_stream=on",
        "/healthnews/articles.csv?_dl=1", "/healthnews.csv?sql=select+title+from+articles",
        "/healthnews.csv?sql=select+title+as+'@x'+from+articles",
    ],
)  # fmt: skip
def test_no_cell_of_datasette_is_a_formula(served: Application, path: str) -> None:
    answer = ask(served, path)
    assert answer.status_code == 200
    rows = list(csv.reader(io.StringIO(answer.text, newline="")))
    assert "'" + FORMULA in rows[1]
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "@", "\t", "\r"))] == []
