"""Parquet files and CSV for Excel, read back by programs that are not ours."""

import csv
import io
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from archive.export.csv import EXCEL_CELL
from crawler.cli.main import main
from tests.archives import a_reference, an_article, new_archive, store
from tests.object_storage import served_bucket

LONG = "干细胞𠮷" * 10_000  # 50,000 UTF-16 units


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1: an article of 2024; 2: a single URL without a date, with a long text and a formula for a title."""
    folder = tmp_path_factory.mktemp("tables")
    db = new_archive(folder)
    store(db, an_article(references=(a_reference(title="Cells", year=2016),)))
    odd = an_article(title="=1+1", text=LONG, published=None, modified=None, references=(), citations=(), images=())
    store(db, odd, url="https://single.example/", site="")
    db.close()
    return folder / "healthnews.db"


def export(archive: Path, *arguments: str) -> Any:
    return CliRunner().invoke(main, ["--archive", str(archive), "export", *arguments])


def test_parquet_is_read_by_arrow(archive: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    done = export(archive, "--format", "parquet", "--output", str(tmp_path / "a.parquet"))
    assert (done.exit_code, done.stderr) == (0, f"2 articles written to {tmp_path / 'a.parquet'}\n")
    table = parquet.read_table(tmp_path / "a.parquet")
    assert str(table.schema.field("published").type) == "date32[day]"
    assert str(table.schema.field("first_seen").type) == "timestamp[us, tz=UTC]"
    rows = {row["id"]: row for row in table.to_pylist()}
    assert rows[1]["published"] == date(2024, 5, 21)
    assert rows[1]["authors"] == ["王伟", "Li Na"]
    assert [(each["title"], each["year"]) for each in rows[1]["reference_list"]] == [("Cells", 2016)]
    assert (rows[2]["title"], rows[2]["text"], rows[2]["site"], rows[2]["year"]) == ("=1+1", LONG, None, None)
    assert not {"references", "end", "order", "group"} & set(table.column_names)


def test_parquet_is_read_by_pandas(archive: Path, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    pandas = pytest.importorskip("pandas")
    export(archive, "--format", "parquet", "--output", str(tmp_path / "a.parquet"))
    frame = pandas.read_parquet(tmp_path / "a.parquet").set_index("id")
    assert frame.loc[1, "title"] == "干细胞治疗硬皮病"
    assert frame.loc[1, "reference_list"][0]["title"] == "Cells"


def test_folders_by_site_and_year_are_read_by_duckdb(archive: Path, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    duckdb = pytest.importorskip("duckdb")
    folder = tmp_path / "out"
    done = export(archive, "--format", "parquet", "--by-site-and-year", "--output", str(folder))
    assert done.exit_code == 0, done.output
    assert (folder / "site=demo" / "year=2024").is_dir()
    files = f"read_parquet('{folder}/**/*.parquet', hive_partitioning = true)"
    rows = duckdb.sql(f"select id, site, year from {files} order by id").fetchall()
    assert rows == [(1, "demo", 2024), (2, "-", 0)]
    nested = duckdb.sql(f"select unnest(reference_list).title from {files} where id = 1").fetchall()
    assert nested == [("Cells",)]
    pandas = pytest.importorskip("pandas")
    assert sorted(pandas.read_parquet(folder)["id"]) == [1, 2]
    again = export(archive, "--format", "parquet", "--by-site-and-year", "--output", str(folder))
    assert again.exit_code == 2
    assert "is a directory" in again.stderr


@pytest.mark.parametrize("folders", [True, False])
def test_an_address_is_read_back_by_duckdb_and_pandas(archive: Path, *, folders: bool) -> None:
    pytest.importorskip("pyarrow")
    duckdb, pandas, fsspec = (pytest.importorskip(name) for name in ("duckdb", "pandas", "fsspec"))
    memory = fsspec.filesystem("memory")
    output = f"memory://{'folders' if folders else 'file'}/out"
    arguments = ["--format", "parquet", "--output", output, *(["--by-site-and-year"] if folders else [])]
    done = export(archive, *arguments)
    assert (done.exit_code, done.stderr) == (0, f"2 articles written to {output}\n")
    database = duckdb.connect()
    database.register_filesystem(memory)
    files = f"'{output}/**/*.parquet', hive_partitioning = true" if folders else f"'{output}'"
    rows = database.sql(f"select id, site, year from read_parquet({files}) order by id").fetchall()
    assert rows == [(1, "demo", 2024), (2, "-", 0) if folders else (2, None, None)]
    assert sorted(pandas.read_parquet(output)["id"]) == [1, 2]
    if folders:
        again = export(archive, *arguments)
        assert (again.exit_code, again.stderr) == (2, f"Error: {output} exists: name a new folder with --output.\n")


def test_parquet_goes_to_object_storage(archive: Path) -> None:
    pytest.importorskip("pyarrow")
    pandas = pytest.importorskip("pandas")
    for library in ("s3fs", "moto"):
        pytest.importorskip(library)
    with served_bucket() as bucket:
        done = export(archive, "--format", "parquet", "--by-site-and-year", "--output", f"{bucket}/out")
        assert done.exit_code == 0, done.output
        assert sorted(pandas.read_parquet(f"{bucket}/out")["id"]) == [1, 2]
        missing = export(archive, "--format", "parquet", "--output", f"{bucket}-missing/out.parquet")
        assert missing.exit_code == 1
        assert "cannot be written" in missing.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--format", "parquet"), "Parquet is no text for a terminal or pipe: name a file with --output."),
        (("--excel",), "--excel goes with --format csv."),
        (("--output", "s3://bucket/a"), "Only Parquet is written to an address: name a file with --output"),
        (("--format", "parquet", "--output", "nowhere://a"), "nowhere://a is no address that fsspec knows"),
        (("--by-site-and-year",), "--by-site-and-year goes with --format parquet."),
    ],
)
def test_what_cannot_be_written_is_said_in_a_sentence(archive: Path, arguments: tuple[str, ...], said: str) -> None:
    done = export(archive, *arguments)
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_folder_that_is_not_there_is_named(archive: Path) -> None:
    pytest.importorskip("pyarrow")
    done = export(archive, "--format", "parquet", "--output", "no/where.parquet")
    assert (done.exit_code, done.stderr) == (
        2, "Error: no/where.parquet cannot be written: No such file or directory.\n"
    )  # fmt: skip


def test_without_pyarrow_a_sentence_says_what_to_install(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.dataset", None)
    done = export(archive, "--format", "parquet", "--output", str(tmp_path / "a.parquet"))
    assert (done.exit_code, list(tmp_path.iterdir())) == (2, [])
    assert "pip install 'health-news-archive[parquet]'" in done.stderr


def test_csv_for_excel_has_a_mark_and_no_cell_that_is_too_long(archive: Path, tmp_path: Path) -> None:
    export(archive, "--format", "csv", "--excel", "--output", str(tmp_path / "a.csv"))
    written = (tmp_path / "a.csv").read_bytes()
    assert written.startswith(b"\xef\xbb\xbf")
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(written.decode("utf-8-sig"), newline=""))}
    assert rows["1"]["reference_list"] == a_reference().raw
    assert rows["2"]["title"] == "'=1+1"
    text = rows["2"]["text"]
    assert len(text.encode("utf-16-le")) // 2 in (EXCEL_CELL - 1, EXCEL_CELL)
    assert text.endswith("… [cut: 50,000 characters, Excel holds 32,767]")
