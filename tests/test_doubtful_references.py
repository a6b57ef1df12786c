"""Verdicts on references as they are stored, found and shown."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.article import Article
from archive.articles.lookup import load
from archive.articles.writer import save_article
from archive.export.parquet import batches
from archive.literature import LiteratureRecord, open_index
from archive.literature.checker import source_of
from archive.literature.checking.verdicts import METHOD
from archive.monitoring.crawl_reports import holdings
from archive.monitoring.site_reports import site_report
from archive.references import parse_reference
from archive.retrieval.engine import search
from archive.retrieval.facets import facets
from archive.storage.connection import transaction
from archive.works.doubt_words import sentence
from archive.works.doubts import doubtful_count
from archive.works.queries import works
from archive.works.reference_checks import check_archive, doubtful_references, reference_checks
from tests.archives import new_archive

NOW = "2021-04-01T08:00:00.000000Z"
SOUND = "[1] Okafor N, Tanaka R. Slow walking and the healing of ankles. N Engl J Med. 2019;380(4):311-9."
WRONG = "[2] Silva M. Warm tea against cold feet. Lancet. 2017;212:44-9."
ARTICLE = Article(
    url="https://example.org/1",
    title="Walking heals",
    text="Walking heals ankles, a study says.",
    published=date(2021, 3, 1),
    references=(parse_reference(SOUND), parse_reference(WRONG)),
)


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return new_archive(tmp_path)


def save(db: Database, article: Article) -> int:
    with transaction(db):
        db.conn.execute(
            "insert or ignore into pages (id, url, host, site, kind, discovered_at) "
            "values (1, 'https://example.org/1', 'example.org', 'demo', 'article', ?)",
            [NOW],
        )
        save_article(db, 1, None, article, NOW)
    return 1


def test_the_page_alone_is_asked_when_an_article_is_written(db: Database) -> None:
    article_id = save(db, ARTICLE)
    checks = load(db, article_id).checks
    assert {position: each.verdict for position, each in checks.items()} == {1: "contradicts"}
    assert sentence(checks[1]) == "Contradicts: volume 212 is not of that year (389 to 390)."
    changes = db.conn.total_changes
    save(db, ARTICLE)
    assert db.conn.total_changes == changes


def test_a_reference_that_changes_loses_its_verdict(db: Database) -> None:
    save(db, ARTICLE)
    save(db, replace(ARTICLE, references=(parse_reference(SOUND), parse_reference(WRONG.replace("212", "390")))))
    assert reference_checks(db, 1) == {}


def test_doubtful_references_are_found(db: Database) -> None:
    save(db, ARTICLE)
    assert [hit.id for hit in search(db, "has:doubtful-reference").hits] == [1]
    assert search(db, "walking -has:doubtful-reference").hits == ()
    assert [hit.id for hit in search(db, "walking", doubtful=True).hits] == [1]
    assert facets(db, "walking").counts["doubtful"] == (("yes", 1),)
    assert [each.printed for each in doubtful_references(db)] == [parse_reference(WRONG).raw]
    assert doubtful_references(db, site="elsewhere") == []


def test_json_and_parquet_carry_the_checks_with_their_method(db: Database) -> None:
    pytest.importorskip("pyarrow")
    article = load(db, save(db, ARTICLE)).as_object()
    (check,) = article["reference_checks"]
    assert (check["position"], check["verdict"], check["method"]) == (1, "contradicts", METHOD)
    (batch,) = batches([article])
    (row,) = batch.to_pylist()
    (written,) = row["reference_checks"]
    assert (written["position"], written["verdict"], written["method"]) == (1, "contradicts", METHOD)
    assert [(each["field"], each["printed"]) for each in written["contradictions"]] == [("volume", "212")]


def test_reports_count_them(db: Database) -> None:
    save(db, ARTICLE)
    assert holdings(db)["doubtful"] == 1
    assert site_report(db, "demo").doubtful == 1
    assert doubtful_count(db, "other") == 0


def test_exports_carry_a_note(db: Database) -> None:
    save(db, ARTICLE)
    notes = [work.note for work in works(db)]
    assert notes == [None, "Doubtful as printed (reference-check 1): volume 212 is not of that year (389 to 390)."]


def test_verdicts_of_an_index(db: Database, tmp_path: Path) -> None:
    save(db, ARTICLE)
    record = LiteratureRecord(
        title="Slow walking and the healing of ankles", authors=("Okafor N", "Tanaka R"), pmid="30601234",
        journal="The New England journal of medicine", published="2019", volume="380", pages="511-519",
    )  # fmt: skip
    with open_index(tmp_path / "literature.db", create=True) as index:
        with index.transaction():
            index.add([record])
            index.count()
        shown: list[int] = []
        counts = check_archive(db, source_of(index), progress=lambda found, total: shown.append(total))
    assert (counts, shown) == ({"contradicts": 1, "not found": 1}, [2])
    checks = reference_checks(db, 1)
    assert [(each.field, each.printed, each.known) for each in checks[0].contradictions] == [
        ("pages", "311-9", "511-519")
    ]
    assert checks[1].verdict == "contradicts"  # what the page alone tells holds
