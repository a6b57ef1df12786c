"""Groups of copies: kept in step with the articles, whatever comes, changes or goes, and in whatever order."""

import subprocess
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlite_utils import Database

from archive.articles.writer import reinterpret
from archive.duplicates.groups import regroup, ungroup
from archive.duplicates.queries import group
from archive.storage.connection import close, transaction
from archive.text.folding import table
from tests.archives import NOW, an_article, new_archive, store
from tests.texts import prose

EN, OTHER = prose(1), prose(2)
ZH = prose(1, chinese=True)
PARTS = [prose(seed, sentences=4) for seed in range(20, 36)]
TABLES = ("copies", "distinct_texts", "article_texts", "text_bands", "text_pairs")


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return new_archive(tmp_path)


def put(db: Database, name: str, text: str, published: str | None = "2024-05-01", title: str = "Title") -> int:
    """Stores an article of the site of that name, or stores it again, and returns its id."""
    url = f"https://{name}.example/a"
    day = date.fromisoformat(published) if published else None
    article = an_article(text=text, title=title, published=day, references=(), citations=())
    store(db, article, url=url, site=name)
    return int(db.execute("select id from articles where url = ?", [url]).fetchone()[0])


def members(db: Database, article_id: int) -> list[int]:
    found = group(db, article_id)
    return [member.article_id for member in found.members] if found else []


def groups(db: Database) -> set[frozenset[str]]:
    """The groups, by the sites of their articles."""
    rows = db.execute("select group_id, site from copies join articles on id = article_id").fetchall()
    return {frozenset(site for other, site in rows if other == one) for one, _ in rows}


def contents(db: Database) -> dict[str, list[tuple[object, ...]]]:
    return {name: sorted(db.execute(f"select * from {name}").fetchall()) for name in TABLES}


def window(first: int, last: int) -> str:
    return "\n\n".join(PARTS[first:last])


def traditional(text: str) -> str:
    forms = {ord(plain): form for form, plain in table().items() if "\u4e00" <= form <= "\u9fff"}
    return text.translate(forms)


