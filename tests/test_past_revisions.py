"""Searching for text that is no longer there."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from archive.article import Article
from archive.retrieval.engine import matching
from archive.retrieval.past_revisions import NO_WORDS, find, search
from archive.storage.database import open_archive
from tests.archives import NOW, URL, a_reference, an_article, archive_in_memory, new_archive, store
from tests.commands import run

TIMES = [f"2024-{month:02}-01T00:00:00.000000Z" for month in range(1, 13)]
PLAIN = an_article(title="旧闻", citations=(), references=())


def history(db: Database, name: str, *revisions: Article, site: str = "demo", start: int = 0) -> None:
    """Stores an article's revisions a month apart."""
    for number, article in enumerate(revisions):
        store(db, article, url=f"https://news.example/{name}", now=TIMES[start + number], site=site)


def texts(*every: str) -> list[Article]:
    return [replace(PLAIN, text=text) for text in every]


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """1: a rate that rises and is taken away; 2: a word that moves to the title; 3: one that comes back; 4: a title
    that is changed, in English, of another site, and gone; 5: Traditional, its references taken away; 6: never changed.
    """
    made = new_archive(tmp_path_factory.mktemp("superseded"))
    history(made, "rate", *texts("治愈率为80%，硬皮病。", "治愈率为90%，硬皮病。", "硬皮病的故事。"))
    history(made, "moved", *texts("Softer skin.", "Nothing."), replace(PLAIN, text="Nothing.", title="Skin"))
    history(made, "back", *texts("Marrow and rate.", "Bone and rate.", "Marrow and rate."), start=3)
    english = replace(PLAIN, language="en", source="Daybreak", published=date(2023, 5, 1), text="Of cells.")
    titles = [replace(english, title=title) for title in ("IL-10 cures all", "IL-10 may help")]
    history(made, "title", *titles, site="other", start=6)
    traditional = replace(PLAIN, text="醫師說幹細胞可以治療硬皮病。", language="zh-Hant", references=(a_reference(),))
    history(made, "hant", traditional, replace(traditional, text="已更正。", references=()))
    history(made, "once", *texts("治愈率 marrow"))
    made.execute("update pages set state = 'gone', missing_since = ?, gone_since = ? where id = 4", [NOW, NOW])
    return made


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("治愈率", {(1, 2)}),
        ("80", {(1, 1)}),
        ("治癒率", {(1, 2)}),
        ("治愈率 -90", {(1, 1)}),
        ('"治愈率为90"', {(1, 2)}),
        ("硬皮病", {(5, 1)}),
        ("skin", set()),
        ("softer", {(2, 1)}),
        ("soft* skin", {(2, 1)}),
        ("marrow", set()),
        ("bone", {(3, 2)}),
        ("bone rate", {(3, 2)}),
        ("bone OR marrow", set()),
        ("bone OR softer", {(3, 2), (2, 1)}),
        ("title:cures", {(4, 1)}),
        ("IL10 cures", {(4, 1)}),
        ("IL10", set()),
        ("干细胞", {(5, 1)}),
        ("幹細胞", {(5, 1)}),
        ("胞干", set()),
        ("率", {(1, 2)}),
        ("医", {(5, 1)}),
        ("", set()),
        ('"', set()),
        ("site:demo", set()),
        ("nowhere", set()),
    ],
)
def test_what_is_no_longer_there(db: Database, query: str, found: set[tuple[int, int]]) -> None:
    results = search(db, query)
    assert {(hit.id, hit.revision) for hit in results.hits} == found
    assert results.total == len(found)


@pytest.mark.parametrize(
    ("words", "filters", "found"),
    [
        ("site:other", {"site": "other"}, {4}),
        ("-site:other", None, {1, 2, 3, 5}),
        ("language:zh", {"language": "zh"}, {1, 2, 3, 5}),
        ("language:zh-Hant", {"language": "zh-Hant"}, {5}),
        ("since:2024", {"since": "2024"}, {1, 2, 3, 5}),
        ("until:2023", {"until": "2023"}, {4}),
        ("source:daybreak", {"source": "daybreak"}, {4}),
        ("is:gone", {"gone": True}, {4}),
        ("-is:gone", None, {1, 2, 3, 5}),
        ("has:references", {"references": True}, set()),
        ("cites:10.5555/sci.2016", {"cites": "10.5555/sci.2016"}, set()),
        ("is:gone OR site:nowhere", None, {4}),
        ("-language:zh -is:gone", None, set()),
    ],
)
def test_filters_narrow(db: Database, words: str, filters: dict[str, Any] | None, found: set[int]) -> None:
    gone = "治愈率 OR softer OR bone OR cures OR 干细胞"
    assert {hit.id for hit in search(db, f"{gone} {words}").hits} == found
    if filters is not None:
        assert {hit.id for hit in search(db, gone, **filters).hits} == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("cures OR has:references", {4}),
        ("cures OR cites:10.5555/sci.2016", {4}),
        ("干细胞 OR is:gone", {5}),
        ("10.5555/sci.2016", set()),
        ("-cures site:other", set()),
    ],
)
def test_words_go_with_what_other_tables_know(db: Database, query: str, found: set[int]) -> None:
    assert {hit.id for hit in search(db, query).hits} == found


