"""What a site repeats is learned; what two articles quote is not."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from archive.article import Removal
from archive.extraction.block_fingerprints import LONGEST, RECURRING, fingerprint, fingerprints
from archive.storage.block_counts import forget_rare, known_blocks
from tests.archives import URL, an_article, new_archive, store

SLOGAN = "云水守护，把希望存进明天"


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return new_archive(tmp_path)


def fill(db: Database, pages: int, *, every: int = 1, site: str = "demo") -> None:
    """Stores articles; the slogan stands on each `every`-th of them."""
    for n in range(pages):
        blocks = [f"第{'甲乙丙丁戊己庚辛壬癸'[n % 10]}{n}篇{chr(0x4E00 + n)}", *([SLOGAN] if n % every == 0 else [])]
        store(db, an_article(text="\n\n".join(blocks), citations=()), url=f"{URL}{n}", site=site)


@pytest.mark.parametrize(("pages", "known"), [(3, False), (4, True), (30, True)])
def test_a_block_is_known_after_a_few_pages(db: Database, pages: int, known: bool) -> None:
    fill(db, pages)
    assert (fingerprint(SLOGAN) in known_blocks(db, "demo")) is known


def test_a_quoted_sentence_is_not_known(db: Database) -> None:
    fill(db, 50, every=25)
    assert known_blocks(db, "demo") == frozenset()


def test_single_urls_and_other_sites_teach_nothing(db: Database) -> None:
    fill(db, 6, site="")
    assert known_blocks(db, "") == frozenset()
    assert known_blocks(db, "demo") == frozenset()


def test_copies_of_an_article_teach_nothing(db: Database) -> None:
    for n in range(8):
        store(db, an_article(text=SLOGAN, citations=()), url=f"{URL}{n}")
    assert known_blocks(db, "demo") == frozenset()


def test_a_block_that_leaves_an_article_is_counted_down(db: Database) -> None:
    fill(db, 4)
    store(db, an_article(text="改过", citations=()), url=f"{URL}0")
    assert known_blocks(db, "demo") == frozenset()


def test_a_block_that_was_cut_still_counts(db: Database) -> None:
    fill(db, 4)
    cut = (Removal(text=SLOGAN, reason=RECURRING, kind="slogan"),)
    store(db, an_article(text="正文", citations=(), removals=cut), url=f"{URL}0")
    assert fingerprint(SLOGAN) in known_blocks(db, "demo")
    assert db.execute("select removed, marketing from articles where url = ?", [f"{URL}0"]).fetchone() == (1, 1)


def test_what_is_rare_is_forgotten(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(db, 5)
    monkeypatch.setattr("archive.storage.block_counts.MAX_SINGLE", 2)
    forget_rare(db, "demo")
    assert db.execute("select count(*) from blocks where pages = 1").fetchone() == (2,)
    assert fingerprint(SLOGAN) in known_blocks(db, "demo")


@pytest.mark.parametrize(("one", "other"), [("在线 咨询", "在线咨询"), ("ＡＢＣ", "abc"), ("a\u200bb", "a b")])
def test_what_makes_no_difference(one: str, other: str) -> None:
    assert fingerprint(one) == fingerprint(other)


@given(st.text())
def test_any_text_has_a_fingerprint(text: str) -> None:
    assert len(fingerprint(text)) == 16


def test_long_paragraphs_are_left_out() -> None:
    assert fingerprints(an_article(text="长" * (LONGEST + 1))) == frozenset()