def test_a_group_tells_who_published_first(db: Database) -> None:
    late, early = put(db, "late", EN, "2024-05-03"), put(db, "early", EN[: len(EN) // 2], "2024-05-01")
    same = put(db, "same", EN.upper(), "2024-05-02")
    put(db, "other", OTHER)
    found = group(db, same)
    assert found is not None
    assert (found.id, [member.article_id for member in found.members]) == (early, [early, same, late])
    first, *others = found.members
    assert (first.url, first.site, first.published) == ("https://early.example/a", "early", "2024-05-01")
    assert first.similarity == 1.0
    assert [member.similarity for member in others] == pytest.approx([0.5, 0.5], abs=0.18)
    assert group(db, 4) is None


@pytest.mark.parametrize(
    "copy", [EN.replace(" ", "\n"), f"Newswire\n\n{EN}", EN[: len(EN) // 3], " ".join(reversed(EN.split(". ")))]
)
def test_copies_of_an_english_article(db: Database, copy: str) -> None:
    assert members(db, put(db, "a", EN)) == []
    assert members(db, put(db, "b", copy)) == [1, 2]


@pytest.mark.parametrize("copy", [traditional(ZH), ZH.replace("。", " ．\n"), ZH[len(ZH) // 6 :], ZH[: len(ZH) // 2]])
def test_copies_of_a_chinese_article(db: Database, copy: str) -> None:
    put(db, "a", ZH)
    assert members(db, put(db, "b", copy)) == [1, 2]


def test_of_short_texts_only_those_of_one_title_are_copies(db: Database) -> None:
    put(db, "a", "Watch the video here.", title="Stem cells")
    put(db, "b", "Watch the video here!", title="Stem  Cells")
    put(db, "c", "Watch the video here.", title="Heart disease")
    put(db, "d", "Watch the video here now.", title="Stem cells")
    assert groups(db) == {frozenset("ab")}
    assert db.execute("select count(*) from text_bands").fetchone() == (0,)


def test_an_unknown_date_counts_as_when_it_was_first_seen(db: Database) -> None:
    unknown, after, before = put(db, "a", EN, None), put(db, "b", EN, "2024-06-02"), put(db, "c", EN, "2024-05-31")
    assert members(db, unknown) == [before, unknown, after]


def test_another_date_makes_another_first(db: Database) -> None:
    one, other = put(db, "a", EN, "2024-05-01"), put(db, "b", EN, "2024-05-02")
    put(db, "b", EN, "2024-04-30")
    assert members(db, one) == [other, one]
    put(db, "b", EN, "2024-05-03")
    assert members(db, one) == [one, other]
    assert db.execute("select distinct group_id from copies").fetchall() == [(one,)]


def test_a_text_that_changes_leaves_its_group(db: Database) -> None:
    one, other, third = (put(db, name, EN, f"2024-05-0{day}") for day, name in enumerate("abc", 1))
    put(db, "a", OTHER)
    assert (members(db, one), members(db, third)) == ([], [other, third])
    put(db, "b", OTHER)
    assert (members(db, one), members(db, third)) == ([one, other], [])


def test_a_group_falls_apart_with_the_text_that_held_it(db: Database) -> None:
    for name, text in (("a", window(0, 9)), ("b", window(0, 9)), ("c", window(6, 15)), ("d", window(6, 15))):
        put(db, name, text)
    assert groups(db) == {frozenset("ab"), frozenset("cd")}
    put(db, "middle", window(3, 12), "2024-04-01")
    assert groups(db) == {frozenset(["a", "b", "c", "d", "middle"])}
    with transaction(db):
        assert reinterpret(db, 5, 5, "no text", NOW) == "no article"
    assert groups(db) == {frozenset("ab"), frozenset("cd")}
    assert db.execute("select count(*) from distinct_texts").fetchone() == (2,)


def test_a_page_without_article_leaves_nothing(db: Database) -> None:
    put(db, "a", EN)
    put(db, "b", f"Newswire {EN}")
    for page_id in (1, 2):
        with transaction(db):
            reinterpret(db, page_id, page_id, "no text", NOW)
    assert contents(db) == {name: [] for name in TABLES}


def test_reprocessing_keeps_groups(db: Database) -> None:
    one, other = put(db, "a", EN), put(db, "b", EN)
    before = contents(db)
    article = an_article(text=EN, title="Title", published=date(2024, 5, 1), references=(), citations=())
    with transaction(db):
        assert reinterpret(db, 1, 1, article, NOW) == "same"
    assert contents(db) == before
    with transaction(db):
        assert reinterpret(db, 1, 1, an_article(text=f"Better read. {EN}"), NOW) == "changed"
    assert set(members(db, one)) == {one, other}


def test_a_crowd_of_copies_is_one_group(db: Database) -> None:
    """More than are taken from a band, all different."""
    ids = [put(db, f"s{number}", f"{EN} Published by site{number}.") for number in range(40)]
    assert set(members(db, ids[0])) == set(ids)


def test_an_article_that_another_program_deleted_does_no_harm(db: Database) -> None:
    put(db, "a", EN)
    db.execute("delete from articles where id = 1")
    assert members(db, put(db, "b", f"Newswire {EN}")) == []
    assert members(db, put(db, "c", EN)) == [1, 2]  # ids are used again


def test_sketches_of_another_algorithm_are_made_anew(db: Database) -> None:
    one, other = put(db, "a", EN), put(db, "b", OTHER)
    db.execute("update sketchings set algorithm = 'older'")
    assert members(db, put(db, "c", EN.upper())) == [one, 3]  # the same text is the same whatever the algorithm
    assert members(db, put(db, "d", f"Newswire {OTHER}")) == []
    put(db, "b", OTHER)
    assert members(db, other) == [other, 4]


STORIES = {
    "a": EN, "b": EN.upper(), "c": f"Newswire {EN}", "d": EN[: len(EN) // 2], "e": OTHER, "f": f"{OTHER} The end.",
    "g": ZH, "h": traditional(ZH), "i": window(0, 9),
}  # fmt: skip


def arrive(names: Iterable[str], folder: str) -> tuple[set[frozenset[str]], dict[str, str]]:
    """The groups that the stories make when they arrive in that order, and who is first for each."""
    db = new_archive(Path(folder))
    for name in names:
        put(db, name, STORIES[name], f"2024-05-{ord(name) - 80}")
    sql = "select a.site, f.site from copies join articles a on a.id = article_id join articles f on f.id = group_id"
    found = groups(db), dict(db.execute(sql).fetchall())
    close(db)
    return found


@hypothesis_settings(max_examples=12)
@given(st.permutations(sorted(STORIES)))
def test_the_order_of_arrival_makes_no_difference(names: list[str]) -> None:
    with TemporaryDirectory() as folder:
        assert arrive(names, folder) == (
            {frozenset("abcd"), frozenset("ef"), frozenset("gh")},
            {**dict.fromkeys("abcd", "a"), **dict.fromkeys("ef", "e"), **dict.fromkeys("gh", "g")},
        )


@hypothesis_settings(max_examples=8)
@given(st.lists(st.tuples(st.sampled_from("pqrs"), st.sampled_from(sorted(STORIES))), max_size=8))
def test_what_comes_and_changes_ends_as_if_made_anew(visits: list[tuple[str, str]]) -> None:
    with TemporaryDirectory() as folder:
        db = new_archive(Path(folder))
        for site, story in visits:
            put(db, site, STORIES[story], f"2024-05-{ord(story) - 80}")
        before = groups(db), db.execute("select * from copies order by 1").fetchall()
        with transaction(db):
            for (article_id,) in db.execute("select id from articles").fetchall():
                regroup(db, article_id)
        assert (groups(db), db.execute("select * from copies order by 1").fetchall()) == before
        with transaction(db):
            articles = db.execute("select id from articles order by id").fetchall()
            for (article_id,) in articles:
                ungroup(db, article_id)
            assert db.execute("select count(*) from distinct_texts").fetchone() == (0,)
            for (article_id,) in articles:
                regroup(db, article_id)
        assert (groups(db), db.execute("select * from copies order by 1").fetchall()) == before
        close(db)


def test_reading_needs_no_sketching() -> None:
    modules = "archive.cli.common, archive.retrieval.engine, archive.articles.writer, archive.duplicates.queries"
    code = f"import {modules}, sys; sys.exit('rensa' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
