"""Metrics for Prometheus, parsed by its own client library."""

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlite_utils import Database

from archive.monitoring import crawl_reports
from archive.monitoring.prometheus import exposition
from archive.storage.crawls import finish_crawl
from archive.storage.hosts import Host, save
from tests.archives import NOW, an_article, new_archive, store
from tests.crawl_rows import LATER, TOMORROW, Fetch, a_crawl

Samples = dict[tuple[str, tuple[str, ...]], float]


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return new_archive(tmp_path)


def samples(db: Database, folder: Path, crawl_id: int, exit_status: int = 0) -> Samples:
    """The figures by name and the values of labels, in the order of their names."""
    text = exposition(db, folder / "healthnews.db", crawl_reports.crawl(db, crawl_id), exit_status)
    return {
        (
            sample.name.removeprefix("healthnews_"),
            tuple(value for _, value in sorted(sample.labels.items())),
        ): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_last_crawl(db: Database, tmp_path: Path) -> None:
    made = [Fetch("stored", "new", path="1"), Fetch("stored", "new", path="2"), Fetch("failed", site='odd "\\\n')]
    crawl_id = a_crawl(db, made)
    finish_crawl(db, crawl_id, now=LATER, outcome="finished", counts={})
    found = samples(db, tmp_path, crawl_id, 1)
    assert found["last_crawl_timestamp_seconds", ()] == 1717200060
    assert found["last_crawl_duration_seconds", ()] == 60
    assert found["last_crawl_exit_status", ()] == 1
    assert found["last_crawl_pages", ("new", "demo")] == 2
    assert found["last_crawl_pages", ("failed", 'odd "\\\n')] == 1


def test_the_archive(db: Database, tmp_path: Path) -> None:
    for number in range(4):
        store(db, an_article(title=f"{number}"), url=f"https://news.example/{number}")
    db.execute("update pages set missing_since = ? where id < 3", [NOW])
    db.execute("update pages set gone_since = missing_since, state = 'gone' where id = 1")
    db.execute("update pages set due_at = ?, state = 'failed' where id > 2", [NOW])
    save(db, Host(host="news.example", ready_at=TOMORROW, held="http 429"))
    (tmp_path / "healthnews-warc").mkdir()
    for name in ("a.warc.gz", "b.warc.gz", "notes.txt"):
        (tmp_path / "healthnews-warc" / name).write_bytes(b"x" * 100)
    found = samples(db, tmp_path, a_crawl(db))
    assert [found["articles", (state,)] for state in ("present", "missing", "gone")] == [2, 1, 1]
    assert {key[1]: value for key, value in found.items() if key[0] == "pages"} == {
        ("failed",): 2, ("stored",): 1, ("gone",): 1,
    }  # fmt: skip
    assert [found[name, ()] for name in ("due_pages", "held_hosts", "waiting_pages")] == [2, 1, 2]
    assert found["warc_bytes", ()] == 200
    size = sum(file.stat().st_size for file in tmp_path.glob("healthnews.db*") if not file.name.endswith("shm"))
    assert found["database_bytes", ()] == size


def test_an_empty_archive(db: Database, tmp_path: Path) -> None:
    found = samples(db, tmp_path, a_crawl(db))
    assert found["articles", ("present",)] == found["due_pages", ()] == found["warc_bytes", ()] == 0
