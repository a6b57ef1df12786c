"""What changed lately."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from archive.articles.change_log import latest_changes
from archive.articles.change_passages import LONGEST_PIECE, PASSAGES, compare
from archive.errors import FilterError
from archive.text.claim_words import Hint
from archive.text.diff import Piece
from tests.archives import a_reference, an_article, new_archive, store

PLAIN = an_article(title="旧闻", citations=(), references=())
TIMES = [f"2024-{month:02}-01T00:00:00.000000Z" for month in range(1, 13)]


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """1: a claim that is turned round in March, then a counter in April; 2: of another site, in English, whose title
    changes in February, gone in May; 3: whose references change in June; 4: never changed."""
    made = new_archive(tmp_path_factory.mktemp("changes"))
    old = "首段不变。\n\n干细胞疗法没有达到预期的疗效。\n\n阅读 12 次"
    new = old.replace("没有达到", "明显超过了")
    for text, now in ((old, TIMES[0]), (new, TIMES[2]), (new.replace("12", "13"), TIMES[3])):
        store(made, replace(PLAIN, text=text), url="https://news.example/claim", now=now)
    english = replace(PLAIN, language="en", text="Of marrow.")
    for title, now in (("It cures all", TIMES[0]), ("It may help", TIMES[1])):
        store(made, replace(english, title=title), url="https://other.example/2", now=now, site="other")
    for references, now in (((a_reference(),), TIMES[0]), ((), TIMES[5])):
        store(made, replace(PLAIN, text="同样。", references=references), url="https://news.example/3", now=now)
    store(made, replace(PLAIN, text="从来没有达到。"), url="https://news.example/4", now=TIMES[0])
    made.execute("update pages set state = 'gone', missing_since = ?, gone_since = ? where id = 2", [TIMES[4]] * 2)
    return made


LATEST = [(3, "changed", 2), (2, "gone", 2), (1, "changed", 3), (1, "changed", 2), (2, "changed", 2)]


def found(db: Database, query: str = "", **wanted: Any) -> list[tuple[int, str, int]]:
    return [(change.id, change.kind, change.revision) for change in latest_changes(db, query, **wanted).changes]


@pytest.mark.parametrize(
    ("query", "wanted", "expected"),
    [
        ("", {}, LATEST),
        ("没有达到", {}, [(1, "changed", 2)]),
        ("明显超过了", {}, [(1, "changed", 3), (1, "changed", 2)]),
        ("干细胞疗法", {}, [(1, "changed", 3), (1, "changed", 2)]),
        ("cures", {}, [(2, "changed", 2)]),
        ("may help", {}, [(2, "gone", 2), (2, "changed", 2)]),
        ("nothing has it", {}, []),
        ("site:other", {}, [(2, "gone", 2), (2, "changed", 2)]),
        ("-site:other is:gone", {}, []),
        ("has:references", {}, []),
        ("", {"filters": {"site": "other"}}, [(2, "gone", 2), (2, "changed", 2)]),
        ("", {"filters": {"language": "en"}}, [(2, "gone", 2), (2, "changed", 2)]),
        ("", {"filters": {"since": "2025"}}, []),
        ("", {"since": "2024-04"}, [(3, "changed", 2), (2, "gone", 2), (1, "changed", 3)]),
        ("", {"since": "2024-02-01", "until": "2024-03"}, [(1, "changed", 2), (2, "changed", 2)]),
        ("", {"until": "2023"}, []),
        ("", {"min_size": 5}, [(2, "gone", 2), (1, "changed", 2), (2, "changed", 2)]),
        ("", {"claims": True}, [(1, "changed", 2), (2, "changed", 2)]),
        ("", {"claims": True, "min_size": 5}, [(1, "changed", 2), (2, "changed", 2)]),
        ("", {"sort": "size", "limit": 3}, [(2, "changed", 2), (1, "changed", 2), (1, "changed", 3)]),
        ("", {"limit": 2, "offset": 1}, LATEST[1:3]),
        ("", {"limit": 1, "offset": 1, "claims": True}, [(2, "changed", 2)]),
        ("", {"limit": 0, "offset": 3}, LATEST[3:]),
    ],
)  # fmt: skip
def test_which_changes(db: Database, query: str, wanted: dict[str, Any], expected: list[tuple[int, str, int]]) -> None:
    assert found(db, query, **wanted) == expected


def test_how_many_there_are(db: Database) -> None:
    first, last = latest_changes(db, limit=4), latest_changes(db, limit=4, offset=4)
    assert (first.more, first.total, last.more, last.total) == (True, 5, False, 5)
    chosen = latest_changes(db, min_size=5, limit=2)
    assert (chosen.more, chosen.total, chosen.note) == (True, None, None)


def test_texts_of_the_latest_are_compared(db: Database) -> None:
    assert found(db, claims=True, most=4) == [(1, "changed", 2)]
    some = latest_changes(db, sort="size", most=4)
    assert some.note == f"Only the 4 latest of 5 changes were compared, back to {some.compared_since}."
    assert some.compared_since == "2024-03-01"
    assert latest_changes(db, sort="size", until="2024-03-01", most=4).compared_since is None


def test_a_change(db: Database) -> None:
    (change,) = latest_changes(db, "没有达到").changes
    assert (change.at, change.before, change.size, change.more) == (TIMES[2], 1, 9, 0)
    (passage,) = change.passages
    assert [piece for piece in passage.paragraphs[0] if piece.kind != "same"] == [
        Piece("removed", "没有达到"), Piece("added", "明显超过了"),
    ]  # fmt: skip
    assert passage.hints == change.hints
    assert Hint("negation", ("没有",), ()) in change.hints


def test_a_change_of_the_title_or_the_references(db: Database) -> None:
    references, *_, title = latest_changes(db).changes
    assert (references.size, references.references_removed, references.references_added) == (0, 1, 0)
    assert (title.passages, title.references_removed) == ((), 0)
    assert Piece("removed", "cures all") in title.title_pieces
    assert [hint.kind for hint in title.hints] == ["certainty", "doubt"]


def test_what_is_shown_of_a_change_is_bounded() -> None:
    old = "\n\n".join(f"第{number}段说明原来的研究结果。" for number in range(20))
    new = old.replace("原来", "后来" * LONGEST_PIECE)
    found = compare(("", old), ("", new))
    assert (len(found.passages), found.more) == (PASSAGES, 20 - PASSAGES)
    assert all(
        len(piece.text) <= LONGEST_PIECE + 1 for each in found.passages for part in each.paragraphs for piece in part
    )


def test_a_paragraph_and_the_one_that_replaces_it_are_one_passage() -> None:
    (passage,) = compare(
        ("", "没有任何证据表明它对患者是有效果的。" * 4), ("", "It is proven to cure every patient. " * 4)
    ).passages
    assert [piece.kind for paragraph in passage.paragraphs for piece in paragraph] == ["removed", "added"]


@pytest.mark.parametrize("wanted", [{"since": "yesterday"}, {"until": "2024-02-30"}, {"sort": "rank"}, {"limit": -1}])
def test_invalid_values(db: Database, wanted: dict[str, Any]) -> None:
    with pytest.raises(FilterError):
        latest_changes(db, **wanted)


def test_an_archive_without_changes(tmp_path: Path) -> None:
    assert latest_changes(new_archive(tmp_path)).changes == ()