def test_a_hit_is_of_the_revision(db: Database) -> None:
    (hit,) = search(db, "治愈率", mark=("[", "]")).hits
    assert (hit.revision, hit.seen_at, hit.until) == (2, TIMES[1], TIMES[2])
    assert hit.snippet == "[治愈率]为90%，硬皮病。"
    (hit,) = search(db, "cures", mark=("[", "]")).hits
    assert "".join(text for text, _ in hit.title_segments) == hit.title == "IL-10 cures all"
    assert (hit.gone_since, hit.source, hit.references) == (NOW, "Daybreak", 0)


def test_hits_are_ranked_or_those_first_that_went_last(db: Database) -> None:
    query = "cures OR bone OR 干细胞 OR 治愈率"
    assert [hit.id for hit in search(db, query, sort="date").hits] == [4, 3, 1, 5]
    ranked = [hit.id for hit in search(db, query).hits]
    assert ranked[0] == 4  # in the title
    assert [hit.id for start in range(4) for hit in search(db, query, limit=1, offset=start).hits] == ranked
    assert len(search(db, query, limit=0).hits) == 4
    assert search(db, query, limit=1, offset=9).hits == ()


def test_without_a_word_it_is_said_that_one_is_needed(db: Database) -> None:
    assert search(db, "site:demo has:references").note == NO_WORDS
    assert find(db, "", {}).revisions == ()
    assert search(db, "nowhere").note is None


WORD = st.sampled_from(["癌", "癌症", "症患", "患者", "cell", "cells"])
REVISION = st.lists(WORD, min_size=1, max_size=3).map(" ".join)
QUERY = st.lists(st.tuples(st.sampled_from(["", "-"]), WORD), min_size=1, max_size=3)


@settings(max_examples=40)
@given(st.lists(st.lists(REVISION, min_size=1, max_size=3, unique=True), min_size=1, max_size=3), QUERY)
def test_an_article_is_found_by_the_latest_that_matches_if_the_newest_does_not(
    articles: list[list[str]], words: list[tuple[str, str]]
) -> None:
    query = " ".join(f"{sign}{word}" for sign, word in words)
    made, alone = archive_in_memory(), archive_in_memory()  # alone: every revision is an article of its own
    for number, revisions in enumerate(articles):
        history(made, str(number), *texts(*revisions))
        for place, article in enumerate(texts(*revisions)):
            store(alone, article, url=f"{URL}{number}.{place}")
    matches = {
        tuple(map(int, url.removeprefix(URL).split(".")))
        for (url,) in alone.execute(
            "select url from articles where id in (select value from json_each(?))",
            [json.dumps(matching(alone, query))],
        )
    }
    expected = set()
    for number, revisions in enumerate(articles):
        newest = len(revisions) - 1
        matching_before = [place for place in range(newest) if (number, place) in matches]
        if matching_before and (number, newest) not in matches:
            expected.add((number + 1, max(matching_before) + 1))
    assert {(hit.id, hit.revision) for hit in search(made, query).hits} == expected


@pytest.fixture(scope="module")
def folder(db: Database) -> Path:
    return Path(db.execute("pragma database_list").fetchone()[2]).parent


def test_the_command_prints_the_revision(folder: Path) -> None:
    shown = run("search", "--revisions", "治愈率", cwd=folder).stdout
    assert "revision 2, from 2024-02-01 until 2024-03-01 (healthnews show 1 --revision 2)" in shown
    assert "治愈率为90%" in shown
    (hit,) = json.loads(run("search", "--revisions", "治愈率", "--json", cwd=folder).stdout)
    assert (hit["id"], hit["revision"], hit["seen_at"], hit["until"]) == (1, 2, TIMES[1], TIMES[2])
    assert hit["snippet"] == "<b>治愈率</b>为90%，硬皮病。"
    assert run("search", "--revisions", "治愈率", "--count", cwd=folder).stdout == "1 article\n"
    assert "治愈率为90%" in run("show", "1", "--revision", "2", cwd=folder).stdout
    (there,) = json.loads(run("search", "bone OR 故事", "--json", cwd=folder).stdout)
    assert (there["revision"], there["seen_at"], there["until"]) == (None, None, None)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--revisions"], "Error: Give the words to search in past revisions: healthnews search --revisions WORDS."),
        (
            [],
            "Error: Give words to search, as in healthnews search WORDS, or --gone for articles whose page is gone.",
        ),
    ],
)
def test_words_are_asked_for(folder: Path, arguments: list[str], sentence: str) -> None:
    done = run("search", *arguments, cwd=folder)
    assert (done.returncode, done.stderr) == (2, f"{sentence}\n")


def test_a_search_needs_no_right_to_write(folder: Path) -> None:
    opened = open_archive(folder / "healthnews.db")
    opened.execute("pragma query_only = on")
    assert search(opened, "治愈率").total == 1
