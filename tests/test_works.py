"""Which references are one work: whatever the order, however often."""

import itertools
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from archive.article import Reference
from archive.retrieval.engine import search
from archive.text.characters import comparison_key
from archive.works.matching import keys_of
from archive.works.writer import most_frequent
from tests.archives import BARE, TITLE, a_print, a_reference, an_article, archive_in_memory, new_archive, store, titled


def partition(references: list[Reference], order: list[int] | None = None) -> set[tuple[frozenset[int], Any]]:
    """The works that come of articles with a reference each, stored in this order: members, facts, identifiers."""
    db = archive_in_memory()
    for number in order or range(len(references)):
        url = f"https://news.example/{number}"
        store(db, an_article(references=(references[number],), citations=()), url=url)
    return works_in(db)


def works_in(db: Database) -> set[tuple[frozenset[int], Any]]:
    found = set()
    for work_id, *facts in db.execute("select id, key, doi, pmid, pmcid, title, year from works").fetchall():
        urls = db.execute(
            "select url from articles where id in (select article_id from bibliography where work_id = ?)", [work_id]
        )
        members = frozenset(int(url.rpartition("/")[2]) for (url,) in urls.fetchall())
        sql = "select kind, value from work_identifiers where work_id = ?"
        found.add((members, (tuple(facts), frozenset(db.execute(sql, [work_id]).fetchall()))))
    return found


def groups(references: list[Reference]) -> list[list[int]]:
    return sorted(sorted(members) for members, _ in partition(references))


@pytest.mark.parametrize(
    ("references", "expected"),
    [
        ([a_print("10.1/a"), a_print("10.1/a", "11"), a_print(None, "11")], [[0, 1, 2]]),
        ([a_print(None, "11"), a_print(pmcid="PMC7"), a_print(None, "11", pmcid="PMC7")], [[0, 1, 2]]),
        ([a_print("10.1/a", pmcid="PMC7"), a_print(None, "11", pmcid="PMC7"), a_print(None, "11")], [[0, 1, 2]]),
        ([titled(), titled("STEM Cells for: Scleroderma.", author="T. Wu")], [[0, 1]]),
        ([titled(), titled(year=2017)], [[0], [1]]),
        ([titled(), titled(author="Li N")], [[0], [1]]),
        ([titled(doi="10.1/a"), titled(), titled(pmid="11")], [[0, 1, 2]]),
        ([titled(doi="10.1/preprint"), titled(doi="10.2/article")], [[0], [1]]),
        ([titled(doi="10.1/preprint"), titled(doi="10.2/article"), titled()], [[0], [1], [2]]),
        ([a_print(arxiv="2101.00001"), a_print("10.1/a", arxiv="2101.00001")], [[0, 1]]),
        ([a_print(title=TITLE, raw="[1] A b."), a_print(title=TITLE, raw="[1] A c.")], [[0], [1]]),
        ([a_print(title=TITLE, raw="[1] A b."), a_print(title=TITLE, raw="[2] A, b", label="2")], [[0, 1]]),
    ],
)
def test_references_are_merged(references: list[Reference], expected: list[list[int]]) -> None:
    assert groups(references) == expected


def test_a_wrong_doi_on_one_page_ties_no_works_together() -> None:
    good = [a_print("10.1/a", "11"), a_print("10.2/b", "22")] * 2
    assert groups([*good, a_print("10.2/b", "11"), a_print(None, "11"), a_print(None, "22")]) == [
        [0, 2, 5],
        [1, 3, 4, 6],
    ]


