"""The word diff: laws, readable results, and a bound on its work."""

import difflib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from types import FrameType, ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.articles.changes import article_changes
from archive.text.alignment import PAIRS, common_runs
from archive.text.diff import differences
from tests.archives import a_reference, an_article

TEXTS = st.text(st.sampled_from("ab的了 \n1.。e\u0301"), max_size=40)


def shown(old: str, new: str) -> str:
    """The pieces with what was removed in [-…-] and what was added in {+…+}."""
    marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return "".join(marks[piece.kind].format(piece.text) for piece in differences(old, new))


@given(TEXTS, TEXTS)
def test_the_pieces_make_up_both_texts(old: str, new: str) -> None:
    pieces = differences(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == new
    assert all(piece.text for piece in pieces)
    assert all(
        (one.kind, other.kind) != ("added", "removed") and one.kind != other.kind for one, other in pairwise(pieces)
    )


@given(TEXTS)
def test_equal_texts_have_no_differences(text: str) -> None:
    assert {piece.kind for piece in differences(text, text)} <= {"same"}


@given(st.lists(st.sampled_from("abc"), max_size=60), st.lists(st.sampled_from("abc"), max_size=60))
def test_runs_are_equal_in_order_and_apart(old: list[str], new: list[str]) -> None:
    runs = common_runs(old, new)
    assert all(old[run.at_old : run.end_old] == new[run.at_new : run.end_new] and run.length for run in runs)
    for before, after in pairwise(runs):
        assert before.end_old <= after.at_old
        assert before.end_new <= after.at_new
        assert (before.end_old, before.end_new) != (after.at_old, after.at_new)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("两例患者在12个月后好转。", "两例患者在15个月后好转。", "两例患者在[-12-]{+15+}个月后好转。"),
        ("有效率为12.5%。", "有效率为13%。", "有效率为[-12.5-]{+13+}%。"),
        ("患者均好转。", "患者均未好转。", "患者均{+未+}好转。"),
        ("the quick brown fox", "the slow brown fox", "the [-quick-]{+slow+} brown fox"),
        ("Cells cure mice.", "Cells cured mice.", "Cells [-cure-]{+cured+} mice."),
        ("IL-10 rose (P<0.05).", "IL-6 rose (P<0.01).", "[-IL-10-]{+IL-6+} rose (P<[-0.05-]{+0.01+})."),
        ("cafe\u0301 au lait", "cafe au lait", "[-cafe\u0301-]{+cafe+} au lait"),
        ("有效[1]。", "有效[2]。", "有效[[-1-]{+2+}]。"),
        ("很好,是的", "很好，是的", "很好[-,-]{+，+}是的"),
        (
            "The cat sat. The dog ran.",
            "The cat sat. The bird flew. The dog ran.",
            "The cat sat. {+The bird flew. +}The dog ran.",
        ),
        ("研究说明。研究结束。", "研究说明。研究很小。研究结束。", "研究说明。{+研究很小。+}研究结束。"),
        ("甲。\n\n乙。", "甲。\n\n丙。\n\n乙。", "甲。\n\n{+丙。\n\n+}乙。"),
        ("甲。\n\n丙。\n\n乙。", "甲。\n\n乙。", "甲。\n\n[-丙。\n\n-]乙。"),
        ("", "新", "{+新+}"),
    ],
)
def test_just_what_was_changed_is_marked(old: str, new: str, expected: str) -> None:
    assert shown(old, new) == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("研究者对两例患者进行了干细胞的治疗", "昨日北京发布消息说，流感的疫苗将在全国接种了"),
        (
            "Researchers of the hospital treated the two patients with cells",
            "A new vaccine of the firm is for the young",
        ),
    ],
)
def test_a_sentence_written_anew_is_one_change(old: str, new: str) -> None:
    assert shown(old, new) == f"[-{old}-]{{+{new}+}}"


def test_what_stands_between_two_additions_is_kept() -> None:
    expected = "{+All twelve treated +}Patients {+have rapidly +}improved."
    assert shown("Patients improved.", "All twelve treated Patients have rapidly improved.") == expected


def test_a_change_in_each_of_many_paragraphs_marks_just_those() -> None:
    old = "\n\n".join(f"第{number}天共有甲病患者{number * 7}例，其中多数已经好转出院。" for number in range(2000))
    changed = old.replace("甲", "乙")
    pieces = differences(old, changed)
    assert {piece.text for piece in pieces if piece.kind == "removed"} == {"甲"}
    assert sum(piece.kind == "added" for piece in pieces) == 2000


@contextmanager
def lines_run(module: ModuleType, most: int) -> Iterator[None]:
    """Fails when the module's code runs more lines than `most`: work that is counted, not timed."""
    run = 0

    def count(frame: FrameType, event: str, _: object) -> Callable[..., Any] | None:
        nonlocal run
        if frame.f_code.co_filename != module.__file__:
            return None
        run += event == "line"
        assert run <= most
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        yield
    finally:
        sys.settrace(before)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("的了" * 1_500, "了了的" * 1_000),
        ("的" * 3_000, "了" + "的" * 1_500 + "了" + "的" * 1_500),
        ("a b " * 800, "b a a " * 700),
        ("的了\n\n" * 900, "了的\n\n了\n\n" * 500),
    ],
)
def test_the_work_on_hostile_texts_is_bounded(old: str, new: str) -> None:
    with lines_run(difflib, 8 * PAIRS):
        assert differences(old, new)


def test_what_became_of_an_article() -> None:
    kept = a_reference(label="2", raw="[2] Kept.")
    gone = a_reference(title="A study not cited now", doi="10.5555/gone", pmid=None, pmcid=None, arxiv=None)
    moved = a_reference(label="1", raw="[1] Kept, in other words.")
    mention = a_reference(kind="mention", raw="发表在《自然》上", label=None)
    changes = article_changes(
        an_article(title="两例", text="第一段。", references=(gone, kept)),
        an_article(title="三例", text="第二段。", references=(moved, mention)),
    )
    assert [piece.text for piece in changes.title] == ["两", "三", "例"]
    assert [(piece.kind, piece.text) for piece in changes.text[1:3]] == [("removed", "一"), ("added", "二")]
    assert changes.references_removed == (gone,)
    assert changes.references_added == (mention,)
