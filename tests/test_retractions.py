"""The Retraction Watch table, and the works and articles that it warns of."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from archive.articles.lookup import load
from archive.monitoring import crawl_reports
from archive.works import queries
from archive.works.retraction_watch import Loaded, RetractionTableError, load_table
from archive.works.retractions import Notice, article_came, retraction_state, retraction_states
from tests.archives import NOW, URL, a_print, an_article, new_archive, store
from tests.retraction_table import a_row, a_table


@pytest.fixture
def db(tmp_path: Path) -> Database:
    """Articles of 2019, 2021 and of no date that cite the same work, one by PMID only."""
    db = new_archive(tmp_path)
    both = a_print("10.5555/sci.2016", "27770001")
    for name, reference, published in (
        ("early", both, date(2019, 1, 1)),
        ("late", both, date(2021, 1, 1)),
        ("undated", a_print(None, "27770001"), None),
    ):
        store(db, an_article(references=(reference,), citations=(), published=published), url=f"{URL}/{name}")
    return db


def load_rows(db: Database, folder: Path, *rows: list[str]) -> Loaded:
    return load_table(db, a_table(folder, *rows), NOW)


def status(db: Database) -> str | None:
    return next((standing.status for standing in retraction_states(db).values()), None)


def test_a_record_is_normalised(db: Database, tmp_path: Path) -> None:
    assert load_rows(db, tmp_path, a_row(RetractionPubMedID="31000001")) == Loaded(new=1, replaced=0, kept=0, left=())
    [row] = db.query("select * from retractions")
    assert (row["date"], row["original_date"]) == ("2020-06-19", "2016-05-01")
    assert (row["original_doi"], row["original_pmid"]) == ("10.5555/sci.2016", None)
    assert (row["doi"], row["pmid"]) == ("10.5555/notice", "31000001")
    assert json.loads(row["reasons"]) == ["Fake Peer Review", "Paper Mill"]


@pytest.mark.parametrize(
    ("changes", "matched"),
    [
        ({}, "doi"),
        ({"OriginalPaperPubMedID": "27770001"}, "doi"),
        ({"OriginalPaperDOI": "unavailable", "OriginalPaperPubMedID": "27770001"}, "pmid"),
        ({"OriginalPaperDOI": "10.5555/other", "OriginalPaperPubMedID": "27770001"}, "pmid"),
        ({"OriginalPaperDOI": "unavailable"}, None),
        ({"OriginalPaperDOI": "10.5555/other", "OriginalPaperPubMedID": "1"}, None),
    ],
)
def test_works_are_matched_by_doi_then_pmid(
    db: Database, tmp_path: Path, changes: dict[str, str], matched: str | None
) -> None:
    load_rows(db, tmp_path, a_row(**changes))
    rows = db.execute("select matched_by from work_retractions").fetchall()
    assert rows == ([(matched,)] if matched else [])


def test_a_pmid_does_not_outweigh_a_doi_that_leads_elsewhere(db: Database, tmp_path: Path) -> None:
    store(db, an_article(references=(a_print("10.5555/other"),), citations=()), url=f"{URL}/other")
    load_rows(db, tmp_path, a_row(OriginalPaperDOI="10.5555/other", OriginalPaperPubMedID="27770001"))
    [(work_id, matched_by)] = db.execute("select work_id, matched_by from work_retractions").fetchall()
    assert db.execute("select key from works where id = ?", [work_id]).fetchone() == ("doi:10.5555/other",)
    assert matched_by == "doi"


def test_works_that_come_later_are_flagged_too(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    load_rows(db, tmp_path, a_row())
    assert status(db) is None
    store(db, an_article())
    assert status(db) == "retracted"


def test_articles_say_whether_they_came_before_or_after(db: Database, tmp_path: Path) -> None:
    load_rows(db, tmp_path, a_row())
    came = {load(db, number).article.published: load(db, number).flags[0].article_came for number in (1, 2, 3)}
    assert came == {date(2019, 1, 1): "before", date(2021, 1, 1): "after", None: "unknown"}
    [flagged] = crawl_reports.retracted_works(db)
    assert (flagged.status, flagged.before, flagged.after, flagged.unknown) == ("retracted", 1, 1, 1)
    [listed] = queries.most_cited(db)
    assert listed.standing
    assert listed.standing.notice.reasons == ("Fake Peer Review", "Paper Mill")


def test_loading_again_replaces_and_keeps_what_is_gone(db: Database, tmp_path: Path) -> None:
    load_rows(db, tmp_path, a_row(1), a_row(2, OriginalPaperDOI="10.5555/other"))
    done = load_rows(db, tmp_path, a_row(1, RetractionNature="Expression of Concern"))
    assert done == Loaded(new=0, replaced=1, kept=1, left=())
    assert status(db) == "concern"


@pytest.mark.parametrize(
    ("notices", "status"),
    [
        ([("Retraction", "2020-01-01")], "retracted"),
        ([("Retraction", "2020-01-01"), ("Reinstatement", "2021-01-01")], "reinstated"),
        ([("Reinstatement", "2021-01-01"), ("Retraction", "2022-01-01")], "retracted"),
        ([("Reinstatement", "2021-01-01"), ("Retraction", None)], "reinstated"),
        ([("Expression of concern", "2020-01-01"), ("Retraction", "2019-01-01")], "retracted"),
        ([("Expression of concern", "2020-01-01"), ("Correction", "2021-01-01")], "concern"),
        ([("Reinstatement", "2020-01-01"), ("Expression of concern", "2021-01-01")], "concern"),
        ([("Correction", "2021-01-01")], "corrected"),
        ([], None),
    ],
)
def test_what_notices_add_up_to(notices: list[tuple[str, str | None]], status: str | None) -> None:
    made = [Notice(number, nature, day, (), None, "doi") for number, (nature, day) in enumerate(notices)]
    standing = retraction_state(made[::-1])
    assert (standing and standing.status) == status


@pytest.mark.parametrize(
    ("published", "noticed", "came"),
    [
        ("2020-01-01", "2020-01-02", "before"),
        ("2020-01-02", "2020-01-01", "after"),
        ("2020-01-01", "2020-01-01", "same day"),
        (None, "2020-01-01", "unknown"),
        ("2020-01-01", None, "unknown"),
    ],
)
def test_before_and_after(published: str | None, noticed: str | None, came: str) -> None:
    assert article_came(published, noticed) == came


def test_broken_lines_are_left_and_the_rest_is_loaded(db: Database, tmp_path: Path) -> None:
    broken: Any = [
        a_row(2)[:5],
        a_row(3, RetractionDate="13/45/2020"),
        a_row(4, RetractionNature="Maybe"),
        a_row("x"),
    ]
    unclosed = b'6,"never closed,,,\r\n' + b"\xff\xfe\r\n"
    last = ",".join(a_row(7, Title="Na\ufffdve")).encode() + b"\r\n"
    path = a_table(tmp_path, a_row(1, Notes="over\ntwo lines"), *broken, more=unclosed + last)
    done = load_table(db, path, NOW)
    assert (done.new, [number for number, _ in done.left]) == (2, [4, 5, 6, 7, 8])
    assert done.reasons == {
        "another number of columns than the heading": 1,
        "RetractionDate is no date": 1,
        "unknown RetractionNature": 1,
        "no Record ID": 1,
        "not readable as CSV": 1,
    }
    assert [row[0] for row in db.execute("select record_id from retractions").fetchall()] == [1, 7]


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\x00\xff" * 100, b'"', b"Record ID,Title\n1,x\n"])
def test_another_file_is_named(db: Database, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.csv"
    path.write_bytes(content)
    with pytest.raises(RetractionTableError, match="is not a Retraction Watch table: it has no column"):
        load_table(db, path, NOW)


@given(st.lists(st.binary(max_size=80), max_size=6))
def test_no_file_raises_anything_else(tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]) -> None:
    folder = tmp_path_factory.mktemp("table")
    db = new_archive(folder)
    more = b"\n".join(lines) + b"\n" + ",".join(a_row(9)).encode()
    load_table(db, a_table(folder, a_row(8, Reason="")), NOW)
    load_table(db, a_table(folder, more=more), NOW)
    assert (
        {8} <= {row[0] for row in db.execute("select record_id from retractions").fetchall()} <= {8, 9} | set(range(8))
    )
    db.close()