def test_evenly_divided_prints_are_left_apart_and_keep_all_identifiers() -> None:
    made = partition([a_print("10.1/a", "11"), a_print("10.2/b", "11"), a_print(None, "11")])
    assert sorted((sorted(members), sorted(kept)) for members, (_, kept) in made) == [
        ([0], [("doi", "10.1/a"), ("pmid", "11")]),
        ([1], [("doi", "10.2/b"), ("pmid", "11")]),
        ([2], [("pmid", "11")]),
    ]


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        ({}, ("doi:10.5555/sci.2016", "pmid:27770001", "title:stemcellsforscleroderma|2016|wu")),
        ({"doi": None, "title": "Preface"}, ("pmid:27770001",)),
        ({"doi": None, "pmid": None, "year": None, "volume": None, "pages": None}, ("entry:",)),
        ({"doi": None, "pmid": None, "title": "Preface"}, ("entry:",)),
        ({"doi": None, "pmid": None, "title": "Preface", "year": None}, ()),
        ({"kind": "mention"}, ()),
    ],
)
def test_what_a_work_is_known_by(changes: dict[str, object], keys: tuple[str, ...]) -> None:
    found = keys_of(a_reference(**(BARE | changes)))
    assert len(found) == len(keys)
    assert all(key.startswith(start) for key, start in zip(found, keys, strict=True))


def test_titles_are_compared_without_accents_and_width() -> None:
    assert comparison_key("Ｎaïve T-cells： 一例") == "naivetcells一例"


def test_most_frequent_wins_then_the_shortest() -> None:
    assert most_frequent(["Cells.", "cells", "Cells.", None, ""]) == "Cells."
    assert most_frequent(["Cells.", "Cells"]) == "Cells"
    assert most_frequent([None, ""]) is None


SOME = st.builds(
    a_print,
    doi=st.sampled_from([None, "10.1/a", "10.2/b", "10.3/c"]),
    pmid=st.sampled_from([None, "11", "22"]),
    pmcid=st.sampled_from([None, "PMC1", "PMC2"]),
    arxiv=st.sampled_from([None, None, "2101.00001"]),
    title=st.sampled_from([None, TITLE, "Another title of some length"]),
    year=st.sampled_from([None, 2016, 2017]),
    authors=st.sampled_from([(), ("Wu T",), ("T. Wu",)]),
    kind=st.sampled_from(["list", "list", "link", "inline", "mention"]),
)


@settings(max_examples=60)
@given(st.lists(SOME, max_size=7), st.data())
def test_the_order_of_arrival_does_not_matter(references: list[Reference], data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(references))))
    made = partition(references)
    assert partition(references, order) == made
    members = list(itertools.chain.from_iterable(group for group, _ in made))
    assert len(members) == len(set(members))
    assert all(len({value for kind, value in kept if kind == "doi"}) <= 1 for _, (_, kept) in made)


@settings(max_examples=40)
@given(st.lists(SOME, max_size=6), st.lists(st.tuples(st.integers(0, 5), SOME), max_size=6))
def test_what_an_article_cited_before_leaves_no_trace(
    references: list[Reference], changes: list[tuple[int, Reference]]
) -> None:
    db = archive_in_memory()
    now = dict(enumerate(references))
    for number, reference in [*now.items(), *changes, *changes]:
        now[number] = reference
        store(db, an_article(references=(reference,), citations=()), url=f"https://news.example/{number}")
    made = works_in(db)
    expected = archive_in_memory()
    for number, reference in now.items():
        store(expected, an_article(references=(reference,), citations=()), url=f"https://news.example/{number}")
    assert made == works_in(expected)


def test_a_work_keeps_its_id_when_more_becomes_known(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    store(db, an_article(references=(a_print(None, "11"),), citations=()), url="https://news.example/1")
    (before,) = db.execute("select id, key from works").fetchall()
    store(db, an_article(references=(a_print("10.1/a", "11"),), citations=()), url="https://news.example/2")
    (after,) = db.execute("select id, key from works").fetchall()
    assert (before, after) == ((1, "pmid:11"), (1, "doi:10.1/a"))


def test_an_identifier_finds_those_who_cite_the_work_by_another(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    both, only_pmid = a_print(doi="10.5555/a", pmid="99000001"), a_print(pmid="99000001")
    store(db, an_article(references=(both,)))
    store(db, an_article(references=(only_pmid,)), url="https://news.example/a/2")
    assert {hit.id for hit in search(db, "10.5555/A", copies=True).hits} == {1, 2}
    assert {hit.id for hit in search(db, "", cites="10.5555/a", copies=True).hits} == {1, 2}
