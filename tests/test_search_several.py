"""Several archives searched as one: what the archive of all of them gives, whatever the split."""

import json
import random
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from archive.article import Article
from archive.errors import ExitCode
from archive.retrieval.bm25 import frequency, saturation
from archive.retrieval.engine import search
from archive.retrieval.facets import facets
from archive.retrieval.several_archives import Archive, facets_of_several, search_several
from archive.storage.connection import timestamp
from archive.storage.database import open_archive
from tests.archives import a_print, an_article, archive_in_memory, make_archive, store
from tests.commands import run

WHEN = datetime(2024, 6, 1, tzinfo=UTC)
WORDS = [
    "干细胞",
    "硬皮病",
    "软骨",
    "免疫",
    "患者",
    "治疗",
    "cells",
    "trial",
    "patients",
    "immune",
    "vaccine",
    "of",
    "the",
]
QUERIES = (
    "干细胞", "干细胞 软骨", "cells OR 疫", "title:trial", "vaccine* -软骨", "干细 免", "的", '"trial patients"', "the",
    "site:site1 患者", "has:references cells", "since:2021-03 患", "10.5555/1", "",
)  # fmt: skip


def text_of(rng: random.Random) -> str:
    return " ".join(rng.choice(WORDS) + rng.choice((" ", "，", "的", "疫")) for _ in range(rng.randint(5, 120)))


def articles(number: int, seed: int) -> list[Article]:
    """Articles of random words; some are the same as an earlier one but for a word."""
    rng, made = random.Random(seed), list[Article]()
    for place in range(number):
        day = date(2020, 1, 1) + timedelta(days=rng.randint(0, 900))
        article = an_article(
            url=f"https://news.example/{place}",
            title=" ".join(rng.choices(WORDS, k=4)),
            text=text_of(rng),
            source=rng.choice(("晨光", "Herald", None)),
            published=day if rng.random() < 0.8 else None,
            language=rng.choice(("zh-Hans", "en")),
            references=tuple(a_print(doi=f"10.5555/{rng.randint(0, 5)}") for _ in range(rng.choice((0, 0, 1, 6)))),
            citations=(),
        )
        if made and rng.random() < 0.2:
            article = replace(article, text=f"{rng.choice(made).text} 另")
        made.append(article)
    return made


def archive_of(chosen: Sequence[tuple[int, Article]]) -> Database:
    """An archive of the articles; the number of each is the time at which it was archived."""
    db = archive_in_memory()
    for place, article in chosen:
        now = timestamp(WHEN + timedelta(minutes=place))
        store(db, article, url=article.url, now=now, site=f"site{place % 3}")
    return db


def several(archives: Sequence[Database]) -> list[Archive]:
    return [Archive(str(number), db) for number, db in enumerate(archives)]


def shown(results: Any) -> list[tuple[Any, ...]]:
    return [
        (hit.url, hit.snippet, hit.title_segments, hit.references, hit.copies, hit.published, hit.site)
        for hit in results.hits
    ]


@settings(max_examples=5)
@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 25))
def test_any_split_is_searched_as_the_whole(seed: int, number: int, count: int) -> None:
    rng, made = random.Random(seed), list(enumerate(articles(count, seed)))
    whole, place = archive_of(made), [rng.randrange(number) for _ in made]
    shards = several([archive_of([each for each in made if place[each[0]] == shard]) for shard in range(number)])
    for query in QUERIES:
        assert facets_of_several(shards, query) == facets(whole, query), query
        for options in ({}, {"sort": "date"}, {"copies": True}, {"limit": 3, "offset": 2}, {"sort": "references"}):
            one, other = search(whole, query, **options), search_several(shards, query, **options)
            assert shown(other) == shown(one), (query, options)
            assert (other.total, other.more, other.note) == (one.total, one.more, one.note), (query, options)


def test_a_page_of_two_archives_is_the_one_that_changed_last() -> None:
    old, new = articles(2, 1)
    first = archive_of([(0, replace(old, url="https://news.example/a", text="干细胞 old " * 20))])
    second = archive_of([(9, replace(new, url="https://news.example/a", text="干细胞 new " * 20))])
    for archives, name in (([first, second], "1"), ([second, first], "0")):
        results = search_several(several(archives), "干细胞", copies=True)
        assert [(hit.archive, "new" in hit.snippet) for hit in results.hits] == [(name, True)]
        assert results.total == 1


def test_the_same_text_in_two_archives_is_one_hit() -> None:
    article = articles(1, 3)[0]
    text = "干细胞治疗硬皮病的研究表明两例患者好转。" * 10
    first = archive_of([(0, replace(article, text=text, published=date(2024, 2, 1)))])
    second = archive_of([(0, replace(article, url="https://other.example/b", text=text, published=date(2024, 1, 1)))])
    (hit,) = search_several(several([first, second]), "硬皮病").hits
    assert (hit.url, hit.copies, hit.archive) == ("https://other.example/b", 1, "1")
    assert len(search_several(several([first, second]), "硬皮病", copies=True).hits) == 2


def test_nothing_in_empty_archives() -> None:
    empty = several([archive_in_memory(), archive_in_memory()])
    assert search_several(empty, "干细胞").total == 0
    assert facets_of_several(empty, "").counted == 0


@pytest.mark.parametrize("times", [1, 2, 10, 57, 3000])
@pytest.mark.parametrize(("length", "mean"), [(1, 1.0), (40, 333.3), (90_000, 800.0), (3, 10_000.0)])
def test_the_frequency_of_a_score(times: int, length: int, mean: float) -> None:
    assert frequency(saturation(times, length, mean), length, mean) == times


def test_the_command_names_the_archive_of_each_hit(tmp_path: Path) -> None:
    for name, article in zip(("2023.db", "2024.db"), articles(2, 5), strict=True):
        make_archive(tmp_path / name)
        with closing(open_archive(tmp_path / name)) as db:
            store(db, replace(article, text="干细胞 " + article.text), url=article.url)
    both = ("--archive", "2023.db", "--archive", "2024.db")
    found = json.loads(run("search", "干细胞", *both, "--json", cwd=tmp_path).stdout)
    assert sorted((hit["archive"], hit["id"]) for hit in found) == [("2023.db", 1), ("2024.db", 1)]
    assert "2023.db" in run("search", "干细胞", *both, cwd=tmp_path).stdout
    assert json.loads(run("search", "干细胞", *both[:2], "--json", cwd=tmp_path).stdout)[0]["archive"] is None
    refused = run("search", "--revisions", "干细胞", *both, cwd=tmp_path)
    assert refused.returncode == ExitCode.USAGE
    assert "give --archive once" in refused.stderr
    missing = run("search", "干细胞", *both[:2], "--archive", "none.db", cwd=tmp_path)
    assert missing.returncode == ExitCode.USAGE
    assert "none.db" in missing.stderr
    unknown = run("search", "site:nowhere", *both, cwd=tmp_path)
    assert "nowhere" in unknown.stderr
