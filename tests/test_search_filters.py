"""Filters, as arguments and as words of the query, and what the articles that are found have in common."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from archive.article import Evidence
from archive.retrieval.engine import matching, search
from archive.retrieval.facets import facets
from archive.works.retraction_watch import load_table
from tests.archives import NOW, a_reference, an_article, new_archive, store
from tests.retraction_table import a_row, a_table

COHORT = tuple(
    Evidence(field=field, value=value, start=0, end=3, method="rules 1")
    for field, value in (("design", "cohort"), ("subjects", "humans"))
)


@pytest.fixture
def archive(tmp_path: Path) -> Database:
    """Three articles: 1 cites a retracted work, 2 another one, 3 none."""
    db = new_archive(tmp_path)
    other = a_reference(doi="10.5555/other", pmid=None, pmcid=None, raw="[1] Li M. Other cells.", title="Other cells")
    store(db, an_article(text="癌症患者的故事。"), url="https://a.example/1", site="a")
    store(
        db,
        an_article(text="Cells of patients.", references=(other,), language="en", published=date(2023, 1, 2)),
        url="https://b.example/2",
        site="b",
    )
    store(
        db,
        an_article(
            text="肝癌。",
            references=(),
            citations=(),
            published=None,
            source="博雅",
            title="無題",
            evidence=COHORT,
            authors=("王小明", "Ann Lee"),
        ),
        url="https://b.example/3",
        site="b",
    )
    load_table(db, a_table(tmp_path, a_row()), NOW)
    return db


@pytest.mark.parametrize(
    ("words", "arguments", "ids"),
    [
        ("site:a", {"site": "a"}, {1}),
        ("site:nowhere", {"site": "nowhere"}, set()),
        ("design:trial", {"design": "trial"}, set()),
        ("design:cohort", {"design": "cohort"}, {3}),
        ("研究设计:队列", {"design": "队列"}, {3}),
        ("subjects:humans -design:trial", {"subjects": "humans"}, {3}),
        ("language:zh", {"language": "zh"}, {1, 3}),
        ("language:ZH-hans", {"language": "zh-Hans"}, {1, 3}),
        ("since:2024", {"since": "2024"}, {1}),
        ("since:2023-01-02", {"since": date(2023, 1, 2)}, {1, 2}),
        ("until:2023", {"until": "2023"}, {2}),
        ("since:2023-01 until:2023-01", {"since": "2023-01", "until": "2023-01"}, {2}),
        ("since:2025", {"since": "2025"}, set()),
        ("source:博雅", {"source": "博雅"}, {3}),
        ("cites:10.5555/OTHER", {"cites": "10.5555/OTHER"}, {2}),
        ('cites:"other cells"', {"cites": "other cells"}, {2}),
        ("has:references", {"references": True}, {1, 2}),
        ("references:1-4", {"references": "1-4"}, {1, 2}),
        ("参考文献:1", {"references": "1"}, {1, 2}),
        ("references:0", {"references": "0"}, {3}),
        ("references:2+", {"references": "2-"}, set()),
        ("language:日本語", {"language": "日本語"}, set()),
        ("language:Chinese", {"language": "Chinese"}, {1, 3}),
        ("-has:references 癌", {"references": False}, {3}),
        ("cites:retracted", {"retracted": True}, {1}),
        ("-cites:retracted 癌", {"retracted": False, "references": False}, {3}),
    ],
)
def test_filters_are_words_and_arguments(
    archive: Database, words: str, arguments: dict[str, Any], ids: set[int]
) -> None:
    assert {hit.id for hit in search(archive, words).hits} == ids
    assert {hit.id for hit in search(archive, "", **arguments).hits} == ids
    assert set(matching(archive, "", **arguments)) == ids


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("癌 site:a", {1}),
        ("癌 -site:a", {3}),
        ("-site:a", {2, 3}),
        ("-site:a -language:zh", {2}),
        ("site:a OR since:2023", {1, 2}),
        ("site:a OR 肝癌", {1, 3}),
        ("cites:10.5555/other OR 肝癌", {2, 3}),
        ("cites:retracted OR has:references", {1, 2}),
        ("癌 OR cites:10.5555/other", {1, 2, 3}),
        ("date:2023", {2}),
        ("年份:2023-01 OR 肝癌", {2, 3}),
        ("-date:2023 language:en", set()),
        ("author:LEE", {3}),
        ('author:"Ann Lee"', {3}),
        ("作者：王 肝癌", {3}),
        ("-作者:小明", {1, 2}),
        ("author:nobody", set()),
        ("https://b.example/3", {3}),
        ("http://b.example/3?utm_source=mail#top", {3}),
        ("b.example/3", {3}),
        ("癌 -https://b.example/3", {1}),
        ("https://b.example/2 OR https://b.example/3", {2, 3}),
        ("https://b.example/4", set()),
        ("https://b..example/3", set()),
        ("since:May", set()),
        ("date:May", set()),
        ("since:", set()),
        ("has:cake", set()),
        ('site:"', set()),
    ],
)
def test_filters_go_with_the_other_words(archive: Database, query: str, ids: set[int]) -> None:
    assert {hit.id for hit in search(archive, query).hits} == ids


def test_odd_filters_find_nothing(archive: Database) -> None:
    for odd in ("\0", "\ud800", '"', "9999-99-99", "0000", "-", "*", "OR", "x" * 5000):
        for name in ("site", "language", "source", "cites"):
            narrowed: dict[str, Any] = {name: odd}
            assert search(archive, "癌", **narrowed).total <= 2


def test_facets(archive: Database) -> None:
    found = facets(archive, "")
    assert found.counts == {
        "site": (("b", 2), ("a", 1)),
        "language": (("zh-Hans", 2), ("en", 1)),
        "source": (("晨光", 2), ("博雅", 1)),
        "year": (("2023", 1), ("2024", 1)),
        "references": (("yes", 2), ("no", 1)),
        "reference_count": (("0", 1), ("1-4", 2)),
        "retracted": (("yes", 1),),
        "design": (("cohort", 1),),
        "subjects": (("humans", 1),),
        "doubtful": (),
    }
    assert (found.counted, found.more) == (3, False)
    assert facets(archive, "癌", site="b").counts["site"] == (("b", 1),)


def test_hits_say_what_they_have(archive: Database) -> None:
    (hit,) = search(archive, "site:a").hits
    assert (hit.references, hit.copies, hit.group) == (1, 0, None)
